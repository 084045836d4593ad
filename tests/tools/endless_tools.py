"""Servers whose answers do not end, are cut off, or unpack to more than anybody wants."""

from __future__ import annotations

import gzip
import io
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from collector.browserless.wire import MARK, MARK_VALUE

HEAD = f"HTTP/1.1 200 OK\r\n{MARK}: {MARK_VALUE}\r\nContent-Type: text/html\r\n"
Answers = Callable[[socket.socket, threading.Event], None]


@contextmanager
def server(answers: Answers) -> Iterator[int]:
    """Answers every connection by its own word, until the block ends."""
    over = threading.Event()
    bound = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def one(connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65536)
                answers(connection, over)
            except OSError:
                pass  # the client left, as it should

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = bound.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=one, args=(connection,), daemon=True))
            threads[-1].start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield bound.getsockname()[1]
    finally:
        over.set()
        bound.shutdown(socket.SHUT_RDWR)
        bound.close()
        for each in [thread, *threads]:
            each.join(60)


def endless(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(f"{HEAD}\r\n".encode())
    while not over.is_set():
        connection.sendall(b"<p>more</p>" * 6000)


def dripping(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(f"{HEAD}\r\n".encode())
    while not over.wait(0.05):
        connection.sendall(b"x")


def dripping_head(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(HEAD.encode() + b"X-Slow: ")
    while not over.wait(0.05):
        connection.sendall(b"x")


def silent(connection: socket.socket, over: threading.Event) -> None:
    over.wait(60)


def looping(connection: socket.socket, over: threading.Event) -> None:
    head = HEAD.replace("200 OK", "302 Found")
    connection.sendall(
        f"{head}Location: /\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
    )


def elsewhere(connection: socket.socket, over: threading.Event) -> None:
    head = HEAD.replace("200 OK", "302 Found")
    connection.sendall(f"{head}Location: http://[::1\r\nContent-Length: 0\r\n\r\n".encode())


def half(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(f"{HEAD}Content-Length: 1000\r\n\r\nhalf".encode())


@cache
def packed_zeros() -> bytes:
    """300 megabytes of zeros, in 300 kilobytes."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as file:
        for _ in range(300):
            file.write(bytes(1_000_000))
    return packed.getvalue()


def bomb(connection: socket.socket, over: threading.Event) -> None:
    packed = packed_zeros()
    head = f"{HEAD}Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    connection.sendall(head.encode() + packed)


def large_bomb(connection: socket.socket, over: threading.Event) -> None:
    """Two gigabytes of paragraphs in two megabytes."""
    packer = zlib.compressobj(9)
    first = packer.compress(b"<p>more</p>" * 100_000) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(b"<p>more</p>" * 100_000) + packer.flush(zlib.Z_FULL_FLUSH)
    connection.sendall(f"{HEAD}Content-Encoding: deflate\r\n\r\n".encode() + first)
    for _ in range(2000):
        connection.sendall(again)
