"""Observations as flat rows, one a recommendation, with a fixed list of columns for each kind.

The original server took its columns from whatever the first row happened to have, and dropped what
is no video; here every item is a row, and the last column, ``kind``, tells what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.api.yttrex import shapes
from mockserver.api.yttrex.tables import Record

_SHARED = ("pseudo", "metadataId", "savingTime", "clientTime", "login", "uxLang")
_EXPERIMENT = ("experimentId", "researchTag", "execount", "originalHref")
_RECOMMENDED = (
    "recommendedTitle",
    "recommendedLength",
    "recommendedRelativeSeconds",
    "recommendedViews",
    "isLive",
    "publicationTime",
)

#: Columns that only one kind of page has, after the shared ones.
_OWN: dict[str, tuple[str, ...]] = {
    "video": (
        "id",
        "index",
        "verified",
        "videoId",
        "originalHref",
        "recommendedSource",
        *_RECOMMENDED,
        "watchedVideoId",
        "watchedTitle",
        "watchedAuthor",
        "watchedChannel",
        "watchedPubTime",
        "forKids",
    ),
    "home": (
        "id",
        "index",
        "verified",
        "originalHref",
        "videoId",
        "recommendedSource",
        "recommendedHref",
        *_RECOMMENDED,
    ),
    "search": (
        "id",
        "position",
        "title",
        "authorName",
        "authorSource",
        "sectionName",
        "href",
        "originalHref",
        "videoId",
        "views",
        "isLive",
        "published",
        "secondsAgo",
        "query",
    ),
}
_LISTS = {"video": "related", "home": "selected", "search": "results"}
KINDS = tuple(_OWN)


def columns(kind: str, *, experiment: bool = False) -> tuple[str, ...]:
    """The columns of one kind's CSV; ``experiment`` adds what tells runs apart."""
    names = (*_SHARED, *(_EXPERIMENT if experiment else ()), *_OWN[kind])
    ours = ("originalHref", "kind")  # last: what the original's files for one's own pages lack
    first = [name for name in names if experiment or name not in ours]
    return tuple(dict.fromkeys((*first, *ours)))


def flat(record: Record, *, private: bool = False) -> list[dict[str, Any]]:
    """One row an item of the page's list; ids are ``<metadata id, 8 digits>V<n><index>``.

    ``private``: of a supporter's own pages, as the original gives them: the first two words of the
    pseudonym, and no adverts (``/v2/personal/…/adv/csv`` has those).
    """
    doc = shapes.reference(record)
    kind = record.type
    shared = {
        "pseudo": "-".join(record.watcher.split("-")[:2]) if private else record.watcher,
        "metadataId": record.id[:8],
        "savingTime": record.saving_time,
        "clientTime": doc.get("clientTime"),
        "login": doc.get("login"),
        "uxLang": doc.get("blang"),
        "experimentId": record.experiment_id,
        "researchTag": record.research_tag,
        "originalHref": doc.get("href"),
    }
    if kind == "video":
        shared |= {
            "watchedVideoId": doc.get("videoId"),
            "watchedTitle": doc.get("title"),
            "watchedAuthor": doc.get("authorName"),
            "watchedChannel": doc.get("authorSource"),
            "watchedPubTime": doc.get("publicationTime"),
            "forKids": doc.get("forKids"),
        }
    if kind == "search":
        shared["query"] = doc.get("query")
    return [
        {**_own(kind, item), **shared, "id": _row_id(record, n, item)}
        for n, item in enumerate(doc.get(_LISTS.get(kind, ""), ()))
        if not private or item.get("videoId")
    ]


def _own(kind: str, item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item.get(name) for name in (*_OWN[kind], "kind")}


def _row_id(record: Record, n: int, item: Mapping[str, Any]) -> str:
    number = item.get("index", item.get("position", n + 1))
    return f"{record.id[:8]}{record.type[:1].upper()}{n}{number}"
