"""Single elements that volunteers' browsers send beside whole pages: ads, and links to channels.

The wire calls them leaves and names each by the selector that found it. They are a few kilobytes of
loose markup, so they are read with BeautifulSoup. Every leaf stands for itself: several ads of one
page stay several.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from collector.common.model import ParseError, Unparsed
from collector.platforms.locale.text import clean
from collector.platforms.youtube import urls

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


def _text(soup: BeautifulSoup, *selectors: str) -> str:
    """The first non-empty text that a selector gives."""
    for selector in selectors:
        for node in soup.select(selector):
            text = clean(node.get_text(" "))
            if text:
                return text
    return ""


def _banner(soup: BeautifulSoup) -> dict[str, str]:
    pictures = [str(node.get("src")) for node in soup.find_all("img") if node.get("src")]
    found = {"buyer": _text(soup, "span")}
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
        "sponsoredSite": _text(soup, "#website-text", "#domain", "#secondary-text"),
    }


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
        channel = urls.nature(href).channel or href
        return {"channelName": name, "channelId": channel if "/channel/" in href else href}
    return {}


def _card(soup: BeautifulSoup) -> dict[str, str]:
    link = soup.select_one("a[href]")
    href = str(link.get("href")) if link is not None else ""
    return {"cardTitle": _text(soup, "#card-title", "div"), "query": urls.nature(href).query or ""}


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
