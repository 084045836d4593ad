"""A mock that somebody serves already: known by its answer to a challenge, never by its address.

Protects three rules. The truth token is told to nobody who has not proved that he knows it. Only a
mock that has proved it is hurried on a virtual clock or asked for its truth log. And two runs on
one mock never share a visitor.
"""

from __future__ import annotations

import hmac
import os
import secrets
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from collector.addresses import parts_of
from collector.errors import UserError
from collector.experiment.mocksite import MockSite
from collector.truthtoken import OPTION, read_token

#: Where a command finds the token, if it is not in a file. It is taken out of the environment, so
#: that no browser inherits it.
VARIABLE = "TWINWATCH_TRUTH_TOKEN"
_TIMEOUT_S = 30.0
#: More runs of one plan on one mock were not meant.
MOST_LIVES = 1000


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a mock says of itself."""

    api: str
    """Root of the host of its APIs and its truth log."""
    proof: str
    world: dict[str, Any] = field(default_factory=dict)
    """Its seed, world, era, and what of recommender and faults was set."""
    known: tuple[str, ...] = ()
    """Visitors asked for that it knows, or has promised to another run."""


def listens(origin: str) -> None:
    """Make sure that something answers at an address of this machine, before a browser is started
    for it.

    :raises UserError: nobody takes a connection there.
    """
    parts = parts_of(origin)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    named = () if parts.host.endswith("localhost") else (parts.host,)
    for host in named or ("127.0.0.1", "::1"):
        with suppress(OSError), socket.create_connection((host, port), _TIMEOUT_S):
            return
    raise UserError(
        f"nothing answers at {origin}",
        place=f"--site {origin}",
        fix="start it (mockserver serve), or check --site",
    )


def greet(api: str, *, nonce: str = "", visitors: Sequence[str] = ()) -> Greeting | None:
    """What the mock whose APIs are at ``api`` says; ``None``: that is no mock."""
    told = {"nonce": nonce, "visitors": list(visitors)}
    try:
        answer = httpx.post(f"{api}/_truth/hello", json=told, timeout=_TIMEOUT_S, trust_env=False)
        found = answer.json() if answer.status_code == httpx.codes.OK else None
    except (httpx.HTTPError, ValueError):
        return None
    if not isinstance(found, dict) or found.get("mock") != "twinwatch":
        return None
    names = ("seed", "world", "era", "recommender", "faults")
    world = {name: found[name] for name in names if found.get(name) not in (None, {})}
    return Greeting(api, str(found.get("proof", "")), world, tuple(found.get("known", ())))


def served_mock(origin: str, token: str) -> tuple[str, MockSite | None]:
    """The mock that serves ``origin``, an address of this machine: the root of its APIs (empty: it
    is no mock), and with the right token the key to its truth log.

    :param token: its truth token; empty: it is not known.
    :raises UserError: there is a token, and no mock that knows it.
    """
    api = f"http://127.0.0.1:{parts_of(origin).port or 80}"
    nonce = secrets.token_hex(16)
    found = greet(api, nonce=nonce)
    if not token:
        return (found.api if found else "", None)
    if found is None:
        raise UserError(
            "a truth token is given, and no mock answers at this site",
            place=f"--site {origin}",
            fix=f"start mockserver serve there, or leave out {OPTION} and unset {VARIABLE}",
        )
    text = f"twinwatch mock {nonce}".encode()
    if not hmac.compare_digest(hmac.new(token.encode(), text, sha256).hexdigest(), found.proof):
        raise UserError(
            "the mock at this site has another truth token",
            place=f"--site {origin}",
            fix=f"give {OPTION} or {VARIABLE} what its mockserver serve printed",
        )
    return api, MockSite(api, origin, token, found.world)


def fresh_life(api: str, visitors: Iterable[Sequence[str]]) -> int:
    """The first of several lists of visitor ids of which the mock knows none; it is kept for the
    run that asks.

    :raises UserError: the mock knows some of each.
    """
    for life, some in enumerate(visitors):
        found = greet(api, visitors=some)
        if found is None or not found.known:
            return life
    raise UserError(
        "the mock knows visitors of this plan from too many earlier runs",
        place=api,
        fix="start the mock anew, or take another --seed",
    )


def token_from(path: Path | None) -> str:
    """The truth token out of a file, or of the environment; empty: there is none.

    :raises UserError: a file that is missing, empty, or open to others.
    """
    inherited = os.environ.pop(VARIABLE, "")
    return inherited.strip() if path is None else read_token(path)
