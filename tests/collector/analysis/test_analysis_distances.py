"""The test on distances between lists, against enumeration, and its false alarms."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from inference_tools import dealings, sample_of
from numpy.typing import NDArray

from collector.analysis import apart
from collector.analysis.exchanges import MOST_EXACT
from collector.analysis.inference import (
    NothingToCompareError,
    distance_test,
)


def brute_excess(
    distances: NDArray[np.float64], treated: list[bool], blocks: list[int]
) -> float | None:
    """Mean distance between arms minus between twins, pairs of two blocks."""
    between, within = [], []
    for i, j in itertools.combinations(range(len(treated)), 2):
        if blocks[i] != blocks[j] and not math.isnan(distances[i, j]):
            (within if treated[i] == treated[j] else between).append(distances[i, j])
    if not between or not within:
        return None
    return math.fsum(between) / len(between) - math.fsum(within) / len(within)


def cloud(generator: np.random.Generator, n: int, missing: float = 0.1) -> NDArray[np.float64]:
    points = generator.normal(size=(n, 3))
    table = np.linalg.norm(points[:, None] - points[None], axis=2)
    lost = np.triu(generator.random((n, n)) < missing, 1)
    table[lost | lost.T] = np.nan
    return table


def test_the_distance_test_is_the_enumeration() -> None:
    """Unequal blocks, missing pairs, blocks apart from strata."""
    generator = np.random.default_rng(12)
    for number in range(40):
        sizes = [(2, 2), (1, 2), (1, 1)] if number % 2 else [(1, 1)] * 5
        made = sample_of(sizes, np.zeros(sum(map(sum, sizes))))
        table = cloud(generator, len(made.values))
        blocks = made.strata // 2 if number % 4 == 0 else made.strata
        treated, strata = made.treated.tolist(), made.strata.tolist()
        observed = brute_excess(table, treated, blocks.tolist())
        found = distance_test(table, made.treated, made.strata, blocks=blocks, seed=1)
        assert observed is not None
        every = [brute_excess(table, z, blocks.tolist()) for z in dealings(treated, strata)]
        assert found.observed == pytest.approx(observed)
        hits = [x for x in every if x is not None and x >= observed - 1e-9]
        assert found.p == pytest.approx(len(hits) / len(every))
        largest = max(x for x in every if x is not None)
        reach = [x for x in every if x is not None and x >= largest - 1e-9]
        assert found.attainable_p == pytest.approx(len(reach) / len(every))
        assert found.arrangements == len(every)


def test_exchanges_that_leave_one_side_empty_are_no_hits() -> None:
    """Most pairs have no page in common, so that some exchanges leave no pair between arms."""
    generator = np.random.default_rng(13)
    made, empty = sample_of([(1, 1)] * 4, np.zeros(8)), 0
    treated, strata = made.treated.tolist(), made.strata.tolist()
    for _ in range(60):
        table = cloud(generator, 8, missing=0.85)
        observed = brute_excess(table, treated, strata)
        if observed is None:
            continue
        every = [brute_excess(table, z, strata) for z in dealings(treated, strata)]
        hits = [x for x in every if x is not None and x >= observed - 1e-9]
        found = distance_test(table, made.treated, made.strata, seed=1)
        assert found.p == pytest.approx(len(hits) / len(every))
        empty += None in every
    assert empty >= 10


def test_pairs_of_one_block_never_count() -> None:
    """Distances inside a block may be anything."""
    generator = np.random.default_rng(1)
    made = sample_of([(2, 2)] * 3, np.zeros(12))
    table = cloud(generator, 12, missing=0)
    other = np.where(made.strata[:, None] == made.strata[None, :], 1e6, table)
    assert distance_test(table, made.treated, made.strata, seed=1) == distance_test(
        other, made.treated, made.strata, seed=1
    )


def test_time_apart_is_no_distance_between_arms() -> None:
    """Pages drift from block to block, arms are alike: there is no excess."""
    made = sample_of([(1, 1)] * 4, np.zeros(8))
    table = np.abs(np.subtract.outer(made.strata, made.strata)).astype(float)
    found = distance_test(table, made.treated, made.strata, seed=1)
    assert found.observed == pytest.approx(0)
    assert found.attainable_p == 1


def test_arms_that_differ_reach_the_least_p() -> None:
    """Turning every label at once changes nothing, so two of 2^k arrangements are the observed."""
    made = sample_of([(1, 1)] * 6, np.zeros(12))
    table = np.abs(np.subtract.outer(10.0 * made.treated, 10.0 * made.treated))
    found = distance_test(table, made.treated, made.strata, seed=1)
    assert found.p == found.smallest_p == 2 / 2**6
    assert found.observed == 10


def test_lists_more_alike_between_arms_than_twins_are_no_finding() -> None:
    """The test has one side."""
    made = sample_of([(1, 1)] * 6, np.zeros(12))
    table = np.abs(np.subtract.outer(10.0 * made.treated, 10.0 * made.treated))
    assert distance_test(10 - table, made.treated, made.strata, seed=1).p > 0.9


def test_without_twins_there_is_nothing_to_compare_with() -> None:
    """One block, or arms in different blocks."""
    pair = sample_of([(1, 1)], np.zeros(2))
    with pytest.raises(
        NothingToCompareError, match=r"^no pair of twins, or none of different arms"
    ):
        distance_test(np.ones((2, 2)), pair.treated, pair.strata, seed=1)
    apart = sample_of([(2, 0), (0, 2)], np.zeros(4))
    with pytest.raises(NothingToCompareError):
        distance_test(np.ones((4, 4)), apart.treated, apart.strata, seed=1)


def test_a_block_without_a_counterpart_drops_out_of_the_distances() -> None:
    """As it does of the values."""
    made = sample_of([(1, 1)] * 5 + [(1, 0)], np.zeros(11))
    table = cloud(np.random.default_rng(5), 11)
    assert distance_test(table, made.treated, made.strata, seed=1) == distance_test(
        table[:10, :10], made.treated[:10], made.strata[:10], seed=1
    )


def test_false_alarms_of_the_distance_test() -> None:
    """Blocks that differ, arms that do not."""
    generator = np.random.default_rng(7)
    made = sample_of([(1, 1)] * 6, np.zeros(12))
    ps = []
    for _ in range(300):
        points = generator.normal(size=(12, 3)) + np.repeat(generator.normal(size=(6, 3)), 2, 0)
        table = np.linalg.norm(points[:, None] - points[None], axis=2)
        ps.append(distance_test(table, made.treated, made.strata, seed=1).p)
    assert 0.06 < np.mean(np.array(ps) <= 0.125) <= 0.125 + 3 * math.sqrt(0.125 * 0.875 / 300)


@pytest.mark.parametrize(
    ("most", "audits", "finite"), [(MOST_EXACT, 33, 23), (50, 33, 23), (50, 9, 7)]
)
def test_many_audits_at_once_are_the_audits_one_by_one(
    most: int, audits: int, finite: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unequal strata, puppets without a page, pairs with none in common, blocks apart from strata,
    all exchanges or a sample, groups of any size (of nine audits none has more than two), matrices
    in several pieces, and nothing to compare."""
    monkeypatch.setattr(apart, "_CELLS", 400)
    generator = np.random.default_rng(3)
    made = sample_of([(2, 2), (1, 2), (2, 1)], np.zeros(10))
    blocks = np.array([1, 1, 2, 2, 3, 3, 4, 5, 5, 5])
    lost = [
        np.ones(10, bool),
        np.arange(10) != 2,
        ~np.isin(np.arange(10), [5, 6]),
        np.ones(10, bool),
        made.treated,
        np.arange(10) < 1,
    ]
    whole = np.stack([lost[number % 6] for number in range(audits)])
    tables = np.stack([cloud(generator, 10, 0.0) for _ in whole])
    tables[3::6, 4, 9] = tables[3::6, 9, 4] = np.nan
    tables[0] = np.where(np.isnan(tables[0]), np.nan, np.round(tables[0]))  # ties
    found = apart.distance_tests(
        tables, whole, made.treated, made.strata, blocks, seed=1, most=most
    )
    compared = 0
    for audit, here in enumerate(whole):
        told = [column[audit] for column in found]
        try:
            test = distance_test(
                tables[audit][np.ix_(here, here)], made.treated[here], made.strata[here],
                blocks=blocks[here], seed=1, most=most,
            )  # fmt: skip
        except NothingToCompareError:
            assert np.isnan(told[:2]).all()
            assert told[2] == 1
            continue
        compared += 1
        assert told == pytest.approx([test.observed, test.p, test.attainable_p], abs=1e-12)
    assert compared == finite


def test_audits_whose_exchanges_leave_one_side_empty_are_each_the_enumeration() -> None:
    """Groups of five audits in which the same few pairs have a page in common: no exchange without
    pairs between arms, or without twins, is a hit, and one pair is enough for either side."""
    generator = np.random.default_rng(14)
    made, empty, single = sample_of([(1, 1)] * 4, np.zeros(8)), 0, 0
    treated, strata = made.treated.tolist(), made.strata.tolist()
    every = list(dealings(treated, strata))
    for _ in range(40):
        lost = np.isnan(cloud(generator, 8, missing=0.8))
        tables = np.stack([np.where(lost, np.nan, cloud(generator, 8, 0.0)) for _ in range(5)])
        found = apart.distance_tests(
            tables, np.ones((5, 8), bool), made.treated, made.strata, made.strata, seed=1
        )
        for table, (observed, p, least) in zip(tables, np.column_stack(found), strict=True):
            at = brute_excess(table, treated, strata)
            if at is None:
                assert np.isnan(observed)
                assert np.isnan(p)
                assert least == 1
                continue
            values = [brute_excess(table, each, strata) for each in every]
            there = [value for value in values if value is not None]
            assert observed == pytest.approx(at)
            assert p == np.mean([v is not None and v >= at - 1e-9 for v in values])
            assert least == np.mean([v is not None and v >= max(there) - 1e-9 for v in values])
            empty += None in values
            pairs = [
                sum(
                    strata[i] != strata[j] and z[i] != z[j] and not math.isnan(table[i, j])
                    for i, j in itertools.combinations(range(8), 2)
                )
                for z in every
            ]
            single += 1 in pairs
    assert empty >= 20
    assert single >= 20


def test_what_counts_as_a_tie_is_an_audits_own() -> None:
    """Distances of one audit of a group are 10^15 times as large, of another as small: each has the
    p that it has alone. Where all lists are the same every exchange is a tie."""
    made = sample_of([(1, 1)] * 5, np.zeros(10))
    table = cloud(np.random.default_rng(2), 10, missing=0.0)
    scales = np.array([1.0, 1e15, 2.0, 1e-15, 0.0])
    observed, p, least = apart.distance_tests(
        table * scales[:, None, None], np.ones((5, 10), bool), made.treated, made.strata,
        made.strata, seed=1,
    )  # fmt: skip
    treated, strata = made.treated.tolist(), made.strata.tolist()
    values = [brute_excess(table, each, strata) for each in dealings(treated, strata)]
    at = brute_excess(table, treated, strata)
    assert at is not None
    hits = [value is not None and value >= at - 1e-9 for value in values]
    assert 0 < np.mean(hits) < 1
    assert p.tolist() == [np.mean(hits)] * 4 + [1]
    assert least.tolist() == [2 / 2**5] * 4 + [1]
    assert observed.tolist() == [pytest.approx(at * scale, rel=1e-9, abs=0) for scale in scales]


def test_in_any_order_of_the_puppets_the_same_exchanges_are_drawn() -> None:
    """40 puppets, of which those of a stratum do not stand together: the draws of a seed are those
    of each audit alone."""
    generator = np.random.default_rng(9)
    treated, strata = generator.permutation(40) < 20, np.tile(np.arange(4), 10)
    tables = np.stack([cloud(generator, 40, 0.0) for _ in range(4)])
    found = apart.distance_tests(
        tables, np.ones((4, 40), bool), treated, strata, np.arange(40) // 2, seed=5, most=60
    )
    for table, told in zip(tables, np.column_stack(found), strict=True):
        test = distance_test(table, treated, strata, blocks=np.arange(40) // 2, seed=5, most=60)
        assert not test.exact
        assert told == pytest.approx([test.observed, test.p, test.attainable_p], abs=1e-12)
