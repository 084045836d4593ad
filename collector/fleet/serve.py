"""Serving a run's ledger: waitress in a thread, and the token that opens it.

Protects two rules: the token lies in a file that only its owner can read, from the moment the file
is made; and beyond this machine nothing is served without saying what that means.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from collector.common.errors import UserError
from collector.common.typed import typed
from collector.contract.layout import RunDir
from collector.fleet.app import make_app
from collector.fleet.service import LedgerService
from collector.fleet.wire import MOST_BODY_BYTES
from collector.profile.files import create_private
from collector.serving import CANNOT_BIND, answering, bound_to

THREADS = 16
"""Requests answered at the same time; more sessions than this may be open at once."""
TOKEN_FILE = "ledger.token"
EXPOSED = (
    "warning: the ledger listens beyond this machine, in plain HTTP: whoever can read this network"
    " can read its token and the evidence. Use a private network or an SSH tunnel."
)


def token_in(path: Path) -> str:
    """The token in a file; the file is made, for its owner alone, if it is not there.

    :raises UserError: others can read it, or it holds no token.
    """
    with suppress(FileExistsError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(create_private(path), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise UserError(
            f"the token must be readable by its owner alone (mode {mode:04o})",
            place=str(path),
            fix=f"chmod 600 {typed(path)}, or remove it and get a new one",
        )
    found = path.read_text("utf-8", errors="replace").strip()
    if not re.fullmatch(r"[\x21-\x7e]{16,200}", found):
        raise UserError(
            "this is not a token: one line of 16 to 200 characters without spaces",
            place=str(path),
            fix="remove the file, and a new token is put there",
        )
    return found


@contextmanager
def serving(out: RunDir, token: str, host: str = "127.0.0.1", port: int = 0) -> Iterator[Served]:
    """The ledger of a run answers while the block runs.

    :param port: 0 is any free one.
    :raises UserError: the address cannot be listened on.
    """
    service = LedgerService(out)
    bound = _bind(host, port)
    chosen = int(bound.getsockname()[1])
    with answering(
        make_app(service, token),
        bound,
        ident="twinwatch",
        threads=THREADS,
        most_body_bytes=MOST_BODY_BYTES,
    ):
        yield Served(service, host, chosen)


class Served:
    """A ledger that answers at ``url``."""

    def __init__(self, service: LedgerService, host: str, port: int) -> None:
        self.service = service
        self.host = host
        self.port = port

    @property
    def url(self) -> str:
        """Return the address at which it answers, without a slash at the end."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{name}:{self.port}"


def _bind(host: str, port: int) -> socket.socket:
    try:
        return bound_to(host, port)
    except CANNOT_BIND as error:
        raise UserError(
            f"the ledger cannot listen there ({error})",
            place=f"{host}:{port}",
            fix="name an address of this machine, and a port that is free (0: any)",
        ) from error
