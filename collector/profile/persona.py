"""Who a puppet claims to be: language, place, screen, and what it likes.

Protects the rule that a persona is coherent: a language without a place gets that language's usual
one, so that no puppet says ``fr-FR`` from an American time zone by accident.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from babel import localedata
from babel.core import Locale
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from collector.egress import Egress, egress_of
from collector.problems import Fixable, did_you_mean
from collector.profile.homes import HOMES, TAG, as_written, home_of, timezone_of

ColorScheme = Literal["light", "dark", "no-preference"]


@dataclass(frozen=True, slots=True)
class Persona:
    """What the browser is told to be. The defaults are a common laptop in New York.

    ``geolocation`` is (latitude, longitude) in degrees, ``viewport`` (width, height) in CSS pixels.
    ``user_agent`` ``None`` is the browser's own: the only one that agrees with everything else a
    site can see. ``display_name`` and ``place`` are for people to read; no site sees them.
    """

    locale: str = "en-US"
    timezone: str = "America/New_York"
    geolocation: tuple[float, float] | None = (40.7128, -74.006)
    viewport: tuple[int, int] = (1366, 768)
    user_agent: str | None = None
    color_scheme: str = "light"
    interests: tuple[str, ...] = ()
    display_name: str = ""
    place: str = "New York"
    proxy: Egress | None = None
    """By which way it reaches the site; ``None``: as this machine does."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, every field; :func:`persona_from` reads it back."""
        return {
            "locale": self.locale,
            "timezone": self.timezone,
            "geolocation": list(self.geolocation) if self.geolocation else None,
            "viewport": list(self.viewport),
            "user_agent": self.user_agent,
            "color_scheme": self.color_scheme,
            "interests": list(self.interests),
            "display_name": self.display_name,
            "place": self.place,
            **({"proxy": self.proxy.to_dict()} if self.proxy else {}),
        }


@cache
def names() -> Locale:
    """What languages, scripts and areas are called, in English. Read once a process: it takes
    longer than anything else that a plan is read with."""
    found = Locale("en")
    _ = found.territories
    return found


def _locale(value: object) -> object:
    if not isinstance(value, str):
        return value
    if (written := as_written(value)) is not None:
        return written
    # What has underscores a browser takes and tells its sites in two ways, one of which is no tag.
    meant = as_written(value.replace("_", "-"))
    raise Fixable(
        f"{value!r} is not a locale",
        f"write it like {meant}"
        if meant
        else f"{_like(value[:2].lower())} (language-COUNTRY or language-Script-COUNTRY)",
    )


def unnamed(locale: str) -> str:
    """What of a locale CLDR has no name for, in words; empty: nothing.

    >>> unnamed("en-UK"), unnamed("de-CH")
    ('no country or area is called UK', '')
    """
    told = TAG.fullmatch(locale)
    if told is None:
        return ""
    if told[2] is not None and told[2] not in names().scripts:
        return f"no script is called {told[2]}"
    if told[3] is not None and told[3] not in names().territories:
        return f"no country or area is called {told[3]}"
    if not (told[1] in names().languages or localedata.exists(told[1])):
        return f"no language is called {told[1]}"
    return ""


def _like(language: str) -> str:
    """A locale of the same language, to write in place of a wrong one."""
    near = [name for name in HOMES if name.split("-")[0] == language]
    return f"write it like {near[0] if near else 'fr-FR'}"


def _timezone(value: object) -> object:
    if isinstance(value, str):
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            zones = [home.timezone for home in HOMES.values()]
            raise Fixable(f"{value!r} is not a time zone", did_you_mean(value, zones)) from None
    return value


def _viewport(value: object) -> object:
    if isinstance(value, str):
        match = re.fullmatch(r"(\d{2,5})\s*[x×]\s*(\d{2,5})", value.strip(), re.ASCII)
        if match is None:
            raise Fixable(f"{value!r} is not a viewport", "write it like 1366x768")
        return int(match[1]), int(match[2])
    return value


def _user_agent(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"[ -~]{1,512}", value):
        raise Fixable("is not a header value", "use 1 to 512 printable ASCII characters")
    return value


def _proxy(value: object) -> object:
    return None if value is None else Egress.of(value).to_dict()


_Text = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]


class PersonaFile(BaseModel):
    """A persona as it is written in YAML; what is left out follows from the locale."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    locale: Annotated[str, BeforeValidator(_locale)] = "en-US"
    timezone: Annotated[str, BeforeValidator(_timezone)] | None = None
    geolocation: (
        Annotated[
            tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-180, le=180)]],
            Field(strict=False),
        ]
        | None
    ) = None
    viewport: Annotated[
        tuple[Annotated[int, Field(ge=200, le=8000)], Annotated[int, Field(ge=200, le=8000)]],
        BeforeValidator(_viewport),
        Field(strict=False),
    ] = (1366, 768)
    user_agent: Annotated[str, BeforeValidator(_user_agent)] | None = None
    color_scheme: ColorScheme = "light"
    interests: Annotated[tuple[_Text, ...], Field(max_length=50, strict=False)] = ()
    display_name: _Text = ""
    place: _Text | None = None
    proxy: Annotated[Any, BeforeValidator(_proxy)] = None

    @model_validator(mode="after")
    def _has_a_place(self) -> PersonaFile:
        if self.timezone is None and timezone_of(self.locale) is None:
            why = unnamed(self.locale)
            raise Fixable(
                f"no usual time zone is known for {self.locale}" + (f": {why}" if why else ""),
                "add timezone: Area/City (and geolocation: [latitude, longitude])"
                + (f", or {did_you_mean(self.locale, HOMES)}" if why else ""),
            )
        return self

    def persona(self) -> Persona:
        """The persona, with the locale's usual place where none was given."""
        home = home_of(self.locale)
        timezone = self.timezone or timezone_of(self.locale) or "UTC"
        at_home = home is not None and timezone == home.timezone
        geolocation = self.geolocation
        if geolocation is None and "geolocation" not in self.model_fields_set and home and at_home:
            geolocation = (home.latitude, home.longitude)
        place = self.place
        if place is None:
            moved = "geolocation" in self.model_fields_set
            place = home.place if home and at_home and not moved else ""
        return Persona(
            locale=self.locale,
            timezone=timezone,
            geolocation=geolocation,
            viewport=self.viewport,
            user_agent=self.user_agent,
            color_scheme=self.color_scheme,
            interests=self.interests,
            display_name=self.display_name,
            place=place,
            proxy=egress_of(self.proxy),
        )


def persona_from(fields: Mapping[str, Any]) -> Persona:
    """A persona from plain data. Raises pydantic's ``ValidationError``."""
    return PersonaFile.model_validate(dict(fields)).persona()
