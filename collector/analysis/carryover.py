"""How long does a search colour the next one? Half-life and safe gap from spaced searches.

Carry-over that is forgotten at a constant rate leaves an excess of a · 2^(−gap / h) in the results
of the next search: h is its half-life. From excesses at several gaps (overlap with what the search
before asked for, less that of controls who searched for nothing before) a and h are fitted by least
squares; the *safe gap* is where the curve falls below what two controls differ by. Hannak et al.
(2013) found that 10 minutes are enough on one platform, and so many audits wait 11.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from collector.analysis.exchanges import Floats

_GRID = 400
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class CarryOver:
    """A fitted decay."""

    start: float
    """Excess right after the search, in the unit of the values."""
    half_life_s: float
    safe_gap_s: float
    """From this gap on the excess is below ``floor``; 0 if it never was above it."""
    floor: float
    explained: float
    """Share of the sum of squares, 0–1. Below one half there is no decay to speak of."""


def carry_over(gaps_s: Floats, excess: Floats, *, floor: float) -> CarryOver | None:
    """Half-life and safe gap; ``None`` with fewer than three different gaps, or no excess at all.

    :param gaps_s: seconds between two searches of a puppet, shape (pairs,).
    :param excess: what the earlier one added to the later one's results, shape (pairs,).
    :param floor: the excess that no longer matters, such as the smallest effect of interest.
    :raises ValueError: ``floor`` is not above 0, or a gap is negative.
    """
    if floor <= 0 or (gaps_s < 0).any():
        raise ValueError("a floor is above 0, and a gap not below")
    if len(np.unique(gaps_s)) < 3:
        return None
    longest = float(gaps_s.max())
    shortest = float(gaps_s[gaps_s > 0].min())
    low, high = math.log(shortest / 20), math.log(longest * 20)
    best = (math.inf, 0.0, 0.0)
    for _ in range(_ROUNDS):
        grid = np.exp(np.linspace(low, high, _GRID))
        shape = np.exp2(-gaps_s[None, :] / grid[:, None])
        start = (shape @ excess) / (shape**2).sum(axis=1)
        left = ((excess[None, :] - start[:, None] * shape) ** 2).sum(axis=1)
        at = int(left.argmin())
        if left[at] <= best[0]:
            best = (float(left[at]), float(start[at]), float(grid[at]))
        step = (high - low) / (_GRID - 1)
        low, high = math.log(grid[at]) - 2 * step, math.log(grid[at]) + 2 * step
    left_over, start_of, half_life = best
    whole = float(excess @ excess)
    if start_of <= 0 or whole == 0:
        return None
    safe = half_life * math.log2(start_of / floor) if start_of > floor else 0.0
    return CarryOver(start_of, half_life, safe, floor, 1 - left_over / whole)
