"""The time of one simulated session: it stands still but for what steps take."""

from __future__ import annotations

from datetime import datetime, timedelta

from collector.store.times import to_iso


class Clock:
    """Seconds of a session since ``began`` (aware)."""

    def __init__(self, began: datetime) -> None:
        self.began = began
        self.seconds = 0.0

    def now(self) -> datetime:
        """The session's present, to the millisecond."""
        return self.moment(self.seconds)

    def moment(self, seconds: float) -> datetime:
        """A moment of the session."""
        return self.began + timedelta(milliseconds=round(seconds * 1000))

    def written(self, seconds: float | None = None) -> str:
        """A moment as tables have it; without ``seconds`` the present."""
        return to_iso(self.moment(self.seconds if seconds is None else seconds))
