"""The world's time.

``real`` is wall time, with ages counted back from the moment the world was built, so that "3
months ago" is the same string on every day it is run. A factor makes time run from the world's
epoch at that many times real speed (``0`` stands still). Ranking never asks the clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from collector.common.errors import UserError

#: Where factor clocks start, and the "now" of a world's dump.
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class WorldClock:
    """``now()`` of a world; ``start`` is the moment that generated ages are counted back from."""

    def __init__(
        self,
        spec: str = "real",
        *,
        since: datetime | None = None,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """:param since: when the world was first made, if it was made before.
        :raises UserError: ``spec`` is neither ``real`` nor a number of at least 0."""
        self.spec = spec
        self._wall = wall
        self._monotonic = monotonic
        self._began = monotonic()
        self.factor: float | None = None
        if spec == "real":
            self.start = (since or wall()).replace(microsecond=0)
            return
        try:
            self.factor = float(spec)
        except ValueError:
            self.factor = -1.0
        if not 0 <= self.factor < 1e9:
            raise UserError(
                f"{spec!r} is neither 'real' nor a factor",
                place="--clock",
                fix="use --clock real, or a number from 0 (time stands still) such as --clock 60",
            )
        self.start = EPOCH
        if since is not None:
            self._began -= (wall() - since).total_seconds()

    def now(self) -> datetime:
        """The world's present, aware, UTC."""
        if self.factor is None:
            return self._wall()
        return EPOCH + timedelta(seconds=(self._monotonic() - self._began) * self.factor)
