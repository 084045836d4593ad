"""A card of several creators: whose name stands for it, and that it is said.

A collaboration's byline is a text without a link ("Ann Lee and 2 more", "Ann Lee and Bo Ray").
Protects the rule that no channel's name is made up from a phrase in silence: where the byline
counts the other creators, the channel is the first; where it names them all or nothing tells them
apart, the text is left as it stands. Each is noted, and ``extra`` has what is known besides:
``creators`` (all names, from the page's data), ``byline`` (the text where the name is not all of
it).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from collector.common.model import Impression, ParseError
from collector.platforms.youtube.locale.bylines import first_creator, may_name_several
from collector.platforms.youtube.parse.card import Card, Reading
from collector.platforms.youtube.parse.tree import Node

_STACK = "yt-avatar-stack-view-model"
_DIGIT = re.compile(r"\d")
_FIELD = "creators"


def note_creators(card: Card, reading: Reading, node: Node | None = None) -> None:
    """Puts the first creator in the place of a byline that counts the others, with a note; notes
    other bylines of several. ``node`` is the drawn card, ``None`` if the card was sent."""
    text = card.channel_name
    if not text:
        return
    names = card.extra.get(_FIELD, ())
    if card.channel_href is not None and not names and _DIGIT.search(text) is None:
        return  # as most are
    first = _first(text, names)
    several = first is not None or len(names) > 1
    if not several and card.channel_href is None:
        several = may_name_several(text, reading.languages) or (
            node is not None and _shows_several(node)
        )
    if several:
        reading.note(card.renderer, _FIELD, ParseError.SEVERAL_CREATORS, text)
    if first is not None and first != text:
        card.channel_name, card.extra["byline"] = first, text


def told_by(
    creators: Mapping[str, Sequence[str]], shown: Sequence[Impression], reading: Reading
) -> tuple[Impression, ...]:
    """The drawn items with the creators that the page's data names of them, by id."""
    out: list[Impression] = []
    for item in shown:
        names = creators.get(item.item_id, ())
        text = item.extra.get("byline") or item.channel_name
        if len(names) > 1 and text:
            noted = Reading(reading.languages)
            card = Card(item.kind, item.item_id, item.renderer, channel_name=text)
            card.extra = {**item.extra, _FIELD: tuple(names)}
            note_creators(card, noted)
            reading.unparsed.extend(n for n in noted.unparsed if n not in reading.unparsed)
            item = replace(item, channel_name=card.channel_name, extra=card.extra)
        out.append(item)
    return tuple(out)


def _first(text: str, names: Sequence[str]) -> str | None:
    """The first creator of a byline that does not name them all; ``None`` if it names them, or
    nothing tells."""
    if len(names) > 1 and text.startswith(names[0]):
        return None if all(name in text for name in names) else names[0]
    return first_creator(text)


def _shows_several(node: Node) -> bool:
    """True for a card with the pictures of several creators beside its text."""
    return any(len(stack.css("img")) > 1 for stack in node.css(_STACK))
