"""Snapshots and backups: the whole archive as it was, kept and brought back.

Protects the rule that restoring brings back every document as it was at the moment of the
snapshot, whatever was changed, added or deleted since.
"""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mockserver.api.tubearchivist.jobs import Job, Jobs
from mockserver.api.tubearchivist.tables import Saved, Table

_MOST = 100
_LETTERS = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All documents as they were at ``began``. It can be restored from ``ended`` on."""

    name: str
    began: float
    """Epoch seconds."""
    tables: tuple[Saved, ...] | None
    """``None`` while it is being taken."""
    ended: float


@dataclass(frozen=True, slots=True)
class Backup:
    """All documents as they were at ``made``, under a file's name."""

    filename: str
    made: float
    """Epoch seconds."""
    size: int
    """Bytes of what was changed, as JSON."""
    tables: tuple[Saved, ...]


class Saving:
    """What was kept of ``tables``; call it under the archive's lock."""

    def __init__(self, tables: Sequence[Table], jobs: Jobs) -> None:
        self._tables = tables
        self._jobs = jobs
        self.snapshots: dict[str, Snapshot] = {}
        self.backups: dict[str, Backup] = {}

    def _save(self) -> tuple[Saved, ...]:
        return tuple(table.save() for table in self._tables)

    def _bring_back(self, kept: tuple[Saved, ...]) -> None:
        for table, saved in zip(self._tables, kept, strict=True):
            table.restore(saved)

    def take(self) -> str:
        """Begin a snapshot of all documents as they are now; returns its name."""
        name = "ta_daily_-" + "".join(secrets.choice(_LETTERS) for _ in range(22))
        began = self._jobs.now()
        saved = self._save()
        _room(self.snapshots)
        self.snapshots[name] = Snapshot(name, began, None, began)

        def finish() -> None:
            if name in self.snapshots:
                self.snapshots[name] = Snapshot(name, began, saved, self._jobs.now())

        self._jobs.start("run_backup", finish)
        return name

    def restore(self, name: str) -> bool:
        """Begin to bring back what a snapshot kept; false when there is no finished one."""
        snapshot = self.snapshots.get(name)
        if snapshot is None or snapshot.tables is None:
            return False
        kept = snapshot.tables
        self._jobs.start("restore_backup", lambda: self._bring_back(kept))
        return True

    def back_up(self) -> str:
        """Write a backup now; a second one of the same day takes the place of the first."""
        now = self._jobs.now()
        saved = self._save()
        name = f"ta_backup-{datetime.fromtimestamp(now, UTC):%Y%m%d}-manual.zip"
        kept = [[part.changed, sorted(part.removed)] for part in saved]
        size = len(json.dumps(kept, default=str))
        self.backups.pop(name, None)
        _room(self.backups)
        self.backups[name] = Backup(name, now, size, saved)
        return f"wrote {name}"

    def restore_backup(self, name: str) -> Job | None:
        """Begin to bring back what a backup kept; ``None`` when there is no such file."""
        backup = self.backups.get(name)
        if backup is None:
            return None
        return self._jobs.start("restore_backup", lambda: self._bring_back(backup.tables))


def _room(kept: dict[str, Snapshot] | dict[str, Backup]) -> None:
    while len(kept) >= _MOST:
        del kept[next(iter(kept))]
