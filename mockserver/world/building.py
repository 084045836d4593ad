"""A world's catalogue from a seed: the documented entities first, then the generated ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from mockserver.world import documented
from mockserver.world.catalogue import Catalogue
from mockserver.world.clock import EPOCH
from mockserver.world.generator import Generator
from mockserver.world.recipe import Recipe
from mockserver.world.words import CONCEPTS_PER_TOPIC


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
