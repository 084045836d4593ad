"""One session's process as its supervisor sees it: started, listened to, and ended if need be.

Protects the rule that only processes we started are ever ended: each session leads a process group
of its own, and signals go to that group alone.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from collector.contract.job import SessionJob
from collector.contract.progress import Event
from collector.files import open_private
from collector.posix import signal_group

USUAL = (sys.executable, "-m", "collector.session.worker")
WORKER = USUAL


@dataclass(frozen=True, slots=True)
class Ended:
    """The process of a session is gone."""

    session: str
    code: int
    """Exit code; negative: the signal that ended it."""


@dataclass(frozen=True, slots=True)
class Garbled:
    """The process said something that is not an event."""

    session: str
    line: str


Message = Event | Ended | Garbled


class Worker(Protocol):
    """What carries out one session, wherever it is. What it says arrives in an inbox, in order,
    with :class:`Ended` as the last."""

    @property
    def returns_s(self) -> float:
        """Seconds in which the session may be taken up by another when it falls silent."""

    def tell(self, line: str) -> None:
        """Send a word (``go``, ``stop``, ``cut``); what is gone is told nothing."""

    def signal(self, number: signal.Signals) -> None:
        """End it, by a signal to its own processes alone."""

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False when it did not come in time."""


class Supervised:
    """A worker process, from its start to its end.

    :param inbox: where everything it says arrives, in order, with :class:`Ended` as the last.
    :param log: file for its standard error.
    :param pass_fds: file descriptors that it keeps open as long as it lives.
    """

    returns_s = 0.0

    def __init__(
        self,
        job: SessionJob,
        inbox: queue.Queue[Any],
        log: Path,
        *,
        command: Sequence[str] = WORKER,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.job = job
        self.session = job.session
        self._inbox = inbox
        with open_private(log, "ab") as errors:
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                pass_fds=pass_fds,
                text=True,
                encoding="utf-8",
            )
        self._listener = threading.Thread(target=self._listen, name=f"listen-{job.session}")
        self._listener.daemon = True
        self._listener.start()
        self.tell(job.to_json())

    @property
    def pid(self) -> int:
        """Return the process's id."""
        return self._process.pid

    def tell(self, line: str) -> None:
        """Send a line (the job, ``go``, ``stop``); a process that is gone is told nothing."""
        stdin = self._process.stdin
        assert stdin is not None
        with contextlib.suppress(BrokenPipeError, ValueError):
            stdin.write(line + "\n")
            stdin.flush()

    def signal(self, number: signal.Signals) -> None:
        """Signal the session's whole process group, if it is still ours."""
        if self._process.poll() is None:
            signal_group(self._process.pid, number)

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False when it did not come in time."""
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        self._listener.join(timeout_s)
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        return True

    def _listen(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        with stdout:
            for line in stdout:
                try:
                    self._inbox.put(Event.from_line(line))
                except ValueError:
                    self._inbox.put(Garbled(self.session, line.rstrip("\n")))
        self._inbox.put(Ended(self.session, self._process.wait()))
