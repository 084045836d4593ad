"""What else a watch page says where it is loaded: description, chapters, comments, player JSON.

Every key is left out where the page does not have it.
"""

from __future__ import annotations

from typing import Any

from collector.platforms.locale import find_age, parse_count
from collector.platforms.locale.ages import unit_seconds
from collector.platforms.locale.clock import parse_clock
from collector.platforms.locale.text import digits
from collector.platforms.youtube.parse.card import Reading
from collector.platforms.youtube.parse.payload import Json, dig, words
from collector.platforms.youtube.parse.survey import Survey
from collector.platforms.youtube.parse.tree import Node, attr, text_of

#: Comments that are kept at most; the count is always that of the page.
MOST_COMMENTS = 40

_DESCRIPTIONS = (
    ("ytd-watch-metadata", "#description-inline-expander #snippet"),
    ("ytd-watch-metadata", "#description-inline-expander"),
    ("ytd-video-secondary-info-renderer", "#description"),
)


def read_more(found: Survey, reading: Reading) -> dict[str, Any]:
    """``description``, ``metadataRows``, ``chapters`` (title, seconds from the start), ``comments``
    (author, text, likes, age in seconds) and ``commentCount``."""
    out: dict[str, Any] = {
        "description": _description(found),
        "metadataRows": _rows(found),
        "chapters": _chapters(found),
        "comments": [
            _comment(node, reading)
            for node in found.blocks("ytd-comment-thread-renderer")[:MOST_COMMENTS]
        ],
    }
    for header in found.blocks("ytd-comments-header-renderer")[:1]:
        out["commentCount"] = digits(text_of(header.css_first("#count")))
    return {key: value for key, value in out.items() if value not in (None, [], "")}


def read_player(player: Json, video_id: str | None) -> dict[str, Any]:
    """``category``, ``keywords``, ``lengthSeconds``, ``channelId``, ``publishDate``, and
    ``description`` in full; nothing if the JSON is of another video."""
    details = dig(player, "videoDetails")
    if not isinstance(details, dict) or video_id is None or details.get("videoId") != video_id:
        return {}
    micro = dig(player, "microformat", "playerMicroformatRenderer")
    length = details.get("lengthSeconds")
    out: dict[str, Any] = {
        "description": details.get("shortDescription") or words(dig(micro, "description")),
        "category": dig(micro, "category"),
        "keywords": details.get("keywords"),
        "lengthSeconds": int(length) if isinstance(length, str) and length.isdecimal() else None,
        "channelId": details.get("channelId"),
        "publishDate": dig(micro, "publishDate"),
        "isLiveContent": details.get("isLiveContent"),
    }
    return {key: value for key, value in out.items() if value not in (None, [], "")}


def _description(found: Survey) -> str | None:
    for tag, selector in _DESCRIPTIONS:
        for block in found.blocks(tag):
            node = block.css_first(selector)
            text = (node.text() or "").strip() if node is not None else ""
            if text:
                return str(text)
    return None


def _rows(found: Survey) -> list[list[str]]:
    rows = []
    for node in found.blocks("ytd-metadata-row-renderer"):
        title, content = text_of(node.css_first("#title")), text_of(node.css_first("#content"))
        if title and content and [title, content] not in rows:
            rows.append([title, content])
    return rows


def _chapters(found: Survey) -> list[dict[str, Any]]:
    chapters: dict[int, dict[str, Any]] = {}
    for node in found.blocks("ytd-macro-markers-list-item-renderer"):
        heading = node.css_first("h4")
        start = parse_clock(text_of(node.css_first("#time")))
        title = attr(heading, "title") or text_of(heading)
        if title and start is not None:
            chapters.setdefault(start, {"title": title, "start": start})
    return [chapters[start] for start in sorted(chapters)]


def _comment(node: Node, reading: Reading) -> dict[str, Any]:
    age = find_age(
        text_of(node.css_first("#published-time-text, .published-time-text")), reading.languages
    )
    likes = parse_count(text_of(node.css_first("#vote-count-middle")), reading.languages)
    return {
        "author": text_of(node.css_first("#author-text")) or None,
        "text": text_of(node.css_first("#content-text")) or None,
        "likes": likes.value if likes is not None else 0,
        "ageSeconds": unit_seconds(age.unit, age.count) if age is not None else None,
    }
