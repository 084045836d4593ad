"""The card of a link that leads out of the site: where to, whose site, title and description."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from bs4.element import Tag

from collector.addresses import parts_of
from collector.platforms.facebook.parse.pictures import is_painted
from collector.platforms.facebook.parse.reading import attr, visible_text
from collector.platforms.facebook.urls import external_link

#: How far above its link a card's outermost element may stand.
_HIGHEST = 10
_SITE = re.compile(r"\A(?:[a-z0-9-]+\.)+[a-z]{2,24}", re.IGNORECASE)


def card_of(links: Iterable[Tag], stop: Iterable[Tag]) -> dict[str, Any] | None:
    """The card as the reference's ``opengraph`` object, keys in its order; ``None`` without one.

    A link to the outside that holds a picture, or that stands with a site's name, is a card; a bare
    link in a text is not. ``stop`` are elements that the card never reaches beyond.
    """
    stops = {id(tag) for tag in stop}
    found: dict[str, list[Tag]] = {}
    for link in links:
        target = external_link(attr(link, "href"))
        if target is not None:
            found.setdefault(target, []).append(link)
    for target, own in found.items():
        box = _box(own, stops)
        if box is None:
            continue
        lines = _lines(box)
        if not lines:
            continue
        return {"fblinktype": "external", "link": target, "isValid": True, **_named(lines, target)}
    return None


def _box(links: list[Tag], stops: set[int]) -> Tag | None:
    """The smallest element that holds all links of a card: its picture and its words."""
    first = links[0]
    box: Tag = first
    for parent in islice(first.parents, _HIGHEST):
        if not isinstance(parent, Tag) or id(parent) in stops or parent.name in ("body", "html"):
            break
        if any(id(child) in stops for child in parent.find_all(True)):
            break
        box = parent
        around = {id(tag) for tag in parent.find_all("a")}
        if all(id(link) in around for link in links) and _pictured(parent) and _site(parent):
            return parent
    return box if _pictured(box) and _lines(box) else None


def _pictured(box: Tag) -> bool:
    return box.find("img") is not None or any(is_painted(tag) for tag in box.find_all("i"))


def _site(box: Tag) -> bool:
    return box.select_one(".ellipsis") is not None or any(
        _SITE.fullmatch(line.split(" | ")[0].split("·")[0].strip()) for line in _lines(box)
    )


def _lines(box: Tag) -> list[str]:
    return [line for line in visible_text(box).split("\n") if line]


def _named(lines: list[str], target: str) -> dict[str, Any]:
    """Which line is the site, the title and the description, wherever the markup puts the site."""
    host = parts_of(target).host.removeprefix("www.")
    site: str | None = None
    rest: list[str] = []
    for line in lines:
        bare = re.split("[|·]", line, maxsplit=1)[0].strip()
        if site is None and _SITE.fullmatch(bare):
            site = bare.lower().removeprefix("www.")
        else:
            rest.append(line)
    card: dict[str, Any] = {"siteName": site or host}
    if rest:
        card["title"] = rest[0]
    if len(rest) > 1:
        card["description"] = rest[1]
    return card
