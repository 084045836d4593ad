"""Where people of a locale usually are: their time zone, by CLDR where a country has one clock.

Protects the rule that no puppet speaks a language from another country's time zone by accident:
where a country has several clocks, and none is usual, the persona has to say it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global


@dataclass(frozen=True, slots=True)
class Home:
    """Where people of a locale usually are: a city, its time zone and coordinates (degrees)."""

    place: str
    timezone: str
    latitude: float
    longitude: float


#: The usual place of each locale that personas can be made for without saying more.
HOMES: Mapping[str, Home] = {
    "en-US": Home("New York", "America/New_York", 40.7128, -74.006),
    "en-GB": Home("London", "Europe/London", 51.5074, -0.1278),
    "fr-FR": Home("Paris", "Europe/Paris", 48.8566, 2.3522),
    "de-DE": Home("Berlin", "Europe/Berlin", 52.52, 13.405),
    "it-IT": Home("Roma", "Europe/Rome", 41.9028, 12.4964),
    "es-ES": Home("Madrid", "Europe/Madrid", 40.4168, -3.7038),
    "es-MX": Home("Ciudad de México", "America/Mexico_City", 19.4326, -99.1332),
    "pt-BR": Home("São Paulo", "America/Sao_Paulo", -23.5505, -46.6333),
    "pt-PT": Home("Lisboa", "Europe/Lisbon", 38.7223, -9.1393),
    "tr-TR": Home("İstanbul", "Europe/Istanbul", 41.0082, 28.9784),
    "ja-JP": Home("東京", "Asia/Tokyo", 35.6762, 139.6503),
    "zh-TW": Home("臺北", "Asia/Taipei", 25.033, 121.5654),
    "ar-EG": Home("القاهرة", "Africa/Cairo", 30.0444, 31.2357),
    "nl-NL": Home("Amsterdam", "Europe/Amsterdam", 52.3676, 4.9041),
    "pl-PL": Home("Warszawa", "Europe/Warsaw", 52.2297, 21.0122),
    "sv-SE": Home("Stockholm", "Europe/Stockholm", 59.3293, 18.0686),
}

#: A tag as Chromium takes it (BCP 47 without what is older): a language with its script, region,
#: variants, extensions and private use: ``de-CH``, ``sr-Latn-RS``, ``es-419``, ``fr``,
#: ``ca-ES-valencia``, ``de-DE-u-co-phonebk``, ``en-US-x-lab``.
TAG = re.compile(
    r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?"
    r"((?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"((?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?)",
    re.IGNORECASE | re.ASCII,
)


def as_written(tag: str) -> str | None:
    """A tag in the letters that everybody writes: language small, script with a capital, region in
    capitals; variants as they are. ``None``: it is none that Chromium takes.

    >>> as_written("DE-de"), as_written("SR-LATN-rs-U-CO-search"), as_written("de_DE")
    ('de-DE', 'sr-Latn-RS-u-co-search', None)
    """
    found = TAG.fullmatch(tag)
    if found is None:
        return None
    language, script, region, variants, more = found.groups(default="")
    told = variants.lower().split("-")[1:]
    extended = more.lower().partition("-x-")[0]
    singles = re.findall(r"-([0-9a-z])(?=-)", extended)
    if len({*told}) < len(told) or len({*singles}) < len(singles):
        return None
    parts = (language.lower(), script.title(), region.upper())
    return "-".join(part for part in parts if part) + variants + more.lower()


def base_of(tag: str) -> str:
    """A tag's language, script and region: what place and words follow from.

    >>> base_of("de-CH-1996-u-co-phonebk")
    'de-CH'
    """
    found = TAG.fullmatch(tag)
    return "-".join(part for part in found.group(1, 2, 3) if part) if found else tag


#: Areas of several countries (UN M.49) → the locale whose home stands for them.
_AREAS: Mapping[str, str] = {"es-419": "es-MX", "en-001": "en-GB", "en-150": "en-GB"}


#: Countries with several clocks of which one is usual (CLDR, ``primaryZones``).
_PRIMARY: Mapping[str, str] = {
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "MH": "Pacific/Majuro",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kiev",
    "UZ": "Asia/Tashkent",
}


def home_of(tag: str) -> Home | None:
    """The usual place of a locale: its own, or that of its language in its country.

    >>> home_of("zh-Hant-TW").timezone
    'Asia/Taipei'
    """
    tag = base_of(tag)
    if tag in HOMES:
        return HOMES[tag]
    if tag in _AREAS:
        return HOMES[_AREAS[tag]]
    found = TAG.fullmatch(tag)
    if found is None:
        return None
    return HOMES.get(f"{found[1]}-{found[3] or _country(tag)}")


def timezone_of(tag: str) -> str | None:
    """The usual time zone of a locale; ``None``: its country has several clocks, or is not known.

    >>> timezone_of("de-CH"), timezone_of("hi-IN"), timezone_of("en-CA")
    ('Europe/Zurich', 'Asia/Kolkata', None)
    """
    home = home_of(tag)
    if home is not None:
        return home.timezone
    country = _country(tag)
    if country in _PRIMARY:
        return _PRIMARY[country]
    zones = get_global("territory_zones").get(country, ())
    usable = [zone for zone in zones if _clock(zone) is not None]
    return usable[0] if usable and len({_clock(zone) for zone in usable}) == 1 else None


def _country(tag: str) -> str:
    """The country of a tag, by CLDR's likely one where it has none; empty: an area, or unknown."""
    found = TAG.fullmatch(tag)
    if found is None:
        return ""
    if found[3]:
        return found[3] if found[3].isalpha() else ""
    name = "_".join(part for part in (found[1], found[2]) if part)
    country = str(get_global("likely_subtags").get(name, "")).rpartition("_")[2]
    return country if len(country) == 2 else ""


@cache
def _clock(zone: str) -> tuple[object, ...] | None:
    """What a zone's clock shows over a year; ``None``: this machine does not know the zone."""
    try:
        known = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    moments = (datetime(2025, month, 15, tzinfo=UTC) for month in range(1, 13))
    return tuple(moment.astimezone(known).utcoffset() for moment in moments)
