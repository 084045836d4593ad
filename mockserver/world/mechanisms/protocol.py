"""What a recommender is to the world, how one is found by its name, and what is common to all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from itertools import islice
from typing import Any, Protocol, runtime_checkable

import numpy as np

from collector.common.errors import UserError
from collector.common.model import Surface
from mockserver.world.arrays import Arrays
from mockserver.world.crowd import Crowd
from mockserver.world.ranked import Ranked, best_rows
from mockserver.world.recommender import Scores
from mockserver.world.viewers import Snapshot

#: The group of entry points.
GROUP = "twinwatch.recommenders"
#: The recommender of a world that names none.
DEFAULT = "formula"


@runtime_checkable
class Ranker(Protocol):
    """A recommender over one catalogue.

    The entry point group ``twinwatch.recommenders`` names a class (or function) that is called
    with ``seed``, ``arrays`` (the catalogue) and ``overrides`` (parameter → value); it raises
    ``UserError`` for a parameter that it does not have::

        class Newest(Mechanism):  # mockserver.world.mechanisms.base: all of this but ``own``
            name = "newest"
            defaults = {"age": 1.0}

            def own(self, surface, viewer, context_row, load, at_s, faded):
                return {"recency": -self.params["age"] * self.arrays.age_days}

    Everything it answers is a function of what it was made from, of what it has observed, and of
    the question: no clock, no chance but hashes of the seed, no other viewer. So the same seed
    gives the same bytes in any process, in any order of asking.
    """

    name: str
    """The name of the entry point."""
    params: Mapping[str, float]
    """Named parameters in force, overrides applied."""

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
        """Scores of every video for one list; ``total`` is the sum of ``parts``.

        :param surface: the list that is asked for
        :param viewer: what it knows of whoever asks
        :param load: name of the page load; hashes of it are the only chance
        :param context: the video watched (related) or the query (search)
        :param similarity: text relevance of a search, shape (videos,)
        :param search_topics: topic distribution of a query, shape (topics,)
        :param half_life_s: seconds after which what the viewer did weighs half
        :param at_s: second of the world's clock
        """
        ...

    def observe(self, crowd: Crowd) -> None:
        """Learn from what other users watched; before the first question."""
        ...

    def state(self) -> bytes:
        """What it has learnt, as bytes that are equal if and only if it has learnt the same."""
        ...

    def describe(self) -> dict[str, object]:
        """Formula and parameters, JSON-ready, for reports and ``/_truth/recommender``."""
        ...


@lru_cache
def _registered() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def names() -> tuple[str, ...]:
    """Every recommender that is installed."""
    return tuple(sorted({DEFAULT, *_registered()}))


def make_ranker(
    name: str, seed: int, arrays: Arrays, overrides: Mapping[str, float] | None = None
) -> Ranker:
    """The recommender of a name over a catalogue.

    :raises UserError: nobody is called so, or a parameter that it does not have
    """
    point = _registered().get(name)
    if point is None:
        raise UserError(
            f"no recommender is called {name!r}",
            place="mechanism",
            fix=f"use one of {', '.join(names())}, or install the package that has it",
        )
    made: Any = point.load()(seed, arrays, overrides or {})
    if not isinstance(made, Ranker):
        raise UserError(
            f"{point.value} is not a recommender",
            place=f"entry point {GROUP}: {name}",
            fix="give it what mockserver.world.mechanisms.Ranker has",
        )
    return made


def rank(
    ranker: Ranker, surface: Surface, viewer: Snapshot, arrays: Arrays, count: int, **asked: Any
) -> list[tuple[str, float, dict[str, float]]]:
    """The first ``count`` videos of a list without anything mixed in: id, score, parts.

    :param asked: further arguments of :meth:`Ranker.scores`
    """
    scores = ranker.scores(surface, viewer, **asked)
    rows = best_rows(scores.total, ~arrays.short, 4 * count)
    return [
        (arrays.videos[row].id, score, parts)
        for row, score, parts in islice(Ranked(scores, arrays, rows), count)
    ]


def with_parameters(
    name: str, defaults: Mapping[str, float], overrides: Mapping[str, float]
) -> dict[str, float]:
    """A mechanism's parameters with overrides put in.

    :raises UserError: an unknown name, or a value below 0
    """
    found = dict(defaults)
    for key, value in overrides.items():
        if key not in defaults:
            raise UserError(
                f"the recommender {name} has no parameter {key!r}",
                place="recommender",
                fix=f"use one of {', '.join(defaults)}",
            )
        if not 0 <= value < 1e6:
            raise UserError(
                f"{value!r} is not a possible value",
                place=f"recommender.{key}",
                fix="give a number of at least 0",
            )
        found[key] = float(value)
    return found
