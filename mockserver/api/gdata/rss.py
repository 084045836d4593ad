"""RSS 2.0 out of an Atom tree: Atom's words are translated, everything else is copied as it is."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from mockserver.api.gdata.build import Element, qualified, spaces
from mockserver.api.gdata.names import ATOM, OPEN_SEARCH, Version

_ATOM = f"{{{ATOM}}}"


def rss_tree(tree: Element, version: Version) -> Element:
    """``rss`` of a feed, ``item`` of an entry."""
    names = {"atom": ATOM, **{name: uri for name, uri in spaces(version).items() if name}}
    if tree.tag == qualified("entry"):
        item = etree.Element("item", nsmap=names)
        _item(tree, item)
        return item
    root = etree.Element("rss", nsmap=names)
    root.set("version", "2.0")
    channel = etree.SubElement(root, "channel")
    _put(channel, f"{_ATOM}id", _text(tree, "id"))
    _put(channel, "lastBuildDate", _date(_text(tree, "updated")))
    _categories(tree, channel)
    _put(channel, "title", _text(tree, "title"))
    _put(channel, "description", _text(tree, "subtitle"))
    alternate = _link(tree, "alternate")
    _put(channel, "link", alternate)
    image = etree.SubElement(channel, "image")
    _put(image, "url", _text(tree, "logo"))
    _put(image, "title", _text(tree, "title"))
    _put(image, "link", alternate)
    _put(channel, "managingEditor", tree.findtext(f"{_ATOM}author/{_ATOM}name") or "")
    _put(channel, "generator", _text(tree, "generator"))
    for search in ("totalResults", "startIndex", "itemsPerPage"):
        name = f"{{{OPEN_SEARCH[version]}}}{search}"
        _put(channel, name, tree.findtext(name) or "")
    entries = []
    for child in tree:
        if child.tag == qualified("entry"):
            entries.append(child)
        elif not child.tag.startswith((_ATOM, f"{{{OPEN_SEARCH[version]}}}")):
            channel.append(deepcopy(child))
    for entry in entries:
        _item(entry, etree.SubElement(channel, "item"))
    return root


def _item(entry: Element, item: Element) -> None:
    _put(item, "guid", _text(entry, "id")).set("isPermaLink", "false")
    if published := _text(entry, "published"):
        _put(item, "pubDate", _date(published))
    _put(item, f"{_ATOM}updated", _text(entry, "updated"))
    _categories(entry, item)
    _put(item, "title", _text(entry, "title"))
    if summary := _text(entry, "summary"):
        _put(item, f"{_ATOM}summary", summary)
    content = entry.find(f"{_ATOM}content")
    if content is not None and content.text:
        _put(item, "description", content.text)
    if alternate := _link(entry, "alternate"):
        _put(item, "link", alternate)
    _put(item, "author", entry.findtext(f"{_ATOM}author/{_ATOM}name") or "")
    for child in entry:
        if not child.tag.startswith(_ATOM):
            item.append(deepcopy(child))


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
