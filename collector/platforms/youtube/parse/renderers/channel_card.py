"""Channels as results."""

from __future__ import annotations

from collector.model import ItemKind, ParseError
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.renderers.common import channel_of, is_verified
from collector.platforms.youtube.parse.tree import Node, attr, text_of

TAGS = ("ytd-channel-renderer", "ytd-grid-channel-renderer", "ytd-mini-channel-renderer")


def read(node: Node, reading: Reading) -> Card | None:
    """The channel; ``item_id`` is its id or handle (the last segment of its path)."""
    for link in node.css("x-a[href]"):
        href = attr(link, "href")
        if urls.is_channel_path(href):
            break
    else:
        reading.note(node.tag, "href", ParseError.NO_LINK, text_of(node))
        return None
    card = Card(ItemKind.CHANNEL, urls.nature(href).channel or href, node.tag, href)
    card.channel_name = channel_of(node)[0]
    card.title = card.channel_name or text_of(node.css_first("#title")) or None
    card.channel_href = href
    card.verified = is_verified(node)
    return card
