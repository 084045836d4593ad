"""What a page can see of a puppet: does everything that it says of itself agree?

Nothing here changes anything, and nothing is done anywhere in this package to deceive a site beyond
the persona: the table tells a researcher what a site could tell a puppet by, so that it can be
written down with the results.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from collector.browser.running import PuppetBrowser
from collector.browser.scripts import script


class Sign(StrEnum):
    """What a line of the table means."""

    AGREES = "agrees"
    """Two places say the same."""
    DIFFERS = "differs"
    """Two places say different things: no browser of a person does that."""
    TRACE = "trace"
    """It tells a machine, or a browser without a window, from a person's."""
    SEEN = "seen"
    """Seen, and nothing to hold it against."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that a page can see. ``said``: by which places, and what."""

    name: str
    said: Mapping[str, Any]
    sign: Sign
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return ``name``, ``said``, ``sign`` and ``why`` by their names."""
        return asdict(self)


_VERSION = re.compile(r"(?:Headless)?Chrom(?:e|ium)/(\d+)")
_PLATFORMS = {"Linux": "Linux", "Win": "Windows", "Mac": "macOS"}


def look(puppet: PuppetBrowser, url: str) -> list[Seen]:
    """Load ``url`` and tell what its page can see. Raises NavigationFailed."""
    headers: dict[str, str] = {}

    def note(request: Any) -> None:
        if not headers and request.is_navigation_request():
            headers.update(request.all_headers())

    puppet.page.on("request", note)
    puppet.goto(url)
    page = puppet.evaluate(script("appearance.js"))
    return judged(page, headers, puppet.evaluate("() => location.protocol"))


def judged(page: Mapping[str, Any], headers: Mapping[str, str], scheme: str = "") -> list[Seen]:
    """The table: what the page's scripts see against what the request's headers said."""
    found = [
        _same("user agent", {"header": headers.get("user-agent"), "page": page["user_agent"]}),
        _same(
            "version in the user agent and its short form",
            {"page": page["user_agent"].partition("/")[2], "appVersion": page["app_version"]},
        ),
        _languages(headers.get("accept-language"), page["languages"]),
        *_hints(page, headers),
        _trace("navigator.webdriver", page["webdriver"], bool(page["webdriver"]),
               "the browser says that it is driven, as the standard asks it to"),
        _trace("headless in the user agent", page["user_agent"],
               "Headless" in page["user_agent"], "a browser without a window says so"),
        _trace("plugins", page["plugins"], page["plugins"] == 0,
               "a person's Chromium has its reader of PDF"),
        _trace("window.chrome", page["chrome_object"], not page["chrome_object"],
               "a person's Chromium has this object"),
        _trace("notifications", [page["notification"], page["notification_asked"]],
               page["notification"] == "denied" and page["notification_asked"] == "prompt",
               "refused and not asked yet at once: known of browsers without a window"),
        _trace("window and viewport", [page["window"], page["viewport"]],
               page["window"][0] == 0 or page["window"][1] < page["viewport"][1],
               "the window is smaller than what is shown in it"),
        _trace("graphics", page["graphics"],
               "swiftshader" in str(page["graphics"] or "").lower() or page["graphics"] is None,
               "drawn by the processor: a machine without a graphics card"),
    ]  # fmt: skip
    named = ("vendor", "cores", "memory_gb", "touch_points", "cookies", "screen", "timezone")
    found += [Seen(name.replace("_", " "), {"page": page[name]}, Sign.SEEN) for name in named]
    return found


def _same(name: str, said: Mapping[str, Any]) -> Seen:
    told = [value for value in said.values() if value is not None]
    return Seen(name, said, Sign.AGREES if len(set(map(str, told))) <= 1 else Sign.DIFFERS)


def _trace(name: str, value: Any, there: bool, why: str) -> Seen:
    return Seen(name, {"page": value}, Sign.TRACE if there else Sign.SEEN, why if there else "")


def _languages(header: str | None, languages: Sequence[str]) -> Seen:
    said = {"header": header, "page": list(languages)}
    if header is None:
        return Seen("languages", said, Sign.SEEN, "no Accept-Language was sent")
    asked = [one.partition(";")[0].strip() for one in header.split(",")]
    agrees = bool(languages) and asked[0] == languages[0] and set(languages) <= set(asked)
    return Seen("languages", said, Sign.AGREES if agrees else Sign.DIFFERS)


def _hints(page: Mapping[str, Any], headers: Mapping[str, str]) -> list[Seen]:
    hints, agent = page["hints"], page["user_agent"]
    if hints is None:
        why = "" if not page["secure"] else "a person's Chromium has them on a secure page"
        sign = Sign.TRACE if page["secure"] else Sign.SEEN
        return [Seen("client hints", {"page": None}, sign, why)]
    version = _VERSION.search(agent)
    brands = [one for one in hints["brands"] if "Chrom" in one]
    agree = version is not None and any(one.endswith(f" {version[1]}") for one in brands)
    sent = headers.get("sec-ch-ua")
    system = next((name for part, name in _PLATFORMS.items() if part in agent), None)
    return [
        Seen(
            "version in user agent and client hints",
            {"user agent": version[1] if version else None, "hints": hints["brands"]},
            Sign.AGREES if agree else Sign.DIFFERS,
        ),
        Seen(
            "client hints sent and seen",
            {"header": sent, "page": hints["brands"]},
            Sign.SEEN
            if sent is None
            else Sign.AGREES
            if all(one.rpartition(" ")[0] in sent for one in hints["brands"])
            else Sign.DIFFERS,
        ),
        Seen(
            "system in user agent, hints and navigator.platform",
            {"user agent": system, "hints": hints["platform"], "navigator": page["platform"]},
            Sign.AGREES
            if system == hints["platform"] and page["platform"].startswith(_short(system))
            else Sign.DIFFERS,
        ),
        _trace(
            "headless in the client hints",
            hints["brands"],
            any("Headless" in one for one in hints["brands"]),
            "a browser without a window says so",
        ),
    ]


def _short(system: str | None) -> str:
    return next((part for part, name in _PLATFORMS.items() if name == system), "?")
