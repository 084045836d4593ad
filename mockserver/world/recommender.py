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

import numpy as np

from collector.common.model import Surface
from mockserver.world.arrays import Arrays
from mockserver.world.parameters import BUCKETS, NULL_PARAMETERS, with_overrides
from mockserver.world.seeded import hashed_gumbels, hashed_uniforms, key64
from mockserver.world.viewers import Event, EventKind, Snapshot

_TOPIC_SHARE, _CONCEPT_SHARE, _CHANNEL_SHARE = 0.7, 0.2, 0.1


@dataclass(frozen=True)
class Scores:
    """Scores of all videos for one list: ``total`` and its summands, each of shape (videos,)."""

    total: np.ndarray
    parts: Mapping[str, np.ndarray]
    diversity: float
    """What each earlier entry of the same channel costs."""

    def of(self, row: int) -> dict[str, float]:
        """The summands of video ``row`` that are not zero."""
        return {
            name: float(values[row]) for name, values in self.parts.items() if values[row] != 0.0
        }


class Recommender:
    """Scores for one world. ``params`` and ``weights`` are what is in force, overrides applied."""

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
    ) -> Scores:
        """Scores of every video for one list.

        :param similarity: text relevance of a search, or None to take it from the context video
        :param search_topics: topic distribution of a query, shape (topics,)
        :param half_life_s: seconds after which an event weighs half, beside the watches since
        """
        arrays = self._arrays
        row = arrays.position.get(context) if surface is Surface.RELATED and context else None
        parts: dict[str, np.ndarray] = {"popularity": arrays.popularity}
        if similarity is not None:
            parts["similarity"] = similarity
        elif row is not None:
            parts["similarity"] = self._similarity(row)
        parts["history"] = self._history(viewer, search_topics, half_life_s)
        parts["recency"] = np.exp2(-np.maximum(arrays.age_days, 0.0) / self.params["recency_days"])
        parts["language"] = self._language(viewer.lang, row)
        parts["geo"] = (arrays.country == arrays.country_number.get(viewer.country, -1)).astype(
            np.float64
        )
        parts["subscription"] = self._channels_in(viewer.subscriptions)
        parts["bucket_effect"] = self.tilt[viewer.bucket % BUCKETS][arrays.topic]
        parts["seen"] = -self._seen(viewer)
        parts["not_interested"] = -self._refused(viewer)
        key = key64(
            self._seed, "noise", viewer.visitor_id, surface.value, context, load, len(viewer.events)
        )
        parts["noise"] = hashed_gumbels(key, len(arrays))
        weighted = {
            name: values * self.weight(surface, name)
            for name, values in parts.items()
            if self.weight(surface, name) != 0.0
        }
        total = sum(weighted.values(), np.zeros(len(arrays)))
        return Scores(total, weighted, self.weight(surface, "diversity"))

    def _similarity(self, row: int) -> np.ndarray:
        arrays = self._arrays
        alike = 0.6 * arrays.affinity[arrays.topic[row]][arrays.topic]
        own = [concept for concept in arrays.concepts[row].tolist() if concept >= 0]
        if own:
            alike = alike + 0.25 * np.isin(arrays.concepts, own).sum(axis=1) / 3.0
        return np.asarray(alike + 0.15 * (arrays.channel == arrays.channel[row]))

    def _language(self, lang: str, row: int | None) -> np.ndarray:
        arrays = self._arrays
        table = np.zeros(len(arrays.langs))
        for other, number in arrays.lang_number.items():
            if other == lang or other.split("-")[0] == lang.split("-")[0]:
                table[number] = 1.0
            elif row is not None and number == arrays.lang[row]:
                table[number] = 0.8
            elif other == "en":
                table[number] = 0.35
        return table[arrays.lang]

    def _channels_in(self, channel_ids: frozenset[str]) -> np.ndarray:
        arrays = self._arrays
        table = np.zeros(len(arrays.channel_number))
        for channel_id in channel_ids:
            if channel_id in arrays.channel_number:
                table[arrays.channel_number[channel_id]] = 1.0
        return table[arrays.channel]

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
        liked = (
            _TOPIC_SHARE * topics[arrays.topic]
            + _CONCEPT_SHARE * concepts[arrays.concepts].sum(axis=1)
            + _CHANNEL_SHARE * channels[arrays.channel]
        )
        return np.asarray(liked / mass)

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
        return np.maximum(topics[arrays.topic], channels[arrays.channel])
