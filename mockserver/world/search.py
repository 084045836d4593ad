"""Finding videos by words, in any script.

Words are compared without case, accents or Arabic vowel signs; Chinese and Japanese text, which
has no spaces, is cut into pairs of characters. Relevance is between 0 and 1: the share of the
query's weight (rare words weigh more) that a video's title, tags, channel name or description
holds.
"""

from __future__ import annotations

import math
import re
import threading
import unicodedata
from collections import defaultdict

import numpy as np

from mockserver.world.catalogue import Catalogue

#: How much a word counts by where it was found.
FIELD_WEIGHTS: dict[str, float] = {"title": 1.0, "tags": 0.7, "channel": 0.5, "description": 0.3}

#: Added when the whole query stands in the title as typed.
PHRASE_BONUS = 0.25

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")


def fold(text: str) -> str:
    """Lower case without accents, compatibility forms or Arabic vowel signs."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in plain if not unicodedata.combining(c) or "\u3099" <= c <= "\u309a")
    return unicodedata.normalize("NFKC", bare.replace("ı", "i").replace("’", "'"))


def tokens(text: str, *, singles: bool = False) -> list[str]:
    """The words of ``text``, folded; runs of Chinese or Japanese as overlapping pairs.

    :param singles: also every single character of such runs, for an index that is to find them

    >>> tokens("Las LECCIONES: 登月騙局")
    ['las', 'lecciones', '登月', '月騙', '騙局']
    """
    found: list[str] = []
    for word in _WORD.findall(fold(text)):
        position = 0
        for run in _CJK.finditer(word):
            if run.start() > position:
                found.append(word[position : run.start()])
            chars = run.group()
            found.extend(
                [chars] if len(chars) == 1 else [chars[i : i + 2] for i in range(len(chars) - 1)]
            )
            if singles and len(chars) > 1:
                found.extend(chars)
            position = run.end()
        if position < len(word):
            found.append(word[position:])
    return found


class SearchIndex:
    """Words to videos; built on first use, then read-only."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._postings: dict[str, tuple[np.ndarray, np.ndarray]] | None = None
        self._titles: list[str] = []
        self._parts: dict[str, list[str]] = {}

    def _build(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        with self._lock:
            if self._postings is not None:
                return self._postings
            gathered: dict[str, dict[int, float]] = defaultdict(dict)
            channels = self._catalogue.channels
            cache: dict[str, list[str]] = {}

            def cut(text: str) -> list[str]:
                if text not in cache:
                    cache[text] = tokens(text, singles=True)
                return cache[text]

            for row, video in enumerate(self._catalogue.videos.values()):
                fields = (
                    (
                        "description",
                        tokens(video.description, singles=True) if video.pinned else [],
                    ),
                    ("channel", cut(channels[video.channel_id].name)),
                    ("tags", [word for tag in video.tags for word in cut(tag)]),
                    ("title", tokens(video.title, singles=True)),
                )
                for name, words in fields:
                    weight = FIELD_WEIGHTS[name]
                    for word in words:
                        rows = gathered[word]
                        if weight > rows.get(row, 0.0):
                            rows[row] = weight
                self._titles.append(fold(video.title))
            self._postings = {
                word: (
                    np.fromiter(rows.keys(), dtype=np.int32, count=len(rows)),
                    np.fromiter(rows.values(), dtype=np.float64, count=len(rows)),
                )
                for word, rows in gathered.items()
            }
            for word in gathered:
                for part in word.split("'") if "'" in word else ():
                    self._parts.setdefault(part, []).append(word)
            return self._postings

    def holding(self, word: str) -> tuple[np.ndarray, np.ndarray]:
        """Where one folded word stands, alone or beside an apostrophe ("Bennet's").

        :returns: rows of videos in catalogue order, and the weight of the best field of each
        """
        postings = self._build()
        found = [
            postings[same]
            for same in dict.fromkeys([word, *self._parts.get(word, ())])
            if same in postings
        ]
        if not found:
            return np.empty(0, dtype=np.int32), np.empty(0)
        if len(found) == 1:
            return found[0]
        rows, places = np.unique(np.concatenate([rows for rows, _ in found]), return_inverse=True)
        best = np.zeros(len(rows))
        np.maximum.at(best, places, np.concatenate([weights for _, weights in found]))
        return rows, best

    def relevance(self, query: str) -> np.ndarray:
        """Relevance of every video to ``query``: float64 of shape (videos,), 0 where nothing fits.

        Words of the query are joined by "or"; videos holding more of them are more relevant.
        """
        postings = self._build()
        count = len(self._catalogue.videos)
        total = np.zeros(count)
        words = list(dict.fromkeys(tokens(query)))
        weights = 0.0
        for word in words:
            found = postings.get(word)
            rarity = math.log(1.0 + count / (1 + (len(found[0]) if found else 0)))
            weights += rarity
            if found:
                total[found[0]] += rarity * found[1]
        if weights == 0.0:
            return total
        total /= weights
        # A video that holds only a sliver of a long query is not a result.
        total[total < 0.15] = 0.0
        phrase = fold(query).strip()
        if len(words) > 1 and phrase:
            rows = np.flatnonzero(total > 0.5)
            exact = [row for row in rows.tolist() if phrase in self._titles[row]]
            total[exact] += PHRASE_BONUS
        return total / (1.0 + PHRASE_BONUS)
