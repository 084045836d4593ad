"""The short texts under a card's title: views, age, audience, told apart by what they say.

Structure first: the row is known, its parts are two or three; then the language decides which part
is an age and which a count. A part that is neither ("Members only") is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from collector.platforms.locale import find_age, parse_count
from collector.platforms.locale.patterns import Quantity
from collector.platforms.locale.text import clean
from collector.platforms.youtube.locale.views import find_views, has_nouns

_DIGIT = re.compile(r"\d")


@dataclass(slots=True)
class Facts:
    """What a metadata row says. ``exact`` is false where the count was rounded."""

    views: int | None = None
    exact: bool = False
    watching: int | None = None
    age: Quantity | None = None
    other: tuple[str, ...] = ()


def read_parts(parts: Iterable[tuple[str, str]], languages: Sequence[str]) -> Facts:
    """Facts of a row. ``parts`` are (visible text, accessible text or empty)."""
    facts = Facts()
    other: list[str] = []
    for visible, accessible in parts:
        if not visible and not accessible:
            continue
        shown, said = clean(visible), clean(accessible)
        age = find_age(shown, languages)
        if age is None and said:
            age = find_age(said, languages)
        if age is not None:
            facts.age = facts.age or age
            continue
        if not _read_count(facts, shown, said, languages):
            other.append(visible or accessible)
    facts.other = tuple(other)
    return facts


def _read_count(facts: Facts, shown: str, said: str, languages: Sequence[str]) -> bool:
    """Takes a count of views or viewers from the exacter of two cleaned texts; false if there is
    none."""
    found = [count for text in (said, shown) if text and (count := find_views(text, languages))]
    if found:
        best = next((c for c in found if c.exact), found[0])
        if best.live:
            facts.watching = best.value
        elif facts.views is None:
            facts.views, facts.exact = best.value, best.exact
        return True
    if facts.views is not None or has_nouns(languages[0]):
        return False
    number = parse_count(shown, languages)
    if number is None or _DIGIT.search(shown[number.end :]):
        return False
    facts.views, facts.exact = number.value, number.exact
    return True
