"""A planned step is told as the scenario spells it: read back, it is the same step."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from collector.common.model import Platform
from collector.platforms.registry import spec_of
from collector.scenario.parsing import parse_scenario
from collector.scenario.plan import make_plan
from collector.scenario.render import args_of, spelled
from collector.scenario.shipped import shipped_scenarios
from collector.scenario.steps import STEPS, Step

MORE = """
- watch: {for: 30%, cap: 10m}
- watch: {video: dQw4w9WgXcQ, for: 1m30s}
- watch: {video: dQw4w9WgXcQ, for: end, capture: false}
- search: {query: vaccines, label: vaccines, capture: false}
- follow: {topic: conspiracy, unseen: true, otherwise: first}
- follow: {topic: [science, music], top: 5, from: home}
- follow: up_next
- follow: {random: true, top: 3}
- hover: {rank: 2, for: 7s}
- keypress: {key: Space, times: 3, delay: 500ms}
- subscribe: false
- capture
"""


def _step(words: Any, platform: Platform) -> Step:
    data = {"name": "t", "platform": platform.value, "arms": {"a": {"steps": [words]}}}
    return parse_scenario(data).scenario.arms["a"].steps[0]


def _wherever(words: Any) -> Step:
    """The step on the first platform that has its verb."""
    kind = words if isinstance(words, str) else next(iter(words))
    genres = STEPS[kind].genres
    return _step(words, next(one for one in Platform if spec_of(one).genre in genres))


EXAMPLES = [
    step
    for verb in STEPS.values()
    if verb.example and verb.verb_name() != "repeat"
    for step in yaml.safe_load(verb.example)
] + yaml.safe_load(MORE)


@pytest.mark.parametrize("words", EXAMPLES, ids=str)
def test_a_spelling_is_read_back_as_the_same_step(words: Any) -> None:
    step = _wherever(words)
    _reads_back(step.kind, args_of(step))


def test_the_steps_of_the_shipped_scenarios_are_read_back() -> None:
    planned = {
        (step.kind.value, yaml.safe_dump(step.args)): step
        for path in shipped_scenarios().values()
        if path.suffix == ".yaml"
        for session in make_plan(parse_scenario(yaml.safe_load(path.read_text()))).sessions
        for step in session.steps
    }
    assert len(planned) > 20
    for step in planned.values():
        _reads_back(step.kind.value, step.args)


def _reads_back(kind: str, args: Any) -> None:
    text = spelled(kind, args)
    assert "_s: " not in text
    assert "null" not in text
    told = yaml.safe_load(f"{{{text}}}") if ": " in text else yaml.safe_load(text or "null")
    again = _wherever(kind if told is None else {kind: told})
    assert args_of(again) == args


@pytest.mark.parametrize(
    ("kind", "args", "text"),
    [
        ("pause", {"for_s": 60.0}, "1m"),
        ("pause", {"for_s": 0.5}, "500ms"),
        ("watch", {"video": None, "for_s": 30.0, "percent": None, "until_end": False, "cap_s": 5.0,
                   "label": None, "capture": False}, "for: 30s, cap: 5s"),
        ("somebody's own", {"for_s": 90, "topics": ["a", "b"], "by": "topics"},
         "for: 1m30s, topic: [a, b]"),
        ("pause", {}, ""),
        ("pause", {"for_s": "soon"}, "for_s: soon"),
    ],
)  # fmt: skip
def test_what_is_said(kind: str, args: dict[str, Any], text: str) -> None:
    assert spelled(kind, args) == text
