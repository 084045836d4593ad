"""Durations in words, with the wording and the thresholds of the original server (English)."""

from __future__ import annotations

import math
from datetime import timedelta


def humanize(span: timedelta) -> str:
    """``2 months``, ``a few seconds``; the sign is ignored.

    >>> humanize(timedelta(days=60)), humanize(timedelta(seconds=89)), humanize(timedelta(days=320))
    ('2 months', 'a minute', 'a year')
    """
    seconds_s = abs(span.total_seconds())
    days = seconds_s / 86400
    months = days * 4800 / 146097
    if _round(seconds_s) < 45:
        return "a few seconds"
    for count, one, many, below in (
        (seconds_s / 60, "a minute", "minutes", 45),
        (seconds_s / 3600, "an hour", "hours", 22),
        (days, "a day", "days", 26),
        (months, "a month", "months", 11),
        (months / 12, "a year", "years", math.inf),
    ):
        whole = _round(count)
        if whole <= 1:
            return one
        if whole < below:
            return f"{whole} {many}"
    raise AssertionError("years have no upper bound")


def _round(value: float) -> int:
    return math.floor(value + 0.5)
