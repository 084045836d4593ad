"""The permutation test by a loop, for callers that do not use ``inference.Sample`` yet.

Protects three rules: the puppet is the unit, never the video; arm labels are only exchanged within
a block, where puppets ran at the same moment; and a p-value comes with the smallest one that the
design could have given, so that "not significant" is not mistaken for "no effect".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collector.analysis.intervals import Interval

MOST_EXACT = 20_000
"""Up to so many arrangements all are counted; beyond, as many are drawn."""

_TIE = 1e-12
"""Statistics nearer than this are equal: they differ by the order of summation alone."""

Labels = NDArray[np.intp]
Statistic = Callable[[Labels], float]


@dataclass(frozen=True, slots=True)
class Unit:
    """One puppet in a comparison."""

    puppet: str
    arm: str
    block: int


@dataclass(frozen=True, slots=True)
class Permutation:
    """Outcome of a permutation test."""

    observed: float
    p: float
    smallest_p: float
    """The smallest p that these puppets could have given."""
    arrangements: int
    """How many assignments of labels the design allows."""
    exact: bool
    """All arrangements were counted; otherwise a seeded sample of them."""


def arrangements(units: Sequence[Unit]) -> int:
    """In how many ways the labels can be exchanged within the blocks."""
    total = 1
    for members in _blocks(units).values():
        total *= math.factorial(len(members))
        for arm in {units[i].arm for i in members}:
            total //= math.factorial(sum(units[i].arm == arm for i in members))
    return total


def permutation_test(
    units: Sequence[Unit], arms: Sequence[str], statistic: Statistic, *, seed: int
) -> Permutation:
    """How often an exchange of labels gives a statistic as large as the observed one.

    :param arms: the arms of the units; a unit's label is the number of its arm in this list.
    :param statistic: of the labels, shape (units,); large means different. It must not be NaN.
    :param seed: of the sample, when there are too many arrangements to count.
    """
    labels = np.array([arms.index(unit.arm) for unit in units], dtype=np.intp)
    observed = statistic(labels)
    total = arrangements(units)
    exact = total <= MOST_EXACT
    if exact:
        values = np.array([statistic(each) for each in _all(units, labels)])
    else:
        draws = _drawn(units, labels, MOST_EXACT - 1, seed)
        values = np.array([observed, *(statistic(each) for each in draws)])
    return Permutation(
        observed=observed,
        p=float(np.mean(values >= observed - _TIE)),
        smallest_p=float(np.mean(values >= values.max() - _TIE)) if exact else 1 / len(values),
        arrangements=total,
        exact=exact,
    )


def difference(values: Sequence[float]) -> Statistic:
    """Mean of the puppets with label 1 minus that of those with label 0. ``values``: one a unit."""
    array = np.asarray(values, dtype=float)

    def statistic(labels: Labels) -> float:
        return float(array[labels == 1].mean() - array[labels == 0].mean())

    return statistic


def two_sided(statistic: Statistic) -> Statistic:
    """The size of a statistic: an effect in either direction is one."""
    return lambda labels: abs(statistic(labels))


def excess_distance(distances: NDArray[np.float64], units: Sequence[Unit]) -> Statistic:
    """Mean distance between puppets of different arms minus that between twins.

    Only pairs from different blocks count: twins never share a block, so that time apart is the
    same on both sides.

    :param distances: shape (units, units), symmetric; NaN where two puppets have no page in common.
    """
    blocks = np.array([unit.block for unit in units])
    usable = np.triu(blocks[:, None] != blocks[None, :], 1) & ~np.isnan(distances)

    def statistic(labels: Labels) -> float:
        same = labels[:, None] == labels[None, :]
        between, within = distances[usable & ~same], distances[usable & same]
        if not len(between) or not len(within):
            return -math.inf  # this exchange leaves nothing to compare
        return float(between.mean() - within.mean())

    return statistic


def comparable(distances: NDArray[np.float64], units: Sequence[Unit]) -> bool:
    """There is at least one pair of twins and one of different arms, from different blocks."""
    arms = sorted({unit.arm for unit in units})
    labels = np.array([arms.index(unit.arm) for unit in units], dtype=np.intp)
    return len(arms) > 1 and math.isfinite(excess_distance(distances, units)(labels))


def bootstrap_difference(
    treated: Sequence[float],
    control: Sequence[float],
    *,
    seed: int,
    level: float = 0.95,
    draws: int = 4000,
) -> Interval | None:
    """Percentile interval of the difference of means, whole puppets drawn anew within each arm.

    ``None`` with fewer than three puppets in an arm: there is nothing to draw from.
    """
    if min(len(treated), len(control)) < 3:
        return None
    generator = np.random.default_rng(seed)

    def means(values: Sequence[float]) -> NDArray[np.float64]:
        array = np.asarray(values, dtype=float)
        picks = generator.integers(0, len(array), size=(draws, len(array)))
        return np.asarray(array[picks].mean(axis=1))

    low, high = np.quantile(means(treated) - means(control), [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), level)


def _blocks(units: Sequence[Unit]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for index, unit in enumerate(units):
        found.setdefault(unit.block, []).append(index)
    return found


def _all(units: Sequence[Unit], labels: Labels) -> Iterator[Labels]:
    """Every distinct assignment of the labels within the blocks."""
    blocks = list(_blocks(units).values())
    choices = [list(_distinct(sorted(labels[members].tolist()))) for members in blocks]
    for choice in itertools.product(*choices):
        arranged = labels.copy()
        for members, assigned in zip(blocks, choice, strict=True):
            arranged[members] = assigned
        yield arranged


def _distinct(labels: list[int]) -> Iterator[tuple[int, ...]]:
    """Every order of the labels, each once."""
    if not labels:
        yield ()
    for label in sorted(set(labels)):
        rest = labels.copy()
        rest.remove(label)
        for tail in _distinct(rest):
            yield (label, *tail)


def _drawn(units: Sequence[Unit], labels: Labels, count: int, seed: int) -> Iterator[Labels]:
    generator = np.random.default_rng(seed)
    blocks = [np.array(members) for members in _blocks(units).values()]
    for _ in range(count):
        arranged = labels.copy()
        for members in blocks:
            arranged[members] = generator.permutation(labels[members])
        yield arranged
