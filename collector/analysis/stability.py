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

FALSE_ALARMS = 0.01
"""How often a run of normal values that do not move is said to have moved; of lists of which seven
in ten have none of a label it is up to twice as often (``tests/bench/gates.py``)."""

DEPENDENT = 4
"""Of a likeness the level is divided by so much: places of one block are made of the same
distances, so that they move together more often than numbers of puppets do."""

FEWEST = 6
"""Values below which no order is rare enough to tell drift from chance."""

_POOLED = 0.75
"""Share of the allowed false alarms that is spent where sums of pairs measure the noise, too."""

_DRAWS = 20_000
_NOISE_DRAWS = 20_000
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
    """How often as many values of normal noise have; with sums, of normal values of puppets."""
    moved: bool
    """Both are as small as the allowed false alarms, or as the order of so few values can be."""
    testable: bool = True
    """There are values enough, and times with two of them on either side."""


@dataclass(frozen=True, slots=True)
class Stability:
    """What moved while the run went on."""

    level: Drift
    """Of the control puppets: the platform's level moved; pairs of one block bear it."""
    effect: Drift
    """Of the differences within blocks: what is measured moved; no average describes it."""


def level_of(questions: int, *, likeness: bool) -> float:
    """The level of one outcome's drift: together they raise a false alarm in 1 of 100 runs.

    :param questions: declared outcomes.
    """
    return FALSE_ALARMS / max(1, questions) / (DEPENDENT if likeness else 1)


def drift(
    values: Floats,
    order: NDArray[np.intp],
    *,
    sums: Floats | None = None,
    seed: int,
    alpha: float = FALSE_ALARMS,
) -> Drift:
    """Do values that were taken at these times move?

    The statistic is the largest share of the sum of squares that one contrast over the order
    explains: a line, or a step between two times with at least two values on either side. It is
    held against other orders of the same values, which needs no assumption but cannot be rare
    where values are few (a step that sets m of n apart has one or two of C(n, m) orders, and no
    more is asked), and against normal noise, which can. Both have to agree: a few zeros and one
    large value at the end are not a step.

    Six differences of pairs say little of their own noise. The sums of the same pairs vary as much
    as the differences do, or more where blocks differ, and are independent of them; so with them
    the share is also taken of both sums of squares (of the sums' without the contrast that explains
    them best: a level may move). Where blocks differ much it is the differences' own share that
    speaks: the false alarms are divided between the two, p_noise is of both together, and the other
    orders, of the pairs then, are held against the rarer of the two.

    :param values: shape (n,); from ``FEWEST`` on something can be said.
    :param order: when each was taken; equal numbers are one moment.
    :param sums: of the pairs whose differences the values are, shape (n,).
    :param alpha: allowed false alarms; for several outcomes their number divides it.
    """
    times = np.unique(order, return_inverse=True)[1]
    told = tuple(np.sort(times).tolist())
    contrasts = _contrasts(told)
    if len(values) < FEWEST or not len(contrasts):
        return Drift(0.0, 1.0, 1.0, moved=False, testable=False)
    sort = np.argsort(times, kind="stable")
    own = np.asarray(values)[sort]
    other = None if sums is None else np.asarray(sums)[sort]
    share = float(_share(own[None, :], contrasts)[0])
    noise = _noise(told)
    found = noise.statistics(own[None, :], None if other is None else other[None, :], contrasts)
    p_noise = float(found.p[0])
    ways = np.random.default_rng(seed).random((_DRAWS - 1, len(own))).argsort(axis=1)
    if other is not None and found.pooled_is_rarer[0]:
        orders = _pooled(own[ways], other[ways], contrasts)
        hits = int(np.sum(orders >= _pooled(own[None, :], other[None, :], contrasts)[0] - _TIE))
    else:
        hits = int(np.sum(_share(own[ways], contrasts) >= share - _TIE))
    p_order = (1 + hits) / _DRAWS
    rare = max(alpha, _SLACK * _rarest(own, contrasts))
    return Drift(share, p_order, p_noise, moved=p_noise <= alpha and p_order <= rare)


def suspicious(
    values: Floats,
    order: NDArray[np.intp],
    *,
    sums: Floats | None = None,
    alpha: float = FALSE_ALARMS,
) -> NDArray[np.bool_]:
    """Which of many series could have moved at all, bool of shape (runs,): the half of ``drift``
    that is cheap. Where it is false ``drift`` never says moved.

    :param values: shape (runs, n), taken at the same times; and so the sums.
    """
    times = np.unique(order, return_inverse=True)[1]
    told = tuple(np.sort(times).tolist())
    contrasts = _contrasts(told)
    if values.shape[1] < FEWEST or not len(contrasts):
        return np.zeros(len(values), dtype=np.bool_)
    sort = np.argsort(times, kind="stable")
    found = _noise(told).statistics(
        values[:, sort], None if sums is None else sums[:, sort], contrasts
    )
    return np.asarray(found.p <= alpha)


def stability(sample: Sample, *, seed: int, alpha: float = FALSE_ALARMS) -> Stability:
    """Drift of level and of effect; the numbers of the strata are the order of the blocks.

    A block's effect is one difference for each pair of its puppets, treated against control in the
    order given, so that twins of one block measure the noise; so do the sums of the same pairs.
    """
    used = sample.in_use()
    pairs, sums, when = [], [], []
    for block in np.unique(used.strata):
        here = used.strata == block
        treated, control = used.values[here & used.treated], used.values[here & ~used.treated]
        pairs += [float(t - c) for t, c in zip(treated, control, strict=False)]
        sums += [float(t + c) for t, c in zip(treated, control, strict=False)]
        when += [block] * min(len(treated), len(control))
    return Stability(
        level=drift(
            sample.values[~sample.treated], sample.strata[~sample.treated], seed=seed, alpha=alpha
        ),
        effect=drift(
            np.array(pairs),
            np.array(when, dtype=np.intp),
            sums=np.array(sums),
            seed=seed,
            alpha=alpha,
        ),
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


def _pooled(values: Floats, sums: Floats, contrasts: Floats) -> Floats:
    """Largest share of a contrast in what of both sums of squares no contrast of the sums explains,
    shape (rows,)."""
    parts = []
    for each in (values, sums):
        centred = each - each.mean(axis=1, keepdims=True)
        parts.append(((centred**2).sum(axis=1), ((centred @ contrasts.T) ** 2).max(axis=1)))
    (spread, explained), (level, of_level) = parts
    whole = spread + np.maximum(level - of_level, 0.0)
    still = spread <= 1e-24 * np.maximum(1.0, (values**2).sum(axis=1))
    return np.where(still, 0.0, explained / np.where(still, 1.0, whole))


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Of many series, shape (rows,)."""

    p: Floats
    """How often noise has as much."""
    pooled_is_rarer: NDArray[np.bool_]
    """Than the differences' own share, each over its part of the false alarms."""


@dataclass(frozen=True, slots=True, eq=False)
class _Noise:
    """The statistics of so many sets of normal noise, each sorted."""

    own: Floats
    pooled: Floats
    least: Floats
    """The smaller of both p, each over its part of the false alarms."""

    def statistics(self, values: Floats, sums: Floats | None, contrasts: Floats) -> _Found:
        """What is found, held against the noise."""
        own = _above(self.own, _share(values, contrasts))
        if sums is None:
            return _Found(own, np.zeros(len(own), dtype=np.bool_))
        own = own / (1 - _POOLED)
        pooled = _above(self.pooled, _pooled(values, sums, contrasts)) / _POOLED
        least = np.minimum(own, pooled)
        below = np.searchsorted(self.least, least * (1 + _TIE), side="right")
        return _Found((1 + below) / (1 + len(self.least)), pooled <= own)


def _above(noise: Floats, found: Floats) -> Floats:
    """Share of the noise that reaches what was found, the found one counted."""
    reached = len(noise) - np.searchsorted(noise, found - _TIE, side="left")
    return np.asarray((1 + reached) / (1 + len(noise)))


@lru_cache(maxsize=64)
def _noise(times: tuple[int, ...]) -> _Noise:
    """Of 20,000 sets of puppets with normal noise at these times."""
    generator = np.random.default_rng(len(times))
    contrasts = _contrasts(times)
    values, sums = (generator.normal(size=(_NOISE_DRAWS, len(times))) for _ in range(2))
    own, pooled = _share(values, contrasts), _pooled(values, sums, contrasts)
    one, other = np.sort(own), np.sort(pooled)
    least = np.minimum(_above(one, own) / (1 - _POOLED), _above(other, pooled) / _POOLED)
    return _Noise(one, other, np.sort(least))
