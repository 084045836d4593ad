"""Stored observations in the shapes of the 2019 documentation.

Evidence is stored under the 2022 field names; the documentation's endpoints answer with the earlier
ones. Where the earlier server printed mangled pieces of a label (``duration`` "35 secondi" of a
label with "3 minuti e 35 secondi"), this prints the whole piece; an unknown value is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from mockserver.api.trex.moments import humanize
from mockserver.api.yttrex import tables
from mockserver.api.yttrex.tables import Record

_TOP = (
    "id",
    "authorName",
    "authorSource",
    "likeInfo",
    "publicationString",
    "related",
    "relatedN",
    "savingTime",
    "title",
    "videoId",
    "viewInfo",
    "watcher",
)


def observation(record: Record) -> dict[str, Any]:
    """One observation as ``/v1/videoId`` shows it: key order, no public key."""
    doc = record.doc
    if record.documented:
        return dict(doc)
    items = [related_item(item) for item in tables.recommended(doc)]
    likes = doc.get("likeInfo") or {}
    views = doc.get("viewInfo") or {}
    shown = {
        "id": record.id,
        "authorName": doc.get("authorName"),
        "authorSource": doc.get("authorSource"),
        "likeInfo": {"likes": likes.get("likes"), "dislikes": likes.get("dislikes")}
        if any(likes.values())
        else None,
        "publicationString": doc.get("publicationString"),
        "related": items,
        "relatedN": len(items),
        "savingTime": record.saving_time,
        "title": doc.get("title"),
        "videoId": doc.get("videoId"),
        "viewInfo": {"viewStr": views["viewStr"], "viewNumber": views.get("viewNumber")}
        if views.get("viewStr")
        else None,
        "watcher": record.watcher,
    }
    return {key: shown[key] for key in _TOP}


def related_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """One recommendation in the 2019 shape; absent values have no key."""
    views = _views_text(item)
    ago = _number(item.get("recommendedRelativeSeconds"))
    length = item.get("recommendedLengthText")
    shown = {
        "index": item.get("index"),
        "title": item.get("recommendedTitle"),
        "verified": item.get("verified"),
        "source": item.get("recommendedSource"),
        "vizstr": views,
        "foryou": not any(c.isdigit() for c in views) if views else None,
        "videoId": item.get("videoId"),
        "displayTime": item.get("recommendedDisplayL"),
        "expandedTime": length,
        "viz": views,
        "duration": length,
        "timeago": f"{humanize(timedelta(seconds=ago))} ago" if ago is not None else None,
    }
    return {key: value for key, value in shown.items() if value is not None}


def _views_text(item: Mapping[str, Any]) -> str | None:
    """The view count in the page's own words, else its number."""
    count = _number(item.get("recommendedViews"))
    if count is None:
        return None
    label = item.get("label") or ""
    digits = r"[.,\s'’]?".join(str(int(count)))
    found = list(re.finditer(rf"(?<!\d){digits}(?!\d)", label))
    return " ".join(label[found[-1].start() :].split()) if found else str(int(count))


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


#: The columns of the video and the personal CSV.
COLUMNS = (
    "id",
    "videoId",
    "title",
    "verified",
    "source",
    "vizstr",
    "foryou",
    "suggestionOrder",
    "displayLength",
    "watched",
    "since",
    "credited",
    "channel",
    "savingTime",
    "watcher",
    "watchedId",
)


def rows(record: Record, *, id_digits: int) -> list[dict[str, Any]]:
    """One CSV row a recommendation, under :data:`COLUMNS`."""
    seen = observation(record)
    return [
        {
            "id": record.id[:id_digits],
            "videoId": item.get("videoId"),
            "title": item.get("title"),
            "verified": item.get("verified"),
            "source": item.get("source"),
            "vizstr": item.get("vizstr"),
            "foryou": item.get("foryou"),
            "suggestionOrder": item.get("index"),
            "displayLength": item.get("displayTime"),
            "watched": seen.get("title"),
            "since": seen.get("publicationString"),
            "credited": seen.get("authorName"),
            "channel": seen.get("authorSource"),
            "savingTime": record.saving_time,
            "watcher": record.watcher,
            "watchedId": seen.get("videoId"),
        }
        for item in seen["related"]
    ]


def reference(record: Record) -> dict[str, Any]:
    """One observation under the 2022 field names: the pseudonym as ``supporter``, no public key."""
    doc = record.doc
    if record.documented:
        doc = _as_reference(record)
    return {
        **{key: value for key, value in doc.items() if key != "publicKey"},
        "savingTime": record.saving_time,
        "supporter": record.watcher,
    }


def _as_reference(record: Record) -> dict[str, Any]:
    """A documented example under the later names; what it never said is absent."""
    doc = record.doc
    href = f"https://www.youtube.com/watch?v={doc['videoId']}"
    items = []
    for item in doc["related"]:
        clean, _, rest = str(item["videoId"]).partition("&")
        shown = {
            "index": item["index"],
            "videoId": clean,
            "params": {"v": clean, **dict(part.split("=", 1) for part in rest.split("&") if part)},
            "recommendedSource": item["source"].split("\n")[0].rstrip("•"),
            "recommendedTitle": item["title"],
            "recommendedDisplayL": item.get("displayTime"),
            "recommendedLengthText": item.get("expandedTime"),
        }
        items.append({key: value for key, value in shown.items() if value is not None})
    return {
        "id": record.id,
        "type": "video",
        "href": href,
        "params": {"v": doc["videoId"]},
        "videoId": doc["videoId"],
        "title": doc["title"],
        "publicationString": doc["publicationString"],
        "authorName": doc["authorName"],
        "authorSource": doc["authorSource"],
        "viewInfo": doc["viewInfo"],
        "likeInfo": doc["likeInfo"],
        "related": items,
    }
