"""The process of one session: ``python -m collector.session.worker``.

Standard input brings the job (one line of JSON), then ``go`` when the block starts, ``stop`` when
the run is interrupted (the session ends where it can go on later) and ``cut`` when it has to end at
once. Standard output carries progress lines and nothing else; whatever a
library prints goes to standard error. If the supervisor vanishes the session stops too.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pkgutil import resolve_name
from typing import Any, TextIO

from collector.common.errors import UserError
from collector.contract.job import SessionJob
from collector.contract.progress import Event, EventKind
from collector.evidence import EvidenceDiskFull
from collector.store import (
    LeaseHeld,
    LeaseLost,
    NotClaimable,
    SessionState,
    StoreCorrupt,
    StoreFull,
)

ORPHAN_GRACE_S = 20.0
"""How long a session may go on after its supervisor vanished, to come to a place of rest."""
CUT_GRACE_S = 10.0
"""What it gets after that to close its browser."""
LEASE_LOST = 75
"""Exit code of a worker whose session was given to somebody else."""
#: What no other session of the run would fare better with.
ENDS_THE_RUN = (EvidenceDiskFull, StoreCorrupt, StoreFull)
BARRIER_TIMEOUT_S = 900.0
"""The supervisor gives up on slow starters before this."""


#: Looked up once the supervisor is listened to: a word to end is heard while it is loaded.
_RUN = "collector.session.session:run_session"


class Control:
    """What the supervisor says, listened to beside the session."""

    def __init__(self, source: TextIO) -> None:
        self.go = threading.Event()
        self.stop = threading.Event()
        self.cut = threading.Event()
        self.finished = threading.Event()
        self._source = source
        threading.Thread(target=self._listen, name="control", daemon=True).start()

    def _listen(self) -> None:
        for line in self._source:
            if line.strip() == "go":
                self.go.set()
            elif line.strip() in ("stop", "cut"):
                self.stop.set()
                if line.strip() == "cut":
                    self.cut.set()
                self.go.set()
        self.stop.set()
        self.go.set()
        if not self.finished.wait(ORPHAN_GRACE_S):
            self.cut.set()
            if not self.finished.wait(CUT_GRACE_S):
                os._exit(70)

    def wait_for_go(self) -> None:
        """Block until the barrier opens (or the run is stopped)."""
        if not self.go.wait(BARRIER_TIMEOUT_S):
            self.stop.set()


def _private_stdout() -> TextIO:
    """Standard output for progress lines alone; file descriptor 1 leads to standard error now."""
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return lines


def main(run: Callable[..., SessionState] | None = None) -> int:
    """Carry out the job on standard input, by ``run``: :func:`session.run_session` or its like."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o077)  # what a browser or its driver writes is for the puppet's owner alone
    lines = _private_stdout()
    job = SessionJob.from_json(sys.stdin.readline())
    control = Control(sys.stdin)
    writing = threading.Lock()

    def emit(event: Event) -> None:
        with writing, contextlib.suppress(BrokenPipeError):
            lines.write(event.to_line() + "\n")

    try:
        (run or resolve_name(_RUN))(
            job,
            emit,
            wait_for_go=control.wait_for_go,
            stopped=control.stop.is_set,
            cut=control.cut.is_set,
        )
        return 0
    except UserError as error:
        traceback.print_exc()
        emit(Event(EventKind.PROBLEM, job.session, {"text": str(error)}))
        told: dict[str, Any] = {"state": SessionState.FAILED, "detail": error.problem}
        if isinstance(error, ENDS_THE_RUN):
            told["fatal"] = {"problem": error.problem, "place": error.place, "fix": error.fix}
        emit(Event(EventKind.CLOSED, job.session, told))
        return 0
    except (LeaseLost, LeaseHeld, NotClaimable) as error:
        emit(Event(EventKind.PROBLEM, job.session, {"text": str(error)}))
        return LEASE_LOST
    except Exception as error:
        # A defect of ours: told in one line, with the traceback in the log; the supervisor closes
        # what this session left open.
        emit(Event(EventKind.PROBLEM, job.session, {"text": f"{type(error).__name__}: {error}"}))
        raise
    finally:
        control.finished.set()


if __name__ == "__main__":
    sys.exit(main())
