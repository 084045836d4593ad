"""Datasets of a feed: timelines in our tables and in the shape of the published data."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.analysis.feeds import load_feeds
from collector.cli import main
from collector.datasets import Built, DatasetSpec, Shape, build, check
from collector.export import Format
from collector.scenario.loader import load_scenario
from collector.store import Store

SCENARIO = "feed-polarisation"


@pytest.fixture(scope="module")
def feeds(tmp_path_factory: pytest.TempPathFactory) -> Built:
    out = tmp_path_factory.mktemp("datasets") / "feeds"
    formats = (Format.JSONL, Format.SQLITE)
    return build(DatasetSpec(load_scenario(SCENARIO), 90, out, formats=formats, processes=1))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Built:
    out = tmp_path_factory.mktemp("datasets") / "e18"
    return build(DatasetSpec(load_scenario(SCENARIO), 60, out, shape=Shape.E18, processes=1))


@pytest.fixture
def store(feeds: Built) -> Iterator[Store]:
    with Store(feeds.out / "store.db", readonly=True) as store:
        yield store


def one(store: Store, sql: str) -> Any:
    return next(iter(next(store.rows(sql)).values()))


def test_timelines_are_whole(feeds: Built, store: Store) -> None:
    assert check(feeds.out).whole
    assert one(store, "SELECT count(*) FROM feed") == feeds.rows >= 90
    assert one(store, "SELECT sum(impressions) FROM timelines") == feeds.rows
    assert one(store, "SELECT count(*) FROM impressions WHERE surface = 'feed'") == feeds.rows
    for timeline in store.timelines():
        assert [seen.order for seen in timeline.impressions] == list(
            range(1, len(timeline.impressions) + 1)
        )
        times = [seen.time for seen in timeline.impressions]
        assert times == sorted(times)
        assert times[0] >= timeline.started


def test_what_was_seen_is_what_was_served(store: Store) -> None:
    seen = list(
        store.rows(
            "SELECT t.event, f.number, f.post_id, f.nature, f.visibility FROM feed f"
            " JOIN timelines t ON t.id = f.timeline"
        )
    )
    served = {
        (row["load"], row["slot"]): row
        for row in store.rows("SELECT * FROM truth_impressions WHERE surface = 'feed'")
    }
    assert {row["visibility"] for row in seen} == {"public", "private"}
    for row in seen:
        truth = served[row["event"], row["number"]]
        assert json.loads(truth["extra"])["visibility"] == row["visibility"]
        if row["visibility"] == "private":
            assert row["post_id"] is None
        elif truth["kind"] == "post":
            assert row["post_id"] == truth["item_id"]
        else:
            assert row["nature"] == "sponsored"


def test_nobody_is_named(feeds: Built) -> None:
    """Friends write on the feed; neither their names nor private words are in the data."""
    from mockserver.world import World

    social = World.build(seed=load_scenario(SCENARIO).scenario.seed, clock="0").social
    names = [friend.name for friend in social.sources.people if friend.lang == "en"]
    text = "".join(
        (feeds.out / "jsonl" / f"{table}.jsonl").read_text("utf-8")
        for table in ("feed", "impressions", "truth_impressions")
    )
    assert len(names) > 5
    assert [name for name in names if name in text] == []


def test_the_report_counts_the_timelines(feeds: Built, store: Store) -> None:
    found = load_feeds(feeds.out)
    assert found is not None
    assert found.impressions == feeds.rows
    assert found.timelines == one(store, "SELECT count(*) FROM timelines")


@pytest.mark.slow
def test_the_published_shape_comes_back_through_the_import(
    published: Built, tmp_path: Path
) -> None:
    source = published.out / "e18.json.gz"
    data = json.loads(gzip.decompress(source.read_bytes()))
    assert set(data) == {"impressions", "posts", "timewindow"}
    assert len(data["impressions"]) == published.rows >= 60
    assert {"pageName", "profile", "postId", "visualizationDiff", "timelineId", "rtotal"} <= set(
        data["impressions"][0]
    )
    out = tmp_path / "store"
    result = CliRunner().invoke(main, ["import", "e18", str(source), "--out", str(out)])
    assert result.exit_code == 0, result.output
    report = CliRunner().invoke(main, ["report", str(out), "--json"])
    found = json.loads(report.stdout)["feeds"]
    assert found["impressions"] == published.counts["impressions"] == published.rows
    assert found["unique_posts"] == published.counts["posts"] == len(data["posts"])
    assert found["timelines"] == len({row["timelineId"] for row in data["impressions"]})
    assert sum(found["reach"].values()) == len(data["posts"])
    profiles = {row["profile"]: row for row in found["profiles"]}
    for name in {row["profile"] for row in data["impressions"]}:
        own = [row for row in data["impressions"] if row["profile"] == name]
        assert profiles[name]["impressions"] == len(own)
        assert profiles[name]["unique_posts"] == len({row["postId"] for row in own})


@pytest.mark.slow
def test_every_appearance_of_a_post_is_an_impression(published: Built) -> None:
    data = json.loads(gzip.decompress((published.out / "e18.json.gz").read_bytes()))
    appears = [seen["id"] for post in data["posts"] for seen in post["appears"]]
    assert sorted(appears) == sorted(row["id"] for row in data["impressions"])
    for row in data["impressions"]:
        assert row["visualizationDiff"] > 0
    times = [row["impressionTime"] for row in data["impressions"]]
    assert data["timewindow"] == {"start": min(times), "end": max(times)}


@pytest.mark.slow
def test_the_published_shape_is_checked(published: Built) -> None:
    assert check(published.out).whole
    path = published.out / "e18.json.gz"
    raw = path.read_bytes()
    data = json.loads(gzip.decompress(raw))
    data["impressions"][1]["impressionOrder"] = "first"
    path.write_bytes(gzip.compress(json.dumps(data).encode()))
    told = check(published.out).problems
    path.write_bytes(raw)
    assert any("impressions.1.impressionOrder" in line for line in told)


@pytest.mark.slow
def test_a_schedule_waits_for_its_slots(tmp_path: Path) -> None:
    from collector.scenario.loader import parse_scenario

    scenario = parse_scenario(
        {
            "name": "slots",
            "platform": "facebook",
            "sessions": "13 a day at :05 for 2 days",
            "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
            "arms": {"one": {"steps": [{"visit": "home"}, {"scroll": {"screens": 1}}]}},
        }
    )
    out = tmp_path / "out"
    build(DatasetSpec(scenario, 42, out, formats=(Format.SQLITE,), processes=1))
    with Store(out / "store.db", readonly=True) as store:
        found = list(
            store.rows(
                "SELECT t.started, n.due, t.puppet FROM timelines t"
                " JOIN turns n ON n.session = t.session ORDER BY t.started"
            )
        )
    assert len(found) >= 14
    assert len({row["due"] for row in found}) == len(found)
    assert {row["puppet"] for row in found} == {"one-1"}
    for row in found:
        assert row["due"][14:16] == "05"
        assert row["due"] <= row["started"] < row["due"][:14] + "06"
