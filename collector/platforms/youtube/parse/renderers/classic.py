"""The video cards of 2019–2024: grid, list, side column and channel tiles, one inner structure."""

from __future__ import annotations

from collector.common.model import ItemKind, ParseError
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.metadata import read_parts
from collector.platforms.youtube.parse.payload import Json
from collector.platforms.youtube.parse.renderers import sent
from collector.platforms.youtube.parse.renderers.common import (
    BADGE_PARTS,
    apply_badge,
    apply_facts,
    apply_label,
    channel_of,
    classic_badge,
    collection_kind,
    link_of,
    verified_in,
)
from collector.platforms.youtube.parse.tree import Node, attr, below, gather, text_of

TAGS = (
    "ytd-rich-grid-media",
    "ytd-video-renderer",
    "ytd-compact-video-renderer",
    "ytd-grid-video-renderer",
    "ytd-compact-movie-renderer",
    "ytd-movie-renderer",
    "ytd-grid-movie-renderer",
    "ytd-playlist-video-renderer",
    "ytd-playlist-panel-video-renderer",
)

KEYS = (
    "videoRenderer",
    "compactVideoRenderer",
    "gridVideoRenderer",
    "compactMovieRenderer",
    "movieRenderer",
    "gridMovieRenderer",
    "playlistVideoRenderer",
    "playlistPanelVideoRenderer",
    "endScreenVideoRenderer",
)

_PANELS = "ytd-thumbnail-overlay-bottom-panel-renderer, ytd-thumbnail-overlay-side-panel-renderer"
_PARTS = BADGE_PARTS | {
    "ytd-channel-name", "img", "#thumbnail", "#metadata-line", "#video-title", "#video-title-link",
}  # fmt: skip


def _first(parts: dict[str, list[Node]], name: str) -> Node | None:
    found = parts.get(name)
    return found[0] if found else None


def _is_played(href: str) -> bool:
    """True for a link to one video of a list that is open: it says at which place it stands."""
    return "index=" in href


def read(node: Node, reading: Reading) -> Card | None:
    """A video, live stream, premiere, short, mix or playlist behind one of the older cards."""
    parts = gather(node, _PARTS)
    pictured = (attr(link, "href") for link in parts.get("#thumbnail", ()) if link.tag == "x-a")
    href = next(filter(None, pictured), "") or link_of(node)
    if not href:
        reading.note(node.tag, "href", ParseError.NO_LINK, text_of(node))
        return None
    badge = classic_badge(node, parts)
    video, playlist = urls.video_id(href), urls.list_id(href)
    if (
        playlist
        and badge.seconds is None
        and (node.css_first(_PANELS) is not None or (badge.kind is None and not _is_played(href)))
    ):
        card = Card(collection_kind(playlist), playlist, node.tag, href)
    elif video:
        kind = badge.kind or (ItemKind.SHORT if urls.is_short(href) else ItemKind.VIDEO)
        card = Card(kind, video, node.tag, href)
        apply_badge(card, badge, parts.get("img", ()))
    elif playlist:
        card = Card(collection_kind(playlist), playlist, node.tag, href)
    else:
        reading.note(node.tag, "href", ParseError.NO_LINK, href)
        return None
    card.is_live = card.kind is ItemKind.LIVE
    title, title_link = _first(parts, "#video-title"), _first(parts, "#video-title-link")
    card.title = attr(title, "title") or attr(title_link, "title")
    card.title = card.title or text_of(title) or None
    blocks = parts.get("ytd-channel-name")
    card.channel_name, card.channel_href = channel_of(node, blocks)
    card.verified = verified_in(parts, blocks or (node,))
    card.seconds = badge.seconds if card.kind in (ItemKind.VIDEO, ItemKind.SHORT) else None
    spans = [span for line in parts.get("#metadata-line", ()) for span in below(line, "span")]
    facts = read_parts(((text_of(s), attr(s, "aria-label")) for s in spans), reading.languages)
    if card.kind is ItemKind.UPCOMING:
        facts.views = None
    apply_facts(card, facts, reading)
    label = attr(title_link, "aria-label") or attr(title, "aria-label")
    if not label:
        label = attr(
            node.css_first("h3 [aria-label], x-a[aria-label][href*='/watch']"), "aria-label"
        )
    apply_label(card, label, reading)
    return card


def read_sent(key: str, value: Json, reading: Reading) -> Card | None:
    """The same card as the server sent it."""
    video = value.get("videoId") or sent.own_id(value)
    if not isinstance(video, str) or not video:
        return None
    badge = sent.classic_overlays(value)
    href = sent.watch_href(value.get("navigationEndpoint")) or f"/watch?v={video}"
    kind = badge.kind or (ItemKind.SHORT if urls.is_short(href) else ItemKind.VIDEO)
    card = Card(kind, video, key, href, is_live=kind is ItemKind.LIVE)
    card.title = sent.title_of(value)
    sent.byline(value, card)
    if kind in (ItemKind.VIDEO, ItemKind.SHORT):
        card.seconds = badge.seconds
    if badge.seconds is not None:
        card.extra["display_length"] = badge.text
        if badge.label:
            card.extra["length_text"] = badge.label
    card.verified = "BADGE_STYLE_TYPE_VERIFIED" in str(value.get("ownerBadges"))
    sent.facts_of(value, card, reading)
    return card
