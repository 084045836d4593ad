"""How lists are cut into pages and how often something else is mixed into them."""

from __future__ import annotations

from collections.abc import Mapping

from collector.common.errors import UserError
from collector.common.model import Surface

#: Entries of the first view and of each continuation, by surface.
PAGE_SIZES: dict[Surface, tuple[int, ...]] = {
    Surface.HOME: (24, 12, 12, 12),
    Surface.RELATED: (20, 20, 20),
    Surface.SEARCH: (20, 20, 20),
    Surface.CHANNEL: (30, 30, 30),
}

#: Named rates (0–1) of what is mixed into lists.
COMPOSITION: dict[str, float] = {
    "home_first_ad": 0.8,
    "home_later_ad": 0.5,
    "home_shorts_shelf": 0.85,
    "home_later_shorts_shelf": 0.4,
    "home_news_shelf": 0.3,
    "home_mix": 0.06,
    "home_playlist": 0.03,
    "related_ad": 0.6,
    "related_shorts_shelf": 0.4,
    "related_mix": 0.06,
    "related_playlist": 0.03,
    "search_first_ad": 0.6,
    "search_second_ad": 0.3,
    "search_shorts_shelf": 0.5,
    "search_also_watched_shelf": 0.4,
    "search_playlist": 0.06,
    "preroll": 0.35,
}

#: Section keys of shelves.
SHORTS, NEWS, ALSO_WATCHED = "shorts", "breaking-news", "people-also-watched"


def composition(overrides: Mapping[str, float]) -> dict[str, float]:
    """The rates in force.

    :raises UserError: an unknown rate, or one outside 0–1
    """
    rates = dict(COMPOSITION)
    for name, value in overrides.items():
        if name not in rates:
            raise UserError(
                f"no rate is called {name!r}",
                place="recommender",
                fix=f"use one of {', '.join(rates)}",
            )
        if not 0 <= value <= 1:
            raise UserError(
                f"{value} is not a rate",
                place=f"recommender.{name}",
                fix="give a number from 0 to 1",
            )
        rates[name] = float(value)
    return rates
