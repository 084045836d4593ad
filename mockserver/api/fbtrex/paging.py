"""``$amount-$skip`` of the fbTREX API; anything malformed is the endpoint's default.

A bare ``5`` is five entries and skips none; nothing is an unlimited query.
"""

from __future__ import annotations

import re

from mockserver.api.trex.paging import Paging, parse_paging

__all__ = ["DAYS", "MOST", "MOST_TIMELINES", "Paging", "day_of", "paging"]

#: Most posts in one answer; the documentation promises that 2,000 can be had.
MOST = 2000
#: Most timelines in one answer.
MOST_TIMELINES = 200
#: Fewest and most days of the daily statistics.
DAYS = (3, 366)

_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\Z", re.ASCII)


def paging(given: str, default: int, most: int = MOST) -> Paging:
    """
    >>> paging("5", 20), paging("200-50/", 20), paging("0-0", 20)
    (Paging(amount=5, skip=0), Paging(amount=200, skip=50), Paging(amount=20, skip=0))
    """
    return parse_paging(given.rstrip("/"), default, most)


def day_of(given: str) -> str | None:
    """A calendar day (UTC) asked for in the place of a paging, or ``None``."""
    given = given.rstrip("/")
    return given if _DAY.match(given) else None
