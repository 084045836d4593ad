"""Times as a feed writes them: "3 hrs", "Yesterday at 18:20", "12 March at 14:05", "3 小時".

A time without a year is the last such day before the moment of looking. What is written in whole
units is known no better than that unit; the reader of a post says so in its ``extra``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from collector.platforms.facebook.words.moments import NOW, UNITS, YESTERDAY
from collector.platforms.locale import parse_date
from collector.platforms.locale.tags import locale_of
from collector.platforms.locale.text import clean

_SECONDS = {
    "second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "year": 31536000,
}  # fmt: skip
_CLOCK = re.compile(
    r"(?<!\d)(\d{1,2}) ?[:.h時] ?(\d{2})(?!\d)分? ?"
    r"(a\.? ?m\.?|p\.? ?m\.?|ص|م|上午|下午|午前|午後|오전|오후)?",
    re.IGNORECASE,
)
_BEFORE_CLOCK = re.compile(r"(上午|下午|午前|午後|오전|오후)\s*(?=\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_MONTH_DAY = re.compile(r"(?<!\d)(\d{1,2})月 ?(\d{1,2})日")
_AFTERNOON = ("p", "م", "下午", "午後", "오후")
_MOST = 10_000


def parse_time(text: str, when: datetime, languages: Sequence[str]) -> datetime | None:
    """The moment written in a feed at ``when`` (aware), in its time zone; ``None`` if none is."""
    text = clean(text)
    if not text or len(text) > 120:
        return None
    folded = text.casefold()
    if folded in NOW:
        return when
    ago = _ago(text, languages)
    if ago is not None:
        return when - ago
    clock = _clock(text)
    rest = _CLOCK.sub(" ", _BEFORE_CLOCK.sub(" ", text)) if clock else text
    for word in YESTERDAY:
        joined = word[0] >= "\u3000" or not folded[len(word) : len(word) + 1].isalpha()
        if folded.startswith(word) and joined:
            return _at(when - timedelta(days=1), clock)
    weekday = _weekday(rest, languages) if clock else None
    if weekday is not None:
        return _at(when - timedelta(days=(when.weekday() - weekday) % 7 or 7), clock)
    return _dated(rest, clock, when, languages)


def _weekday(text: str, languages: Sequence[str]) -> int | None:
    """The day (0: Monday) that a text names beside a clock and nothing else but a short word."""
    for tag in languages:
        found = _weekdays(tag)[0].match(text)
        if found is not None:
            return _weekdays(tag)[1][found["d"].casefold()]
    return None


@lru_cache(maxsize=64)
def _weekdays(tag: str) -> tuple[re.Pattern[str], dict[str, int]]:
    locale = locale_of(tag)
    words: dict[str, int] = {}
    for context in ("format", "stand-alone") if locale is not None else ():
        for width in ("wide", "abbreviated"):
            names = locale.days[context][width]  # type: ignore[union-attr]
            words |= {clean(str(name)).casefold(): day for day, name in names.items()}
    known = "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))
    return re.compile(
        rf"(?P<d>{known or '(?!)'}),?(?: (?:[^\W\d]{{1,6}} ?){{0,2}})?\s*\Z", re.I
    ), words


def _ago(text: str, languages: Sequence[str]) -> timedelta | None:
    for tag in (*languages, ""):
        found = _units(tag)[0].match(text)
        if found is None:
            continue
        unit = _units(tag)[1][found["a"].casefold()]
        count = int(found["n"])
        return timedelta(seconds=_SECONDS[unit] * count) if count <= _MOST else None
    return None


@lru_cache(maxsize=64)
def _units(tag: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """An expression for ``3 hrs`` and ``hace 3 h``, and the unit that each word means.

    The locale data's units go before the site's own; without a language, only the latter.
    """
    words: dict[str, str] = {}
    locale = locale_of(tag) if tag else None
    for unit in _SECONDS:
        if locale is None:
            break
        widths = locale._data["unit_patterns"].get(f"duration-{unit}", {})
        for width in ("long", "short", "narrow"):
            for pattern in widths.get(width, {}).values():
                word = clean(str(pattern).replace("{0}", "")).casefold()
                if word:
                    words.setdefault(word, unit)
    for unit, own in UNITS.items():
        for word in own:
            words.setdefault(word.casefold(), unit)
    known = "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))
    return (
        re.compile(
            rf"(?:[^\W\d]{{1,12}} ){{0,3}}(?P<n>\d{{1,5}}) ?(?P<a>{known})\.?"
            r"(?: ago|前| önce| fa)?\Z",
            re.IGNORECASE,
        ),
        words,
    )


def _clock(text: str) -> tuple[int, int] | None:
    found = _CLOCK.search(text)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2])
    before = _BEFORE_CLOCK.search(text)
    half = (found[3] or (before[1] if before else "") or "").casefold()
    if half.startswith(_AFTERNOON):
        hour = hour % 12 + 12
    elif half:
        hour %= 12
    return (hour, minute) if hour < 24 and minute < 60 else None


def _dated(
    text: str, clock: tuple[int, int] | None, when: datetime, languages: Sequence[str]
) -> datetime | None:
    tags = languages or ("en",)
    if _YEAR.search(text):
        day = parse_date(text, tags)
        return None if day is None else _at(when, clock, day.year, day.month, day.day)
    month_day = _MONTH_DAY.search(text)
    for year in (when.year, when.year - 1):
        written = (
            f"{year}年{month_day[1]}月{month_day[2]}日" if month_day else f"{text.strip()} {year}"
        )
        day = parse_date(written, tags)
        if day is None:
            return None
        found = _at(when, clock, day.year, day.month, day.day)
        if found <= when + timedelta(days=1):
            return found
    return None


def _at(day: datetime, clock: tuple[int, int] | None, *ymd: int) -> datetime:
    hour, minute = clock or (0, 0)
    if ymd:
        day = day.replace(day=1).replace(year=ymd[0], month=ymd[1], day=ymd[2])
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)
