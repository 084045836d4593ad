"""What page an answer of the site is, and what it says where it has no list."""

from __future__ import annotations

from typing import Any

from collector.common.model import PageKind, PageStatus, Surface
from collector.platforms.youtube.marks import Look
from collector.platforms.youtube.parse.payload import Json, dig, find, words
from collector.platforms.youtube.refusal import Reason
from collector.platforms.youtube.urls import ParsedUrl

_FEEDS = {
    "FEwhat_to_watch": (PageKind.HOME, Surface.HOME),
    "FEsubscriptions": (PageKind.OTHER, Surface.SUBSCRIPTIONS),
    "FEtrending": (PageKind.OTHER, Surface.TRENDING),
    "FEhistory": (PageKind.OTHER, Surface.HISTORY),
    "FEhashtag": (PageKind.OTHER, Surface.HASHTAG),
}


def what_was_sent(answer: Json) -> tuple[ParsedUrl, Surface]:
    """Kind, ids and list of the page that an answer is of."""
    contents = answer.get("contents")
    keys = set(contents) if isinstance(contents, dict) else set()
    video = dig(answer, "currentVideoEndpoint", "watchEndpoint", "videoId")
    short = dig(answer, "currentVideoEndpoint", "reelWatchEndpoint", "videoId")
    if isinstance(short, str):
        return ParsedUrl(PageKind.OTHER, video_id=short), Surface.SHORTS
    if isinstance(answer.get("entries"), list) and not keys:
        return ParsedUrl(PageKind.OTHER), Surface.SHORTS
    if isinstance(video, str) or any("WatchNext" in key for key in keys):
        return (
            ParsedUrl(PageKind.VIDEO, video_id=video if isinstance(video, str) else None),
            Surface.RELATED,
        )
    if "estimatedResults" in answer or any("SearchResults" in key for key in keys):
        return ParsedUrl(PageKind.SEARCH, query=_query(answer)), Surface.SEARCH
    commands = answer.get("onResponseReceivedCommands")
    if (
        isinstance(commands, list)
        and not keys
        and find(commands, "itemSectionRenderer") is not None
    ):
        return ParsedUrl(PageKind.SEARCH), Surface.SEARCH
    channel = dig(answer, "metadata", "channelMetadataRenderer", "externalId")
    if isinstance(channel, str):
        return (
            ParsedUrl(PageKind.CHANNEL, channel=channel, channel_path=f"/channel/{channel}"),
            Surface.CHANNEL,
        )
    if find(answer.get("contents"), "playlistVideoListRenderer", 400) is not None:
        return ParsedUrl(PageKind.OTHER), Surface.PLAYLIST
    if isinstance(dig(answer, "header", "hashtagHeaderRenderer"), dict):
        return ParsedUrl(PageKind.OTHER), Surface.HASHTAG
    kind, surface = _FEEDS.get(_feed(answer), (PageKind.OTHER, Surface.OTHER))
    return ParsedUrl(kind), surface


def said_instead(answer: Json) -> Look:
    """The status of an answer in which no item was found, from the site's own words in it."""
    alerts = answer.get("alerts")
    for alert in alerts if isinstance(alerts, list) else ():
        if dig(alert, "alertRenderer", "type") == "ERROR":
            return Look(PageStatus.UNAVAILABLE, Reason.REMOVED)
    contents: Any = [answer.get("contents"), answer.get("onResponseReceivedCommands")]
    if find(contents, "feedNudgeRenderer") is not None:
        return Look(PageStatus.OK, Reason.NEW_VISITOR)
    promo = find(contents, "backgroundPromoRenderer")
    if promo is not None and find(promo, "signInEndpoint") is not None:
        return Look(PageStatus.LOGIN, Reason.LOGIN_WALL)
    if promo is not None or find(contents, "messageRenderer") is not None:
        return Look(PageStatus.EMPTY)
    return Look(PageStatus.UNKNOWN, Reason.NOT_DRAWN)


def _query(answer: Json) -> str | None:
    refinement = dig(answer, "header", "searchHeaderRenderer", "searchText")
    return words(refinement) or None


def _feed(answer: Json) -> str:
    columns = ("twoColumnBrowseResultsRenderer", "singleColumnBrowseResultsRenderer")
    found = (dig(answer, "contents", each, "tabs") for each in columns)
    for tab in next((tabs for tabs in found if isinstance(tabs, list)), []):
        inner = dig(tab, "tabRenderer")
        if isinstance(inner, dict) and inner.get("selected"):
            ident = inner.get("tabIdentifier") or dig(
                inner, "endpoint", "browseEndpoint", "browseId"
            )
            return ident if isinstance(ident, str) else ""
    return ""
