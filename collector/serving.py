"""Any WSGI app answering over HTTP: waitress, with a place for whoever has something to ask.

Protects clients from each other. Waitress takes a fixed number of connections, and those that say
nothing keep theirs: a hundred of them are enough to shut everybody out. Here the one that has been
idle for longest gives way to a new one, half a request is not waited for long, nor is a client that
does not read, and all of this is counted on the monotonic clock.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import WSGITask

from collector.common.errors import UserError

#: Connections beyond which the oldest idle one is closed for each new one. A process has a
#: thousand descriptors by default, and needs some for files.
MOST_OPEN = 200

#: How long a client may take for the head of a request, and between two pieces of a body or of an
#: answer that it reads, seconds.
HEAD_S = 10.0
PIECE_S = 30.0

#: How long running requests may take to end when the server stops, seconds.
GRACE_S = 5.0

#: What binding a name or number to a socket can raise.
CANNOT_BIND = (OSError, OverflowError, UnicodeError)

#: Never reached: waitress would count idleness by the wall clock.
_NEVER_S = 10**9


def bound_to(host: str, port: int) -> socket.socket:
    """A socket bound to (host, port); port 0 is any free one.

    Raises one of :data:`CANNOT_BIND`: the port is taken, forbidden or no port, or the address is
    not this machine's.

    >>> with bound_to("127.0.0.1", 0) as bound:
    ...     bound.getsockname()[0]
    '127.0.0.1'
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except CANNOT_BIND:
        bound.close()
        raise
    return bound


def bound_here(port: int) -> tuple[socket.socket, int, frozenset[str]]:
    """A socket of a page for people on this machine, its port, and the names it may be asked by.

    :raises UserError: the port is taken or is no port
    """
    try:
        bound = bound_to("127.0.0.1", port)
    except CANNOT_BIND as error:
        raise UserError(
            f"the page cannot listen there ({error})",
            place=f"127.0.0.1:{port}",
            fix="name a port that is free with --port (0: any)",
        ) from error
    chosen = int(bound.getsockname()[1])
    return bound, chosen, frozenset({f"127.0.0.1:{chosen}", f"localhost:{chosen}"})


class _Seats:
    """Since when each open connection does nothing, and which have to go."""

    def __init__(self) -> None:
        self._since: dict[Any, tuple[Any, float]] = {}
        """Connection → what it had done when it was last seen to do something, and when."""

    def look(self, channels: Iterable[Any], now: float) -> list[Any]:
        """Connections to close at ``now`` (monotonic seconds), the longest idle first."""
        known, self._since = self._since, {}
        gone: list[Any] = []
        idle: list[tuple[float, float, int, Any]] = []
        for channel in channels:
            done = (channel.last_activity, bool(channel.requests), channel.total_outbufs_len)
            before = known.get(channel)
            since = before[1] if before is not None and before[0] == done else now
            self._since[channel] = (done, since)
            limit_s = _limit_s(channel)
            if limit_s is not None and self._waits(channel, since, now) > limit_s:
                gone.append(channel)
            elif not channel.requests or channel.total_outbufs_len:
                # Of those seen for the first time at once, the one that last did something stays.
                idle.append((since, channel.last_activity, len(idle), channel))
        spare = len(self._since) - len(gone) - MOST_OPEN
        if spare > 0:
            gone += [channel for *_, channel in sorted(idle)[:spare]]
        return gone

    def _waits(self, channel: Any, since: float, now: float) -> float:
        if _head_begun(channel):
            begun = getattr(channel, "twinwatch_head_since", None)
            if begun is None or begun[0] is not channel.request:
                channel.twinwatch_head_since = begun = (channel.request, now)
            return now - float(begun[1])
        return now - since


def _head_begun(channel: Any) -> bool:
    request = channel.request
    return request is not None and not request.headers_finished and not request.completed


def _limit_s(channel: Any) -> float | None:
    """How long a connection may go on as it is; ``None``: as long as nobody needs its place."""
    if _head_begun(channel):
        return HEAD_S
    if channel.total_outbufs_len or channel.request is not None:
        return PIECE_S
    return None


class _Task(WSGITask):
    """One answer. Waitress closes the connection behind each that has no length, also behind those
    that have no body and so end with their head (204, 304): every report of a player would cost a
    connection."""

    heading = False

    def build_response_header(self) -> bytes:
        self.heading = True
        try:
            return bytes(super().build_response_header())
        finally:
            self.heading = False

    def set_close_on_finish(self) -> None:
        asked = self.request.headers.get("CONNECTION", "").lower()
        if self.heading and not self.has_body and self.version == "1.1" and asked != "close":
            return
        super().set_close_on_finish()


class _Channel(HTTPChannel):
    """One connection. While a task is writing to it, waitress's loop would ask again and again
    whether there is something to write, and find each time that it may not: a tenth of what an
    answer costs."""

    task_class = _Task

    def writable(self) -> bool:
        """Whether the loop has something to write, or to close, and may."""
        if self.will_close or self.close_when_flushed:
            return True
        if not self.total_outbufs_len or not self.outbuf_lock.acquire(False):
            return False  # who has the lock tells the loop of what it leaves
        self.outbuf_lock.release()
        return True

    def write_soon(self, data: Any) -> int:
        """Write a part of an answer; what is left of it the loop writes. Gives its size, bytes."""
        written = int(super().write_soon(data))
        if self.total_outbufs_len:
            self.server.pull_trigger()
        return written


@contextmanager
def answering(
    app: Callable[..., Any],
    bound: socket.socket,
    *,
    ident: str,
    threads: int,
    most_body_bytes: int,
) -> Iterator[None]:
    """``app`` answers on a bound socket while the block runs.

    At the end requests being answered are given a few seconds, then connections are closed.
    :param most_body_bytes: larger bodies are refused before and while they are read.
    """
    # A queue of requests is normal under eight puppets; waitress warns at the first one.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    open_sockets: dict[int, Any] = {}
    server: Any = create_server(
        app,
        map=open_sockets,
        sockets=[bound],
        threads=threads,
        ident=ident,
        max_request_body_size=most_body_bytes,
        connection_limit=2 * MOST_OPEN,
        channel_timeout=_NEVER_S,
    )
    server.channel_class = _Channel
    stopping = threading.Event()
    seats = _Seats()

    def loop() -> None:
        looked = 0.0
        while not stopping.is_set():
            wasyncore.loop(timeout=1.0, use_poll=True, map=open_sockets, count=1)
            now = time.monotonic()
            if now - looked >= 1.0 or len(server.active_channels) > MOST_OPEN:
                looked = now
                for channel in seats.look(list(server.active_channels.values()), now):
                    channel.handle_close()

    thread = threading.Thread(target=loop, name=ident, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.task_dispatcher.shutdown(timeout=GRACE_S)
        stopping.set()
        server.pull_trigger()
        thread.join(timeout=GRACE_S)
        # The loop has ended: sockets closed while it ran would race with it. Answers that are ready
        # but not yet sent are sent first.
        for channel in list(server.active_channels.values()):
            channel.handle_write()
            channel.handle_close()  # which closes the files that large answers wait in
        wasyncore.close_all(open_sockets, ignore_all=True)
