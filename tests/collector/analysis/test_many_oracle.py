"""Many audits at once against the same audits one by one, by the functions that a report calls.

Designs are drawn: unequal arms, several strata, lost puppets, ties, mostly zeros, a step in the
middle. Every number of every audit is held against that of its own sample.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from collector.analysis.exchanges import MOST_EXACT, Floats, total
from collector.analysis.inference import (
    NothingToCompareError,
    Sample,
    distance_test,
    incidence_bound,
    interval,
    randomisation_test,
    simultaneous,
)
from collector.analysis.many import (
    Many,
    excluded,
    likeness_tests,
    same_sizes,
    value_tests,
)
from collector.analysis.measures import measures
from collector.analysis.places import places
from collector.analysis.shifts import shifts
from collector.analysis.stability import level_of, stability

SHARE = measures()["exposure-share"]
ALPHA = 0.05


def made(
    treated: Sequence[bool], strata: Sequence[int], values: Floats,
    blocks: Sequence[int] | None = None, measure: Any = SHARE,
) -> Many:  # fmt: skip
    return Many.of(
        "q", measure, np.array(treated, dtype=np.bool_), np.array(strata, dtype=np.intp),
        np.array(strata if blocks is None else blocks, dtype=np.intp), values,
    )  # fmt: skip


def own(found: Many, audit: int) -> Sample | None:
    """The audit's sample, controls first in each stratum; ``None``: nothing to compare."""
    have = np.flatnonzero(~np.isnan(found.values[audit]))
    have = have[np.lexsort((found.treated[have], found.strata[have]))]
    sample = Sample(found.values[audit, have], found.treated[have], found.strata[have])
    return sample.in_use() if sample.in_use().comparable else None


def drawn(seed: int, audits: int = 6) -> Many:
    """Up to four strata of up to four puppets of an arm, two of them in a block."""
    generator = np.random.default_rng(seed)
    treated: list[bool] = []
    strata: list[int] = []
    for stratum in range(int(generator.integers(1, 5))):
        t, c = generator.integers(1, 5, size=2).tolist()
        treated += [True] * t + [False] * c
        strata += [stratum] * (t + c)
    order = generator.permutation(len(treated))
    n = len(treated)
    rows = []
    for kind in generator.integers(0, 4, size=audits).tolist():
        values = {
            0: lambda: generator.random(n),
            1: lambda: generator.integers(0, 3, size=n) / 4,
            2: lambda: np.where(generator.random(n) < 0.6, 0.0, generator.random(n)),
            3: lambda: np.full(n, 0.25),
        }[kind]()
        rows.append(np.where(generator.random(n) < 0.15, np.nan, values))
    table = np.array(rows)
    table[:, np.array(treated)] *= generator.choice([1.0, 0.2])
    blocks = [3 + stratum // 2 for stratum in strata]
    return made(
        [treated[i] for i in order], [strata[i] for i in order], table[:, order],
        [blocks[i] for i in order],
    )  # fmt: skip


@pytest.mark.sweep(10)
@pytest.mark.parametrize("seed", range(25))
def test_p_estimate_and_interval_are_those_of_each(seed: int) -> None:
    found = drawn(seed)
    value_tests(found, alpha=ALPHA, questions=2, seed=1)
    for audit in range(len(found.values)):
        sample = own(found, audit)
        if sample is None:
            assert math.isnan(found.p[audit])
            assert math.isnan(found.estimate[audit])
            assert found.attainable[audit] == 1
            assert not found.bounded[audit]
            continue
        test = randomisation_test(sample, seed=1)
        assert found.p[audit] == pytest.approx(test.p, abs=1e-12)
        assert found.estimate[audit] == pytest.approx(test.observed, abs=1e-12)
        assert found.attainable[audit] == pytest.approx(test.attainable_p, abs=1e-12)
        ends = interval(sample, level=1 - ALPHA, seed=1, support=(0.0, 1.0))
        assert bool(found.bounded[audit]) is ends.bounded
        assert (found.low[audit], found.high[audit]) == (
            pytest.approx(ends.low, abs=1e-9), pytest.approx(ends.high, abs=1e-9),
        )  # fmt: skip


@pytest.mark.parametrize("measure", ["list-length", "exposure-over-supply"])
def test_values_that_are_no_shares(measure: str) -> None:
    """Bounds are the measure's own, also where there are none; all alike has ends nonetheless."""
    kind = measures()[measure]
    generator = np.random.default_rng(3)
    treated, strata = [True, False] * 6, [n // 2 for n in range(12)]
    table = np.vstack([10 * generator.random((3, 12)), np.full((1, 12), 2.0)])
    table[2, 5] = np.nan
    found = made(treated, strata, table, measure=kind)
    value_tests(found, alpha=ALPHA, questions=1, seed=1)
    for audit in range(4):
        sample = own(found, audit)
        assert sample is not None
        ends = interval(sample, level=1 - ALPHA, seed=1, support=kind.bounds)
        assert (found.low[audit], found.high[audit]) == (
            pytest.approx(ends.low, abs=1e-9), pytest.approx(ends.high, abs=1e-9),
        )  # fmt: skip
        assert bool(found.bounded[audit]) is ends.bounded
    assert found.bounded.tolist() == [True, True, False, True]


def wide(rows: Sequence[Sequence[float]]) -> Many:
    """Nine and nine puppets of one block: 48,620 exchanges, of which a sample is counted."""
    return made([False] * 9 + [True] * 9, [0] * 18, np.array(rows, dtype=np.float64))


def test_a_sample_of_exchanges_is_that_of_a_report() -> None:
    """p is never below what the values allow; an end that the test does not exclude is inside."""
    generator = np.random.default_rng(5)
    one = [0.0] * 17 + [1.0]
    apart = np.concatenate([generator.random(9) / 9, 0.8 + generator.random(9) / 9])
    rows = [generator.random(18), apart, np.array(one), np.array([1.0] + [0.0] * 17)]
    found = wide([row.tolist() for row in rows])
    value_tests(found, alpha=ALPHA, questions=1, seed=7)
    for audit in range(len(rows)):
        sample = own(found, audit)
        assert sample is not None
        assert total(sample.sizes) > MOST_EXACT
        test = randomisation_test(sample, seed=7)
        assert found.p[audit] == pytest.approx(test.p, abs=1e-12)
        assert found.attainable[audit] == pytest.approx(test.attainable_p, abs=1e-12)
        ends = interval(sample, level=1 - ALPHA, seed=7, support=(0.0, 1.0))
        assert (found.low[audit], found.high[audit]) == (
            pytest.approx(ends.low, abs=1e-9), pytest.approx(ends.high, abs=1e-9),
        )  # fmt: skip


def test_fewer_exchanges_are_counted_where_that_is_asked() -> None:
    """Fifty of 3,432: p and ends are those of the same fifty, and p no less than can be."""
    generator = np.random.default_rng(6)
    table = generator.random((4, 14))
    table[0, 7:] += 3
    found = made([False] * 7 + [True] * 7, [0] * 14, table, measure=measures()["list-length"])
    value_tests(found, alpha=ALPHA, questions=1, seed=2, most=50)
    told = shifts(table, found.treated, ((7, 7),), alpha=ALPHA, seed=2, most=50)
    assert found.p == pytest.approx(np.maximum(told.p, 2 / 3432))
    assert found.estimate == pytest.approx(told.estimates)
    assert (found.low <= told.estimates - told.down + 1e-9).all()
    assert (found.high >= told.estimates + told.up - 1e-9).all()


@pytest.mark.parametrize("seed", range(6))
def test_audits_that_lost_alike_are_tested_together(seed: int) -> None:
    """Every audit with something to compare once, with its strata's sizes and its puppets."""
    found = drawn(seed, audits=12)
    seen, groups = [], list(same_sizes(found))
    for sizes, audits, used in groups:
        assert used.shape == (len(audits), found.values.shape[1])
        for audit, row in zip(audits.tolist(), used, strict=True):
            seen.append(audit)
            have = ~np.isnan(found.values[audit])
            strata = [
                s
                for s in np.unique(found.strata)
                if (have & found.treated & (found.strata == s)).any()
                and (have & ~found.treated & (found.strata == s)).any()
            ]
            assert row.tolist() == (have & np.isin(found.strata, strata)).tolist()
            assert sizes == tuple(
                (
                    int((have & found.treated & (found.strata == s)).sum()),
                    int((have & ~found.treated & (found.strata == s)).sum()),
                )
                for s in strata
            )
    whole = [a for a in range(12) if own(found, a) is not None]
    assert sorted(seen) == whole
    assert len(groups) == len({lost_alike(found, audit) for audit in whole})


def lost_alike(found: Many, audit: int) -> tuple[tuple[int, int, int], ...]:
    """Which stratum has how many of each side, of strata with both."""
    have = ~np.isnan(found.values[audit])
    key = []
    for s in np.unique(found.strata).tolist():
        here = have & (found.strata == s)
        t, c = int((here & found.treated).sum()), int((here & ~found.treated).sum())
        if t and c:
            key.append((s, t, c))
    return tuple(key)


def drifting(step: float, audits: int = 4, seed: int = 1) -> Many:
    """Sixteen blocks of a pair in two strata; the effect ends in mid-run."""
    generator = np.random.default_rng(seed)
    treated, blocks = [False, True] * 16, [n // 2 for n in range(32)]
    values = 0.3 + 0.02 * generator.normal(size=(audits, 32))
    values[:, 1:16:2] += step
    values[:, 3] = np.nan
    return made(treated, [0] * 32, values, [10 + each for each in blocks])


@pytest.mark.parametrize("questions", [1, 40])
def test_an_effect_that_moved(questions: int) -> None:
    """By the order of the blocks, whatever the strata; the outcomes share the false alarms."""
    said = set()
    for step in (0.0, 0.02, 0.04, 0.3):
        found = drifting(step)
        value_tests(found, alpha=ALPHA, questions=questions, seed=3, most=200)
        for audit in range(len(found.values)):
            have = ~np.isnan(found.values[audit])
            sample = Sample(found.values[audit, have], found.treated[have], found.blocks[have])
            level = level_of(questions, likeness=False)
            expected = stability(sample, seed=3, alpha=level).effect.moved
            assert bool(found.moved[audit]) is expected
            said.add(expected)
    assert said == {True, False}


def test_in_one_block_nothing_moves() -> None:
    found = drifting(0.3)
    still = made(found.treated.tolist(), [0] * 32, found.values, [4] * 32)
    value_tests(still, alpha=ALPHA, questions=1, seed=3, most=200)
    assert not still.moved.any()


def distances(seed: int, n: int, audits: int, apart: float) -> Floats:
    """Points on a line, the treated so far from the others; some pairs share no page."""
    generator = np.random.default_rng(seed)
    place = generator.normal(size=(audits, n))
    place[:, n // 2 :] += apart
    found = np.abs(place[:, :, None] - place[:, None, :])
    gone = np.triu(generator.random((audits, n, n)) < 0.05, 1)
    found[gone | gone.transpose(0, 2, 1)] = np.nan
    return found


@pytest.mark.parametrize("seed", range(4))
def test_likenesses_are_those_of_each(seed: int) -> None:
    """Excess, p and attainable p; a puppet without a page is not there."""
    generator = np.random.default_rng(seed)
    n, audits = 12, 7
    treated, blocks = [False] * 6 + [True] * 6, [1, 1, 2, 2, 3, 3] * 2
    table = distances(seed, n, audits, 2.0 * (seed % 2))
    values = np.where(generator.random((audits, n)) < 0.1, np.nan, 0.0)
    values[0, :6] = np.nan
    found = made(treated, [0] * n, values, blocks, measures()["jaccard"])
    likeness_tests(found, table, questions=1, seed=4, most=300)
    for audit in range(audits):
        here = np.flatnonzero(~np.isnan(values[audit]))
        try:
            test = distance_test(
                table[audit][np.ix_(here, here)], found.treated[here], found.strata[here],
                blocks=found.blocks[here], seed=4, most=300,
            )  # fmt: skip
        except NothingToCompareError:
            assert math.isnan(found.p[audit])
            continue
        assert found.p[audit] == pytest.approx(test.p, abs=1e-12)
        assert found.estimate[audit] == pytest.approx(test.observed, abs=1e-12)
        assert found.attainable[audit] == pytest.approx(test.attainable_p, abs=1e-12)
    assert np.isnan(found.low).all()
    assert np.isnan(found.high).all()
    assert not found.bounded.any()
    assert math.isnan(found.p[0])


def test_what_sets_likenesses_apart_may_move() -> None:
    """Places of the puppets that are there, block by block, at a quarter of a value's level."""
    generator = np.random.default_rng(2)
    n, audits = 32, 6
    treated = [False, True] * 16
    blocks = np.array([n // 2 for n in range(32)], dtype=np.intp)
    point = 0.3 * generator.normal(size=(audits, n))
    for audit in range(audits):
        point[audit, 1 : 2 * (audit + 3) : 2] += 1.5 * audit
    table = np.abs(point[:, :, None] - point[:, None, :])
    values = np.zeros((audits, n))
    values[:, 4] = np.nan
    found = made(treated, [0] * n, values, blocks.tolist(), measures()["jaccard"])
    likeness_tests(found, table, questions=1, seed=4, most=100)
    said = []
    for audit in range(audits):
        here = np.flatnonzero(~np.isnan(values[audit]))
        own_table = table[audit][np.ix_(here, here)]
        stand = places(own_table, found.treated[here], blocks[here])
        known = ~np.isnan(stand)
        sample = Sample(stand[known], found.treated[here][known], blocks[here][known])
        level = level_of(1, likeness=True)
        said.append(stability(sample, seed=4, alpha=level).effect.moved)
    assert found.moved.tolist() == said
    assert set(said) == {True, False}


@pytest.mark.parametrize("smallest", [0.05, 0.2, 0.6])
def test_what_is_excluded_is_what_the_joint_interval_excludes(smallest: float) -> None:
    """At the level of as many outcomes as share the correction; where it is not asked, not."""
    generator = np.random.default_rng(8)
    treated, strata = [False, True] * 10, [n // 4 for n in range(20)]
    table = np.vstack([
        0.5 + 0.04 * generator.normal(size=(4, 20)), 0.5 + 0.15 * generator.normal(size=(3, 20)),
        np.where(generator.random((2, 20)) < 0.7, 0.0, 0.1), np.full((1, 20), 0.3),
    ])  # fmt: skip
    table[1, 3] = table[5, 8] = np.nan
    found = made(treated, strata, table)
    sharing = np.array([1, 2, 1, 3, 1, 2, 1, 1, 2, 1], dtype=np.intp)
    open_ = np.array([True] * 9 + [False])
    for most in (MOST_EXACT, 500):
        small = excluded(found, open_, sharing, ALPHA, smallest, 1, most)
        for audit in range(9):
            sample = own(found, audit)
            assert sample is not None
            level = simultaneous(ALPHA, int(sharing[audit]))
            wanted = interval(sample, level=level, seed=1, support=(0.0, 1.0)).within(smallest)
            if most == MOST_EXACT:
                assert bool(small[audit]) is wanted
            else:
                assert wanted or not small[audit]
        assert not small[9]
    every = excluded(found, np.ones(10, dtype=np.bool_), sharing, ALPHA, 0.6, 1, MOST_EXACT)
    assert every[9] == (incidence_bound(10, ALPHA) < 0.6)
