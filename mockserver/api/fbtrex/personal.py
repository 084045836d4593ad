"""What a supporter sees, takes away and deletes of their own data."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from mockserver.api.fbtrex import access, daily, tables
from mockserver.api.fbtrex.csvs import csv_answer, csv_error
from mockserver.api.fbtrex.described import ERROR
from mockserver.api.fbtrex.metadata import metadata_of
from mockserver.api.fbtrex.paging import DAYS, MOST_TIMELINES, Paging, day_of, paging
from mockserver.api.fbtrex.summary import documented
from mockserver.api.trex.envelope import ApiError, answer, paged
from mockserver.context import mock
from mockserver.openapi.operations import CSV, Media, Operation, json_of


def register(bp: Blueprint) -> None:
    """Route a supporter's own data on ``bp``: seven views below ``/v2/personal/<token>``, each
    with an optional ``amount-skip`` behind it."""
    # fmt: off
    for name, view, about, content in (
        ("summary", summary, "One's posts as seen, newest first", json_of(["@FbtrexPost"])),
        ("stats", stats, "One's timelines with every impression", json_of("@FbtrexStats")),
        ("csv", csv, "One's posts as a table of fifteen columns", CSV),
        ("enrich", enrich, "One's posts with what was understood of them",
         json_of(["@FbtrexEnriched"])),
        ("exporter", exporter, "All that is stored of one's timelines",
         json_of([["object|array"]])),
        ("remove", remove, "Delete one's newest timelines", json_of("@FbtrexRemoved")),
        ("daily", days, "One's days", json_of("@FbtrexDays")),
    ):
        refused: Media = {"text/plain": None} if view is csv else ERROR
        operation = Operation(about, {200: content, 403: refused},
                              examples={"given": "0-3"} if view is days else {})
        methods = ("GET", "DELETE") if view is remove else ("GET",)
        paged(bp, f"/v2/personal/<token>/{name}", view, operation, part="given", methods=methods)
    # fmt: on


def _own(supporter: tables.Supporter, page: Paging) -> list[tables.Row]:
    return tables.summaries(
        mock().db,
        "m.supporter = ?",
        [supporter.supporter],
        amount=page.amount,
        skip=page.skip,
    )


def summary(token: str, given: str) -> Response:
    """The supporter's posts as seen, newest first."""
    supporter = access.reader(token)
    return answer([documented(row["doc"]) for row in _own(supporter, paging(given, 200))])


def csv(token: str, given: str) -> Response:
    """The same as a table of fifteen columns."""
    try:
        supporter = access.reader(token)
    except ApiError as error:
        return csv_error(str(error), error.status)
    rows = _own(supporter, paging(given, 1000))
    return csv_answer((row["doc"] for row in rows), f"summary--{supporter.pseudo}.csv")


def stats(token: str, given: str) -> Response:
    """The supporter's timelines, newest first, with every impression in its order."""
    supporter = access.reader(token)
    page = paging(given, 20, MOST_TIMELINES)
    db, owner = mock().db, supporter.supporter
    content: list[dict[str, Any]] = []
    counted: dict[str, int] = {}
    for timeline in tables.timelines(db, owner, page.amount, page.skip):
        about = {"startTime": timeline["start_time"], "geoip": timeline["geoip"]}
        posts = tables.summaries_of(db, owner, timeline["id"])
        rows: list[dict[str, Any]] = []
        for seen in tables.impressions(db, owner, timeline["id"]):
            row = {
                **about,
                "impressionOrder": seen["impression_order"],
                "impressionTime": seen["impression_time"],
            }
            if seen["html_id"]:
                row["htmlId"] = seen["html_id"]
            row["timelineId"] = timeline["id"]
            post = posts.get(seen["id"])
            row["summary"] = [documented(post)] if post else []
            row["visibility"] = seen["visibility"]
            rows.append(row)
        rows = rows or [{**about, "timelineId": timeline["id"], "summary": []}]
        counted[timeline["id"]] = len(rows)
        content += rows
    return answer(
        {
            "storedTimelines": tables.count(db, "fbtrex_timelines", "supporter = ?", [owner]),
            "served": page.as_json(),
            "content": content,
            "timelines": counted,
        }
    )


def enrich(token: str, given: str) -> Response:
    """The supporter's posts with what the labeller made of their text; by paging or by day.

    A superset of what servers answered before February 2020 (the summary) and since (the parser's
    metadata, under its names).
    """
    supporter = access.reader(token)
    day = day_of(given)
    db = mock().db
    if day is None:
        rows = _own(supporter, paging(given, 200))
    else:
        where = "m.supporter = ? AND substr(m.impression_time, 1, 10) = ?"
        rows = tables.summaries(
            db, where, [supporter.supporter, day], amount=paging("", 2000).amount
        )
    labels = tables.labels_of(db, (row["semantic_id"] for row in rows if row["semantic_id"]))
    found = []
    for row in rows:
        doc = {key: value for key, value in row["doc"].items() if key != "id"}
        doc |= metadata_of(doc)
        if row["semantic_id"] in labels:
            lang, names = labels[row["semantic_id"]]
            doc |= {"labels": names, "lang": lang}
        found.append(doc)
    return answer(found)


def exporter(token: str, given: str) -> Response:
    """Everything stored of the newest timelines: impressions, fragments, timeline, summaries."""
    supporter = access.reader(token, historical=500)
    page = paging(given, 20, MOST_TIMELINES)
    db, owner = mock().db, supporter.supporter
    user = int(supporter.user_id)
    found = []
    for timeline in tables.timelines(db, owner, page.amount, page.skip):
        about: dict[str, Any] = {
            "startTime": timeline["start_time"],
            "userId": user,
            "geoip": timeline["geoip"],
            "id": timeline["id"],
        }
        if timeline["nonfeed"]:
            about["nonfeed"] = True
        if timeline["tag_id"]:
            about["tagId"] = timeline["tag_id"]
        found.append(
            [
                [_impression(row, user) for row in tables.impressions(db, owner, timeline["id"])],
                [_html(row, user) for row in tables.htmls(db, owner, timeline["id"])],
                about,
                list(tables.summaries_of(db, owner, timeline["id"]).values()),
            ]
        )
    return answer(found)


def _impression(row: tables.Row, user: int) -> dict[str, Any]:
    found = {
        "visibility": row["visibility"],
        "timelineId": row["timeline_id"],
        "id": row["id"],
        "userId": user,
        "impressionOrder": row["impression_order"],
        "impressionTime": row["impression_time"],
    }
    for key, column in (("htmlId", "html_id"), ("from", "came_from"), ("kind", "kind")):
        if row[column]:
            found[key] = row[column]
    return found


def _html(row: tables.Row, user: int) -> dict[str, Any]:
    return {
        "savingTime": row["saving_time"],
        "id": row["id"],
        "userId": user,
        "impressionId": row["impression_id"],
        "timelineId": row["timeline_id"],
        "html": row["html"],
        "processed": row["problem"] is None,
    }


def remove(token: str, given: str) -> Response:
    """Delete the newest timelines and everything in them; the demo's deletion is only counted."""
    supporter = access.reader(token, historical=500)
    page = paging(given, 1, MOST_TIMELINES)
    db = mock().db
    with db.writing():
        ids = [
            row["id"] for row in tables.timelines(db, supporter.supporter, page.amount, page.skip)
        ]
        gone = tables.remove(db, supporter.supporter, ids, simulate=bool(supporter.demo))
    response = answer(
        {
            "timelines": gone.timelines,
            "impressions": gone.impressions,
            "htmls": gone.htmls,
            "summaries": gone.summaries,
        }
    )
    response.headers["Cache-Control"] = "no-store"
    if supporter.demo:
        response.headers["X-Fbtrex-Simulated"] = "the demo supporter's data stays"
    return response


def days(token: str, given: str) -> Response:
    """Statistics by day, newest first."""
    supporter = access.reader(token)
    fewest, most = DAYS
    amount, skip = daily_paging(given)
    amount = min(max(amount, fewest), most)
    return answer(
        {
            "dayamount": amount,
            "skipped": skip,
            "stats": daily.days(mock().db, supporter.supporter, supporter.user_id, amount, skip),
            "pseudo": supporter.pseudo,
        }
    )


def daily_paging(given: str) -> tuple[int, int]:
    """``0-3`` skips three days: an amount of zero is the smallest, not a malformed paging."""
    head, dash, tail = given.rstrip("/").partition("-")
    if dash and head.isascii() and head.isdigit() and not int(head[:9]):
        page = paging(f"{DAYS[0]}-{tail}", DAYS[0])
    else:
        page = paging(given, DAYS[0])
    return page.amount, page.skip
