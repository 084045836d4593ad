"""Finds the page that the viewer sees among the pages that the document still holds.

The site keeps earlier pages in the document, hidden, under one manager. A serialised document names
each of them plainly, so the visible one can be cut out of the text before a tree is built: that
halves the work, and nothing of another page can leak in. A document that is not written so is
searched as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from collector.model import PageKind
from collector.platforms.youtube.parse.tree import Node, attr, children, parse_tree
from collector.platforms.youtube.urls import Nature

#: Elements that are the page of a kind of address, and the ``page-subtype`` that is preferred.
_ROOTS: dict[PageKind, tuple[tuple[str, ...], str]] = {
    PageKind.HOME: (("ytd-browse",), "home"),
    PageKind.VIDEO: (("ytd-watch-flexy", "ytd-watch-grid"), ""),
    PageKind.SEARCH: (("ytd-search",), ""),
    PageKind.CHANNEL: (("ytd-browse",), "channels"),
}
_MANAGER = "<ytd-page-manager"
_BETWEEN = re.compile(r"(?:\s|<!--[^<>]{0,200}-->)*+")
_OPEN = re.compile(r'<(ytd-[a-z-]+)((?:\s++[^\s=<>"]++(?:="[^"]*+")?+)*+)\s*+>')
_ATTRIBUTE = re.compile(r'\s([^\s=<>"]+)(?:="([^"]*)")?')
_LANG = re.compile(r'<html\b[^<>]{0,2000}?\slang="([^"<>]{1,40})"')
_HEAD = 4000


@dataclass(frozen=True, slots=True)
class Scope:
    """The element of the page that was asked for; ``visible`` is false while it is still hidden."""

    root: Node | None
    visible: bool


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of the document as text: ``start`` to ``end`` of its element."""

    tag: str
    subtype: str
    hidden: bool
    start: int
    end: int


def find_page(html: str, asked: Nature) -> Scope:
    """The page for an address.

    A capture taken in the middle of a navigation may have the page it asked for still hidden: it is
    taken where no other of its kind is visible, and ``visible`` says so.

    :raises TooDeep: the page is nested deeper than any real one.
    """
    tags, subtype = _ROOTS.get(asked.kind, ((), ""))
    pages = _pages(html)
    if pages is None:
        return _in_tree(html, tags, subtype)
    candidates = [page for page in pages if page.tag in tags]
    if not candidates:
        return Scope(None, False)
    best = min(candidates, key=lambda page: (page.hidden, page.subtype != subtype))
    tree = parse_tree(html[best.start : best.end])
    return Scope(tree.css_first(best.tag), not best.hidden)


def interface_language(html: str) -> str:
    """The language that the document declares, empty if it does not."""
    found = _LANG.search(html, 0, _HEAD)
    return found[1] if found is not None else ""


def _pages(html: str) -> list[_Page] | None:
    """The pages under the manager, ``None`` if the text does not name them plainly."""
    at = html.find(_MANAGER)
    position = html.find(">", at) + 1 if at >= 0 else 0
    if position <= 0:
        return None
    pages: list[_Page] = []
    while True:
        between = _BETWEEN.match(html, position)
        start = between.end() if between is not None else position
        opening = _OPEN.match(html, start)
        if opening is None:
            closed = html.startswith("</ytd-page-manager>", start)
            return pages if pages and closed else None
        close = f"</{opening[1]}>"
        end = html.find(close, opening.end())
        if end < 0:
            return None
        attributes = dict(_ATTRIBUTE.findall(opening[2]))
        position = end + len(close)
        pages.append(
            _Page(
                opening[1],
                attributes.get("page-subtype", ""),
                "hidden" in attributes,
                start,
                position,
            )
        )


def _in_tree(html: str, tags: tuple[str, ...], subtype: str) -> Scope:
    """The same in a document that has to be searched as a whole."""
    if not tags:
        return Scope(None, False)
    tree = parse_tree(html)
    manager = tree.css_first("ytd-page-manager")
    candidates = [n for n in children(manager) if n.tag in tags] if manager is not None else []
    candidates = candidates or tree.css(",".join(tags))
    if not candidates:
        return Scope(None, False)
    best = min(
        candidates,
        key=lambda n: ("hidden" in n.attributes, attr(n, "page-subtype") != subtype),
    )
    return Scope(best, "hidden" not in best.attributes)
