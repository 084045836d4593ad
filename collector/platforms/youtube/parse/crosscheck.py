"""The list as the document shows it, beside the list as the server sent it in the page's JSON.

Two witnesses of one page, read by the same model and compared item by item. Disagreement is
recorded with its kind, never hidden and never resolved in silence: what the viewer saw is the data.
Nothing is compared where the JSON belongs to a page that was left. Items of a shelf that were sent
and have no element yet are "sent, not shown": the site draws them when the viewer turns the shelf.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collector.common.model import Impression, ItemKind, ParseError
from collector.platforms.locale.text import clean
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.payload import Json, dig
from collector.platforms.youtube.parse.sent_list import Sent, read_sent, walk
from collector.platforms.youtube.urls import Nature

#: Kinds whose ids the JSON writes otherwise, or which are filled in later.
_NOT_COMPARED = frozenset((ItemKind.AD, ItemKind.CHANNEL))
_MOST_NOTES = 12
_SOURCE = "ytInitialData"


def compare(
    data: Json, impressions: Sequence[Impression], asked: Nature, reading: Reading
) -> dict[str, Any] | None:
    """Notes where document and JSON disagree; ``sentNotShown`` has the ids of a shelf's items that
    were not drawn. ``None`` if the JSON belongs to another page."""
    quiet = Reading(reading.languages)
    sent = [
        (found, card)
        for found in walk(data)
        if (card := read_sent(found, quiet)).kind not in _NOT_COMPARED and card.item_id
    ]
    shown = [item for item in impressions if item.kind not in _NOT_COMPARED and item.item_id]
    if not _belongs(data, [card for _, card in sent], shown, asked):
        return None
    waiting = _not_drawn(sent, shown)
    cards = [card for _, card in sent if card.item_id not in waiting]
    found = _disagreements(cards, shown)
    for field, sample in found[:_MOST_NOTES]:
        reading.note(_SOURCE, field, ParseError.DISAGREES, sample)
    if len(found) > _MOST_NOTES:
        reading.note(_SOURCE, "more", ParseError.DISAGREES, str(len(found)))
    return {"sentNotShown": list(waiting)} if waiting else {}


def _belongs(data: Json, sent: Sequence[Card], shown: Sequence[Impression], asked: Nature) -> bool:
    """True if the JSON describes the visible page: the same video, or four fifths of the same
    items with the first near the top (an earlier home page may resemble the visible one)."""
    if asked.video_id is not None:
        return bool(asked.video_id == dig(data, "currentVideoEndpoint", "watchEndpoint", "videoId"))
    if not sent or not shown:
        return False
    ids = {item.item_id for item in shown}
    common = sum(1 for item in sent if item.item_id in ids)
    near_top = shown[0].item_id in [item.item_id for item in sent[:3]]
    return near_top and common * 5 >= min(len(sent), len(shown)) * 4


def _not_drawn(sent: Sequence[tuple[Sent, Card]], shown: Sequence[Impression]) -> dict[str, None]:
    """Ids of items in the tail of a shelf whose head was drawn."""
    ids = {item.item_id for item in shown}
    begun = {found.section for found, card in sent if found.section and card.item_id in ids}
    return {
        card.item_id: None
        for found, card in sent
        if found.section in begun and card.item_id not in ids
    }


def _disagreements(sent: Sequence[Card], shown: Sequence[Impression]) -> list[tuple[str, str]]:
    """(field, sample) of each difference. The document may have more at its end: lists grow."""
    out: list[tuple[str, str]] = []
    by_id = {item.item_id: item for item in shown}
    sent_ids = {item.item_id for item in sent}
    head = shown[: len(sent)]
    out += [("missing", item.item_id) for item in sent if item.item_id not in by_id]
    out += [
        ("added", item.item_id)
        for item in head[: _last_common(head, sent_ids)]
        if item.item_id not in sent_ids
    ]
    order_sent = [item.item_id for item in sent if item.item_id in by_id]
    order_shown = [item.item_id for item in shown if item.item_id in sent_ids]
    for one, other in zip(order_sent, order_shown, strict=False):
        if one != other:
            out.append(("order", f"{other} where the page was sent {one}"))
            break
    for item in sent:
        there = by_id.get(item.item_id)
        if there is None:
            continue
        if item.title and there.title and item.title != clean(there.title):
            out.append(("title", f"{item.item_id}: {there.title} | {item.title}"))
        if item.seconds is not None and there.seconds not in (None, item.seconds):
            out.append(("seconds", f"{item.item_id}: {there.seconds} | {item.seconds}"))
        if _sort(there.kind) != _sort(item.kind) and ItemKind.UNKNOWN not in (
            there.kind,
            item.kind,
        ):
            out.append(("kind", f"{item.item_id}: {there.kind} | {item.kind}"))
    return out


def _sort(kind: ItemKind) -> ItemKind:
    """The JSON of older cards does not tell a short from another video."""
    return ItemKind.VIDEO if kind is ItemKind.SHORT else kind


def _last_common(head: Sequence[Impression], sent_ids: set[str]) -> int:
    places = [place for place, item in enumerate(head, start=1) if item.item_id in sent_ids]
    return places[-1] if places else 0
