"""The catalogue as columns, so that scoring 100,000 videos is a few array operations.

Row ``i`` of every column is video ``ids[i]``. Ages are taken once, when the world is built, and
those of entities with absolute dates at the epoch: ranking never asks the clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from collector.common.model import ItemKind
from mockserver.world.catalogue import Catalogue
from mockserver.world.clock import EPOCH

_KINDS = (ItemKind.VIDEO, ItemKind.SHORT, ItemKind.LIVE, ItemKind.UPCOMING)


class Arrays:
    """Columns of shape (videos,), ``concepts`` of shape (videos, 3) padded with −1."""

    def __init__(
        self,
        catalogue: Catalogue,
        topics: Sequence[str],
        neighbours: Mapping[tuple[str, str], float],
        start: datetime,
    ) -> None:
        videos = list(catalogue.videos.values())
        self.videos = videos
        self.position = {video.id: row for row, video in enumerate(videos)}
        self.topics = tuple(topics)
        self.topic_number = {topic: number for number, topic in enumerate(self.topics)}
        self.langs = tuple(sorted({video.lang for video in videos}))
        lang_number = {lang: number for number, lang in enumerate(self.langs)}
        self.lang_number = lang_number
        channels = list(catalogue.channels.values())
        self.channel_number = {channel.id: number for number, channel in enumerate(channels)}
        countries = sorted({channel.country for channel in channels})
        self.country_number = {country: number for number, country in enumerate(countries)}

        self.topic = np.array([self.topic_number[video.topic] for video in videos], dtype=np.int16)
        self.lang = np.array([lang_number[video.lang] for video in videos], dtype=np.int16)
        self.channel = np.array(
            [self.channel_number[video.channel_id] for video in videos], dtype=np.int32
        )
        of_channel = np.array(
            [self.country_number[channel.country] for channel in channels], dtype=np.int16
        )
        self.country = of_channel[self.channel]
        self.kind = np.array([_KINDS.index(video.kind) for video in videos], dtype=np.int8)
        self.short = self.kind == _KINDS.index(ItemKind.SHORT)
        self.concepts = np.array(
            [(*video.concepts, -1, -1, -1)[:3] for video in videos], dtype=np.int32
        )
        self.age_days = np.array(
            [
                ((EPOCH if video.pinned else start) - video.published).total_seconds() / 86400
                for video in videos
            ]
        )
        reach = np.array(
            [
                video.views + 20 * (video.watching or 0)
                if video.kind is not ItemKind.UPCOMING
                else 5 * (video.watching or 0)
                for video in videos
            ],
            dtype=np.float64,
        )
        size = np.log10(reach + 1.0)
        self.popularity = np.clip((size - 2.0) / max(float(size.max()) - 2.0, 1.0), 0.0, 1.0)
        self.affinity = topic_affinity(self.topics, neighbours)
        #: The same columns in the machine's own index type: what tables are looked up by.
        self.topic_at, self.channel_at, self.lang_at = (
            column.astype(np.intp) for column in (self.topic, self.channel, self.lang)
        )
        self.concepts_at = tuple(
            np.ascontiguousarray(self.concepts[:, place], dtype=np.intp) for place in range(3)
        )
        self.concept_count = int(self.concepts.max()) + 2

    def shared_concepts(self, table: np.ndarray) -> np.ndarray:
        """The sum of ``table``'s values at each video's concepts: shape (videos,)."""
        first, second, third = self.concepts_at
        found = table[first]
        found += table[second]
        found += table[third]
        return np.asarray(found)

    def __len__(self) -> int:
        return len(self.videos)


def topic_affinity(
    topics: Sequence[str], neighbours: Mapping[tuple[str, str], float]
) -> np.ndarray:
    """The symmetric matrix T of shape (topics, topics): 1 on the diagonal, neighbours beside it."""
    matrix = np.eye(len(topics))
    number = {topic: index for index, topic in enumerate(topics)}
    for (one, other), alike in neighbours.items():
        if one in number and other in number:
            matrix[number[one], number[other]] = alike
            matrix[number[other], number[one]] = alike
    return matrix
