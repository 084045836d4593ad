"""Paid items in lists: video ads, display ads, text ads, whatever they wrap."""

from __future__ import annotations

from collector.common.model import ItemKind, ParseError
from collector.platforms.locale.clock import parse_clock
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.payload import Json, dig, find, words
from collector.platforms.youtube.parse.renderers import sent
from collector.platforms.youtube.parse.tree import Node, attr, first_text, text_of

TAGS = (
    "ytd-ad-slot-renderer",
    "ytd-in-feed-ad-layout-renderer",
    "ytd-display-ad-renderer",
    "ytd-promoted-video-renderer",
    "ytd-compact-promoted-video-renderer",
    "ytd-compact-promoted-item-renderer",
    "ytd-promoted-sparkles-web-renderer",
    "ytd-promoted-sparkles-text-search-renderer",
    "ytd-search-pyv-renderer",
    "ytd-video-masthead-ad-v3-renderer",
    "ytd-text-image-no-button-layout-renderer",
    "ytm-promoted-sparkles-web-renderer",
    "ad-slot-renderer",
)

KEYS = (
    "adSlotRenderer",
    "inFeedAdLayoutRenderer",
    "displayAdRenderer",
    "promotedVideoRenderer",
    "compactPromotedVideoRenderer",
    "compactPromotedItemRenderer",
    "promotedSparklesWebRenderer",
    "promotedSparklesTextSearchRenderer",
    "searchPyvRenderer",
    "textImageNoButtonLayoutRenderer",
    "videoMastheadAdV3Renderer",
    "carouselAdRenderer",
    "statementBannerRenderer",
)

_TITLES = (
    "#video-title",
    "h3[title], h3",
    ".title-text",
    "#title",
    "#header",
)
_SPONSORS = (
    ".feedAdMetadataViewModelHostMetadataText",
    "#secondary-text",
    "#website-text",
    "#domain",
    "#channel-name #text",
    "ytd-channel-name",
    ".ytContentMetadataViewModelMetadataText",
    ".yt-content-metadata-view-model__metadata-text",
)


def read(node: Node, reading: Reading) -> Card | None:
    """An ad: its id is the video it plays, else where its link leads in the end.

    Links of ads carry tokens of the click and the viewer; the address they lead to (``adurl``) is
    the same for every viewer, so that one ad can be recognised again.
    """
    links = [href for link in node.css("x-a[href]") if (href := attr(link, "href"))]
    video = next((v for href in links if (v := urls.video_id(href))), None)
    if video is None and not links:
        if node.child is None:
            return None  # an empty slot
        reading.note(node.tag, "href", ParseError.NO_LINK, text_of(node))
    href = next((h for h in links if urls.video_id(h)), links[0] if links else "")
    card = Card(ItemKind.AD, video or target(href), node.tag, href)
    card.title = (
        attr(node.css_first("#video-title, h3"), "title") or first_text(node, *_TITLES) or None
    )
    sponsor = first_text(node, *_SPONSORS)
    card.channel_name = sponsor or None
    card.extra["links"] = tuple(dict.fromkeys(links))
    for text in node.css("ytd-thumbnail-overlay-time-status-renderer #text, .ytBadgeShapeText"):
        card.seconds = parse_clock(text_of(text))
        if card.seconds is not None:
            break
    return card


def target(href: str) -> str:
    """The landing page of a click-counting link, without its query; other links as they are."""
    landing = urls.query_params(href).get("adurl")
    return landing.partition("?")[0] if landing else href


def read_sent(key: str, value: Json, reading: Reading) -> Card | None:
    """The same ad as the server sent it."""
    inner = find(value, "renderingContent") or value
    href = sent.watch_href(inner)
    if not href:
        url = dig(find(inner, "urlEndpoint"), "url")
        href = url if isinstance(url, str) else ""
    video = urls.video_id(href) or find(inner, "videoId")
    card = Card(ItemKind.AD, video if isinstance(video, str) else target(href), key, href)
    title = find(inner, "title") or find(inner, "headline")
    card.title = words(title) or None
    sponsor = find(inner, "websiteText") or find(inner, "shortBylineText")
    card.channel_name = words(sponsor) or None
    card.extra["links"] = (href,) if href else ()
    return card
