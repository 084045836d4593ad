"""Making Atom with lxml: elements by prefixed name, in the order and with the attributes given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from mockserver.api.gdata.names import (
    ATOM,
    FEED_TYPE,
    GD,
    GEORSS,
    GML,
    MEDIA,
    OPEN_SEARCH,
    PAGE_TYPE,
    YT,
    Version,
)
from mockserver.api.gdata.xmltext import legal

Element = Any
"""An lxml element."""

_SPACES = {
    "media": MEDIA, "yt": YT, "gd": GD, "georss": GEORSS, "gml": GML,
    "os1": OPEN_SEARCH[Version.V1], "os2": OPEN_SEARCH[Version.V2],
}  # fmt: skip
_PACIFIC = ZoneInfo("America/Los_Angeles")


@lru_cache(maxsize=512)
def qualified(name: str, default: str = ATOM) -> str:
    """``media:group`` in lxml's notation; names without a prefix are Atom's (or ``default``'s)."""
    prefix, colon, local = name.partition(":")
    if colon:
        return f"{{{_SPACES[prefix]}}}{local}"
    return f"{{{default}}}{name}" if default else name


def spaces(version: Version) -> dict[str | None, str]:
    """The namespaces that a root element declares."""
    return {
        None: ATOM, "openSearch": OPEN_SEARCH[version], "media": MEDIA, "yt": YT, "gd": GD,
        "georss": GEORSS, "gml": GML,
    }  # fmt: skip


@lru_cache(maxsize=512)
def spelled(name: str, version: Version) -> str:
    """A name in lxml's notation as ``prefix:name``, without a prefix in Atom's namespace or none.

    >>> spelled("{http://search.yahoo.com/mrss/}group", Version.V1)
    'media:group'
    """
    if not name.startswith("{"):
        return name
    uri, _, local = name[1:].partition("}")
    prefix = next(prefix for prefix, known in spaces(version).items() if known == uri)
    return f"{prefix}:{local}" if prefix else local


def root(name: str, version: Version) -> Element:
    """Make a root element, with the namespaces of its dialect declared.

    :param name: with its prefix, e.g. ``openSearch:totalResults``; none is Atom's own
    """
    return etree.Element(qualified(name), nsmap=spaces(version))


def add(
    parent: Element,
    name: str,
    text: str | int | None = None,
    attributes: Mapping[str, str | int | None] | None = None,
) -> Element:
    """Append an element; attributes that are ``None`` are left out."""
    given = {
        qualified(key, ""): legal(str(value))
        for key, value in (attributes or {}).items()
        if value is not None
    }
    made = etree.SubElement(parent, qualified(name), given)
    if text is not None:
        made.text = legal(str(text))
    return made


def link(parent: Element, rel: str, href: str, *, page: bool = False) -> None:
    """A link to another answer of the API, or to a page of the site."""
    kind = PAGE_TYPE if page else FEED_TYPE
    add(parent, "link", attributes={"rel": rel, "type": kind, "href": href})


def category(parent: Element, scheme: str, term: str, label: str | None = None) -> None:
    """Add ``atom:category``. Its label is left out where there is none."""
    add(parent, "category", attributes={"scheme": scheme, "term": term, "label": label})


def stamp(moment: datetime, *, local: bool = False) -> str:
    """RFC 3339 with milliseconds, in UTC or in the service's home time.

    >>> stamp(datetime(2007, 7, 8, 16, 48, 28, tzinfo=UTC), local=True)
    '2007-07-08T09:48:28.000-07:00'
    """
    if local:
        return moment.astimezone(_PACIFIC).isoformat(timespec="milliseconds")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
