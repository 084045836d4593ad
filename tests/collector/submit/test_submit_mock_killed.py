"""kill -9 of the mock in the middle of a submission: what it acknowledged is there, and once."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from submit_tools import fill, html_of, keys_of, outbox_at

from collector.adapters.youtube.yttrex import YTTREX
from collector.submit import OutboxState, RetryPolicy, sender
from collector.submit.outbox import Outbox

TARGET = "mock"
ITEMS, PER_BATCH = 9, 3


#: Its own number first: what was begun may only stand for the process that serves.
SCRIPT = """
import os
print(os.getpid(), flush=True)
from mockserver.start import main
raise SystemExit(main())
"""


class Served:
    """A mock in a process of its own, on a database that outlives it.

    :param python: what begins a process that runs a script, its first argument.
    """

    def __init__(self, db: Path, *python: str) -> None:
        self.db = db
        self.process = subprocess.Popen(
            [*python, SCRIPT, "serve", "--db", str(db), "--port", "0", "--json", "--until-eof"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.pid = int(self.process.stdout.readline())
        self.url: str = json.loads(self.process.stdout.readline())["url"]

    def kill(self, with_signal: signal.Signals = signal.SIGKILL) -> None:
        os.kill(self.pid, with_signal)
        self.process.wait()

    def stored(self) -> list[str]:
        """The ids of all pages that it has, but for the documentation's examples."""
        with sqlite3.connect(f"file:{self.db}?mode=ro", uri=True) as db:
            rows = db.execute("SELECT id FROM yttrex_htmls WHERE parser != 'documented'")
            found = [row[0] for row in rows]
        db.close()
        return found


@contextmanager
def serving(db: Path, *python: str) -> Iterator[Served]:
    mock = Served(db, *python)
    try:
        yield mock
    finally:
        if mock.process.poll() is None:
            mock.kill(signal.SIGTERM)
        mock.process.wait()
        for pipe in (mock.process.stdin, mock.process.stdout):
            assert pipe is not None
            pipe.close()


class Deadly(httpx.HTTPTransport):
    """Kills the mock at a moment of the ``nth`` request that brings evidence."""

    def __init__(self, mock: Served, moment: str, nth: int) -> None:
        super().__init__()
        self.mock, self.moment, self.nth = mock, moment, nth

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.nth -= request.url.path.endswith("/events")
        if self.nth != 0 or self.mock.process.poll() is not None:
            return super().handle_request(request)
        if self.moment == "answered":
            response = super().handle_request(request)
            response.read()
            self.mock.kill()
            return response
        head = f"{request.method} {request.url.raw_path.decode()} HTTP/1.1\r\n".encode()
        head += b"".join(b"%s: %s\r\n" % pair for pair in request.headers.raw) + b"\r\n"
        body = request.read()
        before = len(self.mock.stored())
        with socket.create_connection((request.url.host, request.url.port or 80)) as to:
            to.sendall(head + body[: len(body) // 2 if self.moment == "half-sent" else None])
            while self.moment == "filed" and len(self.mock.stored()) < before + PER_BATCH:
                pass  # until all of it is in the database, of which nobody has been told
            self.mock.kill()
        raise httpx.ReadError("the mock is gone", request=request)


def flush(outbox: Outbox, mock: Served, transport: httpx.BaseTransport) -> sender.FlushResult:
    with httpx.Client(transport=transport, timeout=120) as client:
        return sender.flush(
            outbox, client, keys_of, dialect=YTTREX, html_of=html_of, target=TARGET,
            url=f"{mock.url}/yttrex/api", policy=RetryPolicy(batch_items=PER_BATCH, tries=1),
        )  # fmt: skip


@pytest.mark.sweep(1)
@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("moment", ["filed", "half-sent", "sent", "answered"])
def test_a_mock_that_is_killed_loses_and_doubles_nothing(
    tmp_path: Path,
    moment: str,
    nth: int,
    forked_processes: tuple[pytest.MonkeyPatch, Callable[..., tuple[str, ...]]],
) -> None:
    python = forked_processes[1]("python")
    outbox = outbox_at(tmp_path / "store.db")
    fill(outbox, ITEMS, TARGET)
    with serving(tmp_path / "mock.db", *python) as mock:
        flush(outbox, mock, Deadly(mock, moment, nth))
        assert mock.process.returncode == -signal.SIGKILL
        acknowledged = outbox.counts(TARGET).get(OutboxState.ACKED, 0)
        assert acknowledged == PER_BATCH * (nth if moment == "answered" else nth - 1)
    with serving(tmp_path / "mock.db", *python) as mock:
        there = mock.stored()
        told = {row["remote_id"] for row in outbox.db.query("SELECT remote_id FROM outbox")} - {
            None
        }
        assert told <= set(there)
        assert len(there) == len(set(there)) >= acknowledged
        if moment == "filed":
            assert len(there) == acknowledged + PER_BATCH
        if moment == "half-sent":
            assert len(there) == acknowledged
        result = flush(outbox, mock, httpx.HTTPTransport())
        assert (result.left, result.failed) == (0, 0)
        assert outbox.counts(TARGET)[OutboxState.ACKED] == ITEMS
        stored = mock.stored()
        assert len(stored) == len(set(stored)) == ITEMS
        assert {row["remote_id"] for row in outbox.db.query("SELECT remote_id FROM outbox")} == set(
            stored
        )
    outbox.db.close()


@pytest.mark.slow
@pytest.mark.parametrize("umask", [0o000, pytest.param(0o022, marks=pytest.mark.slow)])
def test_what_a_mock_keeps_is_for_its_owner_alone(tmp_path: Path, umask: int) -> None:
    """The server's secret, users' tokens and what puppets sent: the database, its log and its
    index, while it is served and after it was killed, whatever the umask."""
    before = os.umask(umask)
    try:
        mock = Served(tmp_path / "mock.db", sys.executable, "-c")
    finally:
        os.umask(before)
    outbox = outbox_at(None)
    fill(outbox, 1, TARGET)
    flush(outbox, mock, httpx.HTTPTransport())
    for moment in ("served", "killed"):
        if moment == "killed":
            mock.kill()
        files = {path.name: path for path in tmp_path.iterdir()}
        assert {"mock.db", "mock.db-wal", "mock.db-shm", "mock.truth.db"} <= files.keys()
        for path in files.values():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    for pipe in (mock.process.stdin, mock.process.stdout):
        assert pipe is not None
        pipe.close()
    outbox.db.close()
