"""``$amount-$skip`` and its limits; anything malformed is the default."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PAGING = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?\Z", re.ASCII)

#: No answer holds more observations than this.
MOST = 1000
MOST_CSV = 2800


@dataclass(frozen=True, slots=True)
class Paging:
    """Which rows of a list are wanted: at most ``amount``, after ``skip``."""

    amount: int
    skip: int = 0

    def as_json(self) -> dict[str, int]:
        """Give what an answer repeats of it: ``amount`` and ``skip``."""
        return {"amount": self.amount, "skip": self.skip}


def parse_paging(given: str | None, default: int, most: int = MOST) -> Paging:
    """``10-5`` is ten entries after the five most recent; ``20`` alone skips none.

    >>> parse_paging("10-5", 40)
    Paging(amount=10, skip=5)
    >>> parse_paging("0-0", 40), parse_paging("abc-5", 40), parse_paging("99999-0", 40)
    (Paging(amount=40, skip=0), Paging(amount=40, skip=0), Paging(amount=1000, skip=0))
    """
    match = _PAGING.match(given or "")
    if not match or int(match[1]) == 0:
        return Paging(default)
    return Paging(min(int(match[1]), most), int(match[2] or 0))


def number(given: str | None, default: int, most: int) -> int:
    """A count of a query string, between 0 and ``most``; malformed is the default."""
    if given and given.isascii() and given.isdigit() and len(given) <= 9:
        return min(int(given), most)
    return default
