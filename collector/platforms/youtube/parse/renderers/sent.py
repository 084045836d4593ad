"""What readers of the site's JSON share: bylines, badges, counts, links of commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from collector.common.model import ItemKind, ParseError
from collector.platforms.locale.clock import parse_clock
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.metadata import read_parts
from collector.platforms.youtube.parse.payload import (
    Json,
    channel_link,
    dig,
    find,
    label,
    runs,
    words,
)
from collector.platforms.youtube.parse.renderers.common import (
    Badge,
    apply_facts,
    apply_label,
    badge_kind,
)

_STYLES = {
    "LIVE": ItemKind.LIVE, "UPCOMING": ItemKind.UPCOMING, "SHORTS": ItemKind.SHORT,
}  # fmt: skip
_IDS = re.compile(r"(?:[\w-]{11}|(?:PL|RD|UU|FL|OLAK5uy_)[\w-]{10,80}|UC[\w-]{22})\Z")
_BYLINES = ("ownerText", "longBylineText", "shortBylineText", "bylineText", "authorText")
_TITLES = ("title", "headline", "header")


def title_of(value: Json) -> str | None:
    """The title of a renderer."""
    for name in _TITLES:
        text = words(value.get(name))
        if text:
            return text
    return None


def own_id(value: Json) -> str:
    """The id of a video, list or channel that an object bears itself, whatever its key; or empty.

    >>> own_id({"entityId": "PLxxxxxxxxxxxx", "clickId": "none"})
    'PLxxxxxxxxxxxx'
    """
    for name, ident in value.items():
        if not name.endswith(("Id", "ID", "_id")) or not isinstance(ident, str):
            continue
        word = ident.replace("-", "")  # small letters throughout are a word of the site
        if _IDS.match(ident) and not (word.isalpha() and word.islower()):
            return ident
    return ""


def byline(value: Json, card: Card) -> None:
    """The channel, or the several creators of a collaboration (``extra["creators"]``)."""
    for name in _BYLINES:
        pieces = runs(value.get(name))
        for piece in pieces:
            link = channel_link(piece.get("navigationEndpoint"))
            if link is not None:
                card.channel_name, card.channel_href = words({"content": piece.get("text")}), link
                return
    for name in _BYLINES:
        text = words(value.get(name))
        if not text:
            continue
        if find(value.get(name), "showDialogCommand") is not None:
            set_creators(card, value.get(name))
        card.channel_name = text
        return


def set_creators(card: Card, value: Any) -> None:
    """Takes the names of a collaboration's dialog, where there is one that names any."""
    names = creators(value)
    if names:
        card.extra["creators"] = names


def creators(value: Any) -> tuple[str, ...]:
    """The names in the dialog that a collaboration's byline opens."""
    items = find(value, "listItems")
    names = (
        words(dig(item, "listItemViewModel", "title"))
        for item in (items if isinstance(items, list) else ())
    )
    return tuple(name for name in names if name)


def classic_overlays(value: Json) -> Badge:
    """The thumbnail overlays and badges of the older renderers."""
    badge = Badge()
    for overlay in _list(value.get("thumbnailOverlays")):
        status = dig(overlay, "thumbnailOverlayTimeStatusRenderer")
        if isinstance(status, dict):
            badge.text = words(status.get("text"))
            badge.label = label(status.get("text"))
            badge.kind = _STYLES.get(str(status.get("style"))) or badge_kind(badge.text)
            badge.seconds = parse_clock(badge.text)
    for found in _list(value.get("badges")):
        if str(dig(found, "metadataBadgeRenderer", "style")).startswith(
            "BADGE_STYLE_TYPE_LIVE_NOW"
        ):
            badge.kind = ItemKind.LIVE
    if badge.kind is None and isinstance(value.get("upcomingEventData"), dict):
        badge.kind = ItemKind.UPCOMING
    if badge.seconds is None:
        text = words(value.get("lengthText"))
        badge.seconds = parse_clock(text)
        badge.text = badge.text or text
        badge.label = badge.label or label(value.get("lengthText"))
    return badge


def model_badges(value: Any) -> Badge:
    """The badges on a view model's picture."""
    badge = Badge()
    for found in found_all(value, "thumbnailBadgeViewModel"):
        text = words(found.get("text"))
        seconds = parse_clock(text)
        if seconds is not None and badge.seconds is None:
            badge.seconds, badge.text = seconds, text
            said = dig(found, "rendererContext", "accessibilityContext", "label")
            badge.label = str(said or "")
        style = str(found.get("badgeStyle"))
        if style.endswith("_LIVE"):
            badge.kind = ItemKind.LIVE
        badge.kind = badge.kind or badge_kind(text)
        badge.text = badge.text or text
    return badge


def facts_of(value: Json, card: Card, reading: Reading) -> None:
    """Views and age of the older renderers; a text that is there and says neither is noted."""
    texts = [(words(value.get(n)), label(value.get(n))) for n in ("viewCountText",)]
    if not texts[0][0]:
        texts = [(words(value.get("shortViewCountText")), label(value.get("shortViewCountText")))]
    age = words(value.get("publishedTimeText"))
    facts = read_parts([*texts, (age, "")], reading.languages)
    if card.kind is ItemKind.UPCOMING:
        facts.views = None
        texts, age = [], ""
    apply_facts(card, facts)
    said = label(value.get("title"))
    if said and said != card.title and (card.views is None or "views_rounded" in card.extra):
        apply_label(card, said, reading)
    if age and card.age_seconds is None and any(c.isdecimal() for c in age):
        reading.note(card.renderer, "age", ParseError.BAD_AGE, age)
    for shown, _ in texts:
        if shown and card.views is None and "watching" not in card.extra:
            reading.note(card.renderer, "views", ParseError.BAD_NUMBER, shown)


def watch_href(value: Any) -> str:
    """The address that a command leads to: as written, else built from its endpoint."""
    url = find(value, "url")
    if isinstance(url, str) and (urls.video_id(url) or urls.list_id(url)):
        return url
    endpoint = find(value, "watchEndpoint")
    if isinstance(endpoint, dict) and isinstance(endpoint.get("videoId"), str):
        playlist = endpoint.get("playlistId")
        extra = f"&list={playlist}" if isinstance(playlist, str) else ""
        return f"/watch?v={endpoint['videoId']}{extra}"
    reel = find(value, "reelWatchEndpoint")
    if isinstance(reel, dict) and isinstance(reel.get("videoId"), str):
        return f"/shorts/{reel['videoId']}"
    return ""


def found_all(value: Any, key: str) -> Iterator[Json]:
    """All objects under a key below, in reading order."""
    stack: list[Any] = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            found = value.get(key)
            if isinstance(found, dict):
                yield found
            stack.extend(reversed([v for k, v in value.items() if k != key]))
        elif isinstance(value, list):
            stack.extend(reversed(value))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
