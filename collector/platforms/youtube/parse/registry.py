"""The element table: all that can be read. Adding a renderer is one file and one line here.

Everything that has to know a card by name reads this table: the parser, the page's status, the
scripts that look at a page from inside, the driver without a browser and its layout, and the reader
of the site's JSON. A renderer's file has ``TAGS`` (elements), ``KEYS`` (names in the JSON),
``read`` and ``read_sent``.
"""

from __future__ import annotations

from collections.abc import Callable

from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.payload import Json
from collector.platforms.youtube.parse.renderers import (
    ad,
    channel_card,
    classic,
    collection,
    game,
    lockup,
    mobile,
    post,
    reel_player,
    short,
    slim,
)
from collector.platforms.youtube.parse.tree import Node

Reader = Callable[[Node, Reading], Card | None]
SentReader = Callable[[str, Json, Reading], Card | None]

RENDERERS = (
    ad, lockup, classic, slim, collection, short, channel_card, post, game, mobile,
    reel_player,
)  # fmt: skip

#: Tag of an element → its reader.
READERS: dict[str, Reader] = {tag: module.read for module in RENDERERS for tag in module.TAGS}

#: Name of an item in the site's JSON → its reader.
SENT_READERS: dict[str, SentReader] = {
    key: module.read_sent for module in RENDERERS for key in module.KEYS
}

#: Elements that wrap exactly one item and say nothing themselves.
WRAPPERS = frozenset(("ytd-rich-item-renderer", "ytm-rich-item-renderer"))

#: What stands in lists and is no item: more to come, chips, words of the site, searches to try.
NOT_ITEMS = frozenset(
    (
        "ytd-continuation-item-renderer", "ytd-ghost-grid-renderer", "ytd-message-renderer",
        "ytd-background-promo-renderer", "ytd-feed-nudge-renderer",
        "ytd-search-refinement-card-renderer", "ytd-feed-filter-chip-bar-renderer",
        "yt-chip-cloud-renderer", "yt-related-chip-cloud-renderer",
        "ytd-horizontal-card-list-renderer", "ytd-search-sub-menu-renderer",
        "ytd-search-header-renderer", "yt-search-query-correction", "yt-did-you-mean-renderer",
        "yt-showing-results-for-renderer", "yt-including-results-for-renderer",
        "ytd-info-panel-container-renderer", "ytd-clarification-renderer",
        "ytd-info-panel-content-renderer", "ytd-emergency-onebox-renderer", "tp-yt-paper-spinner",
        "ytd-button-renderer", "yt-button-view-model", "ytd-item-section-header-renderer",
        "ytd-feed-tabbed-header-renderer", "ytd-compact-autoplay-renderer",
        "ytd-channel-about-metadata-renderer", "ytd-recognition-shelf-renderer",
        "ytd-statement-banner-renderer", "ytd-compact-station-renderer",
        "ytd-people-also-ask-renderer", "ytd-exploratory-results-renderer",
        "ytd-did-you-mean-renderer", "ytd-inline-survey-renderer",
        "ytd-single-option-survey-renderer", "ytd-alert-with-button-renderer", "ytd-alert-renderer",
        "yt-alert-renderer", "yt-alert-with-actions-renderer", "ytd-talk-to-recs-flow-renderer",
        "ytd-browse-feed-actions-renderer", "chip-bar-view-model", "yt-chip-bar-view-model",
        "ytd-channel-sub-menu-renderer", "ytd-expandable-tab-renderer", "ytd-live-chat-frame",
        "dom-if", "dom-repeat", "ps-dom-if", "ps-dom-repeat", "template", "script", "style",
    )
)  # fmt: skip

ITEM_TAGS = frozenset(READERS) | WRAPPERS
AD_TAGS = frozenset(ad.TAGS)
CONTENT_SELECTOR = ",".join(sorted(READERS))

#: Elements that put a title over several items.
SHELF_TAGS = frozenset(
    (
        "ytd-rich-shelf-renderer",
        "ytd-rich-section-renderer",
        "ytd-shelf-renderer",
        "ytd-reel-shelf-renderer",
        "ytd-expanded-shelf-contents-renderer",
        "grid-shelf-view-model",
        "ytd-channel-featured-content-renderer",
    )
)
