"""When a session's page clock begins, and how late that is.

Protects the rule that time never runs backwards: on a virtual clock a session begins when it is
due, or where the puppet's last page left off. A replay begins where its recording did.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from collector.contract.job import SessionJob
from collector.store import Store, from_iso


class PageClock:
    """The clock of one session's pages.

    :param again: the session was begun by an earlier process.
    """

    def __init__(self, store: Store, job: SessionJob, *, again: bool) -> None:
        self.store = store
        self.job = job
        self.again = again
        self.last: datetime | None = None
        """What the virtual clock showed when a step last let time pass."""

    def set(self) -> SessionJob:
        """The job, with the moment at which the page's clock is to begin."""
        job = self.job
        if job.replay is not None:
            return job
        if job.begins is None:
            if self.again and job.pace.virtual:
                job = replace(job, begins=self._last_seen().isoformat())
            return job
        if job.pace.virtual:
            due = datetime.fromisoformat(job.begins)
            rows = self.store.rows(
                "SELECT max(t.clock) AS last FROM turns t JOIN sessions s ON s.id = t.session"
                " WHERE s.puppet = ?",
                [job.puppet],
            )
            begins = max([due, *(from_iso(row["last"]) for row in rows if row["last"])])
            if self.again:
                begins = max(begins, self._last_seen())
            job = replace(job, begins=begins.isoformat())
            self.is_late(due, begins)
        return job

    def is_late(self, due: datetime, began: datetime) -> None:
        """Keep how much later than planned the session began, on its own clock."""
        if not self.again:
            late_s = round((began - due).total_seconds(), 3)
            self.store.update_turn(self.job.session, late_s=late_s)

    def _last_seen(self) -> datetime:
        """The latest that the page's clock is known to have shown in this session, or now."""
        seen = [each.client_time for each in self.store.captures(session=self.job.session)]
        return max([datetime.now(UTC), *seen, *([self.last] if self.last else [])])
