"""JSON out of an Atom tree by the service's general rules, and the compact JSON-C.

``{uri}name`` becomes ``prefix$name``, text ``$t``; what may occur several times is always a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson

from mockserver.api.gdata.build import Element, spaces, spelled, stamp
from mockserver.api.gdata.feed import Feed, feed_updated
from mockserver.api.gdata.names import Version
from mockserver.api.gdata.request_context import RequestContext

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
    return spelled(qualified, version).replace(":", "$")


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


def entry(tree: Element, version: Version) -> bytes:
    """An entry as it stands in a feed."""
    return orjson.dumps(_value(tree, "entry", version, ""))


def document(
    tree: Element, version: Version, entries: Sequence[bytes] = (), *, pretty: bool = False
) -> bytes:
    """The whole document, on one line unless it is to be ``pretty``.

    :param entries: those of the feed ``tree``, if they are not in it, by :func:`entry`
    """
    name = _name(tree.tag, version)
    declared = {
        f"xmlns${prefix}" if prefix else "xmlns": uri for prefix, uri in spaces(version).items()
    }
    content = {**declared, **_value(tree, name, version, "")}
    if entries:
        content["entry"] = [orjson.Fragment(each) for each in entries]
    return _written({"version": "1.0", "encoding": "UTF-8", name: content}, pretty=pretty)


def compact_feed(feed: Feed, here: RequestContext) -> dict[str, Any]:
    """What JSON-C says of a feed."""
    data = {
        **feed.compact,
        "updated": stamp(feed_updated(feed, here)),
        "totalItems": feed.total,
        "startIndex": here.query.start,
        "itemsPerPage": here.query.size,
    }
    if feed.items:
        data["items"] = [item.jsonc(here) for item in feed.items]
    return data


def compact(data: dict[str, Any], *, pretty: bool = False) -> bytes:
    """The compact document around ``data``."""
    return _written({"apiVersion": Version.V2.label, "data": data}, pretty=pretty)


def _written(document: dict[str, Any], *, pretty: bool) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 if pretty else 0)
