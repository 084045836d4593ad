"""What stands in the wrapper of an item: its card, and further cards that a redesign put beside it.

Protects the rule that nothing is lost in silence: the site's wrappers hold one card each, and what
one holds beside its card and is about something else is an item of unknown kind at its place.
"""

from __future__ import annotations

from collections.abc import Iterator

from collector.common.model import ParseError
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Reading
from collector.platforms.youtube.parse.identity import first_identity
from collector.platforms.youtube.parse.lookalike import bears_a_text, looks_like_a_card
from collector.platforms.youtube.parse.registry import ITEM_TAGS, WRAPPERS, is_no_item
from collector.platforms.youtube.parse.survey import Item
from collector.platforms.youtube.parse.tree import Node, attr, children, has_no_box, text_of
from collector.platforms.youtube.parse.unknown_card import Unknown

#: Children of an item's wrapper that hold the place of something still to come.
_PLACEHOLDERS = frozenset(("ytd-continuation-item-renderer", "ytd-ghost-grid-renderer"))
_HEADINGS = "h2, h3, h4, [role='heading']"


def unknown_content(item: Item) -> list[Unknown]:
    """The unknown cards of a known wrapper in which no reader knows any; none if it only holds a
    place.

    The parts of one card may stand side by side: only what names something else is a further one,
    and what has a heading of its own where the first has one, too.
    """
    holder = next((c for c in children(item.node) if attr(c, "id") == "content"), item.node)
    inside = [c for c in children(holder) if c.tag not in _PLACEHOLDERS and _may_be_a_card(c)]
    if not inside or not (text_of(holder) or holder.css_first("x-a[href], img")):
        return []
    whole, parts = inside[0], inside
    while len(parts) == 1:
        parts = [c for c in children(parts[0]) if _may_be_a_card(c)]
    if parts:
        first, about = parts[0], _named_in(parts[0])
        further = [part for part in parts[1:] if _is_another(part, first, about)]
        if further:
            return [Unknown(p, item.place, *first_identity(p)) for p in (first, *further)]
    return [Unknown(whole, item.place, *first_identity(item.node))]


def beside_the_content(item: Item, known: set[int], reading: Reading) -> Iterator[Unknown]:
    """The cards in a wrapper beside the one that stands for it; ``known`` are the cards that have a
    reader. A text that may be one is noted."""
    if item.node.tag not in WRAPPERS:
        return
    if item.content is None:
        yield from unknown_content(item)[1:]
        return
    step, about = item.content, set[str]()
    while step.mem_id != item.node.mem_id:
        around = step.parent
        for node in children(around):
            if node.mem_id == step.mem_id or not _may_be_a_card(node) or _holds(node, known):
                continue
            about = about or _named_in(item.content)
            named = _named_in(node)
            if named & about:
                continue
            if named or looks_like_a_card(node, direct=True, near=True):
                yield Unknown(node, item.place, *first_identity(node))
            elif bears_a_text(node):
                reading.note(node.tag, "href", ParseError.NO_LINK, text_of(node))
        step = around


def _may_be_a_card(node: Node) -> bool:
    if node.child is None or node.tag in ITEM_TAGS:
        return False
    return not is_no_item(node.tag) and not has_no_box(node)


def _holds(node: Node, known: set[int]) -> bool:
    return any(below.mem_id in known for below in node.traverse())


def _is_another(part: Node, first: Node, about: set[str]) -> bool:
    named = _named_in(part)
    if named and about:
        return not named & about
    return _is_headed(part) and _is_headed(first)


def _named_in(card: Node) -> set[str]:
    """All that the links of a card lead to, and what it names otherwise."""
    out = _things(*first_identity(card))
    for link in card.css("x-a[href]"):
        out |= _things("", attr(link, "href"))
    return out


def _things(ident: str, href: str) -> set[str]:
    """The video and the list that an address leads to, and an id that is no address."""
    named = {urls.video_id(href), urls.list_id(href), urls.post_id(href)}
    if ident != href and not urls.is_channel_path(href):
        named.add(ident)
    return {one for one in named if one}


def _is_headed(node: Node) -> bool:
    return node.css_first(_HEADINGS) is not None
