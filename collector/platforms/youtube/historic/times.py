"""Times as the reference collector wrote them: ISO with milliseconds, calendar subtraction."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}


def iso(moment: datetime) -> str:
    """``2022-03-24T15:35:58.000Z``."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def before(moment: datetime, count: int, unit: str) -> datetime:
    """The moment ``count`` units earlier; months and years by the calendar, day clamped."""
    if unit in _SECONDS:
        return moment - timedelta(seconds=_SECONDS[unit] * count)
    months = moment.year * 12 + moment.month - 1 - count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def distance(seconds: int) -> str:
    """A length of time in the words of the reference's date library, without "about"."""
    minutes = (seconds + 30) // 60
    if minutes < 45:
        return _plural(max(minutes, 1), "minute") if seconds >= 30 else "less than a minute"
    if minutes < 90:
        return "1 hour"
    if minutes < 1440:
        return _plural((minutes + 30) // 60, "hour")
    if minutes < 2520:
        return "1 day"
    if minutes < 43200:
        return _plural((minutes + 720) // 1440, "day")
    months = round(minutes / 1440 / 30.436875)
    if months < 12:
        return _plural(max(months, 1), "month")
    return _plural(months // 12, "year")


def _plural(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
