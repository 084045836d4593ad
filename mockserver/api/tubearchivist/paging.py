"""The arithmetic of pages, as the original server does it.

The last page is named only on pages before it, is never among the next pages, and page 1 is never
among the previous ones; clients depend on all three.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from mockserver.api.tubearchivist.profile import V05, Profile

#: No list reaches further; what is beyond is counted as this many.
MOST_HITS = 10_000
_NUMBER = re.compile(r"\+?\d{1,9}\Z", re.ASCII)


class BadPage(Exception):
    """The page is not a number that a page can have; the message says so."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which page of a list is asked for. ``params`` is what ``paginate`` repeats of the rest of
    the query."""

    number: int
    """As asked for; 0 when not asked for."""
    size: int
    params: str

    @property
    def start(self) -> int:
        """Give the place of the first hit of the page, from 0."""
        return max(self.number - 1, 0) * self.size

    def of(self, hits: Sequence[Any]) -> Sequence[Any]:
        """Cut the page out of all hits; nothing after the last hit that is ever served."""
        return hits[self.start : min(self.start + self.size, MOST_HITS)]

    def as_json(self, profile: Profile, total: int) -> dict[str, Any]:
        """The ``paginate`` object for ``total`` hits."""
        total = min(total, MOST_HITS)
        full = total >= MOST_HITS
        pages = math.ceil(total / self.size) - full
        last: int | bool = 0 if profile is V05 else False
        if self.number < pages and pages > 1:
            last = pages
        before: list[int] | bool | None = None if profile is V05 else False
        if self.number > 1:
            before = list(range(max(self.number - 5, 2), self.number))
        return {
            "page_size": self.size,
            "page_from": self.start,
            "prev_pages": before,
            "current_page": self.number,
            "max_hits": full,
            "params": self.params,
            "last_page": last,
            "next_pages": [
                number for number in range(self.number + 1, self.number + 6) if 1 < number < pages
            ],
            "total_hits": total,
        }


def asked(arguments: MultiDict[str, str], size: int) -> Page:
    """The page that a query string asks for. Raises :class:`BadPage`."""
    given = arguments.get("page")
    number = 0
    if given is not None:
        if not _NUMBER.match(given):
            raise BadPage("page is not a whole number of at least 0")
        number = int(given)
    others = [(key, value) for key, value in arguments.items(multi=True) if key != "page"]
    return Page(number, size, urlencode(others, errors="replace"))


def beyond(page: Page) -> bool:
    """Whether the page lies outside the window that is ever served."""
    return page.start + page.size > MOST_HITS
