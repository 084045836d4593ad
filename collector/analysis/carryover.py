"""How long does a search colour the next one? Half-life and safe gap from spaced searches.

What is remembered of a search is taken to halve after each half-life h, and of n searches to be n
times that of one. How much of it a list shows is the platform's own affair: a little may shift the
list by less or by more than in proportion, a lot changes it altogether and then no further. So the
curve of the share over the gap is no exponential, and one curve alone cannot say what is forgetting
and what is the list. Two can: the curve after n searches is that after one, moved by h · log2(n).
Both are fitted at once, with a response that is a power of small doses and saturates at large
ones, over what a list shows without any::

    share = base + most · (1 + 2^(s (k − x)))^(−p/s),    x = log2(n) − gap / h

by least squares in h, base, most, k, s and p, the controls being a cell whose dose is 0. Two of
these are not to be taken for known: the power p, as a ranker with noise answers to small doses by
more than in proportion, and a p of 1 then gives too short a half-life; and the base, as few
controls that saw less than usual by chance would lift every cell.

The *safe gap* is where the curve after one search falls to what two controls differ by. Hannak et
al. (2013) found that 10 minutes are enough on one platform, and so many audits wait 11.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collector.analysis.exchanges import Floats

LEAST_CELLS = 6
"""With the controls one more than the numbers that are fitted."""
_STARTS = 24
"""Half-lives that the fit may begin from, each with these places of the response."""
_MIDDLES = (-1.0, -2.0, -3.0, -4.0, -5.0)
_TRIED = 4
"""Of these the nearest are fitted."""
_SMALL, _LEAST = 2.5, 8.0
"""Of the floor: excesses from a share of it up to so many times are small."""
_SHARPEST, _STEEPEST = 4.0, 3.0
"""Logarithms of the greatest sharpness and power."""
_ROUNDS = 60
_STEP = 1e-5
_STILL = 1e-10
_EASIEST, _HARDEST = 1e-7, 1e8
"""Damping of a step."""


@dataclass(frozen=True, slots=True)
class CarryOver:
    """A fitted decay."""

    start: float
    """Excess over ``base`` right after one search, in the unit of the values."""
    base: float
    """What is shown when the earlier searches are forgotten."""
    half_life_s: float
    safe_gap_s: float
    """From this gap on the excess is below ``floor``; 0 if it never was above it."""
    floor: float
    explained: float
    """Share of the sum of squares between cells, the controls among them, 0–1. Below
    ``spaced.EXPLAINED`` there is no decay to speak of."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Groups of puppets that searched so often so long before. Arrays of shape (cells,)."""

    gaps_s: Floats
    """Seconds between the earlier searches and the one that is looked at."""
    searches: Floats
    """How many earlier ones there were at that moment. A puppet's other searches lie so far back
    that they are forgotten: all puppets search the same, and only when they do differs."""
    puppets: Floats
    controls: int
    """Puppets all of whose earlier searches are forgotten."""

    def __post_init__(self) -> None:
        if (self.gaps_s < 0).any() or (self.searches <= 0).any():
            raise ValueError("a gap must be at least 0, and a number of searches above 0")

    @property
    def enough(self) -> bool:
        """Three gaps, two numbers of searches and six cells at least."""
        many = len(np.unique(self.gaps_s)) >= 3 and len(np.unique(self.searches)) >= 2
        return many and len(self.gaps_s) >= LEAST_CELLS


def carry_overs(
    cells: Cells, means: Floats, controls: Floats, floors: Floats
) -> list[CarryOver | None]:
    """Half-life and safe gap of many samples of one design; ``None`` for all of them where the
    cells are not ``enough``, and for one in which nothing is shown more after the search.

    :param means: share of what was searched for before in the lists of a cell, shape
        (samples, cells).
    :param controls: the same of the controls, shape (samples,).
    :param floors: the excess that no longer matters, shape (samples,): what two controls differ
        by, or the smallest effect of interest.
    :raises ValueError: a floor is not above 0.

    With shares that follow the curve for h = 180 s, ``half_life_s`` is 180.
    """
    if not (floors > 0).all():
        raise ValueError("a floor must be above 0")
    if not cells.enough:
        return [None] * len(means)
    fit = _Fit(cells)
    seen = np.column_stack([means, controls])
    told, least = fit.nearest(seen)
    shape, most, base = fit.curve(told, seen)
    average = seen @ fit.weight / fit.weight.sum()
    whole = (seen - average[:, None]) ** 2 @ fit.weight
    found: list[CarryOver | None] = []
    for row, (log_h, *_) in enumerate(told):
        if most[row] <= 0:
            found.append(None)
            continue
        half_life_s, floor = float(np.exp(log_h)), float(floors[row])
        start = float(most[row] * fit.response(np.zeros(1), told[row])[0])
        safe = 0.0
        if start > floor:
            excess, curve = means[row] - base[row], most[row] * shape[row, :-1]
            safe = half_life_s * fit.dose_at(floor, told[row], float(most[row]), excess, curve)
        explained = 1 - float(least[row] / whole[row]) if whole[row] > 0 else 0.0
        found.append(CarryOver(start, float(base[row]), half_life_s, safe, floor, explained))
    return found


class _Fit:
    """Least squares for all samples side by side. What is looked for of each, ``told``, is the
    logarithm of the half-life, k, the logarithms of sharpness and power, shape (…, 4); base and
    most follow from them, as the curve is linear in both."""

    def __init__(self, cells: Cells) -> None:
        self.doses, self.gaps = np.log2(cells.searches), cells.gaps_s
        self.weight = np.append(cells.puppets, float(cells.controls))
        low = max(float(self.gaps[self.gaps > 0].min()) / 4, 1e-3)
        self.starts = np.array(
            [
                (np.log(half_life), middle, 0.5, 0.0)
                for half_life in np.geomspace(low, float(self.gaps.max()), _STARTS)
                for middle in _MIDDLES
            ]
        )

    @staticmethod
    def response(x: Floats, told: Floats) -> Floats:
        """Share of ``most`` at log2 of the dose ``x``, shape (…, cells)."""
        sharp = np.exp(np.clip(told[..., 2:3], -_SHARPEST, _SHARPEST))
        power = np.exp(np.clip(told[..., 3:4], -_STEEPEST, _STEEPEST))
        far = np.clip(sharp * (told[..., 1:2] - x) * np.log(2), -700, 700)
        found: Floats = np.exp(-power / sharp * np.logaddexp(0.0, far))
        return found

    def _shape(self, told: Floats) -> Floats:
        """The response of all cells and, 0, of the controls: shape (…, cells + 1)."""
        x = self.doses - self.gaps / np.exp(np.clip(told[..., :1], -20, 20))
        found = self.response(x, told)
        return np.concatenate([found, np.zeros((*found.shape[:-1], 1))], axis=-1)

    def _linear(self, shape: Floats, seen: Floats) -> tuple[Floats, Floats, Floats]:
        """Most and base that are best for a shape, and what is then left of each cell, weighted."""
        weight = self.weight / self.weight.sum()
        level, average = (
            np.asarray((each * weight).sum(axis=-1))[..., None] for each in (shape, seen)
        )
        rises, differs = shape - level, seen - average
        square = np.asarray((weight * rises**2).sum(axis=-1))
        most = (weight * rises * differs).sum(axis=-1) / np.maximum(square, 1e-300)
        left = np.sqrt(self.weight) * (most[..., None] * rises - differs)
        return most, average[..., 0] - most * level[..., 0], left

    def curve(self, told: Floats, seen: Floats) -> tuple[Floats, Floats, Floats]:
        """(response, most, base) of each sample."""
        shape = self._shape(told)
        most, base, _ = self._linear(shape, seen)
        return shape, most, base

    def nearest(self, seen: Floats) -> tuple[Floats, Floats]:
        """Of the fits from the nearest starts the best of each sample: ``told``, and the sum of
        squares that it leaves, shape (samples,)."""
        samples = len(seen)
        *_, left = self._linear(self._shape(self.starts)[None], seen[:, None])
        near = np.argsort((left**2).sum(axis=-1), axis=1)[:, :_TRIED]
        all_seen = np.repeat(seen, _TRIED, axis=0)

        def left_of(told: Floats, which: NDArray[np.intp]) -> Floats:
            return self._linear(self._shape(told), all_seen[which])[2]

        told, least = _descended(left_of, self.starts[near].reshape(samples * _TRIED, -1))
        best = np.arange(samples) * _TRIED + least.reshape(samples, _TRIED).argmin(axis=1)
        return told[best], least[best]

    def dose_at(
        self, floor: float, told: Floats, most: float, excess: Floats, curve: Floats
    ) -> float:
        """By how many halvings the dose of one search has to fall for an excess of ``floor``.

        Excesses as small as that are in proportion to what is remembered: read off there, the
        response of long lists does not bear on it. Without such cells, off the curve.
        """
        x = self.doses - self.gaps / np.exp(told[0])
        small = (curve <= _SMALL * floor) & (curve >= floor / _LEAST)
        if small.sum() >= 2:
            weight, dose = self.weight[:-1][small], 2 ** x[small]
            rate = float((weight * excess[small] * dose).sum() / (weight * dose**2).sum())
            return max(0.0, float(np.log2(max(rate, floor) / floor)))
        sharp = float(np.exp(np.clip(told[2], -_SHARPEST, _SHARPEST)))
        power = float(np.exp(np.clip(told[3], -_STEEPEST, _STEEPEST)))
        # (1 + 2^(s (k − x)))^(p/s) = most / floor, without a number that is too large to hold
        full = sharp / power * float(np.log2(most / floor))
        over = full if full > 50 else float(np.log2(max(2**full - 1, 1e-9)))
        return max(0.0, over / sharp - float(told[1]))


def _descended(
    left: Callable[[Floats, NDArray[np.intp]], Floats], told: Floats
) -> tuple[Floats, Floats]:
    """Least squares from many starts side by side (Marquardt 1963): the numbers found, and the sum
    of squares left. A start that moves no more is at rest.

    :param left: of (numbers, which starts they are of) what is left, shape (starts, cells).
    """
    every = np.arange(len(told))
    rest = left(told, every)
    least, damping = (rest**2).sum(axis=1), np.full(len(told), 1e-2)
    size = told.shape[1]
    steps, diagonal = _STEP * np.eye(size), np.arange(size)
    for _ in range(_ROUNDS):
        if not len(every):
            break
        now, here = told[every], rest[every]
        slopes = np.stack([(left(now + e, every) - here) / _STEP for e in steps], axis=2)
        normal = slopes.transpose(0, 2, 1) @ slopes
        normal[:, diagonal, diagonal] *= 1 + damping[every, None]
        normal[:, diagonal, diagonal] += damping[every, None] * 1e-9 + 1e-15
        towards = slopes.transpose(0, 2, 1) @ here[:, :, None]
        tried = now - np.clip(np.linalg.solve(normal, towards)[:, :, 0], -1, 1)
        after = left(tried, every)
        squares = (after**2).sum(axis=1)
        better = squares < least[every]
        still = better & (least[every] - squares < _STILL * least[every])
        moved = every[better]
        told[moved], rest[moved], least[moved] = tried[better], after[better], squares[better]
        damping[every] = np.where(
            better, np.maximum(damping[every] / 5, _EASIEST), damping[every] * 5
        )
        every = every[~still & (damping[every] <= _HARDEST)]
    return told, least
