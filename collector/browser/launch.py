"""How a puppet's browser is started: its persona, and a network that ends at loopback.

Isolation has two bolts, both in the browser's network process, so they hold for pages, workers,
sockets and the browser's own traffic alike and cost nothing a request: no name but the site's and
loopback resolves, and everything that is not loopback is sent to a proxy whose name does not
resolve either, which closes the way for addresses given as numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from collector.browser.find import BrowserBinary, BrowserKind
from collector.egress import Egress, Login

_LOOPBACK = ("localhost", "*.localhost", "127.0.0.1", "[::1]")
#: Never resolves: the reserved top-level domain, and the resolver rules on top.
_DEAD_PROXY = "http://twinwatch.invalid:9"


class Persona(Protocol):
    """What a browser is told about the person it stands for."""

    @property
    def locale(self) -> str:
        """Return the language tag that pages are asked for in, such as ``de-DE``."""

    @property
    def timezone(self) -> str:
        """Return the time zone's IANA name, such as ``Europe/Berlin``."""

    @property
    def geolocation(self) -> tuple[float, float] | None:
        """Return latitude and longitude in degrees; ``None``: no place is told."""

    @property
    def viewport(self) -> tuple[int, int]:
        """Return width and height of the window's content, CSS px."""

    @property
    def user_agent(self) -> str | None:
        """Return the browser's name for itself; ``None``: what the browser says anyway."""

    @property
    def color_scheme(self) -> str:
        """Return which colours pages are asked for: ``light``, ``dark`` or ``no-preference``."""


def offline_args() -> list[str]:
    """Flags after which nothing can be reached, this machine included."""
    return [
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--proxy-server={_DEAD_PROXY}",
        "--proxy-bypass-list=<-loopback>",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    ]


def _named(host: str) -> str:
    """A host without its port; an IPv6 address in brackets, as addresses have it."""
    if host.count(":") > 1:
        return host[: host.index("]") + 1] if host.startswith("[") else f"[{host}]"
    return host.partition(":")[0]


def _kept(name: str) -> str:
    """The resolver's rule for a name that is not mapped; it knows IPv6 without brackets."""
    bare = name.strip("[]")
    return f"EXCLUDE {name}" if bare == name else f"EXCLUDE {name} , EXCLUDE {bare}"


def isolation_args(site_hosts: Sequence[str]) -> list[str]:
    """Flags after which only ``site_hosts`` and loopback can be reached."""
    names = [*_LOOPBACK, *(_named(host) for host in site_hosts)]
    names = list(dict.fromkeys(names))
    return [
        f"--host-resolver-rules=MAP * ~NOTFOUND , {' , '.join(map(_kept, names))}",
        f"--proxy-server={_DEAD_PROXY}",
        f"--proxy-bypass-list={';'.join(names)}",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    ]


def egress_args(egress: Egress) -> list[str]:
    """Flags after which everything goes through a proxy: no other name resolves here, and no
    address is asked beside it. Playwright adds the proxy itself, loopback included."""
    return [
        f"--host-resolver-rules=MAP * ~NOTFOUND , {_kept(_named(egress.host))}",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    ]


def proxy_option(egress: Egress, login: Login | None) -> dict[str, str]:
    """A proxy as Playwright takes it."""
    known = {} if login is None else {"username": login.user, "password": login.password}
    return {"server": egress.server, **known}


def browser_args(
    *,
    isolated: bool,
    site_hosts: Sequence[str],
    offline: bool = False,
    egress: Egress | None = None,
    trusted: Sequence[str] = (),
) -> list[str]:
    """Flags beyond Playwright's own (which already turn background traffic off)."""
    args = [
        "--autoplay-policy=no-user-gesture-required",
        "--disable-domain-reliability",
        "--disable-client-side-phishing-detection",
        "--no-pings",
    ]
    if trusted:
        args.append(f"--ignore-certificate-errors-spki-list={','.join(trusted)}")
    if offline:
        return [*args, *offline_args()]
    if egress is not None and egress.is_proxy:
        return [*args, *egress_args(egress)]
    return [*args, *(isolation_args(site_hosts) if isolated else ())]


def persona_options(persona: Persona) -> dict[str, Any]:
    """A persona as options of a Playwright context."""
    width, height = persona.viewport
    options: dict[str, Any] = {
        "locale": persona.locale,
        "timezone_id": persona.timezone,
        "viewport": {"width": width, "height": height},
        "color_scheme": str(persona.color_scheme),
    }
    if persona.user_agent:
        options["user_agent"] = persona.user_agent
    if persona.geolocation is not None:
        latitude, longitude = persona.geolocation
        options["geolocation"] = {"latitude": latitude, "longitude": longitude}
        options["permissions"] = ["geolocation"]
    return options


def launch_options(
    *,
    persona: Persona,
    binary: BrowserBinary,
    isolated: bool,
    site_hosts: Sequence[str],
    headed: bool,
    scratch: Path,
    environment: dict[str, str],
    offline: bool = False,
    egress: Egress | None = None,
    trusted: Sequence[str] = (),
) -> dict[str, Any]:
    """Everything for ``launch_persistent_context`` but the profile's folder and a proxy's login.

    :param trusted: fingerprints of certificates that are taken although this machine knows nobody
        who signed them; see :mod:`collector.certificates`.
    """
    if headed and binary.kind is BrowserKind.HEADLESS_SHELL:
        raise ValueError("a headless shell has no window; find_browser(headed=True) finds one")
    return {
        **persona_options(persona),
        "executable_path": str(binary.path),
        "headless": not headed,
        "args": browser_args(
            isolated=isolated,
            site_hosts=site_hosts,
            offline=offline,
            egress=egress,
            trusted=trusted,
        ),
        **({"service_workers": "block"} if offline else {}),
        "artifacts_dir": str(scratch),
        "env": {**environment, "TMPDIR": str(scratch)},
    }
