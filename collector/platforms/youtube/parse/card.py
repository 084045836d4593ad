"""One card of a list as it is being read, and the page's knowledge that readers share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from collector.common.model import ItemKind, ParseError, Unparsed
from collector.platforms.locale.ages import unit_seconds
from collector.platforms.locale.patterns import Quantity

_SAMPLE = 120


@dataclass(slots=True)
class Card:
    """What a renderer's reader found. ``item_id`` and ``kind`` are sure; the rest may be absent."""

    kind: ItemKind
    item_id: str
    renderer: str
    href: str = ""
    title: str | None = None
    channel_name: str | None = None
    channel_href: str | None = None
    views: int | None = None
    seconds: int | None = None
    age_seconds: int | None = None
    is_live: bool = False
    verified: bool | None = None
    label: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def set_age(self, age: Quantity | None) -> None:
        """Takes an age: its seconds, and in ``extra["age"]`` the count and unit as written."""
        if age is not None:
            self.age_seconds = unit_seconds(age.unit, age.count)
            self.extra["age"] = (age.count, age.unit)


@dataclass(slots=True)
class Reading:
    """The state of reading one page: the languages to read it in, and what was not understood."""

    languages: tuple[str, ...]
    unparsed: list[Unparsed] = field(default_factory=list)

    def note(self, renderer: str, field_name: str, error: ParseError, sample: str = "") -> None:
        """Records something seen and not understood."""
        self.unparsed.append(Unparsed(renderer, field_name, error, sample[:_SAMPLE]))
