"""Finds the page that the viewer sees among the pages that the document still holds.

The site keeps earlier pages in the document, hidden, under one manager. A serialised document names
each of them plainly, so the visible one can be cut out of the text before a tree is built: that
halves the work, and nothing of another page can leak in. A document that is not written so is
searched as a whole. The manager is known by its name or its id, a page by its name, whatever
beginning and end that has. A page whose own element has got another name is the visible one under
the manager; a document without any is read whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from collector.common.model import PageKind, Surface
from collector.platforms.youtube.parse.tree import (
    PAGE_ROOTS,
    Node,
    attr,
    children,
    cores,
    has_no_box,
    parse_tree,
)
from collector.platforms.youtube.urls import ParsedUrl

#: Elements that are the page of a kind of address, and the ``page-subtype`` that is preferred.
_ROOTS: dict[PageKind, tuple[tuple[str, ...], str]] = {
    PageKind.HOME: (("ytd-browse", "ytm-browse"), "home"),
    PageKind.VIDEO: (("ytd-watch-flexy", "ytd-watch-grid", "ytd-watch", "ytm-watch"), ""),
    PageKind.SEARCH: (("ytd-search", "ytm-search"), ""),
    PageKind.CHANNEL: (("ytd-browse", "ytm-browse"), "channels"),
    PageKind.OTHER: (("ytd-browse", "ytd-shorts", "ytm-browse", "ytm-shorts", "ytd-search"), ""),
}
#: What a page's own element says it is, where no address does: kind and surface.
_SAID = {
    "home": (PageKind.HOME, Surface.HOME),
    "channels": (PageKind.CHANNEL, Surface.CHANNEL),
    "playlist": (PageKind.OTHER, Surface.PLAYLIST),
    "subscriptions": (PageKind.OTHER, Surface.SUBSCRIPTIONS),
    "history": (PageKind.OTHER, Surface.HISTORY),
    "trending": (PageKind.OTHER, Surface.TRENDING),
    "hashtag-landing-page": (PageKind.OTHER, Surface.HASHTAG),
    "hashtag": (PageKind.OTHER, Surface.HASHTAG),
}
_MANAGER = b"<ytd-page-manager"
_MANAGER_ID = b'id="page-manager"'
#: What only a page has that plays a video: its player, where that is not a preview in a list.
_PLAYS = b'id="movie_player"'
_SUBTYPE = b'page-subtype="'
_BETWEEN = re.compile(rb"(?:\s|<!--[^<>]{0,800}-->|(?!))*+")
_WITH_ATTRIBUTES = rb'((?:\s++[^\s=<>"]++(?:="[^"]*+"|(?!))?+|(?!))*+)\s*+>'
_OPEN = re.compile(rb"<(yt[dm]-[a-z-]+)" + _WITH_ATTRIBUTES)
_OPEN_ANY = re.compile(rb"<([a-z][a-z0-9]*+-[a-z0-9-]+)" + _WITH_ATTRIBUTES)
_ATTRIBUTE = re.compile(rb'\s([^\s=<>"]+)(?:="([^"]*)")?')
_LANG = re.compile(r'<html\b[^<>]{0,2000}?\slang="([^"<>]{1,40})"')
_HEAD = 4000
_MOST_OF_A_TAG = 4000
_CORE_NAMES = {core: tag for tag in sorted(PAGE_ROOTS) for core in cores(tag)}


@dataclass(frozen=True, slots=True)
class Scope:
    """The element of the page that was asked for; ``visible`` is false while it is still hidden."""

    root: Node | None
    visible: bool
    around: bytes | None = None
    """The document without its pages, where they are told apart in the text: masthead, guide,
    dialogs."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of the document as text: ``start`` to ``end`` of its element."""

    tag: str
    name: str
    """The tag that this one stands for; empty if it is no page's that is known."""
    subtype: str
    video: str
    hidden: bool
    start: int
    end: int


def find_page(html: bytes, asked: ParsedUrl) -> Scope:
    """The page for an address. The document comes as :func:`tree.encoded` gives it: most of them
    have four bytes a character in memory, and what is looked for is plain ASCII.

    A capture taken in the middle of a navigation may have the page it asked for still hidden: it is
    taken where no other of its kind is visible, and ``visible`` says so. Where no page of the asked
    kind is there at all, the visible one is taken if it has a name that no kind of page has: the
    site has renamed it.

    :raises TooDeep: the page is nested deeper than any real one.
    """
    tags, subtype = _ROOTS.get(asked.kind, ((), ""))
    pages = _pages(html)
    if pages is None:
        return _in_tree(html, tags, subtype)
    candidates = [page for page in pages if page.name in tags]
    candidates = candidates or _renamed(html, pages, asked, subtype)
    around = html[: pages[0].start] + html[pages[-1].end :] if pages else None
    if not candidates:
        return Scope(None, False, around)
    best = min(candidates, key=lambda page: (page.hidden, page.subtype != subtype))
    tree = parse_tree(html[best.start : best.end])
    return Scope(tree.css_first(best.tag), not best.hidden, around)


def _renamed(html: bytes, pages: list[_Page], asked: ParsedUrl, subtype: str) -> list[_Page]:
    """Pages whose element has a name that no kind of page has: the one that says it is of the asked
    kind, else the visible one; if that plays a video and none was asked for, one that was left or
    is to come."""
    strange = [page for page in pages if not page.name]
    if asked.video_id:
        return [p for p in strange if p.video == asked.video_id] or [
            p for p in strange if not p.hidden
        ]
    own = [p for p in strange if subtype and p.subtype == subtype]
    lists = [p for p in strange if not p.video and html.find(_PLAYS, p.start, p.end) < 0]
    return own or [p for p in lists if not p.hidden] or [p for p in lists if not p.subtype]


def what_it_is(html: bytes) -> tuple[ParsedUrl, Surface] | None:
    """What the visible page is by its own element, for a document whose address nobody knows;
    ``None`` if it does not say."""
    for page in _pages(html) or _roots_in(html) or _subtyped(html):
        if page.hidden:
            continue
        if page.name in ("ytd-search", "ytm-search"):
            return ParsedUrl(PageKind.SEARCH), Surface.SEARCH
        if page.name in _ROOTS[PageKind.VIDEO][0] or page.video:
            return ParsedUrl(PageKind.VIDEO, video_id=page.video or None), Surface.RELATED
        if page.name in ("ytd-shorts", "ytm-shorts"):
            return ParsedUrl(PageKind.OTHER), Surface.SHORTS
        if page.subtype:
            kind, surface = _SAID.get(page.subtype, (PageKind.OTHER, Surface.OTHER))
            return ParsedUrl(kind), surface
    return None


def _subtyped(html: bytes) -> list[_Page]:
    """The elements of a document that say of which kind of page they are, whatever their names;
    where they end is not told."""
    out = []
    at = html.find(_SUBTYPE)
    while at >= 0:
        start = html.rfind(b"<", max(at - _MOST_OF_A_TAG, 0), at)
        opening = _OPEN_ANY.match(html, start) if start >= 0 else None
        if opening is not None:
            out.append(_page(opening, start, len(html)))
        at = html.find(_SUBTYPE, at + len(_SUBTYPE))
    return out


def _roots_in(html: bytes) -> list[_Page]:
    """The pages' own elements of a document that has no manager; where they end is not told."""
    out = []
    for opening in _OPEN.finditer(html):
        if opening[1].decode() in PAGE_ROOTS:
            out.append(_page(opening, opening.start(), len(html)))
    return out


def _page(opening: re.Match[bytes], start: int, end: int) -> _Page:
    tag = opening[1].decode()
    attributes = {
        name.decode("utf-8", "replace"): value.decode("utf-8", "replace")
        for name, value in _ATTRIBUTE.findall(opening[2])
    }
    name = tag if tag in PAGE_ROOTS else _name_of(tag)
    hidden = "hidden" in attributes
    subtype = attributes.get("page-subtype", "")
    return _Page(tag, name, subtype, attributes.get("video-id", ""), hidden, start, end)


def _name_of(tag: str) -> str:
    """The page's element that one of another beginning or end stands for; empty if none."""
    return next((_CORE_NAMES[core] for core in cores(tag) if core in _CORE_NAMES), "")


def interface_language(html: str) -> str:
    """The language that the document declares, empty if it does not."""
    found = _LANG.search(html, 0, _HEAD)
    return found[1] if found is not None else ""


def _pages(html: bytes) -> list[_Page] | None:
    """The pages under the manager, ``None`` if the text does not name them plainly."""
    manager = _manager(html)
    if manager is None:
        return None
    name, position = manager
    pages: list[_Page] = []
    while True:
        between = _BETWEEN.match(html, position)
        start = between.end() if between is not None else position
        opening = _OPEN_ANY.match(html, start)
        if opening is None:
            closed = html.startswith(b"</%b>" % name, start)
            return pages if pages and closed else None
        close = b"</%b>" % opening[1]
        end = html.find(close, opening.end())
        if end < 0:
            return None
        position = end + len(close)
        pages.append(_page(opening, start, position))


def _manager(html: bytes) -> tuple[bytes, int] | None:
    """Name of what holds the pages and where its content begins, as the text has it."""
    at = html.find(_MANAGER)
    if at < 0 and (at := html.find(_MANAGER_ID)) >= 0:
        at = html.rfind(b"<", max(at - _MOST_OF_A_TAG, 0), at)
    opening = _OPEN_ANY.match(html, at) if at >= 0 else None
    return None if opening is None else (opening[1], opening.end())


def _in_tree(html: bytes, tags: tuple[str, ...], subtype: str) -> Scope:
    """The same in a document that has to be searched as a whole."""
    tree = parse_tree(html)
    manager = tree.css_first("ytd-page-manager") or tree.css_first("#page-manager")
    candidates = [n for n in children(manager) if n.tag in tags] if manager is not None else []
    candidates = candidates or (tree.css(",".join(tags)) if tags else [])
    if candidates:
        best = min(
            candidates,
            key=lambda n: ("hidden" in n.attributes, attr(n, "page-subtype") != subtype),
        )
        return Scope(best, "hidden" not in best.attributes)
    named = [
        n for n in tree.css("[page-subtype]") if subtype and attr(n, "page-subtype") == subtype
    ]
    if named:  # the page itself under another name
        best = min(named, key=has_no_box)
        return Scope(best, not has_no_box(best))
    if any(not has_no_box(n) for n in tree.css(",".join(sorted(PAGE_ROOTS)))):
        return Scope(None, False)  # a page is there, and it is not the one that was asked for
    if manager is not None:
        renamed = [n for n in children(manager) if "-" in n.tag]
        own = [n for n in renamed if subtype and attr(n, "page-subtype") == subtype]
        best = next(iter(own or [n for n in renamed if not has_no_box(n)]), manager)
        return Scope(best, not has_no_box(best))
    return Scope(tree.css_first("ytm-app, ytd-app") or tree.body, True)
