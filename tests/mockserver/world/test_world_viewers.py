"""Viewers, faults and the truth log: what is remembered, and that threads do not disturb it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlite_utils

from collector.common.errors import UserError
from collector.common.model import ItemKind, Surface
from mockserver.world import FAULTS, EventKind, World
from mockserver.world.truthlog import union


@pytest.fixture
def world() -> World:
    return World.build(seed=1, clock="0")


def in_threads(count: int, work: Callable[[int], None]) -> None:
    failures: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_a_viewer_is_made_once_and_keeps_its_language(world: World) -> None:
    one = world.viewer("v", lang="fr", country="FR")
    assert world.viewer("v") is one
    assert (one.lang, one.country) == ("fr", "FR")
    assert world.viewer("other").lang == "en"
    world.viewer("v", lang="de")
    assert (one.lang, one.country) == ("de", "FR")
    assert [viewer.visitor_id for viewer in world.viewers()] == ["other", "v"]


def test_reports_of_one_playback_grow_one_watch(world: World) -> None:
    viewer = world.viewer("v")
    viewer.watched("dQw4w9WgXcQ", 10, 0.05, load="l1")
    viewer.watched("dQw4w9WgXcQ", 30, 0.15, load="l1")
    viewer.watched("dQw4w9WgXcQ", 20, 0.10, load="l1")
    viewer.watched("RN8Li7kYNnw", 5, 0.02, load="l2")
    viewer.watched("dQw4w9WgXcQ", 40, 0.20, load="l1")
    viewer.watched("dQw4w9WgXcQ", 7, 0.03, load="l3")
    assert [(e.target, e.seconds, e.fraction) for e in viewer.history] == [
        ("dQw4w9WgXcQ", 40, 0.20),
        ("RN8Li7kYNnw", 5, 0.02),
        ("dQw4w9WgXcQ", 7, 0.03),
    ]


def test_without_a_load_only_the_last_watch_grows(world: World) -> None:
    viewer = world.viewer("v")
    for video_id in ("dQw4w9WgXcQ", "dQw4w9WgXcQ", "RN8Li7kYNnw", "dQw4w9WgXcQ"):
        viewer.watched(video_id, 5, 2.0)
    assert [event.target for event in viewer.history] == [
        "dQw4w9WgXcQ",
        "RN8Li7kYNnw",
        "dQw4w9WgXcQ",
    ]
    assert viewer.history[0].fraction == 1.0


def test_toggles(world: World) -> None:
    viewer = world.viewer("v")
    viewer.like("a")
    viewer.like("a")
    viewer.dislike("a")
    assert (list(viewer.likes), list(viewer.dislikes)) == ([], ["a"])
    viewer.dislike("a", on=False)
    viewer.subscribe("UC1")
    viewer.subscribe("UC1", on=False)
    viewer.subscribe("UC2", on=False)
    viewer.not_interested("b")
    viewer.not_interested("b")
    assert not viewer.subscriptions
    assert [(event.kind, event.on) for event in viewer.events] == [
        (EventKind.LIKE, True),
        (EventKind.DISLIKE, True),
        (EventKind.DISLIKE, False),
        (EventKind.SUBSCRIBE, True),
        (EventKind.SUBSCRIBE, False),
        (EventKind.NOT_INTERESTED, True),
    ]
    viewer.consent("reject")
    assert viewer.consented == "reject"
    with pytest.raises(ValueError, match="maybe"):
        viewer.consent("maybe")
    assert [viewer.next_load() for _ in range(3)] == [1, 2, 3]


def test_lists_are_the_same_with_many_threads(world: World) -> None:
    quiet = World.build(seed=1, clock="0")
    found: dict[int, list[str]] = {}

    def ask(number: int) -> None:
        viewer = world.viewer(f"v{number % 4}")
        entries = world.feed(Surface.HOME, viewer, count=60, load=f"l{number // 4}")
        world.feed(Surface.SEARCH, viewer, context="moon landing", load=f"l{number // 4}")
        world.truth.served(
            viewer.visitor_id, load=f"l{number // 4}", surface=Surface.HOME, context=None,
            entries=entries, lang="en",
        )  # fmt: skip
        found[number] = [entry.item_id for entry in entries]

    in_threads(16, ask)
    for number, items in found.items():
        viewer = quiet.viewer(f"v{number % 4}")
        alone = quiet.feed(Surface.HOME, viewer, count=60, load=f"l{number // 4}")
        assert items == [entry.item_id for entry in alone]
    rows = world.truth.impressions()
    assert [row["seq"] for row in rows] == list(range(1, 16 * 60 + 1))


def test_faults_have_their_share_and_repeat(world: World) -> None:
    assert not any(world.fault(name, "v", "l") for name in FAULTS)
    faulty = World.build(seed=1, faults={"stall": 0.25, "captcha": 1.0})
    struck = [faulty.fault("stall", "v", f"l{n}") for n in range(800)]
    assert 0.2 < sum(struck) / 800 < 0.3
    again = World.build(seed=1, faults={"stall": 0.25})
    assert struck == [again.fault("stall", "v", f"l{n}") for n in range(800)]
    assert all(faulty.fault("captcha", f"v{n}", "l") for n in range(20))
    assert not faulty.fault("login", "v", "l")
    with pytest.raises(UserError, match="stalls"):
        World.build(faults={"stalls": 0.1})
    with pytest.raises(UserError, match=r"faults\.stall"):
        World.build(faults={"stall": 1.1})


def test_impressions_are_logged_once_each(world: World) -> None:
    viewer = world.viewer("v")
    entries = world.feed(Surface.HOME, viewer, count=30, load="l")
    truth = world.truth
    assert truth.served(
        "v", load="l", surface=Surface.HOME, context=None, entries=entries[:24], lang="en"
    ) == 24  # fmt: skip
    assert truth.served(
        "v", load="l", surface=Surface.HOME, context=None, entries=entries, lang="en"
    ) == 6  # fmt: skip
    rows = truth.impressions(visitor="v", load="l", surface="home")
    assert [(row["slot"], row["item_id"]) for row in rows] == [(e.slot, e.item_id) for e in entries]
    row = next(row for row in rows if row["kind"] == "video")
    assert row["topic"] in world.topics
    assert row["score"] == pytest.approx(sum(row["parts"].values()), abs=1e-4)
    assert row["time"] == "2026-01-01T00:00:00.000Z"
    assert truth.impressions(visitor="nobody") == []
    assert truth.visitors() == ["v"]
    json.dumps(rows)


def test_mixes_are_labelled_once_served(world: World) -> None:
    served: dict[str, str | None] = {}
    for number in range(8):
        viewer = world.viewer(f"v{number}")
        entries = world.feed(Surface.HOME, viewer, count=60, load="l")
        mixes = [entry for entry in entries if entry.kind is ItemKind.MIX]
        assert not {mix.item_id for mix in mixes} & (world.labels().keys() - served.keys())
        world.truth.served(
            viewer.visitor_id, load="l", surface=Surface.HOME, context=None, entries=entries,
            lang="en",
        )  # fmt: skip
        served.update((mix.item_id, mix.topic) for mix in mixes)
    assert served
    assert served.items() <= world.labels().items()


def test_watch_seconds_are_those_of_the_union(world: World) -> None:
    truth = world.truth
    truth.beacon("v", load="l", video_id="dQw4w9WgXcQ", segments=[(0, 10)], length=213)
    truth.beacon("v", load="l", video_id="dQw4w9WgXcQ", segments=[(5, 10), (10, 20)])
    truth.beacon("v", load="l", video_id="dQw4w9WgXcQ", segments=[(0, 6)], ad_id="ad1")
    row = truth.beacon(
        "v", load="l", video_id="dQw4w9WgXcQ", segments=[(100, 101.5), (9, 3)], visible=False
    )
    assert row["seconds"] == 21.5
    assert row["ad_seconds"] == 6.0
    assert row["length"] == 213
    assert (row["beacons"], row["hidden_beacons"]) == (4, 1)
    (logged,) = truth.watches(visitor="v")
    assert logged == row
    truth.beacon("v", load="l2", video_id="dQw4w9WgXcQ", segments=[(0, 1)])
    assert len(truth.watches(video_id="dQw4w9WgXcQ")) == 2


def test_union_of_segments() -> None:
    assert union([]) == []
    assert union([(5, 7), (0, 5), (6, 8), (10, 11), (3, 3)]) == [(0, 8), (10, 11)]


def test_probes_pages_and_paging(world: World) -> None:
    truth = world.truth
    truth.probe("v", {"user_agent": "A", "languages": ["en"]})
    truth.probe("v", {"user_agent": "B"})
    row = truth.whoami("v")
    assert row is not None
    assert row["facts"] == {"user_agent": "B", "languages": ["en"]}
    assert truth.whoami("w") is None
    for number in range(5):
        truth.page("v", load=f"l{number}", path="/", kind="home", status="ok", lang="en")
    first, total = truth.rows("pages", after=1, limit=2)
    assert ([row["load"] for row in first], total) == (["l1", "l2"], 4)


def test_the_log_is_kept_in_a_file_beside_the_database(world: World, tmp_path: Path) -> None:
    path = tmp_path / "mock.truth.db"
    world.truth.page("v", load="l0", path="/", kind="home", status="ok", lang="en")
    world.truth.persist(path)
    entries = world.feed(Surface.HOME, world.viewer("v"), count=60, load="l")
    for load in range(10):
        world.truth.served(
            "v", load=f"l{load}", surface=Surface.HOME, context=None, entries=entries, lang="en"
        )
    world.truth.beacon("v", load="l", video_id="dQw4w9WgXcQ", segments=[(0, 4)])
    world.truth.beacon("v", load="l", video_id="dQw4w9WgXcQ", segments=[(4, 9)])
    world.close()
    database = sqlite_utils.Database(path)
    try:
        assert database["truth_impressions"].count == 600
        assert database["truth_pages"].count == 1
        (watch,) = database["truth_watches"].rows
        assert watch["seconds"] == 9.0
        assert json.loads(watch["segments"]) == [[0, 9]]
        first = next(iter(database.query("select * from truth_impressions order by seq")))
        assert first["item_id"] == entries[0].item_id
    finally:
        database.close()
