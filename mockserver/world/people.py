"""The seeded users, their playlists, and who advertises."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from collector.common.model import ItemKind
from mockserver.world.ages import random_age
from mockserver.world.catalogue import Catalogue
from mockserver.world.model import Ad, Channel, Playlist, Subscription, User, Video
from mockserver.world.names import Names, slug
from mockserver.world.recipe import Recipe
from mockserver.world.seeded import rng, token
from mockserver.world.words import COUNTRIES


def _pick(draw: random.Random, shares: Mapping[str, float]) -> str:
    return draw.choices(list(shares), list(shares.values()))[0]


class People:
    """Makes users, playlists and ads around the generated channels."""

    def __init__(
        self,
        seed: int,
        recipe: Recipe,
        start: datetime,
        names: Names,
        words: Mapping[tuple[str, str], tuple[str, ...]],
    ) -> None:
        self.seed = seed
        self.recipe = recipe
        self.start = start
        self.names = names
        self.words = words

    def users(self, into: Catalogue, channels: list[Channel]) -> list[User]:
        """Make the users: one for each channel, then viewers without one; all may have
        favourites, subscriptions and contacts."""
        draw = rng(self.seed, "users")
        ids = list(into.videos)
        made: list[User] = []
        for channel in channels:
            made.append(
                User(
                    name=channel.handle[1:],
                    display_name=channel.name,
                    created=channel.created,
                    country=channel.country,
                    lang=channel.lang,
                    channel_id=channel.id,
                )
            )
        for _ in range(self.recipe.viewers):
            lang = _pick(draw, self.recipe.languages)
            display = self.names.person(lang)
            made.append(
                User(
                    name=self.names.handle(display, f"viewer{draw.randint(1000, 9999)}"),
                    display_name=display,
                    created=self.start - timedelta(days=draw.randint(200, 6000)),
                    country=draw.choice(COUNTRIES.get(lang, ("US",))),
                    lang=lang,
                    age=draw.randint(16, 78),
                    gender=draw.choice(("m", "f")),
                )
            )
        names = [user.name for user in made]
        return [self._sociable(user, draw, ids, names) for user in made]

    def _sociable(self, user: User, draw: random.Random, ids: list[str], names: list[str]) -> User:
        """``user`` with favourites, subscriptions and contacts."""
        words = self.words[draw.choice(tuple(self.recipe.topics)), user.lang]
        return User(
            name=user.name,
            display_name=user.display_name,
            created=user.created,
            country=user.country,
            lang=user.lang,
            channel_id=user.channel_id,
            age=user.age,
            gender=user.gender,
            profile={"location": user.country, "hobbies": ", ".join(draw.sample(words, 2))},
            favorites=tuple(dict.fromkeys(draw.choices(ids, k=draw.randint(0, 6)))),
            subscriptions=(
                *(Subscription("channel", draw.choice(names)) for _ in range(draw.randint(0, 3))),
                *((Subscription("query", words[0]),) if draw.random() < 0.2 else ()),
            ),
            contacts=tuple(dict.fromkeys(draw.choices(names, k=draw.randint(0, 3)))),
        )

    def playlists(self, channels: list[Channel], videos: list[Video]) -> Iterable[Playlist]:
        """Make the playlists, each of 3 to 30 videos of its channel's topic and language; where
        there are fewer, there is none."""
        draw = rng(self.seed, "playlists")
        shelves: dict[tuple[str, str], list[str]] = {}
        for video in videos:
            if video.kind is ItemKind.VIDEO:
                shelves.setdefault((video.topic, video.lang), []).append(video.id)
        for number in range(self.recipe.playlists):
            channel = draw.choice(channels)
            shelf = shelves.get((channel.topic, channel.lang), [])
            if len(shelf) < 3:
                continue
            word = draw.choice(self.words[channel.topic, channel.lang])
            made = self.start - random_age(draw, oldest_years=8)
            yield Playlist(
                id="PL" + token(self.seed, "playlist", number, size=24),
                title=f"{word[:1].upper()}{word[1:]} ({channel.name})",
                channel_id=channel.id,
                video_ids=tuple(draw.sample(shelf, min(len(shelf), draw.randint(3, 30)))),
                description=word,
                tags=(word,),
                owner=channel.handle[1:],
                published=made,
                updated=made,
                topic=channel.topic,
                lang=channel.lang,
            )

    def ads(self, videos: list[Video]) -> Iterable[Ad]:
        """Make the adverts; about a quarter promote a video of the catalogue on an everyday
        topic."""
        draw = rng(self.seed, "ads")
        calm = [
            video
            for video in videos
            if video.kind is ItemKind.VIDEO and video.topic in {"technology", "travel", "cooking"}
        ]
        calls = ("Save {n} % today", "New: try it free for {n} days", "From €{n}", "Only {n} left!")
        for number in range(self.recipe.ads):
            sponsor = self.names.company()
            promoted = draw.choice(calm) if calm and draw.random() < 0.25 else None
            offer = draw.choice(calls).format(n=draw.randint(3, 70))
            yield Ad(
                id=f"ad{token(self.seed, 'ad', number, size=6)}",
                sponsor=sponsor,
                site=f"www.{slug(sponsor)[:20]}{number}.example",
                title=promoted.title if promoted else f"{sponsor} – {offer}",
                video_id=promoted.id if promoted else None,
                seconds=draw.choice((6, 15, 15, 20, 30)),
            )
