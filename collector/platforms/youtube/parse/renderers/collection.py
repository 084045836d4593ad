"""Mixes and playlists as cards of their own."""

from __future__ import annotations

from collector.common.model import ParseError
from collector.platforms.locale.text import digits
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.payload import Json, words
from collector.platforms.youtube.parse.renderers import sent
from collector.platforms.youtube.parse.renderers.common import channel_of, collection_kind
from collector.platforms.youtube.parse.tree import Node, attr, text_of

TAGS = (
    "ytd-radio-renderer",
    "ytd-compact-radio-renderer",
    "ytd-grid-radio-renderer",
    "ytd-playlist-renderer",
    "ytd-compact-playlist-renderer",
    "ytd-grid-playlist-renderer",
)

KEYS = (
    "radioRenderer",
    "compactRadioRenderer",
    "gridRadioRenderer",
    "playlistRenderer",
    "compactPlaylistRenderer",
    "gridPlaylistRenderer",
    "showRenderer",
    "gridShowRenderer",
)


def read(node: Node, reading: Reading) -> Card | None:
    """The list behind the card; ``extra["count"]`` is the number of videos where it is shown."""
    for link in node.css("x-a[href]"):
        href = attr(link, "href")
        playlist = urls.list_id(href)
        if playlist:
            break
    else:
        reading.note(node.tag, "href", ParseError.NO_LINK, text_of(node))
        return None
    card = Card(collection_kind(playlist), playlist, node.tag, href)
    title = node.css_first("#video-title")
    card.title = attr(title, "title") or text_of(title) or None
    card.channel_name, card.channel_href = channel_of(node)
    count = digits(text_of(node.css_first("ytd-thumbnail-overlay-side-panel-renderer")))
    if count is not None:
        card.extra["count"] = count
    return card


def read_sent(key: str, value: Json, reading: Reading) -> Card | None:
    """The same list as the server sent it."""
    playlist = value.get("playlistId") or sent.own_id(value)
    if not isinstance(playlist, str) or not playlist:
        return None
    href = sent.watch_href(value.get("navigationEndpoint")) or f"/playlist?list={playlist}"
    card = Card(collection_kind(playlist), playlist, key, href)
    card.title = sent.title_of(value)
    sent.byline(value, card)
    for name in ("videoCount", "videoCountShortText", "videoCountText"):
        count = digits(words(value.get(name)))
        if count is not None:
            card.extra["count"] = count
            break
    return card
