"""HTTP answers that end: by a moment, and below a size, whatever the server does.

httpx's time-outs are for one read, so a server that sends a byte a second is waited for without
end, and an answer is read whole, however large, unpacked. Here the time of the whole exchange is
limited, from connecting to the last byte, and so is what is kept of an answer, unpacked.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import httpcore
import httpx
import socksio

from collector.addresses import numbers_of
from collector.egress import Egress
from collector.surroundings import http_client, trusted

#: Most of an answer that is read, bytes, unpacked.
MOST_BYTES = 64 * 1024 * 1024


class AnswerTooLarge(httpx.ReadError):
    """More came than anybody asked for."""


class _Exchange(threading.local):
    """The exchange of this thread."""

    moment: float | None = None
    """When it must be over, by the monotonic clock."""
    opened: httpcore.NetworkStream | None = None
    """The connection made for it: httpcore leaves one open on which a SOCKS proxy refuses."""


_exchange = _Exchange()


@contextmanager
def within(limit_s: float) -> Iterator[None]:
    """What this thread asks in the block is answered within ``limit_s`` seconds, or fails."""
    before, _exchange.moment = _exchange.moment, time.monotonic() + limit_s
    try:
        yield
    finally:
        _exchange.moment = before


def _left(timeout_s: float | None) -> float | None:
    if _exchange.moment is None:
        return timeout_s
    left = _exchange.moment - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the answer did not end in time")
    return left if timeout_s is None else min(timeout_s, left)


class _Stream(httpcore.NetworkStream):
    """A connection whose reads and writes end when the exchange must."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._own = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        *others, last = numbers_of(host)
        for number in others:
            try:
                stream = self._own.connect_tcp(
                    number, port, _left(timeout), local_address, socket_options
                )
            except httpcore.ConnectError:
                continue
            break
        else:
            stream = self._own.connect_tcp(
                last, port, _left(timeout), local_address, socket_options
            )
        _exchange.opened = _Stream(stream)
        return _exchange.opened

    def sleep(self, seconds: float) -> None:
        self._own.sleep(seconds)


_KINDS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.PoolTimeout, httpx.PoolTimeout),
    (httpcore.WriteTimeout, httpx.WriteTimeout),
    (httpcore.TimeoutException, httpx.ReadTimeout),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.WriteError, httpx.WriteError),
    (httpcore.ProxyError, httpx.ProxyError),
    (socksio.SOCKSError, httpx.ProxyError),
    (httpcore.UnsupportedProtocol, httpx.UnsupportedProtocol),
    (httpcore.ProtocolError, httpx.RemoteProtocolError),
    (httpcore.NetworkError, httpx.ReadError),
)


@contextmanager
def _as_httpx() -> Iterator[None]:
    _exchange.opened = None
    try:
        yield
    except Exception as error:
        if _exchange.opened is not None:
            _exchange.opened.close()
        for kind, ours in _KINDS:
            if isinstance(error, kind):
                raise ours(str(error) or kind.__name__) from error
        raise
    finally:
        _exchange.opened = None


class _Unshown(bytes):
    """Bytes that no log shows: httpcore's own has what logs in to a SOCKS proxy (level DEBUG)."""

    def __repr__(self) -> str:
        return "'***'"


def _pool(context: ssl.SSLContext | None, egress: Egress | None) -> httpcore.ConnectionPool:
    backend = _Backend()
    if egress is None or not egress.is_proxy:
        return httpcore.ConnectionPool(ssl_context=context, network_backend=backend)
    login = egress.login()
    known = (
        None
        if login is None
        else (_Unshown(login.user.encode()), _Unshown(login.password.encode()))
    )
    if egress.is_socks:
        return httpcore.SOCKSProxy(
            egress.server, proxy_auth=known, ssl_context=context, network_backend=backend
        )
    return httpcore.HTTPProxy(
        egress.server,
        proxy_auth=known,
        ssl_context=context,
        proxy_ssl_context=context if egress.server.startswith("https:") else None,
        network_backend=backend,
    )


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._stream

    def close(self) -> None:
        self._stream.close()


class BoundedTransport(httpx.BaseTransport):
    """httpx's connections, which keep to :func:`within`.

    :param context: whom to trust; by default whom this machine trusts.
    :param egress: a proxy that everything goes through. Raises EgressRefused for its login.
    """

    def __init__(self, context: ssl.SSLContext | None = None, egress: Egress | None = None) -> None:
        self._pool = _pool(context or trusted(), egress)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and return its answer, whose body is read as it is asked for.

        :raises httpx.TransportError: there is no answer, or none within the time of :func:`within`.
        """
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _as_httpx():
            answer = self._pool.handle_request(asked)
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


def client(
    *,
    to: str = "",
    context: ssl.SSLContext | None = None,
    egress: Egress | None = None,
    **settings: Any,
) -> httpx.Client:
    """An ``httpx.Client`` that keeps to :func:`within`, through the environment's proxies too.

    :param to: the address that it is for; what is on this machine is asked by no proxy.
    :param context: whom to trust; ``egress``: a proxy that everything goes through.
    :raises SurroundingsRefused: the environment names what cannot be used.
    """
    transport = BoundedTransport(context, egress)
    return http_client(to, mounts={"all://": transport}, verify=context or trusted(), **settings)


def exchange(
    client: httpx.Client,
    method: str,
    url: str,
    *,
    limit_s: float,
    most_bytes: int = MOST_BYTES,
    **more: Any,
) -> httpx.Response:
    """One request and its whole answer.

    :param limit_s: seconds for all of it.
    :raises httpx.TransportError: no answer, or none that ended in time (``ReadTimeout``) or below
        ``most_bytes`` (:class:`AnswerTooLarge`).
    """
    with within(limit_s):
        over = time.monotonic() + limit_s
        with client.stream(method, url, **more) as answer:
            content = _whole(answer.iter_bytes(), over, most_bytes)
            packed = ("content-encoding", "content-length", "transfer-encoding")
            return httpx.Response(
                answer.status_code,
                headers=[one for one in answer.headers.multi_items() if one[0] not in packed],
                content=content,
                request=answer.request,
                extensions={
                    name: answer.extensions[name]
                    for name in ("http_version", "reason_phrase")
                    if name in answer.extensions
                },
            )


def _whole(parts: Iterable[bytes], over: float, most_bytes: int) -> bytes:
    """An answer's bytes, no more than so many and none after the moment ``over``."""
    kept: list[bytes] = []
    size = 0
    for part in parts:
        size += len(part)
        kept.append(part)
        if size > most_bytes:
            raise AnswerTooLarge(f"the answer is larger than {most_bytes:,} bytes")
        if time.monotonic() > over:
            raise httpx.ReadTimeout("the answer did not end in time")
    return b"".join(kept)


class Line:
    """Connections to one server for many small questions, with less work for each than a client
    has: no cookies, no redirects, nothing of the environment, no answer that has to be unpacked.

    :param headers: sent with every question, in their order.
    :param context: whom to trust; by default whom this machine trusts.
    :param egress: a proxy that everything goes through. Raises EgressRefused for its login.
    """

    def __init__(
        self,
        site: str,
        headers: Mapping[str, str],
        *,
        context: ssl.SSLContext | None = None,
        egress: Egress | None = None,
    ) -> None:
        if context is None and (site.startswith("https:") or egress is not None):
            context = trusted()
        self._pool = _pool(context, egress)
        self._headers = _encoded(headers)

    def ask(
        self,
        method: str,
        url: str,
        *,
        limit_s: float,
        headers: Mapping[str, str],
        content: bytes | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> httpx.Response:
        """One question and its whole answer.

        :param limit_s: seconds for all of it.
        :raises httpx.TransportError: as :func:`exchange`, and for an answer that is packed.
        """
        target, netloc = _address(url)
        sent = [(b"Host", netloc), *self._headers, *_encoded(headers)]
        if content is not None:
            sent.append((b"Content-Length", str(len(content)).encode()))
        limits = dict.fromkeys(("connect", "read", "write", "pool"), limit_s)
        over = time.monotonic() + limit_s
        with within(limit_s), _as_httpx():
            asked = httpcore.Request(
                method, target, headers=sent, content=content, extensions={"timeout": limits}
            )
            answer = self._pool.handle_request(asked)
            try:
                body = _whole(answer.iter_stream(), over, most_bytes)
            finally:
                answer.close()
        kept = [one for one in answer.headers if one[0].lower() not in _OF_THE_WAY]
        if any(name.lower() == b"content-encoding" for name, _ in kept):
            raise httpx.RemoteProtocolError(
                "the answer is compressed, and an uncompressed one was asked for"
            )
        return httpx.Response(answer.status, headers=kept, content=body)

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


_OF_THE_WAY = (b"content-length", b"transfer-encoding")


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return httpx.Headers(headers).raw


@lru_cache(maxsize=256)
def _address(url: str) -> tuple[httpcore.URL, bytes]:
    """An address for a connection, and what stands in ``Host``. Raises httpx.InvalidURL."""
    parts = httpx.URL(url)
    target = httpcore.URL(
        scheme=parts.raw_scheme, host=parts.raw_host, port=parts.port, target=parts.raw_path
    )
    return target, parts.netloc
