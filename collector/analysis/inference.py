"""Is a difference between arms larger than what identical puppets differ by?

Protects four rules: the puppet is the unit, never the video; labels are only exchanged within a
stratum, where puppets ran at the same moment; test and interval are one and the same thing; and a
p-value comes with the smallest one that the design could have given, so that "not significant" is
not mistaken for "no effect". Pure numpy: no files, no clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collector.analysis.attained import attainable
from collector.analysis.design import Blocks, least_p
from collector.analysis.exchanges import MOST_EXACT, Floats, Size, exchanges, total
from collector.analysis.families import family, holm, simultaneous
from collector.analysis.intervals import Interval, incidence_bound, interval
from collector.analysis.samples import NothingToCompareError, Sample, sizes_of
from collector.analysis.shifts import TIE, shifts

__all__ = [
    "MOST_EXACT",
    "Interval",
    "NothingToCompareError",
    "Randomisation",
    "Sample",
    "distance_test",
    "estimate",
    "family",
    "holm",
    "incidence_bound",
    "interval",
    "randomisation_test",
    "simultaneous",
]


@dataclass(frozen=True, slots=True)
class Randomisation:
    """Outcome of a randomisation test."""

    observed: float
    """The statistic: the estimate with its sign, or the excess distance."""
    p: float
    smallest_p: float
    """The smallest p that this design could give, whatever the values."""
    attainable_p: float
    """The smallest p that these pooled values could give, arms unseen; for ``family``."""
    arrangements: int
    """In how many ways the design allows the labels to be exchanged."""
    exact: bool
    """All of them were counted; otherwise a seeded sample, the observed one included."""


def estimate(sample: Sample) -> float:
    """Arm minus control: Σ w (mean treated − mean control) / Σ w over the strata in use.

    w = n_t n_c / (n_t + n_c), the weight that makes the estimate most precise if the spread is
    everywhere the same. In the unit of the values.
    """
    used = _comparable(sample)
    gaps, weights = [], []
    for stratum in np.unique(used.strata):
        here = used.strata == stratum
        treated, control = used.values[here & used.treated], used.values[here & ~used.treated]
        gaps.append(treated.mean() - control.mean())
        weights.append(len(treated) * len(control) / (len(treated) + len(control)))
    return float(np.average(gaps, weights=weights))


def randomisation_test(sample: Sample, *, seed: int) -> Randomisation:
    """How often does an exchange of labels within strata give a difference as large, either way?

    Exact for the null that no value depends on the arm (Fisher 1935). A sample of exchanges
    can by chance hold fewer of the largest differences than there are; p is never below the least
    that these values allow.
    """
    used = _comparable(sample)
    sizes = used.sizes
    allowed = attainable(used)
    found = shifts(used.values[None, :], used.treated, sizes, alpha=0.5, seed=seed)
    reference = exchanges(sizes, seed)
    return Randomisation(
        observed=float(found.estimates[0]),
        p=float(found.p[0]) if reference.exact else max(float(found.p[0]), allowed),
        smallest_p=_smallest(sizes),
        attainable_p=max(allowed, 1 / reference.count),
        arrangements=reference.total,
        exact=reference.exact,
    )


def distance_test(
    distances: Floats,
    treated: NDArray[np.bool_],
    strata: NDArray[np.intp],
    *,
    blocks: NDArray[np.intp] | None = None,
    seed: int,
    most: int = MOST_EXACT,
) -> Randomisation:
    """Do lists of different arms differ more than those of twins? One-sided: large is different.

    Statistic: mean distance between puppets of different arms minus that between twins, over pairs
    of different blocks, so that time apart is the same on both sides; pairs of one block, twins or
    not, never count.

    :param distances: shape (puppets, puppets), symmetric; NaN where two have no page in common.
    :param blocks: of the puppets, by default their strata.
    :param most: exchanges counted at most; fewer only where thousands of tests are simulated.
    :raises NothingToCompareError: no pair of twins or none of different arms, from two blocks.
    """
    both = np.intersect1d(strata[treated], strata[~treated])
    kept = np.flatnonzero(np.isin(strata, both))
    kept = kept[np.argsort(strata[kept], kind="stable")]
    observed, groups = treated[kept], strata[kept]
    where = groups if blocks is None else blocks[kept]
    table = distances[np.ix_(kept, kept)]
    usable = (where[:, None] != where[None, :]) & ~np.isnan(table)
    table = np.where(usable, table, 0.0)
    sizes = sizes_of(observed, groups)
    reference = exchanges(sizes, seed, most)
    labels = reference.with_observed(observed.astype(np.float64))
    values = _excess(labels, table, usable.astype(np.float64))
    (at,) = _excess(observed.astype(np.float64)[None, :], table, usable.astype(np.float64))
    if not math.isfinite(at):
        raise NothingToCompareError("no pair of twins, or none of different arms, in two blocks")
    tie = TIE * float(table.max())
    return Randomisation(
        observed=float(at),
        p=float(np.mean(values >= at - tie)),
        smallest_p=_smallest(sizes),
        attainable_p=float(np.mean(values >= values.max() - tie)),
        arrangements=reference.total,
        exact=reference.exact,
    )


def _excess(labels: Floats, table: Floats, usable: Floats) -> Floats:
    """Between minus within for each row of labels; −∞ where an exchange leaves one side empty."""

    def between(pairs: Floats) -> Floats:
        # Σ_{i<j} d_ij [z_i ≠ z_j] = Σ_i z_i Σ_j d_ij − z'dz
        alike = np.einsum("ij,ij->i", labels @ pairs, labels)
        return np.asarray(labels @ pairs.sum(axis=1) - alike)

    apart, counted = between(table), between(usable)
    twins, twin_pairs = table.sum() / 2 - apart, usable.sum() / 2 - counted
    full = (counted > 0.5) & (twin_pairs > 0.5)
    return np.where(
        full, apart / np.where(full, counted, 1) - twins / np.where(full, twin_pairs, 1), -np.inf
    )


def _comparable(sample: Sample) -> Sample:
    used = sample.in_use()
    if not used.comparable:
        raise NothingToCompareError("no block holds puppets of both arms")
    return used


def _smallest(sizes: tuple[Size, ...]) -> float:
    """Of the design, as far as a sample of exchanges can show it."""
    return max(least_p(Blocks(sizes)), 1 / min(MOST_EXACT, total(sizes)))
