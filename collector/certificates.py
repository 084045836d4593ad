"""Certificates of a site whose authority is one's own.

A browser that Playwright drives takes no file of authorities. What it takes are fingerprints of
keys. So the site is asked here first, its certificate is checked against the given authorities by
this machine's TLS, and the key that has passed is named to the browser: nothing else is trusted
that was not trusted before. Where the machine can make a certificate database the authorities
themselves are trusted too, for every host (:mod:`collector.browser.authorities`).
"""

from __future__ import annotations

import base64
import hashlib
import socket
import ssl
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from collector.addresses import numbers_of, parts_of, port_of
from collector.bounded import client
from collector.common.errors import UserError
from collector.egress import Egress, EgressRefused

_TIMEOUT_S = 20.0


class CertificateRefused(UserError):
    """A file of authorities that cannot be used, or a site that none of them has signed."""


def context_of(ca: Path) -> ssl.SSLContext:
    """TLS that trusts what this machine trusts and the PEM file ``ca``. Raises
    CertificateRefused."""
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cafile=str(ca))
    except (OSError, ssl.SSLError) as error:
        raise CertificateRefused(
            f"{ca} holds no certificate of an authority: {error.strerror or error}",
            place="--ca",
            fix="name a file of certificates in PEM form (-----BEGIN CERTIFICATE-----)",
        ) from error
    return context


def trusting(ca: Path | None) -> ssl.SSLContext | None:
    """:func:`context_of` a file; ``None``, this machine's own trust, without one."""
    return None if ca is None else context_of(ca)


def authorities_of(ca: Path) -> list[bytes]:
    """The certificates of a PEM file, as DER. Raises CertificateRefused."""
    context_of(ca)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=str(ca))
    return list(context.get_ca_certs(binary_form=True))


def named(name: str, ca: Path | None = None, **settings: Any) -> httpx.Client:
    """A client for a server of this machine that is asked by number, as a mock's APIs are, and may
    stand behind TLS: the certificate has to be that of the site's ``name``.

    :param ca: a PEM file of authorities; by default whom this machine trusts.
    :param settings: of ``httpx.Client``.
    :raises CertificateRefused: ``ca`` holds none.
    """

    def told(request: httpx.Request) -> None:
        if name:
            request.extensions["sni_hostname"] = name

    return client(
        context=trusting(ca),
        trust_env=False,
        event_hooks={"request": [told]},
        **settings,
    )


def fingerprints(ca: Path, sites: Iterable[str], egress: Egress | None = None) -> tuple[str, ...]:
    """Fingerprints (base64 of the SHA-256 of the public key) of the certificates with which https
    ``sites`` (origins) answer, each checked against ``ca``.

    :raises CertificateRefused: a site's certificate is not signed by any of them; it does not
        answer.
    :raises EgressRefused: the proxy does not let us through.
    """
    context = context_of(ca)
    by_proxy = egress is not None and egress.is_proxy
    found: dict[str, None] = {}
    for site in sites:
        if parts_of(site).scheme != "https":
            continue
        try:
            shown = _through(egress, context, site) if by_proxy else _directly(context, site)
        except httpx.ProxyError as error:
            raise EgressRefused(
                f"the proxy did not lead to {site} ({error})",
                place="proxy",
                fix="check proxy.server, and user and password of proxy.credentials",
            ) from error
        except (OSError, httpx.HTTPError) as error:
            raise CertificateRefused(
                f"no certificate of {site} that {ca} has signed ({error})",
                place="--ca",
                fix="name the file of the authority that has signed the site's certificate",
            ) from error
        found[base64.b64encode(hashlib.sha256(public_key(shown)).digest()).decode("ascii")] = None
    return tuple(found)


def _directly(context: ssl.SSLContext, site: str) -> bytes:
    """The certificate of a site, as DER. Raises OSError."""
    parts = parts_of(site)
    *others, last = numbers_of(parts.host)
    for number in others:
        with suppress(ConnectionError):
            return _handshake(context, (number, port_of(parts)), parts.host)
    return _handshake(context, (last, port_of(parts)), parts.host)


def _handshake(context: ssl.SSLContext, where: tuple[str, int], name: str) -> bytes:
    with (
        socket.create_connection(where, timeout=_TIMEOUT_S) as plain,
        context.wrap_socket(plain, server_hostname=name) as server,
    ):
        return server.getpeercert(True) or b""


def _through(egress: Egress | None, context: ssl.SSLContext, site: str) -> bytes:
    """The certificate of a site as it is seen through a proxy. Raises httpx.HTTPError."""
    with (
        client(context=context, egress=egress, timeout=_TIMEOUT_S, trust_env=False) as asking,
        asking.stream("HEAD", site + "/") as answer,
    ):
        tls = answer.extensions["network_stream"].get_extra_info("ssl_object")
        shown: bytes = tls.getpeercert(True)
        return shown


def public_key(certificate: bytes) -> bytes:
    """The SubjectPublicKeyInfo of a DER certificate (RFC 5280, section 4.1), with its header.

    Raises ValueError: it is none.
    """
    at, _ = _inside(certificate, 0)  # Certificate
    at, _ = _inside(certificate, at)  # TBSCertificate
    if certificate[at : at + 1] == b"\xa0":  # version, absent in the first one
        at = _inside(certificate, at)[1]
    for _ in ("serialNumber", "signature", "issuer", "validity", "subject"):
        at = _inside(certificate, at)[1]
    return certificate[at : _inside(certificate, at)[1]]


def _inside(data: bytes, at: int) -> tuple[int, int]:
    """Where the content of the DER element at ``at`` begins, and where the element ends."""
    try:
        first, start = data[at + 1], at + 2
        if first < 0x80:
            return start, start + first
        long = first & 0x7F
        size = int.from_bytes(data[start : start + long])
    except IndexError:
        raise ValueError("this is not a certificate") from None
    return start + long, start + long + size
