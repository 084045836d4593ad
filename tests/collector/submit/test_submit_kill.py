"""kill -9 at any moment of a flush: nothing is lost and nothing is there twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from places import TOOLS
from submit_tools import fill, html_of, keys_of, outbox_at, served

from collector.adapters.youtube.yttrex import YTTREX
from collector.submit import OutboxState, RetryPolicy, sender

TARGET = "mock"
ITEMS, PER_BATCH = 7, 3

#: Flushes in a process of its own, and dies at the wanted moment of the wanted request.
FLUSH = """
import os, signal, sys
sys.path.insert(0, {tests!r})
import httpx
from submit_tools import html_of, keys_of, outbox_at
from collector.submit import RetryPolicy
from collector.adapters.youtube.yttrex import YTTREX
from collector.submit import sender
from collector.submit.outbox import Outbox
from pathlib import Path

moment, nth = {moment!r}, {nth}
seen = 0

def die(where):
    global seen
    if where == moment:
        seen += 1
        if seen == nth:
            os.kill(os.getpid(), signal.SIGKILL)

class Mortal(httpx.HTTPTransport):
    def handle_request(self, request):
        if request.url.path.endswith("/events"):
            die("before-send")
            response = super().handle_request(request)
            response.read()
            die("after-send")
            return response
        return super().handle_request(request)

class Brittle(Outbox):
    def make_batch(self, rows):
        batch = super().make_batch(rows)
        die("batch-made")
        return batch
    def acknowledge(self, rows, answer, now):
        with self._write():
            super().acknowledge(rows, answer, now)
            die("half-acknowledged")
        die("acknowledged")

def pages(content_hash):
    die("reading")
    return html_of(content_hash)

plain = outbox_at(Path({path!r}))
outbox = Brittle(plain.db)
with httpx.Client(transport=Mortal()) as client:
    sender.flush(outbox, client, keys_of, dialect=YTTREX, html_of=pages,
                 target={target!r}, url={url!r}, policy=RetryPolicy(batch_items={per_batch}))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "nth", "reached"),
    [
        pytest.param("reading", 2, 0, marks=pytest.mark.slow),
        ("batch-made", 1, 0),
        pytest.param("before-send", 1, 0, marks=pytest.mark.slow),
        ("after-send", 1, 3),
        ("half-acknowledged", 1, 3),
        pytest.param("acknowledged", 1, 3, marks=pytest.mark.slow),
        ("before-send", 2, 3),
        pytest.param("after-send", 2, 6, marks=pytest.mark.slow),
        pytest.param("after-send", 3, 7, marks=pytest.mark.slow),
    ],
)
def test_killed_flush(tmp_path: Path, moment: str, nth: int, reached: int) -> None:
    path = tmp_path / "store.db"
    outbox = outbox_at(path)
    fill(outbox, ITEMS, TARGET)
    outbox.db.close()
    with served() as server:
        script = FLUSH.format(
            tests=str(TOOLS),
            moment=moment,
            nth=nth,
            path=str(path),
            target=TARGET,
            url=server.url,
            per_batch=PER_BATCH,
        )
        died = subprocess.run([sys.executable, "-c", script], timeout=300, check=False)
        assert died.returncode == -signal.SIGKILL
        assert len(server.stored) == reached
        before = list(server.bodies)

        outbox = outbox_at(path)
        with httpx.Client() as client:
            result = sender.flush(
                outbox,
                client,
                keys_of,
                dialect=YTTREX,
                html_of=html_of,
                target=TARGET,
                url=server.url,
                policy=RetryPolicy(batch_items=PER_BATCH),
            )
        assert (result.left, result.failed) == (0, 0)
        assert outbox.counts(TARGET)[OutboxState.ACKED] == ITEMS
        assert len(server.stored) == len(set(server.stored)) == ITEMS
        filed = {row["remote_id"] for row in outbox.db.query("SELECT remote_id FROM outbox")}
        assert filed == set(server.stored)
        outbox.db.close()
        if moment in ("after-send", "half-acknowledged"):
            # Sent again byte for byte: a server that tells evidence by its place in the batch
            # knows it too.
            assert server.bodies[len(before)] == before[-1]
            assert result.duplicates == {1: 3, 2: 3, 3: 1}[nth]
