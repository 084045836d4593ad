"""Home pages as the reference collector read them: every tile of the document, hidden or not."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from collector.platforms.youtube.historic.labels import LabelError, parse_historic
from collector.platforms.youtube.historic.times import before, iso
from collector.platforms.youtube.historic.tree import (
    button_language,
    clock_seconds,
    duration_pair,
    historic_tree,
    login,
    markup_size,
    outermost,
    raw,
    thumbnail,
)
from collector.platforms.youtube.parse.tree import Node, attr


def read_home(html: str, client_time: datetime | None) -> dict[str, Any]:
    """``selected``, ``sections``, ``blang`` and ``login`` of a home page."""
    tree = historic_tree(html)
    cards = outermost(tree, "ytd-rich-item-renderer")
    names = _section_names(tree.css("#title, ytd-rich-item-renderer"))
    selected: list[dict[str, Any]] = []
    sections: list[dict[str, Any]] = []
    for number, card in enumerate(cards):
        sections.append({"i": number, "offset": None})
        item = _card(card, number, client_time)
        if item is not None:
            name = names.get(card.mem_id)
            if name is not None:
                item["sectionName"] = name
            selected.append(item)
    return {
        "type": "home",
        "selected": selected,
        "sections": sections,
        "blang": button_language(tree),
        "login": login(tree),
    }


def _section_names(nodes: list[Node]) -> dict[int, str]:
    """Section of each card: of the titles T, the one numbered by how many stand after the card.

    Titles with the same markup count where the first of them stands.
    """
    titles: list[tuple[str, int]] = []
    first: dict[str, int] = {}
    cards: list[tuple[int, int]] = []
    for position, node in enumerate(nodes):
        if node.tag == "ytd-rich-item-renderer":
            cards.append((node.mem_id, position))
            continue
        text = raw(node)
        if text.strip():
            place = first.setdefault(text, position)
            titles.append((text.strip("\n").split("\n")[0], place))
    out: dict[int, str] = {}
    for key, position in cards:
        after = sum(1 for _, place in titles if place > position)
        if after < len(titles):
            out[key] = titles[after][0]
    return out


def _card(card: Node, number: int, client_time: datetime | None) -> dict[str, Any] | None:
    label = attr(card.css_first("#video-title-link"), "aria-label")
    link = card.css_first("x-a")
    if not label or link is None:
        return None
    video = re.sub(r"^.*v=", "", attr(link, "href"))
    source = card.css_first("#text-container.ytd-channel-name x-a")
    display, long_text = duration_pair(card)
    item: dict[str, Any] = {
        "index": number + 1,
        "verified": _verified(card),
        "videoId": video,
        "recommendedSource": raw(source) or None,
        "recommendedHref": attr(source, "href") or None,
        "recommendedLength": clock_seconds(display) if display else -1,
        "recommendedDisplayL": display,
        "recommendedLengthText": long_text,
        "isLive": card.css_first(".badge-style-type-live-now") is not None,
        "label": label,
        "elems": markup_size(card),
        "timePrecision": "error",
    }
    if "&" in video:
        item["parameter"] = item["params"] = "&" + video.rpartition("&")[2]
    published = None
    try:
        parsed = parse_historic(label, item["recommendedSource"] or "")
    except LabelError:
        parsed = None
    if parsed is not None:
        item["recommendedTitle"] = item["title"] = parsed.title
        item["recommendedViews"] = item["views"] = parsed.views
        item["recommendedRelativeSeconds"] = parsed.age_seconds
        if parsed.count is not None and parsed.unit is not None and client_time is not None:
            published = iso(before(client_time, parsed.count, parsed.unit))
            item["timePrecision"] = "estimated"
    kept = {key: value for key, value in item.items() if value is not None}
    return {**kept, "thumbnailHref": thumbnail(card), "publicationTime": published}


def _verified(card: Node) -> bool:
    block = card.css_first("#metadata")
    child = block.child if block is not None else None
    while child is not None and not child.is_element_node:
        child = child.next
    return child is not None and len(re.split(r"\n+", raw(child).strip())) > 1
