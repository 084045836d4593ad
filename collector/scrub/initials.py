"""Initials in place of the words of a name: "J. Doe", "Jane D.", "J.D.".

They are many people's, so they are taken out only where they are the viewer's: in the elements that
show the account, and where the page greets somebody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from collector.scrub.letters import spelt
from collector.scrub.secret import is_unspaced

_SPACE = rb"(?:[\s+]|\xc2\xa0|\xe2\x80\xaf|(?!)){0,3}+"
#: Between two of them; a hyphen of "J.-P.".
_APART = _SPACE + rb"-?" + _SPACE
_HYPHEN = re.compile("[-‐‑]")
_MOST_WORDS = 6
"""Words of a name that are looked for so."""
_AROUND = 40
"""Bytes before a family name in which initials are looked for."""


class Initials:
    """How a name of several words may be shortened, to look for in lower case."""

    def __init__(self, words: list[str]) -> None:
        whole = [spelt(word) for word in words]
        short = [spelt(word[0]) + rb"\.?" for word in words]
        each = [b"(?:%s|%s)" % pair for pair in zip(whole, short, strict=True)]
        middle = b"".join(b"(?:%s%s)?" % (one, _APART) for one in each[1:-1])
        middle += rb"(?:[a-z]\.%s)?" % _APART  # of a name that the account does not tell
        #: The name, each word whole or not, those in the middle or not.
        self.any = re.compile(
            b"(?:%s|%s,%s%s)" % (each[0] + _APART + middle + each[-1], whole[-1], _SPACE, short[0])
        )
        #: What may follow a first name.
        self.rest = re.compile(_APART + middle + each[-1])
        self.last = re.compile(whole[-1])
        #: Right before a family name.
        self.before = re.compile(rb"(?<![a-z0-9.\x80-\xff])" + short[0] + _APART + middle + rb"\Z")
        #: All of them, with points.
        self.points = re.compile(
            spelt(words[0][0]) + rb"\." + _APART + middle + spelt(words[-1][0]) + rb"(?:\.|\b)"
        )


@lru_cache(maxsize=256)
def initials(words: tuple[str, ...]) -> Initials | None:
    """Of a name's words; ``None`` where nobody shortens them so."""
    parts = [part for word in words for part in _HYPHEN.split(word)]
    if not 2 <= len(parts) <= _MOST_WORDS or is_unspaced("".join(parts)):
        return None
    return Initials(parts) if all(part[:1].isalpha() for part in parts) else None


def before_last(short: Initials, folded: bytes) -> Iterator[tuple[int, int]]:
    """Where initials stand before the family name, and where initials stand alone with points."""
    for match in short.last.finditer(folded):
        around = max(0, match.start() - _AROUND)
        if found := short.before.search(folded[around : match.start()]):
            yield around + found.start(), match.end()
    for match in short.points.finditer(folded):
        yield match.span()


def in_capitals(plain: bytes, start: int, end: int) -> bool:
    """Not "a b" for "Ann Berg"; and what is letters alone ("AB") is all of a text or of a value."""
    if plain[start : start + 1].islower():
        return False
    if plain[start:end].isalpha() and end - start <= _MOST_WORDS:
        return plain[start:end].isupper() and (
            plain[max(0, start - 20) : start].rstrip()[-1:] in (b">", b'"', b"'")
            and plain[end : end + 20].lstrip()[:1] in (b"<", b'"', b"'")
        )
    return True
