"""Observations by video: who saw it, beside what it was recommended, and the latest of all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response
from werkzeug.utils import secure_filename

from collector.common.identity import iso_z
from mockserver.api.trex.envelope import answer, paged, route
from mockserver.api.trex.moments import humanize
from mockserver.api.trex.paging import MOST_CSV, parse_paging
from mockserver.api.yttrex import shapes, tables
from mockserver.api.yttrex.csvs import csv_answer
from mockserver.context import mock
from mockserver.openapi.operations import CSV, Operation, json_of

#: How long ``/v1/last`` repeats itself, seconds.
CACHE_S = 120
_LAST = 20
_EXAMPLE = {"token": "dQw4w9WgXcQ"}
_LAST_KEYS = (
    "watcher",
    "title",
    "viewInfo",
    "savingTime",
    "videoId",
    "authorName",
    "authorSource",
    "likeInfo",
    "publicationString",
    "relatedN",
    "related",
)


def register(bp: Blueprint) -> None:
    """Route observations by video and the latest of all on ``bp``."""
    # fmt: off
    route(bp, "/v1/last", last, Operation("The last twenty observations of all", {200: json_of({
        "content": [{"watcher": "string", "savingTime": "date-time", "related": ["object"],
                     "timeago": "string", "secondsago": "number"}],
        "computedt": "date-time", "next": "date-time", "cacheTimeSeconds": "integer"})}))
    paged(bp, "/v1/videoId/<token>", video_id, Operation(
        "The observations of a video", {200: json_of(["@YttrexObservation"])}, examples=_EXAMPLE))
    paged(bp, "/v1/related/<token>", related, Operation(
        "Observations of others that recommended a video", {200: json_of(["@YttrexBeside"])},
        examples=_EXAMPLE))
    paged(bp, "/v1/videoCSV/<token>", video_csv, Operation(
        "What was recommended beside a video, one row each", {200: CSV}, examples=_EXAMPLE))
    # fmt: on


def _seen(token: str, paging: str, default: int, **limit: int) -> list[tables.Record]:
    page = parse_paging(paging, default, **limit)
    return tables.records(
        mock().db,
        "m.video_id = ? AND m.type = 'video'",
        [token],
        amount=page.amount,
        skip=page.skip,
    )


def video_id(token: str, paging: str) -> Response:
    """All observations of one video, newest first."""
    return answer([shapes.observation(record) for record in _seen(token, paging, 110)])


def related(token: str, paging: str) -> Response:
    """Observations of other videos beside which this one was recommended."""
    page = parse_paging(paging, 110)
    db = mock().db
    found = tables.records(
        db,
        "m.type = 'video' AND m.video_id IS NOT ? AND m.id IN"
        " (SELECT metadata_id FROM yttrex_related WHERE video_id = ? OR as_seen = ?)",
        [token, token, token],
        amount=page.amount,
        skip=page.skip,
    )
    return answer([_beside(db, record) for record in found])


def _beside(db: Any, record: tables.Record) -> dict[str, Any]:
    shown = shapes.observation(record)
    shown["related"] = [
        {key: item.get(key) for key in ("title", "source", "index", "videoId")}
        for item in shown["related"]
    ]
    return {**shown, "timeago": humanize(tables.age(db, record))}


def video_csv(token: str, paging: str) -> Response:
    """One row a recommendation; paging counts observations."""
    found = _seen(token, paging, 800, most=MOST_CSV)
    rows = [row for record in found for row in shapes.rows(record, id_digits=20)]
    day = mock().db.now().strftime("%y-%m-%d")
    name = secure_filename(token)[:32] or "unknown"
    return csv_answer(shapes.COLUMNS, rows, f"video-{name}-{day}.csv", nothing="Error, Zorry: 🤷")


def last() -> Response:
    """The last twenty observations of all; computed at most every 120 s."""
    db = mock().db
    cache = db.cache
    with db.lock:
        now = db.now()
        kept = cache.get("last")
        if kept is None or now >= kept["next"]:
            found = tables.records(db, "m.type = 'video'", amount=_LAST)
            kept = cache["last"] = {
                "content": [_latest(db, record) for record in found],
                "computedt": now,
                "next": now + timedelta(seconds=CACHE_S),
            }
    return answer(
        {
            "content": kept["content"],
            "computedt": iso_z(kept["computedt"]),
            "next": iso_z(kept["next"]),
            "cacheTimeSeconds": CACHE_S,
        }
    )


def _latest(db: Any, record: tables.Record) -> dict[str, Any]:
    shown = shapes.observation(record)
    past = tables.age(db, record)
    return {
        **{key: shown[key] for key in _LAST_KEYS if shown.get(key) is not None},
        "timeago": f"{humanize(past)} ago",
        "secondsago": -past.total_seconds(),
    }
