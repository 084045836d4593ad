"""The verb that the notice board brings: a vote for one notice."""

from __future__ import annotations

from typing import ClassVar, Literal

from collector.platforms.registry import Genre
from collector.scenario.values import Rank
from collector.scenario.verb import Acts, Step, verb


@verb
class Vote(Step):
    """A vote for the notice of a rank; what has votes moves up for everybody."""

    do: Literal["vote"]
    short: ClassVar[str | None] = "rank"
    example: ClassVar[str] = "- vote: 1"
    genres: ClassVar[frozenset[Genre]] = frozenset({Genre.PAGES})
    acts_on: ClassVar[Acts] = Acts.ITEM
    rank: Rank
