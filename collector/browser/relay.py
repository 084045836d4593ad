"""A SOCKS proxy that wants user and password, for a browser that cannot tell them: a relay.

Chromium knows no login for SOCKS. It is given a proxy on this machine without one; whoever connects
there is connected to the real proxy, which the relay logs in to, and from then on bytes go through
both ways as they are: names are resolved by the proxy, and a broken connection breaks.

Protects three rules: the login stays in this process; it serves what descends from this process (a
browser's own tree) and nobody else on this machine; when the browser is closed no thread, socket or
port of it is left.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import psutil
from socksio import ProtocolError
from socksio.socks5 import (
    SOCKS5AuthMethod,
    SOCKS5AuthMethodsRequest,
    SOCKS5AuthReply,
    SOCKS5Connection,
    SOCKS5UsernamePasswordReply,
    SOCKS5UsernamePasswordRequest,
)

from collector.addresses import numbers_of, parts_of
from collector.browser.reasons import LOGIN_REFUSED, LOGIN_UNWANTED, SOCKS_FAILED, explained
from collector.egress import Egress, Login

#: Seconds for reaching the proxy and logging in to it.
LOGIN_LIMIT_S = 20.0
_CHUNK = 64 * 1024
_VERSION = b"\x05"
#: Close at once, and tell the other side that the connection broke.
_BROKEN = struct.pack("ii", 1, 0)

#: Host and port of one end of a connection.
End = tuple[str, int]


def descends(here: End, peer: End) -> bool:
    """Whether the connection to ``here`` from ``peer``, both on this machine, is held at its other
    end by a process that descends from this one. What cannot be looked at does not."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it has just ended, or may not be looked at
            if any(
                one.laddr == peer and one.raddr == here for one in process.net_connections("tcp4")
            ):
                return True
    return False


class Relay:
    """Stands before a SOCKS proxy with a login, for the time of the block.

    :param egress: the proxy, with credentials.
    :param may_use: asked for both ends of each connection before anything is read or said.
    :raises EgressRefused: user and password cannot be read.
    """

    def __init__(self, egress: Egress, may_use: Callable[[End, End], bool] = descends) -> None:
        login, proxy = egress.login(), parts_of(egress.server)
        if login is None:
            raise ValueError("a proxy without a login needs no relay")
        self._login: Login = login
        self._proxy: End = (proxy.host, proxy.port or 0)
        self._may_use = may_use
        self._refusal = ""

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.setblocking(False)
        self._here: End = self._listener.getsockname()
        self.way = Egress(f"socks5://127.0.0.1:{self._here[1]}")
        """What the browser is given."""
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(self._serve())
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(RuntimeError):  # it has ended by itself
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()

    def explained(self, reason: str) -> str:
        """A browser's reason for a page that did not load, with what the proxy said of the login
        where that is why."""
        if self._refusal and SOCKS_FAILED in reason:
            return f"{reason} ({self._refusal})"
        return explained(reason)

    # -- in the thread of its own ------------------------------------------------------------

    def _run(self) -> None:
        try:
            with suppress(asyncio.CancelledError):
                self._loop.run_until_complete(self._task)
        finally:
            self._listener.close()
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _serve(self) -> None:
        """Until it is cancelled; so are the connections then."""
        async with asyncio.TaskGroup() as connections:
            self._listen(connections)
            await self._loop.create_future()

    def _listen(self, connections: asyncio.TaskGroup) -> None:
        self._loop.add_reader(self._listener, self._accept, connections)

    def _accept(self, connections: asyncio.TaskGroup) -> None:
        # Not sock_accept: what it has accepted is lost, and open, when it is cancelled just then.
        try:
            browser, peer = self._listener.accept()
        except OSError:  # gone again, or this process has too many files open
            self._loop.remove_reader(self._listener)
            self._loop.call_later(0.05, self._listen, connections)
            return
        browser.setblocking(False)
        task = connections.create_task(self._connection(browser, peer))
        task.add_done_callback(lambda _: browser.close())  # begun or not

    async def _connection(self, browser: socket.socket, peer: End) -> None:
        if not self._may_use(self._here, peer):
            return
        with suppress(OSError):  # the browser is gone
            await self._greeted(browser)
            proxy = await self._entered()
            if proxy is None:
                answer = _VERSION + SOCKS5AuthMethod.NO_ACCEPTABLE_METHODS
                await self._loop.sock_sendall(browser, answer)
                return
            with proxy:
                answer = _VERSION + SOCKS5AuthMethod.NO_AUTH_REQUIRED
                await self._loop.sock_sendall(browser, answer)
                await self._between(browser, proxy)

    async def _greeted(self, browser: socket.socket) -> None:
        """Read the browser's greeting (RFC 1928, section 3). Raises OSError: it is none."""
        head = await self._read(browser, 2)
        if len(head) < 2 or head[:1] != _VERSION:
            raise ConnectionError("this is not a greeting")
        await self._read(browser, head[1])

    async def _entered(self) -> socket.socket | None:
        """A connection to the proxy on which it knows its user; ``None``: it cannot be had, and
        what was refused is noted."""
        refusal, proxy, entered = "", None, False
        try:
            async with asyncio.timeout(LOGIN_LIMIT_S):
                proxy = await self._reached()
                refusal = await self._logged_in(proxy)
                entered = not refusal
        except (OSError, ProtocolError):
            pass  # the browser names it as it would itself: the proxy does not answer as one
        finally:
            if proxy is not None and not entered:
                proxy.close()
        self._refusal = refusal
        return proxy if entered else None

    async def _reached(self) -> socket.socket:
        """A connection to the proxy. Raises OSError."""
        host, port = self._proxy
        failed = OSError(f"{host} has no address")
        for number in numbers_of(host):
            found = await self._loop.getaddrinfo(number, port, type=socket.SOCK_STREAM)
            for family, kind, protocol, _, address in found:
                proxy = socket.socket(family, kind, protocol)
                proxy.setblocking(False)
                try:
                    await self._loop.sock_connect(proxy, address)
                except OSError as error:
                    proxy.close()
                    failed = error
                except BaseException:
                    proxy.close()
                    raise
                else:
                    return proxy
        raise failed

    async def _logged_in(self, proxy: socket.socket) -> str:
        """Tell the proxy user and password (RFC 1929); answers how it refused them, or nothing.

        :raises OSError: it is gone; ProtocolError: it is no SOCKS proxy.
        """
        spoken = SOCKS5Connection()
        spoken.send(SOCKS5AuthMethodsRequest([SOCKS5AuthMethod.USERNAME_PASSWORD]))
        await self._loop.sock_sendall(proxy, spoken.data_to_send())
        wants = spoken.receive_data(await self._read(proxy, 2))
        assert isinstance(wants, SOCKS5AuthReply)
        if wants.method is not SOCKS5AuthMethod.USERNAME_PASSWORD:
            return LOGIN_UNWANTED
        user, password = self._login.user.encode(), self._login.password.encode()
        spoken.send(SOCKS5UsernamePasswordRequest(user, password))
        await self._loop.sock_sendall(proxy, spoken.data_to_send())
        knows = spoken.receive_data(await self._read(proxy, 2))
        assert isinstance(knows, SOCKS5UsernamePasswordReply)
        return "" if knows.success else LOGIN_REFUSED

    async def _read(self, source: socket.socket, size: int) -> bytes:
        """``size`` bytes; fewer: no more will come. Raises OSError."""
        found = b""
        while len(found) < size:
            part = await self._loop.sock_recv(source, size - len(found))
            if not part:
                break
            found += part
        return found

    async def _between(self, browser: socket.socket, proxy: socket.socket) -> None:
        """Hand on what either says until both have said all, or one breaks off."""
        for each in (browser, proxy):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._one_way(browser, proxy))
                ways.create_task(self._one_way(proxy, browser))
        except* OSError:
            for each in (browser, proxy):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _BROKEN)

    async def _one_way(self, source: socket.socket, sink: socket.socket) -> None:
        while data := await self._loop.sock_recv(source, _CHUNK):
            await self._loop.sock_sendall(sink, data)
        sink.shutdown(socket.SHUT_WR)
