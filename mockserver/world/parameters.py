"""The recommender's named parameters: defaults, weights by surface, overrides.

What each one does stands in the formula (``recommender``). A name that does not exist is refused,
so a misspelt override can never pass for an experiment.
"""

from __future__ import annotations

from collections.abc import Mapping

from collector.common.errors import UserError
from collector.common.model import Surface

#: Named parameters and their defaults; all but the last six multiply a weight of the surface.
PARAMETERS: dict[str, float] = {
    "popularity": 1.0,
    "similarity": 1.0,
    "history": 1.0,
    "recency": 1.0,
    "language": 1.0,
    "geo": 1.0,
    "subscription": 1.0,
    "bucket_effect": 1.0,
    "seen": 1.0,
    "not_interested": 1.0,
    "noise": 1.0,
    "diversity": 1.0,
    "half_life_watches": 10.0,
    "history_prior": 1.0,
    "like": 0.6,
    "search": 0.3,
    "recency_days": 45.0,
    "engaged_seconds": 180.0,
}

#: What ``params`` is multiplied with on each surface; home is the most personal, search the least.
WEIGHTS: dict[Surface, dict[str, float]] = {
    Surface.HOME: {
        "popularity": 1.0, "similarity": 0.0, "history": 3.0, "recency": 0.5, "language": 2.2,
        "geo": 0.2, "subscription": 0.6, "bucket_effect": 0.15, "seen": 1.0, "not_interested": 1.6,
        "noise": 0.40, "diversity": 0.30,
    },
    Surface.RELATED: {
        "popularity": 0.7, "similarity": 2.2, "history": 1.9, "recency": 0.3, "language": 1.8,
        "geo": 0.1, "subscription": 0.3, "bucket_effect": 0.10, "seen": 0.8, "not_interested": 1.2,
        "noise": 0.35, "diversity": 0.15,
    },
    Surface.SEARCH: {
        "popularity": 0.5, "similarity": 3.0, "history": 0.25, "recency": 0.15, "language": 0.8,
        "geo": 0.1, "subscription": 0.1, "bucket_effect": 0.02, "seen": 0.0, "not_interested": 0.5,
        "noise": 0.06, "diversity": 0.10,
    },
}  # fmt: skip

#: Overrides that make a platform without personalisation by behaviour: what a viewer did changes
#: nothing, so two arms that differ in treatment differ by noise alone.
NULL_PARAMETERS: dict[str, float] = {
    "history": 0.0,
    "subscription": 0.0,
    "seen": 0.0,
    "not_interested": 0.0,
}

BUCKETS = 4

_DIVISORS = {"half_life_watches", "recency_days", "history_prior", "engaged_seconds"}


def with_overrides(
    overrides: Mapping[str, float],
) -> tuple[dict[str, float], dict[Surface, dict[str, float]]]:
    """Parameters and weights with ``{"history": 0}`` or ``{"home.history": 3}`` put in.

    :raises UserError: an unknown name or a value that is not a finite number of at least 0
    """
    params = dict(PARAMETERS)
    weights = {surface: dict(table) for surface, table in WEIGHTS.items()}
    for name, value in overrides.items():
        surface, _, key = name.rpartition(".")
        table: dict[str, float] | None = params
        if surface:
            table = {str(known): found for known, found in weights.items()}.get(surface)
        if table is None or key not in table:
            raise UserError(
                f"the recommender has no parameter {name!r}",
                place="recommender",
                fix=f"use one of {', '.join(PARAMETERS)}, or a surface's weight: home.history",
            )
        floor = 1e-9 if key in _DIVISORS else 0.0
        if not floor <= value < 1e6:
            raise UserError(
                f"{value!r} is not a possible value",
                place=f"recommender.{name}",
                fix="give a number of at least 0 (above 0 for half lives and the prior)",
            )
        table[key] = float(value)
    return params, weights
