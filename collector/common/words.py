"""Words that people write into files: the same word is the same text, whoever's keyboard wrote it.

A letter with an accent may be one character or two (macOS writes two into names of files, and
titles come from there): labels, topics and patterns are compared with the letter whole (NFC).
"""

from __future__ import annotations

from unicodedata import normalize

#: Joined and parted letters: a part of Persian and Indian words, and of many an emoji.
_JOINERS = dict.fromkeys((0x200C, 0x200D))


def composed(text: str) -> str:
    """The text with its accents in their letters.

    >>> len(composed("cafe\\u0301"))
    4
    """
    return text if text.isascii() else normalize("NFC", text)


def is_plain(text: str) -> bool:
    """Nothing that cannot be seen is in it, but what joins and parts letters."""
    return text.translate(_JOINERS).isprintable()
