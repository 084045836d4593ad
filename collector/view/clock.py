"""From this machine's clock to a page's own: a run on the mock makes pages' clocks run faster.

Captures bear both times, the ledger's steps only this machine's. What lies between two captures is
put between their times in proportion; what lies outside goes on at the speed of the run.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from collector.store import from_iso

Pair = tuple[float, float]


class Clock:
    """Seconds of this machine → seconds of the page, both since 1970.

    :param pairs: moments that are known on both clocks.
    :param speed: page seconds a second, outside of the known moments.

    >>> Clock([(0.0, 100.0), (10.0, 400.0)], speed=30).virtual(5.0)
    250.0
    """

    def __init__(self, pairs: Iterable[Pair], speed: float = 1.0) -> None:
        self._wall: list[float] = []
        self._page: list[float] = []
        self.speed = speed
        for wall, page in sorted(pairs):
            if self._wall and (wall <= self._wall[-1] or page < self._page[-1]):
                continue  # a clock that was moved back: the earlier word counts
            self._wall.append(wall)
            self._page.append(page)

    def virtual(self, wall: float) -> float:
        """The page's time at a moment of this machine."""
        if not self._wall:
            return wall
        after = bisect_right(self._wall, wall)
        if after == 0:
            return self._page[0] - (self._wall[0] - wall) * self.speed
        if after == len(self._wall):
            return self._page[-1] + (wall - self._wall[-1]) * self.speed
        w0, w1 = self._wall[after - 1 : after + 1]
        p0, p1 = self._page[after - 1 : after + 1]
        return p0 + (p1 - p0) * (wall - w0) / (w1 - w0)


def seconds(moment: str) -> float:
    """Seconds since 1970 of a time as the store writes it."""
    return from_iso(moment).timestamp()
