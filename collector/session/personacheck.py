"""What a page can see of a puppet, against what its persona says.

Protects the treatment "who asks": a session whose language, time zone or user agent is another than
planned measures somebody else, so it ends before its first step. The same script works on any site;
on the mock, the site's own word for what it saw is kept beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from collector.contract.puppet import Puppet, is_of_the_page
from collector.platforms.acting import ActionFailed
from collector.profile import Persona

PAGE, SITE = "page", "site"

#: Names whose mismatch makes the session another one than planned.
VITAL = frozenset({"languages", "timezone", "user_agent", "country"})

PROBE = """() => ({
  languages: [...navigator.languages],
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  user_agent: navigator.userAgent,
  viewport: [innerWidth, innerHeight],
  color_scheme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
})"""

#: Where the page is told that it is; ``null``: it is not told. Nobody is ever asked for leave.
POSITION = """async () => {
  if (!isSecureContext || !navigator.geolocation) return null;
  const leave = await navigator.permissions.query({name: "geolocation"});
  if (leave.state !== "granted") return null;
  return new Promise((told) => navigator.geolocation.getCurrentPosition(
    (at) => told([at.coords.latitude, at.coords.longitude]), () => told(null), {timeout: 5000}));
}"""

#: One degree of latitude is 111 km: this is what a puppet may be off, in degrees.
_NEAR = 0.001


@dataclass(frozen=True, slots=True)
class Check:
    """One thing about a puppet. ``agrees`` is ``None`` where it cannot be told."""

    name: str
    claimed: Any
    seen: Any
    agrees: bool | None
    seen_by: str = PAGE

    def row(self) -> dict[str, Any]:
        """Return every field by its name, as :meth:`Store.add_persona_checks` takes it."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.name} is {_shown(self.seen)}, the persona says {_shown(self.claimed)}"


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def look(puppet: Puppet, persona: Persona) -> list[Check]:
    """What a script sees on the page as it stands; nothing where there is no browser to run it."""
    try:
        seen: Mapping[str, Any] = puppet.evaluate(PROBE)
    except ActionFailed:
        return []
    return checks(persona, seen, PAGE)


def look_for_position(puppet: Puppet, persona: Persona) -> list[Check]:
    """The position, which only a page of a secure site is told."""
    try:
        seen = puppet.evaluate(POSITION)
    except ActionFailed:
        return []
    except Exception as error:
        if not is_of_the_page(error):
            raise
        seen = None  # the page went on by itself: this cannot be told
    claimed = list(persona.geolocation) if persona.geolocation else None
    return [Check("geolocation", claimed, seen, _same_place(claimed, seen))]


def checks(persona: Persona, seen: Mapping[str, Any], seen_by: str) -> list[Check]:
    """Each of the things in ``seen`` against the persona."""
    claims: Mapping[str, Any] = {
        "languages": [persona.locale],
        "timezone": persona.timezone,
        "user_agent": persona.user_agent,
        "viewport": list(persona.viewport),
        "color_scheme": persona.color_scheme,
    }
    found = []
    for name, value in seen.items():
        claimed = claims[name]
        match name:
            case "languages":
                agrees: bool | None = bool(value) and value[0].lower() == persona.locale.lower()
            case "timezone":
                agrees = same_clock(value, claimed)
            case "color_scheme" if claimed not in ("light", "dark"):
                agrees = None
            case _:
                agrees = None if claimed is None else value == claimed
        found.append(Check(name, claimed, value, agrees, seen_by))
    return found


def of_the_site(persona: Persona, facts: Mapping[str, Any]) -> list[Check]:
    """What the mock says that it saw (``/_truth/whoami``): the headers of the last page."""
    headers = {name.lower(): value for name, value in facts.get("headers", {}).items()}
    seen: dict[str, Any] = {}
    if languages := headers.get("accept-language"):
        seen["languages"] = [one.partition(";")[0].strip() for one in languages.split(",")]
    if agent := headers.get("user-agent"):
        seen["user_agent"] = agent
    return checks(persona, seen, SITE)


def wrong(found: Sequence[Check]) -> str:
    """Why the session cannot count, in words; empty if it can."""
    vital = [str(check) for check in found if check.agrees is False and check.name in VITAL]
    return f"the page sees another persona: {'; '.join(vital)}" if vital else ""


def same_clock(one: str, other: str) -> bool:
    """Do two names of time zones mean the same clock? (Browsers know some by an older name.)"""
    try:
        zones = ZoneInfo(one), ZoneInfo(other)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return all(
        len({datetime(year, month, 1, tzinfo=UTC).astimezone(zone).utcoffset() for zone in zones})
        == 1
        for year in (2015, 2025)
        for month in range(1, 13)
    )


def _same_place(claimed: list[float] | None, seen: list[float] | None) -> bool | None:
    if claimed is None or seen is None:
        # A page that asks without leave learns nothing, whatever the persona says.
        return None if claimed is not None else seen is None
    return all(abs(a - b) <= _NEAR for a, b in zip(claimed, seen, strict=True))
