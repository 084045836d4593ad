"""Letters in another form than the ordinary one, and which one that is.

Protects pseudonymity from values that read the same in letters of another style: mathematical
(``𝐀``), circled or in a square (``Ⓐ``, ``🅰``), small capitals, in half or full width (``ｱ``,
``Ａ``), ligatures (``ﬁ``), what Arabic letters look like within a word (``ﻌ``). Arabic and Hebrew
are written with or without the signs of their vowels, and an Arabic word may be stretched; hamza on
an alef, and which yeh, kaf or heh somebody types, is a habit. All of that is read as the letters
alone. Letters of another alphabet that look alike stay other letters.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import chain
from unicodedata import category, name, normalize

_ENCODING = ("utf-8", "surrogatepass")
#: Where Unicode keeps such letters.
_BLOCKS = (
    (0xAA, 0x600), (0x675, 0x679), (0x10FC, 0x10FD), (0x1D00, 0x1F00), (0x2070, 0x2190),
    (0x24B6, 0x24EA), (0x2C7C, 0x2C7E), (0x2E80, 0x3400), (0xA690, 0xAB70), (0xF900, 0xFFDD),
    (0x10780, 0x107BB), (0x1D400, 0x1D800), (0x1EE00, 0x1EEBC), (0x1F110, 0x1F18A),
    (0x2F800, 0x2FA1E),
)  # fmt: skip
#: Their names say of which letter they are a form, where no normalisation does.
_STYLED = re.compile(
    r"(?:LATIN LETTER SMALL CAPITAL|NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER) ([A-Z])"
)
_POINTS = frozenset(
    map(
        chr,
        chain(
            # Hebrew points and accents
            range(0x591, 0x5BE), (0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7),
            # Arabic ones, and the stroke that stretches a word
            range(0x610, 0x61B), (0x640,), range(0x64B, 0x653), range(0x656, 0x660), (0x670,),
            range(0x6D6, 0x6DD), range(0x6DF, 0x6E9), range(0x6EA, 0x6EE),
        ),
    )
)  # fmt: skip
_HABITS = dict(zip("أإآٱىیکةۀہھے", "ااااييكههههي", strict=True))


def ordinary(text: str) -> str:
    """A text in the ordinary forms of its letters.

    >>> ordinary("𝐀𝐝𝐚 ﬁ مُحَمَّد")
    'Ada fi محمد'
    """
    return text if text.isascii() else text.translate(_translation())


def other_forms(data: bytes) -> list[bytes]:
    """Text, and characters that have an ordinary form, in turn; text is first and last.

    :param data: UTF-8.
    """
    return [data] if data.isascii() else _pattern().split(data)


@lru_cache(maxsize=4096)
def ordinary_bytes(character: bytes) -> bytes:
    """Of one piece of ``other_forms``."""
    return ordinary(character.decode(*_ENCODING)).encode(*_ENCODING)


@cache
def _table() -> dict[str, str]:
    found = {}
    for code in chain.from_iterable(range(*block) for block in _BLOCKS):
        char = chr(code)
        plain = normalize("NFKC", char)
        if plain == char:
            styled = _STYLED.fullmatch(name(char, ""))
            plain = styled[1].lower() if styled else char
        sign = category(char)
        if sign == "No" or (sign == "So" and len(plain) > 1):  # ² and ™ are no letters of a word
            continue
        if plain != char and all(map(_in_a_word, plain)):
            found[char] = plain
    found |= _HABITS
    return dict.fromkeys(_POINTS, "") | {
        char: "".join(_HABITS.get(one, one) for one in plain if one not in _POINTS)
        for char, plain in found.items()
    }


def _in_a_word(char: str) -> bool:
    return char.isalnum() or char in "・'&-" or category(char).startswith("M")


@cache
def _translation() -> dict[int, str]:
    return {ord(char): plain for char, plain in _table().items()}


@cache
def _pattern() -> re.Pattern[bytes]:
    """One of the characters, by its first bytes; the points of one letter together."""
    ends: dict[bytes, dict[bytes, list[bytes]]] = {}
    for char in _table():
        raw = char.encode()
        ends.setdefault(raw[:1], {}).setdefault(raw[1:-1], []).append(re.escape(raw[-1:]))
    branches = (
        re.escape(first)
        + b"(?:"
        + b"|".join(
            re.escape(middle) + b"[" + b"".join(last) + b"]" for middle, last in rest.items()
        )
        + b")"
        for first, rest in ends.items()
    )
    return re.compile(b"(" + b"|".join(branches) + b")")
