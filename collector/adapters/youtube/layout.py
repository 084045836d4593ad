"""How tall a page is: where its lists end, so that scrolling asks for more when a browser would.

Nothing is drawn here. Heights are those of the mock's style sheet, with as many lines of text as
are usual: a row of tiles can be 30 px off where texts wrap otherwise, which matters only where a
list ends that near to the limit. A list scrolled by items, or to its end, does not depend on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from collector.browserless.document import Document, More
from collector.platforms.youtube.parse.registry import AD_TAGS, ITEM_TAGS, WRAPPERS

#: A list asks for more when its end comes this close to the viewport (CSS px, above and below).
NEAR_PX = 400

_TOP = 56
"""The masthead stays above everything."""
_GUIDE = 72
_MORE = 48
_GAP = 32
#: The mobile site's top bar, the bar at its foot, and its one column.
_MOBILE_TOP, _MOBILE_FOOT, _MOBILE_WIDTH = 52, 44, 720
_SHELVES = frozenset(
    {"ytd-rich-section-renderer", "ytd-reel-shelf-renderer", "ytd-shelf-renderer",
     "ytm-rich-section-renderer", "ytm-reel-shelf-renderer", "ytm-shelf-renderer"}
)  # fmt: skip
_BESIDE_CARDS = frozenset(
    {"ytd-comments-header-renderer", "ytd-comment-thread-renderer",
     "ytd-comment-replies-renderer", "ytd-continuation-item-renderer",
     "ytm-continuation-item-renderer"}
)  # fmt: skip
_TAG = re.compile(
    "<("
    + "|".join(sorted(ITEM_TAGS | _SHELVES | _BESIDE_CARDS, key=lambda tag: (-len(tag), tag)))
    + r")(?=[\s>])"
)
#: What a card of the mobile site may be that is no video with a large picture.
_NO_VIDEO = re.compile(
    r"<(ad-slot-renderer|ytm-shorts-lockup-view-model-v2|ytm-(?:compact|playlist)-[a-z-]+)(?=[\s>])"
)
_BOXES = frozenset({*WRAPPERS, *AD_TAGS, *_SHELVES, "ytm-video-with-context-renderer"})
"""What holds other cards; only the outermost one has a place of its own."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A viewport in CSS pixels and how far the page is moved down."""

    width: int
    height: int
    top: float = 0.0


@dataclass(slots=True)
class Layout:
    """``tops``: offset in the page's text and top (px) of each card, in document order; ``ends``:
    top of each place to grow, in the order of ``Document.more``; ``bottom``: the page's height.
    Several askers share one, so it is only read."""

    tops: list[tuple[int, float]] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    bottom: float = 0.0
    link: float = 0.0
    """From a card's top to its title's link."""
    head: float = 0.0
    """Top of the buttons of a watch page or a channel."""

    def top_at(self, offset: int) -> float:
        """The top of the card that holds the text at ``offset``."""
        return max((place for place in self.tops if place[0] <= offset), default=(0, 0.0))[1]


def near(document: Document, screen: Screen) -> list[More]:
    """The places to grow that are close enough to the viewport."""
    places = document.more()
    ends = layout(document, screen).ends if places else []
    low, high = screen.top - NEAR_PX, screen.top + screen.height + NEAR_PX
    return [
        place for place, end in zip(places, ends, strict=True) if end < high and end + _MORE > low
    ]


def furthest(document: Document, screen: Screen) -> float:
    """How far down the page can be moved."""
    return max(layout(document, screen).bottom - screen.height, 0.0)


def layout(document: Document, screen: Screen) -> Layout:
    """Where everything lies that scrolling depends on; it is the same however far down one is."""
    modern = 'data-era="2022"' not in document.head[:2000]
    return _layout(document.root, document.page, replace(screen, top=0.0), modern)


@lru_cache(maxsize=2)
def _layout(root: str, page: str, screen: Screen, modern: bool) -> Layout:
    """Worked out once for a page as it stands: each move and each look down asks for it."""
    found = Layout()
    match root:
        case "ytd-watch-flexy":
            _watch(found, page, screen, modern)
        case "ytd-search":
            _search(found, page, modern)
        case "ytd-browse":
            _grid(found, page, screen, modern)
        case "ytm-browse" | "ytm-search" | "ytm-watch":
            _mobile(found, page, root, screen)
    return found


def _mobile(found: Layout, page: str, root: str, screen: Screen) -> None:
    """One column. What is closed over the page (the queue) has no place in it."""
    width = min(screen.width, _MOBILE_WIDTH)
    picture = width * 9 / 16
    found.link = picture / 2 - 20
    y: float = _MOBILE_TOP
    if root == "ytm-watch":
        found.head = y + picture + 150
        y += picture + 240 + 36
    elif 'page-subtype="channels"' in page[:300]:
        found.head = y + 100
        y += 200
    elif "<ytm-page-header-renderer" in page[:300]:
        y += 56
    for tag, start, end in _cards(page):
        found.tops.append((start, y))
        if tag == "ytm-continuation-item-renderer":
            found.ends.append(y)
            y += _MORE
        elif tag in _SHELVES:
            videos = page.count("<ytm-video-with-context-renderer", start, end)
            y += 44 + (videos * (picture + 90) or 316)
        else:
            other = _NO_VIDEO.search(page, start, start + 80)
            match other[1] if other else "":
                case "":
                    y += picture + 90
                case "ad-slot-renderer":
                    y += picture + 80
                case "ytm-shorts-lockup-view-model-v2":
                    y += 300
                case _:
                    y += max((width - 24) * 0.45 * 9 / 16, 110) + 32
    found.bottom = y + _MOBILE_FOOT


def _grid(found: Layout, page: str, screen: Screen, modern: bool) -> None:
    """Tiles in rows; a shelf takes a whole row."""
    channel = 'page-subtype="channels"' in page[:300]
    found.head = _TOP + 250 if channel else 0.0
    columns = next((n for most, n in ((600, 1), (876, 2), (1150, 3)) if screen.width <= most), 4)
    inner = min(screen.width - (_GUIDE if screen.width > 792 else 0), 1760) - 48
    picture = (inner - 16 * (columns - 1)) / columns * 9 / 16
    shorts = (inner - 16 * 4) / 5 * 16 / 9 + (156 if modern else 180)
    found.link = picture + 12
    tile = picture + (100 if modern else 92)
    y: float = _TOP + 68
    if channel:
        tile -= 20
        y = _TOP + (455 if modern else 375) - (1366 - screen.width) * 0.145
    in_row, lists = 0, 0
    for tag, start, _ in _cards(page):
        if tag == "ytd-rich-item-renderer" or tag == "ytd-grid-video-renderer":
            if in_row == columns:
                y, in_row, lists = y + tile + 6 * lists + _GAP, 0, 0
            found.tops.append((start, y))
            in_row += 1
            lists = max(lists, int("ytCollectionThumbnail" in page[start : start + 1500]))
            continue
        if in_row:
            y, in_row, lists = y + tile + 6 * lists + _GAP, 0, 0
        found.tops.append((start, y))
        if tag == "ytd-rich-section-renderer":
            is_shorts = "is-shorts" in page[start : start + 1500]
            y += (shorts if is_shorts else tile + 88) + _GAP
        elif tag == "ytd-continuation-item-renderer":
            found.ends.append(y)
            y += _MORE + _GAP
    if in_row:
        y += tile + 6 * lists + _GAP
    found.bottom = y - _GAP + 40


def _search(found: Layout, page: str, modern: bool) -> None:
    y: float = _TOP + (81 if modern else 69)
    for tag, start, end in _cards(page):
        found.tops.append((start, y))
        if tag == "ytd-reel-shelf-renderer":
            y += 446.4 if modern else 454.4
        elif tag == "ytd-shelf-renderer":
            y += 86 + 218.5 * page.count("<ytd-video-renderer", start, end)
        elif tag == "ytd-continuation-item-renderer":
            found.ends.append(y)
            y += _MORE
        elif tag == "ytd-promoted-sparkles-text-search-renderer":
            y += 83
        else:
            y += 224.5 if tag == "yt-lockup-view-model" else 218.5
    found.bottom = y + 16


def _watch(found: Layout, page: str, screen: Screen, modern: bool) -> None:
    """Two columns: player, description, comments; and the list beside them."""
    beside = screen.width > 1014
    width = screen.width - 48 - 24 - 402 if beside else screen.width
    left = _TOP + (24 if beside else 0) + min(width * 9 / 16, screen.height - 169)
    found.head = left + 60
    left += 262 if modern else 286
    comments_end = page.find("</ytd-comments>")
    right = (_TOP + 24 if beside else 0) + 44.0
    ends: list[tuple[bool, float]] = []
    for tag, start, end in _cards(page):
        if start < comments_end:
            found.tops.append((start, left))
            match tag:
                case "ytd-comments-header-renderer":
                    left += 105
                case "ytd-comment-thread-renderer":
                    left += 86
                case "ytd-comment-replies-renderer":
                    left += 52
                case "ytd-continuation-item-renderer":
                    ends.append((True, left))
                    left += _MORE
            continue
        found.tops.append((start, right))
        if tag == "ytd-continuation-item-renderer":
            ends.append((False, right))
            right += _MORE
        elif tag == "ytd-reel-shelf-renderer":
            right += 446.4 if modern else 454.4
        elif tag == "ytd-shelf-renderer":
            right += 86 + 102.5 * page.count("<yt-lockup-view-model", start, end)
        elif modern:
            listed = "ytCollectionThumbnail" in page[start : start + 1500]
            right += 105 if tag == "ytd-ad-slot-renderer" else 108.5 if listed else 102.5
        else:
            right += 110 if tag == "ytd-compact-promoted-video-renderer" else 102
    below = 0.0 if beside else left + 24
    found.ends = [end if in_comments else below + end for in_comments, end in ends]
    found.bottom = (max(left, right) if beside else left + right) + 24


def _cards(page: str) -> Iterator[tuple[str, int, int]]:
    """Tag, start and end of what has a height, in document order; the end only of boxes."""
    until = -1
    for match in _TAG.finditer(page):
        start = match.start()
        if start < until:
            continue
        until = page.find(f"</{match[1]}>", start) if match[1] in _BOXES else -1
        yield match[1], start, until
