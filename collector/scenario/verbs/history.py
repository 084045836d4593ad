"""Verbs on the page of what was watched: forget it, or do not remember it from here on."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator

from collector.platforms.registry import Genre
from collector.scenario.verb import ACTION_S, PAGE_S, Args, Step, verb
from collector.scenario.verbs.acting import as_switch
from collector.scenario.verbs.shared import VIDEOS


class _History(Step):
    """A step on the page of what was watched, which it opens."""

    bare: ClassVar[bool] = True
    opens_page: ClassVar[bool] = True
    genres: ClassVar[frozenset[Genre]] = VIDEOS

    @classmethod
    def real_time(cls, args: Args) -> float:
        return PAGE_S + ACTION_S


@verb
class ClearHistory(_History):
    """The site forgets what was watched.

    It goes to the page of what was watched, which itself is not captured, and presses its button.
    Likes, subscriptions and searches stay.
    """

    do: Literal["clear_history"]
    example: ClassVar[str] = "- clear_history"


@verb
class PauseHistory(_History):
    """The site does not remember what is watched from here on; ``off``: it does again.

    It goes to the page of what was watched, which itself is not captured, and presses its button.

    ::

        - pause_history
        - pause_history: off
    """

    do: Literal["pause_history"]
    short: ClassVar[str | None] = "on"
    example: ClassVar[str] = "- pause_history"
    on: Annotated[bool, BeforeValidator(as_switch)] = True

    @classmethod
    def in_words(cls, args: Args) -> str:
        """Return ``pause_history on`` or ``pause_history off``."""
        return f"pause_history {'on' if args['on'] else 'off'}"
