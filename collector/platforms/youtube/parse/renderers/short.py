"""Shorts in their shelves: the reel items of 2021–2024 and today's shorts lockups."""

from __future__ import annotations

from collector.common.model import ItemKind, ParseError
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.metadata import read_parts
from collector.platforms.youtube.parse.payload import Json, dig, label, words
from collector.platforms.youtube.parse.renderers import sent
from collector.platforms.youtube.parse.renderers.common import apply_facts, apply_label, link_of
from collector.platforms.youtube.parse.tree import Node, attr, text_of

TAGS = (
    "ytd-reel-item-renderer",
    "ytm-shorts-lockup-view-model-v2",
    "ytm-shorts-lockup-view-model",
    "ytm-reel-item-renderer",
)

KEYS = ("reelItemRenderer", "shortsLockupViewModel")

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
    apply_facts(card, read_parts(parts, reading.languages), reading)
    said = attr(heading, "aria-label") or attr(link, "aria-label") or attr(title, "aria-label")
    if card.views is None:
        apply_label(card, said, reading)
    elif said:
        card.label = said
    return card


def read_sent(key: str, value: Json, reading: Reading) -> Card | None:
    """The same short as the server sent it."""
    command = dig(value, "onTap", "innertubeCommand")
    href = sent.watch_href(command if command is not None else value.get("navigationEndpoint"))
    video = value.get("videoId")
    if not isinstance(video, str):
        video = dig(command, "reelWatchEndpoint", "videoId") or urls.video_id(href)
    if not isinstance(video, str) or not video:
        return None
    card = Card(ItemKind.SHORT, video, key, href or f"/shorts/{video}")
    card.title = words(dig(value, "overlayMetadata", "primaryText")) or sent.title_of(value)
    views = words(dig(value, "overlayMetadata", "secondaryText"))
    texts = [(views, ""), (words(value.get("viewCountText")), label(value.get("viewCountText")))]
    apply_facts(card, read_parts(texts, reading.languages))
    said = value.get("accessibilityText")
    if card.views is None and isinstance(said, str):
        apply_label(card, said, reading)
    elif isinstance(said, str):
        card.label = said
    return card
