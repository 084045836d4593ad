"""A world's catalogue from a seed: the documented entities first, then the generated ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from mockserver.world import documented
from mockserver.world.catalogue import Catalogue
from mockserver.world.clock import EPOCH
from mockserver.world.generator import Generator
from mockserver.world.recipe import SIZES, Recipe
from mockserver.world.words import CONCEPTS_PER_TOPIC

#: A catalogue of at most so many videos is kept: worlds of one seed are made many times a process.
_KEPT_VIDEOS = 10_000


def all_topics(recipe: Recipe) -> tuple[str, ...]:
    """The recipe's topics, then those that only documented entities have."""
    _, videos = documented.channels_and_videos()
    return tuple(dict.fromkeys([*recipe.topics, *(video.topic for video in videos)]))


def build_catalogue(
    seed: int, recipe: Recipe, topics: tuple[str, ...], start: datetime
) -> Catalogue:
    """Make everything that exists in a world.

    :param topics: as :func:`all_topics` orders them; concepts are numbered by it
    :param start: when the world begins; what is generated is dated before it, and documented videos
    that are not pinned move with it
    """
    if recipe.videos <= _KEPT_VIDEOS and recipe is SIZES.get(recipe.name):
        return _dated(_of_epoch(seed, recipe.name), start - EPOCH)
    return _made(seed, recipe, topics, start)


@lru_cache(maxsize=8)
def _of_epoch(seed: int, size: str) -> Catalogue:
    recipe = SIZES[size]
    return _made(seed, recipe, all_topics(recipe), EPOCH)


def _dated(made: Catalogue, later: timedelta) -> Catalogue:
    """``made``, with the dates of what has an age moved; its entities are frozen and shared."""
    dated = made.dated if later else {*made.channels, *made.videos, *made.playlists, *made.users}
    return Catalogue(
        channels={
            key: channel if key in dated else replace(channel, created=channel.created + later)
            for key, channel in made.channels.items()
        },
        videos={
            key: video if key in dated else replace(video, published=video.published + later)
            for key, video in made.videos.items()
        },
        playlists={
            key: each
            if key in dated
            else replace(
                each,
                published=each.published and each.published + later,
                updated=each.updated and each.updated + later,
            )
            for key, each in made.playlists.items()
        },
        users={
            key: user if key in dated else replace(user, created=user.created + later)
            for key, user in made.users.items()
        },
        ads=dict(made.ads),
        dated=set(made.dated),
        comments=dict(made.comments),
    )


def _made(seed: int, recipe: Recipe, topics: tuple[str, ...], start: datetime) -> Catalogue:
    catalogue = Catalogue()
    channels, videos = documented.channels_and_videos()
    catalogue.add(
        channels=(*channels, *recipe.extra_channels),
        videos=[
            replace(
                video,
                concepts=tuple(
                    topics.index(video.topic) * CONCEPTS_PER_TOPIC + number
                    for number in video.concepts
                ),
                published=video.published + (timedelta() if video.pinned else start - EPOCH),
            )
            for video in (*videos, *recipe.extra_videos)
        ],
        playlists=documented.playlists(),
        users=documented.users(),
    )
    catalogue.comments.update(documented.comments())
    catalogue.dated.update(catalogue.channels, catalogue.playlists, catalogue.users)
    catalogue.dated.update(video.id for video in catalogue.videos.values() if video.pinned)
    Generator(seed, recipe, start).generate(catalogue)
    return catalogue
