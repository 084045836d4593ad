"""Small helpers over the page tree: attributes, texts, and what surrounds a node.

All walks are loops over parents and siblings: depth never becomes recursion, and what was found out
about an ancestor is remembered, so that the whole page costs one visit a node at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from collector.platforms.locale.text import clean
from collector.platforms.youtube.parse.depth import refuse_deep

#: A serialised page is well nested, but HTML5 tree builders (Chromium's, lexbor) rebuild it
#: otherwise: an anchor inside an anchor or a button inside a button closes everything in between,
#: and the side column lands outside the watch page. Under other names they nest as written.
_REBUILT = re.compile(rb"<(/?)(?=(?:a|button|p|form|nobr)[\s/>])")

#: A node of the parsed page (selectolax has no type hints).
Node = Any


def parse_tree(html: str) -> LexborHTMLParser:
    """The page as it was written. Anchors are ``x-a``, buttons ``x-button``, paragraphs ``x-p``.

    :raises TooDeep: no real page is nested like this.
    """
    data = html.encode("utf-8", errors="replace")
    refuse_deep(data)
    parts = _REBUILT.split(data)
    parts[1::2] = [b"</x-" if slash else b"<x-" for slash in parts[1::2]]
    return LexborHTMLParser(b"".join(parts))


#: Elements that are a whole page; the one without ``hidden`` is what the viewer sees.
PAGE_ROOTS = frozenset(
    ("ytd-browse", "ytd-search", "ytd-watch-flexy", "ytd-watch-grid", "ytd-shorts", "ytd-watch")
)


def attr(node: Node | None, name: str) -> str:
    """An attribute's text, empty if the node or the attribute is missing."""
    if node is None:
        return ""
    return node.attributes.get(name) or ""


def text_of(node: Node | None) -> str:
    """The cleaned text below a node, empty if there is none."""
    return "" if node is None else clean(node.text() or "")


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
    root: Node | None
    """The nearest whole page (``PAGE_ROOTS``) around the node or the node itself."""
    item: int | None
    """``mem_id`` of the outermost item around the node (or the node itself)."""
    shelf: Node | None
    """The nearest shelf around the node (or the node itself)."""
    region: str
    """The list the node is in: ``related``, ``aside`` or empty."""


_TOP = Place(hidden=False, root=None, item=None, shelf=None, region="")

_REGION_TAGS = {
    "ytd-watch-next-secondary-results-renderer": "related",
    "ytd-secondary-search-container-renderer": "aside",
    "ytd-universal-watch-card-renderer": "aside",
    "ytd-playlist-panel-renderer": "aside",
    "ytd-comments": "aside",
    "ytd-miniplayer": "aside",
    "ytd-popup-container": "aside",
    "ytd-video-preview": "aside",
    "ytd-engagement-panel-section-list-renderer": "aside",
    "ytd-structured-description-content-renderer": "aside",
    "ytd-channel-video-player-renderer": "aside",
}


class Places:
    """Answers where nodes stand, remembering every ancestor it has seen."""

    def __init__(self, items: frozenset[str], shelves: frozenset[str]) -> None:
        self._items = items
        self._shelves = shelves
        self._known: dict[int, Place] = {}

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
        tag = node.tag
        if tag in self._items:
            if around.item is not None:
                return around
            return Place(around.hidden, around.root, key, around.shelf, around.region)
        if tag in PAGE_ROOTS:
            hidden = around.hidden or "hidden" in node.attributes
            return Place(hidden, node, None, None, "")
        if tag in self._shelves:
            return Place(around.hidden, around.root, around.item, node, around.region)
        region = _REGION_TAGS.get(tag) or (
            "related" if tag == "div" and node.id == "related" else ""
        )
        if region and region != around.region:
            return Place(around.hidden, around.root, around.item, around.shelf, region)
        return around
