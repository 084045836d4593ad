"""The list as the server sent it: the page's JSON read by the same model as the document.

Protects the rule that nothing is lost in silence: an object of the list that no reader knows and
that looks like an item (it has a video, list, channel or post id, or a command that leads to one)
is an item of unknown kind at its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from collector.common.model import ItemKind, ParseError
from collector.platforms.locale.text import clean
from collector.platforms.youtube import urls
from collector.platforms.youtube.locale import guess_languages
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.creators import note_creators
from collector.platforms.youtube.parse.payload import (
    Json,
    channel_link,
    dig,
    lists,
    whole,
    words,
)
from collector.platforms.youtube.parse.registry import SENT_READERS
from collector.platforms.youtube.parse.renderers import sent

#: Parts of an answer that are not lists of the page, whatever they hold.
_LEFT_OUT = frozenset(
    (
        "header", "sidebar", "engagementPanels", "frameworkUpdates", "menu", "playerOverlays",
        "autoplay", "topbar", "secondaryContents", "playlist", "conversationBar", "subMenu",
        "channelVideoPlayerRenderer", "feedFilterChipBarRenderer", "chipCloudRenderer",
        "chipBarViewModel", "searchRefinementCardRenderer", "continuationItemRenderer", "footer",
        "playlistSidebarRenderer", "videoPrimaryInfoRenderer", "videoSecondaryInfoRenderer",
        "commentsEntryPointHeaderRenderer", "commentThreadRenderer", "commentsHeaderRenderer",
        "videoMetadataRenderer", "slimVideoMetadataSectionRenderer", "slimOwnerRenderer",
        "merchandiseShelfRenderer", "ticketShelfRenderer", "clarificationRenderer",
        "infoPanelContainerRenderer", "searchSubMenuRenderer", "header_", "serviceEndpoint",
        "responseContext", "targetId", "navigationEndpoint", "endpoint", "command", "onTap",
        "thumbnail", "thumbnails", "badges", "buttons", "button", "playAllButton",
        "universalWatchCardRenderer", "watchCardCompactVideoRenderer", "callToAction", "overlay",
        "compactInfocardRenderer", "itemSectionHeader", "channelAboutFullMetadataRenderer",
        "reelPlayerHeaderRenderer", "liveChatRenderer", "expandableVideoDescriptionBodyRenderer",
        "structuredDescriptionContentRenderer", "videoDescriptionHeaderRenderer",
        "emojiPickerRenderer", "promotedSparklesTextSearchStyle", "playlistHeaderRenderer",
        "pageHeaderRenderer", "emergencyOneboxRenderer", "backgroundPromoRenderer",
        "messageRenderer", "feedNudgeRenderer", "alerts", "playlistPanelRenderer",
    )
)  # fmt: skip
_LAST_WORD = re.compile(r"(?:Renderer|ViewModel|(?<=[a-z])[A-Z][a-z]+)\Z")
_CORES = frozenset(
    _LAST_WORD.sub("", name) for name in _LEFT_OUT if name.endswith(("Renderer", "ViewModel"))
)
_PRIMARY, _MOBILE = "twoColumnWatchNextResults", "singleColumnWatchNextResults"
_VIDEO_ID = re.compile(r"[0-9A-Za-z_-]{11}\Z")
#: Parts of an object that lead a viewer into or beside it.
_BESIDE = frozenset(("header", "badges", "buttons", "thumbnailOverlays", "responseContext"))
_MOST_OBJECTS = 1500
#: Entries of a list that tell whether it holds cards.
_FEW = 8
_SAYING = ("title", "headline", "header", "metadata", "overlayMetadata", "thumbnail",
           "contentImage", "contentText", "accessibilityText", "image")  # fmt: skip
_COMMANDS = ("Endpoint", "Command", "Action", "Context", "Config", "Params")
_MOST_SAYING = 24
_CARDS = frozenset(key for key in SENT_READERS if not key.endswith(_COMMANDS))
_TEXTS = frozenset(("simpleText", "runs", "thumbnails", "sources"))
_SHELVES = re.compile(r"(?i)shelf(?:renderer|viewmodel)\Z|horizontalCardListRenderer\Z")
_SAMPLES = ("viewCountText", "publishedTimeText", "shortViewCountText", "metadataParts",
            "secondaryText")  # fmt: skip
_ENOUGH_SAMPLES = 12


@dataclass(frozen=True, slots=True)
class Sent:
    """One item of an answer: its name there, its object, and the title of its shelf."""

    key: str
    value: Json
    section: str | None


def walk(answer: Json) -> Iterator[Sent]:
    """The items of an answer in reading order, known or not. Where the known parts hold none, all
    of it is looked through that is not known to be something else."""
    known = list(_walk(list(lists(answer))))
    yield from known or _walk(whole(answer))


def _walk(parts: Any) -> Iterator[Sent]:
    stack: list[tuple[Any, str | None]] = [(parts, None)]
    while stack:
        value, section = stack.pop()
        if isinstance(value, Sent):
            yield value
        elif isinstance(value, list):
            stack.extend((child, section) for child in reversed(value))
        elif isinstance(value, dict) and not _unselected(value):
            # The order of keys is that of the page.
            inner = [
                _below(key, child, section)
                for key, child in value.items()
                if isinstance(child, dict | list) and not _left_out(key)
            ]
            stack.extend(reversed(inner))


@lru_cache(maxsize=4096)
def _left_out(key: str) -> bool:
    """True for a part that is no list, also where its name has another last word."""
    return key in _LEFT_OUT or _LAST_WORD.sub("", key) in _CORES


def _below(key: str, child: Any, section: str | None) -> tuple[Any, str | None]:
    """One entry of an object: an item, or what has to be looked through."""
    if isinstance(child, dict) and (key in SENT_READERS or _looks_like_item(key, child)):
        return Sent(key, child, section), section
    if key == _PRIMARY:
        return _column(child), section
    return child, _title(key, child) or section


def queue(answer: Json) -> list[Sent]:
    """The items of the playlist panel beside a watch page."""
    columns = (dig(answer, "contents", name) for name in (_PRIMARY, _MOBILE))
    panel = next((found for each in columns if (found := dig(each, "playlist", "playlist"))), None)
    title = words(dig(panel, "titleText")) or words(dig(panel, "title")) or None
    found = dig(panel, "contents")
    return [
        Sent(key, value, title)
        for entry in (found if isinstance(found, list) else ())
        if isinstance(entry, dict)
        for key, value in entry.items()
        if isinstance(value, dict) and (key in SENT_READERS or _looks_like_item(key, value))
    ]


def read_sent(found: Sent, reading: Reading) -> Card:
    """The card of one item; of unknown kind where no reader knows it, with a note."""
    reader = SENT_READERS.get(found.key)
    card = reader(found.key, found.value, reading) if reader is not None else None
    card = card if card is not None else _unknown(found, reading)
    note_creators(card, reading)
    return card


def languages_of(items: list[Sent], hints: list[str]) -> tuple[str, ...]:
    """The languages to read an answer in, judged by the counts and ages of its first items."""
    samples: list[str] = []
    for item in items:
        for name in _SAMPLES:
            for text in _texts(item.value, name):
                if any(c.isdecimal() for c in text):
                    samples.append(text)
        if len(samples) >= _ENOUGH_SAMPLES:
            break
    return guess_languages(samples, [h for h in hints if h])


def _texts(value: Any, name: str) -> Iterator[str]:
    for found in _under(value, name):
        if isinstance(found, list):
            for part in found:
                yield words(dig(part, "text"))
        else:
            yield words(found)


def _under(value: Any, key: str) -> Iterator[Any]:
    stack: list[Any] = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if key in value:
                yield value[key]
            stack.extend(reversed(value.values()))
        elif isinstance(value, list):
            stack.extend(reversed(value))


def _unselected(value: Json) -> bool:
    """True for a tab that is not the open one."""
    for name in ("tabRenderer", "expandableTabRenderer"):
        tab = value.get(name)
        if isinstance(tab, dict) and not tab.get("selected"):
            return True
    return False


def _column(watch: Any) -> Any:
    """Of a watch page's two columns only the list beside the player."""
    return {k: v for k, v in watch.items() if k != "results"} if isinstance(watch, dict) else watch


def _title(key: str, value: Any) -> str | None:
    if not _SHELVES.search(key) or not isinstance(value, dict):
        return None
    for text in (
        value.get("title"),
        dig(value, "header", "gridShelfHeaderViewModel", "title"),
        dig(value, "header", "richListHeaderRenderer", "title"),
        dig(value, "header", "horizontalCardListHeaderRenderer", "title"),
    ):
        if words(text):
            return words(text)
    return None


def _looks_like_item(key: str, value: Json) -> bool:
    """True for an object that bears an item's own id, or is one card around a command to one."""
    return not key.endswith(_COMMANDS) and _identity(key, value) is not None


def _identity(key: str, value: Json) -> tuple[str, str] | None:
    """(id, address) of what an unknown object is of; ``None`` if it is not like an item."""
    for name in ("videoId", "contentId", "playlistId", "postId", "channelId"):
        ident = value.get(name)
        if isinstance(ident, str) and ident:
            return (ident, _address(name, ident)) if _named(value) else None
    if _holds_more(value) or not _named(value):
        return None
    found = _led_to(value) or _only_video(value)
    return None if found is None or _holds_known(value) else found


def _led_to(value: Json) -> tuple[str, str] | None:
    """What an id of an object or one of its commands leads to."""
    ident = sent.own_id(value)
    if ident:
        return ident, _address("channelId" if ident.startswith("UC") else "", ident)
    for name in ("navigationEndpoint", "onTap", "rendererContext", "endpoint", "command"):
        command = value.get(name)
        href = sent.watch_href(command) if isinstance(command, dict) else ""
        ident = (urls.list_id(href) if "/playlist" in href else urls.video_id(href)) or ""
        if ident:
            return ident, href
        link = channel_link(command)
        if link and ("title" in value or "headline" in value) and "thumbnail" in value:
            return link.rpartition("/")[2], link
    return None


def _only_video(value: Json) -> tuple[str, str] | None:
    """The video that all of an object is about, whatever its commands are called."""
    found: set[str] = set()
    stack: list[Any] = [value]
    most = _MOST_OBJECTS
    while stack and most:
        most -= 1
        inner = stack.pop()
        if isinstance(inner, list):
            stack.extend(inner)
        elif isinstance(inner, dict):
            if not _CARDS.isdisjoint(inner):
                return None
            ident = inner.get("videoId")
            if not (isinstance(ident, str) and _VIDEO_ID.match(ident)):
                ident = sent.own_id(inner)
            if ident and not ident.startswith("UC"):
                found.add(ident)
                if len(found) > 1:
                    return None
            stack.extend(
                child
                for key, child in inner.items()
                if key not in _BESIDE and not key.startswith("menu")
            )
    return next(((ident, _address("", ident)) for ident in found), None)


def _holds_more(value: Json) -> bool:
    """True for a shelf or another box around items: its own link is that of its title."""
    return any(isinstance(value.get(k), dict | list) for k in ("content", "contents", "items"))


def _holds_known(value: Json) -> bool:
    """The same of a box whose list has another name: known cards are in it."""
    return any(
        isinstance(one, dict) and not SENT_READERS.keys().isdisjoint(one)
        for child in value.values()
        if isinstance(child, list)
        for one in child[:_FEW]
    )


def _named(value: Json) -> bool:
    """True where an object says something to a reader: a title, a text, a picture."""
    if any(isinstance(value.get(name), dict | str) for name in _SAYING):
        return True
    stack: list[Any] = [v for k, v in value.items() if not k.endswith(_COMMANDS)]
    most = _MOST_SAYING
    while stack and most:
        most -= 1
        inner = stack.pop()
        if isinstance(inner, dict):
            if not _TEXTS.isdisjoint(inner) or isinstance(inner.get("content"), str):
                return True
            stack.extend(v for k, v in inner.items() if not k.endswith(_COMMANDS))
    return False


def _address(name: str, ident: str) -> str:
    if name == "channelId":
        return f"/channel/{ident}"
    if name == "postId":
        return f"/post/{ident}"
    if name == "videoId" or _VIDEO_ID.match(ident):
        return f"/watch?v={ident}"
    return f"/playlist?list={ident}"


def _unknown(found: Sent, reading: Reading) -> Card:
    """An item that no reader knows: id, title and link as far as they can be seen."""
    ident, href = _identity(found.key, found.value) or _anywhere(found.value)
    card = Card(ItemKind.UNKNOWN, ident, found.key, href)
    title = sent.title_of(found.value)
    for path in (
        ("metadata", "lockupMetadataViewModel", "title"),
        ("overlayMetadata", "primaryText"),
        ("metadata", "title"),
    ):
        title = title or words(dig(found.value, *path)) or None
    card.title = title
    sent.byline(found.value, card)
    reading.note(found.key, "", ParseError.UNKNOWN_RENDERER, clean(title or href or ident))
    return card


def _anywhere(value: Json) -> tuple[str, str]:
    href = sent.watch_href(value)
    ident = (urls.list_id(href) if "/playlist" in href else urls.video_id(href)) or ""
    return ident, href
