"""How single values of a scenario are read: what YAML has, checked and brought to one form.

The models (:mod:`collector.scenario.models`) name these at their fields. Each raises ``Fixable``
for a value that cannot be meant, with what to write in its place; the reader of the file adds the
line. ``as_every("daily")`` is a ``timedelta`` of one day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator

from collector.addresses import USER_IN_ADDRESS, names_a_user, shown, without_userinfo
from collector.egress import Egress
from collector.problems import Fixable, did_you_mean
from collector.profile import PersonaFile, shipped_personas
from collector.scenario.calendar import DAY
from collector.scenario.durations import format_duration, parse_duration


def known_persona(value: object) -> object:
    """The name of a shipped persona as it is; other values are somebody else's to check."""
    if isinstance(value, str) and value not in (names := shipped_personas()):
        raise Fixable(
            f"no persona is called {value!r}",
            f"{did_you_mean(value, names)} (collector profiles lists them)",
        )
    return value


def as_persona(value: object) -> object:
    """The shipped persona of a name; a mapping of its own as it is."""
    if isinstance(value, str):
        name = known_persona(value)
        assert isinstance(name, str)
        return PersonaFile.model_validate(shipped_personas()[name].to_dict())
    return value


def as_site(value: object) -> object:
    """``mock`` or an origin."""
    if isinstance(value, str) and names_a_user(value):
        raise Fixable(USER_IN_ADDRESS, f"leave them out: {without_userinfo(value)}")
    if isinstance(value, str) and not re.fullmatch(r"mock|https?://[^\s/?#]+/?", value):
        raise Fixable(
            f"{shown(value)!r} is not a site", "write mock, or an origin: http://127.0.0.1:8000"
        )
    return value


def as_proxy(value: object) -> object:
    """A proxy in the form that plans carry."""
    return None if value is None else Egress.of(value).to_dict()


#: The name of the mock's own labels.
MOCK = "mock"
#: Said of labels that people give after the run; until then there are none.
LATER = "later"


def as_labels(value: object) -> object:
    """``mock``, a file, or both in a list; or ``later``."""
    if isinstance(value, str | tuple):
        return value
    if (
        isinstance(value, list)
        and len(value) == 2
        and MOCK in value
        and LATER not in value
        and all(isinstance(one, str) for one in value)
    ):
        return tuple(value)
    raise Fixable(
        "these are not labels",
        "write mock, a FILE.csv, or both: [mock, FILE.csv] (the later wins); or later, if people"
        " label what was seen after the run",
    )


def label_sources(labels: str | Sequence[str]) -> tuple[str, ...]:
    """What labels come from as the run begins; what a later one says of an item wins."""
    named = (labels,) if isinstance(labels, str) else tuple(labels)
    return () if named == (LATER,) else named


def as_year(value: object) -> object:
    """A year that YAML took for a number, as text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def as_world(value: object) -> object:
    """The name of a world, a file, or a world's keys."""
    if isinstance(value, str | Mapping):
        return value
    raise Fixable("this is not a world", "write small, medium, a world FILE, or its keys")


SESSIONS = re.compile(r"(\d{1,2}) a day at :([0-5]\d)(?: for (\d{1,3}) days?)?", re.ASCII)
_EVERY = {"daily": DAY, "weekly": 7 * DAY}


def as_sessions(value: object) -> object:
    """``13 a day at :05 for 2 days``, checked; the plan writes it out."""
    if isinstance(value, str):
        found = SESSIONS.fullmatch(value.strip())
        if found is None or not 1 <= int(found[1]) <= 24 or not int(found[3] or 1):
            raise Fixable(
                f"{value!r} is not a schedule",
                "write sessions: 13 a day at :05 for 2 days (1 to 24 a day)",
            )
    return value


def as_every(value: object) -> timedelta:
    """``daily``, ``weekly`` or a duration."""
    if isinstance(value, str) and value.strip() in _EVERY:
        return _EVERY[value.strip()]
    try:
        return parse_duration(value)
    except Fixable as error:
        raise Fixable(error.message, f"write weekly, daily or a duration; {error.fix}") from None


def as_every_text(value: timedelta) -> str:
    """``daily``, ``weekly`` or a duration: what :func:`as_every` reads."""
    names = {time: name for name, time in _EVERY.items()}
    return names.get(value) or format_duration(value)


Every = Annotated[
    timedelta, PlainValidator(as_every), PlainSerializer(as_every_text, return_type=str)
]


def as_listed(value: object) -> object:
    """One word as a list of it."""
    return [value] if isinstance(value, str) else value


def as_factor(value: object) -> object:
    """One key or several."""
    found = [value] if isinstance(value, str) else value
    return tuple(found) if isinstance(found, list) else found


Factor = Annotated[tuple[str, ...], BeforeValidator(as_factor), Field(min_length=1)]


_EFFECT = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(\s*(points?|%|items?))?", re.ASCII)


def as_effect(value: object) -> object:
    """``5 points``, ``5 %``, ``3 items``, ``0.2``; larger than nothing."""
    text = value if isinstance(value, str) else str(value)
    found = None if isinstance(value, bool) else _EFFECT.fullmatch(text.strip())
    if found is None or not float(found[1]):
        raise Fixable(
            f"{value!r} is not a smallest effect",
            "write 5 points (of a share), 3 items, or a number in the outcome's own unit",
        )
    return text.strip()


def as_effects(value: object) -> object:
    """One for every share, or outcome → its own."""
    if isinstance(value, dict):
        return {name: as_effect(each) for name, each in value.items()}
    return as_effect(value)
