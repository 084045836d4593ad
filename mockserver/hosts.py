"""Under which names the mock answers.

Protects tokens and truth from DNS rebinding: a page of another site that has its own name lead to
this machine is, to its browser, of the same origin as the mock. Its name gives it away. Refused at
the one door that all requests pass, so no address can forget it.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable

from mockserver.routing import API_HOSTS, SITES

_PORT = re.compile(r":\d{0,5}\Z")


def name_of(host: str) -> str:
    """The name in a ``Host`` header: lower case, without port, final dot and brackets.

    >>> name_of("YouTube.localhost.:8000"), name_of("[::1]:80"), name_of("::1")
    ('youtube.localhost', '::1', '::1')
    """
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    if host.count(":") == 1:
        host = _PORT.sub("", host)
    return host.rstrip(".")


class Names:
    """The names a mock answers to.

    Loopback names and addresses, the historical names of the APIs and of what they link to (nobody
    else owns them), and ``more``. A mock that other
    machines reach answers to any address in digits, too: nobody owns a name by it.
    """

    def __init__(self, more: Iterable[str] = (), *, bound: str = "127.0.0.1") -> None:
        self._names = {name_of(name) for name in more} | set(API_HOSTS) | set(SITES)
        self._open = not is_loopback(bound)
        if self._open:
            self._names |= {name_of(bound), name_of(socket.gethostname())}

    def hold(self, host: str) -> bool:
        """Whether a request with this ``Host`` is meant for the mock; one without any is."""
        name = name_of(host)
        if not name or is_loopback(name) or name in self._names:
            return True
        if any(name.endswith(f".{api}") for api in API_HOSTS):
            return True  # dev.gdata.youtube.com: nobody else can own such a name
        return self._open and _address(name) is not None


def is_loopback(name: str) -> bool:
    """``localhost``, a name below it, or a loopback address."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(name)
    return address is not None and address.is_loopback


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
