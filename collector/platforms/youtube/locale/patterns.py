"""Locale data's number patterns ("hace {0} años", "2 Stunden") as regular expressions.

A pattern whose number is in the word itself (Arabic and Hebrew duals, "one" forms) carries its
count. Longest first, so that "minutos" is never read as "min".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from collector.platforms.youtube.locale.text import bounded, clean, flexible

_WORD_COUNTS = {"zero": 0, "one": 1, "two": 2}


@dataclass(frozen=True, slots=True)
class Quantity:
    """``count`` units of ``unit`` found at ``start``–``end`` of the text that was searched."""

    count: int
    unit: str
    start: int
    end: int


class QuantityFinder:
    """Finds quantities of several units in one pass over a text."""

    def __init__(self, entries: Iterable[tuple[str, str, str]]) -> None:
        """``entries``: (unit, plural category, pattern with ``{0}`` or a word that counts)."""
        seen: dict[str, tuple[str, int | None]] = {}
        for unit, plural, pattern in entries:
            pattern = clean(pattern)
            if pattern and pattern != "{0}":
                counted = None if "{0}" in pattern else _WORD_COUNTS.get(plural)
                if "{0}" in pattern or counted is not None:
                    seen.setdefault(pattern, (unit, counted))
        self._kinds: list[tuple[str, int | None]] = []
        alternatives = []
        for pattern in sorted(seen, key=lambda p: (-len(p), p)):
            name = f"k{len(self._kinds)}"
            self._kinds.append(seen[pattern])
            alternatives.append(f"(?P<{name}>{_expression(pattern)})")
        self._regex = re.compile("|".join(alternatives), re.IGNORECASE) if alternatives else None

    def find(self, text: str) -> list[Quantity]:
        """All quantities of a cleaned text, from left to right, not overlapping."""
        if self._regex is None:
            return []
        out = []
        for match in self._regex.finditer(text):
            unit, counted = self._kinds[int((match.lastgroup or "k0")[1:])]
            if counted is None:
                number = re.search(r"\d+", match[0])
                if number is None:
                    continue
                counted = int(number[0])
            out.append(Quantity(counted, unit, match.start(), match.end()))
        return out


def _expression(pattern: str) -> str:
    if "{0}" not in pattern:
        return bounded(flexible(pattern), pattern)
    before, _, after = pattern.partition("{0}")
    left = bounded(flexible(before.strip()), before.strip()) if before.strip() else r"(?<![\d.,:])"
    right = bounded(flexible(after.strip()), after.strip()) if after.strip() else r"(?![\d:])"
    right = right.replace(r"(?:(?<!\w)|(?<=\bو))", "", 1)
    if before.strip():
        left = left.removesuffix(r"(?!\w)")
    return rf"{left} ?\d{{1,6}} ?{right}"
