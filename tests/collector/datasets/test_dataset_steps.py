"""A simulated session is carried out by the runner that carries out a run's."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from places import ROOT

from collector.datasets.facebook.feeds import FeedSession, FeedSite
from collector.datasets.records import COLUMNS
from collector.datasets.simulator import Job, Simulator
from collector.datasets.youtube.videos import VideoSession, VideoSite
from collector.platforms.registry import spec_of
from collector.scenario.loader import parse_scenario
from collector.scenario.steps import STEPS
from collector.scenario.verb import traits
from collector.testing import ScenarioRun

FIRST = "dQw4w9WgXcQ"
#: A channel whose tabs hold something, but for the last two.
CHANNEL = "/@freddureoggi"
TABS = ("shorts", "streams", "playlists", "store", "about", "featured", "posts")
VIDEOS: list[Any] = [
    {"visit": "home"}, {"consent": "reject"}, {"consent": "reject"}, {"like": True},
    {"scroll": {"screens": 1}}, {"visit": "https://other.example/"}, {"watch": "3s"},
    {"watch": {"video": FIRST, "for": "4s"}}, "like", {"follow": {"rank": 2, "unseen": True}},
    {"watch": "10%"}, "subscribe", {"hover": {"rank": 1, "for": "2s"}}, "not_interested",
    {"visit": "/watch?v=AAAAAAAAAAA"}, {"watch": "3s"}, {"capture": "gone"}, "clear_history",
    {"watch": {"video": FIRST, "for": "2s"}}, {"open_channel": "videos"}, "pause_history",
    {"watch": {"video": FIRST, "for": "4s"}}, {"pause_history": "off"}, {"visit": "home"},
    {"dont_recommend_channel": {"rank": 2}}, {"follow": {"topic": "music", "otherwise": "first"}},
    {"search": "zzzz qqqq xxxx"}, {"search": "moon landing"}, {"follow": {"rank": 99}},
    {"capture": "after"}, {"pause": "2s"}, {"visit": "/no/such/page"}, {"scroll": "end"},
    {"visit": "/@nobody.here/shorts"}, {"visit": "/@nobody.here"},
    *({"visit": f"{CHANNEL}/{tab}"} for tab in TABS), {"scroll": "end"},
]  # fmt: skip
POSTS: list[Any] = [
    {"visit": "home"}, {"consent": "reject"}, {"consent": "reject"}, {"scroll": {"screens": 1}},
    {"like": {"rank": 1}}, "refresh", "subscribe", {"capture": "read"}, {"capture": "again"},
    {"visit": {"url": "home", "capture": False}}, "refresh", {"visit": "https://example.org/"},
    {"scroll": {"screens": 1}}, "refresh", {"visit": "/nobody.here.at.all"}, {"pause": "2s"},
    {"visit": "home"},
]  # fmt: skip


def scenario(platform: str, steps: list[Any]) -> dict[str, Any]:
    return {
        "name": "same", "platform": platform, "seed": 7, "labels": "mock",
        "arms": {"only": {"steps": steps}},
    }  # fmt: skip


def simulated(platform: str, steps: list[Any], table: str) -> list[dict[str, Any]]:
    (session,) = Simulator(Job(parse_scenario(scenario(platform, steps)), 7, "r")).round(0)
    return [dict(zip(COLUMNS[table], row, strict=True)) for row in session.tables[table]]


def in_words(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """What of a step must be equal: not the mock's port, nor how far an estimated scroll came."""
    detail = re.sub(r"(?<=localhost):\d+", "", row["detail"] or "")
    return row["kind"], row["outcome"], re.sub(r"^\d+(?= (?:posts seen|items))", "N", detail)


@pytest.mark.sweep(1)
@pytest.mark.parametrize(
    ("platform", "steps"), [("youtube", VIDEOS), ("facebook", POSTS)], ids=["videos", "posts"]
)
def test_a_step_comes_to_what_it_comes_to_in_a_run(
    run_scenario: Callable[..., ScenarioRun], platform: str, steps: list[Any]
) -> None:
    """Outcome and words of every step, and under which steps pages are filed with what status."""
    run = run_scenario(scenario(platform, steps), driver="http", submit_to="none", speed=None)
    ran = [in_words(row) for row in run.store.steps()]
    ours = [in_words(row) for row in simulated(platform, steps, "steps")]
    assert ours == ran
    pages = [(page.step, page.kind, page.status) for page in run.captures()]
    filed = [(c["step"], c["kind"], c["status"]) for c in simulated(platform, steps, "captures")]
    assert filed == pages
    if platform == "youtube":
        listed = [
            [(i.position, i.kind, i.item_id, i.title, i.views) for i in page.impressions]
            for page in run.observations()
            if f"{CHANNEL}/" in page.url
        ]
        assert [bool(items) for items in listed] == [True, True, True, False, False, *[True] * 3]
        names = ("position", "kind", "item_id", "title", "views")
        rows = simulated(platform, steps, "impressions")
        shown = [
            [tuple(r[n] for n in names) for r in rows if r["capture"] == c["id"]]
            for c in simulated(platform, steps, "captures")
            if f"{CHANNEL}/" in c["url"]
        ]
        assert shown == listed


def test_the_room_of_data_sets_carries_out_no_verb() -> None:
    """What a verb means stands in the runner that a run has, and nowhere else."""
    assert issubclass(VideoSession.runner, spec_of("youtube").load("runner"))
    assert issubclass(FeedSession.runner, spec_of("facebook").load("runner"))
    own = {f"do_{verb}" for verb in STEPS}
    defined = {
        f"{path.name}: {node.name}"
        for path in (ROOT / "collector" / "datasets").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in own
    }
    assert not defined


@pytest.mark.parametrize(
    ("site", "session"), [(VideoSite, VideoSession), (FeedSite, FeedSession)],
    ids=["videos", "posts"],
)  # fmt: skip
def test_what_no_site_of_the_world_can_do_is_known(site: type, session: type) -> None:
    genre = spec_of(site.platform).genre  # type: ignore[attr-defined]
    here = {verb for verb in STEPS if genre in traits(verb).genres and verb != "repeat"}
    of_its_own = {v for v in here if hasattr(session.runner, f"do_{v}") or hasattr(site, v)}  # type: ignore[attr-defined]
    told = {v for v in here - of_its_own if site.told(object(), v)}  # type: ignore[attr-defined]
    of_a_video = {"like", "dislike", "not_interested", "hover"}
    assert told >= of_a_video if site is VideoSite else not told
    done = of_its_own | told
    only_videos = {"autoplay"} if site is VideoSite else set()
    assert here - done == {"click", "keypress"} | only_videos
    assert site.beyond == {"screenshot", "snapshot"}  # type: ignore[attr-defined]


SLOT: list[Any] = [
    {"visit": {"url": "home", "capture": False}}, {"consent": "reject"}, {"slot": "13 a day at :05"}
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata"])
def test_a_slot_is_one_of_the_personas_day(zone: str) -> None:
    """The world begins at midnight in UTC: 19:00 of the day before in New York, 5:30 in Kolkata."""
    what = {**scenario("facebook", SLOT), "persona": {"locale": "en-US", "timezone": zone}}
    (session,) = Simulator(Job(parse_scenario(what), 7, "r")).round(0)
    slot = dict(zip(COLUMNS["steps"], session.tables["steps"][2], strict=True))
    ends = {"America/New_York": "2026-01-01T00:05:00", "Asia/Kolkata": "2026-01-01T02:35:00"}
    assert slot["outcome"] == "done"
    assert slot["finished"][:19] == ends[zone]
