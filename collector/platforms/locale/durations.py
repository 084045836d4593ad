"""Lengths in words: "1 hour, 2 minutes", "22 minutes et 19 secondes", "9 小時 14 分鐘"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from collector.platforms.locale.patterns import Quantity, QuantityFinder
from collector.platforms.locale.tags import locale_of
from collector.platforms.locale.text import UNSPACED, clean, flexible
from collector.platforms.locale.units import UNITS, unit_seconds

_LENGTHS = ("day", "hour", "minute", "second")
#: "1時間半", "2 hours ½", "1 小时 5 分".
_NOT_READ = re.compile(r" ?[半½]| ?\d{1,2} ?[分秒]")


@lru_cache(maxsize=256)
def _finder(tag: str, units: tuple[str, ...]) -> QuantityFinder:
    locale = locale_of(tag)
    entries: list[tuple[str, str, str]] = []
    if locale is not None:
        for style in ("long", "short"):
            for unit in units:
                patterns = locale._data["unit_patterns"].get(f"duration-{unit}", {}).get(style, {})
                entries += [(unit, k, str(v)) for k, v in patterns.items() if k != "per"]
    return QuantityFinder(entries)


@lru_cache(maxsize=128)
def _and(tag: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """ "And" after something, at the end of a text; and at its beginning, before a number."""
    locale, words = locale_of(tag), set()
    joints = {} if locale is None else locale.list_patterns
    for style in ("standard", "unit"):
        joint = joints.get(style, {}).get("2", "")
        words.add(clean(joint.replace("{0}", "").replace("{1}", "")).strip(",،、 -"))
    either = "|".join(map(flexible, sorted(words - {""}))) or r"(?!)"
    return (
        re.compile(rf"(?<=\S)(?: |(?<=[{UNSPACED}]))(?:{either})[ -]{{0,2}}\Z", re.IGNORECASE),
        re.compile(rf" ?(?:{either})[ -]{{0,2}}\d", re.IGNORECASE),
    )


def goes_on(text: str, age: Quantity, tag: str) -> bool:
    """Whether an age is only a part of what is written: more stands before its number, in a larger
    unit or before an "and", or after it ("vor 1 Stunde und 5 Minuten")."""
    ending, beginning = _and(tag)
    if beginning.match(text, age.end):
        return True
    if not text[age.start].isdecimal():
        return False
    before = text[: age.start]
    if ending.search(before):
        return True
    larger = UNITS[: UNITS.index(age.unit)]
    found = _finder(tag, larger).find(before) if larger else []
    return bool(found) and not before[found[-1].end :].strip(",،、 ")


def parse_duration(text: str, languages: Sequence[str]) -> int | None:
    """Seconds of a length in words, in the first language that sees one, or ``None``: also where a
    part of it is not read ("an hour and 5 minutes")."""
    text = clean(text)
    for tag in languages:
        found = _finder(tag, _LENGTHS).find(text)
        if found:
            if _and(tag)[0].search(text[: found[0].start]):
                return None
            if _NOT_READ.match(text, found[-1].end):
                return None
            return sum(unit_seconds(q.unit, q.count) for q in found)
    return None
