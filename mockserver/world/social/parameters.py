"""The feed's named parameters. What each does stands in the formula (``ranking``).

Overrides are given with the prefix ``feed.``: ``--recommender feed.affinity=0``. A name that does
not exist is refused, so a misspelt override can never pass for an experiment.
"""

from __future__ import annotations

from collections.abc import Mapping

from collector.common.errors import UserError

PREFIX = "feed."

PARAMETERS: dict[str, float] = {
    # weights
    "recency": 2.0,
    "affinity": 3.0,
    "popularity": 0.6,
    "friend": 0.5,
    "repetition": 0.5,
    "diversity": 0.35,
    "noise": 0.35,
    "media_status": 0.0,
    "media_photo": 0.35,
    "media_video": 0.5,
    "media_link": 0.1,
    "media_event": -0.1,
    "media_note": -0.2,
    "media_share": -0.05,
    # shapes
    "half_life_hours": 30.0,
    "half_life_likes": 20.0,
    "prior": 2.0,
    "like": 1.0,
    "follow": 0.25,
    "hide": 1.5,
    # shares of the places of a timeline
    "ad_rate": 0.12,
    "suggested_rate": 0.08,
    "reacted_rate": 0.07,
    # how many friends a newcomer has, and in how many groups
    "friends": 8.0,
    "groups": 2.0,
}

_SHARES = frozenset({"ad_rate", "suggested_rate", "reacted_rate"})
_ABOVE_ZERO = frozenset({"half_life_hours", "half_life_likes", "prior"})

#: Overrides under which nothing that a viewer did or saw changes the order of a feed.
NULL_PARAMETERS: dict[str, float] = {
    "feed.affinity": 0.0,
    "feed.repetition": 0.0,
    "feed.hide": 0.0,
}


def divided(overrides: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """Overrides of the video site's recommender, and those of the feed without their prefix."""
    feed = {
        name.removeprefix(PREFIX): value
        for name, value in overrides.items()
        if name.startswith(PREFIX)
    }
    return {n: v for n, v in overrides.items() if not n.startswith(PREFIX)}, feed


def with_overrides(overrides: Mapping[str, float]) -> dict[str, float]:
    """The parameters in force.

    :raises UserError: an unknown name or an impossible value
    """
    params = dict(PARAMETERS)
    for name, value in overrides.items():
        if name not in params:
            raise UserError(
                f"the feed has no parameter {name!r}",
                place=f"recommender.{PREFIX}{name}",
                fix=f"use one of {', '.join(PREFIX + known for known in PARAMETERS)}",
            )
        low = 1e-9 if name in _ABOVE_ZERO else -100.0 if name.startswith("media_") else 0.0
        high = 1.0 if name in _SHARES else 1e6
        if not low <= value <= high:
            raise UserError(
                f"{value!r} is not a possible value",
                place=f"recommender.{PREFIX}{name}",
                fix=f"give a number from {low:g} to {high:g}",
            )
        params[name] = float(value)
    return params
