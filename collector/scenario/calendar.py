"""When the sessions of a puppet are due: slots of a day, waves of a repetition.

Protects the rule that a plan holds no date: what is planned is counted from the start of the run,
so that the same plan can be run today and in a year, and its bytes stay the same. All puppets share
one clock, that of the scenario's own persona: a block whose puppets live in several time zones
starts at one moment all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from collector.scenario.durations import format_duration

DAY = timedelta(days=1)

#: Later than this after its slot, a session counts as missed.
SLOT_GRACE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Daily:
    """So many moments a day, one an hour at the same ``minute``, from ``first_hour`` on."""

    per_day: int
    minute: int
    first_hour: int

    @classmethod
    def of(cls, per_day: int, minute: int) -> Daily:
        """From eight in the morning on, or earlier if the day were too short."""
        return cls(per_day, minute, min(8, 24 - per_day))

    def after(self, moment: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """The moments after ``moment`` (aware), in UTC, for ever. An hour that the clocks leave out
        is passed over; one that they repeat counts once."""
        day = moment.astimezone(zone).date()
        while True:
            for hour in range(self.first_hour, self.first_hour + self.per_day):
                found = _on_the_wall(day, time(hour, self.minute), zone)
                if found is not None and found > moment:
                    yield found
            day += DAY


def _on_the_wall(day: date, clock: time, zone: ZoneInfo) -> datetime | None:
    """The moment at which the clocks of ``zone`` show this, in UTC; ``None``: they never do."""
    naive = datetime.combine(day, clock)
    found = naive.replace(tzinfo=zone).astimezone(UTC)
    return found if found.astimezone(zone).replace(tzinfo=None) == naive else None


@dataclass(frozen=True, slots=True)
class Due:
    """When a session is planned to start.

    ``days`` (calendar days: the clock on the wall shows the same) and ``seconds`` after the start
    of the run its wave begins; there it starts at once, or at the ``nth`` moment of ``daily``.
    ``expires_s``: so many seconds later it is missed.
    """

    days: int
    seconds: float
    timezone: str
    nth: int | None = None
    daily: Daily | None = None
    expires_s: float | None = None

    def at(self, started: datetime) -> datetime:
        """The moment, in UTC, for a run that began at ``started`` (aware)."""
        zone = ZoneInfo(self.timezone)
        local = started.astimezone(zone)
        # Aware arithmetic in one zone moves the clock on the wall.
        begin = (local + self.days * DAY).astimezone(UTC) + timedelta(seconds=self.seconds)
        if self.daily is None or self.nth is None:
            return begin
        return next(islice(self.daily.after(begin, zone), self.nth - 1, None))

    def expires(self, started: datetime) -> datetime | None:
        """The moment after which it is missed."""
        if self.expires_s is None:
            return None
        return self.at(started) + timedelta(seconds=self.expires_s)

    def __str__(self) -> str:
        """``start + 7d``, ``slot 3 at :05``, ``start + 7d, slot 3 at :05``"""
        after = timedelta(days=self.days, seconds=self.seconds)
        parts = [f"start + {format_duration(after)}"] if after else []
        if self.daily is not None:
            parts.append(f"slot {self.nth} at :{self.daily.minute:02d}")
        return ", ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Return it as the plan carries it, JSON-ready."""
        daily = self.daily
        return {
            "days": self.days,
            "seconds": self.seconds,
            "timezone": self.timezone,
            "nth": self.nth,
            "daily": daily and [daily.per_day, daily.minute, daily.first_hour],
            "expires_s": self.expires_s,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Due:
        """Read it as :meth:`to_dict` writes it."""
        return cls(**{**data, "daily": data["daily"] and Daily(*data["daily"])})
