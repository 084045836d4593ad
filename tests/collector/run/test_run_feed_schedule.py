"""Sessions on a schedule: so many a day at the same minute, on the puppet's own clock."""

from __future__ import annotations

from itertools import pairwise

import pytest

from collector.adapters.facebook.runner import until_slot
from collector.common.errors import UserError
from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.evidence import EvidenceStore
from collector.platforms.facebook.timeline import parse_timeline
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import Plan, make_plan
from collector.schedule.display import QuietDisplay
from collector.store import Store
from mockserver.context import MockConfig
from mockserver.serve import serving

SLOTS = {"per_day": 13, "minute": 5, "first_hour": 8}

SCENARIO = """
name: two-slots
platform: facebook
seed: 4
sessions: %s
persona: {locale: en-US, timezone: Europe/Rome}
analysis: {surfaces: [feed]}
before: [{visit: {url: home, capture: false}}, {consent: accept}]
arms:
  only: {steps: [{visit: home}, {scroll: "800px every 5s, 2 times"}]}
"""


@pytest.mark.parametrize(
    ("now", "expected_s"),
    [
        ((7, 0), 65 * 60),
        ((8, 4), 60),
        ((8, 5), 3600),
        ((20, 4), 60),
        ((20, 6), 12 * 3600 - 60),
        ((23, 59), 8 * 3600 + 6 * 60),
    ],
)
def test_the_next_slot(now: tuple[int, int], expected_s: float) -> None:
    assert until_slot(now[0] * 3600 + now[1] * 60, SLOTS) == expected_s


def test_the_plan_writes_every_session_out() -> None:
    plan = make_plan(parse_scenario(SCENARIO % '"13 a day at :05 for 2 days"'))
    assert len(plan.sessions) == 26
    kinds = [[step.kind.value for step in session.steps] for session in plan.sessions]
    assert kinds[0] == ["visit", "consent", "visit", "scroll"]
    assert kinds[1:] == [["visit", "scroll"]] * 25
    assert Plan.from_json(plan.to_json()).to_json() == plan.to_json()


@pytest.mark.parametrize(
    "wrong",
    [
        SCENARIO % "often",
        SCENARIO % '"25 a day at :05"',
        SCENARIO % '"2 a day at :05 for 0 days"',
        (SCENARIO % '"2 a day at :05"').replace("{visit: home}", "{search: cats}"),
        "name: x\narms: {a: {steps: [{slot: 13 a day at :05}]}}",
        "name: x\nplatform: facebook\narms: {a: {steps: [{slot: hourly}]}}",
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_runs(wrong: str) -> None:
    with pytest.raises(UserError):
        parse_scenario(wrong)


def test_a_walk_down_the_feed_can_be_written_in_a_line() -> None:
    text = "name: x\nplatform: facebook\narms: {a: {steps: [{visit: home}, {scroll: %s}]}}"
    plan = make_plan(parse_scenario(text % '"800px every 5s, 30 times or until 40 posts"'))
    args = plan.sessions[0].steps[1].args
    assert (args["pixels"], args["times"], args["every_s"], args["until"]) == (800, 30, 5.0, 40)
    args = make_plan(parse_scenario(text % '"400px"')).sessions[0].steps[1].args
    assert (args["pixels"], args["times"], args["every_s"], args["until"]) == (400, 1, None, None)


@pytest.mark.browser
@pytest.mark.slow
def test_timelines_begin_at_the_minute(tmp_path_factory: pytest.TempPathFactory) -> None:
    out = tmp_path_factory.mktemp("slots") / "out"
    with serving(MockConfig(seed=4)) as server:
        result = run_scenario(
            parse_scenario(SCENARIO % '"3 a day at :05"'),
            RunOptions(out=out, submit_to="none", speed="max"),
            display=QuietDisplay(),
            confirm=lambda _: False,
            mock=MockSite.of(server),
        )
    assert result.missing == 0
    with Store(result.out.store) as store:
        files = EvidenceStore(result.out.evidence)
        lines = [parse_timeline(files.get(c.content_hash)) for c in store.captures()]
    started = [line.started for line in lines]
    assert len(started) == 3
    assert all(moment.minute == 5 for moment in started)
    for before, after in pairwise(started):
        assert (after - before).total_seconds() >= 3500
