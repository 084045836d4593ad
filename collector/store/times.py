"""Times as the store writes them: ISO-8601, UTC, milliseconds, ``2026-01-01T00:00:00.000Z``.

Text of this one shape sorts as time does, and SQLite's date functions read it.
"""

from __future__ import annotations

from datetime import UTC, datetime


def to_iso(moment: datetime) -> str:
    """An aware moment as text. A naive one is a programming error: its zone would be a guess."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {moment!r}")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + (
        f"{moment.microsecond // 1000:03d}Z"
    )


def from_iso(text: str) -> datetime:
    """The aware moment (UTC) that ``to_iso`` wrote."""
    return datetime.fromisoformat(text).astimezone(UTC)


def now_iso() -> str:
    return to_iso(datetime.now(UTC))
