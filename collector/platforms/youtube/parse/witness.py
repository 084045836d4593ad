"""What the site sent for a page: the second witness, from the page's own JSON or from what came
later.

A document brings ``ytInitialData``. After a navigation inside the page that is of the page that was
left, and what was sent for the visible one is an answer of ``/youtubei/v1/…``; what came while the
list was scrolled are more answers, each with a part of the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from collector.common.model import Answer
from collector.platforms.youtube.parse.payload import Json, answer_of, dig, player_of
from collector.platforms.youtube.parse.sent_list import Sent, walk

INLINE = "ytInitialData"
ANSWERS = "innertube"

_ACTIONS = (
    "onResponseReceivedActions", "onResponseReceivedCommands", "onResponseReceivedEndpoints",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Witness:
    """What was sent for one page."""

    source: str
    """:data:`INLINE` or :data:`ANSWERS`: where ``first`` comes from."""
    first: Json
    """The page."""
    more: tuple[Json, ...] = ()
    """Parts of its list that came later, in order."""

    def parts(self) -> Iterator[tuple[str, list[Sent]]]:
        """Source and items of each part. One that takes the place of the list before it (another
        chip, another order) is the first."""
        parts = [(self.source, self.first), *((ANSWERS, answer) for answer in self.more)]
        found = [(source, list(walk(answer)), _replaces(answer)) for source, answer in parts]
        start = max((n for n, (_, items, new) in enumerate(found) if items and new), default=0)
        for source, items, _ in found[start:]:
            yield source, items

    def items(self) -> list[Sent]:
        """All that was sent, in order."""
        return [item for _, items in self.parts() for item in items]


def begins_page(text: str) -> bool:
    """True if an answer is a page, False if it is more of one, or none of the site's.

    >>> begins_page('{"contents":{"twoColumnSearchResultsRenderer":{}}}')
    True
    >>> begins_page('{"onResponseReceivedCommands":[]}'), begins_page("<html>")
    (False, False)
    """
    answer = answer_of(_decoded(text))
    return answer is not None and _is_page(answer)


def gather(inline: Json | None, answers: Sequence[Answer]) -> Witness | None:
    """What was sent, of a page with this inline JSON and these answers; ``None``: nothing."""
    first, source, more = inline, INLINE, list[Json]()
    for answer in answers:
        found = answer_of(_decoded(answer.text))
        if found is None:
            continue
        if _is_page(found):
            first, source, more = found, ANSWERS, []
        elif any(found.get(name) for name in (*_ACTIONS, "continuationContents", "entries")):
            more.append(found)
    return None if first is None else Witness(source, first, tuple(more))


def player_answer(answers: Sequence[Answer], video_id: str | None) -> Json | None:
    """The last answer about playing this video; ``None`` if there is none."""
    for answer in reversed(answers):
        if not answer.path.endswith(("/player", "/next", "/reel_item_watch")):
            continue
        found = player_of(_decoded(answer.text))
        if found is not None and dig(found, "videoDetails", "videoId") in (None, video_id):
            return found
    return None


def _is_page(answer: Json) -> bool:
    """True for a page, also the player of short videos."""
    short = dig(answer, "currentVideoEndpoint", "reelWatchEndpoint")
    return isinstance(answer.get("contents"), dict) or isinstance(short, dict)


def _decoded(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _replaces(answer: Json) -> bool:
    actions = [answer.get(name) for name in _ACTIONS]
    return any(
        isinstance(dig(action, "reloadContinuationItemsCommand"), dict)
        for found in actions
        for action in (found if isinstance(found, list) else ())
    )
