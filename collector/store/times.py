"""Times as the store writes them: ISO-8601, UTC, milliseconds, ``2026-01-01T00:00:00.000Z``.

Text of this one shape sorts as time does, and SQLite's date functions read it.
"""

from __future__ import annotations

from datetime import UTC, datetime


def to_iso(moment: datetime) -> str:
    """An aware moment as text. A naive one is a programming error: its zone would be a guess."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {moment!r}")
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"a time beyond the calendar cannot be stored: {moment}") from None
    # strftime writes the year 33 as "33", which would not sort
    return utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def from_iso(text: str) -> datetime:
    """The aware moment (UTC) that ``to_iso`` wrote."""
    return datetime.fromisoformat(text).astimezone(UTC)


def now_iso() -> str:
    """The wall clock's moment, as the store writes moments."""
    return to_iso(datetime.now(UTC))
