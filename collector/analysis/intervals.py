"""How large is the effect at least and at most? Intervals that say exactly what the test says."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from collector.analysis.attained import attainable
from collector.analysis.exchanges import MOST_EXACT, Floats, total
from collector.analysis.samples import NothingToCompareError, Sample
from collector.analysis.shifts import shifts
from collector.analysis.spreads import unequal_ends
from collector.analysis.ties import tied_ends

SHARE = (0.0, 1.0)
"""The least and the greatest that a share can be."""
EXCLUDED = 1e-12
"""How close an end comes to a 0 that the test excludes and a wider bound would not."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Differences, arm minus control, that the data do not contradict."""

    low: float
    high: float
    level: float
    bounded: bool = True
    """The design allows a bound. Otherwise ``low`` and ``high`` are what the values allow."""
    degenerate: bool = False
    """All puppets of each stratum had one value: the ends come from ``incidence_bound``."""
    tied: bool = False
    """So many puppets had one and the same value that the ends come from ``ties``, too."""

    def __contains__(self, shift: float) -> bool:
        return self.low <= shift <= self.high

    def within(self, smallest: float) -> bool:
        """Every difference of ``smallest`` or more, in either direction, is excluded."""
        return self.bounded and -smallest < self.low and self.high < smallest


def interval(
    sample: Sample, *, level: float = 0.95, seed: int, support: tuple[float, float] = SHARE
) -> Interval:
    """Differences of means that the data do not contradict; p ≤ 1 − level if and only if 0 is
    outside.

    The test inverted (``inverted``). Its model is that a treatment shifts every puppet by the same.
    A treatment that moves some more than others spreads its arm: what ``spreads.unequal_ends``
    leaves open is inside, too. Where a quarter of the puppets or more have one and the same value,
    say none met the label, the model is wrong, and what ``ties.tied_ends`` cannot exclude is inside
    as well. Only of 0 the test alone decides, exactly: an end that would reach beyond a 0 that it
    excludes stops short of it.

    :param level: of this interval; for m outcomes together ``families.simultaneous(alpha, m)``.
    :param seed: of the sample of exchanges, the same as for the test.
    :param support: the least and the greatest value that one puppet can have; the ends are cut to
        the differences it allows.
    """
    width = support[1] - support[0]
    bounds = support if sample.against_zero else (-width, width)
    found = inverted(sample, level=level, seed=seed, bounds=bounds)
    return widened(found, sample.in_use(), support)


def widened(found: Interval, used: Sample, support: tuple[float, float]) -> Interval:
    """The test inverted, with what other spreads of the arms and many equal values leave open.

    :param found: of ``inverted``, cut to the differences that ``support`` allows.
    :param used: the puppets in use.
    """
    if not found.bounded or found.degenerate:
        return found
    width = support[1] - support[0]
    bounds = support if used.against_zero else (-width, width)
    low, high = np.array([found.low]), np.array([found.high])
    if not used.against_zero:
        spread = unequal_ends(used.values[None, :], used.treated, used.strata, found.level)
        low, high = hull((low, high), spread, bounds)
    ends = tied_ends(used, found.level, support)
    if ends is not None:
        low, high = hull((low, high), (np.array([ends[0]]), np.array([ends[1]])), bounds)
    return Interval(float(low[0]), float(high[0]), found.level, tied=ends is not None)


def hull(
    tested: tuple[Floats, Floats], others: tuple[Floats, Floats], bounds: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Least and greatest ends of two intervals, each of shape (runs,), cut to ``bounds``; but where
    the tested one excludes 0, so does the hull.

    :param others: NaN where there are none.

    >>> tested, others = np.array([[0.2], [0.6]]), np.array([[-0.1], [0.8]])
    >>> low, high = hull((tested[0], tested[1]), (others[0], others[1]), (-1, 1))
    >>> f"{low[0]:.3f} to {high[0]:.1f}"
    '0.000 to 0.8'
    """
    low, high = np.fmin(tested[0], others[0]), np.fmax(tested[1], others[1])
    low = np.where(tested[0] > 0, np.maximum(low, np.minimum(tested[0], EXCLUDED)), low)
    high = np.where(tested[1] < 0, np.minimum(high, np.maximum(tested[1], -EXCLUDED)), high)
    return np.maximum(low, bounds[0]), np.minimum(high, bounds[1])


def inverted(
    sample: Sample,
    *,
    level: float = 0.95,
    seed: int,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> Interval:
    """All shifts that the randomisation test does not reject, cut to ``bounds``.

    With one puppet of each arm a stratum these are Hartigan's (1969) limits: the r-th smallest and
    largest of the 2^k − 1 means of subsets of the strata's differences, r = ⌊(1 − level) 2^k / 2⌋.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level must lie between 0 and 1, not {level}")
    used = sample.in_use()
    if not used.comparable:
        raise NothingToCompareError("no block holds puppets of both arms")
    found = shifts(used.values[None, :], used.treated, used.sizes, alpha=1 - level, seed=seed)
    delta, up, down, tie = (
        float(part[0]) for part in (found.estimates, found.up, found.down, found.tie)
    )
    if up == float("inf"):
        return Interval(*bounds, level, bounded=False)
    low, high = delta - down, delta + up
    if abs(delta) <= up + tie and delta < 0:  # a tie with no effect is inside, as the test has it
        high = max(high, 0.0)
    if abs(delta) <= down + tie and delta > 0:
        low = min(low, 0.0)
    if high - low <= tie and abs(delta) <= tie:
        fewest = min(int(used.treated.sum()), int((~used.treated).sum()))
        most = incidence_bound(fewest, 1 - level)
        return Interval(bounds[0] * most, bounds[1] * most, level, degenerate=True)
    if total(used.sizes) > MOST_EXACT and attainable(used) > 1 - level:  # as the test has it
        low, high = min(low, 0.0), max(high, 0.0)
    return Interval(max(low, bounds[0]), min(high, bounds[1]), level)


def share_limit(met: int, n: int, alpha: float = 0.05) -> float:
    """Share of all puppets, 0–1, that could do what ``met`` of ``n`` did (Clopper–Pearson, upper).

    The p at which so few or fewer come with probability alpha / 2; ``incidence_bound`` for none.
    """
    if met >= n:
        return 1.0
    low, high = 0.0, 1.0
    while high - low > 1e-12:
        p = (low + high) / 2
        tail = sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(met + 1))
        low, high = (p, high) if tail > alpha / 2 else (low, p)
    return high


def incidence_bound(n: int, alpha: float = 0.05) -> float:
    """Share of all puppets, 0–1, that could meet what none of ``n`` met: 1 − (α/2)^(1/n).

    The upper end of the exact (Clopper–Pearson) interval at level 1 − alpha for 0 of n.
    """
    return 1.0 - float((alpha / 2) ** (1 / n)) if n else 1.0
