"""The steps of the scenario language, one small class each.

A step is a mapping with one key, its name: ``- watch: {for: 30s}``; most have a short form,
``- watch: 30s``. Unknown keys are refused, so that a typing error never becomes a treatment that
did not happen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

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
    SUBSCRIBE = "subscribe"
    NOT_INTERESTED = "not_interested"
    PAUSE = "pause"
    CAPTURE = "capture"
    SCREENSHOT = "screenshot"
    CLICK = "click"
    KEYPRESS = "keypress"
    SNAPSHOT = "snapshot"
    REPEAT = "repeat"


class Step(BaseModel):
    """What all steps share. ``short``: the key that a short form fills; ``bare``: a name alone."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)
    short: ClassVar[str | None] = None
    bare: ClassVar[bool] = False
    do: Any

    @property
    def kind(self) -> StepKind:
        return StepKind(self.do)


class _Page(Step):
    """A step that ends on a new page, which is captured once it has settled."""

    label: Label | None = None
    capture: bool = True


class Visit(_Page):
    do: Literal["visit"]
    short: ClassVar[str | None] = "url"
    url: Annotated[str, BeforeValidator(as_address), Field(max_length=2000)]


class Consent(Step):
    do: Literal["consent"]
    short: ClassVar[str | None] = "choice"
    choice: Literal["accept", "reject"]


class Search(_Page):
    do: Literal["search"]
    short: ClassVar[str | None] = "query"
    query: Query


class Watch(_Page):
    do: Literal["watch"]
    short: ClassVar[str | None] = "for"
    video: Annotated[str, BeforeValidator(as_video)] | None = None
    for_: HowMuch = Field(default=Amount(end=True), alias="for")
    cap: Duration | None = None


class Follow(_Page):
    do: Literal["follow"]
    short: ClassVar[str | None] = "how"
    rank: Rank | None = None
    random: bool | None = None
    top: Rank | None = None
    topic: (
        Annotated[tuple[Label, ...], BeforeValidator(as_list), Field(strict=False, min_length=1)]
        | None
    ) = None
    up_next: bool | None = None
    unseen: bool = False
    from_: From | None = Field(default=None, alias="from")
    otherwise: Literal["fail", "first", "random"] = "fail"

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
    def _one_way(self) -> Follow:
        ways = [self.rank, self.random or None, self.topic, self.up_next or None]
        if sum(way is not None for way in ways) != 1:
            raise Fixable(
                "needs exactly one of rank, random, topic and up_next", "write follow: {rank: 1}"
            )
        if self.top is not None and not (self.random or self.topic):
            raise Fixable("top goes with random or topic", "remove top, or add random: true")
        if self.up_next and (self.unseen or self.from_ or self.otherwise != "fail"):
            raise Fixable("up_next takes no unseen, from or otherwise", "remove them")
        if self.otherwise != "fail" and not (self.topic or self.unseen):
            raise Fixable("otherwise goes with topic or unseen", "remove otherwise")
        return self


class Refresh(_Page):
    """New posts in the page: a new timeline."""

    do: Literal["refresh"]
    bare: ClassVar[bool] = True


_SLOTS = re.compile(r"(\d{1,2}) a day at :([0-5]\d)")


class Slot(Step):
    """Wait for the next of so many moments a day, one an hour, at the same minute."""

    do: Literal["slot"]
    short: ClassVar[str | None] = "at"
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


#: ``800px every 5s, 30 times or until 40 posts``
_WALK = re.compile(
    r"(?P<pixels>\d+) ?px(?: every (?P<every>\w+))?(?:,? (?P<times>\d+) times)?"
    r"(?: or until (?P<until>\d+)(?: posts)?)?"
)


class Scroll(Step):
    do: Literal["scroll"]
    short: ClassVar[str | None] = "to"
    screens: Annotated[float, Field(gt=0, le=500, strict=False)] | None = None
    until: Annotated[int, Field(ge=1, le=10_000)] | None = None
    end: bool | None = None
    pixels: Annotated[int, Field(ge=1, le=100_000)] | None = None
    times: Annotated[int, Field(ge=1, le=1000)] | None = None
    every: Duration | None = None

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
        return self


class Like(Step):
    """The video that is open; on a feed, posts by topic, source or rank."""

    do: Literal["like"]
    short: ClassVar[str | None] = "on"
    bare: ClassVar[bool] = True
    on: bool = True
    topic: (
        Annotated[tuple[Label, ...], BeforeValidator(as_list), Field(strict=False, min_length=1)]
        | None
    ) = None
    source: Name | None = None
    rank: Rank | None = None
    top: Rank | None = None
    count: Annotated[int, Field(ge=1, le=100)] | None = None


class Subscribe(Step):
    do: Literal["subscribe"]
    short: ClassVar[str | None] = "on"
    bare: ClassVar[bool] = True
    on: bool = True


class NotInterested(Step):
    do: Literal["not_interested"]
    rank: Rank = 1
    from_: From | None = Field(default=None, alias="from")


class Pause(Step):
    do: Literal["pause"]
    short: ClassVar[str | None] = "for"
    for_: Duration = Field(alias="for")


class CaptureStep(Step):
    do: Literal["capture"]
    short: ClassVar[str | None] = "label"
    bare: ClassVar[bool] = True
    label: Label | None = None


class Screenshot(Step):
    do: Literal["screenshot"]
    short: ClassVar[str | None] = "name"
    name: Name


class Click(Step):
    do: Literal["click"]
    short: ClassVar[str | None] = "selector"
    selector: Annotated[str, Field(min_length=1, max_length=500)]


class Keypress(Step):
    do: Literal["keypress"]
    short: ClassVar[str | None] = "key"
    key: Annotated[str, Field(pattern=r"^(?:[A-Za-z]+\+)*(?:[A-Za-z0-9]+|[!-~])$", max_length=40)]
    times: Annotated[int, Field(ge=1, le=1000)] = 1
    delay: Duration | None = None


class Snapshot(Step):
    """The browser is closed, kept as it is, and opened again on a blank page."""

    do: Literal["snapshot"]
    short: ClassVar[str | None] = "name"
    name: Name


class Repeat(Step):
    """Several rounds of the same steps; ``shuffle`` and ``counterbalance`` order them anew for
    every twin, so that one round (the default then) is enough."""

    do: Literal["repeat"]
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
        if not cls.bare and (cls is not NotInterested):
            raise Fixable(f"{name} needs something", f"see an example: {EXAMPLES[name]}")
        return {"do": name}
    if isinstance(body, Mapping):
        if "do" in body:
            raise Fixable("unknown key 'do'", "remove it")
        return {"do": name, **body}
    if cls.short is None:
        raise Fixable(f"{name} takes keys", f"see an example: {EXAMPLES[name]}")
    return {"do": name, cls.short: body}


_Union = (
    Visit
    | Consent
    | Search
    | Watch
    | Follow
    | Scroll
    | Refresh
    | Slot
    | Like
    | Subscribe
    | NotInterested
    | Pause
    | CaptureStep
    | Screenshot
    | Click
    | Keypress
    | Snapshot
    | Repeat
)
AnyStep = Annotated[_Union, Field(discriminator="do"), BeforeValidator(_normalise)]
Repeat.model_rebuild()

#: Every step's class by its name.
STEPS: Mapping[str, type[Step]] = {
    "visit": Visit,
    "consent": Consent,
    "search": Search,
    "watch": Watch,
    "follow": Follow,
    "scroll": Scroll,
    "refresh": Refresh,
    "slot": Slot,
    "like": Like,
    "subscribe": Subscribe,
    "not_interested": NotInterested,
    "pause": Pause,
    "capture": CaptureStep,
    "screenshot": Screenshot,
    "click": Click,
    "keypress": Keypress,
    "snapshot": Snapshot,
    "repeat": Repeat,
}

#: One line of YAML a step, for error messages.
EXAMPLES: Mapping[str, str] = {
    "visit": "- visit: home",
    "consent": "- consent: reject",
    "search": "- search: moon landing",
    "watch": "- watch: 30s",
    "follow": "- follow: {rank: 1}",
    "scroll": "- scroll: {screens: 2}",
    "refresh": "- refresh",
    "slot": "- slot: 13 a day at :05",
    "like": "- like",
    "subscribe": "- subscribe",
    "not_interested": "- not_interested: {rank: 1}",
    "pause": "- pause: 5s",
    "capture": "- capture: after training",
    "screenshot": "- screenshot: home-end",
    "click": "- click: '#button'",
    "keypress": "- keypress: Space",
    "snapshot": "- snapshot: trained",
    "repeat": "- repeat: {times: 3, steps: [{follow: up_next}, {watch: 30s}]}",
}
