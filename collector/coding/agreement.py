"""How far coders agree: per cent, Cohen's κ with its interval, Krippendorff's α, who chose what.

Computed by statsmodels (Cohen 1960; interval by the large-sample standard error of Fleiss, Cohen
and Everitt 1969) and by the package krippendorff (Krippendorff 2004). Nothing of it is computed
here. An item counts for a pair of coders if both gave it a label.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from collector.common.errors import UserError
from collector.environment import with_extra

Codings = Mapping[str, Mapping[str, str]]
"""Coder → item id → label."""

#: More labels than these make no matrix that anybody reads; scores of a scale have none.
_MOST_LABELS = 40


def agreement(codings: Codings, *, numeric: bool) -> dict[str, Any]:
    """What two or more coders agree on, as plain data.

    :param numeric: labels are numbers, and α counts their distances (level ``interval``).
    :returns: ``items`` (coded by two or more), ``alpha``, ``level``, and of each pair of coders
        ``items``, ``agree`` (share, 0–1), ``kappa``, ``kappa_interval`` (95 %), ``labels`` and
        ``confusion`` (rows: the first coder). A number that is not defined is ``None``: where all
        items have one label, chance alone agrees on everything. Empty with fewer than two coders,
        or if no two coded the same item.
    :raises UserError: the packages of the extra ``coding`` are not installed.
    """
    coders = list(codings)
    shared = [
        item
        for item in sorted(set().union(*(set(own) for own in codings.values())))
        if sum(item in own for own in codings.values()) > 1
    ]
    if len(coders) < 2 or not shared:
        return {}
    return {
        "coders": coders,
        "items": len(shared),
        "level": "interval" if numeric else "nominal",
        "alpha": _alpha(codings, shared, numeric),
        "pairs": [
            _pair(codings, first, second)
            for first, second in itertools.combinations(coders, 2)
            if any(item in codings[second] for item in codings[first])
        ],
    }


def _pair(codings: Codings, first: str, second: str) -> dict[str, Any]:
    both = sorted(codings[first].keys() & codings[second].keys())
    left, right = ([codings[coder][item] for item in both] for coder in (first, second))
    labels = sorted({*left, *right})
    table = confusion(left, right, labels)
    kappa, interval = cohen(table)
    return {
        "coders": [first, second],
        "items": len(both),
        "agree": float(np.trace(table)) / len(both),
        "kappa": kappa,
        "kappa_interval": interval,
        "labels": labels if len(labels) <= _MOST_LABELS else [],
        "confusion": table.tolist() if len(labels) <= _MOST_LABELS else [],
    }


def confusion(
    left: Sequence[str], right: Sequence[str], labels: Sequence[str]
) -> NDArray[np.int64]:
    """How often each label of one coder met each of the other, shape (labels, labels)."""
    at = {label: number for number, label in enumerate(labels)}
    table = np.zeros((len(labels), len(labels)), dtype=np.int64)
    for one, other in zip(left, right, strict=True):
        table[at[one], at[other]] += 1
    return table


def cohen(table: NDArray[np.int64]) -> tuple[float | None, tuple[float, float] | None]:
    """Cohen's κ of a square table of counts, and its 95 % interval; ``None`` where undefined."""
    if len(table) < 2:
        return None, None
    cohens_kappa = _libraries()[0]
    with np.errstate(all="ignore"):
        found = cohens_kappa(table)
    kappa, low, high = float(found.kappa), float(found.kappa_low), float(found.kappa_upp)
    if not math.isfinite(kappa):
        return None, None
    # The interval is that of a normal distribution; κ itself is never beyond 1.
    return kappa, (max(low, -1.0), min(high, 1.0)) if math.isfinite(high - low) else None


def _alpha(codings: Codings, shared: Sequence[str], numeric: bool) -> float | None:
    """Krippendorff's α over all coders; ``None`` where all items have one label."""
    said = {own[item] for own in codings.values() for item in shared if item in own}
    domain: list[Any] = sorted({float(label) for label in said}) if numeric else sorted(said)
    if len(domain) < 2:
        return None
    at = {label: number for number, label in enumerate(domain)}
    counts = np.zeros((len(shared), len(domain)), dtype=np.int64)
    for row, item in enumerate(shared):
        for own in codings.values():
            if item in own:
                counts[row, at[float(own[item]) if numeric else own[item]]] += 1
    krippendorff = _libraries()[1]
    values = np.array(domain, dtype=np.float64) if numeric else np.arange(len(domain))
    level = "interval" if numeric else "nominal"
    found = krippendorff.alpha(value_counts=counts, value_domain=values, level_of_measurement=level)
    return float(found) if math.isfinite(found) else None


def _libraries() -> tuple[Any, Any]:
    try:
        # They come with an extra, and take a second to load.
        import krippendorff
        from statsmodels.stats.inter_rater import cohens_kappa
    except ImportError as error:
        raise UserError(
            "the agreement of coders is computed by packages that are not installed",
            place="collector label import",
            fix=f"{with_extra('coding')}; the sheet of one coder needs none of them",
        ) from error
    return cohens_kappa, krippendorff
