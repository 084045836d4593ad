"""Values that tie: ends against Clopper and Pearson, integrals and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from collector.analysis.design import blocks_of
from collector.analysis.inference import Sample, interval, randomisation_test
from collector.analysis.intervals import inverted
from collector.analysis.shifts import shifts
from collector.analysis.ties import tied_ends

CLOSE = 0.015
"""Quantiles of 20,000 draws, and the law they are drawn from."""


def two_arms(treated: list[float], control: list[float]) -> Sample:
    """One block."""
    return Sample(
        np.array(treated + control),
        np.array([True] * len(treated) + [False] * len(control)),
        np.zeros(len(treated) + len(control), dtype=np.intp),
    )


def melded(met: int, n: int, other: int, m: int, tail: float) -> float:
    """Upper end for ``met`` of n against ``other`` of m, by integration: the 1 − tail quantile of
    Beta(met + 1, n − met) − Beta(other, m − other + 1)."""
    over = stats.beta(met + 1, n - met) if met < n else None
    under = stats.beta(other, m - other + 1) if other else None

    def below(d: float) -> float:
        if over is None:
            return float(under.sf(1 - d)) if under else float(d >= 1)
        if under is None:
            return float(over.cdf(d))
        found, _ = integrate.quad(lambda b: under.pdf(b) * over.cdf(b + d), 0, 1, limit=200)
        return float(found)

    return float(optimize.brentq(lambda d: below(d) - (1 - tail), -1, 1, xtol=1e-6))


@pytest.mark.sweep(4)
@pytest.mark.parametrize(
    ("met", "n", "other", "m"),
    [(0, 7, 2, 7), (2, 7, 0, 7), (1, 5, 3, 5), (4, 10, 1, 10), (12, 20, 3, 20), (3, 6, 2, 9)],
)
@pytest.mark.parametrize("level", [0.95, 0.9875])
def test_shares_of_puppets_are_melded_clopper_pearson(
    met: int, n: int, other: int, m: int, level: float
) -> None:
    """Values 0 and 1: the limits of the arms are those of binomials, their difference melded."""
    made = two_arms([1.0] * met + [0.0] * (n - met), [1.0] * other + [0.0] * (m - other))
    found = tied_ends(made, level, (0.0, 1.0))
    assert found is not None
    tail = (1 - level) / 2
    assert found[1] == pytest.approx(melded(met, n, other, m, tail), abs=CLOSE)
    assert found[0] == pytest.approx(-melded(other, m, met, n, tail), abs=CLOSE)


def test_nobody_met_it_is_the_bound_on_incidence() -> None:
    """All zero: the upper end of Clopper and Pearson's interval for none of n, either way."""
    for n, level in ((5, 0.95), (7, 0.95), (20, 0.99)):
        ends = tied_ends(two_arms([0.0] * n, [0.0] * n), level, (0.0, 1.0))
        exact = stats.binomtest(0, n).proportion_ci(level, method="exact").high
        assert ends == pytest.approx((-exact, exact), abs=CLOSE)


def test_from_five_other_values_on_the_farthest_seen_says_how_far_they_go() -> None:
    """Four that met it may stand for puppets that see nothing else; five may not."""
    four = two_arms([0.1, 0.1, 0, 0, 0, 0], [0.1, 0.1, 0, 0, 0, 0])
    five = two_arms([0.1, 0.1, 0.1, 0, 0, 0], [0.1, 0.1, 0, 0, 0, 0])
    wide, narrow = (tied_ends(each, 0.95, (0.0, 1.0)) for each in (four, five))
    assert wide is not None
    assert narrow is not None
    assert wide[1] > 0.4
    assert narrow[1] == pytest.approx(0.1 * melded(3, 6, 2, 6, 0.025), abs=CLOSE)
    unbounded = tied_ends(four, 0.95, (0.0, math.inf))  # where nothing bounds it, what was seen
    assert unbounded is not None
    assert unbounded[1] == pytest.approx(0.1 * melded(2, 6, 2, 6, 0.025), abs=CLOSE)


def test_a_quarter_of_the_values_has_to_tie() -> None:
    """Two of eight do, two of nine do not."""
    apart = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    eight, nine = two_arms([0, 0, *apart[:2]], apart[2:6]), two_arms([0, 0, *apart[:3]], apart[3:])
    assert tied_ends(eight, 0.95, (0.0, 1.0)) is not None
    assert tied_ends(nine, 0.95, (0.0, 1.0)) is None
    found = interval(nine, seed=1)
    assert not found.tied
    plain = inverted(nine, seed=1, bounds=(-1, 1))
    assert (found.low, found.high) == (plain.low, plain.high)


def test_turned_arms_give_turned_ends_and_order_means_nothing() -> None:
    """To the last digit, blocks of unequal weight included."""
    generator = np.random.default_rng(3)
    values = np.where(generator.random(13) < 0.5, 0.0, generator.random(13))
    strata = np.array([0] * 5 + [1] * 6 + [2] * 2)
    treated = np.array([1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 0], dtype=np.bool_)
    low, high = tied_ends(Sample(values, treated, strata), 0.95, (0.0, 1.0)) or (0, 0)
    turned = tied_ends(Sample(values, ~treated, strata), 0.95, (0.0, 1.0))
    assert turned == pytest.approx((-high, -low))
    order = generator.permutation(13)
    again = tied_ends(Sample(values[order], treated[order], strata[order]), 0.95, (0.0, 1.0))
    assert again == pytest.approx((low, high))


def test_a_puppet_counts_as_much_as_in_the_estimate() -> None:
    """A large block and a pair: 15 puppets of weight 1/3 each and one of 1/2."""
    t, c = [0.0] * 3 + [1.0], [0.0] * 4
    uneven = Sample(
        np.array([*t[:3], *c[:3], t[3], c[3]]),
        np.array([True] * 3 + [False] * 3 + [True, False]),
        np.array([0] * 6 + [1] * 2),
    )
    even, found = tied_ends(two_arms(t, c), 0.95, (0, 1)), tied_ends(uneven, 0.95, (0, 1))
    assert even is not None
    assert found is not None
    # the only one that met it stands in the pair, where a puppet weighs 1/2, a quarter of all
    assert found[1] == pytest.approx(even[1], abs=CLOSE)
    first = Sample(uneven.values[[6, 1, 2, 3, 4, 5, 0, 7]], uneven.treated, uneven.strata)
    assert (tied_ends(first, 0.95, (0, 1)) or (0, 0))[1] == pytest.approx(found[1], abs=CLOSE)


def test_of_contrasts_against_0_only_one_side_varies() -> None:
    """An interaction: six of eight contrasts are 0, two are −1; the other side is no puppets."""
    contrasts = [0.0] * 6 + [-1.0] * 2
    made = Sample(
        np.array(contrasts + [0.0] * 8),
        np.array([True] * 8 + [False] * 8),
        np.tile(np.arange(8), 2),
        against_zero=True,
    )
    found = tied_ends(made, 0.95, (-2.0, 2.0))
    assert found is not None
    draws = np.random.default_rng(5).dirichlet(np.ones(9), size=200_000)
    weighted = draws[:, :8] @ np.array(contrasts)
    assert found == pytest.approx(
        (
            float(np.quantile(weighted - 2 * draws[:, 8], 0.025)),
            float(np.quantile(weighted + 2 * draws[:, 8], 0.975)),
        ),
        abs=0.03,
    )
    assert interval(made, seed=1, support=(-2.0, 2.0)).low >= -2


def test_few_that_met_it_do_not_bear_out_a_small_effect() -> None:
    """Three of 40 puppets met the label: the inverted test alone would exclude 5 points."""
    values = np.zeros(40)
    values[[0, 4, 21]] = 0.03
    made = Sample(values, np.arange(40) < 20, np.tile(np.repeat(np.arange(5), 4), 2))
    plain, found = inverted(made, seed=1), interval(made, seed=1)
    assert plain.within(0.05)
    assert found.tied
    assert not found.within(0.05)
    assert found.within(0.5)


def test_what_the_test_says_of_0_stays() -> None:
    """Zeros and few others, p around 0.05: 0 is outside if and only if p ≤ 0.05."""
    generator = np.random.default_rng(6)
    outside = close = 0
    sizes = blocks_of(7, 7, 4).used
    treated = np.concatenate([np.repeat([True, False], each) for each in sizes])
    strata = np.repeat(np.arange(len(sizes)), [t + c for t, c in sizes])
    for run in range(150):
        met = generator.random(14) < np.where(treated, 0.8, 0.15)
        made = Sample(np.where(met, generator.random(14), 0.0), treated ^ bool(run % 2), strata)
        found, p = interval(made, seed=1), randomisation_test(made, seed=1).p
        assert (p <= 0.05) == (0 not in found)
        outside += p <= 0.05
        close += 0 < min(abs(found.low), abs(found.high)) < 1e-9
    assert 20 < outside < 140
    assert close  # 0 alone was excluded, by the test


def test_a_sample_of_exchanges_says_no_less_than_the_values_allow() -> None:
    """20 twins of which five met it, all treated: 2 (15/70) (1/2)^3 = 0.054 of all exchanges are as
    extreme. Of those drawn with this seed fewer than 0.05 are; p stays, and 0 inside."""
    values = np.zeros(40)
    values[[0, 1, 8, 16, 24]] = 0.3
    treated = np.tile(np.repeat([True, False], 4), 5)
    made = Sample(values, treated, np.repeat(np.arange(5), 8))
    drawn = shifts(values[None], treated, made.sizes, alpha=0.05, seed=126).p[0]
    assert drawn <= 0.05
    test = randomisation_test(made, seed=126)
    assert not test.exact
    assert test.p == test.attainable_p == pytest.approx(2 * 15 / 70 / 8)
    assert 0 in interval(made, seed=126)
    assert 0 in inverted(made, seed=126)
    turned = Sample(values, ~treated, made.strata)
    assert 0 in inverted(turned, seed=126)
