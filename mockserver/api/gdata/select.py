"""Which videos a feed lists, and in which order: the query's filters over the feed's own list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mockserver.api.gdata.here import Here
from mockserver.api.gdata.index import PERIODS

#: Relevance without words to be relevant to.
_POPULAR = "viewCount"


@dataclass(frozen=True, slots=True)
class Base:
    """A feed's own list: its name, its rows, and whether their order means something."""

    name: str
    rows: Callable[[], np.ndarray]
    order: str | None = None
    """The order that ``relevance`` means here; ``None``: as ``rows`` has them."""
    timed: bool = False
    """Does the parameter ``time`` apply?"""


def select(here: Here, base: Base) -> np.ndarray:
    """The rows of the whole feed, of which a page is shown."""
    query = here.query
    since = query.since
    if base.timed and query.time in PERIODS:
        # Whole minutes, so that the pages of a feed are cut from one list.
        now = here.world.now().timestamp() // 60 * 60
        since = max(since, now - PERIODS[query.time].total_seconds())
    key = (
        base.name, query.text, query.author.lower(), query.formats, query.segments, since,
        query.until, query.order,
    )  # fmt: skip
    return here.index.kept(key, lambda: _select(here, base, since))


def _select(here: Here, base: Base, since: float) -> np.ndarray:
    query, index = here.query, here.index
    rows = base.rows()
    relevance: np.ndarray | None = None
    if query.words:
        found, how = index.matching(query.text)
        relevance = np.zeros(len(index.videos))
        relevance[found] = how
        rows = rows[relevance[rows] > 0]
    if query.author:
        author = here.accounts.find(query.author)
        own = index.of_channel(author.channel_id if author else None)
        rows = rows[np.isin(rows, own)]
    if query.formats:
        rows = rows[(index.formats[rows] & query.formats) != 0]
    if query.segments:
        rows = rows[index.holding(query.segments)[rows]]
    if since > float("-inf") or query.until < float("inf"):
        published = index.published[rows]
        rows = rows[(published >= since) & (published < query.until)]
    if query.order in {None, "relevance"}:
        if relevance is not None and (base.order is not None or query.order):
            return rows[np.lexsort((index.rank(_POPULAR)[rows], -relevance[rows]))]
        if base.order is None:
            return rows
        # An author's videos are the same list here and among the author's uploads.
        return index.ordered(rows, "published" if query.author else base.order)
    return index.ordered(rows, str(query.order))
