"""Slim tiles in shelves (films, shorts): the link around the text carries title and label."""

from __future__ import annotations

from collector.common.model import ItemKind, ParseError
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.metadata import read_parts
from collector.platforms.youtube.parse.renderers.classic import read_sent
from collector.platforms.youtube.parse.renderers.common import (
    BADGE_PARTS,
    apply_badge,
    apply_facts,
    apply_label,
    channel_of,
    classic_badge,
    is_verified,
    link_of,
)
from collector.platforms.youtube.parse.tree import Node, attr, below, gather, text_of

__all__ = ["KEYS", "TAGS", "read", "read_sent"]

TAGS = ("ytd-rich-grid-slim-media",)
KEYS = ("slimVideoRenderer",)

_PARTS = BADGE_PARTS | {"ytd-channel-name", "img", "#thumbnail", "#metadata-line", "#video-title"}


def read(node: Node, reading: Reading) -> Card | None:
    """A film or a short; what surrounds the title is one link."""
    parts = gather(node, _PARTS)
    pictured = (attr(link, "href") for link in parts.get("#thumbnail", ()) if link.tag == "x-a")
    href = next(filter(None, pictured), "") or link_of(node)
    video = urls.video_id(href)
    if not video:
        reading.note(node.tag, "href", ParseError.NO_LINK, href)
        return None
    badge = classic_badge(node, parts)
    kind = badge.kind or (ItemKind.SHORT if urls.is_short(href) else ItemKind.VIDEO)
    card = Card(kind, video, node.tag, href, is_live=kind is ItemKind.LIVE)
    link = node.css_first("#details x-a[aria-label]") or node.css_first("x-a[aria-label]")
    card.title = text_of(next(iter(parts.get("#video-title", ())), None)) or None
    card.title = card.title or attr(link, "title") or None
    card.channel_name, card.channel_href = channel_of(node, parts.get("ytd-channel-name", ()))
    card.verified = is_verified(node)
    card.seconds = badge.seconds
    apply_badge(card, badge, parts.get("img", ()))
    spans = [span for line in parts.get("#metadata-line", ()) for span in below(line, "span")]
    apply_facts(
        card,
        read_parts(((text_of(s), attr(s, "aria-label")) for s in spans), reading.languages),
        reading,
    )
    apply_label(card, attr(link, "aria-label"), reading)
    return card
