"""Search text against the world's index of words: what it finds, and how relevant that is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mockserver.api.gdata.terms import Phrase, Text
from mockserver.world import Video, World
from mockserver.world.search import plain


class Matching:
    """Rows are those of ``world.videos``."""

    def __init__(self, world: World, videos: Sequence[Video]) -> None:
        self._world = world
        self._videos = videos
        #: Tags and channel names as words; there are few, and they repeat.
        self._fields: dict[str, str] = {}

    def find(self, text: Text) -> tuple[np.ndarray, np.ndarray]:
        """Rows that ``text`` finds, and how relevant each is (more words, titles first)."""
        count = len(self._videos)
        if text.impossible:
            return np.empty(0, dtype=np.int64), np.empty(0)
        relevance = np.zeros(count) if text.wanted else np.ones(count)
        for phrase in text.wanted:
            rows, weights = self._found(phrase)
            relevance[rows] += weights * np.log(1.0 + count / (1 + len(rows)))
        for phrase in text.unwanted:
            relevance[self._found(phrase)[0]] = 0.0
        rows = np.flatnonzero(relevance)
        return rows, np.round(relevance[rows], 9)

    def _found(self, phrase: Phrase) -> tuple[np.ndarray, np.ndarray]:
        if len(phrase) == 1:
            return self._world.holding(phrase[0])
        parts = [part for word in phrase for part in word.split("'") if part]
        # The rarest word first: what is left over is looked at one by one.
        held = sorted((self._world.holding(part) for part in parts), key=lambda each: len(each[0]))
        rows, weights = held[0]
        for others, other_weights in held[1:]:
            if not len(rows):
                break
            at = np.minimum(np.searchsorted(others, rows), max(len(others) - 1, 0))
            both = others[at] == rows
            rows, weights = rows[both], np.minimum(weights[both], other_weights[at[both]])
        words = f" {' '.join(parts)} "
        adjacent = np.fromiter((self._holds(row, words) for row in rows.tolist()), bool, len(rows))
        return rows[adjacent], weights[adjacent] * len(parts)

    def _holds(self, row: int, words: str) -> bool:
        """Do ``words`` stand in one field of a video, adjacent and in this order?

        As in the world's own search, only descriptions of documented videos say more than title,
        tags and channel.
        """
        if words in self._world.plain_title(row):
            return True
        video = self._videos[row]
        if any(words in self._field(tag) for tag in video.tags):
            return True
        if words in self._field(self._world.channels[video.channel_id].name):
            return True
        return video.pinned and words in plain(video.description)

    def _field(self, text: str) -> str:
        found = self._fields.get(text)
        if found is None:
            found = self._fields[text] = plain(text)
        return found
