"""The process of one session: ``python -m collector.experiment.worker``.

Standard input brings the job (one line of JSON), then ``go`` when the block starts and ``stop``
when the run is interrupted. Standard output carries progress lines and nothing else; whatever a
library prints goes to standard error. If the supervisor vanishes the session stops too.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import traceback
from typing import TextIO

from collector.errors import UserError
from collector.experiment.job import SessionJob
from collector.experiment.progress import Event, EventKind
from collector.store import SessionState

ORPHAN_GRACE_S = 20.0
"""How long a session may go on after its supervisor vanished, to finish its step."""
BARRIER_TIMEOUT_S = 900.0
"""The supervisor gives up on slow starters before this."""


class Control:
    """What the supervisor says, listened to beside the session."""

    def __init__(self, source: TextIO) -> None:
        self.go = threading.Event()
        self.stop = threading.Event()
        self.finished = threading.Event()
        self._source = source
        threading.Thread(target=self._listen, name="control", daemon=True).start()

    def _listen(self) -> None:
        for line in self._source:
            if line.strip() == "go":
                self.go.set()
            elif line.strip() == "stop":
                self.stop.set()
                self.go.set()
        self.stop.set()
        self.go.set()
        if not self.finished.wait(ORPHAN_GRACE_S):
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


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lines = _private_stdout()
    job = SessionJob.from_json(sys.stdin.readline())
    control = Control(sys.stdin)
    writing = threading.Lock()

    def emit(event: Event) -> None:
        with writing, contextlib.suppress(BrokenPipeError):
            lines.write(event.to_line() + "\n")

    try:
        from collector.experiment.session import run_session

        run_session(job, emit, wait_for_go=control.wait_for_go, stopped=control.stop.is_set)
        return 0
    except UserError as error:
        traceback.print_exc()
        emit(Event(EventKind.PROBLEM, job.session, {"text": str(error)}))
        emit(
            Event(
                EventKind.CLOSED,
                job.session,
                {"state": SessionState.FAILED, "detail": error.problem},
            )
        )
        return 0
    except Exception as error:
        # A defect of ours: told in one line, with the traceback in the log; the supervisor closes
        # what this session left open.
        emit(Event(EventKind.PROBLEM, job.session, {"text": f"{type(error).__name__}: {error}"}))
        raise
    finally:
        control.finished.set()


if __name__ == "__main__":
    sys.exit(main())
