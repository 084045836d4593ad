"""Sessions forked from one process are to a supervisor what sessions started one by one are."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from collector.session.forkserver import CLIENT, forking

NO_JOB = b"this is no job\n"


@pytest.fixture(scope="module")
def command() -> Iterator[tuple[str, ...]]:
    with forking() as found:
        assert found is not None
        yield found


def started(command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip


def server() -> psutil.Process:
    """The one that began last."""
    found = [
        each
        for each in psutil.Process().children()
        if "collector.session.forkserver" in each.cmdline()
    ]
    return max(found, key=lambda each: each.create_time())


def until(true: Callable[[], bool]) -> None:
    """Wait for what must come; the limit is a guard against hanging."""
    over = time.monotonic() + 120
    while not true():
        assert time.monotonic() < over
        time.sleep(0.01)


def test_it_ends_with_the_sessions_code_and_its_words_on_standard_error(
    command: tuple[str, ...],
) -> None:
    """A job that is none ends both kinds of worker alike."""
    usual = (sys.executable, "-m", "collector.session.worker")
    ends = []
    for each in (command, usual):
        out, error = (process := started(each)).communicate(NO_JOB, timeout=120)
        ends.append((process.returncode, out, error.strip().splitlines()[-1]))
    assert ends[0] == ends[1]
    assert ends[0][0] == 1
    assert b"JSONDecodeError" in ends[0][2]


def test_whoever_ends_it_ends_the_session(command: tuple[str, ...]) -> None:
    process = started(command)
    until(lambda: len(server().children()) == 1)
    session = server().children()[0]
    process.kill()
    process.wait()
    until(lambda: not session.is_running() or session.status() == psutil.STATUS_ZOMBIE)
    until(lambda: not server().children())
    for pipe in (process.stdin, process.stdout, process.stderr):
        assert pipe is not None
        pipe.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_that_ended_the_session_is_the_end_that_is_seen(
    command: tuple[str, ...], number: signal.Signals
) -> None:
    process = started(command)
    until(lambda: len(server().children()) == 1)
    server().children()[0].send_signal(number)
    process.communicate(timeout=120)
    assert process.returncode == -number


def test_without_a_server_it_is_an_ordinary_worker(tmp_path: Path) -> None:
    process = started((sys.executable, "-S", "-E", "-c", CLIENT, str(tmp_path / "nobody")))
    _, error = process.communicate(NO_JOB, timeout=120)
    assert process.returncode == 1
    assert b"JSONDecodeError" in error


def test_the_server_ends_with_its_block() -> None:
    with forking() as found:
        assert found is not None
        process = server()
    assert not process.is_running()
