"""The steps of the scenario language, one small class each.

A step is a mapping with one key, its name: ``- watch: {for: 30s}``; most have a short form,
``- watch: 30s``. Unknown keys are refused, so that a typing error never becomes a treatment that
did not happen.

A verb is one class here, with its traits (see :mod:`collector.scenario.verb`) and its name in
:class:`StepKind`. Where the runners need to know no more of it than that, all that is to be added
is an action of the same name: in ``platforms/*/actions.py`` for a browser, in ``browserless`` for
none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self, Union

from pydantic import BeforeValidator, Field, model_validator

from collector.model import Platform
from collector.problems import Fixable, did_you_mean
from collector.scenario.calendar import Daily
from collector.scenario.durations import Amount
from collector.scenario.values import (
    Duration,
    From,
    HowMuch,
    Label,
    Name,
    Query,
    Rank,
    as_address,
    as_list,
    as_video,
)
from collector.scenario.verb import (
    ACTION_S,
    PAGE_S,
    STEPS,
    Acts,
    Args,
    Needs,
    Step,
    verb,
)

__all__ = ["EXAMPLES", "STEPS", "AnyStep", "Step", "StepKind"]

#: Seconds to start and close a puppet's browser, in estimates.
START_S = 4.0
#: Length of a video whose length is not known yet, s, in estimates.
VIDEO_S = 480.0
#: No watch lasts longer, unless the step says so (s).
WATCH_CAP_S = 4 * 3600.0
#: No scroll to the end of a list lasts longer, unless the step says so: feeds may have none (s).
SCROLL_CAP_S = 240.0

_VIDEOS = frozenset({Platform.YOUTUBE})
_FEEDS = frozenset({Platform.FACEBOOK})


class StepKind(StrEnum):
    VISIT = "visit"
    CONSENT = "consent"
    SEARCH = "search"
    WATCH = "watch"
    FOLLOW = "follow"
    SCROLL = "scroll"
    REFRESH = "refresh"
    SLOT = "slot"
    LIKE = "like"
    DISLIKE = "dislike"
    AUTOPLAY = "autoplay"
    SUBSCRIBE = "subscribe"
    NOT_INTERESTED = "not_interested"
    DONT_RECOMMEND_CHANNEL = "dont_recommend_channel"
    CLEAR_HISTORY = "clear_history"
    PAUSE_HISTORY = "pause_history"
    OPEN_CHANNEL = "open_channel"
    HOVER = "hover"
    PAUSE = "pause"
    CAPTURE = "capture"
    SCREENSHOT = "screenshot"
    CLICK = "click"
    KEYPRESS = "keypress"
    SNAPSHOT = "snapshot"
    REPEAT = "repeat"


class _Page(Step):
    """A step that ends on a new page, which is captured once it has settled."""

    leads: ClassVar[bool] = True
    label: Label | None = None
    capture: bool = True


@verb
class Visit(_Page):
    do: Literal["visit"]
    short: ClassVar[str | None] = "url"
    example: ClassVar[str] = "- visit: home"
    opens_page: ClassVar[bool] = True
    spaced: ClassVar[bool] = True
    simulated_s: ClassVar[float] = 2.0
    url: Annotated[str, BeforeValidator(as_address), Field(max_length=2000)]

    @classmethod
    def in_words(cls, args: Args) -> str:
        return f"visit {args['url']}"


@verb
class Consent(Step):
    do: Literal["consent"]
    short: ClassVar[str | None] = "choice"
    example: ClassVar[str] = "- consent: reject"
    needs: ClassVar[Needs] = Needs.PAGE
    simulated_s: ClassVar[float] = 2.0
    choice: Literal["accept", "reject"]

    @classmethod
    def in_words(cls, args: Args) -> str:
        return f"consent {args['choice']}"

    @classmethod
    def real_time(cls, args: Args) -> float:
        return PAGE_S


@verb
class Search(_Page):
    do: Literal["search"]
    short: ClassVar[str | None] = "query"
    example: ClassVar[str] = "- search: moon landing"
    opens_page: ClassVar[bool] = True
    spaced: ClassVar[bool] = True
    platforms: ClassVar[frozenset[Platform]] = _VIDEOS
    instead: ClassVar[str] = "use visit and scroll"
    simulated_s: ClassVar[float] = 4.0
    query: Query

    @classmethod
    def in_words(cls, args: Args) -> str:
        return f"search {args['query']!r}"


@verb
class Watch(_Page):
    do: Literal["watch"]
    short: ClassVar[str | None] = "for"
    leads: ClassVar[bool] = False
    example: ClassVar[str] = "- watch: 30s"
    platforms: ClassVar[frozenset[Platform]] = _VIDEOS
    instead: ClassVar[str] = "use scroll"
    video: Annotated[str, BeforeValidator(as_video)] | None = None
    for_: HowMuch = Field(default=Amount(end=True), alias="for")
    cap: Duration | None = None

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        amount: Amount = found.pop("for")
        return found | {
            "cap_s": _seconds(found.pop("cap")),
            "for_s": _seconds(amount.time),
            "percent": amount.percent,
            "until_end": amount.end,
            "capture": self.capture and self.video is not None,
        }

    @classmethod
    def brings_page(cls, args: Args) -> bool:
        return bool(args["video"])

    @classmethod
    def asked_s(cls, args: Args) -> float:
        return float(args["for_s"] or args["cap_s"] or WATCH_CAP_S)

    @classmethod
    def real_time(cls, args: Args) -> float:
        watched = args["for_s"]
        if watched is None:
            watched = VIDEO_S * (args["percent"] or 100) / 100
        page = PAGE_S if args["video"] else 0
        return ACTION_S + float(min(watched, args["cap_s"] or watched)) + page

    @classmethod
    def in_words(cls, args: Args) -> str:
        how = (
            "to the end"
            if args["until_end"]
            else f"{args['percent']:g}%"
            if args["percent"] is not None
            else f"{args['for_s']:g} s"
        )
        return f"watch {args['video'] or 'this video'} {how}"


def as_pattern(value: object) -> object:
    if isinstance(value, str):
        try:
            re.compile(value)
        except re.error as error:
            raise Fixable(f"{value!r} is no pattern: {error}", "escape signs with \\") from None
    return value


Pattern = Annotated[str, BeforeValidator(as_pattern), Field(min_length=1, max_length=200)]


class _Picks(Step):
    """A step that is about one item of a list on the page."""

    acts_on: ClassVar[Acts] = Acts.ITEM
    platforms: ClassVar[frozenset[Platform]] = _VIDEOS
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
        """The patterns are there only where they are given: older plans stay what they are."""
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
        return f"{cls.verb_name()} {args['by']}"


@verb
class Follow(_Page, _Picks):
    do: Literal["follow"]
    short: ClassVar[str | None] = "how"
    example: ClassVar[str] = "- follow: {rank: 1}"
    instead: ClassVar[str] = "use visit"
    simulated_s: ClassVar[float] = 3.0
    ways: ClassVar[tuple[str, ...]] = (*_Picks.ways, "up_next")
    up_next: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: Any) -> Any:
        if isinstance(data, dict) and "how" in data:
            how = data["how"]
            if how not in ("up_next", "random"):
                raise Fixable(
                    f"{how!r} says not enough", "write follow: {rank: 1} or follow: up_next"
                )
            return {"do": data["do"], how: True}
        return data

    @model_validator(mode="after")
    def _by_itself(self) -> Self:
        if self.up_next and (self.unseen or self.from_ or self.otherwise != "fail"):
            raise Fixable("up_next takes no unseen, from or otherwise", "remove them")
        return self

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        del found["up_next"]
        return found


@verb
class Refresh(_Page):
    """New posts in the page: a new timeline."""

    do: Literal["refresh"]
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- refresh"
    platforms: ClassVar[frozenset[Platform]] = _FEEDS
    instead: ClassVar[str] = "use visit: home"
    simulated_s: ClassVar[float] = 2.0


_SLOTS = re.compile(r"(\d{1,2}) a day at :([0-5]\d)")


@verb
class Slot(Step):
    """Wait for the next of so many moments a day, one an hour, at the same minute."""

    do: Literal["slot"]
    short: ClassVar[str | None] = "at"
    example: ClassVar[str] = "- slot: 13 a day at :05"
    effect: ClassVar[bool] = False
    idle: ClassVar[bool] = True
    needs_browser: ClassVar[bool] = True
    platforms: ClassVar[frozenset[Platform]] = _FEEDS
    instead: ClassVar[str] = "use pause: 1h, or sessions: 13 a day at :05 for the whole scenario"
    per_day: Annotated[int, Field(ge=1, le=24)]
    minute: Annotated[int, Field(ge=0, le=59)]

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: Any) -> Any:
        if isinstance(data, dict) and "at" in data:
            found = _SLOTS.fullmatch(str(data["at"]).strip())
            if found is None:
                raise Fixable(f"{data['at']!r} is no schedule", "write slot: 13 a day at :05")
            return {"do": data["do"], "per_day": int(found[1]), "minute": int(found[2])}
        return data

    @property
    def first_hour(self) -> int:
        """The first slot of a day: eight in the morning, or earlier if the day were too short."""
        return Daily.of(self.per_day, self.minute).first_hour

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"first_hour": self.first_hour}

    @classmethod
    def waits_s(cls) -> float:
        return 24 * 3600.0

    @classmethod
    def real_time(cls, args: Args) -> float:
        return 3600.0

    @classmethod
    def in_words(cls, args: Args) -> str:
        return f"wait for the next of {args['per_day']} a day at :{args['minute']:02d}"


#: ``800px every 5s, 30 times or until 40 posts``
_WALK = re.compile(
    r"(?P<pixels>\d+) ?px(?: every (?P<every>\w+))?(?:,? (?P<times>\d+) times)?"
    r"(?: or until (?P<until>\d+)(?: posts)?)?"
)


@verb
class Scroll(Step):
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
        return self

    @property
    def endless(self) -> str:
        if not self.end or self.cap is not None:
            return ""
        return (
            f"a feed may have no end; the step stops after {SCROLL_CAP_S:g} s; say where:"
            " scroll: {end: true, cap: 2m}, or scroll: {until: 200}"
        )

    def arguments(self) -> dict[str, Any]:
        """A cap is there only where one is given: older plans stay the bytes they are."""
        found = super().arguments()
        every_s, cap_s = _seconds(found.pop("every")), _seconds(found.pop("cap"))
        if cap_s is not None:
            found["cap_s"] = cap_s
        times = self.times or (1 if self.pixels else None)
        return found | {"end": bool(self.end), "times": times, "every_s": every_s}

    @classmethod
    def asked_s(cls, args: Args) -> float:
        return float((args["every_s"] or 0) * (args["times"] or args["screens"] or 1))

    @classmethod
    def cap_s(cls, args: Args) -> float | None:
        """Real seconds after which the scroll stops, wherever it is."""
        cap: float | None = args.get("cap_s")
        return cap or (SCROLL_CAP_S if args["end"] else None)

    @classmethod
    def real_time(cls, args: Args) -> float:
        turns = args["times"] or args["screens"] or (args["until"] or 60) / 10
        seconds = float(turns * max(1.0, args["every_s"] or 0))
        return min(seconds, cls.cap_s(args) or seconds)


@verb
class Like(Step):
    """The video that is open; on a feed, posts by topic, source or rank."""

    do: Literal["like"]
    short: ClassVar[str | None] = "on"
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- like"
    acts_on: ClassVar[Acts] = Acts.VIDEO
    on: bool = True
    topic: (
        Annotated[tuple[Label, ...], BeforeValidator(as_list), Field(strict=False, min_length=1)]
        | None
    ) = None
    source: Name | None = None
    rank: Rank | None = None
    top: Rank | None = None
    count: Annotated[int, Field(ge=1, le=100)] | None = None

    def arguments(self) -> dict[str, Any]:
        """What only a feed knows is there only when it is asked for."""
        found = {name: value for name, value in super().arguments().items() if value is not None}
        if "topic" in found:
            found["topics"] = list(found.pop("topic"))
        return found

    @classmethod
    def given(cls, args: Args) -> dict[str, Any]:
        return {"on": args["on"]}


@verb
class Dislike(Step):
    """The video that is open; what was liked is liked no more."""

    do: Literal["dislike"]
    short: ClassVar[str | None] = "on"
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- dislike"
    acts_on: ClassVar[Acts] = Acts.VIDEO
    platforms: ClassVar[frozenset[Platform]] = _VIDEOS
    on: bool = True


def as_switch(value: object) -> object:
    return {"on": True, "off": False}.get(value, value) if isinstance(value, str) else value


@verb
class Autoplay(Step):
    """The switch of the player, for this video and those to come."""

    do: Literal["autoplay"]
    short: ClassVar[str | None] = "on"
    example: ClassVar[str] = "- autoplay: off"
    platforms: ClassVar[frozenset[Platform]] = _VIDEOS
    on: Annotated[bool, BeforeValidator(as_switch)]

    @classmethod
    def in_words(cls, args: Args) -> str:
        return f"autoplay {'on' if args['on'] else 'off'}"


@verb
class Subscribe(Step):
    do: Literal["subscribe"]
    short: ClassVar[str | None] = "on"
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- subscribe"
    on: bool = True


@verb
class NotInterested(_Picks):
    """In the menu of one item; without more, of the first."""

    do: Literal["not_interested"]
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- not_interested: {rank: 1}"
    instead: ClassVar[str] = "remove it"

    @model_validator(mode="before")
    @classmethod
    def _the_first(cls, data: Any) -> Any:
        named = isinstance(data, dict) and any(data.get(way) for way in cls.ways)
        return data if named or not isinstance(data, dict) else {**data, "rank": 1}

    def arguments(self) -> dict[str, Any]:
        """By rank alone there are the two keys that older plans have."""
        found = super().arguments()
        if self.rank is None or self.unseen:
            return found
        return {"rank": found["rank"], "from": found["from"]}

    @classmethod
    def in_words(cls, args: Args) -> str:
        return f"{cls.verb_name()} {args['by']}" if "by" in args else cls.verb_name()


@verb
class DontRecommendChannel(_Picks):
    """In the menu of one item: its channel is not to be recommended."""

    do: Literal["dont_recommend_channel"]
    example: ClassVar[str] = "- dont_recommend_channel: {rank: 1}"
    instead: ClassVar[str] = "remove it"


class _History(Step):
    """A step on the page of what was watched, which it opens."""

    bare: ClassVar[bool] = True
    opens_page: ClassVar[bool] = True
    platforms: ClassVar[frozenset[Platform]] = _VIDEOS

    @classmethod
    def real_time(cls, args: Args) -> float:
        return PAGE_S + ACTION_S


@verb
class ClearHistory(_History):
    """The site forgets what was watched."""

    do: Literal["clear_history"]
    example: ClassVar[str] = "- clear_history"


@verb
class PauseHistory(_History):
    """The site does not remember what is watched from here on; ``off``: it does again."""

    do: Literal["pause_history"]
    short: ClassVar[str | None] = "on"
    example: ClassVar[str] = "- pause_history"
    on: Annotated[bool, BeforeValidator(as_switch)] = True

    @classmethod
    def in_words(cls, args: Args) -> str:
        return f"pause_history {'on' if args['on'] else 'off'}"


@verb
class OpenChannel(_Page):
    """The channel of the video, or of the channel page, that is open; one of its tabs."""

    do: Literal["open_channel"]
    short: ClassVar[str | None] = "tab"
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- open_channel: videos"
    platforms: ClassVar[frozenset[Platform]] = _VIDEOS
    tab: Literal["home", "videos", "shorts", "live", "playlists", "posts", "about"] = "home"

    @classmethod
    def in_words(cls, args: Args) -> str:
        return f"open the channel's {args['tab']}"


@verb
class Hover(_Picks):
    """The mouse rests on an item, as people's do before they decide: its preview begins."""

    do: Literal["hover"]
    example: ClassVar[str] = "- hover: {rank: 1, for: 3s}"
    for_: Duration = Field(default=timedelta(seconds=3), alias="for")

    @model_validator(mode="after")
    def _long_enough(self) -> Self:
        if self.for_ < timedelta(milliseconds=500):
            raise Fixable("for must be at least 500ms: a preview begins then", "write for: 3s")
        return self

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        del found["for"]
        return found | {"for_s": self.for_.total_seconds()}

    @classmethod
    def asked_s(cls, args: Args) -> float:
        return float(args["for_s"])

    @classmethod
    def real_time(cls, args: Args) -> float:
        return ACTION_S + float(args["for_s"])

    @classmethod
    def in_words(cls, args: Args) -> str:
        return f"{super().in_words(args)} {args['for_s']:g} s"


@verb
class Pause(Step):
    do: Literal["pause"]
    short: ClassVar[str | None] = "for"
    example: ClassVar[str] = "- pause: 5s"
    effect: ClassVar[bool] = False
    idle: ClassVar[bool] = True
    for_: Duration = Field(alias="for")

    def arguments(self) -> dict[str, Any]:
        return {"for_s": self.for_.total_seconds()}

    @classmethod
    def asked_s(cls, args: Args) -> float:
        return float(args["for_s"])

    @classmethod
    def real_time(cls, args: Args) -> float:
        return float(args["for_s"])

    @classmethod
    def in_words(cls, args: Args) -> str:
        return f"pause {args['for_s']:g} s"


@verb
class CaptureStep(Step):
    do: Literal["capture"]
    short: ClassVar[str | None] = "label"
    bare: ClassVar[bool] = True
    example: ClassVar[str] = "- capture: after training"
    effect: ClassVar[bool] = False
    needs: ClassVar[Needs] = Needs.PAGE
    label: Label | None = None


@verb
class Screenshot(Step):
    do: Literal["screenshot"]
    short: ClassVar[str | None] = "name"
    example: ClassVar[str] = "- screenshot: home-end"
    effect: ClassVar[bool] = False
    needs_browser: ClassVar[bool] = True
    needs: ClassVar[Needs] = Needs.NOTHING
    name: Name


@verb
class Click(Step):
    do: Literal["click"]
    short: ClassVar[str | None] = "selector"
    example: ClassVar[str] = "- click: '#button'"
    needs_browser: ClassVar[bool] = True
    needs: ClassVar[Needs] = Needs.PAGE
    selector: Annotated[str, Field(min_length=1, max_length=500)]


@verb
class Keypress(Step):
    do: Literal["keypress"]
    short: ClassVar[str | None] = "key"
    example: ClassVar[str] = "- keypress: Space"
    needs_browser: ClassVar[bool] = True
    needs: ClassVar[Needs] = Needs.PAGE
    key: Annotated[str, Field(pattern=r"^(?:[A-Za-z]+\+)*(?:[A-Za-z0-9]+|[!-~])$", max_length=40)]
    times: Annotated[int, Field(ge=1, le=1000)] = 1
    delay: Duration | None = None

    def arguments(self) -> dict[str, Any]:
        return {"key": self.key, "times": self.times, "delay_s": _seconds(self.delay)}

    @classmethod
    def asked_s(cls, args: Args) -> float:
        return float(args["times"] * (args["delay_s"] or 0))

    @classmethod
    def real_time(cls, args: Args) -> float:
        return float(args["times"] * max(0.1, args["delay_s"] or 0))


@verb
class Snapshot(Step):
    """The browser is closed, kept as it is, and opened again on a blank page."""

    do: Literal["snapshot"]
    short: ClassVar[str | None] = "name"
    example: ClassVar[str] = "- snapshot: trained"
    effect: ClassVar[bool] = False
    closes_page: ClassVar[bool] = True
    name: Name

    @classmethod
    def real_time(cls, args: Args) -> float:
        return START_S

    @classmethod
    def in_words(cls, args: Args) -> str:
        return f"snapshot {args['name']}"


@verb
class Repeat(Step):
    """Several rounds of the same steps; ``shuffle`` and ``counterbalance`` order them anew for
    every twin, so that one round (the default then) is enough."""

    do: Literal["repeat"]
    example: ClassVar[str] = "- repeat: {times: 3, steps: [{follow: up_next}, {watch: 30s}]}"
    times: Annotated[int, Field(ge=1, le=1000)] = 1
    shuffle: bool = False
    counterbalance: bool = False
    steps: Annotated[list[AnyStep], Field(min_length=1)]

    @model_validator(mode="after")
    def _worth_it(self) -> Repeat:
        if self.shuffle and self.counterbalance:
            raise Fixable("shuffle and counterbalance exclude each other", "keep one of them")
        ordered = self.shuffle or self.counterbalance
        if ordered and len(self.steps) < 2:
            raise Fixable(
                "one entry has one order",
                "write each thing to be ordered as an entry; several steps that belong together as"
                " a repeat of their own",
            )
        if not ordered and "times" not in self.model_fields_set:
            raise Fixable("is missing times", "write repeat: {times: 3, steps: […]}")
        return self


def _seconds(time: timedelta | None) -> float | None:
    return None if time is None else time.total_seconds()


_LIKE = "write it like - watch: 30s"


def _not_one(raw: Mapping[Any, Any]) -> tuple[str, str]:
    """Problem and fix of a step that does not have exactly one key."""
    if not raw:
        return "an empty step", _LIKE
    known = [key for key in raw if key in STEPS]
    hint = _LIKE
    if len(known) > 1:
        hint = "start each step with its own '- '"
    elif known:
        others = ", ".join(str(key) for key in raw if key not in known)
        hint = f"indent {others} below {known[0]}:"
    return f"one step has {len(raw)} keys ({', '.join(map(str, raw))})", hint


def _normalise(raw: object) -> object:
    """``- watch: 30s`` and ``- capture`` as the mapping that the step's class reads."""
    if isinstance(raw, Step):
        return raw
    if isinstance(raw, str):
        name, body = raw, None
    elif isinstance(raw, Mapping):
        if len(raw) != 1:
            raise Fixable(*_not_one(raw))
        ((name, body),) = raw.items()
    else:
        raise Fixable(f"{raw!r} is not a step", _LIKE)
    cls = STEPS.get(name)
    if cls is None:
        raise Fixable(f"unknown step {name!r}", did_you_mean(name, STEPS))
    if body is None:
        if not cls.bare:
            raise Fixable(f"{name} needs something", f"see an example: {EXAMPLES[name]}")
        return {"do": name}
    if isinstance(body, Mapping):
        if "do" in body:
            raise Fixable("unknown key 'do'", "remove it")
        return {"do": name, **body}
    if cls.short is None:
        raise Fixable(f"{name} takes keys", f"see an example: {EXAMPLES[name]}")
    return {"do": name, cls.short: body}


if TYPE_CHECKING:
    AnyStep = Step
else:
    AnyStep = Annotated[
        Union[tuple(STEPS.values())],  # noqa: UP007 - a union of what is registered
        Field(discriminator="do"),
        BeforeValidator(_normalise),
    ]
Repeat.model_rebuild()

#: One line of YAML a verb, for error messages.
EXAMPLES: Mapping[str, str] = {name: cls.example for name, cls in STEPS.items()}
