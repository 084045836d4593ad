"""The list as the document shows it, beside the list as the server sent it: in the page's JSON,
and in what its API answered to the page.

Two witnesses of one page, read by the same model and compared item by item. Disagreement is
recorded with its kind, never hidden and never resolved in silence: what the viewer saw is the data.
Nothing is compared where what was sent belongs to a page that was left. Items of a shelf, or of a
part of the list that has just come, that were sent and have no element yet are "sent, not shown":
the site draws them when the viewer turns the shelf.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from collector.common.model import Impression, ItemKind, ParseError
from collector.platforms.locale.text import clean
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.payload import Json, dig
from collector.platforms.youtube.parse.sent_list import Sent, read_sent
from collector.platforms.youtube.parse.witness import Witness
from collector.platforms.youtube.urls import ParsedUrl

#: Kinds whose ids the JSON writes otherwise, or which are filled in later.
_NOT_COMPARED = frozenset((ItemKind.AD, ItemKind.CHANNEL))
_MOST_NOTES = 12


@dataclass(frozen=True, slots=True)
class Compared:
    """What the witness says besides."""

    fields: dict[str, Any]
    """``sentNotShown``: the ids that were sent and not drawn yet, if there are any."""
    creators: dict[str, tuple[str, ...]]
    """The creators of items that have several, by the item's id."""


@dataclass(frozen=True, slots=True)
class _Part:
    """An item that was sent: with which part of the list, from where, as it came and as read."""

    number: int
    source: str
    found: Sent
    card: Card


def compare(
    witness: Witness, impressions: Sequence[Impression], asked: ParsedUrl, reading: Reading
) -> Compared | None:
    """Notes where document and witness disagree. ``None`` if what was sent belongs to another
    page."""
    quiet = Reading(reading.languages)
    sent: list[_Part] = []
    for number, (source, items) in enumerate(witness.parts()):
        for one in items:
            card = read_sent(one, quiet)
            if card.kind not in _NOT_COMPARED and card.item_id:
                sent.append(_Part(number, source, one, card))
    shown = [item for item in impressions if item.kind not in _NOT_COMPARED and item.item_id]
    first = [part.card for part in sent if part.number == 0]
    if not _belongs(witness.first, first, shown, asked):
        return None
    waiting = _not_drawn(sent, shown)
    cards = [part.card for part in sent if part.card.item_id not in waiting]
    source_of = {part.card.item_id: part.source for part in reversed(sent)}
    found = _disagreements(cards, shown)
    for field, item, sample in found[:_MOST_NOTES]:
        source = source_of.get(item, witness.source)
        reading.note(source, field, ParseError.DISAGREES, sample)
    if len(found) > _MOST_NOTES:
        reading.note(witness.source, "more", ParseError.DISAGREES, str(len(found)))
    creators = {
        card.item_id: names for card in cards if len(names := card.extra.get("creators", ())) > 1
    }
    return Compared({"sentNotShown": list(waiting)} if waiting else {}, creators)


def _belongs(
    data: Json, sent: Sequence[Card], shown: Sequence[Impression], asked: ParsedUrl
) -> bool:
    """True if the JSON describes the visible page: the same video, or four fifths of the same
    items with the first near the top (an earlier home page may resemble the visible one)."""
    if asked.video_id is not None:
        names = ("watchEndpoint", "reelWatchEndpoint")
        return asked.video_id in [dig(data, "currentVideoEndpoint", n, "videoId") for n in names]
    if not sent or not shown:
        return False
    ids = {item.item_id for item in shown}
    common = sum(1 for item in sent if item.item_id in ids)
    near_top = shown[0].item_id in [item.item_id for item in sent[:3]]
    return near_top and common * 5 >= min(len(sent), len(shown)) * 4


def _not_drawn(sent: Sequence[_Part], shown: Sequence[Impression]) -> dict[str, None]:
    """Ids of items in the tail of a shelf whose head was drawn, and of a part that came later and
    of which nothing was drawn yet."""
    ids = {item.item_id for item in shown}
    drawn = [part for part in sent if part.card.item_id in ids]
    shelves = {(part.number, part.found.section) for part in drawn if part.found.section}
    parts = {0, *(part.number for part in drawn)}
    return {
        part.card.item_id: None
        for part in sent
        if part.card.item_id not in ids
        and ((part.number, part.found.section) in shelves or part.number not in parts)
    }


def _disagreements(sent: Sequence[Card], shown: Sequence[Impression]) -> list[tuple[str, str, str]]:
    """(field, id, sample) of each difference. The document may have more at its end: lists grow."""
    out: list[tuple[str, str, str]] = []
    by_id = {item.item_id: item for item in shown}
    sent_ids = {item.item_id for item in sent}
    head = shown[: len(sent)]
    out += [("missing", item.item_id, item.item_id) for item in sent if item.item_id not in by_id]
    out += [
        ("added", item.item_id, item.item_id)
        for item in head[: _last_common(head, sent_ids)]
        if item.item_id not in sent_ids
    ]
    order_sent = [item.item_id for item in sent if item.item_id in by_id]
    order_shown = [item.item_id for item in shown if item.item_id in sent_ids]
    for one, other in zip(order_sent, order_shown, strict=False):
        if one != other:
            out.append(("order", one, f"{other} where the page was sent {one}"))
            break
    for item in sent:
        there = by_id.get(item.item_id)
        if there is None:
            continue
        if item.title and there.title and item.title != clean(there.title):
            out.append(("title", item.item_id, f"{item.item_id}: {there.title} | {item.title}"))
        if item.seconds is not None and there.seconds not in (None, item.seconds):
            out.append(
                ("seconds", item.item_id, f"{item.item_id}: {there.seconds} | {item.seconds}")
            )
        if _sort(there.kind) != _sort(item.kind) and ItemKind.UNKNOWN not in (
            there.kind,
            item.kind,
        ):
            out.append(("kind", item.item_id, f"{item.item_id}: {there.kind} | {item.kind}"))
    return out


def _sort(kind: ItemKind) -> ItemKind:
    """The JSON of older cards does not tell a short from another video."""
    return ItemKind.VIDEO if kind is ItemKind.SHORT else kind


def _last_common(head: Sequence[Impression], sent_ids: set[str]) -> int:
    places = [place for place, item in enumerate(head, start=1) if item.item_id in sent_ids]
    return places[-1] if places else 0
