"""No answer is endless: a page that never ends, a drip, a bomb, a loop, to puppet and sender."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc

import httpx
import pytest
from endless_tools import (
    HEAD,
    Answers,
    bomb,
    dripping,
    dripping_head,
    elsewhere,
    endless,
    half,
    looping,
    server,
    silent,
)

from collector import bounded
from collector.browser.errors import NavigationFailed
from collector.browserless.wire import MARK, MARK_VALUE, Wire


def given_up_s(wire: Wire) -> float:
    """Seconds until a page is given up."""
    begun = time.monotonic()
    with pytest.raises(NavigationFailed):
        wire.get("/")
    took = time.monotonic() - begun
    wire.close()
    return took


@pytest.mark.sweep(1)
@pytest.mark.parametrize(
    "answers", [endless, dripping, dripping_head, silent, looping, elsewhere, half, bomb]
)
def test_a_puppet_goes_on_after_an_answer_without_end(answers: Answers) -> None:
    """Within the limit, with memory bounded: 300 MB unpacked are not kept, nor is what never
    ends."""
    tracemalloc.start()
    with server(answers) as port:
        wire = Wire(
            f"http://youtube.localhost:{port}",
            cookies={},
            language="en",
            user_agent="test",
            timeout_s=2.0,
        )
        took = given_up_s(wire)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    with server(silent) as port:
        at_the_limit = given_up_s(
            Wire(
                f"http://youtube.localhost:{port}",
                cookies={},
                language="en",
                user_agent="test",
                timeout_s=2.0,
            )
        )
    # One that says nothing costs the limit and what the machine adds to it.
    assert took < 4 * at_the_limit
    assert peak < 250_000_000


@pytest.mark.sweep(2)
@pytest.mark.parametrize("answers", [endless, dripping, dripping_head, silent, bomb])
def test_an_exchange_ends(answers: Answers) -> None:
    """The same for whoever sends evidence."""
    with (
        server(answers) as port,
        bounded.client(timeout=60) as client,
        pytest.raises(httpx.TransportError),
    ):
        bounded.exchange(
            client, "POST", f"http://127.0.0.1:{port}/", limit_s=1.0, most_bytes=1_000_000,
            content=b"[]",
        )  # fmt: skip


def test_an_answer_comes_whole() -> None:
    """Packed or not, with its headers and in order; the connection is used again."""
    text = b"all of it " * 10_000
    asked: list[bytes] = []

    def good(connection: socket.socket, over: threading.Event) -> None:
        packed = gzip.compress(text)
        head = f"{HEAD}Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
        connection.sendall(head.encode() + packed)
        asked.append(connection.recv(65536))
        connection.sendall(f"{HEAD}Content-Length: 3\r\n\r\ntwo".encode())

    with server(good) as port, bounded.client(timeout=60) as client:
        first = bounded.exchange(client, "GET", f"http://127.0.0.1:{port}/one", limit_s=60)
        second = bounded.exchange(client, "GET", f"http://127.0.0.1:{port}/two?a=b", limit_s=60)
    assert (first.content, first.headers[MARK]) == (text, MARK_VALUE)
    assert second.text == "two"
    assert asked[0].startswith(b"GET /two?a=b HTTP/1.1\r\n")
