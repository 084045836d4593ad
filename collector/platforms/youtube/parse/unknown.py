"""What looks like an item of the list and is none that a reader knows.

Protects the rule that nothing is lost in silence. A redesign is mostly a new name for an element:
around a link to a video, list, post or game that no known card holds, the largest element that is
about nothing else is a card. So is what stands among cards and leads to a channel, to a paid
address or shows a picture with words. Each is an item of unknown kind at its place, with id, title
and link as far as they can be seen; its kind is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from collector.common.model import ParseError
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Reading
from collector.platforms.youtube.parse.claims import Claim, advert_around, settled
from collector.platforms.youtube.parse.identity import (
    bearers,
    first_identity,
    identity,
    own_id,
    told,
)
from collector.platforms.youtube.parse.lookalike import (
    alike,
    bears_a_text,
    is_a_channels_card,
    looks_like_a_card,
)
from collector.platforms.youtube.parse.registry import (
    ITEM_TAGS,
    SHELF_TAGS,
    is_no_item,
    is_shelf,
    says_ad,
)
from collector.platforms.youtube.parse.survey import Survey
from collector.platforms.youtube.parse.tree import (
    Node,
    Place,
    Places,
    attr,
    children,
    has_no_box,
    region_of,
    text_of,
)
from collector.platforms.youtube.parse.unknown_card import Unknown
from collector.platforms.youtube.parse.wrapper import beside_the_content

_MIXED = ""
_MOST_LINKS = 5000
#: Elements beside cards whose attributes are looked at, and elements of a page without any card.
_MOST_BESIDE, _MOST_ALONE = 20_000, 60_000
_CONTAINERS = frozenset(
    (
        "ytd-item-section-renderer", "ytd-section-list-renderer", "ytd-rich-grid-renderer",
        "ytd-rich-grid-row", "ytd-grid-renderer", "ytd-vertical-list-renderer",
        "ytd-horizontal-list-renderer", "yt-horizontal-list-renderer",
        "ytd-watch-next-secondary-results-renderer", "ytd-playlist-video-list-renderer",
        "ytm-item-section-renderer", "ytm-section-list-renderer", "ytm-rich-grid-renderer",
        "ytm-playlist-video-list-renderer",
    )
)  # fmt: skip
#: Elements of one name, each around one card, that tell what an element of that name is.
_FEWEST_WRAPPERS = 2
#: Ids that the site gives to what holds the entries of a list.
_LIST_IDS = frozenset(("contents", "items"))


def find_unknown(root: Node, found: Survey, reading: Reading) -> list[Unknown]:
    """The unknown items outside of known ones, in no particular order. A text at an end of a list
    that may be one is noted."""
    known = [item.node for item in found.items if item.place.item == item.node.mem_id]
    read = {item.content.mem_id for item in found.items if item.content is not None}
    inside = [c for item in found.items for c in beside_the_content(item, read, reading)]
    hidden = [item.node for item in found.hidden]
    linked = _around(root, _linked(found), known)
    cards = [*known, *(item.node for item in linked), *hidden]
    if not cards:
        return [card for item in _alone(root, found) for card in _in_a_row(item)]
    beside = _beside(root, cards, found)
    said = [c for b in beside for c in _claims(root, b)]
    named = _around(root, list(settled(said)), cards)
    if named:  # beside them, too, stands what names nothing
        beside = _beside(root, [*cards, *(item.node for item in named)], found)
    rest: list[_Beside] = []
    for b in beside:
        if looks_like_a_card(b.node, b.direct, b.near, b.among):
            rest.append(b)
        elif b.direct and not b.among and bears_a_text(b.node):
            reading.note(b.node.tag, "href", ParseError.NO_LINK, text_of(b.node))
    alone = (Unknown(b.node, b.place, *first_identity(b.node)) for b in rest)
    return [card for item in (*inside, *linked, *named, *alone) for card in _in_a_row(item)]


def _in_a_row(item: Unknown) -> list[Unknown]:
    """The cards of which an element is the row: all that it shows stands in two or more elements,
    each with a picture and a heading of its own and about something else. What is one card has its
    picture in one part and its heading in another; what an advert shows is the advert's."""
    node, parts = item.node, list[Node]()
    while len(parts) < 2:
        parts = [c for c in children(node) if not has_no_box(c) and (_pictured(c) or text_of(c))]
        if not parts:
            return [item]
        node = parts[0]
    if says_ad(item.node.tag) or advert_around(node) or not all(map(_is_whole, parts)):
        return [item]
    named = [first_identity(part) for part in parts]
    if len({ident for ident, _ in named}) < len(parts):
        return [item]
    return [Unknown(p, item.place, *name) for p, name in zip(parts, named, strict=True)]


def _pictured(node: Node) -> bool:
    return node.css_first("img") is not None


def _is_whole(node: Node) -> bool:
    return _pictured(node) and node.css_first("h2, h3, h4, [role='heading']") is not None


def held(node: Node, outer: Node, place: Place) -> Unknown:
    """The place of a known element that could not be read; ``outer`` is its wrapper or itself."""
    return Unknown(node, place, *first_identity(outer))


def _linked(found: Survey) -> list[Claim]:
    """What the links say that no known item holds."""
    claims: list[Claim] = []
    headed = _shelves_with_items(found)
    for node, place, before in found.links[:_MOST_LINKS]:
        href = attr(node, "href")
        ident = identity(href)
        if ident and not _heads_a_shelf(href, place, before, headed):
            claims.append(Claim(node, place, ident, ident, href, sure=False))
    out: list[Claim] = []
    for claim in settled(claims):
        advert = advert_around(claim.node)
        out.append(replace(claim, key=advert) if advert else claim)
    return out


def _around(root: Node, claims: Sequence[Claim], known: Sequence[Node]) -> list[Unknown]:
    """The largest element around each claim that is about that one thing."""
    if not claims:
        return []
    about: dict[int, str] = {root.mem_id: _MIXED}
    for node in known:
        _mark(node, _MIXED, about)
    for claim in claims:
        _mark(claim.node, claim.key, about)
    out: dict[int, Unknown] = {}
    for claim in claims:
        card = claim.node
        parent = card.parent
        while (
            parent is not None
            and about.get(parent.mem_id) == claim.key
            and not _holds_cards(parent)
            and not _stands_beside_a_channel(card, parent)
        ):
            card, parent = parent, parent.parent
        key = card.mem_id
        if key not in out:
            ident = claim.ident if claim.sure else told(card, claim.ident, claim.href)
            out[key] = Unknown(card, claim.place, own_id(card) or ident, claim.href)
    return [item for item in out.values() if not has_no_box(item.node)]


def _holds_cards(node: Node) -> bool:
    """True for what is a list or a part of one, though it may hold a single card."""
    if node.id in _LIST_IDS and node.parent is not None:
        node = node.parent
    return is_shelf(node.tag) or node.tag in _CONTAINERS


def _stands_beside_a_channel(card: Node, parent: Node) -> bool:
    """True in a list, whatever its name, that holds the card of a channel, too: what is around both
    is no card. A list is told by its id, or by an element of the site's own about a channel beside
    one of the same name that has a picture and a heading."""
    listed = parent.id in _LIST_IDS
    if not listed and ("-" not in card.tag or card.tag.startswith("x-") or not _is_whole(card)):
        return False
    return any(
        one.mem_id != card.mem_id and (listed or one.tag == card.tag) and is_a_channels_card(one)
        for one in children(parent)
    )


def _mark(node: Node, ident: str, about: dict[int, str]) -> None:
    """Tells all elements around a node what it is about; two things make them about nothing."""
    current: Node | None = node
    while current is not None:
        key = current.mem_id
        now = about.get(key)
        if now == _MIXED or (now == ident and key != node.mem_id):
            return
        about[key] = ident if now is None or now == ident else _MIXED
        current = current.parent


def _shelves_with_items(found: Survey) -> dict[int, int]:
    """Shelf → number of its first known item."""
    out: dict[int, int] = {}
    for number, item in enumerate(found.items):
        if item.place.shelf is not None:
            out.setdefault(item.place.shelf.mem_id, number)
    return out


def _heads_a_shelf(href: str, place: Place, before: int, headed: dict[int, int]) -> bool:
    """True for the link of a shelf's title to the list that the shelf shows the beginning of."""
    if place.shelf is None or urls.list_id(href) is None:
        return False
    return headed.get(place.shelf.mem_id) == before


@dataclass(frozen=True, slots=True)
class _Beside:
    """An element beside a card, or beside what holds cards; none is in it."""

    node: Node
    place: Place
    direct: bool
    """True right beside a card."""
    near: bool
    """True also beside two elements that hold cards."""
    places: Places
    among: bool = False
    """True right between two cards of a list, with another of the name beside it, or for an element
    of the name that wraps the cards of its list."""


def _beside(root: Node, cards: Sequence[Node], found: Survey) -> list[_Beside]:
    """What stands in the list among cards and is none so far."""
    marked: set[int] = {root.mem_id}
    holders: dict[int, Node] = {}
    right: set[int] = set()
    meeting: set[int] = set()
    for card in cards:
        marked.add(card.mem_id)
        parent = card.parent
        if parent is not None:
            right.add(parent.mem_id)
        while parent is not None and (key := parent.mem_id) not in marked:
            marked.add(key)
            holders[key] = parent
            parent = parent.parent
        if parent is not None:
            meeting.add(parent.mem_id)
    places = found.places or Places(root, ITEM_TAGS, SHELF_TAGS)
    regions = {item.place.region for item in found.items}
    regions |= {place.region for _, place, _ in found.links}
    wanted = ("related",) if "related" in regions else ("", "related")
    out: list[_Beside] = []
    for key, holder in holders.items():
        direct = key in right
        for child in children(holder):
            tag = child.tag
            if child.mem_id in marked or tag in ITEM_TAGS or is_no_item(tag):
                continue
            place = places.of(child)
            if not place.hidden and place.region in wanted:
                near = direct or key in meeting
                alike = near and not direct and _wraps_one(tag, holder, marked, cards)
                among = alike or (direct and _is_among(child, holder, marked))
                out.append(_Beside(child, place, direct or alike, near, places, among))
    return out


def _is_among(node: Node, holder: Node, marked: set[int]) -> bool:
    """True for what stands between two elements that hold cards, or beside another of its name that
    holds none."""
    before = after = seen = False
    for child in children(holder):
        if child.mem_id == node.mem_id:
            seen = True
        elif child.mem_id in marked:
            before, after = before or not seen, after or seen
        elif child.tag == node.tag:
            return True
    return before and after


def _wraps_one(tag: str, holder: Node, marked: set[int], cards: Sequence[Node]) -> bool:
    """True for the name of elements of the site's own that hold one card each."""
    if "-" not in tag or tag.startswith("x-"):
        return False
    same = [child for child in children(holder) if child.tag == tag and child.mem_id in marked]
    if len(same) < _FEWEST_WRAPPERS:
        return False
    known = {card.mem_id for card in cards}
    return all(sum(1 for below in one.traverse() if below.mem_id in known) == 1 for one in same)


def _claims(root: Node, beside: _Beside, most: int = _MOST_BESIDE) -> Iterator[Claim]:
    """What the attributes of an element say that is no link."""
    for node, ident, href in bearers(islice(_list_parts(beside.node), most)):
        if node.mem_id == root.mem_id or (node.tag == "x-a" and identity(attr(node, "href"))):
            continue
        place = beside.places.of(node)
        if not place.hidden and place.region not in ("aside", "queue"):
            yield Claim(node, place, ident, ident, href, sure=True)


def _list_parts(node: Node) -> Iterator[Node]:
    """An element and all in it, in order, without what is an item or is known to be none."""
    stack = [node]
    while stack:
        current = stack.pop()
        tag = current.tag
        if tag in ITEM_TAGS or is_no_item(tag) or region_of(tag) in ("aside", "queue"):
            continue
        yield current
        stack.extend(reversed(list(children(current))))


def _alone(root: Node, found: Survey) -> list[Unknown]:
    """The cards of a list without a single link: two at least, so that a player is none."""
    places = found.places or Places(root, ITEM_TAGS, SHELF_TAGS)
    whole = _Beside(root, places.of(root), False, False, places)
    claims = list(settled(list(_claims(root, whole, _MOST_ALONE))))
    if len({claim.key for claim in claims}) > 1:
        return _around(root, claims, ())
    cards = alike(islice(_list_parts(root), _MOST_ALONE), places)
    return [Unknown(card, places.of(card), *first_identity(card)) for card in cards]
