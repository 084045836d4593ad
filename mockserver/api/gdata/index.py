"""The world's videos as columns: filters, orders and totals of 100,000 videos in milliseconds.

Row ``i`` is the ``i``-th of ``world.videos``. Every order is total: what is equal is ordered by id,
so a client that pages through a list sees every video once. Of a list only what can be asked for is
put in order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping

import numpy as np

from mockserver.api.gdata.cache import Cache
from mockserver.api.gdata.columns import Columns
from mockserver.api.gdata.matching import Matching
from mockserver.api.gdata.names import CATEGORY_SCHEME, KEYWORD_SCHEME, KIND_SCHEME, kind
from mockserver.api.gdata.query import LAST_ITEM
from mockserver.api.gdata.terms import Segment, Term
from mockserver.world import Video, World
from mockserver.world.documented import RESPONSES
from mockserver.world.search import fold

#: Lists kept, so that paging through one does not choose it again.
_KEPT_LISTS = 256

#: Entries kept in the form in which they are sent, a few kilobytes each.
_KEPT_ENTRIES = 4096

_NONE = np.empty(0, dtype=np.int64)


class Index:
    """Rows are int arrays; none of them may be changed."""

    def __init__(self, world: World) -> None:
        """Takes a second per 100,000 videos."""
        self.world = world
        world.index_words()
        videos = list(world.videos.values())
        self.videos: list[Video] = videos
        self.row = {video.id: row for row, video in enumerate(videos)}
        self.columns = Columns(world, videos)
        self.matching = Matching(world, videos)
        self.favorites = self._counted(video for u in world.users.values() for video in u.favorites)
        self._responses = np.zeros(len(videos), dtype=np.int64)
        for video_id, answers in RESPONSES.items():
            self._responses[self.row[video_id]] = len(answers)
        self._ranks = self._ranked()
        by_channel, by_category, by_keyword, by_topic, by_concept = (
            defaultdict[Hashable, list[int]](list) for _ in range(5)
        )
        cut: dict[str, str] = {}
        for row, video in enumerate(videos):
            by_channel[video.channel_id].append(row)
            by_category[video.category].append(row)
            by_topic[video.topic].append(row)
            for concept in set(video.concepts):
                by_concept[concept].append(row)
            for tag in dict.fromkeys(video.tags):
                if tag not in cut:
                    cut[tag] = fold(tag)
                by_keyword[cut[tag]].append(row)
        self._by_channel, self._by_category = _frozen(by_channel), _frozen(by_category)
        self._by_keyword = _frozen(by_keyword)
        self._by_topic, self._by_concept = _frozen(by_topic), _frozen(by_concept)
        self.lists: Cache[tuple[np.ndarray, int]] = Cache(_KEPT_LISTS)
        self.entries: Cache[bytes] = Cache(_KEPT_ENTRIES)

    def _counted(self, ids: Iterable[str]) -> np.ndarray:
        counts = np.zeros(len(self.videos), dtype=np.int64)
        for video_id, count in Counter(ids).items():
            if video_id in self.row:
                counts[self.row[video_id]] = count
        return counts

    # -- orders ----------------------------------------------------------------------------------

    def _ranked(self) -> dict[str, np.ndarray]:
        """The place of every row in every total order, 0 first."""
        videos, count = self.videos, len(self.videos)
        views = np.fromiter((video.views for video in videos), np.int64, count)
        likes = np.fromiter((video.likes for video in videos), np.float64, count)
        raters = likes + np.fromiter((video.dislikes for video in videos), np.float64, count)
        comments = np.fromiter((video.comment_count for video in videos), np.int64, count)
        listings = self._counted(v for p in self.world.playlists.values() for v in p.video_ids)
        rating = np.divide(likes, raters, out=np.full(count, -1.0), where=raters > 0)
        published = self.columns.published
        days = np.maximum((self.world.clock.start.timestamp() - published) / 86400, 1.0)
        orders: dict[str, tuple[np.ndarray, ...]] = {
            "viewCount": (views,),
            "published": (published,),
            "rating": (raters, rating),
            "favorites": (views, self.favorites),
            "comments": (views, comments),
            "listings": (views, listings),
            "responses": (views, self._responses),
            "momentum": (views / days,),
        }
        by_id = np.empty(count, dtype=np.int32)
        by_id[np.argsort(np.array([video.id for video in videos]))] = np.arange(count)
        found = {}
        for name, keys in orders.items():
            order = np.lexsort((by_id, *(-key for key in keys)))
            found[name] = np.empty(count, dtype=np.int32)
            found[name][order] = np.arange(count, dtype=np.int32)
        return {**found, "updated": found["published"]}

    def first(self, rows: np.ndarray, name: str, most: int = LAST_ITEM) -> np.ndarray:
        """The ``most`` first of ``rows`` in the order ``name``."""
        ranks = self._ranks[name][rows]
        if len(rows) > most:
            nearest = np.argpartition(ranks, most)[:most]
            rows, ranks = rows[nearest], ranks[nearest]
        return rows[np.argsort(ranks)]

    def most_relevant(
        self, rows: np.ndarray, relevance: np.ndarray, most: int = LAST_ITEM
    ) -> np.ndarray:
        """The ``most`` first of ``rows`` by ``relevance``, then by views."""
        if len(rows) > most:
            least = np.partition(relevance, len(rows) - most)[len(rows) - most]
            likely = relevance >= least
            rows, relevance = rows[likely], relevance[likely]
        return rows[np.lexsort((self._ranks["viewCount"][rows], -relevance))][:most]

    # -- filters ---------------------------------------------------------------------------------

    def rows(self, ids: Iterable[str]) -> np.ndarray:
        """The listed ones among ``ids``, in their order."""
        found = np.array([self.row[each] for each in ids if each in self.row], dtype=np.int64)
        return found[self.columns.listed[found]]

    def of_channel(self, channel_id: str | None) -> np.ndarray:
        """Give the rows of a channel's videos, without those that have not begun; none of an
        unknown channel."""
        rows = self._by_channel.get(channel_id or "", _NONE)
        return rows[self.columns.listed[rows]]

    def answered(self) -> np.ndarray:
        """The videos that have responses."""
        rows = np.flatnonzero(self._responses)
        return rows[self.columns.listed[rows]]

    def related(self, row: int, most: int) -> np.ndarray:
        """The ``most`` videos most like ``row``, by topic, concepts and channel, best first."""
        video = self.videos[row]
        alike = np.zeros(len(self.videos))
        shared = np.zeros(len(self.videos), dtype=np.int8)
        alike[self._by_topic[video.topic]] += 0.6
        for concept in set(video.concepts):
            shared[self._by_concept[concept]] += 1
        alike += 0.25 * shared / 3.0
        alike[self._by_channel[video.channel_id]] += 0.15
        alike[row] = 0.0
        rows = np.flatnonzero(alike)
        rows = rows[self.columns.listed[rows]]
        return self.most_relevant(rows, np.round(alike[rows], 6), most)

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
            mask[self._by_category.get(term.term, _NONE)] = True
        if term.scheme in {None, KEYWORD_SCHEME}:
            mask[self._by_keyword.get(fold(term.term), _NONE)] = True
        if term.scheme in {None, KIND_SCHEME} and term.term == kind("video"):
            mask[:] = True
        return mask


def _frozen(rows: Mapping[Hashable, list[int]]) -> dict[Hashable, np.ndarray]:
    return {key: np.array(found, dtype=np.int64) for key, found in rows.items()}
