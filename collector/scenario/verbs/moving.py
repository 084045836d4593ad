"""Verbs that wait for a moment of the day and that move down a page: slot, scroll."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from collector.platforms.registry import Genre
from collector.problems import Fixable
from collector.scenario.calendar import Daily
from collector.scenario.values import (
    Duration,
)
from collector.scenario.verb import Args, Step, verb
from collector.scenario.verbs.shared import (
    FEEDS,
    SCROLL_CAP_S,
    seconds,
)

_SLOTS = re.compile(r"(\d{1,2}) a day at :([0-5]\d)")


@verb
class Slot(Step):
    """Wait for the next of so many moments a day, one an hour, at the same minute.

    Only on a feed. ``13 a day at :05`` (``per_day``, ``minute``) is five past every hour from eight
    in the morning to eight in the evening, by the puppet's clock.

    ::

        - slot: 13 a day at :05
        - visit: home
        - scroll: 800px every 5s, 30 times
        - slot: {per_day: 13, minute: 5}
        - refresh
    """

    do: Literal["slot"]
    short: ClassVar[str | None] = "at"
    example: ClassVar[str] = "- slot: 13 a day at :05"
    effect: ClassVar[bool] = False
    idle: ClassVar[bool] = True
    needs_browser: ClassVar[bool] = True
    genres: ClassVar[frozenset[Genre]] = FEEDS
    instead: ClassVar[str] = "use pause: 1h, or sessions: 13 a day at :05 for the whole scenario"
    per_day: Annotated[int, Field(ge=1, le=24)]
    minute: Annotated[int, Field(ge=0, le=59)]

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: Any) -> Any:
        if isinstance(data, dict) and "at" in data:
            found = _SLOTS.fullmatch(str(data["at"]).strip())
            if found is None:
                raise Fixable(f"{data['at']!r} is not a schedule", "write slot: 13 a day at :05")
            return {"do": data["do"], "per_day": int(found[1]), "minute": int(found[2])}
        return data

    @property
    def first_hour(self) -> int:
        """The first slot of a day: eight in the morning, or earlier if the day were too short."""
        return Daily.of(self.per_day, self.minute).first_hour

    def arguments(self) -> dict[str, Any]:
        """Return ``per_day``, ``minute`` and ``first_hour``, the hour of the first slot."""
        return super().arguments() | {"first_hour": self.first_hour}

    @classmethod
    def waits_s(cls) -> float:
        """Return the seconds of a day: more it never waits."""
        return 24 * 3600.0

    @classmethod
    def real_time(cls, args: Args) -> float:
        """Return the seconds of an hour, for slots are one an hour."""
        return 3600.0

    @classmethod
    def in_words(cls, args: Args) -> str:
        """Return the step in a few words, such as ``wait for the next of 13 a day at :05``."""
        return f"wait for the next of {args['per_day']} a day at :{args['minute']:02d}"


#: ``800px every 5s, 30 times or until 40 posts``
_WALK = re.compile(
    r"\A(?P<pixels>\d+) ?px(?: every (?P<every>\w+))?(?:,? (?P<times>\d+) times)?"
    r"(?: or until (?P<until>\d+)(?: posts)?)?"
)


@verb
class Scroll(Step):
    """Move down: by screens, by pixels, until so many items are there, or to the end.

    By ``screens``, until the list has ``until`` items, or to its ``end``; or by ``pixels``, so many
    ``times``, waiting ``every``.

    A feed may have no end. A scroll to the ``end`` stops after ``cap`` (real time; 240 s where none
    is given, which ``scenarios check`` warns of), says in the ledger how far it came (``stopped
    after 120 s at 480 items``), and the steps after it go on from there. What it came to is filed,
    as by a ``capture`` step: once, where such a step follows at once, and not at all with
    ``capture: false``. Where it breaks off (the list stops with more announced, a dialog stays)
    the step has failed, and the page is filed as far as it came, with the status ``unknown``: it
    is no data. On a feed the timeline is filed when it ends, with all that the scroll brought into
    view. ``cap`` goes with ``until`` too, which has none by itself: as long as the list grows, a
    long step is not taken for a stuck one.

    ::

        - scroll: {screens: 2}
        - scroll: {until: 40}
        - scroll: {end: true, cap: 2m}
        - scroll: {end: true, capture: false}
        - scroll: {pixels: 400, times: 5, every: 2s}
        - scroll: 800px every 5s, 30 times or until 40 posts
    """

    do: Literal["scroll"]
    short: ClassVar[str | None] = "to"
    example: ClassVar[str] = "- scroll: {screens: 2}"
    screens: Annotated[float, Field(gt=0, le=500, strict=False)] | None = None
    until: Annotated[int, Field(ge=1, le=10_000)] | None = None
    end: bool | None = None
    pixels: Annotated[int, Field(ge=1, le=100_000)] | None = None
    times: Annotated[int, Field(ge=1, le=1000)] | None = None
    every: Duration | None = None
    cap: Duration | None = None
    capture: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: Any) -> Any:
        if isinstance(data, dict) and "to" in data:
            walk = _WALK.fullmatch(str(data["to"]).strip())
            if walk is not None:
                told = {name: value for name, value in walk.groupdict().items() if value}
                numbers = {n: v if n == "every" else int(v) for n, v in told.items()}
                return {"do": data["do"], **numbers}
            if data["to"] != "end":
                raise Fixable(
                    f"{data['to']!r} has no unit",
                    "write scroll: {screens: 2}, scroll: {until: 40} or scroll: end",
                )
            return {"do": data["do"], "end": True}
        return data

    @model_validator(mode="after")
    def _one_way(self) -> Scroll:
        ways = [self.screens, self.until, self.end or None, self.pixels]
        if self.pixels is not None and self.until is not None:
            ways.remove(self.until)
        if sum(way is not None for way in ways) != 1:
            raise Fixable(
                "needs exactly one of screens, until, end and pixels", "write scroll: {screens: 2}"
            )
        if self.times is not None and self.pixels is None:
            raise Fixable("times goes with pixels", "write scroll: {pixels: 400, times: 5}")
        if self.cap is not None and (self.pixels or self.screens):
            raise Fixable("cap goes with end or until", "write scroll: {end: true, cap: 2m}")
        if self.capture is not None and not self.end:
            raise Fixable("capture goes with end", "add a step: capture")
        return self

    @property
    def endless(self) -> str:
        """Return why ``end`` without ``cap`` may have no end, and the fix; empty: it ends."""
        if not self.end or self.cap is not None:
            return ""
        return (
            f"a feed may have no end; the step stops after {SCROLL_CAP_S:g} s; say where:"
            " scroll: {end: true, cap: 2m}, or scroll: {until: 200}"
        )

    def arguments(self) -> dict[str, Any]:
        """``every_s`` and ``cap_s`` are seconds, ``end`` is true or false, and ``times`` is 1 where
        ``pixels`` stands alone.

        A cap, and that nothing is filed, are there only where they are given: older plans stay the
        bytes they are.
        """
        found = super().arguments()
        if found.pop("capture") is False:
            found["capture"] = False
        every_s, cap_s = seconds(found.pop("every")), seconds(found.pop("cap"))
        if cap_s is not None:
            found["cap_s"] = cap_s
        times = self.times or (1 if self.pixels else None)
        return found | {"end": bool(self.end), "times": times, "every_s": every_s}

    @classmethod
    def asked_s(cls, args: Args) -> float:
        """Return page seconds of the pauses: of ``times`` or ``screens`` turns, else of one."""
        return float((args["every_s"] or 0) * (args["times"] or args["screens"] or 1))

    @classmethod
    def files(cls, args: Args) -> bool:
        """Whether it files the page that it has come to the end of."""
        return bool(args["end"]) and args.get("capture") is not False

    @classmethod
    def cap_s(cls, args: Args) -> float | None:
        """Real seconds after which the scroll stops, wherever it is."""
        cap: float | None = args.get("cap_s")
        return cap or (SCROLL_CAP_S if args["end"] else None)

    @classmethod
    def real_time(cls, args: Args) -> float:
        """Return about how many seconds it takes: a turn one at least, up to its cap."""
        turns = args["times"] or args["screens"] or (args["until"] or 60) / 10
        seconds = float(turns * max(1.0, args["every_s"] or 0))
        return min(seconds, cls.cap_s(args) or seconds)
