"""The one list of what can be read. Adding a renderer is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable

from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.renderers import (
    ad,
    channel_card,
    classic,
    collection,
    lockup,
    short,
    slim,
)
from collector.platforms.youtube.parse.tree import Node

Reader = Callable[[Node, Reading], Card | None]

#: Tag of an element → its reader.
READERS: dict[str, Reader] = {
    tag: module.read
    for module in (ad, lockup, classic, slim, collection, short, channel_card)
    for tag in module.TAGS
}

#: Elements that wrap exactly one item and say nothing themselves.
WRAPPERS = frozenset(("ytd-rich-item-renderer",))

ITEM_TAGS = frozenset(READERS) | WRAPPERS
CONTENT_SELECTOR = ",".join(sorted(READERS))

#: Elements that put a title over several items.
SHELF_TAGS = frozenset(
    (
        "ytd-rich-shelf-renderer",
        "ytd-rich-section-renderer",
        "ytd-shelf-renderer",
        "ytd-reel-shelf-renderer",
        "ytd-horizontal-card-list-renderer",
        "ytd-expanded-shelf-contents-renderer",
        "grid-shelf-view-model",
        "ytd-channel-featured-content-renderer",
    )
)
