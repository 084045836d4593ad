"""Composed lists against the order of draws that ``mockserver.world.feeds`` documents.

A second composer, written from that docstring: plain lists instead of iterators and heaps, its own
hash for the generator. Scores are taken as they are: ``test_recommender_oracle`` holds those.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from world_oracle import NEIGHBOURS, START, TOPICS, random_viewer, small_catalogue

from collector.common.model import ItemKind, Surface
from mockserver.world import COMPOSITION
from mockserver.world.arrays import Arrays
from mockserver.world.catalogue import Catalogue
from mockserver.world.feeds import _Job
from mockserver.world.lists import Lists
from mockserver.world.model import Video
from mockserver.world.viewers import Snapshot

PAGES = {Surface.HOME: [24, 12, 12, 12], Surface.RELATED: [20] * 3, Surface.SEARCH: [20] * 3}
RATES = [
    {},
    dict.fromkeys(COMPOSITION, 1.0) | {"home_mix": 0.0, "related_mix": 0.3, "search_playlist": 0.5},
    dict.fromkeys(COMPOSITION, 0.5),
    dict.fromkeys(COMPOSITION, 0.0) | {"home_playlist": 0.4, "search_second_ad": 1.0},
]


@dataclass
class Expected:
    """What stands at one place."""

    kind: ItemKind
    item_id: str
    video: str | None = None
    section: str | None = None
    shelf: str | None = None
    score: float = 0.0
    parts: dict[str, float] = field(default_factory=dict)


class Second:
    """Composes one list from the documented draws."""

    def __init__(
        self, catalogue: Catalogue, rates: dict[str, float], surface: Surface, viewer: Snapshot,
        scores: Any, context: str | None, load: str, seed: int, allowed: set[str], fill: set[str],
    ) -> None:  # fmt: skip
        self.rates, self.surface, self.viewer, self.scores = rates, surface, viewer, scores
        self.catalogue, self.videos = catalogue, list(catalogue.videos.values())
        self.row = {video.id: row for row, video in enumerate(self.videos)}
        name = [str(seed), "compose", viewer.visitor_id, surface.value, context or "\0", load]
        number = int(hashlib.sha256("\x1f".join(name).encode()).hexdigest()[:32], 16)
        self.draw = random.Random(number)
        self.out: list[Expected] = []
        self.used: set[str] = set()

        def short(one: Video) -> bool:
            return one.kind is ItemKind.SHORT

        mine = [one for one in self.videos if one.id in allowed]
        long = [one for one in mine if not short(one)]
        filling = [one for one in self.videos if one.id in fill and not short(one)]
        size = sum(PAGES[surface])
        self.ranked = self.order(long, size * 4)
        if len(self.ranked) < size:
            self.ranked += self.order(filling, size)
        self.sources = {
            "shorts": self.order([one for one in mine if short(one)], 40),
            "breaking-news": self.order(
                [one for one in long if one.topic.startswith("news-") and self.is_news(one)], 12
            ),
            "people-also-watched": self.order(filling, 12),
        }
        lists = [
            (-float(scores.total[self.row[one.video_ids[0]]]), number, one)
            for number, one in enumerate(catalogue.playlists.values())
            if one.video_ids and one.video_ids[0] in allowed
        ]
        self.playlists = [one for _, _, one in sorted(lists, key=lambda entry: entry[:2])]
        ads = list(catalogue.ads.values())
        self.ads = self.draw.sample(ads, len(ads))

    def is_news(self, video: Video) -> bool:
        began = START if not video.pinned else START.replace(month=1, day=1, hour=0)
        days = (began - video.published).total_seconds() / 86400
        return video.lang == self.viewer.lang and days < 45

    def order(self, videos: list[Video], most: int) -> list[tuple[str, float, int]]:
        """(video id, score, earlier of its channel): greedily the best that is left."""
        total = {one.id: float(self.scores.total[self.row[one.id]]) for one in videos}
        left = sorted(videos, key=lambda one: (-total[one.id], self.row[one.id]))[:most]
        above: dict[str, int] = {}
        out = []
        while left:

            def value(one: Video) -> float:
                return total[one.id] - above.get(one.channel_id, 0) * self.scores.diversity

            best = max(left, key=value)
            out.append((best.id, value(best), above.get(best.channel_id, 0)))
            above[best.channel_id] = above.get(best.channel_id, 0) + 1
            left.remove(best)
        return out

    def toss(self, name: str) -> bool:
        return self.draw.random() < self.rates.get(f"{self.surface.value}_{name}", 0.0)

    def compose(self) -> list[Expected]:
        for page, size in enumerate(PAGES[self.surface]):
            if not self.page(page == 0, size):
                break
        return self.out

    def shelves(self, first: bool) -> list[tuple[int, str, int]]:
        found = []
        if self.surface is Surface.HOME:
            if self.toss("shorts_shelf" if first else "later_shorts_shelf"):
                found.append((8 if first else 4, "shorts", 5))
            if first and self.toss("news_shelf"):
                found.append((16, "breaking-news", 4))
        elif first and self.surface is Surface.RELATED:
            if self.toss("shorts_shelf"):
                found.append((self.draw.choice([3, 6]), "shorts", 4))
        elif first:
            if self.toss("shorts_shelf"):
                found.append((self.draw.choice([4, 5, 6]), "shorts", 4))
            if self.toss("also_watched_shelf"):
                found.append((self.draw.choice([11, 12, 13]), "people-also-watched", 3))
        return found

    def places_of_ads(self, first: bool, size: int) -> list[int]:
        if self.surface is Surface.HOME:
            if not self.toss("first_ad" if first else "later_ad"):
                return []
            return [self.draw.choice([0, 1, 2]) if first else self.draw.randrange(size)]
        if not first:
            return []
        if self.surface is Surface.RELATED:
            return [0] if self.toss("ad") else []
        one, two = self.toss("first_ad"), self.toss("second_ad")
        return [0, 1][: one + (one and two)]

    def page(self, first: bool, size: int) -> bool:
        """Whether the page is full."""
        shelves = self.shelves(first)
        ads = self.places_of_ads(first, size)
        begun = len(self.out)
        while len(self.out) - begun < size:
            at = len(self.out) - begun
            if shelves and shelves[0][0] <= at:
                _, section, length = shelves.pop(0)
                self.shelf(section, length)
            elif at in ads and self.ads:
                ad = self.ads.pop()
                self.out.append(Expected(ItemKind.AD, ad.id, ad.video_id))
            elif not self.entry():
                return False
        return True

    def shelf(self, section: str, length: int) -> None:
        name = f"{section}-{len(self.out) + 1}"
        for _ in range(length):
            if not self.video(self.sources[section], section, name):
                return

    def video(
        self, source: list[tuple[str, float, int]], section: str | None = None,
        shelf: str | None = None, *, mix: bool = False,
    ) -> bool:  # fmt: skip
        while source:
            video_id, score, earlier = source.pop(0)
            if video_id in self.used:
                continue
            self.used.add(video_id)
            parts = self.parts(video_id)
            if earlier and self.scores.diversity:
                parts["diversity"] = -earlier * self.scores.diversity
            kind = ItemKind.MIX if mix else self.catalogue.videos[video_id].kind
            item_id = f"RD{video_id}" if mix else video_id
            self.out.append(Expected(kind, item_id, video_id, section, shelf, score, parts))
            return True
        return False

    def parts(self, video_id: str) -> dict[str, float]:
        values = {name: float(v[self.row[video_id]]) for name, v in self.scores.parts.items()}
        return {name: value for name, value in values.items() if value}

    def entry(self) -> bool:
        number = self.draw.random() if len(self.out) >= 2 else 1.0
        mix = self.rates.get(f"{self.surface.value}_mix", 0.0)
        playlist = self.rates.get(f"{self.surface.value}_playlist", 0.0)
        if number < mix:
            return self.video(self.ranked, mix=True)
        if number < mix + playlist and self.playlists:
            one = self.playlists.pop(0)
            score = float(self.scores.total[self.row[one.video_ids[0]]])
            parts = self.parts(one.video_ids[0])
            self.out.append(Expected(ItemKind.PLAYLIST, one.id, score=score, parts=parts))
            return True
        return self.video(self.ranked)


def lists_of(catalogue: Catalogue, rates: dict[str, float], seed: int) -> tuple[Lists, Arrays]:
    arrays = Arrays(catalogue, TOPICS, NEIGHBOURS, START)
    return Lists(seed, catalogue, arrays, rates), arrays


def compare(
    catalogue: Catalogue, lists: Lists, arrays: Arrays, rates: dict[str, float], seed: int,
    surface: Surface, viewer: Snapshot, context: str | None, load: str,
    allowed: set[str], fill: set[str],
) -> list[Expected]:  # fmt: skip
    """Compose twice; the list, when both agree."""
    scores = lists.recommender.scores(
        surface, viewer, context=context, load=load, search_topics=lists._query_topics,
        similarity=lists.search.relevance(context or "") if surface is Surface.SEARCH else None,
    )  # fmt: skip
    found = lists.composer.compose(
        surface, viewer, scores, context=context, load=load,
        allowed=np.array([video.id in allowed for video in arrays.videos]),
        fill=np.array([video.id in fill for video in arrays.videos]),
    ).entries  # fmt: skip
    second = Second(
        catalogue, COMPOSITION | rates, surface, viewer, scores, context, load, seed, allowed, fill
    )
    expected = second.compose()
    assert [(e.kind, e.item_id) for e in found] == [(e.kind, e.item_id) for e in expected]
    assert [entry.slot for entry in found] == list(range(1, len(found) + 1))
    for entry, one in zip(found, expected, strict=True):
        assert (entry.video and entry.video.id) == one.video
        assert (entry.section, entry.shelf) == (one.section, one.shelf)
        assert entry.score == pytest.approx(one.score)
        assert entry.parts == pytest.approx(one.parts)
        assert (entry.ad is not None) == (one.kind is ItemKind.AD)
        assert entry.ad is None or entry.ad is catalogue.ads[one.item_id]
        assert (entry.playlist is not None) == (one.kind is ItemKind.PLAYLIST)
        assert entry.playlist is None or entry.playlist is catalogue.playlists[one.item_id]
    return expected


@pytest.mark.sweep(6)
@pytest.mark.parametrize("rates", RATES, ids=["as-shipped", "all", "half", "few"])
@pytest.mark.parametrize("surface", PAGES)
def test_lists_follow_the_documented_draws(surface: Surface, rates: dict[str, float]) -> None:
    """Every entry with its shelf, score and summands, for many viewers, loads and catalogues."""
    dice = random.Random(21)
    kinds, sections = set(), set()
    for seed, videos, ads, playlists in ((3, 160, 12, 8), (4, 70, 1, 2), (5, 24, 0, 0)):
        catalogue = small_catalogue(seed, videos=videos, ads=ads, playlists=playlists)
        lists, arrays = lists_of(catalogue, rates, seed)
        ids = list(catalogue.videos)
        for number in range(12):
            viewer = replace(
                random_viewer(dice, catalogue, events=4), lang=dice.choice(("en", "fr", "sw"))
            )
            allowed = set(dice.sample(ids, int(len(ids) * dice.choice((0.3, 0.9, 1.0)))))
            fill = set(dice.sample(ids, len(ids) // 2)) if surface is Surface.SEARCH else set()
            context = {Surface.HOME: None, Surface.RELATED: ids[number]}.get(surface, "moon")
            expected = compare(
                catalogue, lists, arrays, rates, seed, surface, viewer, context, f"l{number}",
                allowed, fill,
            )  # fmt: skip
            kinds |= {one.kind for one in expected}
            sections |= {one.section for one in expected}
    if rates.get("home_first_ad") == 0.5:
        assert {ItemKind.VIDEO, ItemKind.SHORT, ItemKind.AD, ItemKind.PLAYLIST} < kinds
        assert "shorts" in sections


@pytest.mark.parametrize("hits", [0, 1, 3])
def test_a_search_with_few_hits_uses_up_what_fills_it(hits: int) -> None:
    """What fills the page stands above its shelf, whose twelve best may all be shown by then."""
    rates = dict.fromkeys(COMPOSITION, 0.0) | {"search_also_watched_shelf": 1.0}
    catalogue = small_catalogue(3, videos=160)
    lists, arrays = lists_of(catalogue, rates, 3)
    dice = random.Random(hits)
    lengths: set[int] = set()
    for number in range(9):
        viewer = random_viewer(dice, catalogue, events=0)
        ids = dice.sample(list(catalogue.videos), 100)
        found = compare(
            catalogue, lists, arrays, rates, 3, Surface.SEARCH, viewer, "moon", f"l{number}",
            set(ids[:hits]), set(ids[hits:]),
        )  # fmt: skip
        lengths.add(sum(one.section == "people-also-watched" for one in found))
    assert hits or min(lengths) < 3


def test_news_are_recent_and_of_the_viewers_language() -> None:
    """A shelf of news holds nothing older than 45 days, in another language, or not news."""
    rates = dict.fromkeys(COMPOSITION, 0.0) | {"home_news_shelf": 1.0}
    seen = 0
    for seed in range(6):
        catalogue = small_catalogue(seed, videos=200)
        lists, _ = lists_of(catalogue, rates, seed)
        for lang in ("en", "fr", "ja"):
            viewer = random_viewer(random.Random(seed), catalogue, events=0)
            viewer = replace(viewer, lang=lang, not_interested=frozenset())
            entries = lists.make(Surface.HOME, viewer, None, "l").entries
            shelf = [entry.video for entry in entries if entry.section == "breaking-news"]
            seen += len(shelf)
            for video in shelf:
                assert video is not None
                assert video.topic in ("news-left", "news-right")
                assert video.lang == lang
                assert video.kind is not ItemKind.SHORT
            assert len(shelf) <= 4
    assert seen > 20


def test_prerolls_are_a_hash_of_seed_visitor_video_and_load() -> None:
    """The toss and the choice, worked out from the hash alone."""
    catalogue = small_catalogue(3)
    lists, _ = lists_of(catalogue, {"preroll": 0.4}, 9)
    ads = list(catalogue.ads.values())
    shown = 0
    for number in range(200):
        visitor, video, load = f"v{number % 7}", f"video{number % 11:06d}", f"load{number}"
        name = ["9", "preroll", visitor, video, load]
        digest = hashlib.sha256("\x1f".join(name).encode()).hexdigest()
        which = hashlib.sha256("\x1f".join([*name, "which"]).encode()).hexdigest()
        expected = None
        if (int(digest[:16], 16) >> 11) / 2**53 < 0.4:
            expected = random.Random(int(which[:32], 16)).choice(ads)
            shown += 1
        assert lists.composer.preroll(visitor, video, load) is expected
    assert 55 < shown < 105
    none, _ = lists_of(small_catalogue(3, ads=0), {"preroll": 1.0}, 9)
    assert none.composer.preroll("v", "video", "load") is None


def test_the_edges_of_a_rate() -> None:
    """A rate of 1 always comes up, one of 0 never, one that has no name never."""
    always, arrays = lists_of(small_catalogue(3), {"preroll": 1.0}, 1)
    never, _ = lists_of(small_catalogue(3), {"preroll": 0.0}, 1)
    for number in range(50):
        assert always.composer.preroll("v", "w", str(number)) is not None
        assert never.composer.preroll("v", "w", str(number)) is None
    assert len(arrays) == 50


def test_a_channels_list_has_every_video_once_as_given() -> None:
    """Slots from 1, the video's own kind and id, nothing mixed in, no score."""
    catalogue = small_catalogue(3)
    lists, arrays = lists_of(catalogue, dict.fromkeys(COMPOSITION, 1.0), 1)
    rows = np.array([5, 3, 11, 0])
    entries = lists.composer.channel(rows).entries
    assert [entry.slot for entry in entries] == [1, 2, 3, 4]
    for entry, row in zip(entries, rows.tolist(), strict=True):
        video = arrays.videos[row]
        assert (entry.kind, entry.item_id, entry.video) == (video.kind, video.id, video)
        assert (entry.section, entry.shelf, entry.ad, entry.playlist) == (None,) * 4
        assert (entry.score, entry.parts) == (0.0, {})


def test_playlists_without_a_known_first_video_are_left_out() -> None:
    """An empty playlist and one that begins with a deleted video never stand in a list."""
    catalogue = small_catalogue(3, videos=100)
    first = next(iter(catalogue.playlists.values()))
    catalogue.playlists["empty"] = replace(first, id="empty", video_ids=())
    catalogue.playlists["gone"] = replace(first, id="gone", video_ids=("nowhere", "video000001"))
    rates = dict.fromkeys(COMPOSITION, 0.0) | {"home_playlist": 1.0}
    lists, _ = lists_of(catalogue, rates, 1)
    viewer = random_viewer(random.Random(1), catalogue, events=0)
    shown = set()
    for number in range(10):
        entries = lists.make(Surface.HOME, viewer, None, f"l{number}").entries
        shown |= {entry.item_id for entry in entries if entry.kind is ItemKind.PLAYLIST}
    assert len(shown) >= 4
    assert shown <= {*catalogue.playlists} - {"empty", "gone"}


def test_a_rate_that_has_no_name_never_comes_up() -> None:
    """Its toss is made all the same, so that what follows stays where it was."""
    dice, again = random.Random(4), random.Random(4)
    job = SimpleNamespace(draw=dice, rates={"home_ad": 1.0}, surface=Surface.HOME)
    assert [_Job.rate(job, name) for name in ("ad", "shelf", "ad")] == [True, False, True]  # type: ignore[arg-type]
    assert dice.random() == [again.random() for _ in range(4)][3]
