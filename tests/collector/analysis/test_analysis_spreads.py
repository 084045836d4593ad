"""Arms that spread differently: ends against scipy's Welch test, by hand, and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from collector.analysis.exchanges import Floats
from collector.analysis.inference import Sample, estimate, interval, randomisation_test
from collector.analysis.intervals import inverted
from collector.analysis.spreads import student, unequal_ends


def blocks(*sizes: tuple[int, int]) -> tuple[Floats, Floats]:
    """Labels and strata of blocks with so many treated puppets and controls."""
    labels = [[True] * t + [False] * c for t, c in sizes]
    return (
        np.concatenate(labels),
        np.repeat(np.arange(len(sizes)), [t + c for t, c in sizes]),
    )


def by_hand(sample: Sample, level: float) -> tuple[float, float]:
    """Estimate ± t √(Σ_arm σ²_arm Σ_s w_s² / n_s), one puppet after the other."""
    both, freedom, variance = {True: 0.0, False: 0.0}, {}, {}
    weights = {}
    for stratum in set(sample.strata.tolist()):
        t = sum(1 for z, s in zip(sample.treated, sample.strata, strict=True) if s == stratum and z)
        n = sum(1 for s in sample.strata if s == stratum)
        weights[stratum] = t * (n - t) / n
    share = {stratum: weight / sum(weights.values()) for stratum, weight in weights.items()}
    for arm in (True, False):
        squares, counted, degrees = 0.0, 0.0, 0
        for stratum in share:
            own = [
                v
                for v, z, s in zip(sample.values, sample.treated, sample.strata, strict=True)
                if s == stratum and bool(z) is arm
            ]
            mean = math.fsum(own) / len(own)
            both[arm] += share[stratum] * mean
            squares += sum((v - mean) ** 2 for v in own)
            counted += share[stratum] ** 2 / len(own)
            degrees += len(own) - 1
        freedom[arm], variance[arm] = degrees, squares / degrees * counted
    total = sum(variance.values())
    nu = total**2 / sum(variance[arm] ** 2 / freedom[arm] for arm in variance)
    reach = stats.t.ppf(1 - (1 - level) / 2, nu) * math.sqrt(total)
    return both[True] - both[False] - reach, both[True] - both[False] + reach


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("level", [0.95, 0.9875])
def test_one_block_is_welchs_test(seed: int, level: float) -> None:
    """The limits of scipy's test of two samples with unequal variances."""
    random = np.random.default_rng(seed)
    t, c = random.integers(4, 12, size=2)
    values = np.concatenate([random.normal(1, 3, t), random.normal(0, 1, c)])
    treated, strata = blocks((t, c))
    low, high = unequal_ends(values[None, :], treated, strata, level)
    expected = stats.ttest_ind(values[treated], values[~treated], equal_var=False)
    limits = expected.confidence_interval(level)
    assert (low[0], high[0]) == pytest.approx((limits.low, limits.high), abs=0.01 * (high - low)[0])


@pytest.mark.parametrize(
    "sizes",
    [((4, 4), (3, 3)), ((4, 4), (1, 1)), ((2, 3), (3, 2), (4, 1)), ((1, 2), (2, 1), (3, 3))],
)
def test_blocks_are_joined_by_the_weights_of_the_estimate(
    sizes: tuple[tuple[int, int], ...],
) -> None:
    """Several runs at once, each as a computation puppet by puppet has it."""
    treated, strata = blocks(*sizes)
    random = np.random.default_rng(5)
    runs = random.normal(size=(6, len(treated))) * np.where(treated, 3, 1) + 2 * strata
    low, high = unequal_ends(runs, treated, strata, 0.95)
    for number, values in enumerate(runs):
        sample = Sample(values, treated, strata)
        expected = by_hand(sample, 0.95)
        width = expected[1] - expected[0]
        assert (low[number], high[number]) == pytest.approx(expected, abs=0.01 * width)
        middle = (low[number] + high[number]) / 2
        assert middle == pytest.approx(estimate(sample), abs=1e-9)


def test_a_quantile_errs_by_the_fifth_power_of_the_freedom() -> None:
    """Each term of the expansion is there: what is left falls as the first that is not."""
    freedom = np.array([5.0, 10.0, 30.0, 100.0])
    for quantile in (0.9, 0.975, 0.99, 0.9995):
        z = stats.norm.ppf(quantile)
        left = np.abs(student(quantile, freedom) - stats.t.ppf(quantile, freedom))
        assert (left < 0.01 * z**9 / freedom**5).all()


def test_a_quantile_is_students() -> None:
    """To one per cent from two degrees of freedom on, whole or not, at the levels of a report."""
    for level, least in ((0.95, 2.0), (0.975, 2.5), (0.9875, 3.0), (0.995, 4.0)):
        freedom = np.linspace(least, 40, 30)
        found = student(1 - (1 - level) / 2, freedom)
        assert found == pytest.approx(stats.t.ppf(1 - (1 - level) / 2, freedom), rel=0.01)


def test_blocks_of_one_leave_the_test_as_it_is() -> None:
    """No arm has two puppets of one moment: nothing tells its spread."""
    treated, strata = blocks(*[(1, 1)] * 7)
    values = np.random.default_rng(3).normal(size=14) + treated
    assert all(np.isnan(end).all() for end in unequal_ends(values[None, :], treated, strata, 0.95))
    sample = Sample(values, treated, strata)
    support = (-10.0, 10.0)
    assert interval(sample, seed=1, support=support) == inverted(sample, seed=1, bounds=(-20, 20))


def test_equal_values_of_both_arms_have_no_width() -> None:
    """The difference is known where no puppet of an arm differs from its twins."""
    treated, strata = blocks((4, 4))
    values = np.where(treated, 0.5, 0.25)[None, :]
    assert [end.tolist() for end in unequal_ends(values, treated, strata, 0.95)] == [[0.25], [0.25]]


@pytest.mark.parametrize("seed", range(40))
def test_of_zero_the_test_alone_decides(seed: int) -> None:
    """Both intervals are inside, turned arms give turned ends, and 0 is inside if p says so."""
    random = np.random.default_rng(seed)
    treated, strata = blocks((4, 4), (3, 3))
    values = random.normal(size=14) * np.where(treated, 3, 0.5) + 1.3 * treated
    sample, support = Sample(values, treated, strata), (-50.0, 50.0)
    found = interval(sample, seed=1, support=support)
    plain = inverted(sample, seed=1)
    assert found.low <= plain.low
    assert plain.high <= found.high
    assert (0 in found) == (randomisation_test(sample, seed=1).p > 0.05)
    low, high = (float(end[0]) for end in unequal_ends(values[None, :], treated, strata, 0.95))
    assert found.high == pytest.approx(max(plain.high, high)) or plain.high < 0
    assert found.low == pytest.approx(min(plain.low, low)) or plain.low > 0
    turned = interval(Sample(values, ~treated, strata), seed=1, support=support)
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=1e-9)


def test_a_treatment_that_moves_some_more_than_others_is_covered() -> None:
    """1,000 audits whose treated arm spreads five times as much: of the intervals of the test
    inverted more miss than one may, of a report's no more (within three standard errors)."""
    random = np.random.default_rng(11)
    treated, strata = blocks((5, 5))
    missed = {"inverted": 0, "report": 0}
    for _ in range(1000):
        values = random.normal(size=10) * np.where(treated, 5, 1) + 20 * treated
        sample = Sample(values, treated, strata)
        missed["inverted"] += 20 not in inverted(sample, seed=1)
        missed["report"] += 20 not in interval(sample, seed=1, support=(-100.0, 100.0))
    assert missed["inverted"] > 75
    assert missed["report"] <= 50 + 3 * math.sqrt(1000 * 0.05 * 0.95)
