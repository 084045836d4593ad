"""The list of a page: every item once, in reading order, positions from 1 without holes.

Items are counted by their renderer, never by their links: HTML5 tree builders split an anchor that
holds other anchors into several, so links are duplicated where renderers are not.
"""

from __future__ import annotations

from collections.abc import Sequence

from collector.model import Impression, ParseError, Surface
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.registry import (
    CONTENT_SELECTOR,
    READERS,
    WRAPPERS,
)
from collector.platforms.youtube.parse.tree import Node, Place, attr, children, text_of

_SHELF_TITLES = (
    "#title",
    "h2",
    "[class*='shelfHeaderLayoutViewModelTitle']",
    "[class*='ShelfHeaderLayoutTitle']",
    "#title-text",
)
#: Children of an item's wrapper that hold the place of something still to come.
_PLACEHOLDERS = frozenset(("ytd-continuation-item-renderer", "ytd-ghost-grid-renderer"))


def read_list(
    items: Sequence[tuple[Node, Place]], surface: Surface, reading: Reading
) -> tuple[Impression, ...]:
    """The items of a list as impressions."""
    impressions: list[Impression] = []
    titles: dict[int, str | None] = {}
    for node, place in items:
        card = _read(node, reading)
        if card is None:
            continue
        section = None
        if place.shelf is not None:
            key = place.shelf.mem_id
            if key not in titles:
                titles[key] = _shelf_title(place.shelf)
            section = titles[key]
        impressions.append(_impression(card, len(impressions) + 1, surface, section))
    return tuple(impressions)


def _read(node: Node, reading: Reading) -> Card | None:
    content = node
    if node.tag in WRAPPERS:
        content = node.css_first(CONTENT_SELECTOR)
        if content is None:
            _note_unknown(node, reading)
            return None
    return READERS[content.tag](content, reading)


def _note_unknown(node: Node, reading: Reading) -> None:
    holder = node.css_first("#content") or node
    for child in children(holder):
        if child.tag not in _PLACEHOLDERS and child.child is not None:
            reading.note(child.tag, "", ParseError.UNKNOWN_RENDERER, text_of(child))
            return


def _shelf_title(shelf: Node) -> str | None:
    for selector in _SHELF_TITLES:
        for found in shelf.css(selector):
            if found.parent is not None:
                text = text_of(found) or attr(found, "title")
                if text:
                    return text
    return None


def _impression(card: Card, position: int, surface: Surface, section: str | None) -> Impression:
    return Impression(
        position=position,
        surface=surface,
        kind=card.kind,
        item_id=card.item_id,
        href=card.href,
        title=card.title,
        channel_name=card.channel_name,
        channel_href=card.channel_href,
        views=card.views,
        seconds=card.seconds,
        age_seconds=card.age_seconds,
        is_live=card.is_live,
        verified=card.verified,
        section=section,
        label=card.label,
        renderer=card.renderer,
        extra=card.extra,
    )
