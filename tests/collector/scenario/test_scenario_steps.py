"""What each step becomes in a plan: every argument present, durations in seconds."""

from __future__ import annotations

from typing import Any

import pytest

from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from collector.scenario.steps import STEPS, StepKind


def args(step: object) -> tuple[StepKind, dict[str, Any]]:
    loaded = parse_scenario({"name": "t", "arms": {"a": {"steps": [step]}}})
    (planned,) = make_plan(loaded).sessions[0].steps
    return planned.kind, dict(planned.args)


PAGE = {"label": None, "capture": True}
WATCH = {"video": None, "for_s": None, "percent": None, "until_end": False, "cap_s": None}
FOLLOW = {
    "by": "rank",
    "rank": None,
    "top": None,
    "topics": [],
    "unseen": False,
    "from": None,
    "otherwise": "fail",
}
SCROLL = {
    "screens": None,
    "until": None,
    "end": False,
    "pixels": None,
    "times": None,
    "every_s": None,
}


@pytest.mark.parametrize(
    ("step", "kind", "expected"),
    [
        ({"visit": "home"}, "visit", {"url": "/", **PAGE}),
        (
            {"visit": {"url": "https://www.youtube.com/watch?v=abcdefghijk&t=1", "label": "x"}},
            "visit",
            {"url": "/watch?v=abcdefghijk&t=1", "label": "x", "capture": True},
        ),
        ({"visit": "https://youtube.com"}, "visit", {"url": "/", **PAGE}),
        ({"visit": "http://else.example/a"}, "visit", {"url": "http://else.example/a", **PAGE}),
        ({"consent": "reject"}, "consent", {"choice": "reject"}),
        ({"search": "moon landing"}, "search", {"query": "moon landing", **PAGE}),
        (
            {"watch": "30s"},
            "watch",
            {**WATCH, "for_s": 30.0, "label": None, "capture": False},
        ),
        ({"watch": None}, "watch", None),
        (
            {"watch": {"for": "50%", "cap": "10m"}},
            "watch",
            {**WATCH, "percent": 50.0, "cap_s": 600.0, "label": None, "capture": False},
        ),
        (
            {"watch": {"video": "https://www.youtube.com/watch?v=abcdefghijk", "for": "end"}},
            "watch",
            {**WATCH, "video": "abcdefghijk", "until_end": True, **PAGE},
        ),
        ({"follow": {"rank": 2}}, "follow", {**FOLLOW, "rank": 2, **PAGE}),
        (
            {"follow": {"random": True, "top": 10, "unseen": True, "from": "home"}},
            "follow",
            {**FOLLOW, "by": "random", "top": 10, "unseen": True, "from": "home", **PAGE},
        ),
        (
            {"follow": {"topic": "science", "otherwise": "random"}},
            "follow",
            {**FOLLOW, "by": "topic", "topics": ["science"], "otherwise": "random", **PAGE},
        ),
        ({"follow": "up_next"}, "follow", {**FOLLOW, "by": "up_next", **PAGE}),
        ({"scroll": {"screens": 2}}, "scroll", {**SCROLL, "screens": 2.0}),
        ({"scroll": {"until": 40}}, "scroll", {**SCROLL, "until": 40}),
        ({"scroll": "end"}, "scroll", {**SCROLL, "end": True}),
        (
            {"scroll": {"pixels": 400, "every": "2s"}},
            "scroll",
            {**SCROLL, "pixels": 400, "times": 1, "every_s": 2.0},
        ),
        ("like", "like", {"on": True}),
        ({"like": False}, "like", {"on": False}),
        ({"subscribe": True}, "subscribe", {"on": True}),
        ("not_interested", "not_interested", {"rank": 1, "from": None}),
        ({"pause": "1m"}, "pause", {"for_s": 60.0}),
        ("capture", "capture", {"label": None}),
        ({"capture": "after"}, "capture", {"label": "after"}),
        ({"screenshot": "end"}, "screenshot", {"name": "end"}),
        ({"click": "#a"}, "click", {"selector": "#a"}),
        ({"keypress": "Space"}, "keypress", {"key": "Space", "times": 1, "delay_s": None}),
        (
            {"keypress": {"key": "Control+ArrowDown", "times": 3, "delay": "300ms"}},
            "keypress",
            {"key": "Control+ArrowDown", "times": 3, "delay_s": 0.3},
        ),
    ],
)
def test_a_step_in_the_plan(step: object, kind: str, expected: dict[str, Any] | None) -> None:
    if expected is None:
        with pytest.raises(Exception, match="watch needs something"):
            args(step)
        return
    assert args(step) == (StepKind(kind), expected)


def test_every_step_has_a_kind() -> None:
    assert set(STEPS) >= {kind.value for kind in StepKind}
    assert {StepKind(name).value for name in STEPS} == set(STEPS)


def test_words_that_yaml_would_bend_arrive_as_written() -> None:
    text = "name: t\narms: {a: {steps: [{search: yes}, {search: 1:30}, {search: 2026-01-01}]}}"
    plan = make_plan(parse_scenario(text))
    queries = [step.args["query"] for step in plan.sessions[0].steps]
    assert queries == ["yes", "1:30", "2026-01-01"]


def test_a_pattern_is_in_the_plan_only_where_it_is_given() -> None:
    """Plans of steps that pick otherwise are the bytes that they were."""
    _, by_rank = args({"follow": {"rank": 1}})
    _, by_title = args({"follow": {"title": "moon|apollo"}})
    assert by_title == {**by_rank, "by": "title", "rank": None, "title": "moon|apollo"}
    with pytest.raises(Exception, match="is not a pattern"):
        args({"follow": {"title": "(moon"}})
    with pytest.raises(Exception, match="exactly one of"):
        args({"follow": {"title": "moon", "channel": "x"}})
