"""Whether an element that stands among cards and names nothing is a card for all that.

What is lost in silence in the end are cards without a link to anything the site has: adverts of
words alone, tiles without a picture, polls. They are told by what they show: the mark of a paid
item, a way out of the site, a picture with words, or several words of which no button is made.
What only heads a list, asks the viewer something or offers another search is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from collector.addresses import parts_of
from collector.platforms.youtube import urls
from collector.platforms.youtube.locale.words import SPONSORED
from collector.platforms.youtube.parse.identity import identity, is_paid
from collector.platforms.youtube.parse.registry import is_shelf, says_ad
from collector.platforms.youtube.parse.tree import (
    Node,
    Place,
    Places,
    attr,
    children,
    has_no_box,
    text_of,
)

#: Elements of a card that are looked at.
_MOST = 400
_LONGEST_MARK = 40
#: Elements of one name that make a list.
_FEWEST_ALIKE = 3
_CONTROLS = frozenset(("x-button", "x-form", "input", "select", "textarea", "label"))
_ROLES = frozenset(
    ("button", "tab", "tablist", "option", "radio", "checkbox", "menuitem", "switch")
)
#: What says of a text that it heads or parts a list, or tells how the page is doing.
_HEADINGS = frozenset(("h1", "h2", "hr"))
_TELLING = frozenset(("heading", "separator", "status", "alert", "progressbar", "tooltip"))
_HEADING_WORDS = frozenset(
    ("header", "heading", "title", "separator", "divider", "footer", "message", "spinner", "toast",
     "tooltip", "notice")
)  # fmt: skip
_UNSEEN = frozenset(("script", "style", "template", "noscript", "svg"))
_PAID_NAME = re.compile(r"(?:^|[-_])(?:ad|ads|advert|adslot|promoted|sponsored)(?:$|[-_])")
_PAID_FRAME = re.compile(r"//[\w.-]*(?:googlesyndication|doubleclick|googleadservices)\.")
#: Parts of the site that a tile may lead to, and that have no id.
_THING = re.compile(
    r"\A(?:https?:)?(?://[^/]*)?/(?:hashtag|course|show|clip|podcast|movie|album|gaming)/"
)
_PICTURE = re.compile(r"\burl\(")


@dataclass(slots=True)
class _Shown:
    """What an element shows, without what has no box."""

    links: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """Its texts, piece by piece, without those of controls."""
    pictured: bool = False
    asks: bool = False
    """It has a control with words."""
    paid: bool = False
    heads: bool = False
    """It is a heading, a line between parts of a list or a word about how the page is doing."""


def says_paid(node: Node) -> bool:
    """True for an element that says that it is paid for: by a name, a word, a frame or a link."""
    return _shown(node).paid


def alike(nodes: Iterable[Node], places: Places) -> Iterator[Node]:
    """Of the elements of a page, in order, those of one name side by side that show pictures with
    several words: a list of which nothing says what it is of."""
    groups: dict[tuple[int, str], list[Node]] = {}
    for node in nodes:
        if "-" in node.tag and not node.tag.startswith("x-") and node.parent is not None:
            groups.setdefault((node.parent.mem_id, node.tag), []).append(node)
    taken: set[int] = set()
    for group in groups.values():
        around: Node | None = group[0]
        while around is not None and around.mem_id not in taken:
            around = around.parent
        if around is not None or len(group) < _FEWEST_ALIKE:
            continue
        shown = (node for node in group if _is_in_the_list(places.of(node)))
        cards = [node for node in shown if (card := _shown(node)).pictured and len(card.words) > 1]
        if len(cards) >= _FEWEST_ALIKE:
            taken.update(card.mem_id for card in cards)
            yield from cards


def _is_in_the_list(place: Place) -> bool:
    return not place.hidden and place.region not in ("aside", "queue")


def looks_like_a_card(node: Node, direct: bool, near: bool, among: bool = False) -> bool:
    """Whether what stands right beside a card (``direct``) or beside what holds cards (``near``)
    is one. Of elements that are not the site's own only those right beside a card, with a link, and
    those that say that they are paid for; of all that stand elsewhere around the list those that
    bear the site's word for it. One text alone makes a card of what stands between cards or not
    alone of its name (``among``), unless it is a heading."""
    own = "-" in node.tag and not node.tag.startswith("x-")
    if node.child is None or is_shelf(node.tag):
        return False
    if not (direct or near) and not _bears_a_mark(node):
        return False
    shown = _shown(node)
    if shown.links and all("/results" in href for href in shown.links):
        return False  # other searches
    if not (direct or (near and own)):
        return shown.paid
    if any(urls.is_channel_path(href) or is_paid(href) for href in shown.links):
        return True
    leads_out = any(leads_out_of_the_site(href) for href in shown.links)
    if shown.paid or (direct and leads_out and (shown.words or shown.pictured)):
        return True
    if not own or not shown.words:
        return False
    if says_ad(node.tag) or shown.pictured:
        return True
    if not direct or any("/results" in href for href in shown.links):
        return False
    named = any(_THING.search(href) for href in shown.links)
    return named or len(shown.words) > (2 if shown.asks else 1) or (among and _is_a_tile(shown))


def bears_a_text(node: Node) -> bool:
    """True for an element of the site's own that shows one text, and neither heads anything nor
    asks: at an end of a list nothing tells whether it is a card or a word about the list."""
    own = "-" in node.tag and not node.tag.startswith("x-")
    if not own or node.child is None or is_shelf(node.tag):
        return False
    return _is_a_tile(_shown(node))


def _is_a_tile(shown: _Shown) -> bool:
    return bool(shown.words) and not (shown.asks or shown.heads or shown.links)


def _bears_a_mark(node: Node) -> bool:
    """True if a text of an element holds the word for what is paid for: cheaper than to look at all
    that it shows."""
    text = (node.text() or "").casefold()
    return bool(text) and not text.isspace() and any(mark in text for mark in SPONSORED)


def is_a_channels_card(node: Node) -> bool:
    """True for an element that names no item, leads to a channel, and says more of it than its
    name: beside a picture the name, how many follow it, what it is about."""
    if has_no_box(node):
        return False
    shown = _shown(node)
    if not shown.pictured or len(shown.words) < _FEWEST_ALIKE:
        return False
    return any(map(urls.is_channel_path, shown.links)) and not any(map(identity, shown.links))


def leads_out_of_the_site(href: str) -> bool:
    """True for a link that leads out of the site."""
    address = parts_of(href)
    return address.is_web and urls.HOSTS.match(address.host) is None and ".google." not in href


def _shown(node: Node) -> _Shown:
    shown = _Shown()
    for below, in_control in islice(_seen(node), _MOST):
        attributes = below.attributes
        said = (attributes.get("aria-label") or "").strip().casefold()
        shown.paid = (
            shown.paid
            or said in SPONSORED
            or says_ad(below.tag)
            or "sponsored" in (attributes.get("rel") or "")
            or any(_PAID_NAME.search(name) for name in attributes)
            or (below.tag == "iframe" and bool(_PAID_FRAME.search(attributes.get("src") or "")))
        )
        shown.heads = (
            shown.heads
            or below.tag in _HEADINGS
            or (attributes.get("role") or "") in _TELLING
            or ("-" in below.tag and not _HEADING_WORDS.isdisjoint(below.tag.split("-")))
        )
        if below.tag == "img" or _PICTURE.search(attributes.get("style") or ""):
            shown.pictured = True
        elif below.tag == "x-a" and (href := attr(below, "href")):
            shown.links.append(href)
        text = _own_text(below)
        if not text:
            continue
        if len(text) <= _LONGEST_MARK and text.strip(" ·•.:").casefold() in SPONSORED:
            shown.paid = True
        if in_control:
            shown.asks = True
        else:
            shown.words.append(text)
    return shown


def _own_text(node: Node) -> str:
    """The text that stands in an element and in none below it."""
    child, pieces = node.child, []
    while child is not None:
        if child.is_text_node:
            pieces.append(text_of(child))
        child = child.next
    return " ".join(piece for piece in pieces if piece)


def _seen(node: Node) -> Iterator[tuple[Node, bool]]:
    """An element and all below it that has a box, in order, and whether a control is around it."""
    stack = [(node, False)]
    while stack:
        current, in_control = stack.pop()
        if current.tag in _UNSEEN or has_no_box(current):
            continue
        in_control = in_control or current.tag in _CONTROLS or attr(current, "role") in _ROLES
        yield current, in_control
        stack.extend((child, in_control) for child in reversed(list(children(current))))
