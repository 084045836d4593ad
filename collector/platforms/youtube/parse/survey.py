"""One walk over the visible page: its items, where they stand, and the blocks other readers need.

Asking the selector engine for thirty tags costs nine times a plain walk, so everything that is
found by tag is found here, once. Protects the rule that nothing is lost in silence: links to
videos, lists and posts that no known card holds are found in the same walk (``unknown.py`` makes
items of them).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from collector.common.model import Surface
from collector.platforms.youtube.parse.registry import ITEM_TAGS, SHELF_TAGS, WRAPPERS
from collector.platforms.youtube.parse.renderers.reel_player import active
from collector.platforms.youtube.parse.tree import Node, Place, Places, elements

#: Blocks that page-level readers look into.
MARKS = frozenset(
    (
        "h1",
        "ytd-watch-metadata",
        "ytd-video-primary-info-renderer",
        "ytd-video-secondary-info-renderer",
        "ytd-video-owner-renderer",
        "ytm-slim-video-metadata-section-renderer",
        "ytm-slim-owner-renderer",
        "yt-search-query-correction",
        "yt-did-you-mean-renderer",
        "like-button-view-model",
        "ytd-metadata-row-renderer",
        "ytd-macro-markers-list-item-renderer",
        "ytd-comments-header-renderer",
        "ytd-comment-thread-renderer",
        "ytd-playlist-panel-renderer",
    )
)
_LOOKED_FOR = MARKS | ITEM_TAGS | {"x-a"}
#: A card is one item, whatever is in it; what an item's wrapper holds is looked at.
_CARDS = ITEM_TAGS - WRAPPERS


@dataclass(slots=True)
class Item:
    """An outermost item element, or a further card in a wrapper; ``content`` is the card that a
    wrapper holds, if it is known."""

    node: Node
    place: Place
    content: Node | None


@dataclass(slots=True)
class Survey:
    """What a walk found: the items of the surface in reading order, ids of hidden ones, links
    outside of known items, and marked blocks by tag in order."""

    items: list[Item] = field(default_factory=list)
    hidden: list[Item] = field(default_factory=list)
    """Items without a box: they were not shown."""
    queue: list[Item] = field(default_factory=list)
    links: list[tuple[Node, Place, int]] = field(default_factory=list)
    """Links in the list that no known item holds, with the number of items before each."""
    marks: dict[str, list[Node]] = field(default_factory=dict)
    places: Places | None = None
    """Where the nodes of the page stand, as far as it was asked."""

    def blocks(self, *tags: str) -> list[Node]:
        """All marked blocks of these tags, in the order of the tags."""
        return [node for tag in tags for node in self.marks.get(tag, ())]


def survey(root: Node, surface: Surface | None) -> Survey:
    """Walks a page root. Without a surface only blocks are collected."""
    places = Places(root, ITEM_TAGS, SHELF_TAGS)
    out = Survey(places=places)
    found: list[Item] = []
    by_wrapper: dict[int, Item] = {}
    links: list[tuple[Node, Place, int]] = []
    inside, outside = set[int](), {root.mem_id}
    closed = _CARDS if surface is not None else frozenset[str]()
    for tag, node in elements(root, _LOOKED_FOR, closed):
        if tag in MARKS:
            out.marks.setdefault(tag, []).append(node)
        elif tag == "x-a":
            if surface is not None and not _stands_in(node, inside, outside):
                place = places.of(node)
                if place.item is None and not place.hidden and place.region != "aside":
                    links.append((node, place, len(found)))
        elif tag in ITEM_TAGS and surface is not None:
            place = places.of(node)
            key = node.mem_id
            if place.item != key:
                holder = by_wrapper.get(place.item) if place.item is not None else None
                inner = tag not in WRAPPERS and not place.hidden
                if holder is not None and inner:
                    if holder.content is None:
                        holder.content = node
                    else:  # a wrapper holds one card, and a redesign may put a second one in
                        found.append(Item(node, place, node))
                continue
            wraps = tag in WRAPPERS
            item = Item(node, place, None if wraps else node)
            if wraps:
                by_wrapper[key] = item
            found.append(item)
            inside.add(key)
    related = surface is Surface.RELATED and "related" in {
        *(item.place.region for item in found),
        *(place.region for _, place, _ in links),
    }
    before = [0]
    seen = _seen_screens(found) if surface is Surface.SHORTS else len(found)
    for number, item in enumerate(found):
        region = item.place.region
        if region == "queue":
            out.queue.append(item)
        elif region == "related" or (not related and region != "aside"):
            if item.place.hidden or number >= seen:
                out.hidden.append(item)
            else:
                out.items.append(item)
        before.append(len(out.items))
    out.links = [
        (node, place, before[count])
        for node, place, count in links
        if place.region == "related" or (not related and place.region != "queue")
    ]
    return out


def _stands_in(node: Node, inside: set[int], outside: set[int]) -> bool:
    """Whether one of some elements is around a node. What is found out about the elements between
    is put down: to climb to the next that is known takes less time than to look into each."""
    climbed: list[int] = []
    current: Node | None = node
    while current is not None:
        key = current.mem_id
        if key in inside:
            inside.update(climbed)
            return True
        if key in outside:
            break
        climbed.append(key)
        current = current.parent
    outside.update(climbed)
    return False


def _seen_screens(found: list[Item]) -> int:
    """How many of the screens of the short-video player were seen: up to the one that plays."""
    return next((n + 1 for n, item in enumerate(found) if active(item.node)), len(found))
