"""Lengths in words: "1 hour, 2 minutes", "22 minutes et 19 secondes", "9 小時 14 分鐘"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from collector.platforms.locale.ages import unit_seconds
from collector.platforms.locale.patterns import QuantityFinder
from collector.platforms.locale.tags import locale_of
from collector.platforms.locale.text import clean

_UNITS = ("day", "hour", "minute", "second")


@lru_cache(maxsize=128)
def _finder(tag: str) -> QuantityFinder:
    locale = locale_of(tag)
    entries: list[tuple[str, str, str]] = []
    if locale is not None:
        for style in ("long", "short"):
            for unit in _UNITS:
                patterns = locale._data["unit_patterns"].get(f"duration-{unit}", {}).get(style, {})
                entries += [(unit, k, str(v)) for k, v in patterns.items() if k != "per"]
    return QuantityFinder(entries)


def parse_duration(text: str, languages: Sequence[str]) -> int | None:
    """Seconds of a length in words, in the first language that sees one, or ``None``."""
    text = clean(text)
    for tag in languages:
        found = _finder(tag).find(text)
        if found:
            return sum(unit_seconds(q.unit, q.count) for q in found)
    return None
