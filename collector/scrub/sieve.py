"""Which of many words a text holds, found in a few passes over it instead of one a word.

A page holds few of the words that speak of a viewer, and to look for one that is not there costs a
pass over the whole page. Words with a piece in common are looked for together, around that piece;
what is looked for stays the same, and what is found too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


class Sieve:
    """Keeps back the words that a text does not hold.

    :param words: what may be looked for.
    :param around: pieces that words have, none of which can overlap itself. The first of them that
        is in a word is its own; words without any are looked for one by one.
    """

    def __init__(self, words: Iterable[bytes], around: Iterable[bytes]) -> None:
        groups: dict[bytes, list[bytes]] = {piece: [] for piece in around}
        self._alone: list[bytes] = []
        for word in dict.fromkeys(words):
            piece = next((piece for piece in groups if piece in word), None)
            (self._alone if piece is None else groups[piece]).append(word)
        self._groups = [(piece, tuple(some)) for piece, some in groups.items() if some]

    def through(self, text: bytes) -> frozenset[bytes]:
        """The words that ``text`` holds.

        >>> sieve = Sieve([b"ID_TOKEN", b"USER_ID", b"aiaId"], around=[b"_"])
        >>> sorted(sieve.through(b"VALID_TOKEN gaiaId"))
        [b'ID_TOKEN', b'aiaId']
        """
        kept = {word for word in self._alone if word in text}
        for piece, words in self._groups:
            left, at = words, 0
            # What was found is looked for no more: a page may repeat it without end.
            while left and (match := _around(piece, left).search(text, at)):
                here, at = match.start(), match.start() + 1
                found = {
                    word
                    for word in left
                    if (begin := here - word.index(piece)) >= 0 and text.startswith(word, begin)
                }
                kept |= found
                left = tuple(word for word in left if word not in found)
        return frozenset(kept)


@lru_cache(maxsize=256)
def _around(piece: bytes, words: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """Each place of ``piece`` where one of the words stands. Takes no byte but the piece's, so no
    word hides another."""
    rests = (
        re.escape(word.partition(piece)[2]) + b"(?<=" + re.escape(word) + b")" for word in words
    )
    return re.compile(re.escape(piece) + b"(?=" + b"|".join(rests) + b")")
