"""A session's process that ends its Dask worker in mid-session, once: for tests of lost workers.

``python mortal_fleet.py PLACES.json``: session → ``WHOM:started:K`` (within step K),
``WHOM:acted:K`` (it has had its effect, its end is not yet written) or ``WHOM:finished:K``. WHOM
is ``worker`` (the Dask worker, this process's parent) or ``machine`` (both). The rest is real.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from collector.contract.job import SessionJob
from collector.contract.progress import Emit, Event, EventKind
from collector.fleet import worker
from collector.fleet.scratch import RemoteLedger
from collector.session import worker as program
from collector.store import Outcome, SessionState
from collector.store.leases import Lease

PLACES = Path(sys.argv[1])
_WORDS = {EventKind.STEP_STARTED: "started", EventKind.STEP_FINISHED: "finished"}
_real = worker.carry_session


def here(session: str, place: str) -> None:
    whom, _, where = json.loads(PLACES.read_text("utf-8")).get(session, "").partition(":")
    once = PLACES.with_name(f"{session}.died")
    if where != place or once.exists():
        return
    once.touch()
    os.kill(os.getppid(), signal.SIGKILL)
    if whom == "machine":
        os.kill(os.getpid(), signal.SIGKILL)


class MortalLedger(RemoteLedger):
    def step_finished(self, lease: Lease, step: int, outcome: Outcome, detail: str = "") -> None:
        here(lease.session, f"acted:{step}")
        super().step_finished(lease, step, outcome, detail)


def carry_session(job: SessionJob, emit: Emit, **more: Any) -> SessionState:
    def told(event: Event) -> None:
        emit(event)
        if event.kind in _WORDS:
            here(job.session, f"{_WORDS[event.kind]}:{event.data['index']}")

    return _real(job, told, **more)


if __name__ == "__main__":
    worker.RemoteLedger = MortalLedger  # type: ignore[misc]
    worker.carry_session = carry_session  # type: ignore[assignment]
    sys.exit(program.main(worker.run_session))
