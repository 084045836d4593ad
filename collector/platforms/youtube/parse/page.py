"""One page: find what the viewer sees, decide the language, read list and page-level fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from collector.model import (
    Impression,
    Observation,
    PageKind,
    PageStatus,
    ParseError,
    Platform,
    Surface,
    Unparsed,
)
from collector.platforms.youtube.locale import guess_languages
from collector.platforms.youtube.parse import search_page, watch_page
from collector.platforms.youtube.parse.card import Reading
from collector.platforms.youtube.parse.lists import new_places, read_list
from collector.platforms.youtube.parse.tree import Node, attr, parse_tree, text_of
from collector.platforms.youtube.parse.version import PARSER
from collector.platforms.youtube.status import page_status
from collector.platforms.youtube.urls import Nature, nature

_SURFACES = {
    PageKind.HOME: Surface.HOME,
    PageKind.VIDEO: Surface.RELATED,
    PageKind.SEARCH: Surface.SEARCH,
    PageKind.CHANNEL: Surface.CHANNEL,
}
_ROOTS = {
    PageKind.HOME: ('ytd-browse[page-subtype="home"]', "ytd-browse"),
    PageKind.VIDEO: ("ytd-watch-flexy, ytd-watch-grid",),
    PageKind.SEARCH: ("ytd-search",),
    PageKind.CHANNEL: ('ytd-browse[page-subtype="channels"]', "ytd-browse"),
}
_SAMPLES = (
    "#metadata-line span, .ytContentMetadataViewModelMetadataText, "
    ".yt-content-metadata-view-model__metadata-text, "
    ".yt-content-metadata-view-model-wiz__metadata-text"
)


def parse_page(
    html: str,
    url: str,
    *,
    client_time: datetime | None = None,
    languages: Sequence[str] = (),
) -> Observation:
    """One captured page as data. Pure; never raises on the content of a page.

    ``languages`` are hints (the browser's preferences); ``client_time`` is the page's own clock,
    from which relative dates of publication are counted.
    """
    asked = nature(url)
    status = page_status(html, url)
    fields: Mapping[str, Any] = {}
    impressions: tuple[Impression, ...] = ()
    unparsed: tuple[Unparsed, ...] = ()
    lang: str | None = None
    login: bool | None = None
    if status is PageStatus.OK:
        tree = parse_tree(html)
        login = _login(tree)
        root, visible = _visible_root(tree, asked)
        hints = [attr(tree.css_first("html"), "lang"), *languages]
        reading = Reading(_languages(root, hints))
        lang = reading.languages[0]
        if root is None:
            reading.note("", "root", ParseError.MISSING_ELEMENT, asked.kind.value)
        else:
            if not visible:
                reading.note(root.tag, "hidden", ParseError.DISAGREES, url)
            impressions = _impressions(root, asked, reading)
            fields = _fields(root, tree, asked, url, client_time, reading)
        unparsed = tuple(reading.unparsed)
    return Observation(
        platform=Platform.YOUTUBE,
        kind=asked.kind,
        status=status,
        url=url,
        lang=lang,
        login=login,
        parser=PARSER,
        fields=fields,
        impressions=impressions,
        unparsed=unparsed,
    )


def _impressions(root: Node, asked: Nature, reading: Reading) -> tuple[Impression, ...]:
    surface = _SURFACES.get(asked.kind)
    return read_list(root, surface, new_places(), reading) if surface is not None else ()


def _fields(
    root: Node,
    tree: LexborHTMLParser,
    asked: Nature,
    url: str,
    client_time: datetime | None,
    reading: Reading,
) -> dict[str, Any]:
    match asked.kind:
        case PageKind.VIDEO:
            return watch_page.read_fields(root, url, client_time, reading)
        case PageKind.SEARCH:
            return search_page.read_fields(root, asked)
        case PageKind.CHANNEL:
            return {"channel": asked.channel, "channelPath": asked.channel_path}
    return {}


def _visible_root(tree: LexborHTMLParser, asked: Nature) -> tuple[Node | None, bool]:
    """The page element that the address asks for, and whether it is the visible one.

    The site keeps earlier pages in the document with ``hidden``. A capture taken in the middle of a
    navigation may have the page it asked for still hidden: it is read, and that is recorded.
    """
    fallback: Node | None = None
    for selector in _ROOTS.get(asked.kind, ()):
        for node in tree.css(selector):
            if "hidden" not in node.attributes:
                return node, True
            if (fallback is None and '="' in selector) or "browse" not in selector:
                fallback = node
    return fallback, False


def _languages(root: Node | None, hints: Sequence[str]) -> tuple[str, ...]:
    samples: list[str] = []
    if root is not None:
        for node in root.css(_SAMPLES)[:60]:
            text = text_of(node)
            if any(c.isdecimal() for c in text):
                samples.append(text)
    return guess_languages(samples, [h for h in hints if h])


def _login(tree: LexborHTMLParser) -> bool | None:
    """True with an account's button, false with a sign-in link, ``None`` if the page says neither
    or both."""
    account = tree.css_first("x-button#avatar-btn") is not None
    sign_in = tree.css_first('[href^="https://accounts.google.com/ServiceLogin"]') is not None
    return account if account != sign_in else None
