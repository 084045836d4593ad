"""Blocks are kept together where the machine allows it, and where not, that is said."""

from __future__ import annotations

from collector.schedule.barrier import Block, schedule

TWO_BLOCKS_OF_TWO = [("c1", 1), ("t1", 1), ("t2", 2), ("c2", 2)]


def members(sessions: list[tuple[str, int]], workers: int | None) -> list[tuple[str, ...]]:
    return [block.members for block in schedule(sessions, workers).blocks]


def test_by_default_a_whole_block_runs_at_once() -> None:
    plan = schedule(TWO_BLOCKS_OF_TWO)
    assert [block.members for block in plan.blocks] == [("c1", "t1"), ("t2", "c2")]
    assert plan.workers == 2
    assert plan.notes == ()


def test_a_single_puppet_still_gets_two_workers() -> None:
    assert schedule([("a", 1), ("a2", 2)]).workers == 2


def test_too_few_workers_are_raised_to_the_block_and_that_is_said() -> None:
    plan = schedule(TWO_BLOCKS_OF_TWO, 1)
    assert plan.workers == 2
    assert len(plan.blocks) == 2
    assert "too few to start a block of 2" in plan.notes[0]


def test_more_workers_than_a_block_are_kept() -> None:
    assert schedule(TWO_BLOCKS_OF_TWO, 6).workers == 6


def test_a_block_beyond_the_cap_is_divided_evenly_and_that_is_said() -> None:
    plan = schedule([(f"s{n}", 1) for n in range(10)])
    assert [len(block.members) for block in plan.blocks] == [5, 5]
    assert [block.part for block in plan.blocks] == [0, 1]
    assert plan.workers == 8
    assert "divided" in plan.notes[0]


def test_workers_asked_for_may_exceed_the_cap() -> None:
    assert members([(f"s{n}", 1) for n in range(10)], 10) == [tuple(f"s{n}" for n in range(10))]


def test_the_barrier_waits_for_the_ready_and_not_for_the_lost() -> None:
    block = Block(1, 0, ("a", "b", "c"))
    block.ready.add("a")
    assert not block.may_go
    block.lost.add("b")
    block.ready.add("c")
    assert block.may_go
    block.gone = True
    assert not block.may_go


def test_a_block_of_nothing_but_losses_never_goes() -> None:
    assert not Block(1, 0, ("a",), lost={"a"}).may_go


def test_skew_is_between_the_first_and_the_last_start() -> None:
    block = Block(1, 0, ("a", "b"), gone=True, started={"a": 100.0})
    assert block.skew_ms is None
    assert not block.complete
    block.started["b"] = 100.25
    assert block.skew_ms == 250
    assert block.skew_of_ms("a") == 0
    assert block.skew_of_ms("b") == 250
    assert block.complete
