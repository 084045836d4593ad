"""The time between a puppet's searches: kept, and what was achieved.

What was searched just before colours the next results, so searches are kept apart as the scenario
says, by the puppet's own clock, also from one session to the next. Every search leaves a row with
the gap before it: what was achieved belongs to the data. A search is a ``search`` step, or a visit
to a page of results.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from statistics import median
from typing import Any

from collector.store import Store, from_iso


class Spacing:
    """The searches of one puppet, as its session meets them.

    :param least_s: seconds that have to lie between two; 0: none, the gaps are kept all the same.
    """

    def __init__(self, store: Store, puppet: str, session: str, least_s: float = 0.0) -> None:
        self.store = store
        self.session = session
        self.least_s = least_s
        rows = store.rows(
            "SELECT max(q.time) AS last FROM queries q JOIN sessions s ON s.id = q.session"
            " WHERE s.puppet = ?",
            [puppet],
        )
        self._last = next((from_iso(row["last"]) for row in rows if row["last"]), None)

    def left_s(self, now: datetime) -> float:
        """Seconds from ``now`` (the page's clock) until the next search may be asked."""
        if self._last is None:
            return 0.0
        return max(0.0, self.least_s - (now - self._last).total_seconds())

    def asked(self, step: int, now: datetime) -> None:
        """The search of ``step`` is asked now."""
        gap_s = None if self._last is None else round((now - self._last).total_seconds(), 3)
        self.store.add_query(self.session, step, now, gap_s)
        self._last = now


def achieved(store: Store) -> Mapping[str, Mapping[str, Any]]:
    """Puppet → ``searches``, and of the gaps between them ``least_s`` and ``median_s``."""
    gaps: dict[str, list[float | None]] = {}
    for row in store.rows(
        "SELECT s.puppet, q.gap_s FROM queries q JOIN sessions s ON s.id = q.session"
        " ORDER BY s.puppet, q.time"
    ):
        gaps.setdefault(row["puppet"], []).append(row["gap_s"])
    found = {}
    for puppet, all_of in gaps.items():
        known = [gap for gap in all_of if gap is not None]
        found[puppet] = {
            "searches": len(all_of),
            "least_s": min(known, default=None),
            "median_s": median(known) if known else None,
        }
    return found
