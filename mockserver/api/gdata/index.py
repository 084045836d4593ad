"""The world's videos as columns: filters, orders and totals of 100,000 videos in milliseconds.

Row ``i`` is the ``i``-th of ``world.videos``. Every order is total: what is equal is ordered by id,
so a client that pages through a list sees every video once.
"""

from __future__ import annotations

import hashlib
import threading
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import timedelta

import numpy as np

from collector.model import ItemKind
from mockserver.api.gdata.names import CATEGORY_SCHEME, KEYWORD_SCHEME, KIND_SCHEME, kind
from mockserver.api.gdata.query import FORMATS
from mockserver.api.gdata.terms import Phrase, Segment, Term, Text
from mockserver.world import Video, World
from mockserver.world.documented import FORMATS as DOCUMENTED_FORMATS
from mockserver.world.documented import RESPONSES
from mockserver.world.search import fold, tokens

SWF, MOBILE = 2, 1 | 4
"""Bits of a video's formats: 1 and 6 are mobile ones, 5 is the embeddable player."""

PERIODS = {
    "today": timedelta(days=1),
    "this_week": timedelta(days=7),
    "this_month": timedelta(days=30),
}

#: Longest video that exists in the mobile formats, seconds.
_MOBILE_SECONDS = 600

#: Ordered lists kept, so that paging through one does not order it again.
_KEPT = 64


class Index:
    """Built on the first request. Rows are int arrays; none of them may be changed."""

    def __init__(self, world: World) -> None:
        self.world = world
        videos = list(world.videos.values())
        self.videos: list[Video] = videos
        self.row = {video.id: row for row, video in enumerate(videos)}
        count = len(videos)
        self.formats = np.fromiter(map(formats, videos), np.int8, count)
        self.favorites = self._counted(video for u in world.users.values() for video in u.favorites)
        self.listings = self._counted(v for p in world.playlists.values() for v in p.video_ids)
        self.responses = np.zeros(count, dtype=np.int64)
        for video_id, answers in RESPONSES.items():
            self.responses[self.row[video_id]] = len(answers)
        views = np.fromiter((video.views for video in videos), np.int64, count)
        likes = np.fromiter((video.likes for video in videos), np.float64, count)
        raters = likes + np.fromiter((video.dislikes for video in videos), np.float64, count)
        comments = np.fromiter((video.comment_count for video in videos), np.int64, count)
        self.published = np.fromiter((v.published.timestamp() for v in videos), np.float64, count)
        rating = np.divide(likes, raters, out=np.full(count, -1.0), where=raters > 0)
        self._by_id = np.empty(count, dtype=np.int32)
        self._by_id[np.argsort(np.array([video.id for video in videos]))] = np.arange(count)
        days = np.maximum((world.clock.start.timestamp() - self.published) / 86400, 1.0)
        self._keys: dict[str, tuple[np.ndarray, ...]] = {
            "viewCount": (views,),
            "published": (self.published,),
            "updated": (self.published,),
            "rating": (raters, rating),
            "favorites": (views, self.favorites),
            "comments": (views, comments),
            "listings": (views, self.listings),
            "responses": (views, self.responses),
            "momentum": (views / days,),
        }
        self._ranks: dict[str, np.ndarray] = {}
        self.listed = np.fromiter((v.kind is not ItemKind.UPCOMING for v in videos), bool, count)
        self._channel_rows: dict[str, list[int]] = defaultdict(list)
        self._keyword_rows: dict[str, list[int]] = defaultdict(list)
        self._category_rows: dict[str, list[int]] = defaultdict(list)
        cut: dict[str, str] = {}
        for row, video in enumerate(videos):
            self._channel_rows[video.channel_id].append(row)
            self._category_rows[video.category].append(row)
            for tag in video.tags:
                if tag not in cut:
                    cut[tag] = fold(tag)
                self._keyword_rows[cut[tag]].append(row)
        topics = {topic: number for number, topic in enumerate(world.topics)}
        self._topic = np.fromiter((topics[video.topic] for video in videos), np.int16, count)
        self._concepts = np.array([(*v.concepts, -1, -1, -1)[:3] for v in videos], dtype=np.int32)
        channels = {channel: number for number, channel in enumerate(world.channels)}
        self._channel = np.fromiter((channels[v.channel_id] for v in videos), np.int32, count)
        self._country = [channel.country for channel in world.channels.values()]
        self._kept: OrderedDict[Hashable, np.ndarray] = OrderedDict()
        self._titles: dict[int, str] = {}
        self._fields: dict[str, str] = {}
        self._lock = threading.Lock()

    def _counted(self, ids: Iterable[str]) -> np.ndarray:
        counts = np.zeros(len(self.videos), dtype=np.int64)
        for video_id, count in Counter(ids).items():
            if video_id in self.row:
                counts[self.row[video_id]] = count
        return counts

    # -- orders ----------------------------------------------------------------------------------

    def rank(self, name: str) -> np.ndarray:
        """The place of every row in the total order ``name``, 0 first."""
        found = self._ranks.get(name)
        if found is None:
            order = np.lexsort((self._by_id, *(-key for key in self._keys[name])))
            found = np.empty(len(order), dtype=np.int32)
            found[order] = np.arange(len(order), dtype=np.int32)
            self._ranks[name] = found
        return found

    def ordered(self, rows: np.ndarray, name: str) -> np.ndarray:
        return rows[np.argsort(self.rank(name)[rows])]

    def kept(self, key: Hashable, make: Callable[[], np.ndarray]) -> np.ndarray:
        """What ``make`` gives, made once while ``key`` is among the last ones asked for."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        rows = make()
        with self._lock:
            self._kept[key] = rows
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return rows

    # -- filters ---------------------------------------------------------------------------------

    def everything(self) -> np.ndarray:
        """All rows that feeds list: what is only announced is in none."""
        return np.flatnonzero(self.listed)

    def rows(self, ids: Iterable[str]) -> np.ndarray:
        """The listed ones among ``ids``, in their order."""
        found = [self.row[video_id] for video_id in ids if video_id in self.row]
        return np.array([row for row in found if self.listed[row]], dtype=np.int64)

    def of_channel(self, channel_id: str | None) -> np.ndarray:
        rows = np.array(self._channel_rows.get(channel_id or "", ()), dtype=np.int64)
        return rows[self.listed[rows]]

    def in_country(self, country: str) -> np.ndarray:
        """A mask of the videos whose channel is of ``country``."""
        return np.array([here == country for here in self._country])[self._channel]

    def related(self, row: int, most: int) -> np.ndarray:
        """The ``most`` videos most like ``row``, by topic, concepts and channel, best first."""
        own = [concept for concept in self._concepts[row].tolist() if concept >= 0]
        alike = 0.6 * (self._topic == self._topic[row])
        alike += 0.25 * sum((self._concepts == concept).any(axis=1) for concept in own) / 3.0
        alike += 0.15 * (self._channel == self._channel[row])
        alike[row] = 0.0
        rows = np.flatnonzero((alike > 0) & self.listed)
        order = np.lexsort((self.rank("viewCount")[rows], -np.round(alike[rows], 6)))
        return rows[order[:most]]

    def holding(self, segments: tuple[Segment, ...]) -> np.ndarray:
        """A mask of the videos that every segment of a category path holds for."""
        mask = np.ones(len(self.videos), dtype=bool)
        for segment in segments:
            one = np.zeros(len(self.videos), dtype=bool)
            for term in segment:
                has = self._has(term)
                one |= ~has if term.negated else has
            mask &= one
        return mask

    def _has(self, term: Term) -> np.ndarray:
        mask = np.zeros(len(self.videos), dtype=bool)
        if term.scheme in {None, CATEGORY_SCHEME}:
            mask[self._category_rows.get(term.term, [])] = True
        if term.scheme in {None, KEYWORD_SCHEME}:
            mask[self._keyword_rows.get(fold(term.term), [])] = True
        if term.scheme in {None, KIND_SCHEME} and term.term == kind("video"):
            mask[:] = True
        return mask

    # -- words -----------------------------------------------------------------------------------

    def matching(self, text: Text) -> tuple[np.ndarray, np.ndarray]:
        """Rows that a search finds and how relevant each is (more words, titles first)."""
        count = len(self.videos)
        if text.impossible:
            return np.empty(0, dtype=np.int64), np.empty(0)
        relevance = np.zeros(count) if text.wanted else np.ones(count)
        for phrase in text.wanted:
            rows, weights = self._found(phrase)
            relevance[rows] += weights * np.log(1.0 + count / (1 + len(rows)))
        for phrase in text.unwanted:
            relevance[self._found(phrase)[0]] = 0.0
        rows = np.flatnonzero((relevance > 0) & self.listed)
        return rows, np.round(relevance[rows], 9)

    def _found(self, phrase: Phrase) -> tuple[np.ndarray, np.ndarray]:
        if len(phrase) == 1:
            return self.world.holding(phrase[0])
        parts = [part for word in phrase for part in word.split("'") if part]
        rows, weights = self.world.holding(parts[0])
        for part in parts[1:]:
            others, other_weights = self.world.holding(part)
            rows, mine, theirs = np.intersect1d(
                rows, others, assume_unique=True, return_indices=True
            )
            weights = np.minimum(weights[mine], other_weights[theirs])
        words = f" {' '.join(parts)} "
        adjacent = np.fromiter((self._holds(row, words) for row in rows.tolist()), bool, len(rows))
        return rows[adjacent], weights[adjacent] * len(parts)

    def _holds(self, row: int, words: str) -> bool:
        """Do ``words`` stand in one field of a video, adjacent and in this order?

        As in the world's own search, only descriptions of documented videos say more than title,
        tags and channel.
        """
        video = self.videos[row]
        if any(words in self._field(tag) for tag in video.tags):
            return True
        title = self._titles.get(row)
        if title is None:
            title = self._titles[row] = plain(video.title)
        if words in title:
            return True
        if words in self._field(self.world.channels[video.channel_id].name):
            return True
        return video.pinned and words in plain(video.description)

    def _field(self, text: str) -> str:
        """A tag or a channel's name; there are few, so they are kept."""
        found = self._fields.get(text)
        if found is None:
            found = self._fields[text] = plain(text)
        return found


def plain(text: str) -> str:
    """``text`` as folded words between single spaces, possessives apart."""
    return f" {' '.join(tokens(text))} ".replace("'", " ")


def formats(video: Video) -> int:
    """The formats a video exists in, as bits: one in fourteen cannot be embedded, long and live
    ones are not on mobiles."""
    known = DOCUMENTED_FORMATS.get(video.id)
    if known is not None:
        return sum(FORMATS[str(number)] for number in known)
    bits = MOBILE if video.seconds is not None and video.seconds <= _MOBILE_SECONDS else 0
    embeddable = hashlib.sha256(video.id.encode()).digest()[0] % 14 != 0 or not bits
    return bits | (SWF if embeddable else 0)
