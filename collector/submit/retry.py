"""When to try again: exponential back-off with jitter, on a clock that tests can turn.

Protects the rule that a busy or broken server is neither hammered nor given up on.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol


class Clock(Protocol):
    """The time of day and a way to let it pass."""

    def now(self) -> datetime:
        """Return the time of day, with its zone."""

    def sleep(self, seconds_s: float) -> None:
        """Let so many seconds pass."""


class SystemClock:
    """The machine's own clock; tests have another."""

    def now(self) -> datetime:
        """Return the machine's time, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds_s: float) -> None:
        """Wait so many seconds."""
        time.sleep(seconds_s)


@dataclass(frozen=True)
class RetryPolicy:
    """How patient one flush is and how much it sends at once. All durations in seconds."""

    tries: int = 5
    """Attempts a batch gets in one flush."""
    base_s: float = 0.5
    cap_s: float = 30.0
    patience_s: float = 120.0
    """A longer ``Retry-After`` ends the flush; the batch waits for a later one."""
    unlucky_batches: int = 3
    """Batches in a row that may exhaust their tries before the server counts as down."""
    batch_items: int = 25
    batch_bytes: int = 10 * 1024 * 1024 - 64 * 1024
    """Largest body; the servers' limit less some room."""
    dice: random.Random = field(default_factory=random.Random, repr=False)

    def delay_s(self, attempt: int) -> float:
        """Seconds before try ``attempt + 1`` (attempts count from 1): half fixed, half random."""
        full = min(self.cap_s, self.base_s * 2 ** min(attempt - 1, 30))
        return full / 2 + self.dice.uniform(0, full / 2)


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds that a ``Retry-After`` header asks for (a number or an HTTP date), else ``None``."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
