"""What the classical mechanisms share: relevance to the page's context, and a spice of noise.

Every mechanism of this folder scores::

    score(v) = W[context]  * C(v, c)   related: nearness of v to the video watched (same topic 0.6,
                                       same channel 0.4); search: text relevance; home: none
             + W[language] * 1 if v is in the viewer's language
             + its own summands
             + W[noise]    * Gumbel noise, a hash of (seed, mechanism, visitor, surface, context,
                             load, number of events, v)

with ``W[x] = params[x]``. ``context`` counts on related and search alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from collector.common.model import Surface
from mockserver.world.arrays import Arrays
from mockserver.world.crowd import Crowd
from mockserver.world.mechanisms.protocol import with_parameters
from mockserver.world.recommender import Scores
from mockserver.world.seeded import hashed_gumbels, key64
from mockserver.world.viewers import EventKind, Snapshot

#: Parameters that every mechanism has.
COMMON: Mapping[str, float] = {"context": 3.0, "language": 1.0, "noise": 0.1, "diversity": 0.1}


class Mechanism:
    """A mechanism over one catalogue. Subclasses have ``name``, ``defaults``, a docstring with
    their formula, and :meth:`own`."""

    name = ""
    defaults: ClassVar[Mapping[str, float]] = MappingProxyType({})

    def __init__(
        self, seed: int, arrays: Arrays, overrides: Mapping[str, float] | None = None
    ) -> None:
        """:raises UserError: a parameter that it does not have"""
        self.seed, self.arrays = seed, arrays
        self.params: Mapping[str, float] = with_parameters(
            self.name, {**COMMON, **self.defaults}, overrides or {}
        )
        self._learnt = hashlib.sha256()
        self._languages: dict[str, np.ndarray] = {}

    # -- for subclasses --------------------------------------------------------------------------

    def own(
        self,
        surface: Surface,
        viewer: Snapshot,
        context_row: int | None,
        load: str,
        at_s: float,
        faded: Callable[[float], float],
    ) -> dict[str, np.ndarray]:
        """The mechanism's own summands, weighted, each of shape (videos,).

        :param faded: seconds since an event → what is left of its weight
        """  # fmt: skip
        raise NotImplementedError

    def watches(self, viewer: Snapshot) -> list[tuple[int, float, float]]:
        """The viewer's watches, oldest first: row, watched share, seconds since."""
        position = self.arrays.position
        return [
            (position[event.target], event.fraction, max(viewer.clock_s - event.at, 0.0))
            for event in viewer.events
            if event.kind is EventKind.WATCH and event.target in position
        ]

    # -- the protocol ----------------------------------------------------------------------------

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
        """Scores of every video for one list, see :class:`Ranker`."""
        del search_topics
        arrays = self.arrays
        row = arrays.position.get(context) if surface is Surface.RELATED and context else None
        parts: dict[str, np.ndarray] = {}
        near = similarity if similarity is not None else None if row is None else self._near(row)
        if near is not None and self.params["context"]:
            parts["similarity"] = near * self.params["context"]
        if self.params["language"]:
            parts["language"] = self._language(viewer.lang)

        def faded(age_s: float) -> float:
            return 1.0 if half_life_s is None else 2.0 ** (-age_s / half_life_s)

        parts |= self.own(surface, viewer, row, load, at_s, faded)
        if self.params["noise"]:
            key = key64(
                self.seed, self.name, viewer.visitor_id, surface.value, context, load,
                len(viewer.events),
            )  # fmt: skip
            parts["noise"] = hashed_gumbels(key, len(arrays)) * self.params["noise"]
        total = np.zeros(len(arrays))
        for values in parts.values():
            total += values
        return Scores(total, parts, self.params["diversity"])

    def observe(self, crowd: Crowd) -> None:
        """Remember that these were observed; subclasses learn from them."""
        self._learnt.update(np.ascontiguousarray(crowd.rows, dtype="<i8").tobytes())

    def state(self) -> bytes:
        """A digest of all that was observed, since what is learnt follows from it."""
        return self._learnt.digest()

    def describe(self) -> dict[str, object]:
        """Formula and parameters."""
        return {
            "mechanism": self.name,
            "formula": f"{type(self).__doc__}\n\n{__doc__}",
            "params": dict(self.params),
            "weights": {},
            "null_parameters": {"history": 0.0} if "history" in self.params else {},
            "topics": list(self.arrays.topics),
        }

    # -- what is common --------------------------------------------------------------------------

    def _near(self, row: int) -> np.ndarray:
        arrays = self.arrays
        near = np.zeros(len(arrays))
        near[arrays.topic == arrays.topic[row]] = 0.6
        near[arrays.channel == arrays.channel[row]] += 0.4
        return near

    def _language(self, lang: str) -> np.ndarray:
        known = self._languages.get(lang)
        if known is None:
            arrays = self.arrays
            table = np.array([float(each.split("-")[0] == lang.split("-")[0])
                              for each in arrays.langs])  # fmt: skip
            known = table[arrays.lang_at] * self.params["language"]
            self._languages[lang] = known
        return known
