"""From a viewer and a surface to a composed list: which videos may appear, scored and mixed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from collector.common.errors import UserError
from collector.common.model import Surface
from mockserver.world.arrays import Arrays
from mockserver.world.bearing import Bearing
from mockserver.world.catalogue import Catalogue
from mockserver.world.crowd import Crowd
from mockserver.world.feeds import Composer
from mockserver.world.listing import Listing
from mockserver.world.mechanisms import DEFAULT, Ranker, make_ranker
from mockserver.world.ranked import Ranked, best_rows
from mockserver.world.rates import COMPOSITION, PAGE_SIZES, composition
from mockserver.world.ruling import NO_RULES, Rules
from mockserver.world.search import SearchIndex
from mockserver.world.truths import Policy, Truths
from mockserver.world.viewers import Snapshot


class Lists:
    """Makes the lists of one world."""

    def __init__(
        self,
        seed: int,
        catalogue: Catalogue,
        arrays: Arrays,
        overrides: Mapping[str, float],
        *,
        mechanism: str = DEFAULT,
        crowd: Crowd | None = None,
    ) -> None:
        """:param overrides: parameters, weights and rates by name
        :param mechanism: which recommender ranks
        :param crowd: the other users, from whom it may learn
        :raises UserError: a recommender or a parameter that does not exist"""
        rates = {name: value for name, value in overrides.items() if name in COMPOSITION}
        rest = {name: value for name, value in overrides.items() if name not in COMPOSITION}
        self._seed = seed
        self._arrays = arrays

        def made(others: tuple[tuple[str, float], ...]) -> Ranker:
            ranker = make_ranker(mechanism, seed, arrays, {**rest, **dict(others)})
            if crowd is not None:
                ranker.observe(crowd)
            return ranker

        self.recommender = made(())
        #: The recommender with some parameters set otherwise, by these.
        self._variant = lru_cache(maxsize=16)(made)
        self.composer = Composer(seed, catalogue, arrays, composition(rates))
        self.search = SearchIndex(catalogue)
        # A viewer's searches are looked at again for every later list.
        self._query_topics = lru_cache(maxsize=2048)(
            lambda query: self._topics_of(self.search.relevance(query))
        )

        self._bearing = Bearing(seed, arrays, self._query_topics)

    def found(self, query: str, limit: int) -> np.ndarray:
        """Find the videos of a query by relevance alone: at most ``limit`` rows, best first."""
        relevance = self.search.relevance(query)
        rows = np.flatnonzero(relevance)
        if len(rows) > limit > 0:
            # Only what can be among the first ones is sorted.
            least = np.partition(relevance[rows], len(rows) - limit)[len(rows) - limit]
            rows = rows[relevance[rows] >= least]
        order = np.lexsort((rows, -self._arrays.popularity[rows], -relevance[rows]))[:limit]
        best: np.ndarray = rows[order]
        return best

    def hold(self, truths: Truths, others: np.ndarray | None = None) -> None:
        """Make ready for truths: whatever cannot be is refused here, not in mid-run.

        :param others: what other users add to every score
        :raises UserError: a topic or a parameter that does not exist"""
        self._bearing = Bearing(self._seed, self._arrays, self._query_topics, others)
        for number, truth in enumerate(truths.all):
            topic = getattr(truth, "topic", None)
            if topic is not None and topic not in self._arrays.topic_number:
                raise UserError(
                    f"{truth.name}: no video is about {topic!r}",
                    place=f"truths.{number}.topic",
                    fix=f"use one of {', '.join(self._arrays.topics)}",
                )
            if isinstance(truth, Policy) and truth.parameter not in COMPOSITION:
                try:
                    self._variant(((truth.parameter, truth.value),))
                except UserError as error:
                    raise UserError(
                        f"policy: {error.problem}", place=f"truths.{number}", fix=error.fix
                    ) from error

    def make(
        self,
        surface: Surface,
        viewer: Snapshot,
        context: str | None,
        load: str,
        rules: Rules = NO_RULES,
    ) -> Listing:
        """Compose the whole list of a surface for what is known of a viewer.

        :param context: video id (related), query (search) or channel id (channel)
        :param load: the page load's id, which decides what is drawn
        :param rules: what the truths make of this load
        """
        arrays = self._arrays
        everything = np.ones(len(arrays), dtype=bool)
        nothing = np.zeros(len(arrays), dtype=bool)
        for video_id in viewer.not_interested:
            if video_id in arrays.position:
                everything[arrays.position[video_id]] = False
        if (here := self._bearing.allowed(rules)) is not None:
            everything &= here
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
                return Listing()
            topics = self._topics_of(similarity)
            fill = everything & ~allowed & (topics[arrays.topic] > 0.3)
        elif surface is Surface.RELATED and context in arrays.position:
            allowed = everything.copy()
            allowed[arrays.position[context]] = False
        recommender = self._variant(rules.overrides) if rules.overrides else self.recommender
        scores = recommender.scores(
            surface,
            viewer,
            context=context,
            load=load,
            similarity=similarity,
            search_topics=self._query_topics,
            half_life_s=rules.half_life_s,
            at_s=rules.at_s,
        )
        scores = self._bearing.scores(scores, rules, viewer)
        listing = self.composer.compose(
            surface, viewer, scores, context=context, load=load, allowed=allowed, fill=fill,
            rules=rules, bearing=self._bearing,
        )  # fmt: skip
        if not rules.differs:
            return listing
        whole = listing.entries
        rest = best_rows(scores.total, allowed & ~arrays.short, len(whole) + 100)
        others = iter(Ranked(scores, arrays, rest))
        page = PAGE_SIZES[surface][0]
        name = (surface.value, context)
        return Listing([self._bearing.changed(whole, rules, page, others, *name)])

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
