"""Test and estimate against scipy, against enumeration, and against each other."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from inference_tools import brute_attainable, brute_p, dealings, drawn, sample_of, weighted
from scipy import stats
from work import calls

from collector.analysis.attained import attainable
from collector.analysis.exchanges import MOST_EXACT, exchanges
from collector.analysis.inference import (
    NothingToCompareError,
    Sample,
    estimate,
    interval,
    randomisation_test,
)

# --- the test


@pytest.mark.parametrize("kind", ["independent", "samples"])
def test_p_is_that_of_scipy(kind: str) -> None:
    """300 designs with ties: one block of unequal arms, and blocks of one pair."""
    generator = np.random.default_rng(1935)
    for number in range(150):
        if kind == "independent":
            t, c = (int(n) for n in generator.integers(2, 5, size=2))
            sizes = [(t, c)]
        else:
            t = c = int(generator.integers(2, 8))
            sizes = [(1, 1)] * t
        n = t + c
        values = generator.integers(0, 4, n) / 4 if number % 2 else generator.normal(size=n)
        made = sample_of(sizes, values)
        reference = stats.permutation_test(
            (made.values[made.treated], made.values[~made.treated]),
            lambda x, y, axis: np.abs(x.mean(axis=axis) - y.mean(axis=axis)),
            permutation_type=kind,
            alternative="greater",
            n_resamples=np.inf,
            vectorized=True,
        )
        assert randomisation_test(made, seed=1).p == pytest.approx(reference.pvalue, abs=1e-12)


def test_p_and_estimate_are_those_of_the_enumeration() -> None:
    """200 designs of unequal blocks: estimate, p, count and the p that the pooled values allow."""
    generator = np.random.default_rng(7)
    for _ in range(200):
        made = drawn(generator, most=400)
        found = randomisation_test(made, seed=1)
        treated, strata = made.treated.tolist(), made.strata.tolist()
        assert found.observed == pytest.approx(
            weighted(made.values.tolist(), treated, strata), abs=1e-12
        )
        assert estimate(made) == pytest.approx(found.observed, abs=1e-12)
        assert found.arrangements == len(list(dealings(treated, strata)))
        assert found.exact
        assert found.p == pytest.approx(brute_p(made), abs=1e-12)
        assert found.attainable_p == pytest.approx(brute_attainable(made), abs=1e-12)
        small = replace(made, values=made.values * 1e-14)  # in another unit
        assert attainable(small.in_use()) == pytest.approx(found.attainable_p, abs=1e-12)
        assert found.smallest_p - 1e-12 <= found.attainable_p <= found.p + 1e-12


def test_the_p_value_by_hand() -> None:
    """Three pairs that differ by 3, 1 and −2: four of eight signs give a sum of 2 or more."""
    made = sample_of([(1, 1)] * 3, np.array([3.0, 0, 1, 0, 0, 2]))
    sums = [3 * a + b - 2 * c for a, b, c in itertools.product((1, -1), repeat=3)]
    found = randomisation_test(made, seed=1)
    assert found.p == sum(abs(s) >= 2 for s in sums) / 8
    assert found.observed == pytest.approx(2 / 3)
    assert found.smallest_p == 0.25


def test_unequal_blocks_weigh_by_what_they_know() -> None:
    """One block of 2 + 2 (weight 1) and one of 1 + 2 (weight 2/3)."""
    made = sample_of([(2, 2), (1, 2)], np.array([0.4, 0.6, 0.1, 0.1, 1.0, 0.0, 0.0]))
    assert estimate(made) == pytest.approx((1 * 0.4 + 2 / 3 * 1.0) / (1 + 2 / 3))


def test_tied_data_are_not_at_the_limit_of_the_design() -> None:
    """Two treated puppets of seven see one item, all others none: p = 0.5 is nothing."""
    for k in (3, 5, 7, 10):
        values = np.zeros(2 * k)
        values[[0, 2]] = 0.1
        found = randomisation_test(sample_of([(1, 1)] * k, values), seed=1)
        assert found.p == 0.5
        assert found.smallest_p == 2 / 2**k
        assert found.attainable_p == 0.5


def test_no_difference_at_all_is_no_finding() -> None:
    """Equal values, also such that no sum of them is exact, give 0 and p = 1."""
    for value in (0.0, 0.3, 1 / 3, 1e6):
        found = randomisation_test(sample_of([(1, 1)] * 6 + [(2, 3)], np.full(17, value)), seed=1)
        assert (found.observed, found.p, found.attainable_p) == (0, 1, 1)


def test_levels_of_blocks_are_no_effect() -> None:
    """Blocks far apart in level, arms exactly alike: nothing may look significant."""
    made = sample_of([(2, 2)] * 3, np.repeat([0.1, 100.0, 7.7], 4))
    assert randomisation_test(made, seed=1).p == 1


def test_blocks_with_one_arm_drop_out_of_everything() -> None:
    """A block without a control changes neither estimate nor p nor interval."""
    generator = np.random.default_rng(2)
    whole = sample_of([(1, 1)] * 7, generator.normal(size=14))
    lonely = Sample(
        np.concatenate([[50.0, 60.0], whole.values, [-70.0]]),
        np.concatenate([[True, True], whole.treated, [False]]),
        np.concatenate([[90, 90], whole.strata, [91]]),
    )
    assert lonely.in_use().sizes == whole.sizes
    assert estimate(lonely) == estimate(whole)
    assert randomisation_test(lonely, seed=1) == randomisation_test(whole, seed=1)
    assert interval(lonely, seed=1) == interval(whole, seed=1)


def test_nothing_to_compare_is_said() -> None:
    """Arms that share no block have neither estimate nor test nor interval."""
    apart = sample_of([(2, 0), (0, 2)], np.arange(4.0))
    assert not apart.comparable
    for ask in (estimate, lambda s: randomisation_test(s, seed=1), lambda s: interval(s, seed=1)):
        with pytest.raises(NothingToCompareError, match="both arms"):
            ask(apart)


def test_puppets_in_use_stand_by_stratum_and_in_it_as_they_came() -> None:
    """Strata mixed: 40 puppets each of three, and a fourth without a counterpart."""
    strata = np.arange(160) % 4
    made = Sample(np.arange(160.0), (np.arange(160) // 4 % 2 == 0) | (strata == 3), strata)
    used = made.in_use()
    wanted = sorted((n for n in range(160) if n % 4 != 3), key=lambda n: n % 4)
    assert used.values.tolist() == wanted
    assert used.strata.tolist() == [n % 4 for n in wanted]
    assert used.treated.tolist() == [n // 4 % 2 == 0 for n in wanted]


def test_a_sample_refuses_what_is_no_value() -> None:
    """NaN, infinite, or arrays of different length are errors of the caller."""
    with pytest.raises(ValueError, match=r"^a puppet without .* left out, not be NaN or infinite$"):
        sample_of([(1, 1)], np.array([1.0, math.nan]))
    with pytest.raises(ValueError, match="one entry a puppet"):
        Sample(np.zeros(3), np.array([True, False]), np.array([0, 0]))


def test_a_sample_from_names() -> None:
    """Puppets without a value are not in it; any hashable may be a stratum; order is free."""
    arms = {"a1": True, "c1": False, "a2": True, "c2": False, "c3": False}
    blocks = {"a1": ("x", 1), "c1": ("x", 1), "a2": ("x", 2), "c2": ("x", 2), "c3": ("y", 1)}
    made = Sample.of({"c2": 0.0, "a1": 1.0, "c1": 0.5, "a2": 3.0}, arms, blocks)
    assert sorted(made.sizes) == [(1, 1), (1, 1)]
    assert estimate(made) == pytest.approx((0.5 + 3) / 2)


def test_a_sample_of_the_exchanges_is_close_and_repeatable() -> None:
    """18 pairs, 262,144 exchanges: p near the exact one, the same for the same seed alone."""
    generator = np.random.default_rng(3)
    differences = generator.normal(0.4, 1, size=18)
    made = sample_of([(1, 1)] * 18, np.column_stack([differences, np.zeros(18)]).ravel())
    signs = 1 - 2 * ((np.arange(2**18)[:, None] >> np.arange(18)) & 1)
    exact = float(np.mean(np.abs(signs @ differences) >= abs(differences.sum()) - 1e-9))
    found = randomisation_test(made, seed=5)
    assert (found.exact, found.arrangements) == (False, 2**18)
    assert found.p == pytest.approx(exact, abs=0.006)
    assert found == randomisation_test(made, seed=5)
    assert found.p != randomisation_test(made, seed=6).p
    assert found.p * MOST_EXACT == pytest.approx(round(found.p * MOST_EXACT))


def test_a_sampled_p_is_never_zero() -> None:
    """The observed exchange is one of the 20,000, so the least p is 1/20,000."""
    made = sample_of([(1, 1)] * 40, np.tile([9.0, 0.0], 40) + np.repeat(np.arange(40), 2) / 7)
    found = randomisation_test(made, seed=1)
    assert found.p == found.smallest_p == found.attainable_p == 1 / MOST_EXACT


def test_the_limit_of_exactness_is_20_000() -> None:
    """14 pairs have 16,384 exchanges, all listed; 15 have 32,768, of which 20,000 are used."""
    assert (exchanges(((1, 1),) * 14, 1).exact, exchanges(((1, 1),) * 14, 1).count) == (True, 2**14)
    many = exchanges(((1, 1),) * 15, 1)
    assert (many.exact, many.count, len(many.labels)) == (False, 20_000, 19_999)
    assert exchanges(((1, 1),), 1, 2).exact
    assert not exchanges(((1, 2),), 1, 2).exact


def test_exchanges_are_all_different_and_drawn_evenly() -> None:
    """Every listed row once, each with n_t labels a block; drawn rows deal every puppet alike."""
    sizes = ((2, 3), (1, 2))
    rows = exchanges(sizes, 1).labels
    assert len({tuple(row) for row in rows}) == len(rows) == 30
    assert set(rows[:, :5].sum(axis=1)) == {2}
    assert set(rows[:, 5:].sum(axis=1)) == {1}
    drawn_rows = exchanges(((2, 3),) * 8, 4).labels
    assert set(drawn_rows[:, :5].sum(axis=1)) == {2}
    assert drawn_rows.mean(axis=0) == pytest.approx(np.full(40, 0.4), abs=0.02)
    assert drawn_rows[:, 0] @ drawn_rows[:, 1] / len(drawn_rows) == pytest.approx(0.1, abs=0.02)


def test_no_loop_over_the_exchanges() -> None:
    """Of 20,000 exchanges of twenty twins, test and interval look at all in numpy: 6,600 calls of
    functions, of which a loop over them would make one for each at least."""
    generator = np.random.default_rng(1)
    made = sample_of([(1, 1)] * 20, generator.normal(size=40))
    assert calls(lambda: (randomisation_test(made, seed=11), interval(made, seed=11))) < 12_000
