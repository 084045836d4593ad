"""What looks like an item of the list and is none that a reader knows.

Protects the rule that nothing is lost in silence. A redesign is mostly a new name for an element:
around a link to a video, list, post or game that no known card holds, the largest element that is
about nothing else is a card. So is what stands among cards and leads to a channel, to a paid
address or shows a picture with words. Each is an item of unknown kind at its place, with id, title
and link as far as they can be seen; its kind is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from collector.common.model import ItemKind, ParseError
from collector.platforms.locale.clock import parse_clock
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.registry import ITEM_TAGS, NOT_ITEMS, SHELF_TAGS
from collector.platforms.youtube.parse.survey import Item, Survey
from collector.platforms.youtube.parse.tree import Node, Place, attr, children, has_no_box, text_of

_MIXED = ""
_PAID = re.compile(r"/pagead/|googleadservices\.|doubleclick\.|[?&]adurl=")
_GAME = re.compile(r"/playables/([\w-]+)")
_CONTENT_ID = re.compile(r"(?:^|\s)content-id-(\S+)")
_PICTURE = re.compile(r"/vi(?:_webp)?/([\w-]{11})/")
_CLOCKS = re.compile(r"(?<![\d:])\d{1,3}(?::\d{2}){1,2}(?![\d:])")
#: Children of an item's wrapper that hold the place of something still to come.
_PLACEHOLDERS = frozenset(("ytd-continuation-item-renderer", "ytd-ghost-grid-renderer"))
_MOST_LINKS = 5000
#: Elements of a card whose attributes are looked at.
_MOST_ELEMENTS = 300
_VIDEO_ID = re.compile(r"[\w-]{11}\Z")


@dataclass(frozen=True, slots=True)
class Unknown:
    """An element that is an item of unknown kind."""

    node: Node
    place: Place
    ident: str
    href: str


def find_unknown(root: Node, found: Survey) -> list[Unknown]:
    """The unknown items outside of known ones, in no particular order."""
    known = [item.node for item in found.items]
    linked = _around_links(root, found, known)
    hidden = [item.node for item in found.hidden]
    cards = [*known, *(item.node for item in linked), *hidden]
    return [*linked, *_among_cards(root, cards, found.items, linked)]


def wrapped(item: Item) -> Unknown | None:
    """The unknown content of a known wrapper; ``None`` if it only holds a place."""
    holder = next((c for c in children(item.node) if attr(c, "id") == "content"), item.node)
    inside = [c for c in children(holder) if c.tag not in _PLACEHOLDERS and c.child is not None]
    inside = [c for c in inside if c.tag not in NOT_ITEMS]
    if not inside or not (text_of(holder) or holder.css_first("x-a[href], img")):
        return None
    ident, href = _first_identity(item.node)
    return Unknown(inside[0], item.place, ident, href)


def held(node: Node, place: Place) -> Unknown:
    """The place of a known element that could not be read."""
    return Unknown(node, place, *_first_identity(node))


def read_unknown(item: Unknown, reading: Reading) -> Card:
    """The card of an unknown item, with a note."""
    node = item.node
    name = _name(node)
    card = Card(ItemKind.UNKNOWN, item.ident, name, item.href)
    card.title = _title(node)
    for link in node.css("x-a[href]"):
        href = attr(link, "href")
        if urls.is_channel_path(href) and text_of(link):
            card.channel_name, card.channel_href = text_of(link), href
            break
    clock = _CLOCKS.search(text_of(node))
    card.seconds = parse_clock(clock[0]) if clock is not None else None
    reading.note(name, "", ParseError.UNKNOWN_RENDERER, card.title or text_of(node))
    return card


def identity(href: str) -> str:
    """The id of the video, list, post or game that a link leads to; empty for any other link.

    A link into a list is about the list, one to a numbered place of it about that video.
    """
    if not href or href.startswith("#"):
        return ""
    playlist = urls.list_id(href)
    video = urls.video_id(href)
    if playlist and (video is None or "index=" not in href):
        return playlist
    if video:
        return video
    game = _GAME.search(href)
    return urls.post_id(href) or (game[1] if game else "")


def _around_links(root: Node, found: Survey, known: Sequence[Node]) -> list[Unknown]:
    """The largest element around each link that is about that one thing."""
    links: list[tuple[Node, Place, str, str]] = []
    headed = _shelves_with_items(found)
    for node, place, before in found.links[:_MOST_LINKS]:
        href = attr(node, "href")
        ident = identity(href)
        if not ident or _heads_a_shelf(href, place, before, headed):
            continue
        links.append((node, place, ident, href))
    if not links:
        return []
    about: dict[int, str] = {root.mem_id: _MIXED}
    for node in known:
        _mark(node, _MIXED, about)
    for node, _, ident, _ in links:
        _mark(node, ident, about)
    out: dict[int, Unknown] = {}
    for node, place, ident, href in links:
        card = node
        parent = node.parent
        while (
            parent is not None
            and about.get(parent.mem_id) == ident
            and parent.tag not in SHELF_TAGS
        ):
            card, parent = parent, parent.parent
        key = card.mem_id
        if key not in out:
            out[key] = Unknown(card, place, _own_id(card) or _told(card, ident, href), href)
    return [item for item in out.values() if not has_no_box(item.node)]


def _mark(node: Node, ident: str, about: dict[int, str]) -> None:
    """Tells all elements around a node what it is about; two things make them about nothing."""
    current: Node | None = node
    while current is not None:
        key = current.mem_id
        now = about.get(key)
        if now == _MIXED or (now == ident and key != node.mem_id):
            return
        about[key] = ident if now is None or now == ident else _MIXED
        current = current.parent


def _shelves_with_items(found: Survey) -> dict[int, int]:
    """Shelf → number of its first known item."""
    out: dict[int, int] = {}
    for number, item in enumerate(found.items):
        if item.place.shelf is not None:
            out.setdefault(item.place.shelf.mem_id, number)
    return out


def _heads_a_shelf(href: str, place: Place, before: int, headed: dict[int, int]) -> bool:
    """True for the link of a shelf's title to the list that the shelf shows the beginning of."""
    if place.shelf is None or urls.list_id(href) is None:
        return False
    return headed.get(place.shelf.mem_id) == before


def _among_cards(
    root: Node, cards: Sequence[Node], items: Sequence[Item], linked: Sequence[Unknown]
) -> list[Unknown]:
    """Elements beside cards that hold none and look like one."""
    marked: set[int] = {root.mem_id}
    holders: dict[int, Node] = {}
    for card in cards:
        marked.add(card.mem_id)
        parent = card.parent
        if parent is not None:
            holders[parent.mem_id] = parent
        while parent is not None:
            key = parent.mem_id
            if key in marked:
                holders[key] = parent
                break
            marked.add(key)
            parent = parent.parent
    places = {item.node.mem_id: item.place for item in items}
    places |= {item.node.mem_id: item.place for item in linked}
    first = next(iter(places.values()), None)
    out: list[Unknown] = []
    for holder in holders.values():
        if holder.mem_id == root.mem_id:
            continue
        place = first
        for child in children(holder):
            key = child.mem_id
            if key in marked:
                place = places.get(key, place)
                continue
            tag = child.tag
            if tag in NOT_ITEMS or tag in ITEM_TAGS or tag in SHELF_TAGS or child.child is None:
                continue
            if place is not None and _looks_like_a_card(child):
                ident, href = _first_identity(child)
                out.append(Unknown(child, place, ident, href))
    return out


def _looks_like_a_card(node: Node) -> bool:
    if "-" not in node.tag or has_no_box(node):
        return False
    for link in node.css("x-a[href]"):
        href = attr(link, "href")
        if urls.is_channel_path(href) or _PAID.search(href):
            return True
    return node.css_first("img") is not None and bool(text_of(node))


def _first_identity(node: Node) -> tuple[str, str]:
    """Id and address of the first link that names something, else of the first at all."""
    first = ""
    for link in node.css("x-a[href]"):
        href = attr(link, "href")
        ident = identity(href)
        if ident:
            return _own_id(node) or _told(node, ident, href), href
        if (urls.is_channel_path(href) and not first) or (_PAID.search(href) and not first):
            first = href
    pictured = _own_id(node) or _pictured(node) or _in_attributes(node)
    if pictured:
        return pictured, first
    if urls.is_channel_path(first):
        return urls.nature(first).channel or first, first
    return first, first


def _own_id(node: Node) -> str:
    """The id that a card bears in its class, as lockups do."""
    for holder in (node, *children(node)):
        found = _CONTENT_ID.search(attr(holder, "class"))
        if found is not None:
            return found[1]
    return ""


def _told(node: Node, ident: str, href: str) -> str:
    """Of a link to a video in a list: the video where the picture (the first such link) shows a
    length, else the list; lengths further down are those of a list's first videos."""
    video = urls.video_id(href)
    if video is None or video == ident or urls.post_id(href):
        return ident
    links = [node] if node.tag == "x-a" else node.css("x-a[href]")
    picture = next((link for link in links if identity(attr(link, "href")) == ident), None)
    return video if _CLOCKS.search(text_of(picture)) else ident


def _pictured(node: Node) -> str:
    """The id of the video whose picture a card shows."""
    for picture in node.css("img[src]"):
        found = _PICTURE.search(attr(picture, "src"))
        if found is not None:
            return found[1]
    return ""


def _in_attributes(node: Node) -> str:
    """The id of a video that an element of a card says in an attribute of its own."""
    for below in islice(node.traverse(), _MOST_ELEMENTS):
        for name, value in below.attributes.items():
            named = name.removeprefix("data-").replace("-", "")
            if named in ("videoid", "contentid", "itemid") and _VIDEO_ID.match(value or ""):
                return str(value)
    return ""


def _name(node: Node) -> str:
    """The name of the element, or of the first custom element in it."""
    if "-" in node.tag and not node.tag.startswith("x-"):
        return str(node.tag)
    for below in node.traverse():
        if "-" in below.tag and not below.tag.startswith("x-"):
            return str(below.tag)
    return str(node.tag).removeprefix("x-")


def _title(node: Node) -> str | None:
    for selector in ("#video-title", "h3", "h4", "[class*='itle']"):
        for found in node.css(selector):
            text = attr(found, "title") or text_of(found)
            if text:
                return text
    for link in node.css("x-a[href]"):
        text = attr(link, "title") or text_of(link)
        if text and identity(attr(link, "href")) and not _CLOCKS.fullmatch(text):
            return text
    for link in node.css("x-a[aria-label]"):
        return attr(link, "aria-label")
    return None
