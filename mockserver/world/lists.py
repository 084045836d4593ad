"""From a viewer and a surface to a composed list: which videos may appear, scored and mixed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from collector.model import Surface
from mockserver.world.arrays import Arrays
from mockserver.world.catalogue import Catalogue
from mockserver.world.feeds import Composer, Listing
from mockserver.world.rates import COMPOSITION, PAGE_SIZES, composition
from mockserver.world.recommender import Recommender
from mockserver.world.search import SearchIndex
from mockserver.world.viewers import Snapshot


class Lists:
    """Makes the lists of one world."""

    def __init__(
        self, seed: int, catalogue: Catalogue, arrays: Arrays, overrides: Mapping[str, float]
    ) -> None:
        """:param overrides: parameters, weights and rates by name"""
        rates = {name: value for name, value in overrides.items() if name in COMPOSITION}
        rest = {name: value for name, value in overrides.items() if name not in COMPOSITION}
        self._arrays = arrays
        self.recommender = Recommender(seed, arrays, rest)
        self.composer = Composer(seed, catalogue, arrays, composition(rates))
        self.search = SearchIndex(catalogue)
        # A viewer's searches are looked at again for every later list.
        self._query_topics = lru_cache(maxsize=2048)(
            lambda query: self._topics_of(self.search.relevance(query))
        )

    def make(self, surface: Surface, viewer: Snapshot, context: str | None, load: str) -> Listing:
        arrays = self._arrays
        everything = np.ones(len(arrays), dtype=bool)
        nothing = np.zeros(len(arrays), dtype=bool)
        for video_id in viewer.not_interested:
            if video_id in arrays.position:
                everything[arrays.position[video_id]] = False
        if surface is Surface.CHANNEL:
            number = arrays.channel_number.get(context or "", -1)
            rows = np.flatnonzero(arrays.channel == number)
            return self.composer.channel(rows[np.lexsort((rows, arrays.age_days[rows]))])
        if surface is not Surface.SEARCH:
            for channel_id in viewer.refused:
                everything[arrays.channel == arrays.channel_number.get(channel_id, -1)] = False
        similarity, allowed, fill = None, everything, nothing
        if surface is Surface.SEARCH:
            similarity = self.search.relevance(context or "")
            allowed = everything & (similarity > 0)
            if not allowed.any():
                return Listing(())
            topics = self._topics_of(similarity)
            fill = everything & ~allowed & (topics[arrays.topic] > 0.3)
        elif surface is Surface.RELATED and context in arrays.position:
            allowed = everything.copy()
            allowed[arrays.position[context]] = False
        scores = self.recommender.scores(
            surface,
            viewer,
            context=context,
            load=load,
            similarity=similarity,
            search_topics=self._query_topics,
        )
        return self.composer.compose(
            surface, viewer, scores, context=context, load=load, allowed=allowed, fill=fill
        )

    def _topics_of(self, relevance: np.ndarray) -> np.ndarray:
        """The topic distribution of the best hits: shape (topics,), sums to 1, or all 0."""
        best = relevance >= max(float(relevance.max(initial=0.0)) * 0.8, 1e-9)
        mass = np.bincount(
            self._arrays.topic[best], weights=relevance[best], minlength=len(self._arrays.topics)
        )
        total = float(mass.sum())
        return mass / total if total else mass


def page_at(surface: Surface, start: int) -> int:
    """The size of the page that begins at entry ``start``; elsewhere that of the first."""
    begun = 0
    for size in PAGE_SIZES[surface]:
        if start == begun:
            return size
        begun += size
    return PAGE_SIZES[surface][0]
