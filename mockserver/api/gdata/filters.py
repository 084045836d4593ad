"""Whose and which videos a request is about: language, safety, country and place, all checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import ip_address

from mockserver.api.gdata.errors import FeedError

_DEGREES = r"-?\d{1,3}(?:\.\d{1,12})?"
_METRES = {"m": 1.0, "km": 1000.0, "ft": 0.3048, "mi": 1609.344}
MOST_RADIUS_M = 1_000_000.0


class Restricted(IntEnum):
    """From whom a video is kept; as a wish, what is still shown."""

    NOT = 0
    MILD = 1
    """Left out by ``safeSearch=strict``."""
    RACY = 2
    """Left out unless it is asked for."""


_RACY = {"include": Restricted.RACY, "exclude": Restricted.MILD}
_SAFE = {"none": Restricted.RACY, "moderate": Restricted.MILD, "strict": Restricted.NOT}


@dataclass(frozen=True, slots=True)
class Area:
    """Around a place, degrees north and east."""

    north: float
    east: float
    radius_m: float


def one_of(args: Mapping[str, str], name: str, known: tuple[str, ...], default: str) -> str:
    """Read a parameter that has a closed vocabulary.

    :param default: where it is missing or empty
    :raises FeedError: 400, a word that is not in ``known``
    """
    given = args.get(name) or default
    if given not in known:
        raise FeedError(
            400, f"Invalid value for {name} parameter: {given[:60]}; there are {', '.join(known)}."
        )
    return given


def language(args: Mapping[str, str]) -> str:
    """The language alone: what follows is a script or a region."""
    given = args.get("lr", "")
    if given and not re.fullmatch(r"[A-Za-z]{2}(?:[-_][A-Za-z]{2,4})?", given, re.ASCII):
        raise FeedError(400, f"Invalid value for lr parameter: {given[:60]}; two letters, as en.")
    return given[:2].lower()


def restricted(args: Mapping[str, str]) -> Restricted | None:
    """``safeSearch`` is the second dialect's word for ``racy``; either is understood in both."""
    for name, known in (("safeSearch", _SAFE), ("racy", _RACY)):
        if args.get(name):
            return known[one_of(args, name, tuple(known), "")]
    return None


def restriction(args: Mapping[str, str]) -> None:
    """Whose country's videos: an address or a country. No video is kept from any country."""
    given = args.get("restriction", "")
    if not given or re.fullmatch("[A-Z]{2}", given, re.ASCII):
        return
    try:
        ip_address(given)
    except ValueError:
        raise FeedError(
            400,
            f"Invalid value for restriction parameter: {given[:60]}; "
            "an IP address or the two letters of a country.",
        ) from None


def area(args: Mapping[str, str]) -> Area | None:
    """``location=NORTH,EAST`` (with or without ``!``) and ``location-radius``; without
    coordinates, no area."""
    given = args.get("location", "").removesuffix("!")
    radius_m = _radius(args.get("location-radius", ""))
    if not given:
        return None
    found = re.fullmatch(rf"\s*({_DEGREES})\s*,\s*({_DEGREES})\s*", given, re.ASCII)
    if not found or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        raise FeedError(
            400,
            f"Invalid value for location parameter: {given[:60]}; degrees north and east, "
            "as 37.42,-122.08.",
        )
    return Area(float(found[1]), float(found[2]), radius_m)


def _radius(given: str) -> float:
    """Metres; the largest radius when none is given."""
    if not given:
        return MOST_RADIUS_M
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)(m|km|ft|mi)", given, re.ASCII)
    radius_m = float(found[1]) * _METRES[found[2]] if found else 0.0
    if not 0 < radius_m <= MOST_RADIUS_M:
        raise FeedError(
            400,
            f"Invalid value for location-radius parameter: {given[:60]}; a number with m, km, ft "
            "or mi, at most 1000km.",
        )
    return radius_m
