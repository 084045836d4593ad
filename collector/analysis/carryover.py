"""How long does a search colour the next one? Half-life and safe gap from spaced searches.

What is remembered of a search is taken to halve after each half-life h, and of n searches to be n
times that of one. How much of it a list shows is the platform's own affair: a little shifts the
list in proportion, a lot changes it altogether and then no further. So the curve of the excess over
the gap is no exponential, and one curve alone cannot say what is forgetting and what is a list that
is full. Two can: the curve after n searches is that after one, moved by h · log2(n). Both are
fitted at once, with a response that is proportional to small doses and saturates at large ones::

    excess = most · 2^x / (k^s + 2^(s x))^(1/s),    x = log2(n) − gap / h

by least squares in h, most, k and s. The *safe gap* is where the curve after one search falls below
what two controls differ by. Hannak et al. (2013) found that 10 minutes are enough on one platform,
and so many audits wait 11.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from collector.analysis.exchanges import Floats

_STARTS = 24
"""Half-lives that the fit may begin from, each with these places of the response."""
_MIDDLES = (-1.0, -2.0, -3.0, -4.0, -5.0)
_TRIED = 4
"""Of these the nearest are fitted."""
_SMALL, _LEAST = 2.5, 8.0
"""Of the floor: excesses from a share of it up to so many times are small."""
_SHARPEST = 4.0
"""Logarithm of the greatest sharpness."""
_FAR = 40.0
_ROUNDS = 40
_STEP = 1e-5
_STILL = 1e-10


@dataclass(frozen=True, slots=True)
class CarryOver:
    """A fitted decay."""

    start: float
    """Excess right after one search, in the unit of the values."""
    half_life_s: float
    safe_gap_s: float
    """From this gap on the excess is below ``floor``; 0 if it never was above it."""
    floor: float
    explained: float
    """Share of the sum of squares between gaps and doses, 0–1. Below one half there is no decay to
    speak of."""


def carry_over(
    gaps_s: Floats, searches: Floats, excess: Floats, *, floor: float
) -> CarryOver | None:
    """Half-life and safe gap; ``None`` with fewer than three gaps, only one number of searches,
    fewer than five cells, or no excess at all.

    :param gaps_s: seconds between the earlier searches and the one that is looked at, shape
        (lists,).
    :param searches: how many earlier ones there were at that moment, shape (lists,), two numbers
        at least. A puppet's other searches lie so far back that they are forgotten: all puppets
        search the same, and only when they do differs.
    :param excess: share of what was searched for before in the list, less its mean among controls,
        all of whose earlier searches are forgotten, shape (lists,).
    :param floor: the excess that no longer matters: what two controls differ by, or the smallest
        effect of interest.
    :raises ValueError: ``floor`` is not above 0, a gap is negative, or a number of searches not
        above 0.

    With excesses that follow the curve for h = 180 s, ``half_life_s`` is 180.
    """
    if floor <= 0 or (gaps_s < 0).any() or (searches <= 0).any():
        raise ValueError("floor and searches must be above 0, and a gap must be at least 0")
    cells, which = np.unique(np.stack([searches, gaps_s]), axis=1, return_inverse=True)
    doses, gaps = np.log2(cells[0]), cells[1]
    if len(np.unique(gaps)) < 3 or len(np.unique(doses)) < 2 or len(gaps) < 5:
        return None
    weight = np.bincount(which.ravel()).astype(np.float64)
    mean = np.bincount(which.ravel(), weights=excess) / weight
    if mean.max() <= 0:
        return None
    low = max(float(gaps[gaps > 0].min()) / 4, 1e-3)
    starts = [
        np.array([math.log(half_life), mean.max(), middle, 0.5])
        for half_life in np.geomspace(low, float(gaps.max()), _STARTS)
        for middle in _MIDDLES
    ]
    starts.sort(key=lambda told: float(weight @ _left(told, doses, gaps, mean) ** 2))
    fits = [_fitted(start, doses, gaps, mean, weight) for start in starts[:_TRIED]]
    least, found = min(fits, key=lambda fit: fit[0])
    half_life_s = math.exp(found[0])
    x = doses - gaps / half_life_s
    fitted = _response(x, found)
    if found[1] <= 0:
        return None
    start = float(_response(np.zeros(1), found)[0])
    safe = 0.0
    if start > floor:
        # Small excesses are in proportion to what is remembered: read off there, the response of
        # long lists does not bear on it. Without such cells, off the curve.
        small = (fitted <= _SMALL * floor) & (fitted >= floor / _LEAST)
        if small.sum() >= 2:
            rate = float((weight * mean * 2**x)[small].sum() / (weight * 4**x)[small].sum())
        else:
            rate = floor * _above(float(found[1]) / floor, found) * 2.0 ** -float(found[2])
        safe = max(0.0, half_life_s * math.log2(max(rate, floor) / floor))
    whole = float(weight @ mean**2)
    return CarryOver(start, half_life_s, safe, floor, 1 - least / whole)


def _response(x: Floats, told: Floats) -> Floats:
    """Excess at log2 of the dose ``x``; ``told``: log half-life, most, log2 k, log sharpness."""
    sharp = _sharpness(told)
    power = np.clip(-sharp * (x - told[2]) * math.log(2), -700, 700)
    found: Floats = told[1] * np.exp(-np.logaddexp(0.0, power) / sharp)
    return found


def _sharpness(told: Floats) -> float:
    return math.exp(min(float(told[3]), _SHARPEST))


def _above(times: float, told: Floats) -> float:
    """(times^s − 1)^(1/s): k over the dose at which the response is one ``times``-th of most."""
    sharp = _sharpness(told)
    if times > 1 and sharp * math.log(times) > _FAR:
        return times  # what the 1 takes away is less than a number holds
    return float(max(times**sharp - 1, 1e-9) ** (1 / sharp))


def _left(told: Floats, doses: Floats, gaps: Floats, mean: Floats) -> Floats:
    """What the curve says less what was seen."""
    x = doses - gaps / math.exp(min(max(float(told[0]), -20.0), 20.0))
    return _response(x, told) - mean


def _fitted(
    start: Floats, doses: Floats, gaps: Floats, mean: Floats, weight: Floats
) -> tuple[float, Floats]:
    """Least squares from one start (Marquardt 1963): what is left, and the four numbers."""
    root = np.sqrt(weight)

    def left(told: Floats) -> Floats:
        return root * _left(told, doses, gaps, mean)

    told, damping = start, 1e-2
    rest = left(told)
    least = float(rest @ rest)
    for _ in range(_ROUNDS):
        slopes = np.stack([(left(told + e) - rest) / _STEP for e in _STEP * np.eye(4)], axis=1)
        normal = slopes.T @ slopes
        normal[np.diag_indices(4)] += damping * (np.diag(normal) + 1e-9)
        tried = told - np.clip(np.linalg.solve(normal, slopes.T @ rest), -1, 1)
        now = left(tried)
        if not float(now @ now) < least:
            damping *= 5
            if damping > 1e8:
                break
            continue
        still = least - float(now @ now) < _STILL * least
        told, rest, least, damping = tried, now, float(now @ now), damping / 5
        if still:
            break
    return least, told
