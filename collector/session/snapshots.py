"""The snapshots of one session: what it begins from, what it leaves, and where each comes from.

Protects two rules: a session begins from the puppet's last good snapshot, and one that cannot be
read is refused with the reason and never passed over in silence; a snapshot on a mock is kept with
what the site remembered at that moment, so that a puppet cloned from it is no stranger there.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from collector.browser import SnapshotRefused, lineage, snapshot
from collector.browser.snapshot import SUFFIX, Snapshot
from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.contract.mocksite import MockSite
from collector.contract.truth import Truth
from collector.evidence import EvidenceDiskFull
from collector.profile import Origin, Profile
from collector.store import Store


@dataclass(slots=True)
class Snapshots:
    """``plan``: hash of the plan."""

    store: Store
    out: RunDir
    job: SessionJob
    profile: Profile
    plan: str
    parent: str | None = None
    """What the puppet's state descends from."""
    remarks: list[str] = field(default_factory=list)
    """What has to be known of the beginning of this session."""

    def begin(self) -> str | None:
        """Put back what the puppet's last good session left; answers its hash.

        Raises SnapshotRefused when there is none that can be read.
        """
        rows = self.store.rows(
            "SELECT snapshot_after, id FROM sessions WHERE puppet = ?"
            " AND snapshot_after IS NOT NULL ORDER BY finished DESC",
            [self.job.puppet],
        )
        refused: SnapshotRefused | None = None
        for row in rows:
            path = self.out.snapshots / f"{row['snapshot_after']}{SUFFIX}"
            try:
                snapshot.restore(path, self.profile.state_dir)
            except SnapshotRefused as why:
                refused = refused or why
                self.remarks.append(f"{why.problem} ({path.name[:12]}…, left by {row['id']})")
                continue
            if self.remarks:
                self.remarks.append(f"begun from what {row['id']} left")
                self._tell()
            self.parent = str(row["snapshot_after"])
            return self.parent
        if refused is not None:
            raise SnapshotRefused(
                refused.problem,
                place=refused.place,
                fix="the puppet has no earlier snapshot: run the scenario anew",
            )
        origin = Origin.read(self.profile.path)
        self.parent = origin.snapshot if origin else None
        return None

    def go_on(self) -> None:
        """The session was begun in another process: its state is where that one left it."""
        own = [t for t in lineage.read(self.out.snapshots) if t.session == self.job.session]
        if own:
            self.parent = own[-1].snapshot
            return
        rows = self.store.rows(
            "SELECT snapshot_before FROM sessions WHERE id = ?", [self.job.session]
        )
        self.parent = next((row["snapshot_before"] for row in rows), None)

    def take(self, step: int | None = None, name: str | None = None) -> Snapshot:
        """Keep the state of the closed browser. Raises EvidenceDiskFull, ProfileLocked."""
        return self._kept(snapshot.take, step, name)

    def take_locked(self, step: int, name: str) -> Snapshot:
        """The same within a session that holds the profile's lock, its browser closed."""
        return self._kept(snapshot.write, step, name)

    def _kept(
        self, write: Callable[[Path, Path], Snapshot], step: int | None, name: str | None
    ) -> Snapshot:
        site = self._site()
        try:
            taken = write(self.profile.state_dir, self.out.snapshots)
            lineage.record(
                self.out.snapshots,
                lineage.Taken(
                    snapshot=taken.hash,
                    size=taken.size,
                    parent=self.parent,
                    run=self.job.run,
                    plan=self.plan,
                    puppet=self.job.puppet,
                    session=self.job.session,
                    step=step,
                    name=name,
                    taken=datetime.now(UTC).isoformat(timespec="milliseconds"),
                    visitor=self.profile.visitor_id,
                    site=site,
                ),
            )
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise EvidenceDiskFull(
                "the disk is full",
                place=str(self.out.snapshots),
                fix="free some space and resume; everything filed so far is safe",
            ) from error
        self.parent = taken.hash
        return taken

    def _site(self) -> Mapping[str, Any] | None:
        """What the mock remembers of the puppet now; ``None`` elsewhere."""
        if not self.job.truth_token:
            return None
        api, ca = self.job.truth_api, self.job.browser.ca
        site = MockSite(api, self.job.site, self.job.truth_token, ca=ca)
        try:
            with Truth(site) as truth:
                return truth.memory(self.profile.visitor_id)
        except httpx.TransportError as error:
            self.store.log(
                self.job.run,
                "memory",
                f"the mock did not say what it remembers ({error}): clones will be strangers",
                level="warning",
                session=self.job.session,
            )
            return None

    def _tell(self) -> None:
        self.store.log(
            self.job.run,
            "snapshot refused",
            "; ".join(self.remarks),
            level="warning",
            session=self.job.session,
        )
