"""``collector corpus check`` tells what a change of the parser gained, lost and changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import youtube_pages as y
from click.testing import CliRunner, Result

from collector.cli import main
from collector.coverage import compare
from collector.platforms.youtube.leaves import parse_leaf
from tests.collector.platforms.test_parse_reparse import page


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)])


@pytest.fixture
def pages(tmp_path: Path) -> tuple[Path, Path]:
    folder, baseline = tmp_path / "pages", tmp_path / "before.jsonl"
    page(folder, "aaa", y.app(y.home(y.rich(y.lockup("A" * 11)), y.rich(y.lockup("B" * 11)))))
    assert run("reparse", folder, "--out", baseline).exit_code == 0
    return folder, baseline


def test_nothing_changed(pages: tuple[Path, Path]) -> None:
    result = run("corpus", "check", pages[0], "--baseline", pages[1])
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "0 values gained, 0 lost, 0 changed" in result.stderr


def test_lost_coverage_fails_and_is_named(pages: tuple[Path, Path]) -> None:
    folder, baseline = pages
    document = json.loads(baseline.read_text())
    document["selected"][0]["recommendedViews"] = 7
    document["selected"][1]["chapters"] = ["was there"]
    document["selected"].append({"videoId": "C" * 11})
    del document["selected"][1]["recommendedSource"]
    baseline.write_text(json.dumps(document))
    result = run("corpus", "check", folder, "--baseline", baseline, "--update")
    assert result.exit_code == 1
    rows = {tuple(line.split("\t")[:3]) for line in result.stdout.splitlines()}
    assert rows == {
        ("gained", "selected[].recommendedSource", "1"),
        ("lost", "selected[].chapters", "1"),
        ("lost", "selected[]", "1"),
        ("changed", "selected[].recommendedViews", "1"),
    }
    assert run("corpus", "check", folder, "--baseline", baseline).exit_code == 0


def test_a_lost_page_is_lost_coverage() -> None:
    change = compare([b'{"id": "a"}', b'{"id": "b"}'], [b'{"id": "b"}', b'{"id": "c"}'])
    assert (dict(change.lost), dict(change.gained), change.pages) == ({"page": 1}, {"page": 1}, 2)


def test_a_baseline_that_is_none_is_refused(pages: tuple[Path, Path], tmp_path: Path) -> None:
    result = run("corpus", "check", pages[0], "--baseline", tmp_path / "none.jsonl")
    assert result.exit_code == 2
    assert "collector reparse" in result.output
    (tmp_path / "bad.jsonl").write_text("[1]\n")
    result = run("corpus", "check", pages[0], "--baseline", tmp_path / "bad.jsonl")
    assert result.exit_code == 2
    assert "line 1" in result.output


@pytest.mark.parametrize(
    ("selector", "html", "fields"),
    [
        (
            "toprightpict",
            '<div id="header"> Holidays </div><div id="domain">air.example</div>',
            {"sponsoredName": "Holidays", "sponsoredSite": "air.example"},
        ),
        (
            "overlay",
            '<a class="ytp-ad-button-link">shop.example</a>',
            {"sponsoredSite": "shop.example"},
        ),
        (
            "adbadge",
            '<h3>Buy</h3><span id="website-text">shop.example</span>',
            {"sponsoredName": "Buy", "sponsoredSite": "shop.example"},
        ),
        (
            "channel2",
            '<a href="/c/Name" title="A name"></a>',
            {"channelName": "A name", "channelId": "/c/Name"},
        ),
        (
            "channel1",
            '<a href="/channel/UCx">A name</a>',
            {"channelName": "A name", "channelId": "UCx"},
        ),
        (
            "banner",
            f'<div class="{"x" * 400}"><span>Buyer</span><img src="a"><img src="b"></div>',
            {"buyer": "Buyer", "buyeri": "a", "videot": "b"},
        ),
    ],
)
def test_leaves(selector: str, html: str, fields: dict[str, str]) -> None:
    leaf = parse_leaf(selector, html)
    assert leaf.fields == fields
    assert leaf.is_ad is not selector.startswith("channel")
    assert leaf.unparsed is None


@pytest.mark.parametrize(
    ("selector", "html"), [("banner", "<span>x</span>"), ("adbadge", ""), ("new", "<p>x</p>")]
)
def test_a_leaf_that_says_nothing_says_why(selector: str, html: str) -> None:
    leaf = parse_leaf(selector, html)
    assert leaf.fields == {}
    assert leaf.unparsed is not None
