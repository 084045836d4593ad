"""The interval is the test inverted: by enumeration, by bisection, and how often it covers."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inference_tools import EVERYTHING, brute_p, drawn, sample_of
from scipy import stats

from collector.analysis.exchanges import exchanges
from collector.analysis.inference import (
    Interval,
    NothingToCompareError,
    Sample,
    estimate,
    incidence_bound,
    interval,
    randomisation_test,
)
from collector.analysis.intervals import hull, inverted, share_limit, widened
from collector.analysis.shifts import shifts


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


def test_exchanges_that_are_drawn_are_those_of_the_seed() -> None:
    """Of 2^16 exchanges some are drawn: the interval is that of the same draws, with its cuts."""
    values = np.random.default_rng(3).uniform(size=32)
    made, ends = sample_of([(1, 1)] * 16, values), set()
    for seed in range(1, 7):
        found = interval(made, seed=seed)
        tested = inverted(made, level=0.95, seed=seed, bounds=(-1.0, 1.0))
        assert found == widened(tested, made.in_use(), (0.0, 1.0))
        ends.add((found.low, found.high))
    assert len(ends) > 1


def test_as_many_exchanges_are_drawn_as_were_asked_for() -> None:
    """p is a count of them, taken again; every seed has its own."""
    made = sample_of([(1, 1)] * 16, np.random.default_rng(3).uniform(size=32) * 2).in_use()
    found = set()
    for seed in range(1, 7):
        labels = exchanges(made.sizes, seed, 50).with_observed(made.treated.astype(float))
        gaps = np.abs((2 * labels - 1) @ made.values) / 16
        own = abs(made.values[made.treated].mean() - made.values[~made.treated].mean())
        (p,) = shifts(
            made.values[None, :], made.treated, made.sizes, alpha=0.05, seed=seed, most=50
        ).p
        assert len(labels) == 50
        assert p == pytest.approx(np.mean(gaps >= own - 1e-12))
        found.add(round(float(p), 6))
    assert len(found) > 1


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


def test_where_the_least_p_is_alpha_itself_an_effect_can_be_told() -> None:
    """Of 16 pairs five differ, all by the same: 2 of 2^5 signs are as far apart, so that the least
    p is 1/16 whatever is drawn, and 15/16 the level of an interval that excludes 0 there."""
    made, outside = sample_of([(1, 1)] * 16, np.array([1.0, 0.0] * 5 + [0.0] * 22)), 0
    for seed in range(8):
        p, found = randomisation_test(made, seed=seed).p, inverted(made, level=15 / 16, seed=seed)
        assert p >= 1 / 16
        assert (p == 1 / 16) == (0 not in found)
        outside += 0 not in found
    assert 0 < outside < 8


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
    assert (found.low, found.high, found.bounded, found.level) == (-1, 1, False, 0.95)
    assert not found.within(5)
    assert interval(sample_of([(1, 1)] * 6, np.tile([0.9, 0.1], 6)), seed=1).bounded
    assert not interval(sample_of([(1, 1)] * 6, np.tile([0.9, 0.1], 6)), level=0.99, seed=1).bounded


def test_ends_are_cut_to_what_shares_allow() -> None:
    """No share can move by more than 1, no score of −1 to 1 by more than 2."""
    made = sample_of([(1, 1)] * 6, np.array([1, 0, 1, 0, 1, 0, 1, 0, 0.2, 0.7, 0.1, 0]) * 1.2)
    assert interval(made, seed=1).high == 1
    assert 1 < interval(made, seed=1, support=(-1, 1)).high <= 2


def test_of_two_intervals_the_wider_ends_but_0_stays_excluded() -> None:
    """Only where the tested one excludes it: an end at 0 does not."""
    tested = np.array([[0.0, 0.2, -0.9, -0.9, 0.1], [0.6, 0.6, -0.2, 0.0, 0.6]])
    others = np.array([[-0.1, -0.1, -0.8, -0.8, np.nan], [0.5, 0.5, 0.1, 0.1, np.nan]])
    low, high = hull((tested[0], tested[1]), (others[0], others[1]), (-0.85, 0.55))
    assert low.tolist() == pytest.approx([-0.1, 0.0, -0.85, -0.85, 0.1], abs=1e-6)
    assert high.tolist() == pytest.approx([0.55, 0.55, 0.0, 0.1, 0.55], abs=1e-6)
    assert low[1] > 0 > high[2]
    near = np.array([1e-13, -0.5]), np.array([0.5, -1e-13])  # nearer to 0 than what stops short
    low, high = hull(near, (np.array([-0.1, -0.6]), np.array([0.6, 0.1])), (-1, 1))
    assert (low[0], high[1]) == (1e-13, -1e-13)


def test_contrasts_against_0_have_the_bounds_of_one_value() -> None:
    """Five contrasts bound nothing, eight that are all 0 only how often they are not 0."""
    for k, values, ends in ((5, [0.5, -1.5, 1, 2, 0], 2), (8, [0.0] * 8, 2 * 0.3694)):
        made = Sample(
            np.array([*values, *[0.0] * k]), np.repeat([True, False], k), np.tile(np.arange(k), 2),
            against_zero=True,
        )  # fmt: skip
        found = interval(made, seed=1, support=(-2, 2))
        assert (found.low, found.high) == pytest.approx((-ends, ends), abs=1e-4)


def test_nobody_met_it_is_not_certainty() -> None:
    """All zero: up to 1 − 0.025^(1/7) = 41 % of puppets could meet what none of seven met."""
    for value in (0.0, 0.7):
        found = interval(sample_of([(1, 1)] * 7, np.full(14, value)), seed=1)
        assert (found.low, found.high) == pytest.approx((-0.4096, 0.4096), abs=5e-5)
        assert found.degenerate
        assert found.bounded
    unequal = interval(sample_of([(4, 3)], np.zeros(7)), seed=1)
    assert unequal.high == pytest.approx(1 - 0.025 ** (1 / 3))
    narrow = interval(sample_of([(1, 1)] * 7, np.zeros(14)), level=0.8, seed=1)
    assert (narrow.low, narrow.high) == pytest.approx((-(1 - 0.1 ** (1 / 7)), 1 - 0.1 ** (1 / 7)))
    assert (found.level, narrow.level) == (0.95, 0.8)
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
    """The exact interval for none of n, and for some."""
    for level in (0.95, 0.99):
        reference = stats.binomtest(0, n).proportion_ci(level, method="exact").high
        assert incidence_bound(n, 1 - level) == pytest.approx(reference, abs=1e-9)
        for met in range(n + 1):
            reference = stats.binomtest(met, n).proportion_ci(level, method="exact").high
            assert share_limit(met, n, 1 - level) == pytest.approx(reference, abs=1e-9)
    assert incidence_bound(0, 0.05) == 1
    assert incidence_bound(n) == incidence_bound(n, 0.05)
    assert share_limit(0, n) == share_limit(0, n, 0.05)


@pytest.mark.parametrize("level", [0, 1, -0.5, 95])
def test_a_level_lies_between_0_and_1(level: float) -> None:
    """95 for 0.95 is refused."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        interval(sample_of([(1, 1)] * 6, np.zeros(12)), level=level, seed=1)


def test_arms_in_different_blocks_have_no_interval() -> None:
    made = sample_of([(2, 0), (0, 2)], np.zeros(4))
    with pytest.raises(NothingToCompareError, match=r"^no block holds puppets of both arms$"):
        interval(made, seed=1)


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
