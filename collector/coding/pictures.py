"""An item's picture, from what the run kept: out of the page itself, or out of its recording.

Never from the network: a run that kept no pictures shows none.
"""

from __future__ import annotations

import base64
import binascii
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from selectolax.lexbor import LexborHTMLParser, LexborNode

from collector.addresses import is_loopback, parts_of
from collector.coding.items import ToCode
from collector.common.errors import UserError
from collector.evidence import EvidenceStore
from collector.recording.stored import recordings_in
from collector.store import Store

TYPES = frozenset(
    {"image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "image/svg+xml"}
)
_LARGEST = 1_000_000
_MOST_BYTES = 64_000_000
_INLINE = re.compile(r"data:(image/[a-z+]+)((?:;[\w=-]+)*),(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's bytes and what they are."""

    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run kept of an item's picture."""

    picture: Picture | None = None
    address: str = ""
    """Of the picture, as the page had it; empty on the mock, whose addresses are nobody's."""


class Pictures:
    """Pictures of the items of a run, found when they are asked for."""

    def __init__(self, run: Path, items: list[ToCode]) -> None:
        self._run = run
        self._items = {item.item_id: item for item in items}
        self._evidence = EvidenceStore(run / "evidence")
        self._lock = threading.Lock()
        self._recorded: dict[str, Picture] | None = None
        self._kept: OrderedDict[str, Picture | None] = OrderedDict()

    def of(self, item_id: str) -> Picture | None:
        """The picture of an item, or ``None`` where the run kept none."""
        with self._lock:
            if item_id not in self._kept:
                item = self._items.get(item_id)
                found = None if item is None else self._inline(item) or self._recording(item_id)
                self._kept[item_id] = found
                while len(self._kept) > 500:
                    self._kept.popitem(last=False)
            return self._kept[item_id]

    def _inline(self, item: ToCode) -> Picture | None:
        """Out of the page: an image of ``data:`` in a link to the item, or beside one."""
        if not item.capture or not item.href:
            return None
        html = ""
        with suppress(UserError), Store(self._run / "store.db", readonly=True) as store:
            html = self._page(store, item.capture)
        if "data:image/" not in html:
            return None
        for link in LexborHTMLParser(html).css("a[href]"):
            if item.item_id not in (link.attributes.get("href") or ""):
                continue
            for src in _images_near(link):
                if found := _of_address(src):
                    return found
        return None

    def _page(self, store: Store, capture: str) -> str:
        """The page of a capture; empty where it cannot be read, which says nothing about coding."""
        try:
            return self._evidence.get(store.capture(capture).content_hash)
        except (UserError, KeyError, OSError):
            return ""

    def seen(self) -> dict[str, Seen]:
        """Every item that has a picture, with it and its address, each page read once."""
        by_capture: dict[str, list[ToCode]] = {}
        for item in self._items.values():
            if item.capture and item.href:
                by_capture.setdefault(item.capture, []).append(item)
        found: dict[str, Seen] = {}
        with self._lock, Store(self._run / "store.db", readonly=True) as store:
            for capture, own in by_capture.items():
                if "<img" in (html := self._page(store, capture)):
                    found |= _seen_on(html, own)
            for name in self._items:
                if (recorded := self._recording(name)) is not None:
                    before = found.get(name, Seen())
                    found[name] = Seen(before.picture or recorded, before.address)
        return found

    def _recording(self, item_id: str) -> Picture | None:
        """Out of the recording: an image whose address has the item's id as one of its parts."""
        if self._recorded is None:
            self._recorded = {}
            size = 0
            for name, picture in _pictures_in(self._run / "recordings"):
                if name in self._items and name not in self._recorded and size < _MOST_BYTES:
                    self._recorded[name] = picture
                    size += len(picture.data)
        return self._recorded.get(item_id)


def _images_near(link: LexborNode) -> Iterator[str]:
    """Addresses of the images in a link, then of those beside it."""
    for node in (link, link.parent):
        for image in node.css("img[src]") if node is not None else ():
            yield image.attributes.get("src") or ""


def _seen_on(html: str, items: list[ToCode]) -> dict[str, Seen]:
    """Picture and address of each item that a page has."""
    found: dict[str, Seen] = {}
    for link in LexborHTMLParser(html).css("a[href]"):
        href = link.attributes.get("href") or ""
        for item in items:
            have = found.get(item.item_id, Seen())
            if item.item_id not in href or (have.picture and have.address):
                continue
            own = sum(1 for _ in link.css("img[src]"))
            for number, src in enumerate(_images_near(link)):
                # beside a link may stand another item's picture: its address has to name this one
                address = _public(src) if number < own or item.item_id in src else ""
                have = Seen(have.picture or _of_address(src), have.address or address)
            if have != Seen():
                found[item.item_id] = have
    return found


def _public(src: str) -> str:
    """The address of an image on a site; empty: it is in the page, relative, or of this machine."""
    address = f"https:{src}" if src.startswith("//") else src
    if not address.startswith(("https://", "http://")) or len(address) > 2000:
        return ""
    host = parts_of(address).host
    return "" if not host or is_loopback(host) else address


def _of_address(src: str) -> Picture | None:
    found = _INLINE.match(src.strip())
    if found is None or found[1] not in TYPES or len(found[3]) > 2 * _LARGEST:
        return None
    try:
        data = (
            base64.b64decode(found[3], validate=False)
            if "base64" in found[2]
            else unquote_to_bytes(found[3])
        )
    except (binascii.Error, ValueError):
        return None
    return Picture(found[1], data) if 64 < len(data) <= _LARGEST else None


def _pictures_in(folder: Path) -> Iterator[tuple[str, Picture]]:
    """(part of the address, picture) of every image of a run's recordings."""
    if not folder.is_dir():
        return
    for shelf in recordings_in(folder):
        for step in sorted(shelf.steps()):
            try:
                entries = shelf.har(step)["log"]["entries"]
            except (UserError, OSError, KeyError, ValueError):
                continue  # a trace, or damaged: no pictures
            for entry in entries:
                content = entry.get("response", {}).get("content", {})
                mime = str(content.get("mimeType") or "").partition(";")[0].strip().lower()
                text = content.get("text")
                if mime not in TYPES or not text:
                    continue
                encoded = content.get("encoding") == "base64"
                data = base64.b64decode(text) if encoded else str(text).encode()
                if len(data) <= _LARGEST:
                    address = str(entry.get("request", {}).get("url") or "").partition("?")[0]
                    for part in address.split("/"):
                        yield part, Picture(mime, data)
