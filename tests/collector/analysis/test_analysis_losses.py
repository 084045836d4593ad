"""The numbers behind the gates: who lost what, did it drift."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from collector.analysis.inference import Sample, estimate, randomisation_test
from collector.analysis.losses import imbalance, worst_cases
from collector.analysis.stability import (
    _contrasts,
    _rarest,
    drift,
    level_of,
    stability,
    suspicious,
)

# --- losses


def test_imbalance_is_the_mid_p_of_the_enumeration() -> None:
    """Every dealing of the labels among all puppets; those that tie count half from 40 on."""
    generator = np.random.default_rng(1)
    for t, c in ((3, 3), (4, 4), (1, 5), (5, 4), (1, 38), (1, 39)):
        shares = generator.integers(0, 3, t + c) / 4
        treated = np.array([True] * t + [False] * c)
        gaps = []
        for chosen in itertools.combinations(range(t + c), t):
            inside = [shares[i] for i in chosen]
            outside = [shares[i] for i in range(t + c) if i not in chosen]
            gaps.append(abs(math.fsum(inside) / t - math.fsum(outside) / c))
        observed = shares[:t].mean() - shares[t:].mean()
        larger = sum(g > abs(observed) + 1e-9 for g in gaps)
        tied = sum(abs(g - abs(observed)) <= 1e-9 for g in gaps)
        found = imbalance(shares, treated, seed=1)
        assert found.difference == pytest.approx(observed)
        if observed:
            assert found.p == pytest.approx(
                (larger + tied / (2 if len(gaps) >= 40 else 1)) / len(gaps)
            )


def test_equal_shares_are_balanced() -> None:
    """No loss, the same loss everywhere, or an arm without a puppet: p = 1."""
    treated = np.array([True, False] * 4)
    for share in (0.0, 1 / 3):
        assert imbalance(np.full(8, share), treated, seed=1).p == 1
    gone = imbalance(np.full(4, 0.5), np.full(4, True), seed=1)
    assert (gone.p, math.isnan(gone.difference)) == (1, True)


@pytest.mark.parametrize(("k", "cells"), [(7, 4), (10, 2), (5, 6)])
def test_differential_loss_is_told_from_uniform(k: int, cells: int) -> None:
    """Half of one arm's cells against none: flagged in 95 of 100; 20 % everywhere: at most 5."""
    generator = np.random.default_rng(k)
    treated = np.repeat([True, False], k)
    flagged = {
        name: np.mean(
            [
                imbalance(
                    generator.binomial(cells, np.where(treated, p, q)) / cells, treated, seed=1
                ).p
                <= 0.05
                for _ in range(200)
            ]
        )
        for name, p, q in (("differential", 0.5, 0.0), ("uniform", 0.2, 0.2))
    }
    assert flagged["differential"] >= 0.95
    assert flagged["uniform"] <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / 200)


def test_worst_cases_by_hand() -> None:
    """Four pairs at 0.8 against 0.2; one treated puppet is lost, one control lost half."""
    values = np.array([0.8, 0.2] * 4)
    missing = np.zeros(8)
    values[0], missing[0], missing[3] = math.nan, 1, 0.5
    treated, strata = np.array([True, False] * 4), np.repeat(np.arange(4), 2)
    found = worst_cases(values, missing, treated, strata, seed=1)
    # against the effect: the lost puppet 0, the control's lost half 1, so 0.1 + 0.5
    assert found.low == pytest.approx(((0 - 0.2) + (0.8 - 0.6) + 0.6 + 0.6) / 4)
    assert found.high == pytest.approx(((1 - 0.2) + (0.8 - 0.1) + 0.6 + 0.6) / 4)
    low = Sample(np.array([0, 0.2, 0.8, 0.6, 0.8, 0.2, 0.8, 0.2]), treated, strata)
    assert found.low == pytest.approx(estimate(low))
    assert found.p_low == randomisation_test(low, seed=1).p
    assert found.p_high == 0.125
    wider = worst_cases(values, missing, treated, strata, seed=1, bounds=(-1.0, 1.0))
    assert wider.low == pytest.approx(((-1 - 0.2) + (0.8 - 0.6) + 0.6 + 0.6) / 4)


def test_an_effect_survives_its_worst_case_or_does_not() -> None:
    """One of nine lost: a strong effect stays. Three lost: it does not. Either sign."""
    for sign in (1, -1):
        treated, strata = np.array([True, False] * 9), np.repeat(np.arange(9), 2)
        values = np.where(treated == (sign > 0), 0.9, 0.05) + np.arange(18) / 1000
        for lost, stays in ((1, True), (4, False)):
            missing = np.zeros(18)
            missing[: 2 * lost : 2] = 1
            holed = np.where(missing == 1, math.nan, values)
            found = worst_cases(holed, missing, treated, strata, seed=1)
            assert found.keeps(sign * 0.85, 0.05) is stays
            assert not found.keeps(sign * -0.85, 0.05)
            assert not found.keeps(sign * 0.85, 0.001)


def test_what_is_drawn_is_drawn_by_the_seed() -> None:
    """With twelve twins an arm there are more exchanges than are tried: another seed tries others,
    the same one the same, in every test on losses."""
    generator = np.random.default_rng(11)
    values, missing = generator.random(24), generator.random(24) / 10
    treated, strata = np.array([True, False] * 12), np.zeros(24, dtype=np.intp)
    values += 0.2 * treated
    found = [worst_cases(values, missing, treated, strata, seed=n) for n in (3, 3, 4)]
    assert found[0] == found[1] != found[2]
    for p, worst in ((found[0].p_low, (0, 1)), (found[0].p_high, (1, 0))):
        filled = values * (1 - missing) + missing * np.where(treated, *worst)
        assert p == randomisation_test(Sample(filled, treated, strata), seed=3).p
    ps = [imbalance(values, treated, seed=n).p for n in (3, 3, 4)]
    assert ps[0] == ps[1] != ps[2]


# --- drift


def brute_share(values: NDArray[np.float64], order: list[int]) -> float:
    """Largest R² of least squares on the line and on every step with two values on each side."""
    found = [stats.pearsonr(values, order).statistic ** 2] if len(set(order)) > 2 else []
    for at in sorted(set(order))[1:]:
        step = [float(each >= at) for each in order]
        if 2 <= sum(step) <= len(order) - 2:
            found.append(stats.pearsonr(values, step).statistic ** 2)
    return max(found)


@pytest.mark.parametrize(
    "order", [[1, 2, 3, 4, 5, 6, 7], [0, 0, 0, 0, 1, 1, 1], [3, 1, 2, 1, 2, 3]]
)
def test_the_share_is_that_of_least_squares(order: list[int]) -> None:
    """Over the order given, whatever the order of the values."""
    generator = np.random.default_rng(3)
    for _ in range(10):
        values = generator.normal(size=len(order))
        found = drift(values, np.array(order), seed=1)
        assert found.share == pytest.approx(brute_share(values, order))
        turned = drift(values[::-1], np.array(order[::-1]), seed=1)
        assert turned.share == pytest.approx(found.share)


def test_other_orders_are_counted() -> None:
    """Two times of three values: a share of 20 splits; the sampled p is near it."""
    values, order = np.array([0.1, 0.2, 0.15, 0.8, 0.9, 0.7]), [0, 0, 0, 1, 1, 1]
    shares = [brute_share(np.array(v), order) for v in itertools.permutations(values)]
    exact = np.mean(np.array(shares) >= brute_share(values, order) - 1e-9)
    found = drift(values, np.array(order), seed=1)
    assert found.p_order == pytest.approx(exact, abs=0.02)
    assert found.p_noise < 0.02
    assert found.testable


def test_noise_is_held_against_student() -> None:
    """With one step only, p_noise is that of the t-test between the two times."""
    generator = np.random.default_rng(5)
    order = np.repeat([0, 1], 4)
    for _ in range(5):
        values = generator.normal(size=8) + order
        reference = stats.ttest_ind(values[:4], values[4:]).pvalue
        assert drift(values, order, seed=1).p_noise == pytest.approx(reference, abs=0.03)


def test_the_sums_of_pairs_tell_how_large_noise_is() -> None:
    """Six differences with a step that their own noise could make: sums that vary less than they
    say it is none; sums that vary much say nothing, and the differences' own share is asked for a
    quarter of the false alarms."""
    values, order = np.array([2.1, 0.4, 1.7, -0.9, 0.2, -1.1]), np.arange(6)
    alone = drift(values, order, seed=1)
    assert 0.05 < alone.p_noise < 0.15
    quiet = drift(values, order, sums=np.array([0.1, -0.1, 0.0, 0.1, -0.1, 0.0]), seed=1)
    assert quiet.share == alone.share
    assert quiet.p_noise < alone.p_noise / 4
    loud = drift(values, order, sums=100 * np.array([1, -1, 1, -1, 1, -1.0]), seed=1)
    # Both are looked at, so rare is what is rare in a quarter: some 3 p.
    assert loud.p_order == alone.p_order
    assert 2 * alone.p_noise < loud.p_noise < 4 * alone.p_noise


@pytest.mark.slow
def test_other_orders_of_pairs_are_counted() -> None:
    """The share of both sums of squares, the sums' own best contrast left out, over all orders of
    six pairs: one way to compute it by hand."""
    values, order = [0.1, 0.2, 0.15, 0.8, 0.9, 0.7], [0, 0, 0, 1, 1, 1]
    sums = [0.5, 0.1, 0.3, 0.2, 0.6, 0.3]

    def share(pairs: tuple[tuple[float, float], ...]) -> float:
        own, other = (np.array(each) for each in zip(*pairs, strict=True))
        spread, level = (len(order) * np.var(each) for each in (own, other))
        left = level * (1 - brute_share(other, order))
        return float(brute_share(own, order) * spread / (spread + left))

    pairs = tuple(zip(values, sums, strict=True))
    exact = np.mean([share(each) >= share(pairs) - 1e-9 for each in itertools.permutations(pairs)])
    found = drift(np.array(values), np.array(order), sums=np.array(sums), seed=1)
    assert found.p_order == pytest.approx(exact, abs=0.02)


def test_a_level_that_moves_is_no_noise() -> None:
    """A step of the sums is taken out of them; what is left says how large noise is."""
    values, order = np.array([2.1, 0.4, 1.7, -0.9, 0.2, -1.1]), np.arange(6)
    sums = np.array([0.1, -0.1, 0.0, 0.1, -0.1, 0.0])
    p = [drift(values, order, sums=s, seed=1).p_noise for s in (sums, sums + 50 * (order >= 3))]
    assert p[0] == pytest.approx(p[1], rel=0.2)


def test_many_series_are_screened_by_the_same_p() -> None:
    """``suspicious`` says no where ``drift`` finds a p_noise above alpha, and there alone."""
    generator = np.random.default_rng(2)
    order = np.repeat([0, 1, 2, 3], 2)
    values, sums = generator.normal(size=(2, 40, 8)) + 2.5 * (order >= 2)
    for own in (None, sums):
        told = suspicious(values, order, sums=own, alpha=0.05)
        assert 0 < told.sum() < 40
        for row, said in enumerate(told):
            one = None if own is None else own[row]
            assert (drift(values[row], order, sums=one, seed=1).p_noise <= 0.05) is bool(said)


def test_what_is_as_rare_as_is_allowed_is_suspicious() -> None:
    """At its own p, and no longer just below."""
    values, sums = np.random.default_rng(4).normal(size=(2, 8)) + 2.0 * (np.arange(8) >= 4)
    for own in (None, sums):
        p = drift(values, np.arange(8), sums=own, seed=1).p_noise
        many = None if own is None else own[None, :]
        for alpha, expected in ((p, True), (np.nextafter(p, 0), False)):
            found = suspicious(values[None, :], np.arange(8), sums=many, alpha=float(alpha))
            assert found.tolist() == [expected]


@pytest.mark.parametrize("alpha", [0.02, 0.1, 0.3])
@pytest.mark.parametrize("paired", [True, False])
def test_of_noise_as_many_are_suspicious_as_are_allowed(paired: bool, alpha: float) -> None:
    """Four thousand series that do not move, with the sums of their pairs and without."""
    values, sums = np.random.default_rng(21).normal(size=(2, 4000, 8))
    order = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    found = suspicious(values, order, sums=sums if paired else None, alpha=alpha).mean()
    assert found == pytest.approx(alpha, abs=3.5 * math.sqrt(alpha * (1 - alpha) / 4000))


def test_each_series_is_judged_by_its_own_size() -> None:
    """A step of millionths is one beside a series of thousands of millions that does not move."""
    noise = np.random.default_rng(3).normal(size=(3, 8))
    small = 1e-6 * (np.arange(8) >= 4) + 1e-8 * noise[0]
    values = np.array([small, 1e9 * (1 + noise[1])])
    for sums in (None, np.array([1e-8 * noise[2], 1e9 * noise[2]])):
        assert suspicious(values, np.arange(8), sums=sums).tolist() == [True, False]
        assert suspicious(values[:1], np.arange(8), sums=None if sums is None else sums[:1]).all()


def test_what_stands_still_or_is_too_short_has_not_moved() -> None:
    """Equal values; five values; one time; one value on one side."""
    still = drift(np.full(8, 1 / 3), np.arange(8), seed=1)
    assert (still.share, still.p_order, still.moved, still.testable) == (0, 1, False, True)
    for values, order in (
        (np.arange(5.0), np.arange(5)),
        (np.arange(8.0), np.zeros(8, int)),
        (np.arange(7.0), np.array([0] * 6 + [1])),
    ):
        found = drift(values, order, seed=1)
        assert (found.share, found.p_order, found.p_noise) == (0, 1, 1)
        assert (found.moved, found.testable) == (False, False)
    assert not drift(np.array([0, 0, 0, 0, 0, 0, 0, 0.9]), np.arange(8), seed=1).moved


@pytest.mark.parametrize(
    ("times", "rarest"),
    [
        ((0, 0, 0, 0, 1, 1, 1, 1), 2 / 70),  # the same four of eight, before or after
        ((0, 0, 1, 1, 1, 1, 1, 1), 1 / 28),  # two of eight, and only before
        ((0, 0, 1, 1, 1, 1, 2, 2), 2 / 28),  # before or after, at either step
        ((0, 0, 0, 1, 1, 2, 2, 2), 2 / 56),
        ((0, 0, 1, 1, 2, 2, 3, 3), 2 / 70),  # of more steps the one in the middle
        (tuple(range(8)), 2 / 70),
    ],
)
def test_how_rare_a_step_can_be(times: tuple[int, ...], rarest: float) -> None:
    """Counted by hand: the orders that set as many apart as the values' own step does."""
    values = (np.array(times) > 0) + np.arange(8) / 100
    assert _rarest(values, _contrasts(times)) == pytest.approx(rarest)


@pytest.mark.parametrize("level", [1 / 3, 1e5 / 3, -1e9 / 7])
def test_what_rounding_leaves_is_no_step(level: float) -> None:
    """Values of any size that differ in their last bit, all of them upwards in mid-run."""
    values = np.where(np.arange(8) < 4, level, np.nextafter(level, math.inf))
    for sums in (None, 2 * values):
        found = drift(values, np.arange(8), sums=sums, seed=1)
        assert (found.share, found.p_order, found.p_noise, found.moved) == (0, 1, 1, False)


def runs(k: int, block: int, late: float, level: float, seed: int) -> Sample:
    """k pairs in blocks: noise, an effect of 6 that changes by ``late`` and a level that moves."""
    generator = np.random.default_rng(seed)
    strata = np.repeat(np.arange(k) // block, 2)
    treated = np.tile([True, False], k)
    second = strata >= (strata.max() + 1) / 2
    values = generator.normal(size=2 * k) + 6 * treated + late * (treated & second)
    return Sample(values + level * second, treated, strata)


@pytest.mark.sweep(1)
@pytest.mark.parametrize(
    ("k", "block"), [(8, 1), pytest.param(8, 4, marks=pytest.mark.slow), (12, 4)]
)
def test_a_step_of_the_effect_is_told_from_one_of_the_level(k: int, block: int) -> None:
    """An effect that ends in mid-run is always seen; a level that moves is not taken for one."""
    ended = [stability(runs(k, block, -16, 0, s), seed=s) for s in range(15)]
    assert all(each.effect.moved for each in ended)
    moved = [stability(runs(k, block, 0, -16, s), seed=s) for s in range(15)]
    assert all(each.level.moved for each in moved)
    assert sum(each.effect.moved for each in moved) <= 1


def test_the_level_is_that_of_the_control() -> None:
    """What moves in the treated arm alone is the effect."""
    for arm in (True, False):
        made = runs(8, 1, 0, 0, 5)
        late = (made.strata >= 4) & (made.treated == arm)
        found = stability(Sample(made.values + 20 * late, made.treated, made.strata), seed=1)
        assert found.level.moved is not arm
        assert found.effect.moved


@pytest.mark.sweep(1)
@pytest.mark.parametrize("kind", ["normal", "zeros"])
@pytest.mark.parametrize("runs", [120, pytest.param(400, marks=pytest.mark.slow)])
def test_false_abstention_is_rare(kind: str, runs: int) -> None:
    """Runs in which nothing moves: at most 2 %, and three standard errors of the count."""
    generator = np.random.default_rng(9)
    found = 0
    for _ in range(runs):
        values = generator.normal(size=8)
        if kind == "zeros":
            values = np.where(generator.random(8) < 0.7, 0, generator.random(8))
        found += drift(values, np.arange(8), seed=found).moved
    assert found / runs <= 0.02 + 3 * math.sqrt(0.02 * 0.98 / runs)


def test_drift_says_the_same_every_time() -> None:
    """The sample of orders has a seed; alpha is the allowed share of false alarms."""
    values = np.array([0.0, 0.1, 0.3, 0.2, 0.8, 0.9, 0.7, 0.95])
    assert drift(values, np.arange(8), seed=4) == drift(values, np.arange(8), seed=4)
    assert drift(values, np.arange(8), seed=4).moved
    assert not drift(values, np.arange(8), seed=4, alpha=1e-6).moved


def test_stability_is_drift_in_time_of_level_and_of_pairs() -> None:
    """Level: the controls by their blocks. Effect: pairs in the order given, with their sums."""
    generator = np.random.default_rng(8)
    values = generator.normal(size=17)
    treated = np.array([True, False, False, True] * 4 + [True])
    strata = np.repeat([2, 0, 1, 3, 0], [4, 4, 4, 4, 1])
    found = stability(Sample(values, treated, strata), seed=7, alpha=0.02)
    control = ~treated
    assert found.level == drift(values[control], strata[control], seed=7, alpha=0.02)
    pairs, sums, when = [], [], []
    for block in range(4):
        ones = [v for v, t, s in zip(values, treated, strata, strict=True) if t and s == block]
        others = [
            v for v, t, s in zip(values, treated, strata, strict=True) if not t and s == block
        ]
        for place in range(2):
            pairs.append(ones[place] - others[place])
            sums.append(ones[place] + others[place])
            when.append(block)
    again = drift(np.array(pairs), np.array(when), sums=np.array(sums), seed=7, alpha=0.02)
    assert found.effect == again
    other = stability(Sample(values, treated, strata), seed=8, alpha=0.02)
    assert (other.level.share, other.level.p_noise) == (found.level.share, found.level.p_noise)
    assert other.level.p_order != found.level.p_order


@pytest.mark.parametrize(
    ("questions", "likeness", "level"),
    [(1, False, 0.01), (4, False, 0.0025), (0, False, 0.01), (1, True, 0.0025), (5, True, 0.0005)],
)
def test_false_alarms_are_divided_among_the_outcomes(
    questions: int, likeness: bool, level: float
) -> None:
    assert level_of(questions, likeness=likeness) == pytest.approx(level)
