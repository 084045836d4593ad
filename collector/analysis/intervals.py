"""How large is the effect at least and at most? Intervals that say exactly what the test says."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from collector.analysis.samples import NothingToCompareError, Sample
from collector.analysis.shifts import shifts

SHARES = (-1.0, 1.0)
"""What a difference of two shares allows."""


FEW = 5
"""Puppets from which the farthest that was seen says how far others go."""


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
    sparse: tuple[float, float] | None = None
    """Where at least half of the puppets have one and the same value: what so few others bear out,
    see ``sparse_ends``. Not part of the interval; ``within`` asks it, too."""

    def __contains__(self, shift: float) -> bool:
        return self.low <= shift <= self.high

    def within(self, smallest: float) -> bool:
        """Every difference of ``smallest`` or more, in either direction, is excluded.

        If most puppets have one value, say none met the label, the inverted test excludes too much:
        its model, that a treatment shifts every puppet by the same, is then wrong. A treatment that
        makes one puppet in four meet a label would be declared absent in up to 14 of 100 runs
        (``tests/bench/coverage.py --claims``). So the sparse ends have to lie inside as well.
        """
        low, high = self.sparse or (self.low, self.high)
        return self.bounded and -smallest < min(self.low, low) and max(self.high, high) < smallest


def interval(
    sample: Sample, *, level: float = 0.95, seed: int, bounds: tuple[float, float] = SHARES
) -> Interval:
    """All shifts that the randomisation test does not reject: p ≤ 1 − level if and only if 0 is
    outside.

    With one puppet of each arm a stratum these are Hartigan's (1969) limits: the r-th smallest and
    largest of the 2^k − 1 means of subsets of the strata's differences, r = ⌊(1 − level) 2^k / 2⌋.

    :param level: of this interval; for m outcomes together ``families.simultaneous(alpha, m)``.
    :param seed: of the sample of exchanges, the same as for the test.
    :param bounds: the smallest and largest difference there can be, in the unit of the values.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
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
    return Interval(
        max(low, bounds[0]), min(high, bounds[1]), level, sparse=sparse_ends(used, level, bounds)
    )


def sparse_ends(
    sample: Sample, level: float, bounds: tuple[float, float] = SHARES
) -> tuple[float, float] | None:
    """How far the means could differ if most puppets have one value; ``None`` if they do not.

    Each arm's share of puppets with another value has an upper limit (Clopper and Pearson 1934);
    these puppets are taken to lie as far from the common value as the farthest that was seen, or,
    if fewer than ``FEW`` were seen, as far as ``bounds`` allow.
    """
    values, counts = np.unique(np.round(sample.values, 12), return_counts=True)
    common = float(values[counts.argmax()])
    if 2 * counts.max() < len(sample.values):
        return None
    above, below = float(values.max()) - common, common - float(values.min())
    if len(sample.values) - counts.max() < FEW:
        above, below = bounds[1] * (above > 0), -bounds[0] * (below > 0)
    treated, control = (
        share_limit(int((np.abs(arm - common) > 1e-12).sum()), len(arm), 1 - level)
        for arm in (sample.values[sample.treated], sample.values[~sample.treated])
    )
    return -(control * above + treated * below), treated * above + control * below


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
