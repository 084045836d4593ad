"""The player of short videos: each of its screens is an item of the list that is swiped through.

A screen says title and channel; its id stands in a link or in the address of its picture. Of the
screens that are drawn the one that plays and those before it were seen.
"""

from __future__ import annotations

import re

from collector.common.model import ItemKind, ParseError
from collector.platforms.youtube import urls
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.payload import Json, dig, words
from collector.platforms.youtube.parse.renderers import sent
from collector.platforms.youtube.parse.tree import Node, attr, first_text

TAGS = ("ytd-reel-video-renderer", "ytm-reel-player-overlay-renderer")
KEYS = ("reelWatchEndpoint",)

_TITLES = (
    "[class*='ShortsVideoTitle'] h2",
    "[class*='shorts-video-title'] h2",
    ".reel-player-header-reel-title",
    "h2.title",
    "#video-title",
    "h2",
)
_CHANNEL = (
    "[class*='ReelChannelBar'] x-a[href], [class*='reel-channel-bar'] x-a[href],"
    " ytd-channel-name x-a[href], x-a.reel-player-header-channel-endpoint"
)
_PICTURE = re.compile(r"/(?:vi|vi_webp|an_webp)/([0-9A-Za-z_-]{11})/")


def read(node: Node, reading: Reading) -> Card | None:
    """One screen; ``None`` for one that waits without anything in it."""
    links = [attr(link, "href") for link in node.css("x-a[href]")]
    videos = [link for link in links if urls.video_id(link)]
    href = next((link for link in videos if urls.is_short(link)), "")
    video = urls.video_id(href) or _pictured(node)
    if video is None and videos:
        href, video = videos[0], urls.video_id(videos[0])
    title = first_text(node, *_TITLES) or None
    if video is None and title is None:
        reading.note(node.tag, "href", ParseError.NO_LINK)
        return None
    card = Card(
        ItemKind.SHORT, video or "", node.tag, href or (f"/shorts/{video}" if video else "")
    )
    card.title = title
    channel = node.css_first(_CHANNEL)
    if channel is not None:
        card.channel_name = first_text(channel.parent or channel, "x-a") or None
        path = attr(channel, "href").removesuffix("/shorts")
        card.channel_href = path if urls.is_channel_path(path) else None
    return card


def active(node: Node) -> bool:
    """True for the screen that plays."""
    return "is-active" in node.attributes or attr(node, "data-is-active") == "true"


def read_sent(key: str, value: Json, reading: Reading) -> Card | None:
    """One screen as the server sent it."""
    video = value.get("videoId")
    if not isinstance(video, str) or not video:
        return None
    card = Card(ItemKind.SHORT, video, key, f"/shorts/{video}")
    header = dig(
        value, "overlay", "reelPlayerOverlayRenderer", "reelPlayerHeaderSupportedRenderers",
        "reelPlayerHeaderRenderer",
    )  # fmt: skip
    card.title = words(dig(header, "reelTitleText")) or sent.title_of(value)
    if isinstance(header, dict):
        sent.byline({"shortBylineText": header.get("channelTitleText")}, card)
    return card


def _pictured(node: Node) -> str | None:
    """The id in the address of the screen's picture; on the mobile site it lies under the screen,
    in a box of its own."""
    box = (node.parent,) if node.tag.startswith("ytm-") and node.parent is not None else ()
    for held in (node, *node.css("[style*='/vi'], img[src*='/vi'], [style*='/an_webp']"), *box):
        for name in ("style", "src"):
            if found := _PICTURE.search(attr(held, name)):
                return found[1]
    return None
