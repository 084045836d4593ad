"""Background work: started now, done after a delay of the world's clock.

Nothing runs by itself. Whoever asks first after a job is due sees it done, so a client's polling
can be tested without threads, and without waiting when the clock is virtual.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

#: Finished jobs that are remembered.
_MOST_KEPT = 200
#: Jobs that may wait at once.
_MOST_WAITING = 1000
#: What became of a job that was stopped.
REVOKED = "REVOKED"
_WAITING = frozenset({"PENDING", "STARTED"})

#: Title and group of a job by its name.
NAMES: dict[str, tuple[str, str]] = {
    "update_subscribed": ("Rescan your Subscriptions", "download:scan"),
    "download_pending": ("Downloading", "download:run"),
    "extract_download": ("Add to download queue", "download:add"),
    "check_reindex": ("Reindex Documents", "reindex:run"),
    "manual_import": ("Manual video import", "setting:import"),
    "run_backup": ("Index Backup", "setting:backup"),
    "restore_backup": ("Restore Backup", "setting:restore"),
    "rescan_filesystem": ("Rescan your Filesystem", "setting:filesystemscan"),
    "thumbnail_check": ("Check your Thumbnails", "setting:thumbnailcheck"),
    "resync_thumbs": ("Sync Thumbnails to Media Files", "setting:thumbnailsync"),
    "subscribe_to": ("Add Subscription", "subscription:add"),
    "index_playlists": ("Index Channel Playlist", "channel:indexplaylist"),
    "version_check": ("Look for new Version", ""),
}
STARTABLE = (
    "update_subscribed",
    "download_pending",
    "manual_import",
    "run_backup",
    "rescan_filesystem",
    "thumbnail_check",
    "resync_thumbs",
)


@dataclass
class Job:
    """One piece of background work, from its beginning to its result. ``due`` is in epoch
    seconds of the world's clock."""

    name: str
    started: float
    """Epoch seconds."""
    due: float
    effect: Callable[[], str | None]
    """Does the work; returns what it reports, if anything."""
    named: bool = False
    """Somebody asked for it by its name."""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "PENDING"
    result: str | None = None

    def progress(self, now: float) -> float:
        """Share that is done, 0–1."""
        if self.due <= self.started:
            return 1.0
        return min(max((now - self.started) / (self.due - self.started), 0.0), 1.0)

    def as_result(self) -> dict[str, Any]:
        """Give the job as the archive's queue keeps results; ``date_done`` only of one that is
        over."""
        done = self.status in {"SUCCESS", REVOKED}
        return {
            "status": self.status,
            "result": self.result,
            "traceback": None,
            "children": [],
            "date_done": datetime.fromtimestamp(self.due, UTC).isoformat() if done else None,
            "name": self.name,
            "args": [],
            "kwargs": {},
            "worker": "mock",
            "retries": 0,
            "queue": "celery",
            "task_id": self.id,
        }


class Waiting(NamedTuple):
    """Something that is to be refreshed."""

    kind: str
    """``video``, ``channel`` or ``playlist``."""
    key: str
    due: float
    """Epoch seconds."""
    job: Job


class Jobs:
    """All methods may be called from any thread; effects run under ``lock``."""

    def __init__(self, now: Callable[[], float], delay_s: float, lock: threading.RLock) -> None:
        self.now = now
        self.delay_s = delay_s
        self._lock = lock
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def start(
        self,
        name: str,
        effect: Callable[[], str | None] = lambda: None,
        *,
        times: int = 1,
        named: bool = False,
    ) -> Job:
        """Begin a job that takes ``times`` delays."""
        with self._lock:
            began = self.now()
            job = Job(name, began, began + self.delay_s * times, effect, named)
            self._jobs[job.id] = job
            # Of too many that wait, the oldest is done now.
            waiting = self.running()
            for early in waiting[: max(len(waiting) - _MOST_WAITING, 0)]:
                self._do(early)
            self.advance()
            return job

    def _forget(self) -> None:
        """Let go of the oldest that are done."""
        done = [key for key, job in self._jobs.items() if job.status not in _WAITING]
        for key in done[: max(len(done) - _MOST_KEPT, 0)]:
            del self._jobs[key]

    def _do(self, job: Job) -> None:
        job.status = "SUCCESS"
        job.result = job.effect()

    def advance(self) -> None:
        """Do what is due, in the order in which it came due."""
        with self._lock:
            now = self.now()
            waiting = [job for job in self._jobs.values() if job.status in _WAITING]
            for job in sorted(waiting, key=lambda job: job.due):
                if job.due > now:
                    job.status = "STARTED"
                    continue
                self._do(job)
            self._forget()

    def stop(self, key: str) -> bool:
        """Drop a job before it had its effect; false when there is none such."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None:
                return False
            if job.status in _WAITING:
                job.status = REVOKED
            return True

    def get(self, key: str) -> Job | None:
        """Give the job of an id; ``None`` where there is none, or it is forgotten."""
        return self._jobs.get(key)

    def all(self, name: str | None = None) -> list[Job]:
        """List the jobs, the oldest first; of one name, if it is given."""
        with self._lock:
            return [job for job in self._jobs.values() if name is None or job.name == name]

    def listed(self, name: str | None = None) -> list[Job]:
        """Without what was done at once and by itself: of that there is no task to be seen."""
        return [job for job in self.all(name) if job.named or job.due > job.started]

    def running(self, name: str | None = None) -> list[Job]:
        """List the jobs that have not had their effect and are not revoked, the oldest first; of
        one name, if it is given."""
        return [job for job in self.all(name) if job.status in _WAITING]

    def share(self, job: Job) -> float:
        """Share of a job that is done now, 0–1."""
        return job.progress(self.now())
