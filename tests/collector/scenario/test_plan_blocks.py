"""Blocks of several twins of each arm: what starts together, what may be exchanged, whose name."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import TESTS

from collector.common.errors import UserError
from collector.datasets.rounds import Rounds
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import Plan, make_plan
from collector.schedule.barrier import schedule_of

#: The ready-made scenarios as they were when a block was one twin of each arm, with the hash of
#: the plan that they gave then: all of it but the file's own hash, the block and the analysis.
BEFORE = TESTS / "data/plans"
HASHES = {
    "feed-null": "bb2c75da407257690439ccd110d799a54be0531f7d1997851b840e34c8fe8c7a",
    "feed-polarisation": "d3828bbd3d24f34c09b8e0ac7f59839af0d9a93ff0f66f9a0eb496fb1cb832eb",
    "filter-bubble": "bd5badb43733144dc3451252edfb0eb8efaeb5eab504af9d5f5683a38485aa90",
    "null": "345e81795aa8a0960ae12afe4cc5f9ff4e10da40061e4c550af2036de6766d55",
    "quick": "a8fb2dac229a23f39ac2d61b94c99bcbe32d9f2464d383ae6e7bdbd469587b30",
    "search-personalisation": "51a88de7baeeecc894595a5e8e427cb7e11e9310a932805585bec5fbf813d9d9",
}


def scenario(*twins: int, **more: Any) -> dict[str, Any]:
    return {
        "name": "t",
        "seed": 5,
        "arms": {
            f"arm{n}": {"twins": k, "steps": [{"visit": "home"}]} for n, k in enumerate(twins)
        },
        **more,
    }


def plan(*twins: int, **more: Any) -> Plan:
    return make_plan(parse_scenario(scenario(*twins, **more)))


def sizes(made: Plan) -> list[Counter[str]]:
    return [Counter(session.arm for session in block) for block in made.blocks]


@pytest.mark.parametrize("name", HASHES)
def test_a_block_of_one_is_the_plan_of_before_to_the_byte(name: str) -> None:
    written = (BEFORE / f"{name}.yaml").read_text("utf-8")
    found = make_plan(parse_scenario(f"{written}\nblock: 1\n")).to_dict()
    del found["source"], found["scenario"]["analysis"], found["scenario"]["block"]
    raw = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert hashlib.sha256(raw).hexdigest() == HASHES[name]


@pytest.mark.parametrize(
    ("twins", "block", "expected"),
    [
        ((5, 5), 2, [(2, 2), (2, 2), (1, 1)]),
        ((5, 5), 5, [(5, 5)]),
        ((5, 5), 9, [(5, 5)]),
        ((4, 4, 4), 3, [(3, 3, 3), (1, 1, 1)]),
        ((5, 3), 2, [(2, 2), (2, 1), (1, 0)]),
        ((5, 5), None, [(4, 4), (1, 1)]),
        ((6, 6, 6), None, [(2, 2, 2)] * 3),
        ((2,) * 5, None, [(1,) * 5] * 2),
        ((2,) * 9, None, [(1,) * 9] * 2),
        ((3,), None, [(3,)]),
    ],
)
def test_a_block_holds_so_many_twins_of_each_arm(
    twins: tuple[int, ...], block: int | None, expected: list[tuple[int, ...]]
) -> None:
    """The next b twins of every arm, and what is left in a last block."""
    made = plan(*twins, **({} if block is None else {"block": block}))
    assert [tuple(each[f"arm{n}"] for n in range(len(twins))) for each in sizes(made)] == expected
    assert {s.puppet for s in made.sessions} == {
        f"arm{n}-{t}" for n, k in enumerate(twins) for t in range(1, k + 1)
    }
    assert len({session.id for session in made.sessions}) == sum(twins)
    for number, members in enumerate(made.blocks, 1):
        assert {session.block for session in members} == {number}
        assert [session.order for session in members] == list(range(1, len(members) + 1))
        assert all(session.puppet == f"{session.arm}-{session.twin}" for session in members)


@given(
    twins=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    block=st.integers(1, 9),
    waves=st.integers(1, 2),
)
@settings(max_examples=60, deadline=None)
def test_puppets_are_the_same_ones_whatever_the_block(
    twins: list[int], block: int, waves: int
) -> None:
    """Name, twin, seed and steps of a puppet do not depend on whom it starts with."""
    more: dict[str, Any] = {"waves": 2, "repeat": "weekly"} if waves == 2 else {}
    apart, together = plan(*twins, block=1, **more), plan(*twins, block=block, **more)

    def puppets(made: Plan) -> dict[Any, Any]:
        return {(s.puppet, s.wave): (s.arm, s.twin, s.seed, s.steps) for s in made.sessions}

    assert puppets(apart) == puppets(together)
    members = defaultdict(set)
    for session in together.sessions:
        members[session.puppet].add(session.block)
    assert all(len(blocks) == 1 for blocks in members.values()), "a puppet stays in its block"


@given(
    seed=st.integers(0, 2**63 - 1),
    arms=st.integers(1, 5),
    rounds=st.integers(1, 3),
    block=st.integers(1, 6),
)
@settings(max_examples=60, deadline=None)
def test_every_arm_comes_first_and_last_among_its_twins_equally_often(
    seed: int, arms: int, rounds: int, block: int
) -> None:
    made = plan(*[arms * rounds] * arms, block=block, seed=seed)
    places: Counter[tuple[str, int]] = Counter()
    rows: dict[int, list[str]] = defaultdict(list)
    for session in made.sessions:
        rows[session.twin].append(session.arm)
    for row in rows.values():
        places.update((arm, place) for place, arm in enumerate(row))
    assert set(places.values()) == {rounds}
    assert len(places) == arms * arms


def test_the_snapshot_keeps_the_block_also_where_it_was_not_written() -> None:
    for given_block in (None, 1, 3):
        made = plan(5, 5, **({} if given_block is None else {"block": given_block}))
        assert made.scenario["block"] == (given_block or 4)
        again = make_plan(parse_scenario(made.scenario))
        assert again.sessions == made.sessions


def test_a_scenario_without_twins_says_nothing_of_blocks() -> None:
    """So the plans of such scenarios are the bytes that they were."""
    assert "block" not in plan(1, 1).scenario


@pytest.mark.parametrize("block", [0, -1, 1.5, "two", True, 501])
def test_a_block_that_is_none_is_refused(block: object) -> None:
    with pytest.raises(UserError, match="block"):
        plan(2, 2, block=block)


def parts(made: Plan, workers: int | None) -> list[Counter[str]]:
    arms = {session.id: session.arm for session in made.sessions}
    found = schedule_of(made, workers).blocks
    return [Counter(arms[member] for member in block.members) for block in found]


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 5, 6, 7, 8, None])
def test_a_divided_block_is_divided_between_twins(workers: int | None) -> None:
    """Each part has as many puppets of one arm as of the other, so its moment falls on both."""
    made = plan(4, 4, block=4)
    found = parts(made, workers)
    assert sum(found, Counter()) == {"arm0": 4, "arm1": 4}
    for part in found:
        assert part["arm0"] == part["arm1"]
        assert part.total() <= max(2, workers or 8)
    assert len(found) == {1: 4, 2: 4, 3: 4, 4: 2, 5: 2, 6: 2, 7: 2}.get(workers or 8, 1)


def test_a_divided_block_is_noted_and_stays_one_block() -> None:
    made = plan(5, 5, block=5)
    order = schedule_of(made)
    assert [(block.number, block.part, len(block.members)) for block in order.blocks] == [
        (1, 0, 6),
        (1, 1, 4),
    ]
    assert order.workers == 8
    assert "divided" in order.notes[0]
    assert len(made.blocks) == 1


def test_twins_of_one_number_are_asked_the_same_in_the_same_order() -> None:
    """In a block there are several orders, and each of them once in every arm."""
    steps = [{"search": f"q{number}"} for number in range(4)]
    for how in ({"counterbalance": True}, {"shuffle": True}):
        made = plan(4, 4, block=4, after=[{"repeat": {"steps": steps, **how}}])
        orders: dict[str, dict[int, tuple[str, ...]]] = defaultdict(dict)
        for session in made.sessions:
            asked = tuple(step.args["query"] for step in session.steps if "query" in step.args)
            orders[session.arm][session.twin] = asked
        assert orders["arm0"] == orders["arm1"]
        assert len(set(orders["arm0"].values())) > 1


def test_a_dataset_s_rounds_go_on_after_the_blocks_of_the_round_before() -> None:
    found = Rounds(parse_scenario(scenario(5, 5, block=2)), 5)
    one, two = found.sessions(0), found.sessions(1)
    assert {session.block for session in one} == {1, 2, 3}
    assert {session.block for session in two} == {4, 5, 6}
    assert sorted(session.twin for session in two if session.arm == "arm0") == [6, 7, 8, 9, 10]
    assert len({session.id for session in (*one, *two)}) == 20
