"""Which of many words a text holds, found in a few passes over it instead of one a word.

A page holds few of the words that speak of a viewer, and to look for one that is not there costs a
pass over the whole page. Words with a piece in common are looked for together, around that piece;
what is looked for stays the same, and what is found too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable


class Sieve:
    """Keeps back the words that a text does not hold.

    :param words: what may be looked for.
    :param around: pieces that words have, none of which can overlap itself. The first of them that
        is in a word is its own; words without any are looked for one by one.
    """

    def __init__(self, words: Iterable[bytes], around: Iterable[bytes]) -> None:
        groups: dict[bytes, list[tuple[bytes, int]]] = {piece: [] for piece in around}
        self._alone: list[bytes] = []
        for word in dict.fromkeys(words):
            piece = next((piece for piece in groups if piece in word), None)
            if piece is None:
                self._alone.append(word)
            else:
                groups[piece].append((word, word.index(piece)))
        self._groups = [(_around(piece, some), some) for piece, some in groups.items() if some]

    def through(self, text: bytes) -> frozenset[bytes]:
        """The words that ``text`` holds.

        >>> sieve = Sieve([b"ID_TOKEN", b"USER_ID", b"aiaId"], around=[b"_"])
        >>> sorted(sieve.through(b"VALID_TOKEN gaiaId"))
        [b'ID_TOKEN', b'aiaId']
        """
        kept = {word for word in self._alone if word in text}
        for pattern, words in self._groups:
            left = list(words)
            for match in pattern.finditer(text):
                here = match.start()
                found = [(w, at) for w, at in left if here >= at and text.startswith(w, here - at)]
                kept.update(word for word, _ in found)
                left = [one for one in left if one not in found]
                if not left:
                    break
        return frozenset(kept)


def _around(piece: bytes, words: Iterable[tuple[bytes, int]]) -> re.Pattern[bytes]:
    """Each place of ``piece`` where one of the words stands. Takes no byte but the piece's, so no
    word hides another."""
    rests = (
        re.escape(word[at + len(piece) :]) + b"(?<=" + re.escape(word) + b")" for word, at in words
    )
    return re.compile(re.escape(piece) + b"(?=" + b"|".join(rests) + b")")
