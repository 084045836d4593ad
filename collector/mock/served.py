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
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx

from collector.addresses import numbers_of, parts_of, port_of
from collector.certificates import named
from collector.common.errors import UserError
from collector.contract.mocksite import MockSite
from collector.contract.places import Place
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


def greet(
    api: str,
    *,
    nonce: str = "",
    visitors: Sequence[str] = (),
    ca: Path | None = None,
    name: str = "",
) -> Greeting | None:
    """What the mock whose APIs are at ``api`` says; ``None``: that is not a mock.

    :param ca: authorities of a mock behind TLS, and ``name``: whose its certificate is, if not that
        of the host in ``api``.
    :raises CertificateRefused: ``ca`` holds none.
    """
    try:
        answer = _hello(api, {"nonce": nonce, "visitors": list(visitors)}, ca, name)
        found = answer.json() if answer.status_code == httpx.codes.OK else None
    except (httpx.HTTPError, ValueError):
        return None
    if not isinstance(found, dict) or found.get("mock") != "twinwatch":
        return None
    names = ("seed", "world", "era", "recommender", "faults", "mechanism", "truths")
    world = {name: found[name] for name in names if found.get(name) not in (None, {})}
    return Greeting(api, str(found.get("proof", "")), world, tuple(found.get("known", ())))


def _hello(api: str, told: dict[str, Any], ca: Path | None, name: str) -> httpx.Response:
    """The answer to a greeting. Raises httpx.HTTPError."""
    with named(name, ca, timeout=_TIMEOUT_S) as asking:
        return asking.post(f"{api}/_truth/hello", json=told)


def greeted_at(origin: str, *, nonce: str = "", ca: Path | None = None) -> Greeting | None:
    """What the mock beside a site or API of this machine says; ``None``: there is none."""
    name = parts_of(origin).host
    asked = (greet(root, nonce=nonce, ca=ca, name=name) for root in loopback_roots(origin))
    return next((found for found in asked if found is not None), None)


def served_mock(origin: str, token: str, ca: Path | None = None) -> tuple[str, MockSite | None]:
    """The mock that serves ``origin``, an address of this machine: the root of its APIs (empty: it
    is not a mock), and with the right token the key to its truth log.

    :param token: its truth token; empty: it is not known.
    :param ca: authorities of a mock behind TLS.
    :raises UserError: there is a token, and no mock that knows it.
    """
    nonce = secrets.token_hex(16)
    found = greeted_at(origin, nonce=nonce, ca=ca)
    if not token:
        return (found.api if found else "", None)
    if found is None:
        _check_certificate(origin, ca)
        raise UserError(
            "a truth token is given, and no mock answers at this site",
            place=f"--site {origin}",
            fix=f"start mockserver serve there, or leave out {OPTION} and unset {VARIABLE}",
        )
    if not _proves(found, token, nonce):
        raise UserError(
            "the mock at this site has another truth token",
            place=f"--site {origin}",
            fix=f"give {OPTION} or {VARIABLE} what its mockserver serve printed",
        )
    return found.api, MockSite(found.api, origin, token, found.world, ca)


def _check_certificate(origin: str, ca: Path | None) -> None:
    """Raise UserError where nothing can be asked because nobody known signed the certificate."""
    for root in loopback_roots(origin):
        try:
            _hello(root, {}, ca, parts_of(origin).host)
        except httpx.HTTPError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise UserError(
                    f"a truth token is given, and the site's certificate is not to be trusted"
                    f" ({error})",
                    place=f"--site {origin}",
                    fix="give the file of the authority that has signed it: --ca FILE",
                ) from error


def _proves(found: Greeting, token: str, nonce: str) -> bool:
    """True if the mock accepts ``token``."""
    text = f"twinwatch mock {nonce}".encode()
    return hmac.compare_digest(hmac.new(token.encode(), text, sha256).hexdigest(), found.proof)


def is_our_mock(address: str, token: str, ca: Path | None = None) -> bool:
    """The server at ``address`` (of this machine) proves that it is the mock whose truth token is
    ``token``.

    An address of this machine proves nothing, and neither does what a server says of itself: a
    real server may be served here, or be reached through a tunnel.

    :param ca: authorities of a mock behind TLS.
    """
    nonce = secrets.token_hex(16)
    name = parts_of(address).host
    asked = loopback_roots(address) if token else ()
    return any(
        (found := greet(root, nonce=nonce, ca=ca, name=name)) is not None
        and _proves(found, token, nonce)
        for root in asked
    )


def loopback_roots(origin: str) -> tuple[str, ...]:
    """Where the APIs beside a site of this machine may be: its addresses by number."""
    parts = parts_of(origin)
    numbers = (f"[{one}]" if ":" in one else one for one in numbers_of(parts.host))
    return tuple(f"{parts.scheme}://{number}:{port_of(parts)}" for number in numbers)


def met(place: Place, token: str = "", ca: Path | None = None) -> Place:
    """The place, with what it turned out to be: a mock that is served on this machine answers to a
    challenge. No other machine is asked. Raises UserError.

    :param token: the mock's truth token; empty: it is not known.
    :param ca: authorities of a mock behind TLS.
    """
    if place.origin is None:
        return place
    if not place.on_loopback:
        if token:
            raise UserError(
                "a truth token is for a mock on this machine, and this site is not on it",
                place=f"--site {place.origin}",
                fix="leave the token out",
            )
        return place
    listens(place.origin)
    greeted, served = served_mock(place.origin, token, ca)
    return replace(place, greeted=greeted, served=served)


def fresh_life(
    api: str, visitors: Iterable[Sequence[str]], ca: Path | None = None, name: str = ""
) -> int:
    """The first of several lists of visitor ids of which the mock knows none; it is kept for the
    run that asks.

    :param ca: authorities of a mock behind TLS, and ``name``: of its site.
    :raises UserError: the mock knows some of each.
    """
    for life, some in enumerate(visitors):
        found = greet(api, visitors=some, ca=ca, name=name)
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
