"""Units of time in seconds.

Months and years are turned into seconds as the reference collector does (a month is 146097/4800
days, rounded over the whole count), so that its numbers and ours can be compared.
"""

from __future__ import annotations

#: The largest first.
UNITS = ("year", "month", "week", "day", "hour", "minute", "second")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_DAYS_A_MONTH = 146097 / 4800


def unit_seconds(unit: str, count: int) -> int:
    """Seconds of ``count`` units; 1 month 2592000, 12 months 31536000."""
    if unit in ("month", "year"):
        months = count * (12 if unit == "year" else 1)
        return int(months * _DAYS_A_MONTH + 0.5) * 86400
    return _SECONDS[unit] * count
