"""Orders of the entries of a repeat: shuffled or balanced, by seed and twin, never by arm."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from collector.common.errors import UserError
from collector.scenario.lint import warnings
from collector.scenario.loader import Loaded, parse_scenario
from collector.scenario.ordering import balanced, rows_of
from collector.scenario.plan import PlannedSession, make_plan


def scenario(twins: int = 6, entries: int = 3, seed: int = 5, **how: Any) -> Loaded:
    steps = [{"search": f"q{number}"} for number in range(entries)]
    return parse_scenario(
        {
            "name": "t",
            "seed": seed,
            "block": 1,
            "spacing": "11m",
            "before": [{"visit": "home"}, {"consent": "reject"}],
            "arms": {"one": {"twins": twins}, "two": {"twins": twins}},
            "factors": {},
            "analysis": {"exposure": ["music"]},
            "after": [{"repeat": {"steps": steps, **how}}],
        }
    )


def queries(session: PlannedSession) -> list[str]:
    return [step.args["query"] for step in session.steps if "query" in step.args]


@pytest.mark.parametrize("entries", range(2, 9))
def test_every_entry_is_everywhere_and_follows_every_other_equally_often(entries: int) -> None:
    rows = [balanced(entries, row) for row in range(rows_of(entries))]
    assert all(sorted(row) == list(range(entries)) for row in rows)
    places = Counter(pair for row in rows for pair in enumerate(row))
    follows = Counter(pair for row in rows for pair in pairwise(row))
    assert len(places) == entries**2
    assert len(set(places.values())) == 1
    assert len(follows) == entries * (entries - 1)
    assert len(set(follows.values())) == 1
    assert balanced(entries, rows_of(entries)) == rows[0]


def test_balanced_orders_go_over_the_twins_and_are_the_same_in_every_arm() -> None:
    plan = make_plan(scenario(counterbalance=True))
    orders = {
        block[0].twin: {tuple(queries(session)) for session in block} for block in plan.blocks
    }
    assert all(len(found) == 1 for found in orders.values())
    assert len(set.union(*orders.values())) == 6
    (session, *_) = plan.sessions
    assert len({step.path for step in session.steps}) == len(session.steps)
    written = {step.args["query"]: step.path for step in session.steps if "query" in step.args}
    assert written["q2"] == "after.0.repeat[0].steps.2"
    assert [step.index for step in session.steps] == list(range(5))


def test_a_shuffled_order_follows_from_the_seed() -> None:
    def orders(seed: int) -> list[list[str]]:
        plan = make_plan(scenario(entries=6, seed=seed, shuffle=True))
        blocks = [[queries(session) for session in block] for block in plan.blocks]
        assert all(one == two for one, two in blocks)
        return [one for one, _ in blocks]

    assert orders(5) == orders(5) != orders(6)
    assert len({tuple(one) for one in orders(5)}) > 1
    assert sorted(orders(5)[0]) == [f"q{number}" for number in range(6)]


def test_every_round_is_ordered_anew() -> None:
    plan = make_plan(scenario(entries=4, shuffle=True, times=5))
    asked = queries(plan.sessions[0])
    rounds = {tuple(asked[at : at + 4]) for at in range(0, 20, 4)}
    assert len(rounds) > 1
    assert all(len(set(one)) == 4 for one in rounds)


def test_without_a_word_the_order_is_that_of_the_file() -> None:
    for session in make_plan(scenario(times=2)).sessions:
        assert queries(session) == ["q0", "q1", "q2"] * 2


def test_twins_that_do_not_fill_the_square_are_said() -> None:
    def told(twins: int, entries: int) -> bool:
        found = warnings(scenario(twins=twins, entries=entries, counterbalance=True))
        return any("balanced over" in sentence for sentence in found)

    assert not told(6, 3)
    assert not told(8, 4)
    assert told(5, 3)
    assert told(6, 4)


@pytest.mark.parametrize(
    "how", [{"shuffle": True, "counterbalance": True}, {}, {"shuffle": True, "entries": 1}]
)
def test_an_order_that_means_nothing_is_refused(how: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=r"after\.0"):
        scenario(**how)
