"""Timelines in a report: repetition, sources, delay, ad share; as page, JSON and in the plugin."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from click.testing import CliRunner

from collector.analysis.report import write_report
from collector.cli import main
from collector.common.model import AuthorKind, FeedImpression, Nature, Post, Timeline, Visibility
from collector.store import Store
from collector.testing import ScenarioRun

START = datetime(2026, 3, 4, 8, tzinfo=UTC)
SITE = "https://www.facebook.com"


def _post(post_id: str, name: str, link: str, author: AuthorKind, **more: Any) -> Post:
    return Post(
        Visibility.PUBLIC, nature=Nature.ORGANIC, post_id=post_id, link_type="posts",
        published=START - timedelta(hours=2), source=name, source_link=f"{SITE}{link}",
        author=author, **more,
    )  # fmt: skip


POSTS = (
    _post("1", "El País", "/elpais/", AuthorKind.PAGE),
    _post("2", "scrubbed-name", "/scrubbed.name/", AuthorKind.PERSON),
    _post("3", "scrubbed-name", "/profile.php?id=100000000000000", AuthorKind.PERSON),
    _post("4", "Friends of cheese", "/groups/700000000000123/", AuthorKind.GROUP),
    Post(Visibility.PUBLIC, nature=Nature.SPONSORED, source="Acme", source_link=f"{SITE}/acme/",
         author=AuthorKind.PAGE),
)  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One puppet, two loads of the same five posts and one private post."""
    out = tmp_path_factory.mktemp("run")
    with Store(out / "store.db") as store, store.transaction():
        store.add_run("r", scenario="feeds", seed=0, plan_hash="x", platform="facebook",
                      site="facebook.localhost", submit_to="none", command="x",
                      scenario_json={"file": "x"}, started=START)  # fmt: skip
        store.add_puppet("left-1", run="r", arm="left", twin=1, block=1)
        for number in range(2):
            begun = START + timedelta(hours=number)
            impressions = [
                FeedImpression(
                    order, Visibility.PUBLIC, begun + timedelta(seconds=order), post=post
                )
                for order, post in enumerate(POSTS, 1)
            ]
            private = FeedImpression(6, Visibility.PRIVATE, begun + timedelta(seconds=6))
            timeline = Timeline(f"t{number}", begun, f"{SITE}/", (*impressions, private))
            store.add_timeline(timeline, run="r", puppet="left-1")
        store.update_run("r", state="finished", finished=START)
    return out


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
