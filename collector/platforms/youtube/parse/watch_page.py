"""Page-level fields of a watch page: title, channel, date, views, likes.

Two generations of the block under the player are read: ``ytd-video-primary-info-renderer`` with
``ytd-video-secondary-info-renderer`` (to 2022) and ``ytd-watch-metadata`` (since); and the mobile
site's, ``ytm-slim-video-metadata-section-renderer``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from collector.common.model import ParseError
from collector.platforms.locale import find_age, parse_count, parse_date
from collector.platforms.locale.text import clean
from collector.platforms.youtube import urls
from collector.platforms.youtube.historic.times import before
from collector.platforms.youtube.locale.views import find_views
from collector.platforms.youtube.parse.card import Reading
from collector.platforms.youtube.parse.survey import Survey
from collector.platforms.youtube.parse.tree import Node, attr, text_of

_DATES = ("#info-strings yt-formatted-string", "#date yt-formatted-string")
_LIKES = (
    "ytd-toggle-button-renderer > yt-formatted-string, "
    "ytd-toggle-button-renderer > x-a > yt-formatted-string"
)
_INFO = ("#info-container #tooltip", "#tooltip.ytd-watch-info-text", "#info-container", "#info",
         ".secondary-text")  # fmt: skip
_SLIM = "ytm-slim-video-metadata-section-renderer"
_SLIM_TITLE = ".slim-video-information-title, .slim-video-metadata-title"


def read_fields(
    root: Node, found: Survey, url: str, client_time: datetime | None, reading: Reading
) -> dict[str, Any]:
    """The fields of a watch page under the reference's names; times are aware, in UTC.

    ``videoId``, ``params``, ``title``, ``forKids``, ``authorName``, ``authorSource``,
    ``publicationString``, ``publicationTime``, ``viewInfo``, ``likeInfo``.
    """
    blocks = found.blocks("ytd-video-primary-info-renderer", "ytd-watch-metadata", _SLIM)
    fields: dict[str, Any] = {
        "videoId": urls.parse_url(url).video_id,
        "params": urls.query_params(url),
        "title": _title(found, reading),
        "forKids": _for_kids([*blocks, *found.blocks("ytd-video-secondary-info-renderer")]),
    }
    fields["authorName"], fields["authorSource"] = _owner(found, reading)
    fields["viewInfo"], published = _views_and_date(blocks, reading)
    fields["publicationString"] = published
    fields["publicationTime"] = _published_at(published, client_time, reading)
    fields["likeInfo"] = _likes(blocks, found, reading)
    shown = attr(root, "video-id")
    if shown and fields["videoId"] and shown != fields["videoId"]:
        reading.note(root.tag, "video-id", ParseError.DISAGREES, shown)
    return fields


def _title(found: Survey, reading: Reading) -> str | None:
    for heading in found.blocks("h1"):
        inner = heading.css_first("yt-formatted-string")
        text = text_of(inner) or text_of(heading)
        if text:
            return text
    for block in found.blocks(_SLIM):
        if text := text_of(block.css_first(_SLIM_TITLE)):
            return text
    reading.note("ytd-watch-metadata", "title", ParseError.MISSING_ELEMENT)
    return None


def _for_kids(blocks: Iterable[Node]) -> bool:
    link = 'x-a[href="https://www.youtubekids.com/"]'
    return any(block.css_first(link) is not None for block in blocks)


def _owner(found: Survey, reading: Reading) -> tuple[str | None, str | None]:
    name: str | None = None
    href: str | None = None
    for block in found.blocks("ytd-video-owner-renderer", "ytm-slim-owner-renderer"):
        for link in block.css("x-a[href]"):
            target = attr(link, "href")
            if urls.is_channel_path(target):
                href = href or target
                name = name or text_of(link) or None
        if href is not None:
            return name, href
    reading.note("ytd-video-owner-renderer", "authorSource", ParseError.MISSING_ELEMENT)
    return None, None


def _views_and_date(blocks: list[Node], reading: Reading) -> tuple[dict[str, Any], str | None]:
    """``viewInfo`` and the text of the date, from either generation of the info block."""
    view_text = _first_text(blocks, ".view-count")
    date_text = _first_text(blocks, *_DATES) or None
    for selector in _INFO if not view_text or date_text is None else ():
        text = _first_text(blocks, selector)
        views = find_views(text, reading.languages) if text else None
        if views is not None:
            view_text = view_text or text[views.start : views.end]
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
            reading.note("view-count", "viewInfo", ParseError.BAD_NUMBER, view_text)
    return {"viewStr": view_text or None, "viewNumber": number}, date_text


def _published_at(
    text: str | None, client_time: datetime | None, reading: Reading
) -> datetime | None:
    if not text:
        return None
    day = parse_date(text, reading.languages)
    if day is not None:
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    age = find_age(clean(text), reading.languages)
    if age is not None:
        return before(client_time, age.count, age.unit) if client_time is not None else None
    reading.note("ytd-watch-metadata", "publicationTime", ParseError.BAD_DATE, text)
    return None


def _likes(blocks: list[Node], found: Survey, reading: Reading) -> dict[str, Any]:
    """Labels of the like and dislike buttons and the counts in them."""
    labels: list[str] = []
    for block in blocks:
        labels = labels or [attr(node, "aria-label") for node in block.css(_LIKES)[:2]]
    if not labels:
        for block in found.blocks("like-button-view-model")[:1]:
            labels = [attr(block.css_first("x-button"), "aria-label")]
    likes, dislikes = ([*labels, "", ""])[:2]
    return {
        "likes": likes or None,
        "dislikes": dislikes or None,
        "watchedLikes": _number(likes, reading),
        "watchedDislikes": _number(dislikes, reading),
    }


def _number(text: str, reading: Reading) -> int | None:
    count = parse_count(text, reading.languages) if text else None
    return count.value if count is not None else None


def _first_text(blocks: Iterable[Node], *selectors: str) -> str:
    for block in blocks:
        for selector in selectors:
            for node in block.css(selector):
                text = text_of(node)
                if text:
                    return text
    return ""
