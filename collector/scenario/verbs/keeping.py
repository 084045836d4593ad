"""Verbs that tell the site nothing, and the two for what no other verb does: click, keypress."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from collector.scenario.values import (
    Duration,
    Label,
    Name,
)
from collector.scenario.verb import Args, Needs, Step, verb
from collector.scenario.verbs.shared import (
    START_S,
    seconds,
)


@verb
class Pause(Step):
    """Let so much time pass on the page.

    ``pause: 5s`` is short for ``pause: {for: 5s}``.

    ::

        - pause: 11m
    """

    do: Literal["pause"]
    short: ClassVar[str | None] = "for"
    example: ClassVar[str] = "- pause: 5s"
    effect: ClassVar[bool] = False
    idle: ClassVar[bool] = True
    for_: Duration = Field(alias="for")

    def arguments(self) -> dict[str, Any]:
        """Return ``for_s``, seconds."""
        return {"for_s": self.for_.total_seconds()}

    @classmethod
    def asked_s(cls, args: Args) -> float:
        """Return how many page seconds are to pass."""
        return float(args["for_s"])

    @classmethod
    def real_time(cls, args: Args) -> float:
        """Return how many seconds are to pass."""
        return float(args["for_s"])

    @classmethod
    def in_words(cls, args: Args) -> str:
        """Return the step in a few words, such as ``pause 5 s``."""
        return f"pause {args['for_s']:g} s"


@verb
class CaptureStep(Step):
    """File the page as it is now.

    For instance after scrolling.

    ::

        - capture
        - capture: home, scrolled
    """

    do: Literal["capture"]
    short: ClassVar[str | None] = "label"
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- capture: after training"
    effect: ClassVar[bool] = False
    needs: ClassVar[Needs] = Needs.PAGE
    label: Label | None = None


@verb
class Screenshot(Step):
    """Keep a picture of what can be seen of the page; it shows who is signed in.

    ``name`` is the picture's.
    """

    do: Literal["screenshot"]
    short: ClassVar[str | None] = "name"
    example: ClassVar[str] = "- screenshot: home-end"
    effect: ClassVar[bool] = False
    needs_browser: ClassVar[bool] = True
    needs: ClassVar[Needs] = Needs.NOTHING
    name: Name


@verb
class Click(Step):
    """Click the first visible element of a CSS selector.

    ::

        - click: "#avatar-btn"
    """

    do: Literal["click"]
    short: ClassVar[str | None] = "selector"
    example: ClassVar[str] = "- click: '#button'"
    needs_browser: ClassVar[bool] = True
    needs: ClassVar[Needs] = Needs.PAGE
    selector: Annotated[str, Field(min_length=1, max_length=500)]


@verb
class Keypress(Step):
    """Press a key, or several at once, so many times.

    ``key`` may be a chord, ``times`` is how often it is pressed, and ``delay`` is waited before
    each press.

    ::

        - keypress: Space
        - keypress: {key: Shift+N, times: 2, delay: 1s}
    """

    do: Literal["keypress"]
    short: ClassVar[str | None] = "key"
    example: ClassVar[str] = "- keypress: Space"
    needs_browser: ClassVar[bool] = True
    needs: ClassVar[Needs] = Needs.PAGE
    key: Annotated[str, Field(pattern=r"^(?:[A-Za-z]+\+)*(?:[A-Za-z0-9]+|[!-~])$", max_length=40)]
    times: Annotated[int, Field(ge=1, le=1000)] = 1
    delay: Duration | None = None

    def arguments(self) -> dict[str, Any]:
        """Return ``key``, ``times`` and ``delay_s``, seconds or ``None``."""
        return {"key": self.key, "times": self.times, "delay_s": seconds(self.delay)}

    @classmethod
    def asked_s(cls, args: Args) -> float:
        """Return how many page seconds lie between the presses, in all."""
        return float(args["times"] * (args["delay_s"] or 0))

    @classmethod
    def real_time(cls, args: Args) -> float:
        """Return about how many seconds the presses take, a tenth each at least."""
        return float(args["times"] * max(0.1, args["delay_s"] or 0))


@verb
class Snapshot(Step):
    """The browser is closed, kept as it is, and opened again on a blank page.

    It keeps the state under this name; the next step has to open a page. ``collector profiles clone
    RUN --puppet NAME --at trained --as control-1,treated-1`` makes puppets of it that carry the
    same history; ``collector run SCENARIO --profiles DIR`` sends them on different ways.

    ::

        - visit: /watch?v=RN8Li7kYNnw
        - watch: 60s
        - snapshot: trained
        - visit: home
    """

    do: Literal["snapshot"]
    short: ClassVar[str | None] = "name"
    example: ClassVar[str] = "- snapshot: trained"
    effect: ClassVar[bool] = False
    closes_page: ClassVar[bool] = True
    name: Name

    @classmethod
    def real_time(cls, args: Args) -> float:
        """Return about how many seconds a browser takes to come up again."""
        return START_S

    @classmethod
    def in_words(cls, args: Args) -> str:
        """Return the step in a few words, such as ``snapshot trained``."""
        return f"snapshot {args['name']}"
