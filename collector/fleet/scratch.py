"""A session far from its run's folder: a scratch folder to work in, and everything brought home.

Protects two rules. What a step filed is at home before the ledger hears that the step ended, so a
worker that is lost takes nothing with it that is on record. The puppet's secret key stays at home:
the scratch folder has all that a session needs and nothing that can sign.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from collector.browser import lineage, snapshot
from collector.browser.snapshot import SUFFIX
from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.evidence import EvidenceStore
from collector.fleet.client import HttpLedger, LedgerEndpoint
from collector.fleet.rows import begin_scratch, gone, outgoing
from collector.ledger.checkpoint import Checkpoint
from collector.profile import Origin
from collector.profile.files import private_dir, private_file
from collector.profile.store import profile_from
from collector.store import Outcome, SessionState, Store
from collector.store.leases import Lease

HOME_FILE = "home.json"


def write_home(root: Path, home: LedgerEndpoint) -> None:
    """Write the ledger's URL and token into a scratch folder (0600)."""
    private_file(root / HOME_FILE, json.dumps({"url": home.url, "token": home.token}).encode())


def read_home(root: Path) -> LedgerEndpoint:
    """The ledger that the worker with this folder answers to. Raises OSError: it was given none."""
    return LedgerEndpoint(**json.loads((root / HOME_FILE).read_bytes()))


def prepare_workdir(
    out: RunDir, store: Store, ledger: HttpLedger, lease: Lease, job: SessionJob
) -> None:
    """Put into an empty scratch folder what the session needs: plan, profile, state, rows.

    :raises UserError: what came is not what it should be.
    """
    kit = ledger.session_bundle(lease)
    out.plan.write_bytes(ledger.plan())
    path = private_dir(out.profiles / job.puppet)
    profile = profile_from(kit["profile"], path, place=f"the profile of {job.puppet}")
    private_file(path / "profile.json", json.dumps(profile.to_dict()).encode())
    if kit["origin"]:
        Origin(**kit["origin"]).write(path)
    if kit["mark"]:
        Checkpoint(**kit["mark"]).write(path)
    if name := kit["snapshot"] or kit["initial"]:
        private_dir(out.snapshots)
        there = out.snapshots / f"{name}{SUFFIX}"
        private_file(there, ledger.snapshot(name))
        snapshot.restore(there, profile.state_dir)
    begin_scratch(store, [(table, row) for table, row in kit["rows"]])


class RemoteLedger(HttpLedger):
    """The ledger over HTTP, which uploads rows and pages before it reports what relies on them.

    :param out: the scratch folder. ``store``: its store.
    """

    def __init__(self, home: LedgerEndpoint, out: RunDir, store: Store, job: SessionJob) -> None:
        super().__init__(home)
        self._out = out
        self._store = store
        self._job = job
        self._sent: set[str] = set()

    def step_finished(self, lease: Lease, step: int, outcome: Outcome, detail: str = "") -> None:
        """Upload what the step left and its checkpoint, then write down how it ended."""
        self._bring_all(lease)
        mark = Checkpoint.read(self._out.profiles / self._job.puppet, lease.session)
        if mark is not None:
            self.keep_mark(lease, asdict(mark))
        super().step_finished(lease, step, outcome, detail)

    def note(self, lease: Lease, **changes: Any) -> None:
        """Set columns of the session; before ``snapshot_after`` the snapshot itself is uploaded."""
        if "snapshot_after" in changes:
            self._bring_all(lease)
        super().note(lease, **changes)

    def release(self, lease: Lease, state: SessionState, detail: str = "") -> SessionState:
        """Upload what is left, and the checkpoint if it is not done, then give it back."""
        self._bring_all(lease)
        mark = Checkpoint.read(self._out.profiles / self._job.puppet, lease.session)
        if mark is not None and state is not SessionState.DONE:
            self.keep_mark(lease, asdict(mark))
        return super().release(lease, state, detail)

    def _bring_all(self, lease: Lease) -> None:
        """Pages first, then the rows that name them; a snapshot, then where it comes from."""
        evidence = EvidenceStore(self._out.evidence)
        for name in evidence:
            if name not in self._sent:
                self.bring_file(lease, "evidence", name, evidence.path(name).read_bytes())
                self._sent.add(name)
        last, rows = outgoing(self._store)
        if rows:
            self.bring(lease, rows)
            gone(self._store, last)
        for taken in lineage.read(self._out.snapshots):
            if (place := f"{taken.session}.{taken.at}") not in self._sent:
                path = self._out.snapshots / f"{taken.snapshot}{SUFFIX}"
                self.bring_file(lease, "snapshots", taken.snapshot, path.read_bytes())
                self.keep_descent(lease, asdict(taken))
                self._sent.add(place)
