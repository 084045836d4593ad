"""No file breaks the loader: anything is a plan, or a refusal that names a place."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.common.errors import UserError
from collector.problems import BadFile
from collector.scenario.lint import warnings
from collector.scenario.loader import parse_scenario
from collector.scenario.models import Analysis, Arm, Scenario
from collector.scenario.plan import Plan, make_plan
from collector.scenario.render import known_keys
from collector.scenario.steps import STEPS

WORDS = sorted(
    {*STEPS, *Scenario.model_fields, *Arm.model_fields, *Analysis.model_fields}
    | {key for step in STEPS for key in known_keys(step)}
    | {"home", "30s", "50%", "end", "reject", "related", "up_next", "marie-us", "fr-FR", "mock"}
)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**20),
    st.floats(),
    st.sampled_from(WORDS),
    st.text(max_size=8),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner),
    max_leaves=12,
)
steps = st.one_of(
    values,
    st.sampled_from(sorted(STEPS)).flatmap(
        lambda step: st.dictionaries(
            st.sampled_from(known_keys(step) or WORDS), values, max_size=3
        ).map(lambda body: {step: body})
    ),
)


def outcome(data: dict[str, Any]) -> Plan | UserError:
    try:
        loaded = parse_scenario(data, place="fuzz")
        warnings(loaded)
        return make_plan(loaded)
    except UserError as refusal:
        return refusal


def check(data: dict[str, Any]) -> None:
    found = outcome(data)
    if isinstance(found, Plan):
        assert Plan.from_json(found.to_json()).hash == found.hash
    elif isinstance(found, BadFile):
        assert all(problem.message for problem in found.problems)
        assert "Value error" not in str(found)
        assert "Input should" not in str(found)


@given(st.dictionaries(st.sampled_from(WORDS), values, max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_mapping(data: dict[str, Any]) -> None:
    check(data)


@given(st.lists(steps, max_size=4))
@settings(max_examples=250, deadline=None)
def test_any_steps(written: list[Any]) -> None:
    check({"name": "t", "arms": {"a": {"steps": written}}})
