"""Counts, whole or abbreviated: ``1,113,926``, ``30 782``, ``1,2 Mio.``, ``12万``, ``345 Mln``.

Multipliers come from the locale data's compact formats, short and long. A text that has a number
but letters after it that no language of the page knows is still its number: the noun is the
caller's concern. A fraction without a multiplier counts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from collector.platforms.locale.spellings import MULTIPLIERS
from collector.platforms.locale.tags import locale_of
from collector.platforms.locale.text import (
    CUT_OFF,
    NUMBER,
    UNSPACED,
    bounded_right,
    clean,
    flexible,
)

#: "1 of 5" is no count: neither of the two alone.
_PART_OF = r"of|av|af|von|sur|de|di|van|z|ze|из|з|із|от|od|din|iš|no|από|מתוך|من|از|dari|trong|/"
_INCOMPLETE = re.compile(rf"{CUT_OFF}| (?:{_PART_OF}) \d", re.IGNORECASE)


_NARROW = str.maketrans("．，", ".,")


@dataclass(frozen=True, slots=True)
class Count:
    """``exact`` is false where the interface rounded."""

    value: int
    exact: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Notation:
    decimal: str
    suffixes: dict[str, int]
    regex: re.Pattern[str]
    further: re.Pattern[str]
    """Right after a number with its multiplier: another multiplier, or a number with one."""


@lru_cache(maxsize=128)
def _notation(tag: str) -> _Notation:
    locale = locale_of(tag)
    suffixes: dict[str, int] = {"K": 1000}
    decimal = "."
    if locale is not None:
        for style in ("long", "short"):
            for patterns in locale.compact_decimal_formats.get(style, {}).values():
                for magnitude, pattern in patterns.items():
                    body = clean(pattern.pattern.split(";")[0].replace("'", ""))
                    zeros = body.count("0")
                    word = body.replace("0", "").strip()
                    if zeros and word:
                        # The smallest magnitude goes first; Bengali writes a later one wrongly.
                        suffixes.setdefault(word, int(magnitude) // 10 ** (zeros - 1))
        symbols = locale.number_symbols
        decimal = str(symbols.get("latn", symbols).get("decimal", "."))
    suffixes.update(MULTIPLIERS.get(tag.split("-")[0], {}))
    words = sorted(suffixes, key=lambda w: (-len(w), w))
    after = "|".join(bounded_right(flexible(w), w) for w in words)
    return _Notation(
        decimal,
        {**{w.casefold(): m for w, m in suffixes.items()}, **suffixes},
        re.compile(rf"(?P<n>{NUMBER})(?: ?(?P<s>{after}))?", re.IGNORECASE),
        re.compile(
            rf" ?(?:{after})|(?:(?<=[{UNSPACED}]) ?)?\d[\d.,]{{0,15}}(?:{after})", re.IGNORECASE
        ),
    )


def count_pattern(tag: str) -> str:
    """The expression of one count in a language (groups ``n`` and ``s``), for larger patterns."""
    return _notation(tag).regex.pattern


def count_value(tag: str, number: str, suffix: str | None) -> tuple[int, bool] | None:
    """Value and exactness of a matched number and multiplier; ``None`` if it is no count."""
    notation = _notation(tag)
    if not suffix:
        if number.isdecimal():
            digits = number
        elif number[-4:].isdecimal() or not number[-3:].isdecimal() or "٫" in number:
            return None  # the end of a fraction, or of no group of thousands
        else:
            digits = "".join(filter(str.isdecimal, number))
        return (int(digits), True) if len(digits) <= 15 else None
    word = clean(suffix)
    # As written first: in Catalan "m" is a thousand and "M" a million.
    multiplier = notation.suffixes.get(word, notation.suffixes.get(word.casefold()))
    if multiplier is None:
        return None
    whole, fraction = _split_decimal(number, notation.decimal)
    if len(whole) > 9 or len(fraction) > 6:
        return None
    scale = 10 ** len(fraction)
    return round(int(whole + fraction) * multiplier / scale), False


def parse_count(text: str, languages: Sequence[str]) -> Count | None:
    """The first number of a text with its multiplier, in the first language that knows it.

    A language that knows a multiplier after the number goes before one that does not. ``None``
    where the number goes on in a way that is not read ("1 of 5", "2½", "1万2千", "3 K M").
    """
    text = clean(text)
    plain: Count | None = None
    for tag in languages:
        found = _notation(tag).regex.search(text)
        if found is None or _INCOMPLETE.match(text, found.end("n")):
            return None
        if found["s"] and _notation(tag).further.match(text, found.end()):
            return None
        value = count_value(tag, found["n"], found["s"])
        if value is None:
            continue
        count = Count(value[0], value[1], found.start(), found.end())
        if found["s"]:
            return count
        plain = plain or count
    return plain


def _split_decimal(number: str, decimal: str) -> tuple[str, str]:
    """Whole and decimal digits. Three digits after the only separator are a group of thousands
    unless the separator is the language's decimal sign."""
    if number.isascii() and number.isdecimal():
        return number, ""
    separators = [i for i, c in enumerate(number) if not c.isdecimal()]
    if not separators:
        return "".join(str(int(c)) for c in number), ""
    last = separators[-1]
    tail = number[last + 1 :]
    number = number.translate(_NARROW)
    is_decimal = number[last] in ".,،٫" and (len(tail) != 3 or number[last] in (decimal, "٫"))
    ascii_digits = [
        "".join(str(int(c)) for c in part if c.isdecimal()) for part in (number[:last], tail)
    ]
    if is_decimal:
        return ascii_digits[0], ascii_digits[1]
    return ascii_digits[0] + ascii_digits[1], ""
