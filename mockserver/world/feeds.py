"""What a list is composed of: ranked videos with ads, shelves, mixes and playlists among them.

A list is composed page by page (first view, then continuations), whole, when it is first asked
for; later requests of the same load read on in it. Shelves never straddle a page. Which places
hold what is a hash of (seed, visitor, surface, context, load), like everything else here: a
generator ``rng(seed, "compose", visitor, surface, context, load)`` is asked, in this order:

1. once for the order of all ads (``sample``), which are handed out from its end;
2. for each page its shelves, each a toss of its rate and, if it comes up and there are several
   places, a choice of one: home 5 shorts at offset 8 (later pages: 4), then on the first page 4
   news at 16; related, first page, 4 shorts at 3 or 6; search, first page, 4 shorts at 4, 5 or 6,
   then 3 "people also watched" at 11, 12 or 13;
3. for each page its ads: home one of the offsets 0–2 (later pages: any), related 0, search two
   tosses, whether 0 and, only beside it, 1 hold an ad;
4. for each entry that is none of these, below the second, one number: under the rate of mixes the
   next ranked video is a mix, under the sum with that of playlists the next playlist stands there.

Ranked videos are never shorts. Shelves hold the best shorts; the best news of the viewer's own
language and the last 45 days; and the best of what may fill a search up. No video stands twice.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np

from collector.common.model import ItemKind, Surface
from mockserver.world.arrays import Arrays
from mockserver.world.bearing import Bearing
from mockserver.world.catalogue import Catalogue
from mockserver.world.listing import Listing
from mockserver.world.model import Ad, Entry, Playlist
from mockserver.world.ranked import Ranked, best_rows
from mockserver.world.rates import ALSO_WATCHED, NEWS, PAGE_SIZES, SHORTS
from mockserver.world.recommender import Scores
from mockserver.world.ruling import NO_RULES, Rules
from mockserver.world.seeded import rng, unit
from mockserver.world.viewers import Snapshot

#: Entries at the top of a list among which no mix or playlist stands.
_PLAIN_TOP = 2

_NEWS_TOPICS = ("news-left", "news-right")


class Composer:
    """Makes the listings of one world."""

    def __init__(
        self, seed: int, catalogue: Catalogue, arrays: Arrays, rates: Mapping[str, float]
    ) -> None:
        self._seed = seed
        self._arrays = arrays
        self._ads: list[Ad] = list(catalogue.ads.values())
        self.rates = rates
        self._playlists = [
            (playlist, arrays.position[playlist.video_ids[0]])
            for playlist in catalogue.playlists.values()
            if playlist.video_ids and playlist.video_ids[0] in arrays.position
        ]
        news = [arrays.topic_number[name] for name in _NEWS_TOPICS if name in arrays.topic_number]
        #: What the shelf of news may hold, in any language: bool of shape (videos,).
        self.fresh_news = np.isin(arrays.topic, news) & ~arrays.short & (arrays.age_days < 45)
        self._playlist_rows = np.array([row for _, row in self._playlists], dtype=np.int64)

    def preroll(
        self, visitor_id: str, video_id: str, load: str, rate: float | None = None
    ) -> Ad | None:
        """The ad shown before a video in this page load, if any.

        :param rate: in place of the world's"""
        name = ("preroll", visitor_id, video_id, load)
        rate = self.rates["preroll"] if rate is None else rate
        if not self._ads or unit(self._seed, *name) >= rate:
            return None
        return rng(self._seed, *name, "which").choice(self._ads)

    def compose(
        self,
        surface: Surface,
        viewer: Snapshot,
        scores: Scores,
        *,
        context: str | None,
        load: str,
        allowed: np.ndarray,
        fill: np.ndarray,
        rules: Rules = NO_RULES,
        bearing: Bearing | None = None,
    ) -> Listing:
        """The whole list of one load.

        :param allowed: rows that may be ranked, bool of shape (videos,)
        :param fill: rows that may follow when those run out (search: of the same topic)
        :param rules: what of the world's truths holds for the list, and ``bearing`` who bears it
        """
        draw = rng(self._seed, "compose", viewer.visitor_id, surface.value, context, load)
        job = _Job(self, surface, viewer, scores, draw, allowed, fill, rules)
        if rules.exposure or rules.ads:
            assert bearing is not None  # who knows rules knows who bears them
            job.ruled(bearing, allowed, viewer.visitor_id, surface.value, context, load)
        return Listing(job.run())

    def channel(self, rows: np.ndarray) -> Listing:
        """A channel's videos as given, without anything mixed in."""
        videos = [self._arrays.videos[row] for row in rows.tolist()]
        return Listing(
            [
                [
                    Entry(slot=slot, kind=video.kind, item_id=video.id, video=video)
                    for slot, video in enumerate(videos, 1)
                ]
            ]
        )


def _best(
    scores: Scores, arrays: Arrays, rows: Callable[[], np.ndarray], count: int
) -> Iterator[tuple[int, float, dict[str, float]]]:
    """The best of some rows, looked for when the first is asked for: most lists have no shelf to
    fill. It refers to no job, so that a list's scores go when the list goes."""
    yield from Ranked(scores, arrays, best_rows(scores.total, rows(), count))


class _Job:
    """One composition: hands out ads, shorts, playlists and ranked videos, each once."""

    def __init__(
        self,
        composer: Composer,
        surface: Surface,
        viewer: Snapshot,
        scores: Scores,
        draw: random.Random,
        allowed: np.ndarray,
        fill: np.ndarray,
        rules: Rules,
    ) -> None:
        arrays = composer._arrays
        self.composer, self.arrays, self.surface, self.viewer = composer, arrays, surface, viewer
        self.scores, self.draw, self.rules = scores, draw, rules
        self.rates = {**composer.rates, **dict(rules.rates)} if rules.rates else composer.rates
        self.ads_here: dict[int, str | None] | None = None
        total = scores.total
        size = sum(PAGE_SIZES[surface])
        best = best_rows(total, allowed & ~arrays.short, size * 4)
        rest = best_rows(total, fill & ~arrays.short, size if len(best) < size else 0)
        self.ranked: Iterator[tuple[int, float, dict[str, float]]] = chain(
            Ranked(scores, arrays, best), Ranked(scores, arrays, rest)
        )
        mine = arrays.lang_number.get(viewer.lang, -1)
        self.shorts = _best(scores, arrays, lambda: allowed & arrays.short, 40)
        self.news = _best(
            scores, arrays, lambda: composer.fresh_news & allowed & (arrays.lang == mine), 12
        )
        self.also = _best(scores, arrays, lambda: fill & ~arrays.short, 12)
        lists = composer._playlist_rows
        here = np.flatnonzero(allowed[lists])
        self.playlist_order = iter(here[np.lexsort((here, -total[lists[here]]))].tolist())
        #: The highest number at which a mix stands, and a playlist.
        self.mixes = self.rates.get(f"{surface.value}_mix", 0.0)
        self.playlists = self.mixes + self.rates.get(f"{surface.value}_playlist", 0.0)
        self.used: set[int] = set()
        self.ads = draw.sample(composer._ads, len(composer._ads))
        self.entries: list[Entry] = []

    def ruled(self, bearing: Bearing, allowed: np.ndarray, *name: str | None) -> None:
        """Let truths choose who is ranked where, and where adverts stand on the first page.

        :param name: what their draws are hashed from"""
        arrays, total = self.arrays, self.scores.total
        size = sum(PAGE_SIZES[self.surface])

        def best(topic: int) -> Ranked:
            rows = allowed & ~arrays.short & (arrays.topic == topic)
            return Ranked(self.scores, arrays, best_rows(total, rows, size))

        if self.rules.exposure:
            self.ranked = bearing.favoured(self.ranked, self.rules, best, *name)
        if self.rules.ads:
            self.ads_here = bearing.adverts(self.rules, *name)

    def rate(self, name: str) -> bool:
        """A toss of the named rate; unnamed rates never come up."""
        return self.draw.random() < self.rates.get(f"{self.surface.value}_{name}", 0.0)

    def run(self) -> Iterator[Sequence[Entry]]:
        """Entry after entry, a shelf in one, until a page is not full."""
        for number, size in enumerate(PAGE_SIZES[self.surface]):
            begun = told = len(self.entries)
            for _ in self._page(number, size):
                yield self.entries[told:]
                told = len(self.entries)
            if told - begun < size:
                return

    def _shelves(self, number: int) -> dict[int, tuple[str, int]]:
        """Offset in the page -> (section, entries): shelves that fit and never overlap."""
        found: dict[int, tuple[str, int]] = {}
        if self.surface is Surface.HOME:
            if self.rate("shorts_shelf" if number == 0 else "later_shorts_shelf"):
                found[4 if number else 8] = (SHORTS, 5)
            if number == 0 and self.rate("news_shelf"):
                found[16] = (NEWS, 4)
        elif self.surface is Surface.RELATED and number == 0 and self.rate("shorts_shelf"):
            found[self.draw.choice((3, 6))] = (SHORTS, 4)
        elif self.surface is Surface.SEARCH and number == 0:
            if self.rate("shorts_shelf"):
                found[self.draw.choice((4, 5, 6))] = (SHORTS, 4)
            if self.rate("also_watched_shelf"):
                found[self.draw.choice((11, 12, 13))] = (ALSO_WATCHED, 3)
        return found

    def _ad_offsets(self, number: int, size: int) -> set[int]:
        if self.surface is Surface.HOME:
            if number == 0:
                return {self.draw.choice((0, 1, 2))} if self.rate("first_ad") else set()
            return {self.draw.randrange(size)} if self.rate("later_ad") else set()
        if number:
            return set()
        if self.surface is Surface.RELATED:
            return {0} if self.rate("ad") else set()
        first, second = self.rate("first_ad"), self.rate("second_ad")
        return {0, 1} if first and second else {0} if first else set()

    def _page(self, number: int, size: int) -> Iterator[None]:
        """Compose one page, a step at a time; it may be cut short."""
        shelves = self._shelves(number)
        ads: Mapping[int, str | None] = dict.fromkeys(self._ad_offsets(number, size))
        if self.ads_here is not None:
            # The usual tosses are made all the same: what else is mixed in stays where it was.
            ads = self.ads_here if number == 0 else {}
        begun = len(self.entries)
        while (at := len(self.entries) - begun) < size:
            if at in shelves:
                self._shelf(*shelves.pop(at))
            elif not (at in ads and self._ad(ads[at])) and not self._one():
                return
            yield

    def _video(
        self,
        source: Iterator[tuple[int, float, dict[str, float]]],
        section: str | None = None,
        shelf: str | None = None,
        *,
        mix: bool = False,
    ) -> bool:
        for row, score, parts in source:
            if row in self.used:
                continue
            self.used.add(row)
            video = self.arrays.videos[row]
            self.entries.append(
                Entry(
                    slot=len(self.entries) + 1,
                    kind=ItemKind.MIX if mix else video.kind,
                    item_id=f"RD{video.id}" if mix else video.id,
                    video=video,
                    section=section,
                    shelf=shelf,
                    score=score,
                    parts=parts,
                )
            )
            return True
        return False

    def _shelf(self, section: str, length: int) -> None:
        source = {SHORTS: self.shorts, NEWS: self.news, ALSO_WATCHED: self.also}[section]
        shelf = f"{section}-{len(self.entries) + 1}"
        for _ in range(length):
            if not self._video(source, section, shelf):
                return

    def _ad(self, topic: str | None) -> bool:
        """The next advert; with a topic, the next for a video about it."""
        place = len(self.ads) - 1
        while topic is not None and place >= 0 and self._advertises(self.ads[place]) != topic:
            place -= 1
        if place < 0:
            return False
        ad = self.ads.pop(place)
        video = None
        if ad.video_id is not None:
            video = self.arrays.videos[self.arrays.position[ad.video_id]]
        self.entries.append(Entry(len(self.entries) + 1, ItemKind.AD, ad.id, video=video, ad=ad))
        return True

    def _advertises(self, ad: Ad) -> str | None:
        """The topic of the video that an advert is for."""
        if ad.video_id is None:
            return None
        return self.arrays.videos[self.arrays.position[ad.video_id]].topic

    def _one(self) -> bool:
        """The next entry outside shelves: a mix, a playlist, else a ranked video."""
        toss = self.draw.random() if len(self.entries) >= _PLAIN_TOP else 1.0
        if toss < self.mixes:
            return self._video(self.ranked, mix=True)
        if toss < self.playlists:
            index = next(self.playlist_order, None)
            if index is not None:
                chosen, row = self.composer._playlists[index]
                self._playlist(chosen, row)
                return True
        return self._video(self.ranked)

    def _playlist(self, playlist: Playlist, row: int) -> None:
        self.entries.append(
            Entry(
                slot=len(self.entries) + 1,
                kind=ItemKind.PLAYLIST,
                item_id=playlist.id,
                playlist=playlist,
                score=float(self.scores.total[row]),
                parts=self.scores.of(row),
            )
        )
