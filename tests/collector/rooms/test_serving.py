"""Connections that say nothing, half of something, or do not read, shut nobody out."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
from flask import Flask, request

from collector import serving
from collector.serving import MOST_OPEN, answering

MOST = 1_000_000


@contextmanager
def served(app: Flask) -> Iterator[int]:
    bound = socket.create_server(("127.0.0.1", 0))
    port = int(bound.getsockname()[1])
    with answering(app, bound, ident="test", threads=4, most_body_bytes=MOST):
        yield port


@pytest.fixture
def port() -> Iterator[int]:
    app = Flask(__name__)

    @app.get("/")
    def hello() -> str:
        return "hello"

    @app.get("/large")
    def large() -> str:
        return "x" * 4_000_000

    @app.post("/")
    def taken() -> str:
        return str(len(request.get_data()))

    @app.post("/report")
    def report() -> tuple[str, int]:
        return "", 204

    with served(app) as found:
        yield found


def asked(port: int) -> str:
    return httpx.get(f"http://127.0.0.1:{port}/", timeout=60).text


HELD = {
    "nothing": b"",
    "half a line": b"GET / HT",
    "half a head": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ",
    "half a body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
    "an open chunk": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
}


@pytest.mark.parametrize("sent", HELD.values(), ids=HELD.keys())
def test_many_idle_connections_do_not_stop_others(port: int, sent: bytes) -> None:
    """More than there is room for: each new one is let in, the longest idle goes."""
    with ExitStack() as stack:
        for _ in range(MOST_OPEN + 60):
            held = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            held.sendall(sent)
        for _ in range(5):
            assert asked(port) == "hello"


def test_clients_that_do_not_read_do_not_stop_others(port: int) -> None:
    with ExitStack() as stack:
        for _ in range(60):
            held = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            held.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        assert asked(port) == "hello"


def test_an_answer_without_a_body_keeps_its_connection(port: int) -> None:
    """Each report of a player is answered so; they share one connection, and it ends when asked."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as mine:
        reader = mine.makefile("rb")

        def ask(head: bytes = b"") -> list[bytes]:
            mine.sendall(
                b"POST /report HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n%s\r\n{}" % head
            )
            return list(iter(reader.readline, b"\r\n"))

        for _ in range(3):
            status, *headers = ask()
            assert status == b"HTTP/1.1 204 NO CONTENT\r\n"
            named = {line.partition(b":")[0].lower() for line in headers}
            assert not named & {b"connection", b"content-length", b"transfer-encoding"}
        assert b"Connection: close\r\n" in ask(b"Connection: close\r\n")
        assert reader.read() == b""


def test_a_connection_in_use_is_kept(port: int) -> None:
    """Those that were idle go first; one that asks all the while is never cut."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client, ExitStack() as st:
        assert client.get("/").text == "hello"
        mine = client.get("/").extensions["network_stream"].get_extra_info("client_addr")
        for number in range(MOST_OPEN + 30):
            st.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            if number % 20 == 0:
                assert client.get("/").text == "hello"
        again = client.get("/")
        assert again.extensions["network_stream"].get_extra_info("client_addr") == mine


class Channel:
    """A connection as waitress keeps it."""

    outbuf_lock: threading.Condition

    def __init__(self, **state: Any) -> None:
        self.last_activity, self.total_outbufs_len, self.request = 1.0, 0, None
        self.requests: list[str] = []
        self.__dict__.update(state)


class Head:
    headers_finished = completed = False


class Body:
    headers_finished, completed = True, False


@pytest.mark.parametrize(
    ("state", "limit_s"),
    [
        ({}, None),
        ({"requests": ["asked"]}, None),
        ({"request": Head()}, serving.HEAD_S),
        ({"request": Body()}, serving.PIECE_S),
        ({"total_outbufs_len": 5}, serving.PIECE_S),
        ({"total_outbufs_len": 5, "requests": ["asked"]}, serving.PIECE_S),
    ],
)
def test_what_is_half_done_is_not_waited_for(state: dict[str, Any], limit_s: float | None) -> None:
    seats = serving._Seats()
    channel = Channel(**state)
    assert seats.look([channel], 0.0) == []
    if limit_s is None:
        assert seats.look([channel], 1e6) == []
    else:
        assert seats.look([channel], limit_s - 1) == []
        assert seats.look([channel], limit_s + 1) == [channel]


def test_a_head_letter_by_letter_is_half_a_head() -> None:
    """Time for a head counts from its beginning, not from its last letter."""
    seats = serving._Seats()
    channel = Channel(request=Head())
    closed: list[Any] = []
    for second in range(int(serving.HEAD_S) + 3):
        channel.last_activity += 1
        closed += seats.look([channel], float(second))
    assert channel in closed


def test_of_many_that_came_at_once_the_one_that_asks_stays() -> None:
    """All are seen for the first time when there are too many: what they did last decides."""
    seats = serving._Seats()
    first = Channel(last_activity=9.0)
    others = [Channel(last_activity=2.0) for _ in range(MOST_OPEN + 5)]
    closed = seats.look([first, *others], 0.0)
    assert len(closed) == 6
    assert first not in closed


@pytest.mark.parametrize(
    ("state", "meanwhile", "later"),
    [
        ({}, False, False),
        ({"total_outbufs_len": 5}, False, True),
        ({"total_outbufs_len": 5, "will_close": True}, True, True),
        ({"close_when_flushed": True}, True, True),
    ],
)
def test_while_an_answer_is_being_written_nobody_asks_whether_it_can_be(
    state: dict[str, Any], meanwhile: bool, later: bool
) -> None:
    """The loop would ask without pause what it may not write; it closes a connection all the
    same."""
    free = {"total_outbufs_len": 0, "will_close": False, "close_when_flushed": False}
    channel = Channel(outbuf_lock=threading.Condition(), **(free | state))
    found: list[bool] = []

    def look() -> None:
        found.append(serving._Channel.writable(channel))  # type: ignore[arg-type]

    with channel.outbuf_lock:
        beside = threading.Thread(target=look)
        beside.start()
        beside.join()
    look()
    assert found == [meanwhile, later]


def test_what_a_writing_task_leaves_the_loop_is_told_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After the lock is free again: told before, the loop would look in vain and wait."""
    free: list[bool] = []
    lock = threading.Condition()

    def told() -> None:
        beside = threading.Thread(target=lambda: free.append(lock.acquire(False)))
        beside.start()
        beside.join()

    def write_soon(channel: Any, data: bytes) -> int:
        with lock:
            return len(data)

    monkeypatch.setattr(serving.HTTPChannel, "write_soon", write_soon)
    channel = serving._Channel.__new__(serving._Channel)
    channel.__dict__.update(total_outbufs_len=0, server=type("Server", (), {"pull_trigger": told}))
    assert channel.write_soon(b"abc") == 3
    assert free == []
    channel.total_outbufs_len = 2
    assert channel.write_soon(b"abc") == 3
    assert free == [True]


def test_bodies_are_bounded_while_they_are_read(port: int) -> None:
    """By the length that is told, and by what comes in chunks: never read to its end."""
    answer = httpx.post(f"http://127.0.0.1:{port}/", content=b"x" * (MOST - 1), timeout=60)
    assert answer.text == str(MOST - 1)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as told:
        told.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\nbegin")
        assert b" 413 " in told.recv(200)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as chunks:
        chunks.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        taken = 0
        with contextlib.suppress(OSError):  # the server answers, and closes
            for _ in range(100 * MOST // 65536):
                chunks.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                taken += 65536
        assert taken < 20 * MOST


def test_a_jump_of_the_wall_clock_closes_nothing(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        first = client.get("/").extensions["network_stream"].get_extra_info("client_addr")
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() + 7200)
        other: Callable[[], str] = lambda: asked(port)  # noqa: E731
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(60)
        second = client.get("/").extensions["network_stream"].get_extra_info("client_addr")
    assert first == second
