"""JSON out of an Atom tree by the service's general rules, and the compact JSON-C.

``{uri}name`` becomes ``prefix$name``, text ``$t``; what may occur several times is always a list.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from mockserver.api.gdata.build import Element, spaces, stamp
from mockserver.api.gdata.feed import Feed, Item, feed_updated
from mockserver.api.gdata.here import Here
from mockserver.api.gdata.names import Version

_LISTS = frozenset({
    "category", "link", "author", "contributor", "entry", "media$category", "media$content",
    "media$thumbnail", "media$credit", "media$restriction", "yt$accessControl", "gd$feedLink",
})  # fmt: skip

#: Which attributes (and texts, ``$t``) are numbers.
_NUMBERS = frozenset({
    ("openSearch$totalResults", "$t"), ("openSearch$startIndex", "$t"),
    ("openSearch$itemsPerPage", "$t"), ("yt$position", "$t"), ("yt$countHint", "$t"),
    ("media$content", "duration"), ("media$content", "yt$format"),
    ("media$thumbnail", "height"), ("media$thumbnail", "width"),
    ("gd$rating", "average"), ("gd$rating", "max"), ("gd$rating", "min"),
    ("gd$rating", "numRaters"), ("gd$feedLink", "countHint"),
})  # fmt: skip


@lru_cache(maxsize=512)
def _name(qualified: str, version: Version) -> str:
    if not qualified.startswith("{"):
        return qualified
    uri, _, local = qualified[1:].partition("}")
    prefix = next(name for name, known in spaces(version).items() if known == uri)
    return f"{prefix}${local}" if prefix else local


def _value(element: Element, name: str, version: Version, parent: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in element.attrib.items():
        shown = _name(key, version)
        made[shown] = _number(value) if (name, shown) in _NUMBERS else value
    if element.text:
        made["$t"] = _number(element.text) if (name, "$t") in _NUMBERS else element.text
    for child in element:
        inner = _name(child.tag, version)
        value = _value(child, inner, version, name)
        if _many(inner, version, name):
            made.setdefault(inner, []).append(value)
        else:
            made[inner] = value
    return made


def _many(name: str, version: Version, parent: str) -> bool:
    if name == "gd$feedLink":
        return parent != "gd$comments"
    return name in _LISTS or (name == "media$player" and version is Version.V1)


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() and "." not in text else value


def document(tree: Element, version: Version) -> bytes:
    """The whole document on one line."""
    name = _name(tree.tag, version)
    declared = {
        f"xmlns${prefix}" if prefix else "xmlns": uri for prefix, uri in spaces(version).items()
    }
    content = {**declared, **_value(tree, name, version, "")}
    return orjson.dumps({"version": "1.0", "encoding": "UTF-8", name: content})


def compact_feed(feed: Feed, here: Here) -> bytes:
    data = {
        **feed.compact,
        "updated": stamp(feed_updated(feed, here)),
        "totalItems": feed.total,
        "startIndex": here.query.start,
        "itemsPerPage": here.query.size,
    }
    if feed.items:
        data["items"] = [item.jsonc(here) for item in feed.items]
    return _compact(data)


def compact_item(item: Item, here: Here) -> bytes:
    return _compact(item.jsonc(here))


def _compact(data: dict[str, Any]) -> bytes:
    return orjson.dumps({"apiVersion": Version.V2.label, "data": data})
