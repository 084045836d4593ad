"""What an element is of: the video, list, post, game or channel that it leads to or names.

A link says it plainly. Where a card has none that says it, the other attributes of its elements
are looked at, whatever they are called: an address, an id under the name of one, the picture of a
video.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import unquote

from collector.platforms.locale.clock import CLOCKS
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.tree import Node, attr, children, text_of

_PAID = re.compile(r"/pagead/|googleadservices\.|doubleclick\.|/aclk\?|[?&]adurl=")
_GAME = re.compile(r"/playables/([\w-]+)")
_CONTENT_ID = re.compile(r"(?:^|\s)content-id-(\S+)")
_PICTURE = re.compile(r"/vi(?:_webp)?/([\w-]{11})/")
#: Elements of a card whose attributes are looked at.
_MOST_ELEMENTS = 300
_MOST_VALUE = 4000
_VIDEO_ID = re.compile(r"[\w-]{11}\Z")
_LIST_ID = re.compile(r"(?:PL|RD|UU|FL|OLAK5uy_)[\w-]{10,80}\Z")
_OWN_LISTS = frozenset(("WL", "LL", "LM"))
_THINGS = "video|content|item|entity|media|playlist|list"
#: Names of attributes that bear an id, without ``data-`` and hyphens.
_ID_NAME = re.compile(rf"(?:{_THINGS})id\Z")
_ID_IN_JSON = re.compile(rf'(?i)"(?:{_THINGS})_?id"\s{{0,9}}:\s{{0,9}}"([\w-]{{11,90}})"')
_ADDRESSES = (
    "watch", "shorts", "youtu.be", "youtube:", "list=", "/live/", "/embed/", "/v/", "/playables/",
    "/post/", "lb=",
)  # fmt: skip
_INNER = re.compile(r"https?://[^\s\"'<>\\]+|(?<=[\"'])/[^\s\"'<>\\]+")
#: What no address holds as it is: the value is a command or data around one.
_AROUND = re.compile(r"[\s\"'<>{}\\]")
#: Attributes that never say what an element is of.
_SILENT = frozenset(("class", "id", "d", "for", "title", "aria-label", "alt"))


def identity(href: str) -> str:
    """The id of the video, list, post or game that a link leads to; empty for any other link.

    A link into a list is about the list, one to a numbered place of it about that video. The
    pages of the viewer's own lists (what is kept for later, what was liked) are no items.
    """
    if not href or href.startswith("#"):
        return ""
    playlist = urls.list_id(href)
    video = urls.video_id(href)
    if video is None and playlist in _OWN_LISTS:
        return ""
    if playlist and (video is None or "index=" not in href):
        return playlist
    if video:
        return video
    game = _GAME.search(href)
    return urls.post_id(href) or (game[1] if game else "")


def is_paid(href: str) -> bool:
    """True for an address that counts a click that somebody pays for."""
    return _PAID.search(href) is not None


def first_identity(node: Node) -> tuple[str, str]:
    """Id and address of the first link that names something, else what the other attributes name,
    else the first link to a channel or a paid address."""
    first = ""
    for link in node.css("x-a[href]"):
        href = attr(link, "href")
        ident = identity(href)
        if ident:
            return own_id(node) or told(node, ident, href), href
        if not first and (urls.is_channel_path(href) or is_paid(href)):
            first = href
    own = own_id(node)
    if own:
        return own, first
    for bearer, ident, href in bearers(islice(node.traverse(), _MOST_ELEMENTS)):
        return _by_its_picture(bearer, ident, href), href or first
    if urls.is_channel_path(first):
        return urls.parse_url(first).channel or first, first
    return first, first


def own_id(node: Node) -> str:
    """The id that a card bears in its class, as lockups do."""
    for holder in (node, *children(node)):
        found = _CONTENT_ID.search(attr(holder, "class"))
        if found is not None:
            return found[1]
    return ""


def told(node: Node, ident: str, href: str) -> str:
    """Of a link to a video in a list: the video where the picture (the first such link) shows a
    length, else the list; lengths further down are those of a list's first videos."""
    links = [node] if node.tag == "x-a" else node.css("x-a[href]")
    picture = next((link for link in links if identity(attr(link, "href")) == ident), None)
    return _by_its_picture(picture, ident, href)


def _by_its_picture(picture: Node | None, ident: str, href: str) -> str:
    video = urls.video_id(href)
    if video is None or video == ident or urls.post_id(href):
        return ident
    return video if CLOCKS.search(text_of(picture)) else ident


def bearers(nodes: Iterable[Node]) -> Iterator[tuple[Node, str, str]]:
    """Of these elements those whose attributes name an item, in order, with id and address; by
    their pictures where none has an address or an id."""
    pictured: list[tuple[Node, str, str]] = []
    named = False
    for below in nodes:
        found = _named(below)
        if found is not None:
            named = True
            yield below, *found
        elif not named and (ident := _pictured(below)):
            pictured.append((below, ident, ""))
    if not named:
        yield from pictured


def named_post(node: Node) -> tuple[str, str]:
    """Id and address of the post that an attribute in a post's element leads to, whatever it is
    called; empty where none does. What a post shows (a video, a list) is not looked at."""
    return _led_to(node, ("/post/", "lb="))


def named_game(node: Node) -> tuple[str, str]:
    """The same of a game."""
    return _led_to(node, ("/playables/",))


def _led_to(node: Node, marks: tuple[str, ...]) -> tuple[str, str]:
    for below in islice(node.traverse(), _MOST_ELEMENTS):
        for name, value in below.attributes.items():
            if value and name not in _SILENT and any(mark in value for mark in marks):
                found = _address(value)
                if found is not None and any(mark in found[1] for mark in marks):
                    return found
    return "", ""


def _named(node: Node) -> tuple[str, str] | None:
    """Id and address that an element's own attributes name."""
    for name, value in node.attributes.items():
        if not value or len(value) < 11 or name in _SILENT or len(value) > _MOST_VALUE:
            continue
        bare = name.removeprefix("data-").replace("-", "").replace("_", "")
        if _ID_NAME.match(bare) and (_VIDEO_ID.match(value) or _LIST_ID.match(value)):
            return value, ""
        if any(word in value for word in _ADDRESSES):
            found = _address(value)
            if found is not None:
                return found
        if value[0] in "{[" and (inside := _ID_IN_JSON.search(value)):
            return inside[1], ""
    return None


def _address(value: str) -> tuple[str, str] | None:
    """Id and address of a value that is or holds the address of an item."""
    if _AROUND.search(value.strip()) is None and (ident := identity(value)):
        return ident, value
    for href in _INNER.findall(unquote(value).replace("\\/", "/").replace("\\u0026", "&")):
        if ident := identity(href):
            return ident, href
    return None


def _pictured(node: Node) -> str:
    """The id of the video whose picture an element shows, or will show."""
    for value in node.attributes.values():
        if value and "/vi" in value and (found := _PICTURE.search(value)):
            return found[1]
    return ""
