"""A ledger that answers without end, or a byte at a time, is one that does not answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from collector.fleet import client
from collector.fleet.client import HttpLedger, LedgerEndpoint, LedgerGone

Behaviour = Callable[[socket.socket, threading.Event], None]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


def dripping(line: socket.socket, over: threading.Event) -> None:
    line.sendall(HEAD)
    while not over.wait(0.05):
        line.sendall(b" ")


def endless(line: socket.socket, over: threading.Event) -> None:
    line.sendall(HEAD)
    while not over.is_set():
        line.sendall(b" " * 60_000)


@pytest.fixture(params=[dripping, endless], ids=lambda each: each.__name__)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server that behaves so to everybody."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def talk(line: socket.socket) -> None:
        with line:
            try:
                line.recv(65_536)
                request.param(line, over)
            except OSError:
                return  # the client has gone

    def serve() -> None:
        while not over.is_set():
            try:
                line, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(line,), daemon=True).start()

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    over.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    server.join()


def test_an_answer_that_does_not_end_is_none(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each try ends by its limit, of time or of size, and the worker gives up in the end."""
    monkeypatch.setattr(client, "ANSWER_LIMIT_S", 0.5)
    monkeypatch.setattr(client, "MOST_ANSWER_BYTES", 1_000_000)
    time = [1000.0]

    def wait(seconds_s: float) -> None:
        time[0] += seconds_s + client.PATIENCE_S / 2

    ledger = HttpLedger(LedgerEndpoint(url, "t" * 40), wait=wait, now=lambda: time[0])
    with ledger, pytest.raises(LedgerGone, match=r"ReadTimeout|is larger than"):
        ledger.steps("b01-a-1")
