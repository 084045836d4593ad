"""The recommender, whose formula and parameters are known.

Every surface ranks videos ``v`` for a viewer ``u`` (and a context ``c``: the video being watched,
or the query) by::

    score(v) =  W[popularity]   * P(v)        log10 of the reach of v, scaled to 0..1, see below
              + W[similarity]   * S(v, c)     related: 0.6 T[topic c, topic v] + 0.25 share
                                              of common concepts + 0.15 same channel;
                                              search: text relevance
              + W[history]      * H(v, u)     what u watched, liked and searched, see below
              + W[recency]      * 2^(-age/recency_days)
              + W[language]     * L(v, u)     1 same language (whatever the region), 0.8 that
                                              of c, 0.35 English, else 0
              + W[geo]          * G(v, u)     1 if the channel is of u's country
              + W[subscription] * B(v, u)     1 if u is subscribed to the channel
              + W[bucket_effect]* A(v, u)     taste of u's A/B bucket for the topic, -1..1
              - W[seen]         * watched fraction of v, the largest of its watches
              - W[not_interested] * N(v, u)   1 for channels of videos u refused, 0.5 T for topics
              + W[noise]        * Gumbel noise, a hash of (seed, visitor, surface, context, load,
                                              number of events in u's history, v)
              - W[diversity]    * how many entries of the same channel stand above

with ``W[x] = params[x] * WEIGHTS[surface][x]``. Gumbel noise makes the top of the list a sample
drawn without replacement with odds ``exp(score / W[noise])``.

History forgets by watches, not by time: event ``e`` weighs
``w(e) = engagement * 2^(-k / half_life_watches)`` with ``k`` the number of watches since and
``engagement = min(1, max(fraction watched, seconds watched / engaged_seconds))``; a like weighs
``like`` watches, a dislike as much against, either taken back as much the other way, a search
``search`` watches. With ``M = history_prior + sum |w|``, ``H(v, u) = sum_e w(e) * r(e, v) / M``
where ``r = 0.7 T[topic e, topic v] + 0.2 share of common concepts + 0.1 same channel``; of a search
``r = 0.7 T`` with the topics of its best hits, by their share. Events about nothing that exists
do not count. So nothing is known of a newcomer, and what is known saturates. (Where the truth
``forgetting`` has a ``half_life_s``, ``w(e)`` fades by ``2^(-age / half_life_s)`` beside that.)

The reach of a video is its views and 20 times its viewers of now, of an upcoming one 5 times those
who wait; ``P = (log10(reach + 1) - 2) / (the largest log10 - 2)``, cut off at 0 and 1. The share of
common concepts is their number over 3. ``T`` is the matrix of topic neighbourhood
(``arrays.topic_affinity``). Nothing here depends on the wall clock, on other visitors or on the
order in which they arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from collector.common.model import Surface
from mockserver.world.arrays import Arrays
from mockserver.world.crowd import Crowd
from mockserver.world.parameters import BUCKETS, NULL_PARAMETERS, with_overrides
from mockserver.world.seeded import hashed_gumbels, hashed_uniforms, key64
from mockserver.world.viewers import Event, EventKind, Snapshot

#: Kinds of viewers and lists whose fixed summands are kept; each has six numbers a video.
_FIXED = 24

_TOPIC_SHARE, _CONCEPT_SHARE, _CHANNEL_SHARE = 0.7, 0.2, 0.1


@dataclass(frozen=True)
class Scores:
    """Scores of all videos for one list: ``total`` and its summands, each of shape (videos,)."""

    total: np.ndarray
    parts: Mapping[str, np.ndarray]
    diversity: float
    """What each earlier entry of the same channel costs."""

    def table(self, rows: np.ndarray) -> list[tuple[str, list[float]]]:
        """Each summand of some videos, in their order."""
        return [(name, values[rows].tolist()) for name, values in self.parts.items()]

    def of(self, row: int) -> dict[str, float]:
        """The summands of video ``row`` that are not zero."""
        return {
            name: float(values[row]) for name, values in self.parts.items() if values[row] != 0.0
        }


class Recommender:
    """Scores for one world. ``params`` and ``weights`` are what is in force, overrides applied."""

    name = "formula"

    def __init__(
        self, seed: int, arrays: Arrays, overrides: Mapping[str, float] | None = None
    ) -> None:
        """:param overrides: ``{"history": 0}``, or ``{"home.history": 3}`` for one surface's weight
        :raises UserError: an unknown name or a value that is not a finite number of at least 0
        """
        self._seed = seed
        self._arrays = arrays
        self.params, self.weights = with_overrides(overrides or {})
        tilt = hashed_uniforms(key64(seed, "buckets"), BUCKETS * len(arrays.topics))
        #: Taste of each bucket for each topic, −1..1, shape (buckets, topics).
        self.tilt = tilt.reshape(BUCKETS, len(arrays.topics)) * 2.0 - 1.0
        self._fixed = lru_cache(maxsize=_FIXED)(self._fixed_parts)

    def observe(self, crowd: Crowd) -> None:
        """Nothing is learnt from other users."""

    def state(self) -> bytes:
        """Nothing is learnt."""
        return b""

    def weight(self, surface: Surface, name: str) -> float:
        """``params[name] * WEIGHTS[surface][name]``."""
        return self.params[name] * self.weights[surface][name]

    def describe(self) -> dict[str, object]:
        """Formula, parameters and weights, for reports and ``/_truth/recommender``."""
        return {
            "formula": __doc__,
            "params": dict(self.params),
            "weights": {surface.value: dict(table) for surface, table in self.weights.items()},
            "null_parameters": dict(NULL_PARAMETERS),
            "buckets": BUCKETS,
            "bucket_taste": [
                dict(zip(self._arrays.topics, map(float, row.round(6)), strict=True))
                for row in self.tilt
            ],
            "topics": list(self._arrays.topics),
            "topic_affinity": self._arrays.affinity.tolist(),
        }

    def scores(
        self,
        surface: Surface,
        viewer: Snapshot,
        *,
        context: str | None,
        load: str,
        similarity: np.ndarray | None,
        search_topics: Callable[[str], np.ndarray],
        half_life_s: float | None = None,
        at_s: float = 0.0,
    ) -> Scores:
        """Scores of every video for one list.

        :param similarity: text relevance of a search, or None to take it from the context video
        :param search_topics: topic distribution of a query, shape (topics,)
        :param half_life_s: seconds after which an event weighs half, beside the watches since
        :param at_s: second of the world's clock, which this formula never asks for
        """
        del at_s
        arrays = self._arrays
        row = arrays.position.get(context) if surface is Surface.RELATED and context else None
        context_lang = None if row is None else int(arrays.lang[row])
        base, fixed = self._fixed(
            surface, viewer.lang, viewer.country, viewer.bucket % BUCKETS, context_lang
        )
        # What is not there at all costs nothing: most viewers have no subscriptions.
        own: dict[str, Callable[[], np.ndarray]] = {}
        if similarity is not None:
            own["similarity"] = lambda: similarity
        elif row is not None:
            own["similarity"] = lambda: self._similarity(row)
        if viewer.events:
            own["history"] = lambda: self._history(viewer, search_topics, half_life_s)
            own["seen"] = lambda: -self._seen(viewer)
        if viewer.subscriptions:
            own["subscription"] = lambda: self._channels_in(viewer.subscriptions)
        if viewer.not_interested:
            own["not_interested"] = lambda: -self._refused(viewer)
        key = key64(
            self._seed, "noise", viewer.visitor_id, surface.value, context, load, len(viewer.events)
        )
        own["noise"] = lambda: hashed_gumbels(key, len(arrays))
        total, parts = base.copy(), dict(fixed)
        for name, values in own.items():
            weight = self.weight(surface, name)
            if weight != 0.0:
                parts[name] = values() * weight
                total += parts[name]
        return Scores(total, parts, self.weight(surface, "diversity"))

    def _fixed_parts(
        self, surface: Surface, lang: str, country: str, bucket: int, context_lang: int | None
    ) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
        """What does not depend on what a viewer did: the sum, and its summands."""
        arrays = self._arrays
        values: dict[str, Callable[[], np.ndarray]] = {
            "popularity": lambda: arrays.popularity,
            "recency": lambda: np.exp2(
                -np.maximum(arrays.age_days, 0.0) / self.params["recency_days"]
            ),
            "language": lambda: self._language(lang, context_lang),
            "geo": lambda: (arrays.country == arrays.country_number.get(country, -1)).astype(
                np.float64
            ),
            "bucket_effect": lambda: self.tilt[bucket][arrays.topic_at],
        }
        parts = {
            name: value() * weight
            for name, value in values.items()
            if (weight := self.weight(surface, name)) != 0.0
        }
        return np.asarray(sum(parts.values(), np.zeros(len(arrays)))), parts

    def _similarity(self, row: int) -> np.ndarray:
        arrays = self._arrays
        alike = (0.6 * arrays.affinity[arrays.topic[row]])[arrays.topic_at]
        own = [concept for concept in arrays.concepts[row].tolist() if concept >= 0]
        if own:
            table = np.zeros(arrays.concept_count)
            table[own] = 1.0
            alike += 0.25 * arrays.shared_concepts(table) / 3.0
        alike[arrays.channel == arrays.channel[row]] += 0.15
        return np.asarray(alike)

    def _language(self, lang: str, context_lang: int | None) -> np.ndarray:
        arrays = self._arrays
        table = np.zeros(len(arrays.langs))
        for other, number in arrays.lang_number.items():
            if other == lang or other.split("-")[0] == lang.split("-")[0]:
                table[number] = 1.0
            elif number == context_lang:
                table[number] = 0.8
            elif other == "en":
                table[number] = 0.35
        return table[arrays.lang_at]

    def _channels_in(self, channel_ids: frozenset[str]) -> np.ndarray:
        arrays = self._arrays
        table = np.zeros(len(arrays.channel_number))
        for channel_id in channel_ids:
            if channel_id in arrays.channel_number:
                table[arrays.channel_number[channel_id]] = 1.0
        return table[arrays.channel_at]

    def engagement(self, event: Event) -> float:
        """How much of a watch counts: the larger of the watched fraction and the watched seconds
        over ``engaged_seconds``, at most 1."""
        return min(max(event.fraction, event.seconds / self.params["engaged_seconds"]), 1.0)

    def event_weights(self, events: tuple[Event, ...]) -> list[float]:
        """``w(e)`` of every event, in order; watches since are counted from the end."""
        weights = [0.0] * len(events)
        watches_since = 0
        for index in range(len(events) - 1, -1, -1):
            event = events[index]
            faded = 2.0 ** (-watches_since / self.params["half_life_watches"])
            if event.kind is EventKind.WATCH:
                weights[index] = self.engagement(event) * faded
                watches_since += 1
            elif event.kind is EventKind.LIKE:
                weights[index] = self.params["like"] * faded * (1 if event.on else -1)
            elif event.kind is EventKind.DISLIKE:
                weights[index] = -self.params["like"] * faded * (1 if event.on else -1)
            elif event.kind is EventKind.SEARCH:
                weights[index] = self.params["search"] * faded
        return weights

    def _history(
        self,
        viewer: Snapshot,
        search_topics: Callable[[str], np.ndarray],
        half_life_s: float | None,
    ) -> np.ndarray:
        arrays = self._arrays
        if not viewer.events:
            return np.zeros(len(arrays))
        topics = np.zeros(len(arrays.topics))
        concepts = np.zeros(arrays.concept_count)
        channels = np.zeros(len(arrays.channel_number))
        mass = self.params["history_prior"]
        for event, weight in zip(viewer.events, self.event_weights(viewer.events), strict=True):
            if weight == 0.0:
                continue
            if half_life_s is not None:
                weight *= 2.0 ** (-max(viewer.clock_s - event.at, 0.0) / half_life_s)
            if event.kind is EventKind.SEARCH:
                found = search_topics(event.target)
                topics += weight * (found @ arrays.affinity)
                mass += abs(weight) * float(found.sum() > 0)
                continue
            row = arrays.position.get(event.target)
            if row is None:
                continue
            mass += abs(weight)
            topics += weight * arrays.affinity[arrays.topic[row]]
            channels[arrays.channel[row]] += weight
            for concept in arrays.concepts[row]:
                if concept >= 0:
                    concepts[concept] += weight / 3.0
        concepts[-1] = 0.0
        liked = (_TOPIC_SHARE / mass * topics)[arrays.topic_at]
        liked += arrays.shared_concepts(_CONCEPT_SHARE / mass * concepts)
        liked += (_CHANNEL_SHARE / mass * channels)[arrays.channel_at]
        return np.asarray(liked)

    def _seen(self, viewer: Snapshot) -> np.ndarray:
        arrays = self._arrays
        seen = np.zeros(len(arrays))
        for event in viewer.events:
            row = arrays.position.get(event.target)
            if event.kind is EventKind.WATCH and row is not None:
                seen[row] = max(seen[row], event.fraction)
        return seen

    def _refused(self, viewer: Snapshot) -> np.ndarray:
        arrays = self._arrays
        topics = np.zeros(len(arrays.topics))
        channels = np.zeros(len(arrays.channel_number))
        for video_id in viewer.not_interested:
            row = arrays.position.get(video_id)
            if row is not None:
                topics = np.maximum(topics, 0.5 * arrays.affinity[arrays.topic[row]])
                channels[arrays.channel[row]] = 1.0
        return np.maximum(topics[arrays.topic_at], channels[arrays.channel_at])
