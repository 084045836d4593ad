"""Do twins differ for good? Test groups of the platform show as twins that stay apart.

Noise differs from page to page; membership in a random test group (A/B bucket) stays with a puppet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from collector.analysis.exchanges import Floats

FEWEST = 5
"""Twins an arm below which a bucket cannot be told from the treatment."""

BIMODAL = 5 / 9
"""Sarle's coefficient of a uniform distribution; above it there may be two groups."""

_DRAWS = 5_000


@dataclass(frozen=True, slots=True)
class TwinExcess:
    """How much of the spread between pages is spread between twins."""

    icc: float
    """Intraclass correlation, one-way random effects, at most 1; about 0 if twins are alike."""
    p: float
    """How often values dealt out anew among twins, page by page, give an ICC as large."""


def twin_excess(pages: Floats, arms: Sequence[str], *, seed: int) -> TwinExcess | None:
    """The intraclass correlation ICC(1) of puppets over pages (Shrout and Fleiss 1979).

    Each value is taken as the distance from its arm's mean on that page. With MSB and MSW the mean
    squares between and within puppets, and n pages, ICC = (MSB − MSW) / (MSB + (n − 1) MSW).

    :param pages: shape (puppets, pages), the outcome on each page after the treatment; NaN where
        there is no data. Puppets that lack a page are left out.
    :return: ``None`` without two pages, or without two complete twins in some arm.
    """
    complete = ~np.isnan(pages).any(axis=1)
    table = pages[complete]
    names = np.array(arms)[complete]
    groups = [rows for arm in dict.fromkeys(names) if len(rows := np.flatnonzero(names == arm)) > 1]
    if pages.shape[1] < 2 or not groups:
        return None
    centred = np.vstack([table[rows] - table[rows].mean(axis=0) for rows in groups])
    generator = np.random.default_rng(seed)
    ends = np.cumsum([len(rows) for rows in groups])[:-1]
    draws = []
    for part in np.split(centred, ends):
        ranks = generator.random((_DRAWS - 1, *part.shape)).argsort(axis=1)
        draws.append(np.take_along_axis(part[None], ranks, axis=1))
    observed = float(_icc(centred[None])[0])
    found = _icc(np.concatenate(draws, axis=1))
    return TwinExcess(observed, (1 + int(np.sum(found >= observed - 1e-9))) / _DRAWS)


def _icc(tables: Floats) -> Floats:
    """Of tables of shape (draws, puppets, pages), centred by arm and page.

    The degrees of freedom, puppets minus arms, divide both mean squares and cancel.
    """
    n = tables.shape[2]
    means = tables.mean(axis=2)
    between = n * (means**2).sum(axis=1)
    within = ((tables - means[:, :, None]) ** 2).sum(axis=(1, 2)) / (n - 1)
    whole = between + (n - 1) * within
    empty = whole <= 1e-24
    return np.where(empty, 0.0, (between - within) / np.where(empty, 1.0, whole))


def bimodality(values: Sequence[float]) -> float | None:
    """Sarle's coefficient, 0–1: (skewness² + 1) / kurtosis, corrected for few values.

    Above ``BIMODAL`` the values may be of two groups; with five twins it is a hint, not a test.
    ``None`` with fewer than ``FEWEST`` values or if all are equal.
    """
    n = len(values)
    if n < FEWEST or max(values) == min(values):
        return None
    centred = np.asarray(values, dtype=np.float64) - float(np.mean(values))
    second, third, fourth = (float(np.mean(centred**power)) for power in (2, 3, 4))
    skewness = third / second**1.5 * (n * (n - 1)) ** 0.5 / (n - 2)
    excess = fourth / second**2 - 3
    excess = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6)
    return (skewness**2 + 1) / (excess + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)))
