"""One program at a time carries out a run, and knows which processes an earlier one left behind.

The lock is an ``flock``, so it goes when its holder dies, however it dies. What the file says is
for the next holder: every process that was started, by number and starting time, so that no other
process is ever taken for one of ours.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from collector.common.errors import UserError
from collector.environment import refusals
from collector.files import private_handle
from collector.posix import end_led, lock
from collector.store import steady

SUPERVISOR = "supervisor"


class RunBusy(UserError):
    """Another program is carrying out this run."""


@dataclass(frozen=True, slots=True)
class Left:
    """A process of a run. ``started``: seconds since 1970, as the system reckons it."""

    role: str
    pid: int
    started: float
    boot: str = ""
    """Of the machine, when it was written down; empty: unknown."""
    since_boot: float | None = None
    """When it started, seconds after the boot: no correction of the wall clock moves it."""
    clock: float | None = None
    """The beginning of the run's steady clock (:mod:`collector.store.steady`)."""

    @classmethod
    def of(cls, role: str, pid: int) -> Self:
        """Raises psutil.NoSuchProcess when it has ended."""
        found = psutil.Process(pid)
        since = steady.since_boot_s(found)
        return cls(role, pid, found.create_time(), steady.boot_id(), since, steady.beginning_s())

    def process(self) -> psutil.Process | None:
        """The process, if it is alive and still the same."""
        try:
            found = psutil.Process(self.pid)
            if self._of_this_boot and self.since_boot is not None:
                same = steady.same_start(steady.since_boot_s(found), self.since_boot)
            else:
                same = steady.same_start(found.create_time(), self.started)
            return found if same and found.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    @property
    def now(self) -> datetime | None:
        """The moment by the run's own steady clock; ``None``: it was on another boot."""
        if not self._of_this_boot or self.clock is None:
            return None
        return datetime.fromtimestamp(self.clock + time.monotonic(), UTC)

    @property
    def _of_this_boot(self) -> bool:
        return bool(self.boot) and self.boot == steady.boot_id()


class RunLock:
    """Hold it while a run is carried out. Raises :class:`RunBusy`."""

    def __init__(self, root: Path) -> None:
        self.path = root / "run.lock"
        self.left: tuple[Left, ...] = ()
        """What an earlier holder started and did not see end."""
        self._fd = -1

    def __enter__(self) -> Self:
        self._fd = private_handle(self.path, os.O_RDWR | os.O_APPEND)
        try:
            with refusals(self.path.parent, fix="choose a local --out"):
                free = lock(self._fd)
        except UserError:
            os.close(self._fd)
            raise
        if not free:
            first = next(iter(self._read()), None)
            os.close(self._fd)
            who = f"process {first.pid}" if first else "another process"
            raise RunBusy(
                f"the run is being carried out by {who}",
                place=str(self.path.parent),
                fix=f"wait for {who} to end, or end it; a lock left by a dead process frees itself",
            )
        found = self._read()
        if found and found[0].now is not None and found[0].clock is not None:
            # Leases that an earlier holder left are written in its clock.
            steady.adopt(found[0].clock)
        self.left = tuple(
            one for one in found if one.pid != os.getpid() and one.process() is not None
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


def clock_of(root: Path) -> datetime:
    """Now, by the clock that the leases of the run in ``root`` are written with.

    A run that was killed, or is under way, has left it in its lock; any other has no lease.
    """
    with suppress(FileNotFoundError):
        for one in _recorded(root / "run.lock"):
            if one.role == SUPERVISOR and (now := one.now) is not None:
                return now
    return steady.steady_now()


def _recorded(path: Path) -> list[Left]:
    found = []
    for line in path.read_text("utf-8").splitlines():
        try:
            found.append(Left(**json.loads(line)))
        except (ValueError, TypeError):
            break  # cut short by a kill
    return found
