"""A small forward proxy for tests: plain HTTP and CONNECT, or SOCKS5; with a login, behind TLS, in
a country, or as the captive page of a network."""

from __future__ import annotations

import base64
import http.client
import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

_DROPPED = {
    "accept-encoding",
    "proxy-authorization",
    "proxy-connection",
    "connection",
    "keep-alive",
}


@dataclass
class Proxy:
    """``hosts``: name → (number, port) of what stands for it; names of this machine are known."""

    login: str | None = None
    address: object = "203.0.113.7"
    country: str | None = None
    captive: bytes | None = None
    portal: str = ""
    """Where a captive network leads to; empty: its page stands where another was asked for."""
    page: Callable[[str, str], str] = lambda path, html: html
    """Changes the documents that come through: path, HTML → HTML."""
    answers: dict[str, bytes] = field(default_factory=dict)
    """Path → JSON that is answered in the site's place."""
    cookie: str = ""
    """Sent on with every request."""
    moved: Callable[[str, str], str | None] = lambda address, cookies: None
    """Where a document is instead, by the address that was asked and the cookies sent with it."""
    passes: Callable[[bytes], bytes] = lambda data: data
    """Of a SOCKS proxy: what it hands on of what it is told; nothing: it breaks off."""
    hosts: dict[str, tuple[str, int]] = field(default_factory=dict)
    port: int = 0
    asked: list[str] = field(default_factory=list)
    """What was let through: method and address."""
    refused: list[str] = field(default_factory=list)

    def found(self, host: str, port: int) -> tuple[str, int]:
        if host in self.hosts:
            return self.hosts[host]
        assert host.endswith("localhost") or host in ("127.0.0.1", "::1"), f"{host} is elsewhere"
        return ("127.0.0.1" if host.endswith("localhost") else host), port

    def lets_in(self, header: str | None) -> bool:
        wanted = base64.b64encode((self.login or "").encode()).decode()
        return self.login is None or header == f"Basic {wanted}"


class _Http(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def log_message(self, *_: Any) -> None:
        pass

    def _refuse(self) -> bool:
        if self.proxy.lets_in(self.headers.get("Proxy-Authorization")):
            return False
        self.proxy.refused.append(f"{self.command} {self.path}")
        self._answer(407, b"<p>log in to the proxy", [("Proxy-Authenticate", 'Basic realm="p"')])
        return True

    def _answer(self, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_CONNECT(self) -> None:
        if self._refuse():
            return
        host, _, port = self.path.rpartition(":")
        self.proxy.asked.append(f"CONNECT {self.path}")
        with socket.create_connection(self.proxy.found(host.strip("[]"), int(port))) as there:
            self.send_response(200)
            self.end_headers()
            _between(self.connection, there)
        self.close_connection = True

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self._refuse():
            return
        if self.proxy.captive is not None:
            if not self.path.startswith(self.proxy.portal):
                self._answer(302, b"", [("Location", self.proxy.portal)])
                return
            self._answer(200, self.proxy.captive, [("Content-Type", "text/html")])
            return
        self.proxy.asked.append(f"{self.command} {self.path}")
        parts = urlsplit(self.path)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if parts.path in self.proxy.answers:
            kind = [("Content-Type", "application/json")]
            self._answer(200, self.proxy.answers[parts.path], kind)
            return
        if elsewhere := self.proxy.moved(self.path, self.headers.get("Cookie") or ""):
            self._answer(302, b"", [("Location", elsewhere)])
            return
        at = self.proxy.found(parts.hostname or "", parts.port or 80)
        # Closed whoever goes first: a browser that leaves the page does not read the answer.
        with closing(http.client.HTTPConnection(*at, timeout=60)) as there, suppress(OSError):
            self._pass_on(there, path, body)

    def _pass_on(self, there: http.client.HTTPConnection, path: str, body: bytes) -> None:
        kept = {k: v for k, v in self.headers.items() if k.lower() not in _DROPPED}
        kept |= {"X-Egress-Address": str(self.proxy.address)}
        if self.proxy.cookie:
            kept["Cookie"] = "; ".join(filter(None, (kept.get("Cookie"), self.proxy.cookie)))
        if self.proxy.country:
            kept["X-Egress-Country"] = self.proxy.country
        there.request(self.command, path, body or None, kept)
        answer = there.getresponse()
        data = answer.read()
        if "text/html" in (answer.getheader("Content-Type") or ""):
            data = self.proxy.page(path, data.decode()).encode()
        dropped = {"content-length", "transfer-encoding", "connection"}
        self._answer(
            answer.status, data, [h for h in answer.getheaders() if h[0].lower() not in dropped]
        )

    do_GET = do_POST = do_HEAD = do_OPTIONS = _forward  # noqa: N815


class _Socks(socketserver.BaseRequestHandler):
    proxy: Proxy

    def handle(self) -> None:
        methods = self._read(self._read(2)[1])
        wanted = 0 if self.proxy.login is None else 2
        if wanted not in methods:
            self.proxy.refused.append(f"SOCKS methods {methods.hex()}")
            self.request.sendall(b"\x05\xff")
            return
        self.request.sendall(bytes([5, wanted]))
        if wanted and not self._logged_in():
            return
        _, _, _, kind = self._read(4)
        if kind == 3:
            host = self._read(self._read(1)[0]).decode()
        else:
            host = socket.inet_ntop(*((socket.AF_INET, self._read(4)) if kind == 1
                                      else (socket.AF_INET6, self._read(16))))  # fmt: skip
        port = int.from_bytes(self._read(2))
        self.proxy.asked.append(f"SOCKS {host}:{port}")
        with socket.create_connection(self.proxy.found(host, port)) as there:
            self.request.sendall(b"\x05\x00\x00\x01" + bytes(6))
            _between(self.request, there, self.proxy.passes)

    def _logged_in(self) -> bool:
        """User and password, each behind its length (RFC 1929)."""
        self._read(1)
        user, password = (self._read(self._read(1)[0]).decode() for _ in range(2))
        known = f"{user}:{password}" == self.proxy.login
        if not known:
            self.proxy.refused.append(f"SOCKS user {user}")
        self.request.sendall(bytes([1, not known]))
        return known

    def _read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            part = self.request.recv(size - len(found))
            if not part:
                raise ConnectionError("the client is gone")
            found += part
        return found


def _between(
    one: socket.socket, other: socket.socket, passes: Callable[[bytes], bytes] = lambda data: data
) -> None:
    """Hand on what either says until one has said all; of ``one``, what ``passes`` leaves."""
    with suppress(OSError):
        while True:
            pending = isinstance(one, ssl.SSLSocket) and one.pending()
            ready = [one] if pending else select.select([one, other], [], [], 60)[0]
            if not ready:
                return
            for each in ready:
                data = each.recv(65536)
                data = passes(data) if each is one and data else data
                if not data:
                    return
                (other if each is one else one).sendall(data)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a browser that leaves


@contextmanager
def proxy(
    *, socks: bool = False, tls: ssl.SSLContext | None = None, **about: Any
) -> Iterator[Proxy]:
    """A proxy on this machine for the time of the block."""
    told = Proxy(**about)
    base: Any = _Socks if socks else _Http
    server = _Server(("127.0.0.1", 0), type("Handler", (base,), {"proxy": told}))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def tls_before(upstream: tuple[str, int], tls: ssl.SSLContext) -> Iterator[int]:
    """TLS before a plain server; answers the port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(upstream) as there:
                _between(self.request, there)

    server = _Server(("127.0.0.1", 0), Handler)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
