"""Did the platform change while the run was going on? Level and effect over the order of blocks.

Blocks run one after the other. What moves with their order, up, down or in one step, is drift: of
the control arm's level, which pairs of one block bear, or of the effect itself, which no average
over blocks describes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from collector.analysis.exchanges import Floats
from collector.analysis.samples import Sample

FALSE_ALARMS = 0.02
"""How often a run whose values do not move is said to have moved."""

DEPENDENT = 4
"""Of a likeness the level is divided by so much: places of one block are made of the same
distances, so that they move together more often than numbers of puppets do."""

FEWEST = 6
"""Values below which no order is rare enough to tell drift from chance."""

_DRAWS = 5_000
_FEW_STEPS = 2
_SLACK = 1.35
"""More than three standard errors of a p_order that is drawn: the step itself is never missed."""

_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Drift:
    """Whether values move over the order in which they were taken."""

    share: float
    """Of the values' spread that the best of a line and the single steps explains, 0–1."""
    p_order: float
    """How often another order of the same values has a share as large: exact or sampled."""
    p_noise: float
    """How often as many values of normal noise have."""
    moved: bool
    """Both are as small as the allowed false alarms, or as the order of so few values can be."""
    testable: bool = True
    """There are values enough, and times with two of them on either side."""


@dataclass(frozen=True, slots=True)
class Stability:
    level: Drift
    """Of the control puppets: the platform's level moved; pairs of one block bear it."""
    effect: Drift
    """Of the differences within blocks: what is measured moved; no average describes it."""


def level_of(questions: int, *, likeness: bool) -> float:
    """The level of one outcome's drift: together they raise a false alarm in 2 of 100 runs.

    :param questions: declared outcomes.
    """
    return FALSE_ALARMS / max(1, questions) / (DEPENDENT if likeness else 1)


def drift(
    values: Floats, order: NDArray[np.intp], *, seed: int, alpha: float = FALSE_ALARMS
) -> Drift:
    """Do values that were taken at these times move?

    The statistic is the largest share of the sum of squares that one contrast over the order
    explains: a line, or a step between two times with at least two values on either side. It is
    held against other orders of the same values, which needs no assumption but cannot be rare
    where values are few (a step that sets m of n apart has one or two of C(n, m) orders, and no
    more is asked), and against normal noise, which can. Both have to agree: a few zeros and one
    large value at the end are no step.

    :param values: shape (n,); from ``FEWEST`` on something can be said.
    :param order: when each was taken; equal numbers are one moment.
    :param alpha: allowed false alarms; for several outcomes their number divides it.
    """
    times = np.unique(order, return_inverse=True)[1]
    contrasts = _contrasts(tuple(np.sort(times).tolist()))
    if len(values) < FEWEST or not len(contrasts):
        return Drift(0.0, 1.0, 1.0, moved=False, testable=False)
    sorted_values = np.asarray(values)[np.argsort(times, kind="stable")]
    share = float(_share(sorted_values[None, :], contrasts)[0])
    generator = np.random.default_rng(seed)
    orders = sorted_values[generator.random((_DRAWS - 1, len(values))).argsort(axis=1)]
    hits = int(np.sum(_share(orders, contrasts) >= share - _TIE))
    noise = _noise(tuple(np.sort(times).tolist()))
    p_order = (1 + hits) / _DRAWS
    p_noise = (1 + int(np.sum(noise >= share - _TIE))) / (1 + len(noise))
    rare = max(alpha, _SLACK * _rarest(sorted_values, contrasts))
    return Drift(share, p_order, p_noise, moved=p_noise <= alpha and p_order <= rare)


def suspicious(
    values: Floats, order: NDArray[np.intp], *, alpha: float = FALSE_ALARMS
) -> NDArray[np.bool_]:
    """Which of many series could have moved at all, bool of shape (runs,): the half of ``drift``
    that is cheap. Where it is false ``drift`` never says moved.

    :param values: shape (runs, n), taken at the same times.
    """
    times = np.unique(order, return_inverse=True)[1]
    told = tuple(np.sort(times).tolist())
    contrasts = _contrasts(told)
    if values.shape[1] < FEWEST or not len(contrasts):
        return np.zeros(len(values), dtype=np.bool_)
    found = _share(values[:, np.argsort(times, kind="stable")], contrasts)
    noise = np.sort(_noise(told))
    above = len(noise) - np.searchsorted(noise, found - _TIE, side="left")
    return np.asarray((1 + above) / (1 + len(noise)) <= alpha)


def stability(sample: Sample, *, seed: int, alpha: float = FALSE_ALARMS) -> Stability:
    """Drift of level and of effect; the numbers of the strata are the order of the blocks.

    A block's effect is one difference for each pair of its puppets, treated against control in the
    order given, so that twins of one block measure the noise.
    """
    used = sample.in_use()
    pairs, when = [], []
    for block in np.unique(used.strata):
        here = used.strata == block
        treated, control = used.values[here & used.treated], used.values[here & ~used.treated]
        pairs += [float(t - c) for t, c in zip(treated, control, strict=False)]
        when += [block] * min(len(treated), len(control))
    return Stability(
        level=drift(
            sample.values[~sample.treated], sample.strata[~sample.treated], seed=seed, alpha=alpha
        ),
        effect=drift(np.array(pairs), np.array(when, dtype=np.intp), seed=seed, alpha=alpha),
    )


def _rarest(values: Floats, contrasts: Floats) -> float:
    """How rare among the orders of distinct values the rarest step is that is asked for.

    Of many blocks, one in the middle: two of C(n, n/2) orders. Of two or three, where there may be
    none in the middle, the one where the values' own is: it sets m of n apart, and so do the orders
    that put these m into the part of m places of any step.
    """
    n = len(values)
    steps = contrasts[[len(np.unique(np.round(row, 9))) == 2 for row in contrasts]]
    if not 0 < len(steps) <= _FEW_STEPS:
        return 2 / math.comb(n, n // 2)
    best = steps[int(((steps @ (values - values.mean())) ** 2).argmax())]
    part = int(np.sum(best > 0))
    sizes = [int(np.sum(step > 0)) for step in steps]
    return sum((size == part) + (n - size == part) for size in sizes) / math.comb(n, part)


@lru_cache(maxsize=64)
def _contrasts(times: tuple[int, ...]) -> Floats:
    """Centred and of length 1, shape (contrasts, n): a line and every step with two on each side.

    With fewer than three times the line is the step.
    """
    moments = np.array(times, dtype=np.float64)
    steps = [moments >= at for at in sorted(set(times))[1:]]
    found = [s.astype(np.float64) for s in steps if 2 <= s.sum() <= len(times) - 2]
    if len(set(times)) > 2:
        found.append(moments)
    rows = [row - row.mean() for row in found]
    return np.array([row / math.sqrt(float(row @ row)) for row in rows])


def _share(values: Floats, contrasts: Floats) -> Floats:
    """Largest share of the sum of squares in a contrast, shape (rows,); 0 if nothing varies."""
    centred = values - values.mean(axis=1, keepdims=True)
    spread = (centred**2).sum(axis=1)
    still = spread <= 1e-24 * np.maximum(1.0, (values**2).sum(axis=1))
    explained = ((centred @ contrasts.T) ** 2).max(axis=1)
    return np.where(still, 0.0, explained / np.where(still, 1.0, spread))


@lru_cache(maxsize=64)
def _noise(times: tuple[int, ...]) -> Floats:
    """The statistic of 5,000 sets of normal noise at these times."""
    generator = np.random.default_rng(len(times))
    return _share(generator.normal(size=(_DRAWS, len(times))), _contrasts(times))
