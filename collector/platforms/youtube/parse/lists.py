"""The list of a page: every item once, in reading order, positions from 1 without holes.

Items are counted by their renderer, never by their links: HTML5 tree builders split an anchor that
holds other anchors into several, so links are duplicated where renderers are not. What no reader
knows holds its place as an item of unknown kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from collector.common.model import Impression, ItemKind, Surface
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.creators import note_creators
from collector.platforms.youtube.parse.registry import READERS, WRAPPERS
from collector.platforms.youtube.parse.sent_list import Sent, read_sent
from collector.platforms.youtube.parse.survey import Item, Survey
from collector.platforms.youtube.parse.tree import Node, attr, text_of
from collector.platforms.youtube.parse.unknown import find_unknown, held
from collector.platforms.youtube.parse.unknown_card import Unknown, read_unknown
from collector.platforms.youtube.parse.wrapper import unknown_content

_SHELF_TITLES = (
    "#title",
    "h2",
    "[class*='shelfHeaderLayoutViewModelTitle']",
    "[class*='ShelfHeaderLayoutTitle']",
    "#title-text",
)


def read_list(
    root: Node, found: Survey, surface: Surface, reading: Reading
) -> tuple[Impression, ...]:
    """The items of a list as impressions."""
    titles: dict[int, str | None] = {}
    cards = (
        (_read(item, reading), _section(item, titles))
        for item in _in_order(root, found.items, find_unknown(root, found, reading))
    )
    return numbered(cards, surface)


def read_queue(items: Sequence[Item], reading: Reading) -> tuple[Impression, ...]:
    """The items of the playlist panel beside a video."""
    shown = (item for item in items if not item.place.hidden)
    return numbered(((_read(item, reading), None) for item in shown), Surface.QUEUE)


def read_sent_list(
    items: Iterable[Sent], surface: Surface, reading: Reading
) -> tuple[Impression, ...]:
    """The items of an answer as impressions: what was sent, whether shown or not."""
    return numbered(((read_sent(item, reading), item.section) for item in items), surface)


def numbered(
    cards: Iterable[tuple[Card | None, str | None]], surface: Surface
) -> tuple[Impression, ...]:
    """Cards with the titles of their shelves as impressions, positions from 1."""
    kept = [(card, section) for card, section in cards if card is not None]
    return tuple(
        _impression(card, position, surface, section)
        for position, (card, section) in enumerate(kept, start=1)
    )


def _in_order(
    root: Node, known: Sequence[Item], unknown: Sequence[Unknown]
) -> Sequence[Item | Unknown]:
    """Known and unknown items in the order of the document."""
    if not unknown:
        return known
    places = {node.mem_id: number for number, node in enumerate(root.traverse())}
    return sorted([*known, *unknown], key=lambda item: places.get(_card_of(item).mem_id, 0))


def _card_of(item: Item | Unknown) -> Node:
    """The card of an item: its wrapper may hold others before it."""
    inside = item.content if isinstance(item, Item) else None
    return item.node if inside is None else inside


def _read(item: Item | Unknown, reading: Reading) -> Card | None:
    if isinstance(item, Unknown):
        return read_unknown(item, reading)
    if item.content is None:
        inside = unknown_content(item) if item.node.tag in WRAPPERS else []
        return read_unknown(inside[0], reading) if inside else None
    noted = len(reading.unparsed)
    card = READERS[item.content.tag](item.content, reading)
    if card is None and len(reading.unparsed) > noted:
        # A known element that could not be read holds its place; the reader's note says why.
        return _held(item, Reading(reading.languages))
    if card is not None:
        note_creators(card, reading, item.content)
    return card


def _held(item: Item, reading: Reading) -> Card:
    """The place of a known card that could not be read, named by itself or its wrapper. It is known
    to be no channel's, whatever links it has left, and a channel's id is none of its own."""
    card = read_unknown(held(item.content, item.node, item.place), reading)
    if urls.is_channel_path(card.href) and card.item_id in (
        card.href,
        urls.parse_url(card.href).channel,
    ):
        card.item_id = ""
    if card.kind is ItemKind.CHANNEL:
        card.kind = ItemKind.UNKNOWN
    return card


def _section(item: Item | Unknown, titles: dict[int, str | None]) -> str | None:
    shelf = item.place.shelf
    if shelf is None:
        return None
    key = shelf.mem_id
    if key not in titles:
        titles[key] = _shelf_title(shelf)
    return titles[key]


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
