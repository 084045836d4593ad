"""One program at a time carries out a run, and knows which processes an earlier one left behind.

The lock is an ``flock``, so it goes when its holder dies, however it dies. What the file says is
for the next holder: every process that was started, by number and starting time, so that no other
process is ever taken for one of ours.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from collector.common.errors import UserError
from collector.posix import end_led, lock

SUPERVISOR = "supervisor"


_CLOCK_S = 2.5
"""By so much two processes may differ about when a third one started: the system counts from its
boot, and reckons that moment in whole seconds of a clock that is corrected as it runs."""


class RunBusy(UserError):
    """Another program is carrying out this run."""


@dataclass(frozen=True, slots=True)
class Left:
    """A process of a run. ``started``: seconds since 1970, as the system keeps it."""

    role: str
    pid: int
    started: float

    @classmethod
    def of(cls, role: str, pid: int) -> Self:
        """Raises psutil.NoSuchProcess when it has ended."""
        return cls(role, pid, psutil.Process(pid).create_time())

    def process(self) -> psutil.Process | None:
        """The process, if it is alive and still the same."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.started) < _CLOCK_S
            return found if same and found.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


class RunLock:
    """Hold it while a run is carried out. Raises :class:`RunBusy`."""

    def __init__(self, root: Path) -> None:
        self.path = root / "run.lock"
        self.left: tuple[Left, ...] = ()
        """What an earlier holder started and did not see end."""
        self._fd = -1

    def __enter__(self) -> Self:
        self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        if not lock(self._fd):
            first = next(iter(self._read()), None)
            os.close(self._fd)
            who = f"process {first.pid}" if first else "another process"
            raise RunBusy(
                f"the run is being carried out by {who}",
                place=str(self.path.parent),
                fix=f"wait for {who} to end, or end it; a lock left by a dead process frees itself",
            )
        self.left = tuple(
            one for one in self._read() if one.pid != os.getpid() and one.process() is not None
        )
        os.ftruncate(self._fd, 0)
        self.record(SUPERVISOR, os.getpid())
        for one in self.left:
            self._write(one)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.ftruncate(self._fd, 0)
        os.close(self._fd)

    def record(self, role: str, pid: int) -> None:
        """A process was started; one that has ended already needs no record."""
        with suppress(psutil.NoSuchProcess):
            self._write(Left.of(role, pid))

    def end_left(self, patience_s: float) -> list[Left]:
        """Wait for what an earlier holder left to come to its end, then end it.

        Only process groups that were ours from their start are ended. Answers which had to be.
        """
        alive = [found for one in self.left if (found := one.process()) is not None]
        psutil.wait_procs(alive, timeout=patience_s)
        ended = []
        for one in self.left:
            if one.process() is None:
                continue
            ended.append(one)
            end_led(one.pid)
        gone = [found for one in ended if (found := one.process()) is not None]
        psutil.wait_procs(gone, timeout=10)
        return ended

    def _write(self, one: Left) -> None:
        os.write(self._fd, (json.dumps(asdict(one)) + "\n").encode())

    def _read(self) -> list[Left]:
        return _recorded(self.path)


def holder(root: Path) -> Left | None:
    """The program that carries out the run in ``root`` now, without touching its lock."""
    with suppress(FileNotFoundError):
        for one in _recorded(root / "run.lock"):
            if one.role == SUPERVISOR and one.process() is not None:
                return one
    return None


def _recorded(path: Path) -> list[Left]:
    found = []
    for line in path.read_text("utf-8").splitlines():
        try:
            found.append(Left(**json.loads(line)))
        except (ValueError, TypeError):
            break  # cut short by a kill
    return found
