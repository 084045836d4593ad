"""What an earlier attempt left is known by number and starting time; only that is ended."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.run.runlock import Left, RunBusy, RunLock


@pytest.fixture
def idle() -> Iterator[subprocess.Popen[bytes]]:
    """A process that waits for the end of its input, at the head of a group of its own."""
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    )
    yield process
    process.kill()
    process.communicate()


def left_behind(root: Path, *processes: Left) -> None:
    """A lock file as a killed holder leaves it."""
    with RunLock(root) as lock:
        for one in processes:
            lock._write(one)
        kept = lock.path.read_bytes()
    lock.path.write_bytes(kept)


def test_what_does_not_end_by_itself_is_ended(
    tmp_path: Path, idle: subprocess.Popen[bytes]
) -> None:
    left_behind(tmp_path, Left.of("session", idle.pid))
    with RunLock(tmp_path) as lock:
        assert [one.pid for one in lock.left] == [idle.pid]
        assert [one.pid for one in lock.end_left(0)] == [idle.pid]
    idle.wait(timeout=60)  # its input is open still: nothing else ends it


def test_a_process_is_the_same_though_the_clock_was_corrected(
    idle: subprocess.Popen[bytes],
) -> None:
    own = Left.of("mock", idle.pid)
    assert Left(own.role, own.pid, own.started + 1).process() is not None


def test_another_process_with_the_same_number_is_let_alone(
    tmp_path: Path, idle: subprocess.Popen[bytes]
) -> None:
    own = Left.of("session", idle.pid)
    left_behind(tmp_path, Left(own.role, own.pid, own.started - 60))
    with RunLock(tmp_path) as lock:
        assert lock.left == ()
    assert idle.poll() is None


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    with RunLock(tmp_path), pytest.raises(RunBusy, match=f"process {os.getpid()}"):
        RunLock(tmp_path).__enter__()
    with RunLock(tmp_path) as again:
        assert again.left == ()
