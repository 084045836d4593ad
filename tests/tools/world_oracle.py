"""A second opinion on the mock's lists: its written formula, computed by hand and by brute force.

Everything here is written from the docstrings of ``mockserver.world.recommender`` and of
``mockserver.world.seeded`` alone, video by video and event by event, with Python's own numbers:
no array, no heap, no code of the recommender.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from collector.common.model import ItemKind, Surface
from mockserver.world.catalogue import Catalogue
from mockserver.world.model import Ad, Channel, Playlist, Video
from mockserver.world.viewers import Event, EventKind, Snapshot

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
TOPICS = ("conspiracy", "cooking", "music", "news-left", "news-right", "science")
NEIGHBOURS = {
    ("conspiracy", "science"): 0.3,
    ("news-right", "conspiracy"): 0.45,
    ("news-left", "news-right"): 0.25,
}
LANGS = ("en", "fr", "zh-TW", "ja", "pt-BR")
COUNTRIES = ("US", "FR", "TW", "JP", "BR")
WORDS = ("moon", "landing", "pasta", "violin", "election", "quark", "truth")


def small_catalogue(
    seed: int, *, videos: int = 50, channels: int = 12, ads: int = 8, playlists: int = 6
) -> Catalogue:
    """A catalogue of every kind of video, language, age and overlap, small enough for paper."""
    dice = random.Random(seed)
    found = Catalogue()
    found.add(channels=[_channel(number, dice) for number in range(channels)])
    owners = list(found.channels.values())
    kinds = [ItemKind.VIDEO] * 6 + [ItemKind.SHORT] * 3 + [ItemKind.LIVE, ItemKind.UPCOMING]
    found.add(videos=[_video(number, dice, dice.choice(owners), kinds) for number in range(videos)])
    ids = list(found.videos)
    found.ads.update(
        (f"ad-{number}", Ad(f"ad-{number}", "Sponsor", "sponsor.example", f"Ad {number}",
                            ids[number] if number % 2 and number < len(ids) else None, 15))
        for number in range(ads)
    )  # fmt: skip
    found.add(
        playlists=[
            Playlist(f"PL{number:03d}", f"List {number}", owners[0].id,
                     tuple(dice.sample(ids, min(3, len(ids)))), topic=dice.choice(TOPICS))
            for number in range(playlists)
        ]
    )  # fmt: skip
    return found


def _channel(number: int, dice: random.Random) -> Channel:
    return Channel(
        id=f"UC{number:022d}", handle=f"@channel{number}", legacy_path=None, name=f"Name {number}",
        topic=dice.choice(TOPICS), lang="en", country=COUNTRIES[number % len(COUNTRIES)],
        verified=False, subscribers=1000, description="", created=START,
    )  # fmt: skip


def _video(number: int, dice: random.Random, owner: Channel, kinds: list[ItemKind]) -> Video:
    kind = dice.choice(kinds)
    age = timedelta(days=dice.choice((dice.uniform(0, 44), dice.uniform(44, 46), 400.0)))
    upcoming = kind is ItemKind.UPCOMING
    return Video(
        id=f"video{number:06d}", channel_id=owner.id,
        title=" ".join(dice.sample(WORDS, 3)), description="", topic=dice.choice(TOPICS),
        lang=dice.choice(LANGS), kind=kind, published=START + age if upcoming else START - age,
        seconds=None if kind is ItemKind.LIVE else 60 * dice.randint(1, 90),
        views=0 if upcoming else int(10 ** dice.uniform(0, 8)), likes=0, dislikes=0,
        comment_count=0, tags=tuple(dice.sample(WORDS, 2)), category="Education",
        watching=dice.randint(0, 10**5) if kind in (ItemKind.LIVE, ItemKind.UPCOMING) else None,
        concepts=tuple(dice.sample(range(9), dice.randint(0, 3))),
        pinned=dice.random() < 0.15,
    )  # fmt: skip


# -- randomness, from the docstring of ``seeded`` ------------------------------------------------


def key_of(seed: int, *name: str | int | None) -> int:
    """The first 64 bits of SHA-256 of seed and name, joined by unit separators."""
    parts = [str(seed), *("\0" if part is None else str(part) for part in name)]
    return int(hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16], 16)


def uniform(key: int, number: int) -> float:
    """Number ``number`` (from 0) of SplitMix64 with the state ``key``, in (0, 1)."""
    z = (key + (number + 1) * 0x9E3779B97F4A7C15) % 2**64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    return ((z ^ z >> 31) // 2**11 + 0.5) / 2**53


def gumbel(key: int, number: int) -> float:
    return -math.log(-math.log(uniform(key, number)))


# -- the formula, from the docstring of ``recommender`` ------------------------------------------


def size(video: Video) -> float:
    """log10 of how many a video reached: viewers of now count twentyfold, those who wait five."""
    now = video.watching or 0
    reach = 5 * now if video.kind is ItemKind.UPCOMING else video.views + 20 * now
    return math.log10(reach + 1)


@dataclass(frozen=True)
class Formula:
    """The recommender's formula over one catalogue."""

    catalogue: Catalogue
    seed: int
    params: Mapping[str, float]
    weights: Mapping[Surface, Mapping[str, float]]
    query_topics: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """Topic distribution of every query that occurs, in the order of ``topics``."""
    topics: Sequence[str] = TOPICS
    neighbours: Mapping[tuple[str, str], float] = field(default_factory=lambda: NEIGHBOURS)
    start: datetime = START

    @property
    def videos(self) -> list[Video]:
        return list(self.catalogue.videos.values())

    def near(self, one: str, other: str) -> float:
        """``T``: 1 for the same topic, the neighbourhood of two others, else 0."""
        if one == other:
            return 1.0
        return self.neighbours.get((one, other), self.neighbours.get((other, one), 0.0))

    def common(self, one: Video, other: Video) -> float:
        """Share of common concepts: a video has up to three."""
        return len({*one.concepts} & {*other.concepts}) / 3

    @cached_property
    def _largest(self) -> float:
        return max(size(video) for video in self.videos)

    def popularity(self, video: Video) -> float:
        return min(max((size(video) - 2) / max(self._largest - 2, 1), 0.0), 1.0)

    def similarity(self, video: Video, context: Video) -> float:
        same = 1.0 if video.channel_id == context.channel_id else 0.0
        return (
            0.6 * self.near(context.topic, video.topic)
            + 0.25 * self.common(context, video)
            + 0.15 * same
        )

    def recency(self, video: Video) -> float:
        age = ((EPOCH if video.pinned else self.start) - video.published).total_seconds() / 86400
        return 0.5 ** (max(age, 0.0) / self.params["recency_days"])

    def language(self, video: Video, viewer: Snapshot, context: Video | None) -> float:
        if video.lang.split("-")[0] == viewer.lang.split("-")[0]:
            return 1.0
        if context is not None and video.lang == context.lang:
            return 0.8
        return 0.35 if video.lang == "en" else 0.0

    def weight_of(self, events: Sequence[Event], index: int) -> float:
        """``w(e)`` of one event: halved once every ``half_life_watches`` later watches."""
        event = events[index]
        since = sum(later.kind is EventKind.WATCH for later in events[index + 1 :])
        faded = 0.5 ** (since / self.params["half_life_watches"])
        sign = 1 if event.on else -1
        if event.kind is EventKind.WATCH:
            watched = max(event.fraction, event.seconds / self.params["engaged_seconds"])
            return min(1.0, watched) * faded
        if event.kind is EventKind.LIKE:
            return sign * self.params["like"] * faded
        if event.kind is EventKind.DISLIKE:
            return -sign * self.params["like"] * faded
        if event.kind is EventKind.SEARCH:
            return self.params["search"] * faded
        return 0.0

    def history(self, video: Video, viewer: Snapshot) -> float:
        events = viewer.events
        known, mass = 0.0, self.params["history_prior"]
        for index, event in enumerate(events):
            weight = self.weight_of(events, index)
            if event.kind is EventKind.SEARCH:
                shares = self.query_topics[event.target]
                if not any(shares):
                    continue
                alike = 0.7 * sum(
                    share * self.near(topic, video.topic)
                    for topic, share in zip(self.topics, shares, strict=True)
                )
            elif (about := self.catalogue.videos.get(event.target)) is not None:
                alike = (
                    0.7 * self.near(about.topic, video.topic)
                    + 0.2 * self.common(about, video)
                    + 0.1 * (about.channel_id == video.channel_id)
                )
            else:
                continue
            known += weight * alike
            mass += abs(weight)
        return known / mass

    def seen(self, video: Video, viewer: Snapshot) -> float:
        watches = [e for e in viewer.events if e.kind is EventKind.WATCH and e.target == video.id]
        return max((watch.fraction for watch in watches), default=0.0)

    def refused(self, video: Video, viewer: Snapshot) -> float:
        known = [self.catalogue.videos.get(video_id) for video_id in viewer.not_interested]
        refused = [one for one in known if one is not None]
        if any(one.channel_id == video.channel_id for one in refused):
            return 1.0
        return max((0.5 * self.near(one.topic, video.topic) for one in refused), default=0.0)

    def parts(
        self,
        surface: Surface,
        viewer: Snapshot,
        *,
        context: str | None,
        load: str,
        relevance: Mapping[str, float] | None,
    ) -> dict[str, dict[str, float]]:
        """Every summand of every video's score but diversity, which depends on the list."""
        beside = self.catalogue.videos.get(context or "") if surface is Surface.RELATED else None
        name = ("noise", viewer.visitor_id, surface.value, context, load, len(viewer.events))
        noise, tilt = key_of(self.seed, *name), key_of(self.seed, "buckets")
        found: dict[str, dict[str, float]] = {}
        for number, video in enumerate(self.videos):
            channel = self.catalogue.channels[video.channel_id]
            taste = uniform(tilt, viewer.bucket * len(self.topics) + self.topics.index(video.topic))
            if relevance is not None:
                alike = relevance[video.id]
            else:
                alike = self.similarity(video, beside) if beside is not None else 0.0
            terms = {
                "popularity": self.popularity(video),
                "similarity": alike,
                "history": self.history(video, viewer),
                "recency": self.recency(video),
                "language": self.language(video, viewer, beside),
                "geo": 1.0 if channel.country == viewer.country else 0.0,
                "subscription": 1.0 if channel.id in viewer.subscriptions else 0.0,
                "bucket_effect": 2 * taste - 1,
                "seen": -self.seen(video, viewer),
                "not_interested": -self.refused(video, viewer),
                "noise": gumbel(noise, number),
            }
            found[video.id] = {
                term: value * self.weight(surface, term) for term, value in terms.items()
            }
        return found

    def weight(self, surface: Surface, name: str) -> float:
        return self.params[name] * self.weights[surface][name]

    def ranked(
        self, surface: Surface, parts: Mapping[str, Mapping[str, float]], allowed: Iterable[str]
    ) -> list[tuple[str, float]]:
        """(video id, score): again and again the best that is left, less diversity for each of its
        channel that stands above."""
        left = [video_id for video_id in self.catalogue.videos if video_id in {*allowed}]
        cost, above, out = self.weight(surface, "diversity"), dict.fromkeys(
            self.catalogue.channels, 0
        ), []  # fmt: skip
        while left:
            score = {
                video_id: sum(parts[video_id].values())
                - cost * above[self.catalogue.videos[video_id].channel_id]
                for video_id in left
            }
            best = max(left, key=lambda video_id: score[video_id])
            left.remove(best)
            above[self.catalogue.videos[best].channel_id] += 1
            out.append((best, score[best]))
        return out


def topics_of(catalogue: Catalogue, relevance: Sequence[float]) -> list[float]:
    """The topic distribution of the best hits: those of at least 0.8 of the best relevance."""
    best = max(relevance, default=0.0)
    shares = dict.fromkeys(TOPICS, 0.0)
    for video, value in zip(catalogue.videos.values(), relevance, strict=True):
        if best > 0 and value >= 0.8 * best:
            shares[video.topic] += value
    total = sum(shares.values())
    return [shares[topic] / total if total else 0.0 for topic in TOPICS]


def random_viewer(dice: random.Random, catalogue: Catalogue, *, events: int = 14) -> Snapshot:
    """A visitor with any history: every kind of event, things taken back, things unknown."""
    ids = [*catalogue.videos, "no-such-id0"]
    channel_ids = [*catalogue.channels, "UCnone"]
    done: list[Event] = []
    for number in range(events):
        kind = list(EventKind)[number % len(EventKind)] if number < 6 else dice.choice([*EventKind])
        on = kind in (EventKind.WATCH, EventKind.SEARCH) or dice.random() < 0.7
        target = dice.choice(ids)
        if kind is EventKind.SUBSCRIBE:
            target = dice.choice(channel_ids)
        elif kind is EventKind.SEARCH:
            target = dice.choice((*WORDS, "moon landing", "qwertyuiop"))
        watch = kind is EventKind.WATCH
        done.append(
            Event(
                kind,
                target,
                seconds=dice.choice((0.0, dice.uniform(0, 200))) if watch else 0.0,
                fraction=dice.choice((0.0, 1.0, dice.random())) if watch else 0.0,
                on=on,
                load=f"load-{number}",
            )
        )
    return Snapshot(
        visitor_id=f"visitor-{dice.random()}",
        bucket=dice.randrange(4),
        lang=dice.choice((*LANGS, "en-GB", "zh-CN", "pt", "sw")),
        country=dice.choice((*COUNTRIES, "XX")),
        events=tuple(done),
        subscriptions=frozenset(dice.sample(channel_ids, 3)),
        likes=frozenset(),
        dislikes=frozenset(),
        not_interested=frozenset(dice.sample(ids, dice.randrange(4))),
    )
