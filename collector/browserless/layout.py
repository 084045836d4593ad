"""How tall a page is: where its lists end, so that scrolling asks for more when a browser would.

Nothing is drawn here. Heights are those of the mock's style sheet, with as many lines of text as
are usual; what the wrapping of titles adds or takes is averaged. A list scrolled by items, or to
its end, does not depend on them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from collector.browserless.document import Document, More

#: A list asks for more when its end comes this close to the viewport (CSS px, above and below).
NEAR_PX = 400

_MASTHEAD, _MINI_GUIDE = 56, 72
_CONTINUATION = 48
_TAG = re.compile(
    r"<(ytd-rich-item-renderer|ytd-rich-section-renderer|ytd-rich-grid-media|yt-lockup-view-model"
    r"|ytd-video-renderer|ytd-radio-renderer|ytd-playlist-renderer|ytd-compact-[a-z]+-renderer"
    r"|ytd-compact-promoted-video-renderer|ytd-grid-video-renderer|ytd-reel-shelf-renderer"
    r"|ytd-shelf-renderer|ytd-ad-slot-renderer|ytd-promoted-sparkles-text-search-renderer"
    r"|ytd-comment-thread-renderer|ytd-comments-header-renderer|ytd-continuation-item-renderer)\b"
)


@dataclass(frozen=True, slots=True)
class Screen:
    """A viewport in CSS pixels and how far the page is moved down."""

    width: int
    height: int
    top: float = 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """``ends``: where each place to grow begins, in the order of ``Document.more``; ``bottom``: the
    height of the page."""

    ends: tuple[float, ...]
    bottom: float


def near(document: Document, screen: Screen) -> list[More]:
    """The places to grow that are close enough to the viewport."""
    places = document.more()
    ends = layout(document, screen).ends if places else ()
    low, high = screen.top - NEAR_PX, screen.top + screen.height + NEAR_PX
    return [
        place
        for place, end in zip(places, ends, strict=True)
        if end < high and end + _CONTINUATION > low
    ]


def furthest(document: Document, screen: Screen) -> float:
    """How far down the page can be moved."""
    return max(layout(document, screen).bottom - screen.height, 0.0)


def layout(document: Document, screen: Screen) -> Layout:
    """Where the page's lists end."""
    modern = 'data-era="2022"' not in document.head[:2000]
    match document.root:
        case "ytd-watch-flexy":
            return _watch(document, screen, modern)
        case "ytd-search":
            return _search(document, modern)
        case "ytd-browse":
            return _grid(document, screen, modern)
    return Layout(tuple(0.0 for _ in document.more()), float(screen.height))


def _columns(width: int) -> int:
    for most, columns in ((600, 1), (876, 2), (1150, 3)):
        if width <= most:
            return columns
    return 4


def _grid(document: Document, screen: Screen, modern: bool) -> Layout:
    """Tiles in rows; a shelf takes a whole row."""
    columns = _columns(screen.width)
    guide = 0 if screen.width <= 792 else _MINI_GUIDE
    inner = min(screen.width - guide, 1760) - 48
    tile = (inner - 16 * (columns - 1)) / columns
    row = tile * 9 / 16 + (12 + 66 + 20 if modern else 12 + 38 + 36) + 32
    shorts = (inner - 16 * 4) / 5 * 16 / 9 + (8 + 60 if modern else 86) + 8 + 36 + 44 + 32
    plain = row - 32 + 8 + 36 + 44 + 32
    y: float = _MASTHEAD + (0 if 'page-subtype="channels"' in document.page[:300] else 56) + 12
    y += 330 if 'page-subtype="channels"' in document.page[:300] else 0
    ends: list[float] = []
    tiles = skip = 0
    for tag, start in _cards(document):
        if skip > start:
            continue
        if tag == "ytd-rich-section-renderer":
            y += math.ceil(tiles / columns) * row
            end = document.page.find("</ytd-rich-section-renderer>", start)
            short = "is-shorts" in document.page[start : start + 1500]
            y, tiles, skip = y + (shorts if short else plain), 0, end
        elif tag == "ytd-continuation-item-renderer":
            y, tiles = y + math.ceil(tiles / columns) * row, 0
            ends.append(y)
            y += _CONTINUATION + 32
        elif tag in _TILES[modern]:
            tiles += 1
    y += math.ceil(tiles / columns) * row
    return Layout(tuple(ends), y - 32 + 40)


_TILES = {
    True: frozenset({"ytd-rich-item-renderer"}),
    False: frozenset({"ytd-rich-item-renderer", "ytd-grid-video-renderer"}),
}


def _search(document: Document, modern: bool) -> Layout:
    y = _MASTHEAD + 16 + 49 + 16.0
    ends: list[float] = []
    skip = 0
    for tag, start in _cards(document):
        if skip > start:
            continue
        if tag in ("ytd-reel-shelf-renderer", "ytd-shelf-renderer"):
            skip = document.page.find(f"</{tag}>", start)
            inside = document.page.count("<ytd-video-renderer", start, skip)
            y += 2 + 24 + 16 + 44 + (218.5 * inside if inside else 284 + 60)
        elif tag == "ytd-continuation-item-renderer":
            ends.append(y)
            y += _CONTINUATION
        elif tag == "ytd-promoted-sparkles-text-search-renderer":
            y += 120
        else:
            y += 218.5
    return Layout(tuple(ends), y + 16)


def _watch(document: Document, screen: Screen, modern: bool) -> Layout:
    """Two columns: player, description, comments; and the list beside them."""
    beside = screen.width > 1014
    width = screen.width - 48 - 24 - 402 if beside else screen.width
    player = min(width * 9 / 16, screen.height - 169)
    left = _MASTHEAD + (24 if beside else 0) + player + (230 if modern else 250) + 24
    right = _MASTHEAD + 24 + 32 + 12.0
    comments: list[float] = []
    related: list[float] = []
    skip = 0
    for tag, start in _cards(document):
        if skip > start:
            continue
        if tag == "ytd-comments-header-renderer":
            left += 28 + 24 + 53
        elif tag == "ytd-comment-thread-renderer":
            left += 106
        elif tag == "ytd-continuation-item-renderer":
            if 'class="style-scope ytd-item-section-renderer"' in document.page[start : start + 80]:
                comments.append(left)
                left += _CONTINUATION
            else:
                related.append(right)
                right += _CONTINUATION
        elif tag in ("ytd-reel-shelf-renderer", "ytd-shelf-renderer"):
            skip = document.page.find(f"</{tag}>", start)
            right += 2 + 24 + 16 + 44 + 284 + 60
        elif tag != "ytd-ad-slot-renderer":
            right += 102.3
        else:
            right += 150
            skip = document.page.find("</ytd-ad-slot-renderer>", start)
    if not beside:
        related = [left + 24 + y for y in related]
        return Layout((*comments, *related), left + right)
    return Layout((*comments, *related), max(left, right) + 24)


def _cards(document: Document) -> list[tuple[str, int]]:
    return [(match[1], match.start()) for match in _TAG.finditer(document.page)]
