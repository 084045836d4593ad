"""What may stand in a batch of evidence: pages and leaves, checked one by one.

A bad item is refused with a reason and costs only itself. Ids are those of the 2022 server.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collector.common.identity import (
    UNDEFINED,
    content_id,
    html_hash,
    js_json,
    parse_iso,
    utf16_length,
)

_HREF = re.compile(r"https?://[^\s/?#]+[/?#]?\S*\Z")
_MOST_TEXT = 4096
#: What a collector says when it has no experiment.
_UNSET = "DEFAULT_UNSET"


class Refused(ValueError):
    """Why an item is not accepted."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What pages and leaves have in common. ``place`` counts within the batch, each kind apart."""

    public_key: str
    metadata_id: str
    href: str
    client_time: datetime
    incremental: int | None
    place: int
    blang: str | None
    research_tag: str | None
    experiment_id: str | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page that was sent. ``size`` is its length in UTF-16 units, as in the 2022 server."""

    origin: Origin
    html: str
    size: int

    def id(self, place: int) -> str:
        """Make the id of what is at a place (from 0) of the page: the same page, the same id."""
        return content_id(metadataId=self.origin.metadata_id, size=self.size, i=place)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A small piece of a page that was sent, e.g. an advert. Offsets are in CSS pixels;
    ``hash`` is the collector's where it sent a number, else made of the markup."""

    origin: Origin
    html: str
    hash: int
    selector_name: str
    offset_top: int | None
    offset_left: int | None

    def id(self, place: int) -> str:
        """Make the id of what is at a place (from 0) of the piece: the same piece, the same id."""
        return content_id(metadataId=self.origin.metadata_id, contentHash=self.hash, i=place)


def is_leaf(item: Any) -> bool:
    """Say whether an item of a batch declares itself a leaf; it may still be a bad one."""
    return isinstance(item, Mapping) and item.get("type") == "leaf"


def read_item(
    item: Any, place: int, *, public_key: str, blang: str | None, research_tag: str | None
) -> Page | Leaf:
    """One item of a batch. Raises :class:`Refused` with the reason."""
    if not isinstance(item, Mapping):
        raise Refused("the item is not an object")
    leaf = item.get("type") == "leaf"
    html = _string(item, "html" if leaf else "element", most=None)
    href = _string(item, "href")
    if not _HREF.match(href):
        raise Refused("href is not an http address")
    page_id = item.get("randomUUID", UNDEFINED)
    if page_id is not UNDEFINED and (not isinstance(page_id, str) or len(page_id) > _MOST_TEXT):
        raise Refused("randomUUID is not a text")
    client_time = _moment(item)
    incremental = _integer(item, "incremental")
    origin = Origin(
        public_key=public_key,
        metadata_id=content_id(publicKey=public_key, randomUUID=page_id, href=href),
        href=_clean(href),
        client_time=client_time,
        incremental=incremental,
        place=place,
        blang=blang,
        research_tag=_label(item, "researchTag") or research_tag,
        experiment_id=_label(item, "experimentId"),
        fingerprint=_digest(
            public_key,
            None if page_id is UNDEFINED else page_id,
            href,
            incremental,
            client_time,
            item.get("type"),
            item.get("selectorName") if leaf else None,
            hashlib.sha256(html.encode("utf-8", "surrogatepass")).hexdigest(),
        ),
    )
    if not leaf:
        return Page(origin, _clean(html), utf16_length(html))
    given = item.get("hash")
    known = isinstance(given, int) and not isinstance(given, bool) and abs(given) < 2**53
    return Leaf(
        origin,
        _clean(html),
        hash=given if known else html_hash(html),  # type: ignore[arg-type]
        selector_name=_clean(_string(item, "selectorName")),
        offset_top=_integer(item, "offsetTop"),
        offset_left=_integer(item, "offsetLeft"),
    )


def _string(item: Mapping[str, Any], key: str, *, most: int | None = _MOST_TEXT) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value:
        raise Refused(f"{key} is missing or not a text")
    if most is not None and len(value) > most:
        raise Refused(f"{key} is longer than {most} characters")
    return value


def _label(item: Mapping[str, Any], key: str) -> str | None:
    value = item.get(key)
    if value in (None, "", _UNSET):
        return None
    return _clean(_string(item, key, most=256))


def _integer(item: Mapping[str, Any], key: str) -> int | None:
    """A whole number, rounded down from what layout gives; anything else is absent."""
    value = item.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 2**53:
        return None
    return int(value)


def _moment(item: Mapping[str, Any]) -> datetime:
    try:
        moment = parse_iso(_string(item, "clientTime", most=64))
        moment.timestamp()
    except Refused:
        raise
    except (ValueError, OverflowError, OSError) as error:
        raise Refused("clientTime is not an ISO date") from error
    if not 1 < moment.year < 9999:
        raise Refused("clientTime is not an ISO date of these times")
    return moment


def _clean(text: str) -> str:
    """Text without lone surrogates, which neither files nor answers can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _digest(*values: Any) -> str:
    return hashlib.sha256(js_json(list(values)).encode()).hexdigest()
