"""Today's card (``yt-lockup-view-model``): videos, live streams, shorts, mixes and playlists.

Class names come in two spellings, with hyphens (2024–2025, also ``-wiz``) and in camel case (2026).
"""

from __future__ import annotations

import re
from typing import Any

from collector.common.model import ItemKind, ParseError
from collector.platforms.locale.clock import parse_clock
from collector.platforms.locale.text import digits
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.metadata import read_parts
from collector.platforms.youtube.parse.payload import Json, channel_link, dig, find, words
from collector.platforms.youtube.parse.renderers import sent
from collector.platforms.youtube.parse.renderers.common import (
    Badge,
    apply_badge,
    apply_facts,
    apply_label,
    badge_kind,
    collection_kind,
    link_of,
)
from collector.platforms.youtube.parse.tree import Node, attr, children, text_of

TAGS = ("yt-lockup-view-model",)
KEYS = ("lockupViewModel",)

_CONTENT_ID = re.compile(r"(?:^|\s)content-id-(\S+)")
_VIDEO_ID = re.compile(r"[0-9A-Za-z_-]{11}\Z")


def _both(camel: str, *hyphened: str) -> str:
    """A selector for one part in all spellings."""
    return ", ".join([f".{camel}", *(f".{h}" for h in hyphened)])


_BADGES = _both("ytBadgeShapeText", "yt-badge-shape__text", "badge-shape-wiz__text")
_STACKS = "yt-collection-thumbnail-view-model, yt-collections-stack, [class*='ollectionsStack']"
_LIVE_BADGE = (
    "[class*='BadgeShapeLive'], [class*='BadgeShapeThumbnailLive'], "
    "[class*='badge-shape--live'], [class*='badge-shape--thumbnail-live'], "
    "[class*='badge-shape-wiz--live'], [class*='badge-shape-wiz--thumbnail-live']"
)
_ROWS = _both(
    "ytContentMetadataViewModelMetadataRow",
    "yt-content-metadata-view-model__metadata-row",
    "yt-content-metadata-view-model-wiz__metadata-row",
)
_PARTS = _both(
    "ytContentMetadataViewModelMetadataText",
    "yt-content-metadata-view-model__metadata-text",
    "yt-content-metadata-view-model-wiz__metadata-text",
)
_TITLE_LINK = _both(
    "ytLockupMetadataViewModelTitle",
    "yt-lockup-metadata-view-model__title",
    "yt-lockup-metadata-view-model-wiz__title",
)
_VIDEO_KINDS = (ItemKind.VIDEO, ItemKind.SHORT, ItemKind.LIVE, ItemKind.UPCOMING)
_VERIFIED = "svg, .ytIconWrapperHost, yt-icon-shape, .yt-icon-shape, [role='img']"


def read(node: Node, reading: Reading) -> Card | None:
    """The card's content id decides what it is; badges decide live, upcoming and short."""
    href = link_of(node)
    content = _content_id(node)
    playlist = urls.list_id(href)
    video = urls.video_id(href)
    badge = _badge(node)
    if content is None:
        # Without an id of its own (2025-01) a list is told by what its picture says: no length.
        listed = playlist and (badge.seconds is None or node.css_first(_STACKS) is not None)
        content = playlist if listed else video or playlist
    if content is None:
        reading.note(node.tag, "href", ParseError.NO_LINK, href or text_of(node))
        return None
    if content == playlist or not _VIDEO_ID.match(content):
        card = Card(collection_kind(content), content, node.tag, href)
        count = digits(badge.text)
        if count is not None:
            card.extra["count"] = count
    else:
        kind = badge.kind or (ItemKind.SHORT if urls.is_short(href) else ItemKind.VIDEO)
        card = Card(kind, content, node.tag, href, is_live=kind is ItemKind.LIVE)
        card.seconds = badge.seconds
        apply_badge(card, badge, node.css("img[src*='/vi']"))
    heading = node.css_first("h3")
    link = node.css_first(_TITLE_LINK) or (
        heading.css_first("x-a") if heading is not None else None
    )
    card.title = attr(heading, "title") or text_of(heading) or text_of(link) or None
    _read_rows(node, card, reading)
    apply_label(card, attr(link, "aria-label"), reading)
    return card


def _content_id(node: Node) -> str | None:
    for holder in (node, *children(node)):
        found = _CONTENT_ID.search(attr(holder, "class"))
        if found is not None:
            return str(found[1])
    return None


def _badge(node: Node) -> Badge:
    badge = Badge()
    parts = node.css(_BADGES) or node.css("badge-shape")
    for part in parts:
        text = text_of(part)
        seconds = parse_clock(text)
        if seconds is not None and badge.seconds is None:
            badge.seconds, badge.text = seconds, text
        badge.kind = badge.kind or badge_kind(text)
        badge.text = badge.text or text
    if node.css_first(_LIVE_BADGE) is not None:
        badge.kind = ItemKind.LIVE
    return badge


def _read_rows(node: Node, card: Card, reading: Reading) -> None:
    """Channel, views and age from the metadata rows, whichever rows there are."""
    parts: list[tuple[str, str]] = []
    for row in node.css(_ROWS):
        cells = row.css(_PARTS) or [row]
        for cell in cells:
            link = cell if cell.tag == "x-a" else cell.css_first("x-a[href]")
            if link is not None and urls.is_channel_path(attr(link, "href")):
                card.channel_name = text_of(link) or text_of(cell) or None
                card.channel_href = attr(link, "href")
                card.verified = row.css_first(_VERIFIED) is not None
            elif cell is row:
                parts.extend((text.strip(), "") for text in text_of(row).split("•"))
            else:
                parts.append((text_of(cell), attr(cell, "aria-label")))
    facts = read_parts(parts, reading.languages)
    if card.kind in _VIDEO_KINDS:
        if card.kind is ItemKind.UPCOMING:
            facts.views = None
        if card.channel_name is None and facts.other:
            card.channel_name = facts.other[0] or None
        apply_facts(card, facts, reading)
    else:
        card.set_age(facts.age)
        if card.channel_name is None and facts.other:
            card.channel_name = facts.other[0] or None


def read_sent(key: str, value: Json, reading: Reading) -> Card | None:
    """The same card as the server sent it: what it is stands in ``contentType``."""
    command = dig(value, "rendererContext", "commandContext", "onTap", "innertubeCommand")
    href = sent.watch_href(command) or sent.watch_href(value.get("itemPlayback"))
    what = str(value.get("contentType") or "").removeprefix("LOCKUP_CONTENT_TYPE_")
    content = value.get("contentId") or sent.own_id(value)
    if not content and (not what or what in _SENT_VIDEOS):
        content = urls.video_id(href)
    content = content or urls.list_id(href)
    if not isinstance(content, str) or not content:
        return None
    badge = sent.model_badges(value.get("contentImage"))
    metadata = dig(value, "metadata", "lockupMetadataViewModel")
    if what == "CHANNEL" or content.startswith("UC"):
        card = Card(ItemKind.CHANNEL, content, key, f"/channel/{content}")
        card.channel_href = card.href
    elif what in _SENT_VIDEOS or (not what and _VIDEO_ID.match(content)):
        short = what.startswith("SHORT") or urls.is_short(href)
        kind = badge.kind or (ItemKind.SHORT if short else ItemKind.VIDEO)
        href = href or f"/watch?v={content}"
        card = Card(kind, content, key, href, is_live=kind is ItemKind.LIVE)
        card.seconds = badge.seconds if kind in (ItemKind.VIDEO, ItemKind.SHORT) else None
        if badge.seconds is not None:
            card.extra["display_length"] = badge.text
    else:
        card = Card(collection_kind(content), content, key, href or f"/playlist?list={content}")
        count = digits(badge.text)
        if count is not None:
            card.extra["count"] = count
    card.title = words(dig(metadata, "title")) or None
    card.label = dig(value, "rendererContext", "accessibilityContext", "label")
    _read_sent_rows(metadata, card, reading)
    return card


_SENT_VIDEOS = frozenset(("VIDEO", "SHORT", "SHORTS", "EPISODE", "MOVIE", "CLIP"))


def _read_sent_rows(metadata: Any, card: Card, reading: Reading) -> None:
    rows = dig(metadata, "metadata", "contentMetadataViewModel", "metadataRows")
    parts: list[tuple[str, str]] = []
    for row in rows if isinstance(rows, list) else ():
        for part in dig(row, "metadataParts") or ():
            if not isinstance(part, dict):
                continue
            text = words(part.get("text"))
            for command in dig(part, "text", "commandRuns") or ():
                link = channel_link(dig(command, "onTap", "innertubeCommand"))
                if link is not None and card.channel_name is None:
                    card.channel_name, card.channel_href = text, link
            stack = dig(part, "avatarStack", "avatarStackViewModel")
            if isinstance(stack, dict):
                card.channel_name = words(stack.get("text")) or card.channel_name
                sent.set_creators(card, stack)
                continue
            said = part.get("accessibilityLabel")
            if text != card.channel_name:
                parts.append((text, said if isinstance(said, str) else ""))
    sent.set_creators(card, dig(metadata, "image", "avatarStackViewModel"))
    facts = read_parts(parts, reading.languages)
    if card.kind is ItemKind.CHANNEL:
        card.channel_name = card.title
        return
    if card.kind in _VIDEO_KINDS:
        if card.kind is ItemKind.UPCOMING:
            facts.views = None
        apply_facts(card, facts)
    else:
        card.set_age(facts.age)
    link = channel_link(find(dig(metadata, "image"), "innertubeCommand"))
    if card.channel_name is None and facts.other and (link or card.kind in _VIDEO_KINDS):
        card.channel_name = facts.other[0]
    if card.channel_href is None:
        card.channel_href = link
