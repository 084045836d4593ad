"""Do twins differ for good? Test groups of the platform show as twins that stay apart.

Noise differs from page to page; membership in a random test group (A/B bucket) stays with a puppet.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

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


def label_shares(pages: Sequence[Sequence[Sequence[str | None]]]) -> Floats:
    """Of every page the share of its items that each label has, shape (puppets, pages, labels).

    A test group has a taste in all labels at once: several times what one label shows of it.

    :param pages: puppet → page → the label of each item, ``None`` without one; as many pages of
        each puppet. A page without an item is NaN.

    ``label_shares([[["news", "music"]], [["news", "news"]]])`` is ``[[[.5, .5]], [[1, 0]]]``.
    """
    names = list(dict.fromkeys(label for puppet in pages for page in puppet for label in page))
    column = {name: number for number, name in enumerate(names)}
    found = np.full((len(pages), len(pages[0]) if len(pages) else 0, len(names)), np.nan)
    for row, puppet in enumerate(pages):
        for at, page in enumerate(puppet):
            if page:
                counts = np.bincount([column[label] for label in page], minlength=len(names))
                found[row, at] = counts / len(page)
    return found


def twin_excess(pages: Floats, arms: Sequence[str], *, seed: int) -> TwinExcess | None:
    """The intraclass correlation ICC(1) of puppets over pages (Shrout and Fleiss 1979).

    Each value is taken as the distance from its arm's mean on that page. With MSB and MSW the mean
    squares between and within puppets, and n pages, ICC = (MSB − MSW) / (MSB + (n − 1) MSW). Of
    several values a page both mean squares are summed over the values.

    :param pages: shape (puppets, pages) or (puppets, pages, values), the outcome on each page after
        the treatment; NaN where there is no data. Puppets that lack a page are left out.
    :return: ``None`` without two pages, or without two complete twins in some arm.
    """
    if pages.ndim < 2:
        return None
    if pages.ndim == 2:
        pages = pages[:, :, None]
    complete = ~np.isnan(pages).any(axis=(1, 2))
    table = pages[complete]
    names = np.array(arms)[complete]
    groups = [rows for arm in dict.fromkeys(names) if len(rows := np.flatnonzero(names == arm)) > 1]
    n = pages.shape[1]
    if n < 2 or not groups:
        return None
    centred = np.vstack([table[rows] - table[rows].mean(axis=0) for rows in groups])
    # n² times the mean square between puppets, up to a factor: Σ over puppets of the product of
    # every two of its pages. Dealing pages out anew changes nothing else.
    products = np.einsum("isv,jtv->stij", centred, centred)
    dealt = _dealt(tuple(len(rows) for rows in groups), n, seed)
    own = np.arange(len(centred))
    pairs = list(itertools.combinations(range(n), 2))
    observed = sum(float(products[s, t][own, own].sum()) for s, t in pairs)
    found = sum(products[s, t][dealt[s], dealt[t]].sum(axis=1) for s, t in pairs)
    whole = float((centred**2).sum())
    if whole <= 1e-24:
        return TwinExcess(0.0, 1.0)
    between = (whole + 2 * observed) / n
    within = (whole - between) / (n - 1)
    tie = 1e-9 * whole
    return TwinExcess(
        (between - within) / (between + (n - 1) * within),
        (1 + int(np.sum(found >= observed - tie))) / _DRAWS,
    )


@lru_cache(maxsize=16)
def _dealt(sizes: tuple[int, ...], pages: int, seed: int) -> NDArray[np.intp]:
    """Whose page each puppet gets, dealt out among the twins of its arm, page by page: shape
    (pages, draws, puppets). The degrees of freedom, puppets minus arms, cancel in an ICC."""
    generator = np.random.default_rng(seed)
    found, before = [], 0
    for size in sizes:
        ranks = generator.random((_DRAWS - 1, size, pages)).argsort(axis=1)
        found.append(before + ranks.transpose(2, 0, 1))
        before += size
    return np.concatenate(found, axis=2)


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
