"""The run's own mock, in a process of its own that outlives the supervisor for the sessions' sake.

Protects the rule that a killed supervisor contaminates no puppet: the sessions finish what they are
doing on a site that still answers. The mock keeps a journal, so a resumed run meets the viewers and
the truth log that it left.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.common.errors import UserError
from collector.contract.mocksite import MockSite
from collector.environment import DiskFull
from collector.files import open_private

COMMAND = (sys.executable, "-m", "mockserver.child")
START_LIMIT_S = 180.0
"""Building a large world on a busy machine."""
_END_LIMIT_S = 20.0


class MockGone(UserError):
    """The run's own mock server ended in the middle of the run."""


@dataclass(frozen=True, slots=True)
class OwnMock:
    """A mock that answers, and its process."""

    site: MockSite
    process: subprocess.Popen[str]
    log: Path

    @property
    def port(self) -> int:
        """Return the port at which it answers, as its address has it."""
        return int(self.site.api.rpartition(":")[2])

    @property
    def lifeline(self) -> int:
        """A file descriptor; the mock lives as long as any process has it open."""
        assert self.process.stdin is not None
        return self.process.stdin.fileno()

    def trouble(self) -> MockGone | None:
        """Why it answers no more; ``None`` while it does."""
        code = self.process.poll()
        if code is None:
            return None
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return MockGone(f"the mock server ended ({how})", place=str(self.log))


@contextmanager
def own_mock(
    *,
    seed: int,
    db: Path | None,
    state: Path,
    log: Path,
    port: int = 0,
    options: Mapping[str, Any] | None = None,
) -> Iterator[OwnMock]:
    """A mock process for the time of the block.

    :param seed: of its world.
    :param db: where it keeps what is submitted to it.
    :param state: its journal; one that is there is gone on with.
    :param log: file for what goes wrong in it.
    :param port: 0 is any free one.
    :param options: further fields of ``mockserver.context.MockConfig``.
    :raises UserError: it cannot start: a bad option, a port that is taken.
    """
    told = {"seed": seed, "db": db, "state": state, "port": port, **(options or {})}
    with open_private(log, "ab") as errors:
        process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            text=True,
            encoding="utf-8",
        )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with suppress(BrokenPipeError):  # then it has said nothing either, and its log says why
            process.stdin.write(json.dumps(told, default=str) + "\n")
            process.stdin.flush()
        slow = threading.Timer(START_LIMIT_S, process.kill)
        slow.start()
        try:
            line = process.stdout.readline()
        finally:  # else whoever is interrupted here would wait for it to the end
            slow.cancel()
        yield OwnMock(_site(line, log), process, log)
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(_END_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


#: What is said of a full disk, by the system, by SQLite and by Python.
_FULL = ("No space left on device", "disk is full", "Disk quota exceeded")
#: With less no database can be made, and no log written that says so (bytes).
_LEAST_ROOM = 1 << 20


def _did_not_start(log: Path) -> UserError:
    """Why a mock ended before it said anything: its log says it, unless the disk is full."""
    try:
        said = log.read_bytes()[-20_000:].decode("utf-8", "replace")
        room = shutil.disk_usage(log.parent).free
    except OSError:
        said, room = "", _LEAST_ROOM
    if any(words in said for words in _FULL) or (not said.strip() and room < _LEAST_ROOM):
        return DiskFull(
            "the mock server did not start: the disk is full",
            place=str(log.parent),
            fix="free some space and try again, or choose another --out",
        )
    return UserError("the mock server did not start", place=str(log), fix="read its log")


def _site(line: str, log: Path) -> MockSite:
    if not line:
        raise _did_not_start(log)
    told = json.loads(line)
    if "problem" in told:
        raise UserError(told["problem"], place=told["place"] or str(log.parent), fix=told["fix"])
    return MockSite(told["url"], told["origin"], told["token"])
