"""Test, estimate and interval against scipy, against enumeration, and against each other."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from collector.analysis.exchanges import MOST_EXACT, exchanges
from collector.analysis.factorial import (
    INTERACTION,
    interaction,
    interaction_sample,
    main_effect,
    strata_of,
)
from collector.analysis.families import family, holm, simultaneous
from collector.analysis.inference import (
    Interval,
    NothingToCompareError,
    Sample,
    distance_test,
    estimate,
    incidence_bound,
    interval,
    randomisation_test,
)
from collector.analysis.intervals import inverted
from collector.analysis.shifts import shifts

Size = tuple[int, int]
EVERYTHING = (-math.inf, math.inf)

# --- the test of the specification, written a second time: by loops, from its definition


def weighted(values: list[float], treated: list[bool], strata: list[int]) -> float:
    """Σ w (mean treated − mean control) / Σ w over the strata that hold both arms."""
    top, bottom = [], []
    for stratum in sorted(set(strata)):
        t = [v for v, z, s in zip(values, treated, strata, strict=True) if s == stratum and z]
        c = [v for v, z, s in zip(values, treated, strata, strict=True) if s == stratum and not z]
        if t and c:
            weight = 1 / (1 / len(t) + 1 / len(c))
            top.append(weight * (math.fsum(t) / len(t) - math.fsum(c) / len(c)))
            bottom.append(weight)
    return math.fsum(top) / math.fsum(bottom)


def dealings(treated: list[bool], strata: list[int]) -> Iterator[list[bool]]:
    """Every way to deal the labels out again within the strata."""
    places = [[i for i, s in enumerate(strata) if s == stratum] for stratum in sorted(set(strata))]
    chosen = [itertools.combinations(p, sum(treated[i] for i in p)) for p in places]
    for picks in itertools.product(*chosen):
        picked = set(itertools.chain.from_iterable(picks))
        yield [i in picked for i in range(len(strata))]


def brute_p(sample: Sample, shift: float = 0.0) -> float:
    """p of the test that the treated puppets are shifted by this much."""
    treated, strata = sample.treated.tolist(), sample.strata.tolist()
    values = [v - shift * z for v, z in zip(sample.values.tolist(), treated, strict=True)]
    observed = abs(weighted(values, treated, strata))
    found = [abs(weighted(values, each, strata)) for each in dealings(treated, strata)]
    return sum(each >= observed - 1e-9 for each in found) / len(found)


def brute_attainable(sample: Sample) -> float:
    """The smallest p over every dealing of the same values."""
    treated, strata = sample.treated.tolist(), sample.strata.tolist()
    found = [
        abs(weighted(sample.values.tolist(), each, strata)) for each in dealings(treated, strata)
    ]
    return sum(each >= max(found) - 1e-9 for each in found) / len(found)


def sample_of(sizes: list[Size], values: NDArray[np.float64]) -> Sample:
    treated = [z for t, c in sizes for z in [True] * t + [False] * c]
    strata = [s for s, (t, c) in enumerate(sizes) for _ in range(t + c)]
    return Sample(np.asarray(values, float), np.array(treated), np.array(strata))


def drawn(generator: np.random.Generator, *, most: int = 1_500) -> Sample:
    """A design of up to four blocks of unequal sizes with values of a random kind, many tied."""
    while True:
        sizes = [
            (int(generator.integers(1, 4)), int(generator.integers(1, 4)))
            for _ in range(generator.integers(1, 6))
        ]
        if math.prod(math.comb(t + c, t) for t, c in sizes) <= most:
            break
    n = sum(t + c for t, c in sizes)
    kind = generator.integers(4)
    if kind == 0:
        values = generator.normal(size=n)
    elif kind == 1:
        values = generator.integers(0, 3, size=n) / 10
    elif kind == 2:  # mostly zero
        values = np.where(generator.random(n) < 0.6, 0.0, generator.random(n))
    else:
        values = np.round(generator.random(n), 1) + 0.3
    made = sample_of(sizes, values)
    return Sample(
        made.values + generator.choice([0, 0.2, 2.0]) * made.treated, made.treated, made.strata
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


def test_a_sample_refuses_what_is_no_value() -> None:
    """NaN, infinite, or arrays of different length are errors of the caller."""
    with pytest.raises(ValueError, match="left out"):
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


def test_twenty_twins_take_well_under_a_second() -> None:
    """Processor time of test and interval; a loop over the exchanges took 7.5 s."""
    generator = np.random.default_rng(1)
    made = sample_of([(1, 1)] * 20, generator.normal(size=40))
    started = time.process_time()
    randomisation_test(made, seed=11)
    interval(made, seed=11)
    assert time.process_time() - started < 1.5


# --- the interval


@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.025])
def test_the_interval_is_the_test_inverted(alpha: float) -> None:
    """Unequal blocks and ties: an end is not rejected, a hair beyond it is, by enumeration."""
    generator = np.random.default_rng(round(1e4 * alpha))
    bounded = 0
    for _ in range(60):
        made = drawn(generator, most=300)
        found = inverted(made, level=1 - alpha, seed=1)
        if not found.bounded:
            assert (found.low, found.high) == EVERYTHING
            assert brute_p(made, 1e6) > alpha
            assert brute_p(made, -1e6) > alpha
            continue
        if found.degenerate:
            continue
        bounded += 1
        assert brute_p(made, found.low) > alpha
        assert brute_p(made, found.high) > alpha
        assert brute_p(made, found.low - 1e-6) <= alpha
        assert brute_p(made, found.high + 1e-6) <= alpha
    assert bounded >= 5


def test_bisection_finds_the_same_ends() -> None:
    """A search for the shift at which p falls to 0.05 ends where the closed form says."""
    generator = np.random.default_rng(11)
    for sizes in ([(2, 2), (2, 2), (1, 1)], [(3, 3)] * 1 + [(2, 1)], [(4, 4)]):
        made = sample_of(sizes, generator.normal(size=sum(map(sum, sizes))))
        found = inverted(made, seed=1)
        for end, away in ((found.high, 1e3), (found.low, -1e3)):
            inside, outside = estimate(made), away
            assert brute_p(made, outside) <= 0.05
            for _ in range(50):
                middle = (inside + outside) / 2
                inside, outside = (
                    (middle, outside) if brute_p(made, middle) > 0.05 else (inside, middle)
                )
            assert end == pytest.approx(inside, abs=1e-7)  # the loops take 1e-9 for a tie


@pytest.mark.parametrize("k", [6, 7, 8, 10])
@pytest.mark.parametrize("alpha", [0.05, 0.025, 0.2])
def test_for_pairs_the_interval_is_hartigans(k: int, alpha: float) -> None:
    """The r-th smallest and largest mean of a subset of the differences, r = ⌊α 2^k / 2⌋."""
    generator = np.random.default_rng(k)
    for differences in (generator.normal(size=k), generator.integers(-1, 3, k) / 4):
        means = sorted(
            math.fsum(subset) / len(subset)
            for size in range(1, k + 1)
            for subset in itertools.combinations(differences.tolist(), size)
        )
        r = math.floor(alpha * 2**k / 2)
        made = sample_of(
            [(1, 1)] * k, np.column_stack([differences + 0.5, np.full(k, 0.5)]).ravel()
        )
        found = inverted(made, level=1 - alpha, seed=1)
        if r == 0:
            assert not found.bounded
            continue
        assert found.low == pytest.approx(means[r - 1], abs=1e-12)
        assert found.high == pytest.approx(means[-r], abs=1e-12)


SIZES = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=5).filter(
    lambda sizes: math.prod(math.comb(t + c, t) for t, c in sizes) <= 20_000
)


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    sizes = draw(SIZES)
    n = sum(t + c for t, c in sizes)
    levels = draw(st.sampled_from([(0, 1), (0, 3), (-5, 9), (0, 1000)]))
    values = draw(st.lists(st.integers(*levels), min_size=n, max_size=n))
    return sample_of(sizes, np.array(values) / 10)


@settings(max_examples=200, deadline=None)
@given(samples(), st.sampled_from([0.05, 0.1, 0.2, 0.025]))
def test_p_up_to_alpha_if_and_only_if_0_is_outside(made: Sample, alpha: float) -> None:
    """One test, one interval, whatever the blocks and the ties."""
    found = inverted(made, level=1 - alpha, seed=1)
    assert (randomisation_test(made, seed=1).p <= alpha) == (0 not in found)
    assert found.low <= estimate(made) + 1e-9
    assert found.high >= estimate(made) - 1e-9
    assert not (found.low == found.high == 0)


def test_p_and_interval_agree_where_exchanges_are_sampled() -> None:
    """At 16 pairs and around p = 0.05, where one exchange more or less decides."""
    generator = np.random.default_rng(8)
    outside = 0
    for _ in range(30):
        noise = generator.normal(size=32) + 0.75 * np.tile([1, 0], 16)
        made = sample_of([(1, 1)] * 16, np.round(noise, 1))
        p, found = randomisation_test(made, seed=3).p, inverted(made, seed=3)
        assert (p <= 0.05) == (0 not in found)
        outside += 0 not in found
    assert 5 < outside < 25


@settings(max_examples=60, deadline=None)
@given(samples(), st.randoms(use_true_random=False))
def test_numbers_of_blocks_and_order_of_puppets_mean_nothing(made: Sample, random: object) -> None:
    """New numbers for the blocks and another order of the puppets: the same answer."""
    order = list(range(len(made.values)))
    random.shuffle(order)  # type: ignore[attr-defined]
    names = sorted(set(made.strata.tolist()))
    numbers = dict(zip(names, reversed(names), strict=True))
    other = Sample(
        made.values[order],
        made.treated[order],
        np.array([10 * numbers[s] for s in made.strata[order].tolist()]),
    )
    one, two = (inverted(s, level=0.9, seed=1) for s in (made, other))
    assert randomisation_test(other, seed=1).p == pytest.approx(randomisation_test(made, seed=1).p)
    assert (one.low, one.high) == pytest.approx((two.low, two.high), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(samples(), st.integers(-40, 40))
def test_the_interval_moves_with_the_effect_and_turns_with_the_arms(
    made: Sample, tenths: int
) -> None:
    """Adding δ to every treated puppet adds δ to both ends; exchanging the arms turns them."""
    shift = tenths / 10
    one = inverted(made, level=0.9, seed=1)
    moved = inverted(
        Sample(made.values + shift * made.treated, made.treated, made.strata), level=0.9, seed=1
    )
    turned = inverted(Sample(made.values, ~made.treated, made.strata), level=0.9, seed=1)
    if one.bounded and not one.degenerate and not moved.degenerate:
        assert (moved.low, moved.high) == pytest.approx(
            (one.low + shift, one.high + shift), abs=1e-9
        )
    assert (turned.low, turned.high) == pytest.approx((-one.high, -one.low), abs=1e-9)


def test_p_falls_as_the_effect_grows() -> None:
    """From the point of no difference on, a larger shift is never less significant."""
    generator = np.random.default_rng(4)
    for _ in range(20):
        made = drawn(generator)
        start = -estimate(made)
        ps = [
            randomisation_test(
                Sample(made.values + (start + s) * made.treated, made.treated, made.strata), seed=1
            ).p
            for s in (0, 0.1, 0.5, 1, 5)
        ]
        assert ps == sorted(ps, reverse=True)


def test_a_design_too_small_has_no_bound() -> None:
    """Five pairs: 2/32 is above 0.05, so nothing is excluded; six pairs exclude."""
    five = sample_of([(1, 1)] * 5, np.tile([0.9, 0.1], 5))
    found = interval(five, seed=1)
    assert (found.low, found.high, found.bounded) == (-1, 1, False)
    assert not found.within(5)
    assert interval(sample_of([(1, 1)] * 6, np.tile([0.9, 0.1], 6)), seed=1).bounded
    assert not interval(sample_of([(1, 1)] * 6, np.tile([0.9, 0.1], 6)), level=0.99, seed=1).bounded


def test_ends_are_cut_to_what_shares_allow() -> None:
    """No share can move by more than 1, no score of −1 to 1 by more than 2."""
    made = sample_of([(1, 1)] * 6, np.array([1, 0, 1, 0, 1, 0, 1, 0, 0.2, 0.7, 0.1, 0]) * 1.2)
    assert interval(made, seed=1).high == 1
    assert 1 < interval(made, seed=1, support=(-1, 1)).high <= 2


def test_nobody_met_it_is_not_certainty() -> None:
    """All zero: up to 1 − 0.025^(1/7) = 41 % of puppets could meet what none of seven met."""
    for value in (0.0, 0.7):
        found = interval(sample_of([(1, 1)] * 7, np.full(14, value)), seed=1)
        assert (found.low, found.high) == pytest.approx((-0.4096, 0.4096), abs=5e-5)
        assert found.degenerate
        assert found.bounded
    unequal = interval(sample_of([(4, 3)], np.zeros(7)), seed=1)
    assert unequal.high == pytest.approx(1 - 0.025 ** (1 / 3))
    # nor is that all met it and nobody of the others: the test inverted alone says exactly 1
    apart = sample_of([(1, 1)] * 7, np.tile([1.0, 0.0], 7))
    assert (inverted(apart, seed=1).low, inverted(apart, seed=1).high) == pytest.approx((1, 1))
    assert 0 < interval(apart, seed=1).low < 0.6
    assert interval(apart, seed=1).high == 1


def test_equivalence_is_read_from_the_interval() -> None:
    """Inside ±X, ends not included."""
    made = sample_of([(1, 1)] * 8, np.random.default_rng(1).normal(size=16) / 50)
    found = interval(made, seed=1)
    widest = max(-found.low, found.high)
    assert found.within(widest + 1e-9)
    assert not found.within(widest)
    assert not interval(sample_of([(1, 1)] * 3, np.zeros(6)), seed=1).within(2)
    assert not Interval(-0.02, 0.05, 0.95).within(0.05)
    assert not Interval(-0.05, 0.02, 0.95).within(0.05)


@pytest.mark.parametrize("n", [1, 2, 7, 20])
def test_the_bound_on_incidence_is_that_of_clopper_and_pearson(n: int) -> None:
    """The exact interval for none of n."""
    for level in (0.95, 0.99):
        reference = stats.binomtest(0, n).proportion_ci(level, method="exact").high
        assert incidence_bound(n, 1 - level) == pytest.approx(reference, abs=1e-9)
    assert incidence_bound(0, 0.05) == 1


@pytest.mark.parametrize("level", [0, 1, -0.5, 95])
def test_a_level_lies_between_0_and_1(level: float) -> None:
    """95 for 0.95 is refused."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        interval(sample_of([(1, 1)] * 6, np.zeros(12)), level=level, seed=1)


@pytest.mark.parametrize("k", [6, 10])
def test_the_interval_covers(k: int) -> None:
    """95 % of intervals at the least hold the truth, for normal values and mostly empty lists."""
    generator = np.random.default_rng(k)
    runs = 400
    for kind in ("normal", "zeros"):
        covered = 0
        for _ in range(runs):
            noise = generator.normal(size=(k, 2)) + generator.normal(size=(k, 1))
            if kind == "zeros":
                noise = np.where(generator.random((k, 2)) < 0.7, 0.0, generator.random((k, 2)))
            found = inverted(sample_of([(1, 1)] * k, noise.ravel()), seed=1)
            covered += 0 in found
        # three standard errors below 95 %
        assert covered / runs >= 0.95 - 3 * math.sqrt(0.05 * 0.95 / runs)


def test_a_label_that_few_meet_is_not_declared_absent() -> None:
    """One treated puppet in four meets it, 5 points on average: no claim below that in 95 %."""
    generator = np.random.default_rng(10)
    false = 0
    for _ in range(200):
        met = generator.random(14) < np.tile([0.25, 0.0], 7)
        made = sample_of([(1, 1)] * 7, np.where(met, generator.random(14) * 0.4, 0.0))
        false += interval(made, seed=1).within(0.05)
    assert false / 200 <= 0.05


def test_many_data_sets_at_once_are_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever part of them is held in memory at a time."""
    values = np.random.default_rng(1).normal(size=(9, 8))
    treated = np.tile([True, False], 4)
    alone = [shifts(row[None], treated, ((1, 1),) * 4, alpha=0.2, seed=1) for row in values]
    for cells in (4_000_000, 60, 1):
        monkeypatch.setattr("collector.analysis.shifts._CELLS", cells)
        found = shifts(values, treated, ((1, 1),) * 4, alpha=0.2, seed=1)
        for column in ("estimates", "p", "up", "down"):
            assert getattr(found, column) == pytest.approx(
                np.concatenate([getattr(each, column) for each in alone])
            )


# --- the distance between lists


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
    with pytest.raises(NothingToCompareError):
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


# --- families


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=6))
def test_holm_is_the_closure_of_bonferroni(p: dict[str, float]) -> None:
    """Adjusted p: the largest, over all sets of outcomes with this one, of size × smallest p."""
    found = holm(p)
    assert list(found) == list(p)
    for name in p:
        others = [other for other in p if other != name]
        sets = itertools.chain.from_iterable(
            itertools.combinations(others, size) for size in range(len(p))
        )
        expected = max(min(1.0, (len(s) + 1) * min([p[name], *(p[o] for o in s)])) for s in sets)
        assert found[name] == pytest.approx(expected)


def test_holm_by_hand() -> None:
    """Multiplied by 3, 2 and 1, never below the one before."""
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx(
        {"a": 0.03, "b": 0.06, "c": 0.06}
    )
    assert holm({"a": 0.5, "b": 0.9}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


def test_outcomes_that_cannot_be_significant_take_no_share() -> None:
    """Three of which one is all zero are corrected as two; at the limit an outcome counts."""
    p = {"a": 0.02, "zero": 1.0, "b": 0.5}
    attainable = {"a": 0.016, "zero": 1.0, "b": 0.05}
    assert family(p, attainable) == {"a": 0.04, "zero": 1.0, "b": 0.5}
    # adjusted as one of all, which stays above alpha: no 1 beside a least p of 0.04
    assert family({"a": 0.04}, {"a": 0.04}, alpha=0.01) == {"a": 0.04}
    assert family({"a": 0.1, "b": 0.4}, {"a": 0.1, "b": 0.1}) == {"a": 0.2, "b": 0.4}
    mixed = family({"a": 0.02, "b": 0.06, "c": 0.3}, {"a": 0.01, "b": 0.06, "c": 0.01})
    assert mixed == {"a": 0.04, "b": 0.12, "c": 0.3}
    assert family({"a": 0.04}, {"a": 0.04}) == {"a": 0.04}


def test_simultaneous_levels() -> None:
    """1 − alpha / m."""
    assert simultaneous(0.05, 1) == 0.95
    assert simultaneous(0.05, 4) == 0.9875
    assert simultaneous(0.05, 0) == 0.95


# --- factors


def crossed(k: int, effect: float, both: float, seed: int) -> dict[str, NDArray]:
    """A 2×2 design, one puppet a cell and block: main effect of a, interaction with b."""
    generator = np.random.default_rng(seed)
    blocks = np.repeat(np.arange(k), 4)
    a, b = np.tile([True, True, False, False], k), np.tile([True, False, True, False], k)
    values = generator.normal(size=4 * k) + effect * a + 3 * b + both * (a & b) + blocks
    return {"values": values, "a": a, "b": b, "blocks": blocks}


def test_a_main_effect_exchanges_within_the_other_levels() -> None:
    """Three blocks of a 2×2 design are six strata of one pair: least p 2/64."""
    made = crossed(3, 10, 0, 1)
    strata = strata_of(made["blocks"].tolist(), made["b"].tolist())
    assert len(set(strata.tolist())) == 6
    found = main_effect(made["values"], made["a"], strata, seed=1)
    assert found.p == found.smallest_p == 2 / 64
    sample = Sample(made["values"], made["a"], strata)
    assert found.p == brute_p(sample)
    gaps = made["values"].reshape(3, 2, 2)
    assert found.observed == pytest.approx((gaps[:, 0] - gaps[:, 1]).mean())


def test_the_interaction_turns_signs_of_blocks() -> None:
    """Against a loop over the signs of (y11 − y01) − (y10 − y00)."""
    for seed, both in enumerate((0, 1, 4)):
        made = crossed(6, 2, both, seed)
        cells = made["values"].reshape(6, 2, 2)
        contrast = (cells[:, 0, 0] - cells[:, 1, 0]) - (cells[:, 0, 1] - cells[:, 1, 1])
        signs = np.array(list(itertools.product((1, -1), repeat=6)))
        expected = np.mean(np.abs(signs @ contrast) >= abs(contrast.sum()) - 1e-9)
        found = interaction(**made, seed=1)
        assert found.observed == pytest.approx(contrast.mean())
        assert found.p == expected
        assert found.smallest_p == 2 / 64
        ends = inverted(interaction_sample(**made), seed=1)
        assert (0 not in ends) == (found.p <= 0.05)
    assert INTERACTION == (-2, 2)


def test_blocks_that_lack_a_cell_say_nothing_of_the_interaction() -> None:
    """Nor do they spoil the others."""
    made = crossed(4, 1, 1, 3)
    fewer = {name: np.delete(column, 5) for name, column in made.items()}
    kept = {name: np.delete(column, range(4, 8)) for name, column in made.items()}
    assert interaction(**fewer, seed=1) == interaction(**kept, seed=1)
    with pytest.raises(NothingToCompareError, match="four cells"):
        interaction(**{name: column[:3] for name, column in made.items()}, seed=1)
