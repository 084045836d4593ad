"""Watch pages as the reference collector read them, and its merge of several captures."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from collector.platforms.youtube import urls
from collector.platforms.youtube.historic.dates import publication_time
from collector.platforms.youtube.historic.labels import LabelError, parse_historic
from collector.platforms.youtube.historic.search import HistoricFailure
from collector.platforms.youtube.historic.times import before, iso
from collector.platforms.youtube.historic.tree import (
    button_language,
    clock_seconds,
    duration_pair,
    historic_tree,
    login,
    outermost,
    raw,
    thumbnail,
)
from collector.platforms.youtube.parse.tree import Node, attr


def read_video(
    html: str, url: str, blang: str | None, client_time: datetime | None
) -> dict[str, Any]:
    """One capture of a watch page. Raises ``HistoricFailure`` where the reference loses it."""
    tree = historic_tree(html)
    guessed = button_language(tree)
    author_name, author_source, for_kids = _author(tree)
    published_text = _published(tree)
    published = publication_time(published_text, guessed or blang or "en", client_time)
    if published is None:
        raise HistoricFailure(f"date not understood: {published_text}")
    return {
        "type": "video",
        "title": _title(tree),
        "authorName": author_name,
        "authorSource": author_source,
        "forKids": for_kids,
        "publicationString": published_text,
        "publicationTime": iso(published),
        "viewInfo": _views(tree),
        "likeInfo": _likes(tree),
        "params": urls.query_params(url),
        "videoId": urls.query_params(url).get("v"),
        "href": url,
        "blang": blang or guessed,
        "login": login(tree),
        "related": [
            item
            for i, node in enumerate(outermost(tree, "ytd-compact-video-renderer"))
            if (item := _related(node, i, client_time)) is not None
        ],
    }


def merge(captures: list[dict[str, Any]]) -> dict[str, Any]:
    """Captures of one page in the order they were stored: a later one overwrites, but a related
    video that is known keeps its first index, and new ones are appended."""
    out: dict[str, Any] = {}
    related: list[dict[str, Any]] = []
    for capture in captures:
        for item in capture["related"]:
            known = next((r for r in related if r["videoId"] == item["videoId"]), None)
            if known is None:
                related.append(item)
            else:
                known.update({**item, "index": known["index"]})
        out.update(capture)
    out["related"] = related
    return out


def _title(tree: LexborHTMLParser) -> str:
    for selector in ("h1 > yt-formatted-string", ".ytp-title"):
        found = tree.css_first(selector)
        if found is not None and raw(found).strip():
            return raw(found)
    for heading in tree.css("h1"):
        if raw(heading).strip():
            return raw(heading)
    label = attr(tree.css_first("#video-title"), "aria-label")
    if label:
        return label
    raise HistoricFailure("no title")


def _author(tree: LexborHTMLParser) -> tuple[str, str, bool]:
    first = tree.css_first("x-a.ytd-video-owner-renderer")
    parent = first.parent if first is not None else None
    links = parent.css("x-a") if parent is not None else []
    if len(links) < 2:
        raise HistoricFailure("no author")
    kids = tree.css_first('x-a[href="https://www.youtubekids.com/"]') is not None
    return raw(links[1]), attr(links[0], "href"), kids


def _published(tree: LexborHTMLParser) -> str:
    text = raw(tree.css_first("#dot + .ytd-video-primary-info-renderer"))
    if len(text) <= 2:
        raise HistoricFailure("no date")
    return text


def _views(tree: LexborHTMLParser) -> dict[str, Any]:
    node = tree.css_first(".view-count")
    if node is None:
        return {"viewStr": None, "viewNumber": None}
    text = raw(node).replace("\xa0", " ")
    digits = re.match(r"\d+", re.sub(r"[.,\s\u202f]", "", text.split(" ")[0]))
    return {"viewStr": text, "viewNumber": int(digits[0]) if digits is not None else 0}


def _likes(tree: LexborHTMLParser) -> dict[str, Any]:
    nodes = tree.css(".ytd-toggle-button-renderer > yt-formatted-string")[:2]
    labels = [attr(node, "aria-label") or None for node in nodes] + [None, None]
    numbers = [int("".join(re.findall(r"\d", t)) or 0) if t else None for t in labels]
    return {
        "likes": labels[0],
        "dislikes": labels[1],
        "watchedLikes": numbers[0],
        "watchedDislikes": numbers[1],
    }


def _related(node: Node, number: int, client_time: datetime | None) -> dict[str, Any] | None:
    title_node = node.css_first("#video-title")
    label = attr(title_node, "aria-label")
    if not label:
        return None
    href = attr(node.css_first("x-a"), "href")
    metadata = node.css_first("#metadata")
    if metadata is None:
        raise HistoricFailure("related video without metadata")
    source = raw(metadata.css_first("yt-formatted-string"))
    display, long_text = duration_pair(node)
    live = node.css_first(".badge-style-type-live-now") is not None
    try:
        parsed = parse_historic(label, source)
    except LabelError as error:
        if display:
            raise HistoricFailure(str(error)) from error
        parsed = None
        live = True
    params = urls.query_params(href)
    item: dict[str, Any] = {
        "index": number + 1,
        "verified": metadata.css_first("svg") is not None,
        "videoId": params.get("v"),
        "params": params,
        "recommendedHref": "",
        "recommendedSource": source,
        "recommendedTitle": parsed.title if parsed is not None else raw(title_node),
        "recommendedLength": clock_seconds(display) if display else None,
        "recommendedDisplayL": display,
        "recommendedLengthText": long_text,
        "recommendedRelativeSeconds": parsed.age_seconds if parsed is not None else None,
        "recommendedViews": parsed.views if parsed is not None else None,
        "recommendedThumbnail": thumbnail(node),
        "isLive": live,
        "label": label,
        "timePrecision": "error",
    }
    published = None
    if parsed is not None and parsed.count is not None and parsed.unit is not None and client_time:
        published = iso(before(client_time, parsed.count, parsed.unit))
        item["timePrecision"] = "estimated"
    kept = {key: value for key, value in item.items() if value is not None}
    return {**kept, "foryou": None, "publicationTime": published}
