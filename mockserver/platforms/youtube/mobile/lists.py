"""Lists of the mobile site as markup and as JSON: in the order of the slots, nothing dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType

from markupsafe import Markup

from collector.common.model import ItemKind, Surface
from mockserver.platforms.youtube.cards import Card, make_card
from mockserver.platforms.youtube.damage import damaged
from mockserver.platforms.youtube.innertube import dumps
from mockserver.platforms.youtube.lists import Rendered, section_title
from mockserver.platforms.youtube.look import Look
from mockserver.platforms.youtube.mobile import data
from mockserver.platforms.youtube.rendering import macro
from mockserver.world.model import Entry
from mockserver.world.truths import Hit

_TEMPLATE = "mobile/cards.html"
#: Lists that are a grid, each item in a wrapper of its own.
_GRIDS = frozenset((Surface.HOME, Surface.CHANNEL))


class Form(StrEnum):
    """What videos of a list are drawn as."""

    WIDE = "video"
    COMPACT = "compact"
    """A small picture beside the texts."""
    SHORT = "short"


def _name(card: Card, form: Form) -> str:
    """The macro that draws a card."""
    if card.kind is ItemKind.AD:
        return "advert"
    if card.kind in (ItemKind.MIX, ItemKind.PLAYLIST):
        return "collection"
    return "short" if card.slim else form.value


def _entry(entry: Entry, look: Look, surface: Surface, hit: Hit | None, form: Form) -> Rendered:
    """One entry's renderer, without its shelf."""
    slim = entry.kind is ItemKind.SHORT and (entry.shelf is not None or form is Form.SHORT)
    card = make_card(entry, look, surface, slim=slim)
    html = _macro(look, _name(card, form), card)
    found = data.item(card, look, compact=form is Form.COMPACT)
    if surface in _GRIDS and entry.shelf is None:
        html, found = _macro(look, "wrapped", html), {"richItemRenderer": {"content": found}}
    if hit is None:
        return Rendered(html, dumps(found))
    return Rendered(*damaged(html, dumps(found), hit))


def _macro(look: Look, name: str, *args: object) -> Markup:
    return macro(look.language.tag, look.era, _TEMPLATE, name, *args)


def render(
    entries: Sequence[Entry],
    look: Look,
    surface: Surface,
    hits: Mapping[int, Hit] = MappingProxyType({}),
    form: Form = Form.WIDE,
) -> Rendered:
    """Entries in order, shelves around the entries that share one.

    :param surface: whose cards are drawn: of a list of its own kind, or of one that looks like it
    :param hits: slot → what is done to the entry's markup
    :param form: what its videos are drawn as"""
    html: list[Markup] = []
    items: list[str] = []
    for shelf, run in groupby(entries, key=lambda entry: entry.shelf):
        members = list(run)
        parts = [_entry(one, look, surface, hits.get(one.slot), form) for one in members]
        inner = Markup("").join(part.html for part in parts)
        joined = ",".join(part.data for part in parts if part.data)
        if shelf is not None:
            title = section_title(members[0].section, look)
            shorts, section = members[0].kind is ItemKind.SHORT, surface in _GRIDS
            inner = _macro(look, "shelf", title, inner, shorts, section)
            joined = data.shelf(title, joined, shorts=shorts, section=section)
        html.append(inner)
        if joined:
            items.append(joined)
    return Rendered(Markup("").join(html), ",".join(items))


def more(look: Look, token: str) -> Markup:
    """What asks for the rest of a list when it comes near the screen."""
    return _macro(look, "more", token)
