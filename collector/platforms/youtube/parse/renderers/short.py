"""Shorts in their shelves: the reel items of 2021–2024 and today's shorts lockups."""

from __future__ import annotations

from collector.model import ItemKind, ParseError
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.metadata import read_parts
from collector.platforms.youtube.parse.renderers.common import apply_facts, apply_label, link_of
from collector.platforms.youtube.parse.tree import Node, attr, text_of

TAGS = (
    "ytd-reel-item-renderer",
    "ytm-shorts-lockup-view-model-v2",
    "ytm-shorts-lockup-view-model",
)

_SUBHEAD = (
    ".shortsLockupViewModelHostMetadataSubhead, .ShortsLockupViewModelHostMetadataSubhead, "
    ".shortsLockupViewModelHostOutsideMetadataSubhead, #metadata-line span, .inline-metadata-item"
)


def read(node: Node, reading: Reading) -> Card | None:
    """A short: title and rounded views are all that its card shows."""
    href = link_of(node)
    video = urls.video_id(href)
    if not video:
        reading.note(node.tag, "href", ParseError.NO_LINK, href)
        return None
    card = Card(ItemKind.SHORT, video, node.tag, href)
    heading = node.css_first("h3")
    title = node.css_first("#video-title") or heading
    link = heading.css_first("x-a") if heading is not None else None
    card.title = attr(title, "title") or attr(link, "title") or text_of(title) or None
    parts = [(text_of(s), attr(s, "aria-label")) for s in node.css(_SUBHEAD)]
    apply_facts(card, read_parts(parts, reading.languages))
    label = attr(heading, "aria-label") or attr(link, "aria-label") or attr(title, "aria-label")
    if card.views is None:
        apply_label(card, label, reading)
    elif label:
        card.label = label
    return card
