"""How a puppet on a clock of its own tells a mock what time it is.

Only a mock is ever told: the header is sent by puppets on virtual time, which exists on a mock
alone, and only where the mock holds truths that depend on time.
"""

from __future__ import annotations

from datetime import UTC, datetime

#: Request header; ISO 8601, UTC, to the millisecond.
CLOCK_HEADER = "X-Twinwatch-Clock"


def told(moment: datetime) -> str:
    """What the header says of an aware moment.

    >>> told(datetime(2026, 1, 2, 3, 4, 5, 678_900, UTC))
    '2026-01-02T03:04:05.678+00:00'
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def heard(text: str | None) -> datetime | None:
    """The moment that a header says; ``None``: none, or not a moment with a zone."""
    if not text or len(text) > 40:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
