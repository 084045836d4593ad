"""Page-level fields of a watch page: title, channel, date, views, likes, description."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from collector.model import ParseError
from collector.platforms.youtube import urls
from collector.platforms.youtube.locale import parse_age, parse_count, parse_date
from collector.platforms.youtube.locale.text import clean
from collector.platforms.youtube.locale.views import find_views
from collector.platforms.youtube.parse.card import Reading
from collector.platforms.youtube.parse.tree import Node, attr, first_text, text_of

_TITLES = ("ytd-watch-metadata h1 yt-formatted-string", "h1 > yt-formatted-string", "h1")
_OWNER_LINKS = "ytd-video-owner-renderer x-a[href]"
_DATES = ("#info-strings yt-formatted-string", "#date yt-formatted-string")
_INFO = ("ytd-watch-metadata #info-container #tooltip", "ytd-watch-metadata #info-container")


def read_fields(
    root: Node, url: str, client_time: datetime | None, reading: Reading
) -> dict[str, Any]:
    """The fields of a watch page under the reference's names; times are aware, in UTC.

    ``videoId``, ``params``, ``title``, ``forKids``, ``authorName``, ``authorSource``,
    ``publicationString``, ``publicationTime``, ``viewInfo``, ``likeInfo``.
    """
    fields: dict[str, Any] = {
        "videoId": urls.nature(url).video_id,
        "params": urls.query_params(url),
        "title": first_text(root, *_TITLES) or None,
        "forKids": root.css_first('x-a[href="https://www.youtubekids.com/"]') is not None,
    }
    if fields["title"] is None:
        reading.note("ytd-watch-metadata", "title", ParseError.MISSING_ELEMENT)
    fields["authorName"], fields["authorSource"] = _owner(root, reading)
    fields["viewInfo"], published = _views_and_date(root, reading)
    fields["publicationString"] = published
    fields["publicationTime"] = _published_at(published, client_time, reading)
    fields["likeInfo"] = _likes(root, reading)
    shown = attr(root, "video-id")
    if shown and fields["videoId"] and shown != fields["videoId"]:
        reading.note(root.tag, "video-id", ParseError.DISAGREES, shown)
    return fields


def _owner(root: Node, reading: Reading) -> tuple[str | None, str | None]:
    name: str | None = None
    href: str | None = None
    for link in root.css(_OWNER_LINKS):
        target = attr(link, "href")
        if not urls.is_channel_path(target):
            continue
        href = href or target
        name = name or text_of(link) or None
    if href is None:
        reading.note("ytd-video-owner-renderer", "authorSource", ParseError.MISSING_ELEMENT)
    return name, href


def _views_and_date(root: Node, reading: Reading) -> tuple[dict[str, Any], str | None]:
    """``viewInfo`` and the text of the date, from the 2022 or today's info block."""
    view_text = text_of(root.css_first(".view-count"))
    date_text = first_text(root, *_DATES) or None
    if not view_text or date_text is None:
        for selector in _INFO:
            text = first_text(root, selector)
            if not text:
                continue
            views = find_views(text, reading.languages)
            if views is not None and not view_text:
                view_text = text[views.start : views.end]
                rest = f"{text[: views.start]} {text[views.end :]}".strip(" •·")
                date_text = date_text or clean(rest) or None
            if view_text and date_text:
                break
    number: int | None = None
    if view_text:
        found = find_views(view_text, reading.languages)
        count = parse_count(view_text, reading.languages) if found is None else None
        number = found.value if found is not None else count.value if count is not None else None
        if number is None:
            reading.note(
                "ytd-video-view-count-renderer", "viewInfo", ParseError.BAD_NUMBER, view_text
            )
    return {"viewStr": view_text or None, "viewNumber": number}, date_text


def _published_at(
    text: str | None, client_time: datetime | None, reading: Reading
) -> datetime | None:
    if not text:
        return None
    day = parse_date(text, reading.languages)
    if day is not None:
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    age = parse_age(text, reading.languages)
    if age is not None:
        return client_time - timedelta(seconds=age) if client_time is not None else None
    reading.note("ytd-watch-metadata", "publicationTime", ParseError.BAD_DATE, text)
    return None


def _likes(root: Node, reading: Reading) -> dict[str, Any]:
    """Labels of the like and dislike buttons and the counts in them."""
    labels: list[str | None] = []
    for node in root.css(
        "ytd-toggle-button-renderer > yt-formatted-string, "
        "ytd-toggle-button-renderer x-a > yt-formatted-string"
    )[:2]:
        labels.append(attr(node, "aria-label") or None)
    if not labels:
        button = root.css_first(
            "like-button-view-model x-button, segmented-like-dislike-button-view-model x-button"
        )
        labels = [attr(button, "aria-label") or None]
    likes = labels[0] if labels else None
    dislikes = labels[1] if len(labels) > 1 else None
    count = parse_count(likes, reading.languages) if likes else None
    fewer = parse_count(dislikes, reading.languages) if dislikes else None
    return {
        "likes": likes,
        "dislikes": dislikes,
        "watchedLikes": count.value if count is not None else None,
        "watchedDislikes": fewer.value if fewer is not None else None,
    }
