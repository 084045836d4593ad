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

import numpy as np

from mockserver.world.catalogue import Catalogue
from mockserver.world.postings import Found, Gathered, Postings

#: How much a word counts by where it was found.
FIELD_WEIGHTS: dict[str, float] = {"title": 1.0, "tags": 0.7, "channel": 0.5, "description": 0.3}

#: Added when the whole query stands in the title as typed.
PHRASE_BONUS = 0.25

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NOWHERE: Found = (np.empty(0, dtype=np.int32), np.empty(0))
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")


class _Bare(dict[int, int | None]):
    """What ``str.translate`` leaves of a character: itself, or nothing of an accent."""

    def __missing__(self, letter: int) -> int | None:
        # The sound marks of Japanese make other letters of letters, so they stay.
        accent = unicodedata.combining(chr(letter)) and not 0x3099 <= letter <= 0x309A
        self[letter] = kept = None if accent else letter
        return kept


_BARE = _Bare()


def fold(text: str) -> str:
    """Lower case without accents, compatibility forms or Arabic vowel signs."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFKD", text.casefold()).translate(_BARE)
    return unicodedata.normalize("NFKC", bare.replace("ı", "i").replace("’", "'"))


def tokens(text: str, *, singles: bool = False) -> list[str]:
    """The words of ``text``, folded; runs of Chinese or Japanese as overlapping pairs.

    :param singles: also every single character of such runs, for an index that is to find them

    >>> tokens("Las LECCIONES: 登月騙局")
    ['las', 'lecciones', '登月', '月騙', '騙局']
    """
    folded = fold(text)
    words: list[str] = _WORD.findall(folded)
    return words if folded.isascii() else _without_spaces(words, singles=singles)


def _without_spaces(words: list[str], *, singles: bool) -> list[str]:
    """``words`` with their Chinese and Japanese runs cut."""
    found: list[str] = []
    for word in words:
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


def plain(text: str) -> str:
    """``text`` as folded words between single spaces, possessives apart.

    >>> plain("Mrs. Bennet's nerves")
    ' mrs bennet s nerves '
    """
    return f" {' '.join(tokens(text))} ".replace("'", " ")


class SearchIndex:
    """Words to videos; built on first use or by :meth:`build`, then read-only."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._built: Postings | None = None
        self._titles: list[str] = []
        self._plain_titles: list[str] = []

    def build(self) -> Postings:
        """Make the index now, if there is none yet."""
        if self._built is None:
            with self._lock:
                if self._built is None:
                    self._built = self._gather()
        return self._built

    def _gather(self) -> Postings:
        found = Gathered(len(self._catalogue.videos))
        channels = {channel.id: channel.name for channel in self._catalogue.channels.values()}
        # Tags and channel names are few and repeat; their words are numbered once.
        numbered: dict[str, list[int]] = {}
        title, tags, channel, description = (
            found.field(FIELD_WEIGHTS[name])
            for name in ("title", "tags", "channel", "description")
        )  # fmt: skip

        def known(text: str) -> list[int]:
            numbers = numbered.get(text)
            if numbers is None:
                numbers = numbered[text] = found.numbers(tokens(text, singles=True))
            return numbers

        add_plain, add_folded = self._plain_titles.append, self._titles.append
        for row, video in enumerate(self._catalogue.videos.values()):
            folded = fold(video.title)
            words: list[str] = _WORD.findall(folded)
            if folded.isascii():
                add_plain(f" {' '.join(words)} ".replace("'", " "))
            else:
                add_plain(plain(video.title))
                words = _without_spaces(words, singles=True)
            add_folded(folded)
            title.add(row, found.numbers(words))
            for tag in video.tags:
                tags.add(row, known(tag))
            channel.add(row, known(channels[video.channel_id]))
            if video.pinned:
                description.add(row, found.numbers(tokens(video.description, singles=True)))
        return found.postings()

    def plain_title(self, row: int) -> str:
        """The title of a video as :func:`plain` gives it."""
        self.build()
        return self._plain_titles[row]

    def holding(self, word: str) -> tuple[np.ndarray, np.ndarray]:
        """Where one folded word stands, alone or beside an apostrophe ("Bennet's").

        :returns: rows of videos in catalogue order, and the weight of the best field of each
        """
        postings = self.build()
        found: list[Found] = [
            rows
            for same in dict.fromkeys([word, *postings.parts.get(word, ())])
            if (rows := postings.get(same)) is not None
        ]
        if not found:
            return _NOWHERE
        if len(found) == 1:
            return found[0]
        several, places = np.unique(
            np.concatenate([rows for rows, _ in found]), return_inverse=True
        )
        best = np.zeros(len(several))
        np.maximum.at(best, places, np.concatenate([weights for _, weights in found]))
        return several, best

    def relevance(self, query: str) -> np.ndarray:
        """Relevance of every video to ``query``: float64 of shape (videos,), 0 where nothing fits.

        Words of the query are joined by "or"; videos holding more of them are more relevant.
        """
        postings = self.build()
        count = len(self._catalogue.videos)
        total = np.zeros(count)
        words = list(dict.fromkeys(tokens(query)))
        weights = 0.0
        for word in words:
            rows, held = postings.get(word) or _NOWHERE
            rarity = math.log(1.0 + count / (1 + len(rows)))
            weights += rarity
            total[rows] += rarity * held
        if weights == 0.0:
            return total
        total /= weights
        # A video that holds only a sliver of a long query is not a result.
        total[total < 0.15] = 0.0
        phrase = fold(query).strip()
        if len(words) > 1 and phrase:
            titles = self._titles
            exact = [row for row in np.flatnonzero(total > 0.5).tolist() if phrase in titles[row]]
            total[exact] += PHRASE_BONUS
        return total / (1.0 + PHRASE_BONUS)
