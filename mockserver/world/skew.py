"""A catalogue in which a topic goes along with something else (the truth ``correlated``).

Nothing is invented: the videos' own views (or lengths) change hands, so the catalogue has the very
same distribution of them as before; or videos of the topic change their channel. Critics of
audits say that a difference between puppets may come of such correlations alone; here is the
world in which it does, with a ranking that is neutral.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from collector.common.errors import UserError
from collector.common.model import ItemKind
from mockserver.world.catalogue import Catalogue
from mockserver.world.model import Video
from mockserver.world.seeded import hashed_gumbels, key64, rng
from mockserver.world.truths import Along, Correlated

#: How near the reached correlation is to the one asked for.
TOLERANCE = 0.005


def skew(seed: int, number: int, truth: Correlated, catalogue: Catalogue) -> None:
    """Make the catalogue what the truth says, in place.

    :param number: the truth's place in the file
    :raises UserError: nothing is about the topic, or no exchange of values reaches the correlation
    """
    rows = [video for video in catalogue.videos.values() if video.kind is ItemKind.VIDEO]
    about = np.array([video.topic == truth.topic for video in rows])
    if not about.any() or about.all():
        raise UserError(
            f"correlated: {'every' if about.all() else 'no'} video is about {truth.topic!r}",
            place=f"truths.{number}.topic",
            fix="name a topic that some videos have",
        )
    if truth.along is Along.CHANNEL:
        _gather(seed, number, truth, rows, about, catalogue)
    else:
        _exchange(seed, number, truth, rows, about, catalogue)


def popularity(video: Video) -> float:
    """What the ranking's popularity grows with: log10 of the views."""
    return float(np.log10(video.views + 1.0))


def length(video: Video) -> float:
    """Seconds."""
    return float(video.seconds or 0)


_MEASURES: dict[Along, Callable[[Video], float]] = {
    Along.POPULARITY: popularity,
    Along.LENGTH: length,
}


def _exchange(
    seed: int, number: int, truth: Correlated, rows: list[Video], about: np.ndarray,
    catalogue: Catalogue,
) -> None:  # fmt: skip
    """Hand the values out anew by a key that mixes the topic with noise, in the share that gives
    the correlation (found by bisection)."""
    measure = np.array([_MEASURES[truth.along](video) for video in rows])
    owners = np.argsort(measure, kind="stable")
    noise = hashed_gumbels(key64(seed, "truth", number, "correlated"), len(rows))
    noise = (noise - noise.mean()) / noise.std()
    topic = (about - about.mean()) / about.std()
    sign = 1.0 if truth.correlation >= 0 else -1.0

    def order(share: float) -> np.ndarray:
        return np.argsort(sign * share * topic + (1.0 - share) * noise, kind="stable")

    def reached(share: float) -> float:
        given = np.empty(len(rows))
        given[order(share)] = measure[owners]
        return float(np.corrcoef(given, about)[0, 1])

    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (
            (middle, high) if sign * reached(middle) < abs(truth.correlation) else (low, middle)
        )
    if abs(reached(high) - truth.correlation) > TOLERANCE:
        raise UserError(
            f"correlated: this catalogue reaches {reached(high):.2f} at most",
            place=f"truths.{number}.correlation",
            fix="ask for less",
        )
    for place, owner in zip(order(high).tolist(), owners.tolist(), strict=True):
        video, giver = rows[place], rows[owner]
        if truth.along is Along.POPULARITY:
            changed = replace(video, views=giver.views, likes=giver.likes, dislikes=giver.dislikes)
        else:
            changed = replace(video, seconds=giver.seconds)
        catalogue.videos[video.id] = changed


def _gather(
    seed: int, number: int, truth: Correlated, rows: list[Video], about: np.ndarray,
    catalogue: Catalogue,
) -> None:  # fmt: skip
    """Give the share of the topic's videos to the channel that has most of them."""
    mine = [video for video, is_mine in zip(rows, about.tolist(), strict=True) if is_mine]
    owners = [video.channel_id for video in mine]
    chief = max(sorted(set(owners)), key=owners.count)
    wanted = round(max(truth.correlation, 0.0) * len(mine)) - owners.count(chief)
    others = [video for video in mine if video.channel_id != chief]
    draw = rng(seed, "truth", number, "correlated")
    for video in draw.sample(others, min(max(wanted, 0), len(others))):
        catalogue.videos[video.id] = replace(video, channel_id=chief)
