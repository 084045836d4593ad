"""The cards of the mobile site (``m.youtube.com``): a picture, a headline, one line of byline
items."""

from __future__ import annotations

from collector.common.model import ItemKind, ParseError
from collector.platforms.locale.clock import parse_clock
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.metadata import read_parts
from collector.platforms.youtube.parse.renderers.classic import read_sent
from collector.platforms.youtube.parse.renderers.common import (
    apply_facts,
    badge_kind,
    collection_kind,
    link_of,
)
from collector.platforms.youtube.parse.tree import Node, attr, first_text, text_of

__all__ = ["KEYS", "TAGS", "read", "read_sent"]

TAGS = (
    "ytm-video-with-context-renderer",
    "ytm-compact-video-renderer",
    "ytm-video-card-renderer",
    "ytm-playlist-video-renderer",
    "ytm-playlist-panel-video-renderer",
    "ytm-compact-radio-renderer",
    "ytm-compact-playlist-renderer",
    "ytm-media-item",
)
KEYS = ("videoWithContextRenderer", "videoCardRenderer")

_BADGE = "ytm-thumbnail-overlay-time-status-renderer, .ytBadgeShapeText, badge-shape"
_BYLINE = (
    ".YtmBadgeAndBylineRendererItemByline, .ytm-badge-and-byline-item-byline, "
    ".YtmCompactMediaItemByline, .YtmCompactMediaItemStats"
)
#: Videos of a list, whose links name it: without a length they are live or still to come.
_ROWS = frozenset(("ytm-playlist-video-renderer", "ytm-playlist-panel-video-renderer"))


def read(node: Node, reading: Reading) -> Card | None:
    """A video, short, live stream or list of the mobile site."""
    href = link_of(node)
    video, playlist = urls.video_id(href), urls.list_id(href)
    badge = first_text(node, _BADGE)
    seconds = parse_clock(badge)
    if playlist and (video is None or (seconds is None and node.tag not in _ROWS)):
        card = Card(collection_kind(playlist), playlist, node.tag, href)
    elif video:
        short = ItemKind.SHORT if urls.is_short(href) else ItemKind.VIDEO
        kind = badge_kind(badge) or short
        card = Card(kind, video, node.tag, href, is_live=kind is ItemKind.LIVE)
        card.seconds = seconds
    else:
        reading.note(node.tag, "href", ParseError.NO_LINK, href or text_of(node))
        return None
    heading = node.css_first("h3, h4, .media-item-headline")
    card.title = text_of(heading) or attr(heading, "aria-label") or None
    parts = [text_of(part) for part in node.css(_BYLINE)]
    facts = read_parts(((part, "") for part in parts), reading.languages)
    for link in node.css("x-a[href]"):
        if urls.is_channel_path(attr(link, "href")):
            card.channel_href = attr(link, "href")
            card.channel_name = text_of(link) or None
            break
    if card.channel_name is None and facts.other:
        card.channel_name = facts.other[0]
    if card.kind is ItemKind.UPCOMING:
        facts.views = None  # who waits is no view
    apply_facts(card, facts, reading)
    return card
