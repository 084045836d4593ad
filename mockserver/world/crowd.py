"""Other users: a background population whose watches a recommender learns from.

Each user has a taste (a favourite topic and a second one) and a language; a watch is of the
favourite topic with odds 6 of 10, of the second with 2 of 10, else of any; within the topic of the
user's language and by popularity. Everything is hashed from the seed, user by user, so 10,000
users are the same on every machine and in every order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mockserver.world.arrays import Arrays
from mockserver.world.seeded import hashed_uniforms, key64

#: Odds of a watch to be of the favourite topic, and of the favourite or the second one.
FAVOURITE, FAMILIAR = 0.6, 0.8
#: How much more a popular video is watched: weights are ``10 ** (STEEP * popularity)``.
STEEP = 3.0


@dataclass(frozen=True)
class Crowd:
    """Who watched what: ``rows[u, w]`` is the w-th video of user ``u``; shape (users, watches)."""

    rows: np.ndarray
    topic: np.ndarray
    """Number of each user's favourite topic, shape (users,)."""

    def counts(self, videos: int) -> np.ndarray:
        """Watches of each video, shape (videos,)."""
        return np.bincount(self.rows.ravel(), minlength=videos)


def crowd(seed: int, arrays: Arrays, users: int, watches: int) -> Crowd:
    """The population of a world.

    :param arrays: its catalogue
    """
    topics = len(arrays.topics)
    size = np.bincount(arrays.topic, minlength=topics).astype(np.float64)
    odds = np.cumsum(size / size.sum())

    def drawn(what: str, count: int) -> np.ndarray:
        return hashed_uniforms(key64(seed, "crowd", what), count)

    first = np.searchsorted(odds, drawn("first", users)).clip(0, topics - 1)
    second = np.searchsorted(odds, drawn("second", users)).clip(0, topics - 1)
    lang_size = np.bincount(arrays.lang, minlength=len(arrays.langs)).astype(np.float64)
    langs = np.searchsorted(np.cumsum(lang_size / lang_size.sum()), drawn("lang", users))
    langs = langs.clip(0, len(arrays.langs) - 1)

    kind = drawn("kind", users * watches).reshape(users, watches)
    any_topic = np.searchsorted(odds, drawn("any", users * watches)).clip(0, topics - 1)
    topic = np.where(
        kind < FAVOURITE,
        first[:, None],
        np.where(kind < FAMILIAR, second[:, None], any_topic.reshape(users, watches)),
    )
    which = drawn("which", users * watches).reshape(users, watches)
    rows = np.empty((users, watches), dtype=np.int64)
    weight = 10.0 ** (STEEP * arrays.popularity) * ~arrays.short
    cell = topic * len(arrays.langs) + langs[:, None]
    for number in np.unique(cell):
        of_topic, lang = divmod(int(number), len(arrays.langs))
        mine = np.flatnonzero((arrays.topic == of_topic) & (arrays.lang == lang) & ~arrays.short)
        if not len(mine):
            mine = np.flatnonzero((arrays.topic == of_topic) & ~arrays.short)
        if not len(mine):
            mine = np.flatnonzero(~arrays.short)
        sums = np.cumsum(weight[mine])
        here = cell == number
        picked = np.searchsorted(sums, which[here] * sums[-1]).clip(0, len(mine) - 1)
        rows[here] = mine[picked]
    return Crowd(rows, first)


def loudness(counts: np.ndarray) -> np.ndarray:
    """Numbers of watches on a scale of 0..1: ``log(1 + n) / log(1 + the largest)``."""
    most = float(counts.max(initial=0))
    return np.log1p(counts) / np.log1p(most) if most else np.zeros(len(counts))
