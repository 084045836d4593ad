"""Ages: "il y a 2 ans", "3 小時前", "قبل ساعتين", in seconds.

Months and years are turned into seconds as the reference collector does (a month is 146097/4800
days, rounded over the whole count), so that its numbers and ours can be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from collector.platforms.locale.patterns import Quantity, QuantityFinder
from collector.platforms.locale.spellings import AGES
from collector.platforms.locale.tags import locale_of
from collector.platforms.locale.text import clean

_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_DAYS_A_MONTH = 146097 / 4800


def unit_seconds(unit: str, count: int) -> int:
    """Seconds of ``count`` units; 1 month 2592000, 12 months 31536000."""
    if unit in ("month", "year"):
        months = count * (12 if unit == "year" else 1)
        return int(months * _DAYS_A_MONTH + 0.5) * 86400
    return _SECONDS[unit] * count


@lru_cache(maxsize=128)
def _finder(tag: str) -> QuantityFinder:
    locale = locale_of(tag)
    entries: list[tuple[str, str, str]] = []
    if locale is not None:
        fields = locale._data["date_fields"]
        for style in ("", "-short", "-narrow"):
            for unit in _UNITS:
                past = fields.get(unit + style, {}).get("past", {})
                entries += [(unit, plural, str(pattern)) for plural, pattern in past.items()]
    entries += [(unit, "other", pattern) for unit, pattern in AGES.get(tag.split("-")[0], ())]
    return QuantityFinder(entries)


def find_age(text: str, languages: Sequence[str]) -> Quantity | None:
    """The last age written in a cleaned text, in the first language that sees one."""
    return _last_age(text, tuple(languages))


@lru_cache(maxsize=8192)
def _last_age(text: str, languages: tuple[str, ...]) -> Quantity | None:
    """The same few ages stand on every page."""
    for tag in languages:
        found = _finder(tag).find(text)
        if found:
            return found[-1]
    return None


def parse_age(text: str, languages: Sequence[str]) -> int | None:
    """Seconds of the age written in a text ("Streamed 2 weeks ago"), or ``None``."""
    found = find_age(clean(text), languages)
    return None if found is None else unit_seconds(found.unit, found.count)
