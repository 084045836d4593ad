"""What was before the first page: background populations, and puppets that were used already.

Both are truths about a world (:mod:`mockserver.world.truths`), drawn from its seed.
"""

from __future__ import annotations

import numpy as np

from mockserver.world.arrays import Arrays
from mockserver.world.crowd import Crowd, crowd, loudness
from mockserver.world.ruling import Ruling
from mockserver.world.seeded import hashed_gumbels, key64
from mockserver.world.truths import Background, Used
from mockserver.world.viewers import Viewer


def background(seed: int, ruling: Ruling, arrays: Arrays) -> tuple[np.ndarray | None, Crowd | None]:
    """What the background populations add to every score (one number a video, in the order of
    ``arrays``), if there are any; and the last of them, from whom the recommender learns."""
    added: np.ndarray | None = None
    people: Crowd | None = None
    for number, truth in ruling.of(Background):
        people = crowd(key64(seed, "truth", number), arrays, truth.users, truth.watches)
        more = truth.weight * loudness(people.counts(len(arrays)))
        added = more if added is None else added + more
    return added, people


def live(viewer: Viewer, seed: int, number: int, truth: Used, arrays: Arrays) -> None:
    """What a visitor did before it came: videos watched to their ends, likelier ones first.

    :param number: of the truth among those of the world.
    """
    drawn = hashed_gumbels(key64(seed, "truth", number, "used", viewer.visitor_id), len(arrays))
    drawn = drawn + 3.0 * arrays.popularity
    drawn[arrays.short] = -np.inf
    if truth.topic is not None:
        drawn[arrays.topic != arrays.topic_number[truth.topic]] = -np.inf
    for row in np.argsort(-drawn, kind="stable")[: truth.watches].tolist():
        video = arrays.videos[row]
        if drawn[row] > -np.inf and video.seconds is not None:
            viewer.watched(video.id, float(video.seconds), 1.0, load="before")
