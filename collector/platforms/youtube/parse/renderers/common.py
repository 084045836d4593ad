"""What several renderers share: links, thumbnails' badges, channel names, labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from collector.common.model import ItemKind, ParseError
from collector.platforms.locale.clock import parse_clock
from collector.platforms.youtube import urls
from collector.platforms.youtube.labels import label_views, parse_label
from collector.platforms.youtube.locale.words import LIVE, SHORTS, UPCOMING
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.metadata import Facts
from collector.platforms.youtube.parse.tree import Node, attr, below, gather, text_of

_STYLES = {"LIVE": ItemKind.LIVE, "UPCOMING": ItemKind.UPCOMING, "SHORTS": ItemKind.SHORT}


@dataclass(slots=True)
class Badge:
    """What a thumbnail's badges say: a length, or what kind of thing is behind it."""

    kind: ItemKind | None = None
    seconds: int | None = None
    text: str = ""
    label: str = ""


def badge_kind(text: str) -> ItemKind | None:
    """The kind that a badge's word names in any known language."""
    word = text.casefold()
    if word in LIVE:
        return ItemKind.LIVE
    if word in UPCOMING:
        return ItemKind.UPCOMING
    return ItemKind.SHORT if word in SHORTS else None


_VERIFIED = (".badge-style-type-verified", ".badge-style-type-verified-artist")
#: What :func:`classic_badge` and :func:`is_verified` look for in a card.
BADGE_PARTS = frozenset(
    ("ytd-thumbnail-overlay-time-status-renderer", "ytd-badge-supported-renderer", *_VERIFIED)
)


def classic_badge(node: Node, parts: dict[str, list[Node]] | None = None) -> Badge:
    """The thumbnail overlay of the older renderers (``overlay-style``, text, long text).

    :param parts: what ``gather`` found in the card, where it looked for ``BADGE_PARTS``.
    """
    badge = Badge()
    parts = gather(node, BADGE_PARTS) if parts is None else parts
    for status in parts.get("ytd-thumbnail-overlay-time-status-renderer", ())[:1]:
        inner = next((found for found in status.traverse() if found.id == "text"), None)
        text = inner or status.css_first("[aria-label]") or status
        badge.text = text_of(text)
        badge.label = attr(text, "aria-label")
        badge.kind = _STYLES.get(attr(status, "overlay-style")) or badge_kind(badge.text)
        badge.seconds = parse_clock(badge.text)
    if badge.seconds is None and badge.kind is not ItemKind.LIVE and _says_live(node, parts):
        badge.kind = ItemKind.LIVE
    return badge


def _says_live(node: Node, parts: dict[str, list[Node]]) -> bool:
    """True if a badge beside the text says that it is live; what has a length is not."""
    if node.css_first(".badge-style-type-live-now, .badge-style-type-live-now-alternate"):
        return True
    badges = parts.get("ytd-badge-supported-renderer", ())
    return any(badge_kind(text_of(found)) is ItemKind.LIVE for found in badges)


def is_verified(node: Node) -> bool:
    """True if a verified badge stands by the channel's name (classic renderers)."""
    return node.css_first(", ".join(_VERIFIED)) is not None


def verified_in(parts: dict[str, list[Node]], blocks: Sequence[Node]) -> bool:
    """The same of a card of which ``gather`` found ``BADGE_PARTS``, by badges in these elements."""
    badges = [badge for name in _VERIFIED for badge in parts.get(name, ())]
    return any(
        badge.mem_id == inner.mem_id
        for badge in badges
        for block in blocks
        for inner in block.traverse()
    )


def channel_of(node: Node, blocks: Sequence[Node] | None = None) -> tuple[str | None, str | None]:
    """Name and link of the channel in a ``ytd-channel-name`` block, each ``None`` if not shown."""
    blocks = node.css("ytd-channel-name") if blocks is None else blocks
    for block in blocks or node.css("#channel-name, #byline-container, #byline"):
        for link in below(block, "x-a"):
            href = attr(link, "href")
            if href and urls.is_channel_path(href) and (name := text_of(link)):
                return name, href
        name = text_of(block.css_first("#text"))
        if name:
            return name, None
    return None, None


def link_of(node: Node) -> str:
    """The first link of a card to a video, short or list; empty if there is none."""
    first = ""
    for link in node.css("x-a[href]"):
        href = attr(link, "href")
        if urls.video_id(href) or urls.list_id(href):
            return href
        first = first or href
    return first


def apply_label(card: Card, label: str, reading: Reading) -> None:
    """Reads a card's label into the card where it says more than the card does."""
    if not label:
        return
    card.label = label
    playable = card.kind in (ItemKind.VIDEO, ItemKind.SHORT)
    if card.title and card.age_seconds is not None and (card.seconds is not None or not playable):
        views = label_views(label, reading.languages, title=card.title, author=card.channel_name)
        if views is not None and not views.live:
            card.views = views.value
        return
    parsed = parse_label(label, reading.languages, author=card.channel_name, title=card.title)
    if parsed is None:
        if card.views is None and card.kind is ItemKind.VIDEO:
            reading.note(card.renderer, "label", ParseError.BAD_LABEL, label)
        return
    if parsed.views is not None and not parsed.live:
        card.views = parsed.views
    if card.age_seconds is None:
        card.set_age(parsed.age)
    if card.seconds is None and playable:
        card.seconds = parsed.seconds
    card.title = card.title or parsed.title


def apply_facts(card: Card, facts: Facts, reading: Reading | None = None) -> None:
    """Copies a metadata row's facts into a card; with ``reading``, numbers that are neither a count
    nor an age are noted (of what is to come they say when it begins)."""
    if reading is not None:
        _note_numbers(card, facts, reading)
    card.set_age(facts.age)
    card.views = facts.views
    if facts.watching is not None:
        card.extra["watching"] = facts.watching
    if facts.views is not None and not facts.exact:
        card.extra["views_rounded"] = facts.views


def _note_numbers(card: Card, facts: Facts, reading: Reading) -> None:
    for text in facts.other:
        if text == card.channel_name or not any(c.isdecimal() for c in text):
            continue
        if card.kind is ItemKind.UPCOMING:
            card.extra.setdefault("starts", text)
        elif facts.views is None and facts.watching is None:
            name = "watching" if card.kind is ItemKind.LIVE else "views"
            reading.note(card.renderer, name, ParseError.BAD_NUMBER, text)
        elif facts.age is None:
            reading.note(card.renderer, "age", ParseError.BAD_AGE, text)


def apply_badge(card: Card, badge: Badge, pictures: Iterable[Node]) -> None:
    """Copies what the thumbnail shows: length as shown and in words, address of the picture."""
    if badge.seconds is not None:
        card.extra["display_length"] = badge.text
        if badge.label:
            card.extra["length_text"] = badge.label
    for picture in pictures:
        source = attr(picture, "src")
        if "/vi/" in source or "/vi_webp/" in source:
            card.extra["thumbnail"] = source.partition("?")[0]
            break


def collection_kind(list_id: str) -> ItemKind:
    """Mix or playlist, by the id of the list."""
    return ItemKind.MIX if urls.is_mix(list_id) else ItemKind.PLAYLIST
