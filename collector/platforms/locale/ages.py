"""Ages: "il y a 2 ans", "3 小時前", "قبل ساعتين", in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from collector.platforms.locale.durations import goes_on
from collector.platforms.locale.patterns import ALONE, Quantity, QuantityFinder
from collector.platforms.locale.spellings import AGES
from collector.platforms.locale.tags import locale_of
from collector.platforms.locale.text import clean
from collector.platforms.locale.units import UNITS, unit_seconds


@lru_cache(maxsize=128)
def _finder(tag: str) -> QuantityFinder:
    locale = locale_of(tag)
    entries: list[tuple[str, str, str]] = []
    if locale is not None:
        fields = locale._data["date_fields"]
        for style in ("", "-short", "-narrow"):
            for unit in UNITS:
                past = fields.get(unit + style, {}).get("past", {})
                entries += [(unit, plural, str(pattern)) for plural, pattern in past.items()]
    for unit, pattern, *plural in AGES.get(tag.split("-")[0], ()):
        counted = "other" if "{0}" in pattern else ALONE
        entries.append((unit, plural[0] if plural else counted, pattern))
    return QuantityFinder(entries)


def find_age(text: str, languages: Sequence[str]) -> Quantity | None:
    """The last age written in a cleaned text, in the first language that sees one; ``None`` of one
    in several units ("1 hour and 5 minutes ago")."""
    return _last_age(text, tuple(languages))


@lru_cache(maxsize=8192)
def _last_age(text: str, languages: tuple[str, ...]) -> Quantity | None:
    """The same few ages stand on every page."""
    for tag in languages:
        found = _finder(tag).find(text)
        if found:
            return None if goes_on(text, found[-1], tag) else found[-1]
    return None


def parse_age(text: str, languages: Sequence[str]) -> int | None:
    """Seconds of the age written in a text ("Streamed 2 weeks ago"), or ``None``."""
    found = find_age(clean(text), languages)
    return None if found is None else unit_seconds(found.unit, found.count)
