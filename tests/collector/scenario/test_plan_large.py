"""A plan of a thousand arms: made in seconds, warned of once a kind, its time told truly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from work import calls

from collector.common.errors import UserError
from collector.scenario.design import differences, pairs
from collector.scenario.estimate import plan_time, session_time
from collector.scenario.folding import folded
from collector.scenario.lint import warnings
from collector.scenario.loader import Loaded, parse_scenario
from collector.scenario.plan import make_plan

ARMS = 1000


def many(**more: Any) -> Loaded:
    """A thousand arms that search for something each, without a consent step."""
    arms = {
        f"a{n}": {"twins": 2, "steps": [{"search": f"q{n}"}, {"search": "again"}]}
        for n in range(ARMS)
    }
    return parse_scenario({"name": "big", "before": [{"visit": "home"}], "arms": arms, **more})


def test_a_thousand_arms_are_planned_in_seconds_and_warned_of_once_a_kind() -> None:
    """Some seconds on any machine: 2.4 million calls of functions. There are half a million pairs
    of arms, so a call more for each pair is found; one for each three arms would take minutes."""
    loaded = many()
    found: list[Any] = []
    assert calls(lambda: found.extend([make_plan(loaded), warnings(loaded)])) < 2_700_000
    made, told = found
    assert len(made.sessions) == 2 * ARMS
    kinds = [sentence.partition(": ")[2][:60] for sentence in told]
    assert len(set(kinds)) == len(kinds)
    assert len(told) < 10
    assert sum("and 999 more arms" in sentence for sentence in told) == 2
    assert any("(so do 499499 more pairs)" in sentence for sentence in told)


def test_the_time_of_a_large_block_is_that_of_its_parts() -> None:
    """At most eight puppets run at once, so 2,000 take 250 turns."""
    made = make_plan(many())
    one = session_time(made.sessions[0])
    assert plan_time(made) == 2 * (ARMS // 8) * one > timedelta(minutes=50)


def test_arms_that_differ_without_a_word_are_refused_once() -> None:
    with pytest.raises(UserError, match=r"so do 499,499 more pairs") as refused:
        many(factors={})
    assert str(refused.value).count("no factor declares") == 1


def test_pairs_differ_in_what_any_two_arms_differ_in() -> None:
    steps = [[], [{"visit": "home"}], [{"visit": "home"}], [{"capture": "x"}]]
    personas: list[Any] = ["marie-us", "camille-fr", {"locale": "fr-FR", "color_scheme": "dark"}]
    arms = {
        f"a{n}-{m}": {"steps": some, "persona": persona}
        for n, some in enumerate(steps)
        for m, persona in enumerate(personas)
    }
    it = parse_scenario({"name": "t", "before": [{"visit": "home"}], "arms": arms}).scenario
    found = list(pairs(it))
    assert len(found) == len(arms) * (len(arms) - 1) // 2
    for one, other, keys in found:
        assert keys == differences(it, one, other)


def test_few_arms_keep_their_own_sentences() -> None:
    said = ["labels: none", *(f"arms.a{n}: late" for n in range(3)), "arms.b.steps.1: odd"]
    assert folded(said) == said
    assert folded([*said, "arms.a3: late"]) == [
        "labels: none",
        "arms.a0 (and 3 more arms): late",
        "arms.b.steps.1: odd",
    ]
