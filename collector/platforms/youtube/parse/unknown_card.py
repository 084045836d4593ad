"""The card of an element that nobody knows: what can be read of it without guessing.

Protects the rule that an unknown element is an item at its place, with a note. Where such elements
are is found in :mod:`collector.platforms.youtube.parse.unknown`.
"""

from __future__ import annotations

from dataclasses import dataclass

from collector.common.model import ItemKind, ParseError
from collector.platforms.locale.clock import CLOCKS, parse_clock
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.identity import identity, is_paid
from collector.platforms.youtube.parse.lookalike import leads_out_of_the_site, says_paid
from collector.platforms.youtube.parse.renderers.ad import target
from collector.platforms.youtube.parse.tree import Node, Place, attr, text_of

_MOST_TITLE = 300
#: Characters of what a channel's card says about it.
_MOST_OF_A_CHANNEL = 400


@dataclass(frozen=True, slots=True)
class Unknown:
    """An element that is an item of unknown kind."""

    node: Node
    place: Place
    ident: str
    href: str


def read_unknown(item: Unknown, reading: Reading) -> Card:
    """The card of an unknown item, with a note. An advert is told by what it says or by what its
    link costs, a channel by leading nowhere else; no other kind is guessed."""
    node = item.node
    name = _name(node)
    card = Card(ItemKind.UNKNOWN, item.ident, name, item.href)
    card.title = _title(node)
    for link in node.css("x-a[href]"):
        href = attr(link, "href")
        if urls.is_channel_path(href) and text_of(link):
            card.channel_name, card.channel_href = text_of(link), href
            break
    clock = CLOCKS.search(text_of(node))
    card.seconds = parse_clock(clock[0]) if clock is not None else None
    if _is_advert(item):
        card.kind = ItemKind.AD
        card.item_id = target(item.ident) if is_paid(item.ident) else item.ident
    elif card.channel_href and urls.is_channel_path(item.href) and _is_of_a_channel(item):
        card.kind = ItemKind.CHANNEL
        card.title = card.channel_name
    reading.note(name, "", ParseError.UNKNOWN_RENDERER, card.title or text_of(node))
    return card


def _is_advert(item: Unknown) -> bool:
    return (
        is_paid(item.href)
        or says_paid(item.node)
        or any(is_paid(attr(link, "href")) for link in item.node.css("x-a[href]"))
    )


def _is_of_a_channel(item: Unknown) -> bool:
    """True if a card names nothing else, all of its links lead to the one channel, and it says
    little."""
    if item.ident not in ("", item.href, urls.parse_url(item.href).channel):
        return False
    links = [attr(link, "href") for link in item.node.css("x-a[href]")]
    if any(leads_out_of_the_site(href) for href in links):
        return False
    channels = {urls.parse_url(href).channel for href in links if urls.is_channel_path(href)}
    return len(channels) == 1 and len(text_of(item.node)) <= _MOST_OF_A_CHANNEL


def _name(node: Node) -> str:
    """The name of the element, or of the first custom element in it."""
    for below in node.traverse():
        if below.is_element_node and "-" in below.tag and not below.tag.startswith("x-"):
            return str(below.tag)
    return str(node.tag).removeprefix("x-")


def _title(node: Node) -> str | None:
    for selector in ("#video-title", "h3", "h4", "[class*='itle']"):
        for found in node.css(selector):
            text = attr(found, "title") or text_of(found)
            if text:
                return text
    for link in node.css("x-a[href]"):
        text = attr(link, "title") or text_of(link)
        if text and identity(attr(link, "href")) and not CLOCKS.fullmatch(text):
            return text
    for link in node.css("x-a[aria-label]"):
        return attr(link, "aria-label")
    return _first_words(node) or attr(node, "aria-label") or None


def _first_words(node: Node) -> str:
    """The first text of a card that is no length."""
    for below in node.traverse(include_text=True):
        if below.is_text_node:
            text = text_of(below)
            if any(c.isalpha() for c in text):
                return text[:_MOST_TITLE]
    return ""
