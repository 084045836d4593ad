"""Running the mock: waitress in a thread for tests and demos, in the foreground for the command.

A port that is taken or an address that is not ours is the user's to mend, and says so; stopping
is orderly: connections closed, threads joined, the truth log and the database written.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask

from collector.common.errors import UserError
from collector.common.model import DEFAULT_PLATFORM
from collector.environment import refusals
from collector.serving import CANNOT_BIND, answering, bound_to
from mockserver import bodies
from mockserver.app import create_app
from mockserver.context import Mock, MockConfig
from mockserver.hosts import Names
from mockserver.mounted import FACES

#: Requests answered at the same time.
THREADS = 8

#: Larger request bodies are refused while they are read; the app's own, lower limit has words.
MOST_BODY_BYTES = bodies.MOST_BODY_BYTES + 64 * 1024


@dataclass
class Server:
    """A running mock."""

    host: str
    port: int
    app: Flask
    mock: Mock

    @property
    def url(self) -> str:
        """The API host: index page, APIs, truth log."""
        host = "127.0.0.1" if self.host in {"", "0.0.0.0", "::"} else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def site(self, name: str = DEFAULT_PLATFORM) -> str:
        """The origin of a site, e.g. ``http://youtube.localhost:8000`` (Chromium resolves it)."""
        return f"http://{name}.localhost:{self.port}"

    @property
    def sites(self) -> dict[str, str]:
        """Return the origin of every site, by its face's name."""
        return {face.key: self.site(face.key) for face in FACES if face.is_site}

    @property
    def apis(self) -> dict[str, str]:
        """Return the root of every API, by its face's name."""
        return {face.key: f"{self.url}{face.mount}" for face in FACES if face.is_api}

    @property
    def truth_token(self) -> str:
        """Give the token by which the mock's truth is read."""
        return self.mock.truth_token


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to (host, port), 0 being any free port.

    :raises UserError: the port is taken or forbidden, or the address is not this machine's
    """
    try:
        return bound_to(host, port)
    except CANNOT_BIND as error:
        code = getattr(error, "errno", None)
        if code == errno.EADDRINUSE:
            raise UserError(
                f"port {port} is taken", place="--port", fix="use --port 0 for a free one"
            ) from error
        if code in {errno.EACCES, errno.EPERM}:
            raise UserError(
                f"port {port} may not be opened", place="--port", fix="use a port above 1023"
            ) from error
        raise UserError(
            f"cannot listen on {host} port {port} ({error})",
            place="--host",
            fix="use --host 127.0.0.1 and a port from 0 to 65535",
        ) from error


@contextmanager
def serving(
    config: MockConfig | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    demo: bool = True,
) -> Iterator[Server]:
    """A mock that answers while the block runs.

    :param demo: make the demo supporters' data before anybody asks for them; without it the first
        request that needs them waits.
    :raises UserError: as :func:`bind`, or a bad configuration
    """
    app = create_app(config)
    try:
        router: Any = app.wsgi_app
        router.answers_to = Names(config.hosts if config else (), bound=host).hold
        for face in FACES:
            if face.ready is not None:
                face.ready()
        for make in (face.demo for face in FACES if demo):
            if make is not None:
                with refusals(app.extensions["mock"].db.path):
                    make(app.extensions["mock"].db)
        with listening(app, host, port) as bound:
            yield Server(host, bound, app, app.extensions["mock"])
    finally:
        app.extensions["mock"].close()


@contextmanager
def listening(app: Flask, host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Any Flask app answering while the block runs; yields its port.

    At the end requests being answered are given a few seconds, then connections are closed.
    :raises UserError: as :func:`bind`
    """
    bound = bind(host, port)
    chosen = int(bound.getsockname()[1])
    with answering(
        app, bound, ident="mockserver", threads=THREADS, most_body_bytes=MOST_BODY_BYTES
    ):
        yield chosen
