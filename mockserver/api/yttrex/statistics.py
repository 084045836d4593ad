"""Counts by hour and day, computed live from what is stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response

from collector.common.identity import content_id, iso_z
from mockserver.api.trex.envelope import ApiError, answer, route
from mockserver.api.yttrex.described import WRONG
from mockserver.context import mock
from mockserver.db import Submissions
from mockserver.openapi.operations import Operation, json_of

FORMAT = "/api/v2/statistics/:name/:unit/:amount"
UNITS = ("hours", "hour", "day", "days")
#: Buckets in one answer.
MOST = 1000

_META = "yttrex_metadata"
_PAGES = "(SELECT COUNT(*) FROM yttrex_related r WHERE r.metadata_id = t.id)"

#: name -> (table, column of the time, {variable: SQL condition}).
SERIES: dict[str, tuple[str, str, dict[str, str]]] = {
    "supporters": ("yttrex_supporters", "creation_time", {"newcomers": "1"}),
    "active": ("yttrex_supporters", "last_activity", {"active": "1"}),
    "processing": (
        "yttrex_htmls",
        "saving_time",
        {
            "successful": "t.problem IS NULL",
            "failure": "t.problem LIKE 'crashed%'",
            "unprocessed": "t.problem IS NOT NULL AND t.problem NOT LIKE 'crashed%'",
            "total": "1",
        },
    ),
    "related": (
        _META,
        "saving_time",
        {
            "total": "t.type = 'video'",
            "related-20": f"t.type = 'video' AND {_PAGES} = 20",
            "related-19": f"t.type = 'video' AND {_PAGES} = 19",
            "related-1": f"t.type = 'video' AND {_PAGES} = 1",
        },
    ),
    "videos-related": (
        _META,
        "saving_time",
        {
            "total": "t.type = 'video'",
            "related-20": f"t.type = 'video' AND {_PAGES} = 20",
            "more-than-20": f"t.type = 'video' AND {_PAGES} > 20",
        },
    ),
    "videos-metadata": (
        _META,
        "saving_time",
        {
            "hasTitle": "t.type = 'video' AND t.title IS NOT NULL",
            "hasAuthor": "t.type = 'video' AND t.author_name IS NOT NULL",
            "viewWorks": "t.type = 'video'"
            " AND json_extract(t.doc, '$.viewInfo.viewNumber') IS NOT NULL",
            "forKids": "t.type = 'video' AND json_extract(t.doc, '$.forKids') = 1",
            "experiment": "t.type = 'video' AND t.experiment_id IS NOT NULL",
        },
    ),
    "nature": (
        _META,
        "saving_time",
        {
            "total": "1",
            "homepages": "t.type = 'home'",
            "videos": "t.type = 'video'",
            "searches": "t.type = 'search'",
        },
    ),
    "searches-metadata": (
        _META,
        "saving_time",
        {
            "searches": "t.type = 'search'",
            "experiment": "t.type = 'search' AND t.experiment_id IS NOT NULL",
        },
    ),
    "leaves": (
        "yttrex_leaves",
        "saving_time",
        {
            "total": "1",
            **{
                kind: f"json_extract(t.nature, '$.type') = '{kind}'"
                for kind in ("channel", "search", "video", "home")
            },
            "experiment": "t.experiment_id IS NOT NULL",
        },
    ),
    "ads": (
        "yttrex_leaves",
        "saving_time",
        {"total": "t.sponsored_site IS NOT NULL OR t.sponsored_name IS NOT NULL"},
    ),
    "experiments": ("yttrex_experiments", "since", {"total": "1"}),
}


def register(bp: Blueprint) -> None:
    """Route the series on ``bp``. A path that stops early is a 400 that says what is missing."""
    # fmt: off
    route(bp, "/v2/statistics", index, Operation(
        "What can be asked, and the latest day of each series",
        {200: json_of({"expectedFormat": "string", "allowedNames": ["string"],
                    "allowedRanges": ["string"], "content": ["@YttrexDay"]})}))
    missing = Operation("What is missing in this path", {400: WRONG})
    route(bp, "/v2/statistics/<name>", series, missing, defaults={"unit": "", "amount": ""})
    route(bp, "/v2/statistics/<name>/<unit>", series, missing, defaults={"amount": ""})
    route(bp, "/v2/statistics/<name>/<unit>/<amount>", series, Operation(
        "A series, oldest first", {200: json_of(["@YttrexDay"]), 400: WRONG}))
    # fmt: on


def index() -> Response:
    """What can be asked, and the latest day of every series that has one."""
    db = mock().db
    latest = []
    for name, (table, column, _) in SERIES.items():
        row = db.one(f"SELECT MAX({column}) AS t FROM {table}")
        if row["t"]:
            day = datetime.fromisoformat(row["t"]).replace(
                hour=0, minute=0, second=0, microsecond=0
            )
            latest += _documents(db, name, [day], timedelta(days=1))
    return answer(
        {
            "expectedFormat": FORMAT,
            "allowedNames": list(SERIES),
            "allowedRanges": list(UNITS),
            "content": latest,
        }
    )


def series(name: str, unit: str, amount: str) -> Response:
    """One document an hour or day of the look-back, oldest first, empty ones included (UTC)."""
    if name not in SERIES:
        raise _wrong(
            allowedNames=list(SERIES), note=f"the statistic name you look for was {name[:64]}"
        )
    if unit not in UNITS:
        raise _wrong(
            allowedRanges=list(UNITS), note=f"the statistic unit you look for was {unit[:64]}"
        )
    if not (amount.isascii() and amount.isdigit() and int(amount[:12]) > 0):
        raise _wrong(invalidNumber=amount[:64])
    count = min(int(amount[:12]), MOST)
    db = mock().db
    step = timedelta(hours=1) if unit.startswith("hour") else timedelta(days=1)
    end = db.now().replace(minute=0, second=0, microsecond=0)
    if step.days:
        end = end.replace(hour=0)
    starts = [end - step * i for i in range(count, -1, -1)]
    response = answer(_documents(db, name, starts, step))
    for header, value in (("amount", str(count)), ("unit", unit), ("name", name)):
        response.headers[header] = value
    return response


def _wrong(**details: Any) -> ApiError:
    error = ApiError(400, "")
    error.body = {"error": True, "expectedFormat": FORMAT, **details}
    return error


def _documents(
    db: Submissions, name: str, starts: list[datetime], step: timedelta
) -> list[dict[str, Any]]:
    """The series at ``starts`` (ascending, each ``step`` long)."""
    table, column, variables = SERIES[name]
    word, digits = ("day", 10) if step.days else ("hour", 13)
    sums = ", ".join(
        f'SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS "{variable}"'
        for variable, condition in variables.items()
    )
    found = {
        row.pop("bucket"): row
        for row in db.rows(
            f"SELECT substr(t.{column}, 1, {digits}) AS bucket, {sums} FROM {table} t"
            f" WHERE t.{column} >= ? AND t.{column} < ? GROUP BY 1",
            [iso_z(starts[0]), iso_z(starts[-1] + step)],
        )
    }
    none = dict.fromkeys(variables, 0)
    return [
        {
            **found.get(iso_z(start)[:digits], none),
            f"{word}Id": content_id(impressionTime=start.strftime("%Y-%m-%d %H:00:00")),
            word: iso_z(start),
            "name": name,
        }
        for start in starts
    ]
