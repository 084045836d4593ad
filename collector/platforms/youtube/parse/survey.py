"""One walk over the visible page: its items, where they stand, and the blocks other readers need.

Asking the selector engine for thirty tags costs nine times a plain walk, so everything that is
found by tag is found here, once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from collector.model import Surface
from collector.platforms.youtube.parse.registry import ITEM_TAGS, SHELF_TAGS
from collector.platforms.youtube.parse.tree import Node, Place, Places

#: Blocks that page-level readers look into.
MARKS = frozenset(
    (
        "h1",
        "ytd-watch-metadata",
        "ytd-video-primary-info-renderer",
        "ytd-video-secondary-info-renderer",
        "ytd-video-owner-renderer",
        "yt-search-query-correction",
        "yt-did-you-mean-renderer",
        "like-button-view-model",
        "ytd-metadata-row-renderer",
        "ytd-macro-markers-list-item-renderer",
        "ytd-comments-header-renderer",
        "ytd-comment-thread-renderer",
    )
)


@dataclass(slots=True)
class Survey:
    """What a walk found: outermost items of the surface, and marked blocks by tag in order."""

    items: list[tuple[Node, Place]] = field(default_factory=list)
    marks: dict[str, list[Node]] = field(default_factory=dict)

    def blocks(self, *tags: str) -> list[Node]:
        """All marked blocks of these tags, in the order of the tags."""
        return [node for tag in tags for node in self.marks.get(tag, ())]


def survey(root: Node, surface: Surface | None) -> Survey:
    """Walks a page root. Without a surface only blocks are collected."""
    places = Places(ITEM_TAGS, SHELF_TAGS)
    out = Survey()
    for node in root.traverse():
        tag = node.tag
        if tag in MARKS:
            out.marks.setdefault(tag, []).append(node)
        elif tag in ITEM_TAGS and surface is not None:
            place = places.of(node)
            if place.item != node.mem_id or place.region == "aside":
                continue
            if surface is not Surface.RELATED or place.region == "related":
                out.items.append((node, place))
    return out
