"""Text as the interface writes it, made comparable: spaces, marks and digits of all scripts."""

from __future__ import annotations

import re

_DIRECTIONS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u200b"
_MARK = re.compile(f"[{_DIRECTIONS}]")

#: Scripts that write without spaces between words: no word boundary can be asked for.
UNSPACED = "\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_UNSPACED_CHAR = re.compile(f"[{UNSPACED}]")

#: A whole number as the interface groups it, or one with a decimal part before a multiplier.
#: Separators in full width, and the Arabic comma, stand between digits of their own script;
#: elsewhere they separate numbers, unless three digits and no more follow each. Bounded, so that no
#: run of digits can make a search slow; taken whole or not at all.
NUMBER = (
    r"(?>\d{1,3}(?: \d{3}(?!\d)){1,4}(?:[.,]\d{1,3})?"
    r"|[０-９]{1,15}(?:[．，][０-９]{1,15}){1,5}"
    r"|[٠-٩۰-۹]{1,3}(?:،[٠-٩۰-۹]{3}){1,4}(?!\d)|[٠-٩۰-۹]{1,15}،[٠-٩۰-۹]{1,2}(?!\d)"
    r"|\d{1,3}(?:，\d{3}){1,4}(?!\d)"
    r"|\d{1,15}(?:[.,'’٬٫]\d{1,15}){0,5})"
)
#: Right after a number: it is a part of a larger one, of a clock, of a range or of a fraction.
CUT_OFF = r"\d|[.,'’٬٫．，،:/⁄~〜～–—-]\d| [/⁄–—] ?\d|[¼-¾⅐-⅞]"


def clean(text: str) -> str:
    """Directional marks dropped, every run of blanks one space, ends trimmed."""
    if not text.isascii():
        text = _MARK.sub("", text)
    return " ".join(text.split())


def digits(text: str) -> int | None:
    """All digits of a text (any script) as one number, or ``None`` if it has none."""
    found = "".join(filter(str.isdecimal, text))
    return int(found) if found and len(found) <= 18 else None


def flexible(words: str) -> str:
    """A regular expression for fixed words: blanks optional between scripts, dots optional."""
    out = [re.escape(part) for part in clean(words).split(" ")]
    return r" ?".join(out) if _UNSPACED_CHAR.search(words) else r" ".join(out)


def bounded_left(pattern: str, words: str) -> str:
    """``pattern`` that begins a word, if the first character of ``words`` is written so.

    The Arabic "and" is one letter joined to the word after it.
    """
    return rf"(?:(?<!\w)|(?<=\bو)){pattern}" if _needs_boundary(words[:1]) else pattern


def bounded_right(pattern: str, words: str) -> str:
    """``pattern`` that ends a word, if the last character of ``words`` is written so."""
    return rf"{pattern}(?!\w)" if _needs_boundary(words[-1:]) else pattern


def bounded(pattern: str, words: str) -> str:
    """``pattern`` as whole words where the outermost characters of ``words`` need it."""
    return bounded_left(bounded_right(pattern, words), words)


def _needs_boundary(char: str) -> bool:
    return bool(char) and char.isalpha() and not _UNSPACED_CHAR.match(char)
