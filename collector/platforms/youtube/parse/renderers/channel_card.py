"""Channels as results."""

from __future__ import annotations

from collector.common.model import ItemKind, ParseError
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.payload import Json, channel_link, words
from collector.platforms.youtube.parse.renderers import sent
from collector.platforms.youtube.parse.renderers.common import channel_of, is_verified
from collector.platforms.youtube.parse.tree import Node, attr, text_of

TAGS = ("ytd-channel-renderer", "ytd-grid-channel-renderer", "ytd-mini-channel-renderer",
        "ytm-compact-channel-renderer", "ytm-channel-renderer")  # fmt: skip

KEYS = ("channelRenderer", "gridChannelRenderer", "miniChannelRenderer", "compactChannelRenderer")


def read(node: Node, reading: Reading) -> Card | None:
    """The channel; ``item_id`` is its id or handle (the last segment of its path)."""
    for link in node.css("x-a[href]"):
        href = attr(link, "href")
        if urls.is_channel_path(href):
            break
    else:
        reading.note(node.tag, "href", ParseError.NO_LINK, text_of(node))
        return None
    card = Card(ItemKind.CHANNEL, urls.parse_url(href).channel or href, node.tag, href)
    card.channel_name = channel_of(node)[0]
    card.title = card.channel_name or text_of(node.css_first("#title")) or None
    card.channel_href = href
    card.verified = is_verified(node)
    return card


def read_sent(key: str, value: Json, reading: Reading) -> Card | None:
    """The same channel as the server sent it; ``extra["subscribers"]`` as written."""
    channel = value.get("channelId")
    if not isinstance(channel, str) or not channel:
        return None
    href = channel_link(value.get("navigationEndpoint")) or f"/channel/{channel}"
    card = Card(ItemKind.CHANNEL, channel, key, href)
    card.title = card.channel_name = sent.title_of(value)
    card.channel_href = href
    card.verified = "BADGE_STYLE_TYPE_VERIFIED" in str(value.get("ownerBadges"))
    subscribers = words(value.get("subscriberCountText"))
    if subscribers:
        card.extra["subscribers"] = subscribers
    return card
