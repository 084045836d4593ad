"""What anybody may ask: counts, health, series by hour and day. Nobody can be told from them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response

from collector.common.identity import content_id, iso_z, parse_iso
from mockserver.api.fbtrex.described import WRONG
from mockserver.api.trex.envelope import ApiError, answer, route
from mockserver.context import mock
from mockserver.db import Submissions
from mockserver.openapi.operations import Operation, json_of

CACHE_S = 120
#: Buckets in one answer.
MOST = 1000
UNITS = ("hours", "hour", "day", "days")

#: Name in the answer → (table, column of the time, condition), in the documentation's order.
COUNTED: dict[str, tuple[str, str, str]] = {
    "impressions": ("fbtrex_impressions", "impression_time", "1"),
    "aggregated": ("", "", "0"),
    "labels": ("fbtrex_labels", "time", "1"),
    "semantics": ("fbtrex_semantics", "time", "1"),
    "anomalies": ("fbtrex_anomalies", "time", "1"),
    "summary": ("fbtrex_summaries", "impression_time", "1"),
    "errors": ("fbtrex_htmls", "saving_time", "problem IS NOT NULL"),
    "metadata": ("fbtrex_summaries", "impression_time", "1"),
    "htmls": ("fbtrex_htmls", "saving_time", "1"),
    "accesses": ("fbtrex_accesses", "time", "1"),
    "timelines": ("fbtrex_timelines", "start_time", "1"),
    "supporters": ("fbtrex_supporters", "key_time", "1"),
}

#: name -> (table, column of the time, {variable: SQL condition}).
SERIES: dict[str, tuple[str, str, dict[str, str]]] = {
    "supporters": ("fbtrex_supporters", "key_time", {"newcomers": "1"}),
    "active": ("fbtrex_supporters", "last_activity", {"active": "1"}),
    "timelines": (
        "fbtrex_timelines",
        "start_time",
        {"skipped": "nonfeed = 1", "newsfeed": "nonfeed = 0", "total": "1"},
    ),
    "impressions": (
        "fbtrex_impressions",
        "impression_time",
        {
            "private": "visibility = 'private'",
            "public": "visibility = 'public'",
            "total": "1",
        },
    ),
    "processing": (
        "fbtrex_htmls",
        "saving_time",
        {
            "successful": "problem IS NULL",
            "failure": "problem LIKE 'crashed%'",
            "unprocessed": "problem IS NOT NULL AND problem NOT LIKE 'crashed%'",
            "total": "1",
        },
    ),
    "metadata": (
        "fbtrex_summaries",
        "impression_time",
        {
            "hasNature": "nature IS NOT NULL",
            "hasLinks": "json_extract(doc, '$.opengraph') IS NOT NULL",
            "hasPictures": "json_extract(doc, '$.images.count') > 0",
            "hasTexts": "semantic_id IS NOT NULL",
            "total": "1",
        },
    ),
}


def register(bp: Blueprint) -> None:
    """Route counts, series and health on ``bp``. A series whose path stops early is a 400 that
    says what is missing."""
    # fmt: off
    route(bp, "/v2/statistics/counter", counter, Operation(
        "How much there is of everything", {200: json_of({
            "content": {key: "integer" for name in COUNTED for key in (name, f"{name}_lw")},
            "computedt": "date-time", "next": "date-time", "cacheTimeSeconds": "integer"})}))
    missing = Operation("What is missing in this path", {400: WRONG})
    route(bp, "/v2/statistics/<name>", series, missing, defaults={"unit": "", "amount": ""})
    route(bp, "/v2/statistics/<name>/<unit>", series, missing, defaults={"amount": ""})
    route(bp, "/v2/statistics/<name>/<unit>/<amount>", series, Operation(
        "A series, oldest first",
        {200: json_of([{"name": "string", "day?": "date-time", "hour?": "date-time"}]),
         400: WRONG}))
    route(bp, "/v2/health", health, Operation(
        "Whether it works", {200: json_of({"status": "string"})}))
    route(bp, "/v2/services", services, Operation(
        "As it was", {200: json_of({"not implemented": "boolean"})}))
    # fmt: on


def health() -> Response:
    """Answer that the server works."""
    return answer({"status": "OK"})


def services() -> Response:
    """Answer as the original did: this was never implemented."""
    return answer({"not implemented": True})


def counter() -> Response:
    """How much there is of everything, and since a week; counted at most every two minutes."""
    db = mock().db
    now = db.now()
    with db.lock:
        known = db.cache.get("fbtrex-counter")
        if known is None or parse_iso(known["next"]) <= now or parse_iso(known["computedt"]) > now:
            known = {
                "content": _counts(db, now),
                "computedt": iso_z(now),
                "next": iso_z(now + timedelta(seconds=CACHE_S)),
                "cacheTimeSeconds": CACHE_S,
            }
            db.cache["fbtrex-counter"] = known
    return answer(known)


def _counts(db: Submissions, now: datetime) -> dict[str, int]:
    week = iso_z(now - timedelta(days=7))
    found: dict[str, int] = {}
    for name, (table, column, condition) in COUNTED.items():
        row = {"n": 0, "lw": 0}
        if table:
            row = db.one(
                f"SELECT COUNT(*) AS n, COALESCE(SUM({column} >= ?), 0) AS lw FROM {table}"
                f" WHERE {condition}",
                [week],
            )
        found |= {name: row["n"], f"{name}_lw": row["lw"]}
    return found


def series(name: str, unit: str, amount: str) -> Response:
    """One document an hour or day of the look-back, oldest first, empty ones included (UTC)."""
    if name not in SERIES:
        raise _wrong(allowedNames=list(SERIES))
    if unit not in UNITS:
        raise _wrong(allowedRanges=list(UNITS))
    if not (amount.isascii() and amount.isdigit() and int(amount[:12]) > 0):
        raise _wrong(invalidNumber=amount[:64])
    count = min(int(amount[:12]), MOST)
    db = mock().db
    word = "hour" if unit.startswith("hour") else "day"
    step = timedelta(hours=1) if word == "hour" else timedelta(days=1)
    end = db.now().replace(minute=0, second=0, microsecond=0)
    end = end if word == "hour" else end.replace(hour=0)
    table, column, variables = SERIES[name]
    digits = 13 if word == "hour" else 10
    sums = ", ".join(f'SUM({condition}) AS "{key}"' for key, condition in variables.items())
    starts = [end - step * i for i in range(count, -1, -1)]
    rows = db.rows(
        f"SELECT substr({column}, 1, {digits}) AS bucket, {sums} FROM {table}"
        f" WHERE {column} >= ? GROUP BY 1",
        [iso_z(starts[0])],
    )
    found: dict[str, dict[str, Any]] = {row.pop("bucket"): row for row in rows}
    none = dict.fromkeys(variables, 0)
    response = answer(
        [
            {
                **found.get(iso_z(start)[:digits], none),
                f"{word}Id": content_id(impressionTime=start.strftime("%Y-%m-%d %H:00:00")),
                word: iso_z(start),
                "name": name,
            }
            for start in starts
        ]
    )
    for header, value in (("amount", str(count)), ("unit", unit), ("name", name)):
        response.headers[header] = value
    return response


def _wrong(**details: Any) -> ApiError:
    error = ApiError(400, "")
    error.body = {
        "error": True,
        "expectedFormat": "/api/v2/statistics/:name/:unit/:amount",
        **details,
    }
    return error
