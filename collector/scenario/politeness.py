"""How politely a site beyond this machine is visited, as a scenario says it.

Protects sites and puppets: page loads are apart by more than a fixed beat, nights are left alone,
no channel is watched up by an audit, and a site that asks whether this is a bot is not asked on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_serializer

from collector.problems import Fixable
from collector.scenario.durations import format_duration, parse_duration
from collector.scenario.values import Duration

_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d) ?(?:-|–|to) ?([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of every day in which no page is loaded, on the persona's own clock.

    >>> str(Quiet.of("23:00-07:00"))
    '23:00-07:00'
    """

    begin: time
    end: time

    @classmethod
    def of(cls, written: str) -> Quiet:
        """``23:00-07:00``; the end may be on the next day. Raises Fixable."""
        found = _QUIET.fullmatch(written.strip())
        if found is None or found.group(1, 2) == found.group(3, 4):
            raise Fixable(f"{written!r} are not hours", "write quiet: 23:00-07:00")
        begin, end = (int(found[1]), int(found[2])), (int(found[3]), int(found[4]))
        return cls(time(*begin), time(*end))

    def left_s(self, now: datetime, timezone: str) -> float:
        """Seconds until the quiet hours are over; 0 outside of them. ``now`` is aware."""
        here = now.astimezone(ZoneInfo(timezone))
        at = here.time()
        over_night = self.begin > self.end
        within = at >= self.begin or at < self.end if over_night else self.begin <= at < self.end
        if not within:
            return 0.0
        end = here.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)
        if end <= here:
            end += timedelta(days=1)  # the same hour tomorrow, whatever the clock does in between
        return (end.astimezone(now.tzinfo) - now).total_seconds()

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"


def _quiet(value: object) -> object:
    if not isinstance(value, str):
        raise Fixable(f"{value!r} are not hours", "write quiet: 23:00-07:00")
    return str(Quiet.of(value))


class Politeness(BaseModel):
    """``politeness: 5s``, or its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    spacing: Duration | None = None
    """Least time between two page loads of a puppet."""
    jitter: Duration | None = None
    """At most so much more, drawn anew for each load from the session's seed."""
    quiet: Annotated[str, BeforeValidator(_quiet)] | None = None
    """Hours of the persona's clock in which no page is loaded."""
    views_per_channel: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Watches of videos of one channel, by all puppets of the run; more are left out."""
    bot_check: Literal["stop", "continue"] = "stop"
    """After a captcha or a question whether this is a bot: the run's sessions end, or go on."""

    @model_serializer(mode="plain")
    def _written(self) -> Any:
        """As it was written: a duration alone, or the keys that are used."""
        given: dict[str, Any] = {
            name: format_duration(value) if isinstance(value, timedelta) else value
            for name, value in self
            if value is not None and value != type(self).model_fields[name].default
        }
        return given["spacing"] if given.keys() == {"spacing"} else given


def as_politeness(value: object) -> object:
    """A duration alone is the spacing."""
    return value if isinstance(value, Mapping | Politeness) else {"spacing": parse_duration(value)}


def politeness_of(scenario: Mapping[str, Any]) -> Politeness:
    """That of a plan's scenario; without one, the usual."""
    written = scenario.get("politeness")
    if written is None:
        return Politeness()
    return Politeness.model_validate(as_politeness(written))
