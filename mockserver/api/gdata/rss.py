"""RSS 2.0 out of an Atom tree: Atom's words are translated, everything else is copied as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from mockserver.api.gdata.build import Element, qualified, spaces
from mockserver.api.gdata.names import ATOM, Version

_ATOM = f"{{{ATOM}}}"


def _spaces(version: Version) -> dict[str, str]:
    return {"atom": ATOM, **{name: uri for name, uri in spaces(version).items() if name}}


def rss_feed(tree: Element, items: Sequence[Element], version: Version) -> Element:
    """``rss`` of a feed whose entries are ``items``; of a partial feed, what there is."""
    root = etree.Element("rss", nsmap=_spaces(version))
    root.set("version", "2.0")
    channel = etree.SubElement(root, "channel")
    _copy(tree, "id", channel, f"{_ATOM}id")
    _copy(tree, "updated", channel, "lastBuildDate", _date)
    _categories(tree, channel)
    _copy(tree, "title", channel, "title")
    _put(channel, "description", _text(tree, "subtitle"))
    alternate = _link(tree, "alternate")
    if alternate:
        _put(channel, "link", alternate)
    if _text(tree, "logo"):
        image = etree.SubElement(channel, "image")
        _copy(tree, "logo", image, "url")
        _copy(tree, "title", image, "title")
        _put(image, "link", alternate)
    _copy(tree, "author/name", channel, "managingEditor")
    _copy(tree, "generator", channel, "generator")
    for child in tree:
        if not child.tag.startswith(_ATOM):
            channel.append(deepcopy(child))
    channel.extend(items)
    return root


def rss_item(entry: Element, version: Version) -> Element:
    """``item`` of an entry; of a partial entry, what there is."""
    item = etree.Element("item", nsmap=_spaces(version))
    guid = _copy(entry, "id", item, "guid")
    if guid is not None:
        guid.set("isPermaLink", "false")
    _copy(entry, "published", item, "pubDate", _date)
    _copy(entry, "updated", item, f"{_ATOM}updated")
    _categories(entry, item)
    _copy(entry, "title", item, "title")
    _copy(entry, "summary", item, f"{_ATOM}summary")
    _copy(entry, "content", item, "description")
    if alternate := _link(entry, "alternate"):
        _put(item, "link", alternate)
    _copy(entry, "author/name", item, "author")
    for child in entry:
        if not child.tag.startswith(_ATOM):
            item.append(deepcopy(child))
    return item


def _copy(
    tree: Element, name: str, into: Element, called: str, spelled: Callable[[str], str] = str
) -> Element | None:
    """The text at Atom's ``name``, if there is any, as ``called``."""
    text = str(tree.findtext("/".join(map(qualified, name.split("/")))) or "")
    return _put(into, called, spelled(text)) if text else None


def _put(parent: Element, name: str, text: str) -> Element:
    made = etree.SubElement(parent, name)
    made.text = text or None
    return made


def _text(tree: Element, name: str) -> str:
    return str(tree.findtext(qualified(name)) or "")


def _link(tree: Element, rel: str) -> str:
    for found in tree.iterfind(f"{_ATOM}link"):
        if found.get("rel") == rel:
            return str(found.get("href"))
    return ""


def _date(stamp: str) -> str:
    return format_datetime(datetime.fromisoformat(stamp))


def _categories(tree: Element, into: Element) -> None:
    for found in tree.iterfind(f"{_ATOM}category"):
        _put(into, "category", found.get("term") or "").set("domain", found.get("scheme") or "")
