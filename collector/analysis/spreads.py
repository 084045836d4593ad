"""How far could the means of two arms differ where the arms spread differently?

The inverted test supposes that a treatment shifts every puppet by the same. One that moves some
puppets more than others spreads the treated arm, and a spread that one arm alone has is known from
that arm's puppets alone: the limits are those of Welch (1947), with Satterthwaite's (1946) degrees
of freedom. Means are taken within strata and joined by the estimate's weights; the spread of an arm
is pooled over its strata.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from collector.analysis.exchanges import Floats


def unequal_ends(
    values: Floats, treated: NDArray[np.bool_], strata: NDArray[np.intp], level: float
) -> tuple[Floats, Floats]:
    """The least and the greatest difference of means, arm minus control, each of shape (runs,).

    NaN where an arm has no stratum with two of its puppets: nothing tells its spread.

    :param values: shape (runs, puppets); every stratum holds both arms.
    :param treated: shape (puppets,).
    :param strata: shape (puppets,).
    :param level: of the interval, such as 0.95.

    >>> arms = np.array([[0.1, 0.2, 0.3, 0.4, 0.0, 0.9, 0.2, 0.8]])
    >>> labels = np.array([False] * 4 + [True] * 4)
    >>> low, high = unequal_ends(arms, labels, np.zeros(8, dtype=np.intp), 0.95)
    >>> f"{low[0]:+.2f} to {high[0]:+.2f}"
    '-0.45 to +0.90'
    """
    spread, counted, freedom = np.zeros((2, len(values))), np.zeros(2), np.zeros(2)
    gaps, joined = np.zeros(len(values)), 0.0
    for stratum in np.unique(strata):
        here = strata == stratum
        sizes = [int((here & (treated == side)).sum()) for side in (False, True)]
        weight = sizes[0] * sizes[1] / sum(sizes)
        joined += weight
        for side, size in enumerate(sizes):
            own = values[:, here & (treated == bool(side))]
            gaps += (1 if side else -1) * weight * own.mean(axis=1)
            spread[side] += ((own - own.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
            counted[side] += weight**2 / size
            freedom[side] += size - 1
    if not freedom.all():
        return np.full(len(values), np.nan), np.full(len(values), np.nan)
    parts = spread / freedom[:, None] * counted[:, None] / joined**2
    variance = parts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        degrees = variance**2 / (parts**2 / freedom[:, None]).sum(axis=0)
    reach = np.where(variance > 0, student(1 - (1 - level) / 2, degrees) * np.sqrt(variance), 0.0)
    return gaps / joined - reach, gaps / joined + reach


def student(quantile: float, freedom: Floats) -> Floats:
    """Quantile of Student's t with 2 degrees of freedom or more, which need not be whole: the
    expansion around the normal one to its fourth term (Abramowitz and Stegun 1964, 26.7.5).

    >>> student(0.975, np.array([6.0])).round(2)
    array([2.45])
    """
    z = NormalDist().inv_cdf(quantile)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    found = np.full(np.shape(freedom), z)
    for power, term in enumerate(terms, 1):
        found = found + term / freedom**power
    return np.asarray(found)
