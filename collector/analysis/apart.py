"""The distance test of many audits of one design at once.

Audits in which the same puppets have a page and the same pairs count are one group: their exchanges
and the pairs that each exchange sets in different arms are the same, so that the sums of all
exchanges in all audits are one matrix product. A group of few audits goes through
``inference.distance_test`` itself, which the tests hold the product against.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from collector.analysis.exchanges import MOST_EXACT, Floats, exchanges
from collector.analysis.inference import NothingToCompareError, distance_test
from collector.analysis.samples import sizes_of
from collector.analysis.shifts import TIE

Bools = NDArray[np.bool_]

_FEW = 4
"""Audits of a group that are cheaper one by one."""
_CELLS = 4_000_000
"""Numbers of one matrix held in memory at a time."""


def distance_tests(
    distances: Floats,
    whole: Bools,
    treated: Bools,
    strata: NDArray[np.intp],
    blocks: NDArray[np.intp],
    *,
    seed: int,
    most: int = MOST_EXACT,
) -> tuple[Floats, Floats, Floats]:
    """Observed excess, p and attainable p as ``distance_test`` has them, each of shape (audits,);
    NaN, NaN and 1 where an audit has nothing to compare.

    :param distances: shape (audits, puppets, puppets), symmetric; NaN where two have no page in
        common.
    :param whole: which puppets have a page, shape (audits, puppets).
    :param treated: shape (puppets,), as are ``strata`` and ``blocks``.
    :param most: exchanges counted at most.

    >>> near, far = np.zeros((4, 4)), np.kron(1 - np.eye(2), np.ones((2, 2)))
    >>> side, alike, each = np.array([True, True, False, False]), np.zeros(4, int), np.arange(4)
    >>> observed, p, least = distance_tests(
    ...     np.stack([near, far]), np.ones((2, 4), bool), side, alike, each, seed=1
    ... )
    >>> observed.tolist(), p.round(2).tolist()
    ([0.0, 1.0], [1.0, 0.33])
    """
    count = len(distances)
    observed, p, least = np.full(count, np.nan), np.full(count, np.nan), np.ones(count)
    for audits in _alike(distances, whole):
        here = np.flatnonzero(whole[audits[0]])
        own = distances[audits][:, here[:, None], here[None, :]]
        told = (treated[here], strata[here], blocks[here])
        if len(audits) < _FEW:
            for audit, table in zip(audits, own, strict=True):
                try:
                    test = distance_test(table, *told[:2], blocks=told[2], seed=seed, most=most)
                except NothingToCompareError:
                    continue
                observed[audit], p[audit], least[audit] = test.observed, test.p, test.attainable_p
        elif (found := _together(own, *told, seed=seed, most=most)) is not None:
            observed[audits], p[audits], least[audits] = found
    return observed, p, least


def _alike(distances: Floats, whole: Bools) -> Iterator[NDArray[np.intp]]:
    """Audits in groups: the same puppets have a page and the same pairs one in common."""
    gone = np.isnan(distances).reshape(len(distances), -1)
    key = np.packbits(np.hstack([whole, gone]), axis=1)
    _, group = np.unique(key, axis=0, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(group.ravel()[order])) + 1)


def _together(
    distances: Floats, treated: Bools, strata: NDArray[np.intp], blocks: NDArray[np.intp],
    *, seed: int, most: int,
) -> tuple[Floats, Floats, Floats] | None:  # fmt: skip
    """One group; ``None``: nothing to compare."""
    kept = np.flatnonzero(np.isin(strata, np.intersect1d(strata[treated], strata[~treated])))
    kept = kept[np.argsort(strata[kept], kind="stable")]
    left, right = np.triu_indices(len(kept), 1)
    first, second = kept[left], kept[right]
    usable = (blocks[first] != blocks[second]) & ~np.isnan(distances[0, first, second])
    left, right, first, second = (each[usable] for each in (left, right, first, second))
    observed = treated[kept]
    reference = exchanges(sizes_of(observed, strata[kept]), seed, most)
    labels = reference.with_observed(observed.astype(np.float64)) > 0.5
    own = (observed[left] != observed[right]).astype(np.float64)
    if not 0 < own.sum() < len(own):
        return None
    parts = []
    for rows in np.array_split(distances, math.ceil(len(distances) * len(labels) / _CELLS)):
        table = rows[:, first, second]
        values = np.empty((len(rows), len(labels)))
        step = max(1, _CELLS // max(len(left), 1))
        for begin in range(0, len(labels), step):
            some = labels[begin : begin + step]
            differ = (some[:, left] != some[:, right]).astype(np.float64)
            values[:, begin : begin + step] = _excess(table, differ)
        at = _excess(table, own[None, :])[:, 0]
        tie = TIE * table.max(axis=1)
        p = np.mean(values >= (at - tie)[:, None], axis=1)
        most_apart = (values.max(axis=1) - tie)[:, None]
        parts.append((at, p, np.mean(values >= most_apart, axis=1)))
    at, p, least = (np.concatenate(column) for column in zip(*parts, strict=True))
    return at, p, least


def _excess(table: Floats, differ: Floats) -> Floats:
    """Between minus within, shape (audits, exchanges); −∞ where an exchange leaves one side empty.

    :param table: distances of the pairs that count, shape (audits, pairs).
    :param differ: 1 where an exchange sets a pair in different arms, shape (exchanges, pairs).
    """
    apart, counted = table @ differ.T, differ.sum(axis=1)
    twins, twin_pairs = table.sum(axis=1, keepdims=True) - apart, table.shape[1] - counted
    full = (counted > 0.5) & (twin_pairs > 0.5)
    found: Floats = np.where(
        full, apart / np.where(full, counted, 1) - twins / np.where(full, twin_pairs, 1), -np.inf
    )
    return found
