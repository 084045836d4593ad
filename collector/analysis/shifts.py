"""How far can an effect be shifted before the test notices? The one computation behind p and
interval, for one data set or for thousands at once.

With c the values minus their stratum's mean, z the labels and W = Σ n_t n_c / (n_t + n_c), the
weighted difference of an exchange Z is a = Z·c / W. If δ is taken from every treated puppet it is
a − δ b, b = Z·(z − n_t/N) / W, and b = 1 for the labels that were observed. The test of δ counts
the exchanges with |a − δ b| ≥ |Δ − δ|. For one exchange these δ are an interval around the estimate
Δ, with ends that have a closed form: with e = a − Δ b it reaches up to Δ + e/(1 + b) and down to
Δ − e/(1 − b) if e ≥ 0, and with the divisors changed over and −e if e < 0. The observed labels, and
their mirror if there is one (b = ±1), reach everywhere. So p(δ) is the share of exchanges that
reach δ: it falls on both sides of Δ, and its steps are known exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collector.analysis.exchanges import Floats, Size, exchanges

TIE = 1e-12
"""Differences below this times the largest value are ties: the order of summation alone."""

_SAME = 1e-9
_CELLS = 4_000_000
"""Numbers of one matrix held in memory at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Shifts:
    """Of ``runs`` data sets of one design."""

    estimates: Floats
    """Shape (runs,)."""
    p: Floats
    """Two-sided p of no effect, shape (runs,)."""
    up: Floats
    """How far above the estimate p stays over alpha, shape (runs,); infinite: for ever."""
    down: Floats
    """The same below it."""
    tie: Floats
    """Shape (runs,): distances below this are ties."""


def shifts(
    values: Floats,
    treated: NDArray[np.bool_],
    sizes: tuple[Size, ...],
    *,
    alpha: float,
    seed: int,
    most: int | None = None,
) -> Shifts:
    """p-values and reach of the intervals at level 1 − alpha.

    :param values: shape (runs, puppets), puppets ordered by stratum, every stratum with both arms.
    :param treated: shape (puppets,), the labels that were observed.
    :param sizes: (treated, control) puppets of each stratum.
    :param most: exchanges counted at most, by default ``exchanges.MOST_EXACT``.
    """
    reference = exchanges(sizes, seed, most) if most else exchanges(sizes, seed)
    observed = treated.astype(np.float64)
    labels = reference.with_observed(observed)
    per = np.array([t + c for t, c in sizes])
    share = np.repeat([t / (t + c) for t, c in sizes], per)
    weight = sum(t * c / (t + c) for t, c in sizes)
    starts = np.concatenate([[0], np.cumsum(per)[:-1]])
    b = labels @ (observed - share) / weight
    everywhere = 1 - np.abs(b) < _SAME
    over, under = np.where(everywhere, 1.0, 1 + b), np.where(everywhere, 1.0, 1 - b)
    rank = math.floor(alpha * len(labels) + 1e-9)  # so many reach further than the interval's end
    parts: list[tuple[Floats, Floats, Floats, Floats, Floats]] = []
    for rows in np.array_split(values, math.ceil(values.shape[0] * len(labels) / _CELLS)):
        means = np.add.reduceat(rows, starts, axis=1) / per
        centred = rows - np.repeat(means, per, axis=1)
        tie = TIE * np.abs(rows).max(axis=1, initial=0)
        delta = centred @ observed / weight
        delta[np.abs(delta) <= tie] = 0.0
        e = centred @ labels.T / weight - delta[:, None] * b
        rises = e >= 0
        size = np.abs(e)
        up = np.where(everywhere, np.inf, size / np.where(rises, over, under))
        down = np.where(everywhere, np.inf, size / np.where(rises, under, over))
        to_zero = np.where((delta < 0)[:, None], up, down)
        p = np.mean(to_zero >= (np.abs(delta) - tie)[:, None], axis=1)
        parts.append((delta, p, _largest(up, rank), _largest(down, rank), tie))
    return Shifts(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _largest(reach: Floats, rank: int) -> Floats:
    """The value in each row that ``rank`` others exceed or equal."""
    place = reach.shape[1] - 1 - rank
    found: Floats = np.partition(reach, place, axis=1)[:, place]
    return found
