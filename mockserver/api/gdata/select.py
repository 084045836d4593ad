"""Which videos a feed lists, and in which order: the query's filters over the feed's own list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from mockserver.api.gdata.filters import Restricted
from mockserver.api.gdata.query import LAST_ITEM
from mockserver.api.gdata.request_context import RequestContext

#: How long ago the periods began, as the documentation counts them.
PERIODS = {
    "today": timedelta(days=1),
    "this_week": timedelta(days=7),
    "this_month": timedelta(days=30),
}


@dataclass(frozen=True, slots=True)
class Base:
    """A feed's own list: its name, its rows, its order."""

    name: str
    rows: Callable[[], np.ndarray] | None = None
    """``None``: every video that there is."""
    order: str | None = None
    """``None``: as ``rows`` has them."""
    searched: bool = False
    """Is it a list to search in, so that words order it by relevance?"""
    timed: bool = False
    """Does the parameter ``time`` apply?"""
    public: bool = False
    """Is it nobody's own list, so that what is racy is left out unless it is asked for?"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The videos of a feed."""

    rows: np.ndarray
    """Those that can be asked for, in order: at most the first thousand."""
    total: int


def select(here: RequestContext, base: Base) -> Chosen:
    """The whole feed, of which a page is shown."""
    query = here.query
    since = query.since
    if base.timed and query.time in PERIODS:
        # Whole minutes, so that the pages of a feed are cut from one list.
        now = here.world.now().timestamp() // 60 * 60
        since = max(since, now - PERIODS[query.time].total_seconds())
    key = (
        base.name, query.text, query.author.lower(), query.partners, query.formats, query.lang,
        query.restricted, query.segments, since, query.until, query.order, query.captions,
        query.placed, query.area,
    )  # fmt: skip
    return Chosen(*here.index.lists.get(key, lambda: _select(here, base, since)))


def _select(here: RequestContext, base: Base, since: float) -> tuple[np.ndarray, int]:
    query, index = here.query, here.index
    columns = index.columns
    author = here.accounts.find(query.author) if query.author else None
    own = index.of_channel(author.channel_id if author else None)
    if base.rows is not None:
        rows = base.rows()
        if query.author:
            rows = rows[_mask(columns.listed.shape, own)[rows]]
    else:
        rows = own if query.author else columns.everything
    relevance: np.ndarray | None = None
    if query.words:
        found, how = index.matching.find(query.text)
        relevance = np.zeros(len(columns.listed))
        relevance[found] = how
        rows = rows[relevance[rows] > 0]
    if query.segments:
        rows = rows[index.holding(query.segments)[rows]]
    rows = _seen(here, base, rows)
    if query.formats:
        rows = rows[(columns.formats[rows] & query.formats) != 0]
    if query.partners:
        rows = rows[columns.verified()[rows]]
    if query.lang:
        rows = rows[columns.in_language(query.lang)[rows]]
    if query.captions:
        # There are no captions in this world.
        rows = rows[:0]
    if query.placed:
        rows = columns.placed(rows, query.area)
    if since > float("-inf") or query.until < float("inf"):
        published = columns.published[rows]
        rows = rows[(published >= since) & (published < query.until)]
    return _ordered(here, base, rows, relevance), len(rows)


def _seen(here: RequestContext, base: Base, rows: np.ndarray) -> np.ndarray:
    """Without what the query, or the habit of public lists, leaves out as racy."""
    wanted = here.query.restricted
    if wanted is None:
        # An author's videos are the same list in a search and among the author's uploads.
        shown = Restricted.MILD if base.public and not here.query.author else Restricted.RACY
    else:
        shown = wanted
    return rows if shown is Restricted.RACY else rows[here.index.columns.restricted[rows] <= shown]


def _ordered(
    here: RequestContext, base: Base, rows: np.ndarray, relevance: np.ndarray | None
) -> np.ndarray:
    query, index = here.query, here.index
    if query.order not in {None, "relevance"}:
        return index.first(rows, str(query.order))
    if relevance is not None and (base.searched or query.order):
        return index.most_relevant(rows, relevance[rows])
    if base.order is None:
        return rows[:LAST_ITEM]
    return index.first(rows, "published" if query.author and base.searched else base.order)


def _mask(shape: tuple[int, ...], rows: np.ndarray) -> np.ndarray:
    mask = np.zeros(shape, dtype=bool)
    mask[rows] = True
    return mask
