"""Which videos a list holds, and its page.

Protects the rule that a list costs what its page costs: it is chosen on columns of numbers. The
archive of the world is listed newest first. A file's documents are listed in the file's order,
as the recorded servers did, unless a sort is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mockserver.api.tubearchivist import paging, shapes
from mockserver.api.tubearchivist.columns import KINDS, SORTS
from mockserver.api.tubearchivist.envelope import Call, bad, choice, config, refuse
from mockserver.api.tubearchivist.tables import Document
from mockserver.api.tubearchivist.watching import watching

_CHOICES = {
    "sort": SORTS,
    "order": ("asc", "desc"),
    "type": KINDS,
    "watch": ("watched", "unwatched", "continue"),
}


def page_of(call: Call) -> paging.Page:
    """The page asked for. Raises :class:`Refused` 400, or 404 outside what is ever served."""
    size = int(call.user.settings.get("page_size", call.profile.page_size))
    try:
        page = paging.asked(call.args, size)
    except paging.BadPage as error:
        if call.modern:
            refuse(400, {"page": ["A valid integer is required."]})
        bad(str(error))
    if paging.beyond(page):
        refuse(404, {"message": f"no list reaches further than {paging.MOST_HITS} hits"})
    return page


def listed(
    call: Call,
    ids: Sequence[str],
    show: Callable[[str], Document],
    *,
    empty_404: bool = False,
) -> tuple[dict[str, Any], int]:
    """A page of a list. ``empty_404``: the original, too, answers 404 when it is empty."""
    page = page_of(call)
    rows = [show(key) for key in page.of(ids)]
    found: dict[str, Any] = {"data": rows}
    if call.profile.enveloped:
        found["config"] = config(call.archive)
    found["paginate"] = page.as_json(call.profile, len(ids))
    over_run = call.profile.empty_page_404 and page.number >= 2
    return found, 404 if not rows and (empty_404 or over_run) else 200


def shown_video(call: Call, key: str, score: float = 0) -> Document:
    """Show a video as this call's user sees it, with that user's own marks.

    :param score: how well it matches a search
    :raises LookupError: the archive has no such video
    """
    document = call.archive.video(key)
    if document is None:
        raise LookupError(key)
    return shapes.video(call.profile, watching().marked(call.profile, call.user, document), score)


def choices(call: Call, *names: str) -> dict[str, str]:
    """The filters of a query string that have closed vocabularies. Raises :class:`Refused`."""
    found = {}
    for name in names:
        given = call.args.get(name)
        if given is None:
            continue
        if given not in _CHOICES[name]:
            if call.modern:
                refuse(400, {name: choice(given)})
            bad(f"invalid {name}, it is one of {', '.join(_CHOICES[name])}")
        found[name] = given
    return found


def select(call: Call) -> Sequence[str]:
    """Video ids by channel, playlist, watch, height, sort, order and type of the query string."""
    asked = choices(call, "watch", "sort", "order", "type")
    found = call.archive.columns
    mask = found.alive
    channel, playlist, height = (call.args.get(k) for k in ("channel", "playlist", "height"))
    if channel is not None:
        mask = mask & found.channels([channel])
    if "type" in asked:
        mask = mask & (found.kind == KINDS.index(asked["type"]))
    if height is not None:
        if not height.isascii() or not height.isdigit() or len(height) > 9:
            if call.modern:
                refuse(400, {"height": ["A valid integer is required."]})
            bad("height is a whole number of pixels")
        mask = mask & (found.number("height") == int(height))
    if "watch" in asked:
        mask = mask & _by_watch(call, asked["watch"])
    sort, order = asked.get("sort"), asked.get("order")
    if playlist is not None:
        mask = mask & found.mask(call.archive.in_playlist(playlist))
        if call.modern and sort is None:
            return _playlist_order(call, playlist, mask)
    if sort is None and order is None:
        return found.ordered(mask)
    return found.ordered(mask, sort or "published", order != "asc")


def _playlist_order(call: Call, playlist: str, mask: np.ndarray) -> list[str]:
    """The playlist's own order, then what else names it."""
    found = call.archive.columns
    document = call.archive.playlists.get(playlist) or {}
    entries = (str(entry.get("youtube_id")) for entry in document.get("playlist_entries", ()))
    first = [key for key in dict.fromkeys(entries) if key in found.row_of]
    known = frozenset(first)
    return [
        *(key for key in first if mask[found.row_of[key]]),
        *(key for key in found.ordered(mask) if key not in known),
    ]


def _by_watch(call: Call, watch: str) -> np.ndarray:
    """The rows that the user watched, did not watch, or began and did not finish."""
    found = call.archive.columns
    done = found.watched | found.mask(watching().watched_by_visitor(call.profile, call.user))
    if watch == "continue":
        return found.mask(watching().positions(call.user)) & ~done
    return done if watch == "watched" else ~done
