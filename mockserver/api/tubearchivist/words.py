"""Words of many short texts, found by whole word or by beginning, without walking the texts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np

from mockserver.world.search import tokens

#: Words of a query that count.
_MOST_WORDS = 20


class Words:
    """Read-only. Rows are numbered in the order of the texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        numbers: dict[str, int] = {}
        flat: list[int] = []
        counts: list[int] = []
        for text in texts:
            here = dict.fromkeys(tokens(text, singles=True))
            flat.extend([numbers.setdefault(word, len(numbers)) for word in here])
            counts.append(len(here))
        self.count = len(counts)
        self._words = sorted(numbers)
        place = np.empty(len(numbers), dtype=np.int64)
        place[[numbers[word] for word in self._words]] = np.arange(len(numbers))
        sizes = np.array(counts, dtype=np.int64)
        # One number says word and row, and sorts by the word's letters.
        keys = place[flat] * self.count + np.repeat(np.arange(self.count), sizes)
        keys.sort()
        self._starts = np.searchsorted(keys, np.arange(len(numbers) + 1) * self.count)
        self._rows = keys % max(self.count, 1)
        #: Texts of few words come first.
        self._rank = sizes * max(self.count, 1) + np.arange(self.count)

    def _holding(self, word: str, *, begins: bool = False) -> np.ndarray:
        first = bisect_left(self._words, word)
        if begins:
            last = bisect_left(self._words, word + "\U0010ffff", first)
        else:
            last = first + (first < len(self._words) and self._words[first] == word)
        return self._rows[self._starts[first] : self._starts[last]]

    def all_of(self, query: str) -> np.ndarray:
        """Which texts hold every word of ``query``, the last as a beginning: bool (rows,)."""
        words = list(dict.fromkeys(tokens(query)))[:_MOST_WORDS]
        found = np.zeros(self.count, dtype=bool)
        if not words:
            return found
        found[self._holding(words[-1], begins=True)] = True
        for word in words[:-1]:
            here = np.zeros(self.count, dtype=bool)
            here[self._holding(word)] = True
            found &= here
        return found

    def any_of(self, query: str) -> tuple[np.ndarray, tuple[str, ...]]:
        """How many words of ``query`` each text holds, int32 (rows,), and the words."""
        words = tuple(dict.fromkeys(tokens(query)))[:_MOST_WORDS]
        found = np.zeros(self.count, dtype=np.int32)
        for word in words:
            found[self._holding(word)] += 1
        return found, words

    def best(self, mask: np.ndarray, held: np.ndarray | None = None) -> Sequence[int]:
        """Chosen rows: those that hold most first, then the shortest texts."""
        rows = np.flatnonzero(mask)
        rank = self._rank[rows]
        order = np.argsort(rank) if held is None else np.lexsort((rank, -held[rows]))
        found: list[int] = rows[order].tolist()
        return found
