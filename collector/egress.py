"""By which way a puppet reaches the site: a proxy of an arm or persona, and what logs it in.

Protects two rules. A user and password are named by where they are (an environment variable, or a
file for its owner alone) and read where the browser is opened, so that no plan, manifest, job, log
or recording can hold them; a SOCKS proxy is logged in to for the browser, which is not told them
(:mod:`collector.browser.relay`). And what a puppet asks goes through its proxy or nowhere.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from collector.addresses import USER_IN_ADDRESS, names_a_user, parts_of, shown, without_userinfo
from collector.common.errors import UserError
from collector.common.typed import typed
from collector.problems import Fixable, did_you_mean

#: No proxy: the machine's own way out (a VPN, say), whose country is still read back.
DIRECT = "direct"
SCHEMES = ("http", "https", "socks5")
_PORTS = {"http": 80, "https": 443, "socks5": 1080}
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,127}")
_COUNTRY = re.compile(r"[A-Z]{2}")
#: Bytes of a user or password that fit into what SOCKS says (RFC 1929).
_MOST_SOCKS_BYTES = 255
#: Said of ``check``: nobody is asked, as a choice.
NOBODY = "none"
#: The way out where nobody says from where a puppet is seen.
NAME_ONE = (
    "add check: the address of a JSON answer with ip and country, to the proxy; or check: none,"
    " which the report then states"
)
#: How :func:`another_page` begins.
ANOTHER = "answered by something else"
#: Characters that are quoted of a page.
_MOST_SHOWN = 80
_KEYS = ("server", "credentials", "country", "check")


class EgressRefused(UserError):
    """A proxy, or what logs it in, cannot be used."""


@dataclass(frozen=True, slots=True)
class Login:
    """User and password of a proxy; never shown."""

    user: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Egress:
    """A way out.

    >>> Egress.of("socks5://10.0.0.7:1080").server
    'socks5://10.0.0.7:1080'
    """

    server: str = DIRECT
    """``http``, ``https`` or ``socks5`` and host and port, without a path; or ``direct``."""
    credentials: str | None = None
    """Name of an environment variable, or a file, that holds ``user:password``."""
    country: str | None = None
    """Where the site should see it: two capital letters (ISO 3166-1)."""
    check: str | None = None
    """An address that answers with JSON in which the asking address and its country stand; or
    ``none``: nobody is asked."""

    @classmethod
    def of(cls, written: object) -> Self:
        """As it is written in YAML, on the command line or in a plan: an address, or a mapping of
        ``server``, ``credentials``, ``country``, ``check``. Raises Fixable."""
        told = {"server": written} if isinstance(written, str) else written
        if not isinstance(told, Mapping) or not all(
            isinstance(key, str) and isinstance(value, str) for key, value in told.items()
        ):
            raise Fixable(
                "is not a proxy", "write http://HOST:PORT, or server, credentials, country"
            )
        for key in told:
            if key not in _KEYS:
                raise Fixable(f"a proxy has no {key!r}", did_you_mean(key, _KEYS))
        country, check = told.get("country"), told.get("check")
        if country is not None and not _COUNTRY.fullmatch(country):
            raise Fixable(f"{country!r} is not a country", "write two capital letters, such as DE")
        if names_a_user(check or ""):
            raise Fixable(USER_IN_ADDRESS, f"leave them out: {without_userinfo(check or '')}")
        if check not in (None, NOBODY) and not parts_of(str(check)).is_web:
            raise Fixable(
                f"{shown(str(check))!r} is not an address",
                "write https://HOST/PATH of a JSON answer, or none: nobody is asked",
            )
        server = _server(told.get("server", DIRECT))
        credentials = told.get("credentials")
        if credentials is not None and server == DIRECT:
            raise Fixable("direct has no credentials", "name a proxy as server, or leave them out")
        return cls(server, credentials, country, check)

    def to_dict(self) -> dict[str, str]:
        """What is said of it; :meth:`of` reads it back."""
        found = {key: getattr(self, key) for key in _KEYS}
        return {key: value for key, value in found.items() if value is not None}

    @property
    def is_proxy(self) -> bool:
        """Return whether requests go through a proxy; else they leave from this machine."""
        return self.server != DIRECT

    @property
    def asks(self) -> str | None:
        """The address that is asked from where the puppet is seen; ``None``: none is declared."""
        return None if self.check == NOBODY else self.check

    @property
    def unasked(self) -> bool:
        """It says something of where a puppet is, and not who tells whether it is so."""
        return self.check is None and (self.is_proxy or self.country is not None)

    @property
    def is_socks(self) -> bool:
        """Return whether the proxy speaks SOCKS5, as its address says."""
        return self.server.startswith("socks5:")

    @property
    def needs_relay(self) -> bool:
        """It wants a login that no browser can tell it, so none is told: see
        :mod:`collector.browser.relay`."""
        return self.is_socks and self.credentials is not None

    @property
    def host(self) -> str:
        """Of the proxy; empty without one."""
        return parts_of(self.server).host if self.is_proxy else ""

    @property
    def variable(self) -> str | None:
        """The environment variable that holds user and password, if one does."""
        named = self.credentials or ""
        return named if _VARIABLE.fullmatch(named) else None

    def login(self) -> Login | None:
        """User and password; ``None``: the proxy wants none. Raises EgressRefused."""
        if self.credentials is None:
            return None
        text = _from_environment(self.variable) if self.variable else _from_file(self.credentials)
        user, colon, password = text.partition(":")
        if not (user and colon and password) or not text.isprintable():
            raise EgressRefused(
                f"{self.credentials} does not hold user:password",
                place="proxy.credentials",
                fix="write the user, a colon and the password, on one line",
            )
        if self.is_socks and max(len(user.encode()), len(password.encode())) > _MOST_SOCKS_BYTES:
            raise EgressRefused(
                f"user and password of a SOCKS proxy must have at most {_MOST_SOCKS_BYTES} bytes"
                f" each, and one in {self.credentials} has more",
                place="proxy.credentials",
                fix="use shorter ones, or the http port of the proxy",
            )
        return Login(user, password)

    def __str__(self) -> str:
        return self.server


def _server(text: str) -> str:
    if text == DIRECT:
        return DIRECT
    parts = parts_of(text)
    if "@" in text:
        raise Fixable(
            "a proxy's user and password do not belong in its address",
            "put user:password into an environment variable or a file of mode 0600, and name it"
            " under credentials",
        )
    if parts.scheme not in SCHEMES or not parts.host or parts.path not in ("", "/") or parts.query:
        raise Fixable(
            f"{text!r} is not a proxy", f"write direct, or {'://, '.join(SCHEMES)}:// and HOST:PORT"
        )
    host = f"[{parts.host}]" if ":" in parts.host else parts.host
    return f"{parts.scheme}://{host}:{parts.port or _PORTS[parts.scheme]}"


def _from_environment(name: str) -> str:
    try:
        return os.environ[name].strip()
    except KeyError:
        raise EgressRefused(
            f"the environment variable {name} is not set",
            place="proxy.credentials",
            fix=f"export {name}=user:password where the puppets run",
        ) from None


def _from_file(named: str) -> str:
    path = Path(named).expanduser()
    if set(":@") & set(named) and not path.exists():
        raise EgressRefused(
            "what is given as credentials is no file; a login itself is never given",
            place="proxy.credentials",
            fix="write user:password into a file of mode 0600, or an environment variable, and name"
            " it",
        )
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(1000).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise EgressRefused(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not text'}",
            place="proxy.credentials",
            fix="name a file that holds user:password, or an environment variable",
        ) from error
    if not stat.S_ISREG(mode) or mode & 0o077:
        raise EgressRefused(
            f"{path} must be readable by its owner alone",
            place="proxy.credentials",
            fix=f"chmod 600 {typed(path)}",
        )
    return text


def egress_of(data: Mapping[str, Any] | None) -> Egress | None:
    """A way out as :meth:`Egress.to_dict` wrote it."""
    return None if data is None else Egress.of(data)


def another_page(text: str, at: str = "") -> str:
    """That something else answered than what was asked, and the first words of it.

    :param text: of the page, as ``pagetext.text_of`` gives it.
    :param at: where it was, if not where it was asked for.

    >>> another_page("Hotel Wi-Fi").partition(", ")[0]
    'answered by something else'
    """
    shown = text[:_MOST_SHOWN] or "nothing"
    whose = "such as a captive page of the network or of the proxy"
    return f"{ANOTHER}{at}, {whose}: {shown!r}"
