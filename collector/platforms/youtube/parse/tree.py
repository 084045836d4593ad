"""Small helpers over the page tree: attributes, texts, and what surrounds a node.

All walks are loops over parents and siblings: depth never becomes recursion, and what was found out
about an ancestor is remembered, so that the whole page costs one visit a node at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from collector.platforms.locale.text import clean
from collector.platforms.youtube.parse.rebuilt import renamed

#: A node of the parsed page (selectolax has no type hints).
Node = Any


#: Halves of a character, as :func:`encoded` writes them.
_HALVES = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")


def encoded(html: str) -> bytes:
    """A page's text as bytes, with all that a script may have left in it: halves of characters come
    back as they were with ``decode("utf-8", "surrogatepass")``."""
    return html.encode("utf-8", "surrogatepass")


def parse_tree(html: str | bytes) -> LexborHTMLParser:
    """The page as it was written, from its text or from what :func:`encoded` makes of it. Anchors
    are ``x-a``, buttons ``x-button``, paragraphs ``x-p``.

    :raises TooDeep: no real page is nested like this.
    """
    data = encoded(html) if isinstance(html, str) else html
    if b"\xed" in data:
        data = _HALVES.sub(b"?", data)
    return LexborHTMLParser(renamed(data))


#: Elements that are a whole page; the one without ``hidden`` is what the viewer sees.
PAGE_ROOTS = frozenset(
    ("ytd-browse", "ytd-search", "ytd-watch-flexy", "ytd-watch-grid", "ytd-shorts", "ytd-watch",
     "ytm-browse", "ytm-search", "ytm-watch", "ytm-shorts")
)  # fmt: skip

_NO_BOX = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)


#: Both together: nothing is left of what is in it.
_FLAT = re.compile(r"(?:^|;)\s*(?:max-)?height\s*:\s*0(?:px|em|%)?\s*(?:!|;|\Z)", re.IGNORECASE)
_CUT = re.compile(r"(?:^|;)\s*overflow(?:-y)?\s*:\s*hidden", re.IGNORECASE)


def has_no_box(node: Node) -> bool:
    """True for an element that the page itself keeps from the viewer's eye."""
    return _no_box(node.attributes)


def _no_box(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    if style is None:
        return False
    if "hidden" in style and _FLAT.search(style) is not None and _CUT.search(style) is not None:
        return True
    return _NO_BOX.search(style) is not None


def attr(node: Node | None, name: str) -> str:
    """An attribute's text, empty if the node or the attribute is missing."""
    if node is None:
        return ""
    if name == "href":  # there as a rule, among many: asking for one costs a third of all
        return node.attrs.get(name) or ""
    return node.attributes.get(name) or ""


def below(node: Node, tag: str) -> list[Node]:
    """The elements of a tag below a node, in order. For a node that holds a few: a question to the
    selector engine costs as much as looking at a hundred of them."""
    return [found for found in node.traverse() if found.tag == tag and found.mem_id != node.mem_id]


def text_of(node: Node | None) -> str:
    """The cleaned text below a node, empty if there is none."""
    return "" if node is None else clean(node.text() or "")


def elements(
    root: Node, names: frozenset[str], closed: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Node]]:
    """The elements of many tags at and below a node, in order, each with its tag; what is in those
    of ``closed`` (some of the tags) is not looked at.

    A tag's number costs less than its name, so each name is looked at once in a document.
    """
    known: dict[int, str] = {}
    node, depth = root, 0
    while True:
        number = node.tag_id
        tag = known.get(number)
        if tag is None:
            tag = node.tag if node.tag in names else ""
            known[number] = tag
        if tag:
            yield tag, node
        following = None if tag in closed else node.child
        if following is not None:
            depth += 1
        else:
            while depth and (following := node.next) is None:
                node = node.parent
                depth -= 1
            if not depth:
                return
        node = following


def gather(node: Node, names: frozenset[str]) -> dict[str, list[Node]]:
    """The elements at and below a node of a few names, in order; a name is a tag, an id after
    ``#`` or, for an element that bears none of these, a class after ``.``.

    For the hundred elements of a card one question to the selector engine costs half of a walk. It
    names an element once for each name that it bears.
    """
    out: dict[str, list[Node]] = {}
    before = 0
    for found in node.css(_selector(names)):
        if (key := found.mem_id) == before:
            continue
        before = key
        named = False
        if (tag := found.tag) in names:
            out.setdefault(tag, []).append(found)
            named = True
        if (ident := found.id) and (ident := f"#{ident}") in names:
            out.setdefault(ident, []).append(found)
        elif not named:
            for word in attr(found, "class").split():
                if (word := f".{word}") in names:
                    out.setdefault(word, []).append(found)
    return out


@lru_cache(maxsize=32)
def _selector(names: frozenset[str]) -> str:
    return ",".join(sorted(names))


def first_text(node: Node, *selectors: str) -> str:
    """The first non-empty text that one of the selectors gives, in their order."""
    for selector in selectors:
        for found in node.css(selector):
            text = text_of(found)
            if text:
                return text
    return ""


def children(node: Node) -> Iterator[Node]:
    """Element children."""
    child = node.child
    while child is not None:
        if child.is_element_node:
            yield child
        child = child.next


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands: hidden page or not, inside which item and which shelf."""

    hidden: bool
    """True if the node or anything around it has no box: it was not shown."""
    item: int | None
    """``mem_id`` of the outermost item around the node (or the node itself)."""
    shelf: Node | None
    """The nearest shelf around the node (or the node itself)."""
    region: str
    """The list the node is in: ``related``, ``aside`` or empty."""


_TOP = Place(hidden=False, item=None, shelf=None, region="")

_REGION_TAGS = {
    "ytd-watch-next-secondary-results-renderer": "related",
    **dict.fromkeys(
        (
            "ytd-secondary-search-container-renderer",
            "ytd-universal-watch-card-renderer",
            "ytd-comments",
            "ytd-miniplayer",
            "ytd-popup-container",
            "ytd-video-preview",
            "ytd-player",
            "ytd-masthead",
            "ytd-guide-renderer",
            "ytd-mini-guide-renderer",
            "ytd-watch-metadata",
            "ytd-video-primary-info-renderer",
            "ytd-video-secondary-info-renderer",
            "ytd-merch-shelf-renderer",
            "ytd-engagement-panel-section-list-renderer",
            "ytd-structured-description-content-renderer",
            "ytd-channel-video-player-renderer",
            "ytd-playlist-header-renderer",
            "ytd-playlist-sidebar-renderer",
            "ytd-c4-tabbed-header-renderer",
            "ytd-tabbed-page-header",
            "yt-page-header-renderer",
            "yt-page-header-view-model",
            "ytd-channel-about-metadata-renderer",
            "ytd-about-channel-renderer",
            "ytd-feed-filter-chip-bar-renderer",
            "ytd-consent-bump-v2-lightbox",
            "ytd-search-sub-menu-renderer",
            "ytd-inline-survey-renderer",
            "ytd-single-option-survey-renderer",
            "ytd-statement-banner-renderer",
            "ytd-primetime-promo-renderer",
            "ytd-info-panel-container-renderer",
            "ytd-macro-markers-list-renderer",
            "ytm-mobile-topbar-renderer",
            "ytm-slim-video-metadata-section-renderer",
            "ytm-engagement-panel",
            "ytm-comments-entry-point-header-renderer",
            "ytm-page-header-renderer",
        ),
        "aside",
    ),
    "ytd-playlist-panel-renderer": "queue",
    "ytm-playlist-panel-renderer": "queue",
}

#: The mobile site shows the queue in a panel over the page.
_OVERLAID_QUEUE = "ytm-playlist-panel-renderer"

_PLAIN_REGIONS = {"footer": "aside", "nav": "aside"}
#: Ids and roles that say the same, whatever the element is called. A preview plays over its card.
_REGION_IDS = {"related": "related", "preview": "aside", "video-preview": "aside"}
_REGION_ROLES = {"navigation": "aside", "banner": "aside"}
#: Plain elements that no browser shows, whatever is in them (scripts run on every captured page).
_UNSEEN = frozenset(("noscript", "template"))
_ENDS = re.compile(r"-(?:renderer|view-model(?:-v\d)?)\Z")


@lru_cache(maxsize=4096)
def cores(tag: str) -> tuple[str, ...]:
    """What is left of an element's name without its prefix and its end: as the site ends names
    today, and without the last word whatever it is.

    >>> cores("ytd-guide-renderer"), cores("web-rich-shelf-block")
    (('guide',), ('rich-shelf-block', 'rich-shelf'))
    """
    prefix, _, rest = tag.partition("-")
    if not rest or prefix == "x":  # an anchor or a button under the name of ``parse_tree``
        return ()
    if (ended := _ENDS.sub("", rest)) != rest:
        return (ended,)
    return (rest, rest.rpartition("-")[0]) if "-" in rest else (rest,)


_CORE_REGIONS = {core: said for tag, said in _REGION_TAGS.items() for core in cores(tag)[:1]}


@lru_cache(maxsize=4096)
def region_of(tag: str) -> str:
    """The region that an element is by its name, whatever prefix and end that has; or empty."""
    if "-" not in tag:
        return _PLAIN_REGIONS.get(tag, "")
    named = _REGION_TAGS.get(tag)
    if named is not None:
        return named
    return next((_CORE_REGIONS[core] for core in cores(tag) if core in _CORE_REGIONS), "")


def _said_region(tag: str, attributes: dict[str, str | None]) -> str:
    """The region that a plain element is by its id, or any element by its role; or empty."""
    named = _REGION_IDS.get(attributes.get("id") or "", "") if tag == "div" else ""
    return named or _REGION_ROLES.get(attributes.get("role") or "", "")


class Places:
    """Answers where nodes stand, remembering every ancestor it has seen."""

    def __init__(self, root: Node, items: frozenset[str], shelves: frozenset[str]) -> None:
        self._items = items
        self._shelves = shelves
        self._known: dict[int, Place] = {root.mem_id: _TOP}

    def of(self, node: Node) -> Place:
        """The place of a node. Each node of the page is visited once over all calls."""
        chain: list[tuple[int, Node]] = []
        current: Node | None = node
        place = _TOP
        while current is not None:
            key = current.mem_id
            known = self._known.get(key)
            if known is not None:
                place = known
                break
            chain.append((key, current))
            current = current.parent
        for key, step in reversed(chain):
            place = self._step(place, key, step)
            self._known[key] = place
        return place

    def _step(self, around: Place, key: int, node: Node) -> Place:
        tag, attributes = node.tag, node.attributes
        hidden = (
            around.hidden
            or tag in _UNSEEN
            or (("hidden" in attributes or "style" in attributes) and _no_box(attributes))
            or (tag == "dialog" and "open" not in attributes)
        )
        if around.item is not None:  # within an item only what is hidden changes
            return around if hidden == around.hidden else replace(around, hidden=hidden)
        if tag in self._items:
            return Place(hidden, key, around.shelf, around.region)
        shelf = node if tag in self._shelves else around.shelf
        region = around.region
        if region not in ("aside", "queue") or tag == _OVERLAID_QUEUE:
            region = region_of(tag) or _said_region(tag, attributes) or region
        if hidden == around.hidden and shelf is around.shelf and region == around.region:
            return around
        return Place(hidden, around.item, shelf, region)
