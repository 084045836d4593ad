"""Sessions forked from one process are to a supervisor what sessions started one by one are."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from alive import lives, words_of

from collector.contract.layout import RunDir
from collector.contract.options import RunOptions
from collector.run.executors import executing
from collector.schedule import supervised
from collector.session.forked import CLIENT, forking
from collector.session.forkserver import _Server

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
        if "collector.session.forkserver" in words_of(each)
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
    until(lambda: not lives(session))
    until(lambda: not server().children())
    for pipe in (process.stdin, process.stdout, process.stderr):
        assert pipe is not None
        pipe.close()


def test_whoever_ends_it_at_once_ends_a_session_that_leads_no_group_yet() -> None:
    """A process that has just been forked is in the group of the server."""
    waiting = [sys.executable, "-S", "-E", "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE) as process, socket.socket() as listening:
        ours, theirs = socket.socketpair()
        server = _Server(listening)
        with ours, theirs, server._events:
            server._watch(process.pid, ours)
            server._gone(process.pid)
            try:
                assert process.wait(timeout=60) == -signal.SIGKILL
            finally:
                process.kill()


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


@pytest.mark.sweep(1)
@pytest.mark.parametrize("driver", ["http", "chromium"])
def test_runs_of_four_sessions_and_more_fork_them_with_either_driver(
    driver: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The command stands for a session that takes its job as any other does; three are not worth
    the start of a server."""
    monkeypatch.setattr(supervised, "WORKER", supervised.USUAL)
    options, out = RunOptions(driver=driver), RunDir(tmp_path)
    jobs: dict[str, Any] = dict.fromkeys("abcd")
    with executing(options, jobs, out, print) as found:
        assert found.start is None
        assert found.command is not None
        _, error = (process := started(tuple(found.command))).communicate(NO_JOB, timeout=120)
        assert process.returncode == 1
        assert b"JSONDecodeError" in error
    with executing(options, dict.fromkeys("abc"), out, print) as found:  # type: ignore[arg-type]
        assert found.command is None
