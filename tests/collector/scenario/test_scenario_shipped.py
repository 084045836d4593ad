"""The ready-made scenarios ask for things that the mock world has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from design_tools import corrected, unmeasured

from collector.common.model import Surface
from collector.scenario.estimate import plan_time, readable
from collector.scenario.loader import load_scenario, parse_scenario
from collector.scenario.plan import PlannedStep, make_plan
from collector.scenario.shipped import shipped_scenarios
from collector.scenario.steps import StepKind
from mockserver.world import World

NAMES = sorted(shipped_scenarios())


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = World.build(seed=1, size="small")
    yield made
    made.close()


def all_steps(name: str) -> list[tuple[str, PlannedStep]]:
    plan = make_plan(load_scenario(name))
    return [(session.arm, step) for session in plan.sessions for step in session.steps]


@pytest.mark.parametrize("name", NAMES)
def test_topics_and_videos_exist(name: str, world: World) -> None:
    plan = make_plan(load_scenario(name))
    named = set(plan.scenario["analysis"]["exposure"])
    for _, step in all_steps(name):
        named |= set(step.args.get("topics", ()))
        for video in parse_qs(urlsplit(step.args.get("url", "")).query).get("v", []):
            assert video in world.videos
    assert named <= set(world.topics)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_followed_after_a_search_is_among_its_results(name: str, world: World) -> None:
    query = ""
    for arm, step in all_steps(name):
        if step.kind is StepKind.SEARCH:
            query = step.args["query"]
        elif step.kind is StepKind.FOLLOW and step.args["from"] == "search":
            viewer = world.viewer(f"test-{arm}"[:11].ljust(11, "x"), lang="en", country="US")
            found = world.feed(Surface.SEARCH, viewer, context=query, load=f"{arm}-{query}")
            topics = {entry.video.topic for entry in found if entry.video}
            assert topics & set(step.args["topics"]), f"{query}: {topics}"


def test_quick_is_two_arms_of_five_twins_with_four_watches() -> None:
    plan = make_plan(load_scenario("quick"))
    assert sorted(session.puppet for session in plan.sessions) == [
        f"{arm}-{twin}" for arm in ("conspiracy", "neutral") for twin in range(1, 6)
    ]
    for session in plan.sessions:
        kinds = [step.kind for step in session.steps]
        assert kinds.count(StepKind.WATCH) == 4
        assert session.steps[-1].args["url"].startswith("/watch?v=")
        assert any(s.args.get("url") == "/" and s.args["capture"] for s in session.steps)


def test_the_arms_of_null_do_the_same() -> None:
    plan = make_plan(load_scenario("null"))
    done = {
        tuple((step.kind, str(step.args)) for step in session.steps) for session in plan.sessions
    }
    personas = {session.persona for session in plan.sessions}
    assert len(done) == len(personas) == 1


def test_the_searches_of_search_personalisation_are_spaced() -> None:
    plan = make_plan(load_scenario("search-personalisation"))
    asked = {}
    for session in plan.sessions:
        last = [step for step in session.steps if step.path.startswith("after.")]
        assert [step.kind.value for step in last] == ["search"] * 3
        asked[session.arm] = [step.args["query"] for step in last]
    assert plan.scenario["spacing"] == "11m"
    assert len({tuple(queries) for queries in asked.values()}) == 1


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("guardoni")])
def test_every_ready_made_experiment_can_find_something(name: str) -> None:
    """Each outcome that it declares can be told from chance after Holm's correction for all, and
    is measured on a page after the treatment."""
    plan = make_plan(load_scenario(name))
    assert plan.scenario["analysis"]["exposure"]
    assert corrected(plan) <= 0.05
    assert unmeasured(plan) == set()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(45, "45 s"), (89, "89 s"), (720, "12 min"), (12_000, "3 h 20 min"), (7200, "2 h")],
)
def test_times_for_people(seconds: float, text: str) -> None:
    assert readable(timedelta(seconds=seconds)) == text


def test_the_estimate_knows_waits_and_schedules() -> None:
    def time(**keys: Any) -> timedelta:
        steps = [{"visit": "home"}, {"search": "x"}, {"pause": "4m"}, {"search": "y"}]
        data = {"name": "t", "arms": {"a": {"steps": steps}}, **keys}
        return plan_time(make_plan(parse_scenario(data)))

    assert timedelta(minutes=4) < time() < timedelta(minutes=5)
    assert timedelta(minutes=11) < time(spacing="11m") < timedelta(minutes=12)
    assert timedelta(days=14) < time(repeat="weekly", waves=3) < timedelta(days=14, hours=1)
    assert timedelta(hours=8) < time(sessions="2 a day at :05") < timedelta(hours=10)


def test_the_estimate_adds_blocks_and_not_the_puppets_of_a_block() -> None:
    data = {"name": "t", "block": 1, "arms": {"a": {"twins": 2, "steps": [{"pause": "10m"}]}}}
    one = plan_time(make_plan(parse_scenario(data)))
    data["arms"]["b"] = {"twins": 2, "steps": [{"pause": "5m"}]}  # type: ignore[index]
    assert plan_time(make_plan(parse_scenario(data))) == one
    assert timedelta(minutes=20) < one < timedelta(minutes=21)
