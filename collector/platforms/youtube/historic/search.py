"""Result pages as the reference collector read them: every video renderer of the document."""

from __future__ import annotations

import re
from typing import Any

from collector.platforms.youtube import urls
from collector.platforms.youtube.historic.labels import LabelError, parse_historic
from collector.platforms.youtube.historic.times import distance
from collector.platforms.youtube.historic.tree import historic_tree, login, outermost, raw
from collector.platforms.youtube.parse.tree import Node, attr

_PLAIN_HREF = 20
_AUTHORS = ("/channel/", "/user/", "/c/")


class HistoricFailure(ValueError):
    """The reference parser would have lost the whole page."""


def read_search(html: str, url: str) -> dict[str, Any]:
    """``query``, ``results``, ``correction`` and ``login``. Raises ``HistoricFailure``."""
    tree = historic_tree(html)
    items = outermost(tree, "ytd-video-renderer")
    if not items:
        tiles = outermost(tree, "ytd-rich-item-renderer")
        items = [tile for tile in tiles if tile.css_first("x-a#thumbnail")]
    if not items:
        raise HistoricFailure("no results")
    results = [r for i, node in enumerate(items) if (r := _result(node, i)) is not None]
    return {
        "type": "search",
        "query": urls.parse_url(url).query,
        "results": results,
        "correction": _correction(tree),
        "login": login(tree),
    }


def _result(node: Node, order: int) -> dict[str, Any] | None:
    href = attr(node.css_first("x-a#thumbnail"), "href")
    if not href:
        raise HistoricFailure("result without a link")
    params = urls.query_params(href)
    if "v" not in params:
        return None
    extra: dict[str, str] = {}
    if len(href) != _PLAIN_HREF:
        if "t" in params:
            extra["offset"] = params["t"]
        elif "pp" in params:
            extra["playlist"] = params["pp"]
    author = next((a for a in reversed(node.css("x-a")) if _is_author(a)), None)
    label = attr(node.css_first("h3 [aria-label]"), "aria-label")
    live = node.css_first(".badge-style-type-live-now") is not None
    try:
        parsed = parse_historic(label, raw(author))
    except LabelError:
        return None
    age = parsed.age_seconds
    return {
        "position": order + 1,
        "title": attr(node.css_first("x-a[title]"), "title"),
        "authorName": raw(author),
        "authorSource": attr(author, "href"),
        "sectionName": _section(node),
        "href": href,
        "videoId": params["v"],
        **extra,
        "views": parsed.views,
        "arialabel": label,
        "isLive": live,
        "order": order,
        "published": distance(age) if age is not None else None,
        "secondsAgo": age,
    }


def _is_author(link: Node) -> bool:
    return attr(link, "href").startswith(_AUTHORS) and bool(raw(link).strip())


def _section(node: Node) -> str:
    parent = node.parent
    for _ in range(5):
        if parent is None or parent.tag == "ytd-item-section-renderer":
            break
        first = parent.child
        while first is not None and not first.is_element_node:
            first = first.next
        heading = first.css_first("h2") if first is not None else None
        title = heading.css_first(".ytd-shelf-renderer") if heading is not None else None
        if title is not None:
            return re.sub(r"\s+$", "", raw(title).lstrip())
        parent = parent.parent
    return "Search results"


def _correction(tree: Any) -> list[str]:
    box = tree.css_first("yt-search-query-correction")
    if box is None:
        return []
    texts = []
    for leaf in box.css("yt-formatted-string"):
        if leaf.css_first("yt-formatted-string") in (None, leaf) and raw(leaf).strip():
            texts.append(raw(leaf))
    return texts
