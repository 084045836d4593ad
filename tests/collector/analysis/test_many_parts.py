"""Parts of what is computed for many audits at once, each against numbers worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from collector.analysis import many as module
from collector.analysis.exchanges import Floats
from collector.analysis.inference import (
    Sample,
    family,
    incidence_bound,
    interval,
    randomisation_test,
)
from collector.analysis.many import Many, excluded, families, found_from, value_tests
from collector.analysis.measures import measures

SHARE = measures()["exposure-share"]
ALPHA = 0.05


def made(
    treated: Sequence[bool],
    strata: Sequence[int],
    values: Floats,
    blocks: Sequence[int] | None = None,
) -> Many:
    return Many.of(
        "q", SHARE, np.array(treated, dtype=np.bool_), np.array(strata, dtype=np.intp),
        np.array(strata if blocks is None else blocks, dtype=np.intp), values,
    )  # fmt: skip


def test_the_correction_of_each_audit() -> None:
    """Over the outcomes that have a p; they share it that could be significant, or all."""
    table = {
        "a": ([0.01, 0.03, np.nan, np.nan], [0.01, 0.02, 1.0, 1.0]),
        "b": ([0.04, 0.2, 0.03, np.nan], [0.03, 0.2, 0.03, 1.0]),
        "c": ([0.5, 0.3, 0.9, np.nan], [0.2, 0.25, 0.2, 1.0]),
    }
    tested = []
    for name, (p, least) in table.items():
        each = made([True, False], [0, 0], np.zeros((4, 2)))
        each.name, each.p, each.attainable = name, np.array(p), np.array(least)
        tested.append(each)
    adjusted, sharing = families(tested, ALPHA)
    assert adjusted.shape == (4, 3)
    for audit in range(4):
        p = {name: own[0][audit] for name, own in table.items() if not math.isnan(own[0][audit])}
        least = {name: table[name][1][audit] for name in p}
        expected = family(p, least, ALPHA)
        for at, name in enumerate(table):
            if name in expected:
                assert adjusted[audit, at] == expected[name]
            else:
                assert math.isnan(adjusted[audit, at])
    assert sharing.tolist() == [2, 1, 1, 1]
    assert families(tested, 0.03)[1].tolist() == [2, 1, 1, 1], "what can just be reached shares"
    adjusted, sharing = families(tested, 0.025)
    assert sharing.tolist() == [1, 1, 2, 1]
    assert adjusted[0].tolist() == list(
        family({"a": 0.01, "b": 0.04, "c": 0.5}, {"a": 0.01, "b": 0.03, "c": 0.2}, 0.025).values()
    )


def test_where_many_values_are_one() -> None:
    """A quarter of them, rounded up, are the same, to what rounding leaves over."""
    generator = np.random.default_rng(1)
    for n in (4, 5, 8, 9, 12):
        need = max(1, math.ceil(0.25 * n))
        for same in range(1, n + 1):
            row = generator.random(n)
            row[generator.permutation(n)[:same]] = 0.5 + 1e-14 * np.arange(same)
            assert module._tied(row[None]).tolist() == [same >= need]


def test_measured_and_not_yet_tested() -> None:
    values = np.zeros((3, 2))
    found = made([True, False], [0, 0], values, [4, 5])
    assert (found.name, found.measure) == ("q", SHARE)
    assert found.values is values
    assert found.blocks.tolist() == [4, 5]
    for part in (found.p, found.estimate, found.low, found.high):
        assert part.shape == (3,)
        assert np.isnan(part).all()
    assert found.attainable.tolist() == [1.0] * 3
    for flag in (found.bounded, found.moved):
        assert flag.tolist() == [False] * 3
    assert len({id(part) for part in (found.p, found.estimate, found.low, found.high)}) == 4
    assert found.bounded is not found.moved


def test_values_that_are_all_one_have_the_ends_of_none_met() -> None:
    """Six pairs of zeros: what so many ties leave open would be wider, and is not asked."""
    treated, pairs = [False, True] * 6, [n // 2 for n in range(12)]
    found = made(treated, pairs, np.zeros((2, 12)))
    value_tests(found, alpha=ALPHA, questions=1, seed=1)
    sample = Sample(np.zeros(12), found.treated, found.strata)
    ends = interval(sample, level=1 - ALPHA, seed=1, support=(0.0, 1.0))
    most = incidence_bound(6, ALPHA)
    assert (ends.low, ends.high) == pytest.approx((-most, most))
    assert found.low == pytest.approx(np.full(2, ends.low))
    assert found.high == pytest.approx(np.full(2, ends.high))


@pytest.mark.parametrize(
    ("delta", "ends"),
    [
        (-0.75, (-1.0, 0.0)), (-0.76, (-1.0, -0.26)), (-0.5, (-1.0, 0.0)), (0.75, (0.0, 1.0)),
        (0.76, (0.26, 1.0)), (0.25, (-0.25, 0.75)),
    ],
)  # fmt: skip
def test_an_end_that_is_a_tie_with_no_effect_takes_it_in(
    delta: float, ends: tuple[float, float]
) -> None:
    """To the last number: an end half away, with a quarter that is a tie, is 0 at three quarters;
    all within what a difference can be."""
    half, tie = np.array([0.5]), np.array([0.25])
    low, high, bounded, same = module._ends(
        np.array([delta]), half, half, tie, (-1.0, 1.0), ((3, 3), (3, 4)), ALPHA
    )
    assert (low[0], high[0]) == pytest.approx(ends)
    assert bounded.all()
    assert not same.any()


def test_ends_that_are_one_point_are_those_of_the_smaller_arm() -> None:
    """And where nothing bounds them, those of the unit; of each audit for itself."""
    wide = np.array([0.0, np.inf, 0.1])
    low, high, bounded, same = module._ends(
        np.array([0.0, 0.0, 0.3]), wide, wide, np.full(3, 1e-9), (-2.0, 2.0),
        ((3, 2), (3, 5)), ALPHA,
    )  # fmt: skip
    most = 2 * incidence_bound(6, ALPHA)
    assert low == pytest.approx([-most, -2.0, 0.2])
    assert high == pytest.approx([most, 2.0, 0.4])
    assert bounded.tolist() == [True, False, True]
    assert same.tolist() == [True, False, False]


def test_as_many_exchanges_are_counted_as_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the joint interval is screened; at its level, with the seed."""
    asked: list[dict[str, Any]] = []
    shifts = module.shifts

    def told(*given: Any, **more: Any) -> Any:
        asked.append(more)
        return shifts(*given, **more)

    monkeypatch.setattr(module, "shifts", told)
    generator = np.random.default_rng(1)
    found = made([False, True] * 8, [n // 2 for n in range(16)], generator.random((2, 16)))
    sharing = np.array([1, 2], dtype=np.intp)
    excluded(found, np.ones(2, dtype=np.bool_), sharing, ALPHA, 0.5, 9, 40)
    assert [each["most"] for each in asked] == [40, 40]
    assert [each["seed"] for each in asked] == [9, 9]
    assert [each["alpha"] for each in asked] == pytest.approx([0.05, 0.025])
    asked.clear()
    value_tests(found, alpha=0.1, questions=1, seed=8, most=30)
    assert asked == [{"alpha": 0.1, "seed": 8, "most": 30}]


@pytest.mark.parametrize("alpha", [0.05, 0.025])
def test_the_shift_that_each_audit_would_find(alpha: float) -> None:
    """A little more has p ≤ alpha by the report's own test, a little less has not; where too few
    puppets are left there is none."""
    generator = np.random.default_rng(3)
    treated, strata = [True, True, False, False] * 3, [0] * 4 + [1] * 4 + [2] * 4
    values = generator.normal(size=(6, 12))
    values[1, [0, 2]] = np.nan  # a block of one pair
    values[2, [8, 9]] = np.nan  # a block without treated puppets
    values[3, 4:] = np.nan  # one block: 2 / 6 at best
    values[4] = np.nan
    many = made(treated, strata, values)
    found = found_from(many, alpha=alpha, seed=1, most=2_000)
    assert np.isinf(found).tolist() == [False, alpha < 2 / 72, alpha < 2 / 36, True, True, False]

    def p(audit: int, shift: float) -> float:
        have = ~np.isnan(values[audit])
        moved = values[audit] + shift * many.treated
        sample = Sample(moved[have], many.treated[have], many.strata[have])
        return randomisation_test(sample, seed=1).p

    for audit in np.flatnonzero(np.isfinite(found)).tolist():
        assert p(audit, found[audit] + 1e-6) <= alpha < p(audit, found[audit] - 1e-6)


def test_audits_that_lost_every_puppet_have_nothing_to_test() -> None:
    none = made([], [], np.zeros((3, 0)))
    value_tests(none, alpha=ALPHA, questions=1, seed=1)
    assert np.isnan(none.p).all()
    assert np.isinf(found_from(none, alpha=ALPHA, seed=1, most=100)).all()


def test_a_likeness_has_no_shift_that_is_found() -> None:
    many = made([True, False] * 6, [0] * 12, np.zeros((2, 12)))
    many.measure = measures()["jaccard"]
    assert np.isinf(found_from(many, alpha=ALPHA, seed=1, most=100)).all()


def test_puppets_beside_the_blocks_in_use_are_in_no_pair() -> None:
    """Blocks 0 and 19 hold both arms, block 7 controls alone: they are in no pair."""
    treated = [True, False, False, True, False]
    many = made(treated, [0, 0, 7, 19, 19], np.array([[3.0, 1.0, 50.0, 8.0, 2.0]]))
    ((sizes, audits, used),) = module.same_sizes(many)
    packed, labels, groups = module._packed(many, audits, used, sizes)
    assert packed.tolist() == [[1.0, 3.0, 2.0, 8.0]]
    assert labels.tolist() == [False, True] * 2
    assert groups.tolist() == [0, 0, 1, 1]
