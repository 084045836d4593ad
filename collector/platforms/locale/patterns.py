"""Locale data's number patterns ("hace {0} años", "2 Stunden") as one regular expression.

A pattern whose number is in the word itself (Arabic and Hebrew duals, "one" forms) carries its
count. Longest first, so that "minutos" is never read as "min"; patterns with the same words before
the number share one branch, so that only digits start an attempt in most languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from collector.platforms.locale.text import (
    bounded,
    bounded_left,
    bounded_right,
    clean,
    flexible,
)

#: The plural category of a pattern that is one unit without saying so ("vor einem Jahr"), and is
#: read only where no word stands right before or after it ("half a year ago").
ALONE = "alone"
_WORD_COUNTS = {"zero": 0, "one": 1, "two": 2, ALONE: 1}


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
        self._units: dict[tuple[str, str], str] = {}
        self._words: dict[str, tuple[str, int]] = {}
        suffixes: dict[str, dict[str, None]] = {}
        whole: dict[str, str] = {}
        for unit, plural, pattern in entries:
            pattern = clean(pattern)
            if "{0}" in pattern:
                before, _, after = (part.strip() for part in pattern.partition("{0}"))
                if before or after:
                    suffixes.setdefault(before, {})[after] = None
                    self._units.setdefault((_key(before), _key(after)), unit)
            elif pattern and plural in _WORD_COUNTS:
                self._words.setdefault(_key(pattern), (unit, _WORD_COUNTS[plural]))
                whole.setdefault(pattern, plural)
        branches = [
            _branch(before, tuple(after), number)
            for number, (before, after) in enumerate(
                sorted(suffixes.items(), key=lambda pair: (-len(pair[0]), pair[0]))
            )
        ]
        if whole:
            words = sorted(whole, key=lambda w: (-len(w), w))
            alternatives = (
                rf"(?<!\w )(?<!\w){flexible(w)}(?! ?\w)"
                if whole[w] == ALONE
                else bounded(flexible(w), w)
                for w in words
            )
            branches.append(f"(?P<word>{'|'.join(alternatives)})")
        self._prefixes = [_key(b) for b in sorted(suffixes, key=lambda b: (-len(b), b))]
        self._regex = re.compile("|".join(branches), re.IGNORECASE) if branches else None

    def find(self, text: str) -> list[Quantity]:
        """All quantities of a cleaned text, from left to right, not overlapping."""
        if self._regex is None:
            return []
        out: list[Quantity] = []
        for match in self._regex.finditer(text):
            groups = match.groupdict()
            word = groups.get("word")
            if word is not None:
                unit, count = self._words[_key(word)]
            else:
                number = next(i for i in range(len(self._prefixes)) if groups[f"n{i}"] is not None)
                found = self._units.get((self._prefixes[number], _key(groups[f"u{number}"] or "")))
                if found is None:
                    continue
                unit, count = found, int(groups[f"n{number}"])
            out.append(Quantity(count, unit, match.start(), match.end()))
        return out


def _key(words: str) -> str:
    """Words as they are looked up: without blanks, case folded."""
    return words.replace(" ", "").casefold()


def _branch(before: str, after: tuple[str, ...], number: int) -> str:
    left = (
        bounded_left(flexible(before), before) + " ?"
        if before
        else r"(?<![\d.,:])(?<!\d[/⁄~〜～–—-])"
    )
    units = sorted(after, key=lambda w: (-len(w), w))
    right = "|".join(bounded_right(flexible(w), w) if w else r"(?![\d:])" for w in units)
    return rf"{left}(?P<n{number}>\d{{1,6}}) ?(?P<u{number}>{right})"
