"""Dates of publication: "Aug 15, 2021", "15 déc. 2021", "24.03.2022", "2022年3月24日".

Month names come from the locale data. A relative age is not a date: ``ages`` reads those.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from collector.platforms.locale.tags import locale_of
from collector.platforms.locale.text import clean

_CJK = re.compile(r"(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]")
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.] ?(\d{1,2})[-/.] ?(\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[./-] ?(\d{1,2})[./-] ?(\d{4})(?!\d)")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_DAY = re.compile(r"(?<!\d)(\d{1,2})(?!\d)")


@lru_cache(maxsize=128)
def _months(tag: str) -> tuple[re.Pattern[str], dict[str, int]] | None:
    locale = locale_of(tag)
    if locale is None:
        return None
    names: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                bare = clean(str(name)).rstrip(".").casefold()
                if bare and not bare.isdigit():
                    names.setdefault(bare, int(number))
    for name, number in list(names.items()):
        if len(name) > 4:
            names.setdefault(name[:4], number)
            names.setdefault(name[:3], number)
    if not names:
        return None
    words = "|".join(re.escape(n) for n in sorted(names, key=lambda n: (-len(n), n)))
    return re.compile(rf"(?<!\w)ב?({words})\.?(?!\w)"), names


@lru_cache(maxsize=128)
def _day_first(tag: str) -> bool:
    locale = locale_of(tag)
    if locale is None:
        return True
    pattern = locale.date_formats["short"].pattern
    return pattern.find("d") < pattern.find("M")


def parse_date(text: str, languages: Sequence[str]) -> date | None:
    """The calendar date written in a text, or ``None``."""
    text = clean(text).casefold()
    found = _CJK.search(text) or _ISO.search(text)
    if found is not None:
        return _date(found[1], found[2], found[3])
    for tag in languages:
        months = _months(tag)
        named = _named(text, months) if months is not None else None
        if named is not None:
            return named
        numeric = _NUMERIC.search(text)
        if numeric is not None:
            first, second = numeric[1], numeric[2]
            day, month = (first, second) if _day_first(tag) else (second, first)
            if "." in numeric[0]:
                day, month = first, second
            elif int(month) > 12:
                day, month = month, day
            return _date(numeric[3], month, day)
    return None


def _named(text: str, months: tuple[re.Pattern[str], dict[str, int]]) -> date | None:
    regex, names = months
    year = _YEAR.search(text)
    if year is None:
        return None
    for month in regex.finditer(text):
        rest = f"{text[: month.start()]} {text[month.end() :]}".replace(year[0], " ", 1)
        day = _DAY.search(rest)
        if day is not None:
            return _date(year[0], str(names[month[1]]), day[0])
    return None


def _date(year: str, month: str, day: str) -> date | None:
    number = int(year)
    if number > 2400:  # Buddhist era
        number -= 543
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None
