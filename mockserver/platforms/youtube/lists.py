"""Lists as markup and as JSON: which renderer shows which entry, shelves around their entries.

Order in the DOM is the order of the slots; nothing here drops, adds or moves an entry.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType

from markupsafe import Markup

from collector.common.model import ItemKind, Surface
from mockserver.platforms.youtube import fullness
from mockserver.platforms.youtube.card_json import card_json, shelf_json
from mockserver.platforms.youtube.cards import Card, make_card
from mockserver.platforms.youtube.damage import damaged
from mockserver.platforms.youtube.innertube import dumps
from mockserver.platforms.youtube.look import Look
from mockserver.platforms.youtube.rendering import macro
from mockserver.world.model import Entry
from mockserver.world.truths import Hit

#: Rendered cards kept; a card is some 5,000 characters of markup and 2,000 of JSON.
_KEEP = 6000

#: Tiles of 2022's ``ytd-rich-grid-row``.
_ROW = 4


@dataclass(frozen=True)
class Rendered:
    """A list's markup and the JSON of the same items."""

    html: Markup
    data: str
    """JSON array items joined by commas, without brackets."""


class _Cache:
    """The last cards rendered, by everything that their strings depend on."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._items: OrderedDict[Card, dict[tuple[str, str], Rendered]] = OrderedDict()

    def get(self, card: Card, key: tuple[str, str]) -> Rendered | None:
        with self._lock:
            found = self._items.get(card)
            if found is None:
                return None
            self._items.move_to_end(card)
            return found.get(key)

    def put(self, card: Card, key: tuple[str, str], made: Rendered) -> None:
        with self._lock:
            self._items.setdefault(card, {})[key] = made
            while len(self._items) > self._size:
                self._items.popitem(last=False)


_cache = _Cache(_KEEP)


def _template(card: Card, look: Look, shelf: bool) -> tuple[str, str]:
    """Template file and macro of a card that stands alone or in a shelf."""
    kind, surface = card.kind, card.surface
    if look.modern:
        if kind is ItemKind.AD:
            return "2026/ad.html", "full" if look.full else "card"
        if kind is ItemKind.SHORT and shelf:
            return "2026/shorts_lockup.html", "card"
        listed = kind in {ItemKind.MIX, ItemKind.PLAYLIST}
        if surface is Surface.SEARCH and not listed:
            return "2022/video.html", "card"
        return "2026/lockup.html", "card"
    if kind is ItemKind.AD:
        return "2022/ad.html", {
            Surface.HOME: "display",
            Surface.RELATED: "compact",
        }.get(surface, "search")
    if kind is ItemKind.SHORT and shelf and surface is not Surface.HOME:
        return "2022/reel.html", "card"
    listed = kind in {ItemKind.MIX, ItemKind.PLAYLIST}
    if surface is Surface.HOME:
        return "2022/rich_grid_media.html", "card"
    if surface is Surface.CHANNEL:
        return ("2022/grid_list.html" if listed else "2022/grid_video.html"), "card"
    if surface is Surface.RELATED:
        return ("2022/compact_list.html" if listed else "2022/compact_video.html"), "card"
    return ("2022/list.html" if listed else "2022/video.html"), "card"


def render_entry(entry: Entry, look: Look, surface: Surface, *, keep: bool = True) -> Rendered:
    """One entry's renderer, without its shelf.

    :param keep: for the next page that shows the same card.
    """
    shelf = entry.shelf is not None
    slim = shelf and entry.kind is ItemKind.SHORT
    card = make_card(entry, look, surface, slim=slim)
    tag = look.language.tag
    key = (f"{tag}{'+' if shelf else ''}", look.era)
    known = _cache.get(card, key)
    if known is not None:
        return known
    template, name = _template(card, look, shelf)
    html = macro(tag, look.era, template, name, card)
    if look.modern and surface in {Surface.HOME, Surface.CHANNEL}:
        html = macro(tag, look.era, "2026/rich_item.html", "card", html, 4, slim)
    if look.full:
        html = fullness.card_rests(html)
    data = card_json(card, look)
    if surface in {Surface.HOME, Surface.CHANNEL} and (look.modern or surface is Surface.HOME):
        data = {"richItemRenderer": {"content": data}}
    made = Rendered(html, dumps(data))
    if keep:
        _cache.put(card, key, made)
    return made


def _rows(htmls: Sequence[Markup], look: Look) -> Markup:
    """2022's grid rows around tiles."""
    made = []
    for start in range(0, len(htmls), _ROW):
        tiles = Markup("").join(htmls[start : start + _ROW])
        made.append(macro(look.language.tag, look.era, "2022/rich_row.html", "card", tiles))
    return Markup("").join(made)


def section_title(key: str | None, look: Look) -> str:
    """A shelf's title in the page's language; an unknown key shows itself."""
    return look.language.text.get(f"shelf_{key}", key or "")


def _shelf(
    run: list[Entry], look: Look, surface: Surface, hits: Mapping[int, Hit], keep: bool
) -> Rendered:
    parts = [
        _hit(render_entry(entry, look, surface, keep=keep), hits.get(entry.slot)) for entry in run
    ]
    inner = Markup("").join(part.html for part in parts)
    title = section_title(run[0].section, look)
    shorts = run[0].kind is ItemKind.SHORT
    tag, era = look.language.tag, look.era
    if surface in {Surface.HOME, Surface.CHANNEL}:
        year = "2026" if look.modern else "2022"
        hidden = _hidden(run, look, surface) if look.full else []
        inner += Markup("").join(Markup(_hide(part.html)) for part in hidden)
        parts += hidden
        html = macro(tag, era, f"{year}/rich_section.html", "card", title, inner, shorts)
        if hidden:
            html = Markup(
                html.replace(" is-show-less-hidden", " is-truncated is-show-less-hidden", 1)
            )
        renderer = "richShelfRenderer"
    elif shorts:
        parent = "ytd-item-section-renderer"
        if surface is Surface.RELATED:
            parent = "ytd-watch-next-secondary-results-renderer"
        html = macro(tag, era, "parts/reel_shelf.html", "card", title, inner, parent)
        renderer = "reelShelfRenderer"
    else:
        html = macro(tag, era, "parts/shelf.html", "card", title, inner)
        renderer = "shelfRenderer"
    return Rendered(html, shelf_json(renderer, title, _joined(parts)))


def _hidden(run: Sequence[Entry], look: Look, surface: Surface) -> list[Rendered]:
    """The rest of a truncated shelf, which its reader has to ask for."""
    members = [replace(entry, shelf=run[0].shelf) for entry in fullness.waiting(run, look)]
    return [render_entry(entry, look, surface) for entry in members]


def _hide(html: str) -> str:
    """A card without a box."""
    name, _, rest = html.partition(" ")
    return f'{name} hidden="" {rest}'


def _hit(made: Rendered, hit: Hit | None) -> Rendered:
    """An entry as markup corruption leaves it."""
    return made if hit is None else Rendered(*damaged(made.html, made.data, hit))


def _joined(parts: Sequence[Rendered]) -> str:
    return ",".join(part.data for part in parts if part.data)


def render_entries(
    entries: Sequence[Entry],
    look: Look,
    surface: Surface,
    hits: Mapping[int, Hit] = MappingProxyType({}),
    *,
    keep: bool = True,
) -> Rendered:
    """Entries in order, shelves around the entries that share one.

    :param hits: slot → what is done to the entry's markup
    :param keep: cards for the next page that shows them; false where each is read once"""
    html: list[Markup] = []
    data: list[str] = []
    tiles = surface is Surface.HOME and not look.modern
    for shelf, run in groupby(entries, key=lambda entry: entry.shelf):
        members = list(run)
        if shelf is not None:
            made = _shelf(members, look, surface, hits, keep)
            html.append(made.html)
            data.append(made.data)
            continue
        parts = [
            _hit(render_entry(entry, look, surface, keep=keep), hits.get(entry.slot))
            for entry in members
        ]
        markup = [part.html for part in parts]
        html.extend([_rows(markup, look)] if tiles else markup)
        data.extend(part.data for part in parts if part.data)
    return Rendered(Markup("").join(html), ",".join(data))
