"""What several verbs share: times of estimates, the kinds of sites, pages and picked items."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from collector.platforms.registry import Genre
from collector.problems import Fixable
from collector.scenario.values import (
    From,
    Label,
    Rank,
    as_list,
)
from collector.scenario.verb import Acts, Args, Step

#: Seconds to start and close a puppet's browser, in estimates.
START_S = 4.0
#: Length of a video whose length is not known yet, s, in estimates.
VIDEO_S = 480.0
#: No watch lasts longer, unless the step says so (s).
WATCH_CAP_S = 4 * 3600.0
#: No scroll to the end of a list lasts longer, unless the step says so: feeds may have none (s).
SCROLL_CAP_S = 240.0

VIDEOS = frozenset({Genre.VIDEOS})
FEEDS = frozenset({Genre.FEED})


class Page(Step):
    """A step that ends on a new page, which is captured once it has settled."""

    leads: ClassVar[bool] = True
    label: Label | None = None
    capture: bool = True


def as_pattern(value: object) -> object:
    """A regular expression, as it was written. Raises Fixable: it is none."""
    if isinstance(value, str):
        try:
            re.compile(value)
        except re.error as error:
            raise Fixable(f"{value!r} is not a pattern: {error}", "escape signs with \\") from None
    return value


Pattern = Annotated[str, BeforeValidator(as_pattern), Field(min_length=1, max_length=200)]


class Picks(Step):
    """A step that is about one item of a list on the page."""

    acts_on: ClassVar[Acts] = Acts.ITEM
    genres: ClassVar[frozenset[Genre]] = VIDEOS
    ways: ClassVar[tuple[str, ...]] = ("rank", "random", "topic", "title", "channel")
    """The keys that pick the item, exactly one of them."""
    rank: Rank | None = None
    random: bool | None = None
    top: Rank | None = None
    topic: (
        Annotated[tuple[Label, ...], BeforeValidator(as_list), Field(strict=False, min_length=1)]
        | None
    ) = None
    title: Pattern | None = None
    channel: Pattern | None = None
    unseen: bool = False
    from_: From | None = Field(default=None, alias="from")
    otherwise: Literal["fail", "first", "random"] = "fail"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(bool(getattr(self, way)) for way in self.ways) != 1:
            *others, last = self.ways
            raise Fixable(
                f"needs exactly one of {', '.join(others)} and {last}",
                f"write {self.do}: {{rank: 1}}",
            )
        searched = self.topic or self.title or self.channel
        if self.top is not None and not (self.random or searched):
            raise Fixable("top goes with random or topic", "remove top, or add random: true")
        if self.otherwise != "fail" and not (searched or self.unseen):
            raise Fixable("otherwise goes with topic or unseen", "remove otherwise")
        return self

    def arguments(self) -> dict[str, Any]:
        """``by`` is the way of picking, ``topics`` a list (empty: none is sought), and ``from`` the
        list's name or ``None``: the page's own.

        The patterns are there only where they are given: older plans stay what they are.
        """
        found = super().arguments()
        found["by"] = next(way for way in self.ways if getattr(self, way))
        found["topics"] = list(found.pop("topic") or ())
        found["from"] = self.from_ and self.from_.value
        del found["random"]
        for pattern in ("title", "channel"):
            if found[pattern] is None:
                del found[pattern]
        return found

    @classmethod
    def in_words(cls, args: Args) -> str:
        """Return the verb and by what the item is picked, such as ``follow rank``."""
        return f"{cls.verb_name()} {args['by']}"


def seconds(time: timedelta | None) -> float | None:
    """A length of time in seconds; ``None`` stays."""
    return None if time is None else time.total_seconds()
