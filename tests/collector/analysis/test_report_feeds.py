"""Timelines in a report: repetition, sources, delay, ad share; as page, JSON and in the plugin."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from click.testing import CliRunner
from synthetic_feed import build_feed

from collector.analysis.report import write_report
from collector.cli import main
from collector.testing import ScenarioRun


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One puppet, two loads of the same five posts and one private post."""
    return build_feed(tmp_path_factory.mktemp("run"))


def test_json(run: Path) -> None:
    told = json.loads(CliRunner().invoke(main, ["report", str(run), "--json"]).stdout)["feeds"]
    (profile,) = told["profiles"]
    assert (profile["align"], profile["timelines"], profile["impressions"]) == ("left", 2, 12)
    assert (profile["private"], profile["unique_posts"]) == (2, 4)
    assert profile["impressions_per_post"] == 2.0
    assert profile["ad_share"] == 0.2
    assert profile["median_delay_h"] == 2.5
    assert told["posts_seen_again"] == 4


def test_people_are_one_source_and_groups_have_their_name(run: Path) -> None:
    told = json.loads(CliRunner().invoke(main, ["report", str(run), "--json"]).stdout)["feeds"]
    assert told["sources"] == {
        "left-1": {"people": 4, "Friends of cheese": 2, "acme": 2, "elpais": 2}
    }
    assert told["profiles"][0]["sources"] == 4


def test_the_page_says_so(run: Path) -> None:
    page = write_report(run).read_text("utf-8")
    for words in ("Impressions per post", "Median delay, h", "Ads %", "Friends of cheese", "2.000"):
        assert words in page
    assert "scrubbed" not in page


def test_the_plugin_has_the_same_numbers(run: Path) -> None:
    result = SimpleNamespace(out=SimpleNamespace(root=run))
    feeds = ScenarioRun(cast("Any", result)).feeds()
    assert feeds is not None
    (profile,) = feeds.profiles
    assert (profile.impressions_per_post, profile.ad_share, profile.median_delay_h) == (
        2.0,
        0.2,
        2.5,
    )
    assert dict(feeds.sources["left-1"])["elpais"] == 2
