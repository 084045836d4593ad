"""Addresses that others wrote, taken apart: what is none is the address of nothing.

``urllib.parse.urlsplit`` raises ValueError for some texts (``http://[::1``), and so does ``.port``
of what it answers. A page, a file or a client may hold any text, so everything that did not come
from this program is taken apart here.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import idna

_ARCHIVED = re.compile(
    r"(?:(?:https?:)?//[\w.-]{1,100})?/(?:web/)?\d{4,14}(?:[a-z]{2}_)?/(?=https?://)", re.IGNORECASE
)
_SCHEME = re.compile(r"[A-Za-z0-9]{1,20}://")
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?")


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address; all empty for a text that is none."""

    scheme: str = ""
    netloc: str = ""
    path: str = ""
    query: str = ""
    fragment: str = ""
    host: str = ""
    """Lower case, without brackets and port."""
    port: int | None = None
    username: str | None = None
    password: str | None = None

    @property
    def is_web(self) -> bool:
        """A whole address of the web: with scheme and host."""
        return self.scheme in ("http", "https") and bool(self.host)


def unarchived(text: str) -> str:
    """The address that an archive's copy is of; any other as it is.

    >>> unarchived("https://web.archive.org/web/20240101000000im_/https://www.youtube.com/")
    'https://www.youtube.com/'
    """
    found = _ARCHIVED.match(text)
    return text[found.end() :] if found is not None else text


def parts_of(text: str) -> Address:
    """The parts of ``text``. Never raises: what cannot be taken apart has none."""
    try:
        parts = urlsplit(text)
        return Address(
            parts.scheme,
            parts.netloc,
            parts.path,
            parts.query,
            parts.fragment,
            parts.hostname or "",
            parts.port,
            parts.username,
            parts.password,
        )
    except ValueError:
        return Address()


def origin_of(address: Address) -> str:
    """Scheme, host and port as browsers send them: the host as the network knows it, no port where
    it is the scheme's own. Empty for what is no address of the web, or has a host that none can be.

    >>> origin_of(parts_of("HTTP://B\u00fccher.example:080/x"))
    'http://xn--bcher-kva.example'
    """
    host = _host_of(address.host) if address.is_web else ""
    if not host:
        return ""
    usual = {"http": 80, "https": 443}[address.scheme]
    port = "" if address.port in (None, usual) else f":{address.port}"
    return f"{address.scheme}://{host}{port}"


def _host_of(host: str) -> str:
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host)}]" if "%" not in host else ""
        except ValueError:
            return ""
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except UnicodeError:
            return ""
    return host if _HOST.fullmatch(host) and len(host) < 254 else ""


def numbers_of(host: str) -> tuple[str, ...]:
    """Where to find a host: names of this machine (RFC 6761) by number, old and new, for not every
    resolver knows them; another host by its own name.

    >>> numbers_of("youtube.localhost")
    ('127.0.0.1', '::1')
    """
    if host == "localhost" or host.endswith(".localhost"):
        return ("127.0.0.1", "::1")
    return (host,)


def port_of(address: Address) -> int:
    """The port of a web address, by default its scheme's."""
    return address.port or (443 if address.scheme == "https" else 80)


def same_origin(origin: str, host: str) -> bool:
    """Whether a page of ``origin`` is of the site at ``host`` (name and port as in ``Host``)."""
    return bool(host) and parts_of(origin).netloc.lower() == host.lower()


def without_userinfo(text: str) -> str:
    """An address without a name and password in it, whether or not it is a good one otherwise."""
    scheme, slashes, rest = text.partition("//")
    end = min((at for mark in "/?#" if (at := rest.find(mark)) >= 0), default=len(rest))
    if not slashes or "@" not in rest[:end]:
        return text
    return f"{scheme}//{rest[:end].rpartition('@')[2]}{rest[end:]}"


def shown(text: str) -> str:
    """What an error may repeat of a text that is to be an address and is none: nothing before its
    last ``@``, which may be a password.

    >>> shown("me:secret@host"), shown("http://me:sec/ret@host/"), shown("host")
    ('…@host', 'http://…@host/', 'host')
    """
    _, at, after = text.rpartition("@")
    scheme = _SCHEME.match(text)
    return f"{scheme[0] if scheme else ''}…@{after}" if at else text


def names_a_user(text: str) -> bool:
    """A name or password stands in the address; such a one would be written into plans, manifests
    and reports, so nobody may give one.

    >>> names_a_user("http://me:secret@host/"), names_a_user("http://host/@me")
    (True, False)
    """
    return without_userinfo(text) != text


#: Why, and what to write in its place.
USER_IN_ADDRESS = "a user and password do not belong in an address: it is written into the run"


def is_loopback(host: str | None) -> bool:
    """Names and numbers that never leave this machine."""
    if host is None:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
