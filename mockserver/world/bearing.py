"""How truths bear on a list: what they add to scores, what they leave out, whom they put in.

The recommender's summands are its own; a truth adds summands of another name (``carry_over``,
``trend``, ``buckets``, ``others``), so that parts still sum to the score and the truth log tells
how much of a place is owed to which truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from collector.common.model import ItemKind
from mockserver.world.arrays import Arrays
from mockserver.world.model import Entry
from mockserver.world.parameters import NULL_PARAMETERS
from mockserver.world.recommender import Scores
from mockserver.world.ruling import Rules
from mockserver.world.seeded import hashed_uniforms, key64, rng, unit
from mockserver.world.truths import Trend, Turnover
from mockserver.world.viewers import EventKind, Snapshot

Drawn = tuple[int, float, dict[str, float]]
"""Row, score, parts."""


def circulating(seed: int, number: int, truth: Turnover, at_s: float, count: int) -> np.ndarray:
    """Which of ``count`` videos are in circulation at a second: bool of shape (count,).

    Videos stand on a circle of length 1, a window of length ``pool`` is in circulation, and it
    moves by ``pool * share_per_hour`` an hour.
    """
    places = hashed_uniforms(key64(seed, "truth", number, "turnover"), count)
    moved = truth.pool * truth.share_per_hour * at_s / 3600.0
    return np.asarray((places - moved) % 1.0 < truth.pool)


def trending(seed: int, number: int, truth: Trend, at_s: float, arrays: Arrays) -> np.ndarray:
    """What the trend adds to every score at a second: float64 of shape (videos,)."""
    draw = int(at_s // truth.every_s)
    order = hashed_uniforms(key64(seed, "truth", number, "trend", draw), len(arrays))
    if truth.topic is not None:
        order[arrays.topic != arrays.topic_number[truth.topic]] = 2.0
    added = np.zeros(len(arrays))
    chosen = np.argpartition(order, min(truth.videos, len(order) - 1))[: truth.videos]
    chosen = chosen[order[chosen] < 2.0]
    faded = 1.0
    if truth.half_life_s is not None:
        faded = 2.0 ** (-(at_s - draw * truth.every_s) / truth.half_life_s)
    added[chosen] = truth.weight * faded
    return added


def taste(seed: int, number: int, buckets: int, topics: int) -> np.ndarray:
    """Taste of each bucket of a truth for each topic, -1..1: shape (buckets, topics)."""
    drawn = hashed_uniforms(key64(seed, "truth", number, "taste"), buckets * topics)
    return drawn.reshape(buckets, topics) * 2.0 - 1.0


class Bearing:
    """Bears the truths of one world on its lists."""

    def __init__(
        self,
        seed: int,
        arrays: Arrays,
        query_topics: Callable[[str], np.ndarray],
        others: np.ndarray | None = None,
    ) -> None:
        """:param query_topics: topic distribution of a search's best hits, shape (topics,)
        :param others: what other users' watches add to every score, shape (videos,)"""
        self._seed = seed
        self._arrays = arrays
        self._query_topics = query_topics
        self._others = others

    def allowed(self, rules: Rules) -> np.ndarray | None:
        """Rows in circulation; ``None``: all."""
        mask: np.ndarray | None = None
        for number, truth in rules.turnover:
            found = circulating(self._seed, number, truth, rules.at_s, len(self._arrays))
            mask = found if mask is None else mask & found
        return mask

    def scores(self, scores: Scores, rules: Rules, viewer: Snapshot) -> Scores:
        """The scores with the truths' own summands."""
        arrays = self._arrays
        added: dict[str, np.ndarray] = {}
        if self._others is not None:
            added["others"] = self._others
        if rules.carry_over:
            added["carry_over"] = self._carried(rules, viewer)
        if rules.trends:
            trends = [
                trending(self._seed, number, truth, rules.at_s, arrays)
                for number, truth in rules.trends
            ]
            added["trend"] = np.sum(trends, axis=0)
        if rules.buckets:
            topics = len(arrays.topics)
            tastes = [
                truth.weight * taste(self._seed, number, truth.number, topics)[bucket]
                for number, truth, bucket in rules.buckets
            ]
            added["buckets"] = np.sum(tastes, axis=0)[arrays.topic]
        if rules.times != 1.0:
            parts = {
                name: part * (rules.times if name in NULL_PARAMETERS else 1.0)
                for name, part in scores.parts.items()
            }
        elif added:
            parts = dict(scores.parts)
        else:
            return scores
        parts |= added
        return Scores(sum(parts.values(), np.zeros(len(arrays))), parts, scores.diversity)

    def _carried(self, rules: Rules, viewer: Snapshot) -> np.ndarray:
        arrays = self._arrays
        near = np.zeros(len(arrays.topics))
        for event in viewer.events:
            if event.kind is not EventKind.SEARCH:
                continue
            topics = self._query_topics(event.target) @ arrays.affinity
            age = max(viewer.clock_s - event.at, 0.0)
            for _, truth in rules.carry_over:
                near = near + truth.weight * 2.0 ** (-age / truth.half_life_s) * topics
        return np.asarray(near[arrays.topic])

    def favoured(
        self,
        ranked: Iterator[Drawn],
        rules: Rules,
        best: Callable[[int], Iterable[Drawn]],
        *name: str | int | None,
    ) -> Iterator[Drawn]:
        """``ranked``, each place given to the topic of an exposure truth with its probability.

        :param best: a topic's number → its rows, best first
        :param name: what the draws are hashed from
        """  # fmt: skip
        sources = [
            (number, truth.points / 100.0, iter(best(self._arrays.topic_number[truth.topic])))
            for number, truth in rules.exposure
        ]
        given: set[int] = set()

        def fresh(source: Iterator[Drawn]) -> Drawn | None:
            return next((drawn for drawn in source if drawn[0] not in given), None)

        for place in range(len(self._arrays)):
            drawn = None
            for number, share, source in sources:
                if unit(self._seed, "truth", number, "exposure", *name, place) < share:
                    drawn = fresh(source)
                    break
            drawn = drawn or fresh(ranked)
            if drawn is None:
                return
            given.add(drawn[0])
            yield drawn

    def adverts(self, rules: Rules, *name: str | int | None) -> dict[int, str | None]:
        """Offsets of the first page that hold an advert → the topic that it has to be about.

        :param name: what the draws are hashed from
        """
        return {
            slot - 1: truth.topic
            for number, truth in rules.ads
            for slot in truth.slots
            if unit(self._seed, "truth", number, "ad", *name, slot) < truth.rate
        }

    def changed(
        self,
        entries: tuple[Entry, ...],
        rules: Rules,
        page: int,
        others: Iterator[Drawn],
        *name: str | int | None,
    ) -> tuple[Entry, ...]:
        """A list with entries of its first page replaced and reordered.

        :param page: entries of the first page
        :param others: ranked videos; those that stand in the list already are passed over
        :param name: what the draws are hashed from; no visitor, so that all get the same change
        """  # fmt: skip
        made = list(entries)
        used = {entry.video.id for entry in made if entry.video is not None}
        for number, truth in rules.differs:
            draw = rng(self._seed, "truth", number, "differs", *name)
            plain = [
                place
                for place, entry in enumerate(made[:page])
                if entry.kind is ItemKind.VIDEO and entry.shelf is None
            ]
            chosen = draw.sample(plain, min(truth.replace + truth.reorder, len(plain)))
            for place in chosen[: truth.replace]:
                found = next(
                    (one for one in others if self._arrays.videos[one[0]].id not in used), None
                )
                if found is None:
                    break
                row, score, parts = found
                video = self._arrays.videos[row]
                used.add(video.id)
                made[place] = Entry(
                    slot=made[place].slot, kind=video.kind, item_id=video.id, video=video,
                    score=score, parts=parts,
                )  # fmt: skip
            turned = sorted(chosen[truth.replace :])
            before = [made[place] for place in turned]
            for place, entry in zip(turned, before[1:] + before[:1], strict=True):
                made[place] = replace(entry, slot=made[place].slot)
        return tuple(made)
