"""What of the environment a connection heeds: whom it trusts, and by which proxy it goes out.

Protects two rules. What is for this machine stays on it: a proxy that ``http_proxy`` names, as
networks of universities have it, is another machine, and is never asked for a mock. And what the
environment says and cannot be used is named as such.
"""

from __future__ import annotations

import os
import ssl
from functools import lru_cache
from typing import Any

import httpx

from collector.addresses import is_loopback, parts_of
from collector.common.errors import UserError

_TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


class SurroundingsRefused(UserError):
    """A variable of the environment that says what cannot be."""


def trusted() -> ssl.SSLContext:
    """Whom this machine trusts. Made once a process: reading the authorities takes 20 ms and more,
    and a session asks only its own machine.

    :raises SurroundingsRefused: ``SSL_CERT_FILE`` or ``SSL_CERT_DIR`` leads to no authorities.
    """
    return _trusted(*map(os.environ.get, _TRUST))


@lru_cache(maxsize=4)
def _trusted(*where: str | None) -> ssl.SSLContext:
    """What a connection trusts, made once for each state of the environment.

    :param where: of the environment, what the context is made of.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        named = next((name for name, value in zip(_TRUST, where, strict=True) if value), None)
        if named is None:  # the first of them is the one that is read
            raise
        raise SurroundingsRefused(
            f"holds no certificate of an authority: {error.strerror or error}",
            place=named,
            fix="unset it, or name a file of certificates in PEM form",
        ) from error


def http_client(to: str, **settings: Any) -> httpx.Client:
    """An ``httpx.Client`` by the environment's proxies, but for what is on this machine.

    :param to: the address that it is for; empty: any.
    :param settings: of ``httpx.Client``.
    :raises SurroundingsRefused: a proxy that the environment names cannot be used.
    """
    if is_loopback(parts_of(to).host):
        settings["trust_env"] = False
    try:
        return httpx.Client(**settings)
    except (ValueError, httpx.InvalidURL) as error:
        named = [name for name in (*_PROXIES, *map(str.upper, _PROXIES)) if os.environ.get(name)]
        if not named or not settings.get("trust_env", True):
            raise
        raise SurroundingsRefused(
            "names a proxy that cannot be used",
            place=" or ".join(named),
            fix="write http://HOST:PORT, https:// or socks5://, or unset it",
        ) from error
