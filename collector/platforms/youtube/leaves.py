"""Single elements that are sent beside whole pages: adverts, and links to channels.

The wire calls them leaves and names each by the selector that found it. A collector cuts the
adverts out of a page (:func:`find_leaves`), a server reads what came (:func:`parse_leaf`), both by
this module. They are a few kilobytes of loose markup, so they are read with BeautifulSoup. Every
leaf stands for itself: several adverts of one page stay several.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from collector.common.model import ParseError, Unparsed
from collector.platforms.locale.text import clean
from collector.platforms.youtube import urls
from collector.platforms.youtube.markup import TOKEN, Cut, Opened, cut
from collector.platforms.youtube.parse.renderers.ad import TAGS

#: Leaves larger than this hold a whole player or page; only their first part is read.
MAX_CHARS = 2_000_000
_BANNER_CHARS = 350


@dataclass(frozen=True, slots=True)
class LeafData:
    """What a leaf says; fields under the reference's names, absent ones left out."""

    selector: str
    fields: dict[str, str]
    unparsed: Unparsed | None = None

    @property
    def is_ad(self) -> bool:
        """True for paid leaves; false for links to channels and search cards."""
        return self.selector not in _LINKS


@dataclass(frozen=True, slots=True)
class _Selector:
    """What is an advert: its name on the wire, what finds it, and how many parents go with it."""

    name: str
    parents: int
    tags: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    """All of these."""
    id: str = ""
    must_hold: bool = False
    """Of a player every watch page has an empty one: it counts when something is in it."""


#: Those of the 2022 extension that it sent, with the badge of today's adverts beside the one of
#: then. The parents are so many that the advert's title and link are in it.
_SELECTORS = (
    _Selector("banner", 4, classes=frozenset({"video-ads", "ytp-ad-module"}), must_hold=True),
    _Selector("videoPlayerAd", 4, classes=frozenset({"ytp-ad-player-overlay"})),
    _Selector("overlay", 4, classes=frozenset({"ytp-ad-player-overlay-instream-info"})),
    _Selector("toprightad", 3, tags=frozenset({"ytd-promoted-sparkles-web-renderer"})),
    _Selector("toprightpict", 2, classes=frozenset({"ytd-action-companion-ad-renderer"})),
    _Selector("toprightcta", 1, classes=frozenset({"sparkles-light-cta"})),
    _Selector("adbadge", 4, tags=frozenset({"ad-badge-view-model"}), id="ad-badge"),
    _Selector("searchAds", 2, classes=frozenset({"ytd-promoted-sparkles-text-search-renderer"})),
)
#: What stands in the first tag of whatever a selector finds: plain letters, which are looked for
#: much faster than patterns, and what an advert's badge is called.
_HINTS = (
    "ytp-ad-",
    "ytd-promoted-sparkles-",
    "ytd-action-companion-ad",
    "sparkles-light-cta",
    "ad-badge",
)
_BADGE = re.compile(r"\bad-badge\b")
_BADGE_TAG = re.compile("<(?i:ad-badge-view-model)")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_ADVERTS = frozenset(TAGS)


def find_leaves(html: str) -> list[Cut]:
    """The adverts that stand in a page, each under the name of the selector that finds it.

    ``html[leaf.start:leaf.end]`` is a leaf as the browser wrote it. Of elements of one name in each
    other the outermost counts, no leaf is more than its advert, and what stands in a hidden part of
    the page belongs to an earlier page load and is left out.

    >>> page = '<i><b><div id="x"><p id="ad-badge">Ad</p></div></b></i>'
    >>> [(leaf.name, page[leaf.start : leaf.end][:3]) for leaf in find_leaves(page)]
    [('adbadge', '<i>')]
    """
    judge = _Judge(html)
    if not judge.may_find():
        return []
    kept: list[Cut] = []
    widest: dict[str, Cut] = {}
    for leaf in cut(html, judge, hints=judge.hints):
        # Elements lie in each other or apart, so the one that ends last tells of all before.
        known = widest.get(leaf.name)
        if known is not None and known.start <= leaf.start and leaf.end <= known.end:
            continue
        if known is None or (leaf.end, -leaf.start) > (known.end, -known.start):
            widest[leaf.name] = leaf
        kept.append(leaf)
    return kept


def _places(hint: str, html: str) -> Iterator[int]:
    """Where a hint stands; a badge only as a word of its own."""
    place = html.find(hint)
    while place >= 0:
        if hint != "ad-badge" or _BADGE.match(html, place):
            yield place
        place = html.find(hint, place + len(hint))


class _Judge:
    """Which selectors an element of one page answers to."""

    def __init__(self, html: str) -> None:
        self.html = html
        found = [place for hint in _HINTS for place in _places(hint, html)]
        found += [tag.start() for tag in _BADGE_TAG.finditer(html)]
        self.hints = sorted(found)

    def may_find(self) -> bool:
        """Whether it is worth while to go through the page: some tag with a hint may be an advert.
        The empty frame that every player has for adverts is none."""
        read = 0
        for hint in self.hints:
            if hint < read:
                continue  # in what is no tag
            token = TOKEN.match(self.html, max(0, self.html.rfind("<", 0, hint + 1)))
            if token is None or token[2] or hint >= token.end():
                return True  # not in a tag, as far as this look tells
            if not token[3]:
                read = token.end()  # a style, a script or a comment
                continue
            tag = Opened(token[3].lower(), token.start(), token.end(), self.html)
            if any(self._found(tag)):
                return True
        return False

    def __call__(self, element: Opened, around: Sequence[Opened]) -> Iterator[tuple[str, int]]:
        if _is_hidden(around):
            return
        for selector in self._found(element):
            yield selector.name, _climb(selector, element, around)

    def _found(self, element: Opened) -> Iterator[_Selector]:
        """The selectors that a first tag answers to."""
        words = _attributes(element)
        classes, name = frozenset(words.get("class", "").split()), words.get("id", "")
        for selector in _SELECTORS:
            if (
                element.tag in selector.tags
                or (selector.classes and selector.classes <= classes)
                or (selector.id and selector.id == name)
            ) and not (selector.must_hold and self._is_empty(element)):
                yield selector

    def _is_empty(self, element: Opened) -> bool:
        after = self.html[element.opens : element.opens + 64].lstrip()
        return not after or after.startswith(f"</{element.tag}")


def _climb(selector: _Selector, element: Opened, around: Sequence[Opened]) -> int:
    """How many parents go with a match: never more than the advert that it is part of."""
    path = [element, *reversed(around[-selector.parents :])]
    adverts = [place for place, each in enumerate(path) if each.tag in _ADVERTS]
    return adverts[-1] if adverts else selector.parents


def _attributes(element: Opened) -> dict[str, str]:
    found = _ATTRIBUTE.finditer(element.text, len(element.tag) + 1)
    return {m[1].lower(): m[2] or m[3] or m[4] or "" for m in found}


def _is_hidden(around: Sequence[Opened]) -> bool:
    """Whether one of these, outermost first, is hidden. No element is asked twice."""
    unknown = []
    hidden = False
    for element in reversed(around):
        if element.hidden is not None:
            hidden = element.hidden
            break
        unknown.append(element)
    for element in reversed(unknown):
        hidden |= "hidden" in element.text and "hidden" in _attributes(element)
        element.hidden = hidden
    return hidden


def parse_leaf(selector: str, html: str) -> LeafData:
    """Reads one leaf by the name of its selector. Never raises on what the leaf holds."""
    miner = _MINERS.get(selector)
    if miner is None:
        return _nothing(selector, ParseError.UNKNOWN_RENDERER, html)
    if not html.strip() or (selector == "banner" and len(html) < _BANNER_CHARS):
        return _nothing(selector, ParseError.MISSING_ELEMENT, html)
    found = miner(BeautifulSoup(html[:MAX_CHARS], "lxml"))
    fields = {name: value for name, value in found.items() if value}
    return (
        LeafData(selector, fields)
        if fields
        else _nothing(selector, ParseError.MISSING_ELEMENT, html)
    )


def _nothing(selector: str, error: ParseError, html: str) -> LeafData:
    return LeafData(selector, {}, Unparsed(selector, "", error, clean(html[:120])))


def _text(soup: Tag, *selectors: str) -> str:
    """The first non-empty text that a selector gives."""
    for selector in selectors:
        for node in soup.select(selector):
            text = clean(node.get_text(" "))
            if text:
                return text
    return ""


def _banner(soup: BeautifulSoup) -> dict[str, str]:
    within = soup.select_one(".ytp-ad-module") or soup  # around it stands the whole player
    pictures = [str(node.get("src")) for node in within.find_all("img") if node.get("src")]
    found = {
        "buyer": _text(within, ".ytp-ad-player-overlay-advertiser-info", "span"),
        "sponsoredSite": _text(within, ".ytp-ad-button-link"),
    }
    if len(pictures) == 1:
        found["videot"] = pictures[0]
    elif pictures:
        found["buyeri"], found["videot"] = pictures[0], pictures[1]
    return found


def _overlay(soup: BeautifulSoup) -> dict[str, str]:
    return {"sponsoredSite": _text(soup, ".ytp-ad-button-link", ".ytp-ad-button-text")}


def _companion(soup: BeautifulSoup) -> dict[str, str]:
    return {
        "sponsoredName": _text(soup, "#header", "h3", "#title"),
        "sponsoredSite": _text(soup, "#domain", "#website-text"),
    }


def _text_ad(soup: BeautifulSoup) -> dict[str, str]:
    return {
        "sponsoredName": _text(soup, "h3", "#title", "#header"),
        "sponsoredSite": _text(soup, "#website-text", "#domain", "#secondary-text")
        or _beside_badge(soup),
    }


def _beside_badge(soup: BeautifulSoup) -> str:
    """Today's adverts name the advertiser on the line of the badge, behind a dot."""
    for badge in soup.select("ad-badge-view-model"):
        for beside in badge.find_next_siblings():
            text = clean(beside.get_text(" ")).strip(" ·•")
            if text:
                return text
    return ""


def _promotion(soup: BeautifulSoup) -> dict[str, str]:
    return {
        "sponsoredName": _text(soup, "#title", "h3", ".title", "#text"),
        "sponsoredSite": next((str(a.get("href")) for a in soup.select("a[href]")), ""),
    }


def _player_ad(soup: BeautifulSoup) -> dict[str, str]:
    return {
        "sponsoredSite": _text(soup, ".ytp-ad-button-link", ".ytp-ad-button-text"),
        "adseconds": _text(soup, ".ytp-ad-duration-remaining"),
    }


def _channel(soup: BeautifulSoup) -> dict[str, str]:
    for link in soup.find_all("a"):
        href = str(link.get("href") or "") if isinstance(link, Tag) else ""
        if not urls.is_channel_path(href):
            continue
        name = clean(link.get_text(" ")) or str(link.get("title") or "")
        name = name or _text(soup, "ytd-channel-name #text", "yt-formatted-string")
        channel = urls.parse_url(href).channel or href
        return {"channelName": name, "channelId": channel if "/channel/" in href else href}
    return {}


def _card(soup: BeautifulSoup) -> dict[str, str]:
    link = soup.select_one("a[href]")
    href = str(link.get("href")) if link is not None else ""
    return {
        "cardTitle": _text(soup, "#card-title", "div"),
        "query": urls.parse_url(href).query or "",
    }


_LINKS = frozenset(
    ("channel1", "channel2", "channel3", "channellink", "searchcard")
)  # fmt: skip

_MINERS: dict[str, Callable[[BeautifulSoup], dict[str, str]]] = {
    "banner": _banner,
    "ad": _player_ad,
    "videoPlayerAd": _player_ad,
    "overlay": _overlay,
    "toprightad": _text_ad,
    "toprightpict": _companion,
    "toprightcta": _companion,
    "adbadge": _text_ad,
    "searchAds": _text_ad,
    "frontad": _promotion,
    "channel1": _channel,
    "channel2": _channel,
    "channel3": _channel,
    "channellink": _channel,
    "searchcard": _card,
}
