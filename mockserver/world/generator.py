"""The seeded channels and videos.

Same seed and recipe, same catalogue, down to the last byte: every channel draws from a generator
of its own. Popularity follows Zipf's law over the whole catalogue; ages count back from
``start``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from collector.common.model import ItemKind
from mockserver.world.ages import random_age
from mockserver.world.catalogue import Catalogue
from mockserver.world.model import Channel, Video
from mockserver.world.names import Names, slug
from mockserver.world.people import People
from mockserver.world.recipe import Recipe
from mockserver.world.seeded import rng, token
from mockserver.world.words import (
    CATEGORIES,
    CONCEPTS_PER_TOPIC,
    COUNTRIES,
    TYPICAL_SECONDS,
    patterns,
    topic_words,
)

_Pair = tuple[str, str]
"""Topic and language."""


def video_id(seed: int, channel: int, number: int) -> str:
    """The id of a generated video: 64 bits, so 11 characters."""
    return token(seed, "video", channel, number, size=8)


def _shares(total: int, weights: np.ndarray) -> list[int]:
    """``total`` split by ``weights``, at least one each, largest remainders first."""
    exact = weights / weights.sum() * (total - len(weights))
    counts = np.floor(exact).astype(int) + 1
    order = np.argsort(-(exact - np.floor(exact)), kind="stable")
    counts[order[: total - int(counts.sum())]] += 1
    return [int(count) for count in counts]


def _deal(total: int, shares: Mapping[_Pair, float]) -> list[_Pair]:
    """``total`` pairs in the proportions of ``shares``, every pair once if they suffice."""
    if total < len(shares):
        most = sorted(shares, key=lambda pair: -shares[pair])
        return most[:total]
    counts = _shares(total, np.array(list(shares.values()), dtype=float))
    return [pair for pair, count in zip(shares, counts, strict=True) for _ in range(count)]


@dataclass(slots=True)
class _Draft:
    """A video before its popularity rank is known."""

    id: str
    channel: Channel
    title: str
    topic: str
    kind: ItemKind
    age: timedelta
    seconds: int | None
    tags: tuple[str, ...]
    concepts: tuple[int, ...]
    appeal: float
    luck: tuple[float, float, float, float]


class Generator:
    """Makes the generated part of one world's catalogue."""

    def __init__(self, seed: int, recipe: Recipe, start: datetime) -> None:
        self.seed = seed
        self.recipe = recipe
        self.start = start
        self.topics = tuple(recipe.topics)
        self.topic_number = {topic: number for number, topic in enumerate(self.topics)}
        self.names = Names(seed)
        self.words = {
            (topic, lang): own.get(lang) or own.get("en") or topic_words(topic, lang)
            for topic in recipe.topics
            for own in (recipe.words.get(topic, {}),)
            for lang in recipe.languages
        }
        self.pair_shares: dict[_Pair, float] = {
            (topic, lang): of_topic * of_lang
            for topic, of_topic in recipe.topics.items()
            for lang, of_lang in recipe.languages.items()
        }
        self._turns: Counter[_Pair] = Counter()
        self.near = {
            topic: [
                other
                for pair in recipe.neighbours
                if topic in pair
                for other in pair
                if other != topic and other in recipe.topics
            ]
            for topic in recipe.topics
        }

    def generate(self, into: Catalogue) -> None:
        """Add generated entities to ``into``, beside the documented ones already there."""
        for channel in into.channels.values():
            self.names.reserve(channel.handle[1:])
        for name in into.users:
            self.names.reserve(name)
        channels = self._channels()
        drafts = self._drafts(channels)
        videos = self._popular(drafts)
        into.add(channels=channels, videos=videos)
        people = People(self.seed, self.recipe, self.start, self.names, self.words)
        into.add(users=people.users(into, channels))
        into.add(playlists=people.playlists(channels, videos))
        into.ads.update((ad.id, ad) for ad in people.ads(videos))

    def _channels(self) -> list[Channel]:
        dealt = _deal(self.recipe.channels, self.pair_shares)
        rng(self.seed, "channels").shuffle(dealt)
        return [self._channel(number, lang, topic) for number, (topic, lang) in enumerate(dealt)]

    def _channel(self, number: int, lang: str, topic: str) -> Channel:
        draw = rng(self.seed, "channel", number)
        words = self.words[topic, lang]
        name = self.names.channel(lang, draw.choice(words), number)
        handle = self.names.handle(name, f"{topic} {token(self.seed, 'handle', number, size=4)}")
        style = draw.random()
        legacy = f"/user/{handle}" if style < 0.3 else f"/c/{handle}" if style < 0.5 else None
        subscribers = int(10 ** draw.gauss(4.6, 1.1)) + 3
        listed = ", ".join(draw.sample(words, 3))
        return Channel(
            id="UC" + token(self.seed, "channel", number, size=16),
            handle="@" + handle,
            legacy_path=legacy,
            name=name,
            topic=topic,
            lang=lang,
            country=draw.choice(COUNTRIES.get(lang, ("US",))),
            verified=subscribers > 100_000 and draw.random() < 0.9,
            subscribers=subscribers,
            description=f"{name}. {listed}.",
            created=self.start - timedelta(days=draw.randint(14 * 365, 17 * 365)),
        )

    def _drafts(self, channels: list[Channel]) -> list[_Draft]:
        draw = rng(self.seed, "output")
        # Videos follow the shares of topics and languages, however few channels a pair has.
        pairs = Counter((channel.topic, channel.lang) for channel in channels)
        output = np.array(
            [
                draw.lognormvariate(0, 0.8) * self.pair_shares[pair] / pairs[pair]
                for channel in channels
                for pair in ((channel.topic, channel.lang),)
            ]
        )
        counts = _shares(max(self.recipe.videos, len(channels)), output)
        return [
            draft
            for number, (channel, count) in enumerate(zip(channels, counts, strict=True))
            for draft in self._output(number, channel, count)
        ]

    def _output(self, number: int, channel: Channel, count: int) -> Iterable[_Draft]:
        draw = rng(self.seed, "videos", number)
        forms = patterns(channel.lang)
        recipe = self.recipe
        people = [self.names.person(channel.lang) for _ in range(3)]
        renown = draw.lognormvariate(0, 0.9)
        for index in range(count):
            topic = channel.topic
            if self.near[topic] and draw.random() < recipe.strays:
                topic = draw.choice(self.near[topic])
            words = self.words[topic, channel.lang]
            # Concepts take turns, so that a search for any of them finds something.
            turn = self._turns[topic, channel.lang] % CONCEPTS_PER_TOPIC
            self._turns[topic, channel.lang] += 1
            others = [number for number in range(CONCEPTS_PER_TOPIC) if number != turn]
            first, (second, third) = turn, draw.sample(others, 2)
            title = draw.choice(forms).format(
                a=words[first], b=words[second], n=draw.randint(2, 99), p=draw.choice(people)
            )
            lot = draw.random()
            kind, seconds, age = ItemKind.VIDEO, None, random_age(draw)
            if lot < recipe.live_share:
                kind = ItemKind.LIVE
                age = timedelta(hours=draw.randint(1, 9), minutes=draw.randint(5, 20))
            elif lot < recipe.live_share + recipe.upcoming_share:
                kind = ItemKind.UPCOMING
                age = -timedelta(days=draw.randint(2, 20), hours=draw.randint(1, 20))
            elif lot < recipe.live_share + recipe.upcoming_share + recipe.short_share:
                kind, seconds = ItemKind.SHORT, draw.randint(8, 60)
            else:
                typical = TYPICAL_SECONDS.get(topic, 480)
                seconds = min(max(int(draw.lognormvariate(0, 0.7) * typical), 21), 6 * 3600)
                if draw.random() < 0.05:
                    seconds = max(60, seconds // 60 * 60)
            yield _Draft(
                id=video_id(self.seed, number, index),
                channel=channel,
                title=title[:1].upper() + title[1:],
                topic=topic,
                kind=kind,
                age=age,
                seconds=seconds,
                tags=(words[first], words[second], words[third]),
                concepts=tuple(
                    self.topic_number[topic] * CONCEPTS_PER_TOPIC + concept
                    for concept in (first, second, third)
                ),
                appeal=renown * draw.lognormvariate(0, 1.1),
                luck=(draw.random(), draw.random(), draw.random(), draw.random()),
            )

    def _popular(self, drafts: list[_Draft]) -> list[Video]:
        """Views by Zipf's law over the rank of appeal, damped for what is only hours old."""
        order = np.argsort(-np.array([draft.appeal for draft in drafts]), kind="stable")
        ranks = np.empty(len(drafts), dtype=np.int64)
        ranks[order] = np.arange(1, len(drafts) + 1)
        top = self.recipe.most_views / (ranks + 2.0) ** self.recipe.zipf
        return [self._finish(draft, float(most)) for draft, most in zip(drafts, top, strict=True)]

    def _finish(self, draft: _Draft, most: float) -> Video:
        luck = draft.luck
        days = max(draft.age.total_seconds() / 86400, 0.0)
        views = int(most * days / (days + 2.0) * (0.6 + 0.8 * luck[0]))
        if luck[1] < self.recipe.unseen_share:
            views = int(luck[1] / self.recipe.unseen_share * 1000 * luck[0] * luck[2])
        watching = None
        if draft.kind is ItemKind.UPCOMING:
            views, watching = 0, 1 + int(most / 50_000 * luck[2])
        elif draft.kind is ItemKind.LIVE:
            watching = 1 + int(most / 20_000 * luck[2])
        likes = int(views * (0.01 + 0.05 * luck[2]))
        tail = f"{draft.title}\n\n#{slug(draft.tags[0]) or draft.topic} {', '.join(draft.tags)}"
        return Video(
            id=draft.id,
            channel_id=draft.channel.id,
            title=draft.title,
            description=f"{tail}\n{draft.channel.name}",
            topic=draft.topic,
            lang=draft.channel.lang,
            kind=draft.kind,
            published=self.start - draft.age,
            seconds=draft.seconds,
            views=views,
            likes=likes,
            dislikes=int(likes * 0.08 * luck[3]),
            comment_count=int(likes * 0.1 * luck[1]),
            tags=draft.tags,
            category=CATEGORIES.get(draft.topic, "Entertainment"),
            watching=watching,
            made_for_kids=draft.topic in {"pets", "music"} and luck[3] > 0.97,
            concepts=draft.concepts,
        )
