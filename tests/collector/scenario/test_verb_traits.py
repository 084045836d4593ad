"""Verbs know their traits: every list of verbs is derived, and who forgets a trait is careful.

The lists here are written out by hand: they are what the traits of each verb must come to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from collector.adapters.facebook.browserless import HttpFacebookActions
from collector.adapters.facebook.runner import FeedRunner
from collector.adapters.youtube.browserless import HttpYouTubeActions
from collector.adapters.youtube.runner import VideoRunner
from collector.analysis.gates.dose import _WORDS
from collector.analysis.load import PREPARING
from collector.common.errors import UserError
from collector.common.model import ItemKind, PageKind, Platform
from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.datasets.simulator import Job, Simulator
from collector.ledger.ledger import cut_off
from collector.ledger.resume_point import brings_its_page, page_wanted
from collector.platforms.facebook.actions import FacebookActions
from collector.platforms.registry import Genre, spec_of
from collector.platforms.youtube.actions import YouTubeActions
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import PlannedStep, make_plan
from collector.scenario.steps import EXAMPLES, STEPS, StepKind
from collector.scenario.verb import Needs, Step, traits, verb
from collector.schedule.display import QuietDisplay
from collector.session.steps import StepRunner
from collector.store import Outcome
from collector.testing import ScenarioRun
from mockserver.serve import Server
from mockserver.world import World

#: Done once more it does no harm: nothing on the site changes.
HARMLESS = {"slot", "pause", "capture", "screenshot", "snapshot"}
IDLE = {"slot", "pause"}
OPENS = {"visit", "search", "clear_history", "pause_history"}
IN_A_BROWSER = {"slot", "screenshot", "click", "keypress"}
ONLY_VIDEOS = {
    "search", "watch", "follow", "hover", "dislike", "unvote", "autoplay",
    "clear_history", "pause_history", "open_channel",
}  # fmt: skip
ONLY_FEEDS = {"refresh", "slot"}
#: They ask nothing of the page before them.
FREE = IDLE | OPENS | {"snapshot", "screenshot"}
#: They are done on a page in any status, as long as it came about.
ON_ANY_PAGE = {"consent", "click", "keypress", "capture"}
#: What a scenario can be told to do; a repeat is written out before.
DONE = set(STEPS) - {"repeat"}


def planned(*steps: Any, platform: str = "youtube") -> list[PlannedStep]:
    what = {"name": "t", "platform": platform, "arms": {"a": {"steps": list(steps)}}}
    return list(make_plan(parse_scenario(what)).sessions[0].steps)


@pytest.fixture
def registered() -> Iterator[dict[str, type[Step]]]:
    """The register, as it was when the test is over."""
    before = dict(STEPS)
    yield STEPS
    STEPS.clear()
    STEPS.update(before)


@pytest.mark.parametrize("kind", sorted(DONE))
def test_what_is_cut_off(kind: str) -> None:
    """A verb without an effect is done again; any other may have happened and is not."""
    expected = Outcome.SKIPPED if kind in HARMLESS else Outcome.CONTAMINATED
    assert cut_off(kind) is expected


def test_a_verb_that_is_not_known_is_never_done_twice() -> None:
    """The ledger of a newer version may hold verbs that this one has never heard of."""
    assert cut_off("teleport") is Outcome.CONTAMINATED


def test_a_verb_that_forgot_its_traits_is_careful(registered: dict[str, type[Step]]) -> None:
    """It has an effect, depends on its page, and is refused nowhere."""

    @verb
    class Teleport(Step):
        do: Literal["teleport"]

    assert registered["teleport"] is Teleport
    assert traits("teleport") is Teleport
    assert Teleport.effect
    assert Teleport.needs_of({}) is Needs.CONTENT
    assert not Teleport.idle
    assert not Teleport.opens_page
    assert not Teleport.brings_page({})
    assert set(Teleport.genres) == set(Genre)
    with pytest.raises(ValueError, match="'teleport' is registered twice"):
        verb(Teleport)


def test_the_lists_come_out_of_the_traits() -> None:
    def named(**trait: object) -> set[str]:
        ((name, value),) = trait.items()
        return {kind for kind in DONE if getattr(STEPS[kind], name) == value}

    assert named(idle=True) == IDLE
    assert named(opens_page=True) == OPENS
    assert named(closes_page=True) == {"snapshot"}
    assert named(needs_browser=True) == IN_A_BROWSER
    assert named(genres=frozenset({Genre.VIDEOS})) == ONLY_VIDEOS
    assert named(genres=frozenset({Genre.FEED})) == ONLY_FEEDS
    assert named(leaves_mark=True) == {
        "like", "dislike", "subscribe", "not_interested", "dont_recommend_channel",
    }  # fmt: skip
    assert named(leads=True) == {"visit", "search", "follow", "refresh", "open_channel"}


def test_whatever_has_an_effect_and_does_more_than_arrive_is_a_treatment_that_is_counted() -> None:
    """One that was not counted could fail in every puppet, and the report would say no effect. So
    a verb that nobody has heard of is counted, and those that are not are written out."""
    arriving = {"visit", "consent", "refresh", "scroll"}
    assert set(PREPARING) == {kind for kind in DONE if not STEPS[kind].effect} | arriving
    assert not {kind for kind in PREPARING if STEPS[kind].leaves_mark}
    assert not set(_WORDS) & set(PREPARING)


def test_what_a_step_needs_of_its_page() -> None:
    for kind in DONE - {"watch"}:
        expected = Needs.CONTENT
        if kind in FREE:
            expected = Needs.NOTHING
        elif kind in ON_ANY_PAGE:
            expected = Needs.PAGE
        assert STEPS[kind].needs_of({}) is expected, kind
    here, there = planned({"watch": "3s"}, {"watch": {"video": "dQw4w9WgXcQ", "for": "3s"}})
    assert STEPS["watch"].needs_of(here.args) is Needs.CONTENT
    assert STEPS["watch"].needs_of(there.args) is Needs.NOTHING
    assert not brings_its_page(here)
    assert brings_its_page(there)
    assert page_wanted([here]) is here
    assert page_wanted([there, here]) is None


def test_every_verb_has_a_name_an_example_and_a_class() -> None:
    assert set(STEPS) == set(EXAMPLES) >= {kind.value for kind in StepKind}
    for name, cls in STEPS.items():
        assert cls.verb_name() == name
        assert cls.example.startswith(f"- {name}")


@pytest.mark.parametrize(
    ("platform", "runner", "actions", "without"),
    [
        (Platform.YOUTUBE, VideoRunner, YouTubeActions, HttpYouTubeActions),
        (Platform.FACEBOOK, FeedRunner, FacebookActions, HttpFacebookActions),
    ],
    ids=["youtube", "facebook"],
)
@pytest.mark.parametrize("kind", sorted(DONE))
def test_every_verb_can_be_done_where_its_traits_say(
    platform: Platform, runner: type[StepRunner], actions: type, without: type, kind: str
) -> None:
    """By a method of the runner, or by an action of both drivers, unless a browser is needed."""
    cls = STEPS[kind]
    if spec_of(platform).genre not in cls.genres or hasattr(runner, f"do_{kind}"):
        return
    assert hasattr(actions, kind)
    assert cls.needs_browser or hasattr(without, kind)


def test_a_verb_of_another_platform_is_refused_with_what_to_write() -> None:
    with pytest.raises(UserError, match="slot is not a step on youtube") as refused:
        planned({"visit": "home"}, {"slot": "13 a day at :05"})
    assert "use pause: 1h" in refused.value.fix
    with pytest.raises(UserError, match="unvote is not a step on facebook") as refused:
        planned("unvote", platform="facebook")
    assert "like: false" in refused.value.fix
    with pytest.raises(UserError, match="search is not a step on facebook"):
        planned({"search": "x"}, platform="facebook")


def each_with(cases: list[tuple[str, ...]], *, sweep: bool = False) -> list[Any]:
    """The first case with Chromium, the other without a browser; the rest is a sweep.

    :param sweep: with Chromium all is.
    """
    first, other = cases
    browser, slow = pytest.mark.browser, pytest.mark.slow
    return [
        pytest.param(*first, "chromium", marks=[browser, slow] if sweep else browser),
        pytest.param(*other, "http"),
        pytest.param(*first, "http", marks=slow),
        pytest.param(*other, "chromium", marks=[browser, slow]),
    ]


HOVERED: list[Any] = [
    {"visit": "home"}, {"consent": "reject"}, {"hover": {"rank": 2, "for": "4s"}},
    {"hover": {"title": "^.", "from": "home", "for": "1500ms"}}, {"follow": {"rank": 2}},
    {"watch": "3s"},
]  # fmt: skip


@pytest.mark.sweep(1)
@pytest.mark.parametrize("driver", ["http", pytest.param("chromium", marks=pytest.mark.browser)])
def test_the_mouse_rests_on_an_item_and_the_site_hears_of_it(
    mock_server: Server, tmp_path: Path, driver: str
) -> None:
    """Two previews, of the items that the ledger names, as long as planned; a click is none."""
    before = {viewer.visitor_id for viewer in mock_server.mock.world.viewers()}
    what = {"name": f"hover-{driver}", "seed": len(driver), "arms": {"only": {"steps": HOVERED}}}
    run = ScenarioRun(
        run_scenario(
            parse_scenario(what),
            RunOptions.of(out=tmp_path / "run", driver=driver, submit_to="none", speed="max"),
            display=QuietDisplay(),
            confirm=lambda question: False,
            mock=MockSite.of(mock_server),
        )
    )
    assert run.result.exit_code == 0
    rows = [row for row in run.store.steps() if row["kind"] == "hover"]
    home, *_ = run.observations()
    shown = [item for item in home.impressions if item.kind in (ItemKind.VIDEO, ItemKind.LIVE)]
    picked = [shown[1], shown[0]]
    assert [row["detail"] for row in rows] == [f"{i.item_id} at {i.position}" for i in picked]
    (viewer,) = [v for v in mock_server.mock.world.viewers() if v.visitor_id not in before]
    told = [event for event in viewer.events if event.kind == "preview"]
    assert [event.target for event in told] == [item.item_id for item in picked]
    assert [event.seconds for event in told] == pytest.approx([4.0, 1.5], abs=0.5)
    (watch,) = [event for event in viewer.events if event.kind == "watch"]
    assert watch.target == shown[1].item_id


def test_a_simulated_mouse_does_the_same_to_the_viewer() -> None:
    what = {"name": "hover", "seed": 11, "arms": {"only": {"steps": HOVERED}}}
    simulator = Simulator(Job(parse_scenario(what), 11, "r"))
    simulator.world.viewers()
    (planned_session,) = simulator.rounds.sessions(0)
    simulated = simulator._session(planned_session, None, None)
    simulated.simulate()
    (viewer,) = simulator.world.viewers()
    told = [(event.seconds, event.kind) for event in viewer.events]
    assert told == [(4.0, "preview"), (1.5, "preview"), (3.0, "watch")]


def test_a_glance_is_no_hovering() -> None:
    with pytest.raises(UserError, match="at least 500ms"):
        planned({"visit": "home"}, {"hover": {"rank": 1, "for": "400ms"}})
    (hover,) = planned({"hover": {"rank": 2}})
    assert STEPS["hover"].in_words(hover.args) == "hover rank 3 s"
    assert cut_off("hover") is Outcome.CONTAMINATED


SWITCHED: list[Any] = [
    {"visit": {"url": "home", "capture": False}}, {"consent": "reject"},
    {"visit": "/watch?v=dQw4w9WgXcQ"}, "like", "dislike", {"capture": "disliked"},
    {"dislike": False}, {"dislike": True}, {"autoplay": "off"}, {"autoplay": "off"},
    "unvote", "unvote", "like", "unvote",
]  # fmt: skip


@pytest.mark.parametrize(("era", "driver"), each_with([("2026",), ("2022",)], sweep=True))
def test_a_dislike_and_the_switch_of_autoplay_are_done_and_kept(
    run_scenario: Callable[..., ScenarioRun], driver: str, era: str
) -> None:
    """The site's own memory has them, and the page shows what is pressed, in old and new markup."""
    what = {"name": "switched", "seed": 3, "arms": {"only": {"steps": SWITCHED}}}
    given = {"driver": driver, "submit_to": "none", "mock_options": {"era": era}}
    run = run_scenario(what, **given)
    assert run.result.exit_code == 0, [row["detail"] for row in run.store.steps()]
    lines = [json.loads(line) for line in (run.out.root / "mock.state").read_text().splitlines()]
    votes = [line[2] for line in lines if line[0] == "viewer" and line[2] in ("like", "dislike")]
    assert votes == ["like", "dislike", "dislike", "dislike", "dislike", "like", "like"]
    (page,) = [run.evidence(capture) for capture in run.captures() if capture.step == 5]
    bar = page.partition('id="top-level-buttons-computed"')[2]
    pressed = re.findall(r'aria-pressed="(true|false)"', bar)[:2]
    assert pressed == ["false", "true"], "the like is taken back, the dislike is pressed"
    (mark,) = run.out.profiles.glob("*/mark.json")
    cookies = {each["name"]: each["value"] for each in json.loads(mark.read_text())["cookies"]}
    assert cookies["PREF"] == "f5=30000"


def test_simulated_votes_take_each_other_back_and_are_taken_back() -> None:
    steps = [*SWITCHED[:6], "unvote", "unvote", "like", "unvote"]
    simulator = Simulator(
        Job(parse_scenario({"name": "s", "seed": 3, "arms": {"only": {"steps": steps}}}), 3, "r")
    )
    (session,) = simulator.rounds.sessions(0)
    simulator._session(session, None, None).simulate()
    (viewer,) = simulator.world.viewers()
    assert [(str(event.kind), event.on) for event in viewer.events] == [
        ("like", True), ("dislike", True), ("dislike", False), ("like", True), ("like", False),
    ]  # fmt: skip
    assert not viewer.likes
    assert not viewer.dislikes


FORGETFUL: list[Any] = [
    {"visit": {"url": "home", "capture": False}}, {"consent": "reject"},
    {"watch": {"video": "dQw4w9WgXcQ", "for": "3s"}}, {"open_channel": "videos"},
    "clear_history", "pause_history", "pause_history",
    {"watch": {"video": "dQw4w9WgXcQ", "for": "3s"}}, {"pause_history": "off"},
    {"visit": "home"}, {"dont_recommend_channel": {"rank": 2}}, {"visit": "home"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("era", "locale", "driver"), each_with([("2022", "de-DE"), ("2026", "ja-JP")], sweep=True)
)
def test_history_is_cleared_and_paused_and_a_channel_is_refused(
    run_scenario: Callable[..., ScenarioRun], driver: str, era: str, locale: str
) -> None:
    """The site's own journal has each once, what is watched meanwhile is not remembered, and no
    later list has a video of the channel."""
    what = {
        "name": "forgetful", "seed": 3, "persona": {"locale": locale}, "mock": {"era": era},
        "arms": {"only": {"steps": FORGETFUL}},
    }  # fmt: skip
    run = run_scenario(what, driver=driver, submit_to="none")
    assert run.result.exit_code == 0, [row["detail"] for row in run.store.steps()]
    lines = [json.loads(line) for line in (run.out.root / "mock.state").read_text().splitlines()]
    told = [line[2] for line in lines if line[0] == "viewer"]
    assert [one for one in told if one.endswith(("history", "channel"))] == [
        "clear_history", "pause_history", "pause_history", "refuse_channel"
    ]  # fmt: skip
    channel, before, after = [
        [item for item in page.impressions if item.kind is not ItemKind.AD]
        for page in run.observations()
        if page.kind in (PageKind.CHANNEL, PageKind.HOME)
    ]
    assert channel, "the tab of the channel was captured"
    refused = next(item for item in before if item.position == 2)
    world = World.build(seed=3, clock="0")
    named = world.videos[refused.item_id].channel_id
    of_channel = {video.id for video in world.videos.values() if video.channel_id == named}
    assert of_channel.isdisjoint(item.item_id for item in after)


def test_what_is_not_interesting_is_picked_as_what_is_followed() -> None:
    """By rank alone it has the two arguments that older plans have."""
    bare, rank, topic, unseen = planned(
        "not_interested", {"not_interested": {"rank": 3, "from": "home"}},
        {"not_interested": {"topic": "music", "otherwise": "first"}},
        {"not_interested": {"rank": 1, "unseen": True}},
    )  # fmt: skip
    assert (bare.args, rank.args) == ({"rank": 1, "from": None}, {"rank": 3, "from": "home"})
    assert (topic.args["by"], topic.args["topics"], topic.args["otherwise"]) == (
        "topic", ["music"], "first",
    )  # fmt: skip
    assert unseen.args["unseen"] is True
    with pytest.raises(UserError, match="exactly one of"):
        planned({"not_interested": {"rank": 1, "topic": "music"}})


def test_what_is_watched_while_the_history_is_paused_is_not_remembered() -> None:
    viewer = World.build(seed=1, clock="0").viewer("v1")
    viewer.watched("dQw4w9WgXcQ", 10, 0.5)
    viewer.like("dQw4w9WgXcQ")
    viewer.pause_history()
    viewer.watched("RN8Li7kYNnw", 10, 0.5)
    assert {event.target for event in viewer.history} == {"dQw4w9WgXcQ"}
    again = World.build(seed=1, clock="0").viewer("v2")
    again.remember(viewer.memory())
    assert again.paused
    viewer.clear_history()
    assert viewer.history == ()
    assert list(viewer.likes) == ["dQw4w9WgXcQ"], "only what was watched is forgotten"
    viewer.pause_history(False)
    viewer.watched("RN8Li7kYNnw", 10, 0.5)
    assert {event.target for event in viewer.history} == {"RN8Li7kYNnw"}
