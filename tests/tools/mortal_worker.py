"""A session's process that kills itself at a place of its choice: for tests of kills.

``python mortal_worker.py`` reads the file that the environment's ``MORTAL_PLACES`` names, if there
is one: session → ``ready``, ``started:K``, ``acted:K`` (step K has
had its effect and its end is not yet written), ``finished:K`` or ``released``. Everything else is
the real worker.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from collector import evidence
from collector.contract.job import SessionJob
from collector.contract.progress import Emit, Event, EventKind
from collector.ledger.lease import Lease, StoreLedger
from collector.session import session, worker
from collector.store import Outcome, SessionState

_WORDS = {EventKind.STEP_STARTED: "started", EventKind.STEP_FINISHED: "finished"}


def is_here(name: str, place: str) -> bool:
    told = Path(os.environ["MORTAL_PLACES"])
    return told.exists() and json.loads(told.read_text("utf-8")).get(name) == place


def here(name: str, place: str) -> None:
    """Die, if this is the place."""
    if is_here(name, place):
        os.kill(os.getpid(), signal.SIGKILL)


def no_room(folder: Path, target: Path, data: bytes) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", str(target))


class MortalLedger(StoreLedger):
    def step_started(self, lease: Lease, step: int) -> None:
        super().step_started(lease, step)
        if is_here(lease.session, f"full:{step}"):
            evidence._write_once = no_room  # type: ignore[assignment]

    def step_finished(self, lease: Lease, step: int, outcome: Outcome, detail: str = "") -> None:
        here(lease.session, f"acted:{step}")
        super().step_finished(lease, step, outcome, detail)

    def release(self, lease: Lease, state: SessionState, detail: str = "") -> SessionState:
        ended = super().release(lease, state, detail)
        here(lease.session, "released")
        return ended


_run_session = session.run_session


def run_session(job: SessionJob, emit: Emit, **controls: Any) -> SessionState:
    def told(event: Event) -> None:
        emit(event)
        if event.kind is EventKind.READY:
            here(job.session, "ready")
        if event.kind in _WORDS:
            here(job.session, f"{_WORDS[event.kind]}:{event.data['index']}")

    return _run_session(job, told, **controls)


def install() -> None:
    """Make the worker of this process a mortal one."""
    session.StoreLedger = MortalLedger  # type: ignore[misc]
    session.run_session = run_session  # type: ignore[assignment]


if __name__ == "__main__":
    install()
    sys.exit(worker.main())
