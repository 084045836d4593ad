"""Single timelines and fragments. The original told them to anybody; here they take a token.

The token is sent as ``Authorization: Bearer …`` or as ``?token=``, and opens its own only.
"""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request

from collector.common.identity import pseudonym
from mockserver.api.fbtrex import access, tables
from mockserver.api.fbtrex.csvs import csv_answer
from mockserver.api.fbtrex.described import ERROR, OWN
from mockserver.api.fbtrex.paging import MOST, day_of
from mockserver.api.trex.envelope import ApiError, answer, route
from mockserver.context import mock
from mockserver.openapi.operations import CSV, Media, Operation, json_of


def register(bp: Blueprint) -> None:
    """Route single timelines and fragments on ``bp``. Each takes the owner's token."""

    # fmt: off
    def own(about: str, content: Media) -> Operation:
        answers: dict[int, Media] = {200: content, 401: ERROR, 403: ERROR}
        return Operation(about, answers, security=OWN)

    route(bp, "/v2/timeline/<timeline>/csv", timeline_csv,
          own("One's own timeline as CSV", CSV))
    route(bp, "/v2/impressionlist/<timeline>", impression_list,
          own("Order, time and visibility of one's own timeline",
              json_of([{"impressionOrder": "integer", "impressionTime": "date-time",
                        "visibility": "string", "htmlId": "string|null"}])))
    days = json_of([{"sessionId": "string", "sessionTimings": ["date-time"],
                     "info": ["string|null"]}])
    route(bp, "/v2/impressionStats/<day>", impression_stats, Operation(
        "One's own sessions of a day", {200: days, 400: ERROR, 401: ERROR, 403: ERROR},
        security=OWN))
    route(bp, "/v2/debug/<timeline>", debug_timeline,
          own("Every fragment of one's own timeline", json_of(["@FbtrexFragment"])))
    route(bp, "/v2/debug/html/<html_id>", debug_html,
          own("One fragment of one's own", json_of(("@FbtrexFragment", {}))))
    # fmt: on


def _reader() -> tables.Supporter:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    token = given.strip() if scheme.lower() == "bearer" else request.args.get("token", "")
    if not token:
        raise ApiError(
            401, "send your user token as Authorization: Bearer … or ?token=", historical=401
        )
    return access.reader(token)


def _timeline(supporter: tables.Supporter, timeline: str) -> str:
    db = mock().db
    where, values = "supporter = ? AND id = ?", [supporter.supporter, timeline]
    if not tables.count(db, "fbtrex_timelines", where, values):
        raise ApiError(404, "you have no such timeline", historical=404)
    return timeline


def timeline_csv(timeline: str) -> Response:
    """Answer the posts of one's own timeline as CSV.

    :raises ApiError: 401 without a token, 403 with a wrong one, 404 for a timeline that is not
    one's own
    """
    supporter = _reader()
    posts = tables.summaries_of(mock().db, supporter.supporter, _timeline(supporter, timeline))
    name = f"timeline-{pseudonym(f'timeline{timeline}')}.csv"
    return csv_answer(posts.values(), name)


def impression_list(timeline: str) -> Response:
    """Answer order, time and visibility of one's own impressions, private posts included, in
    the order of the timeline.

    :raises ApiError: 401 without a token, 403 with a wrong one, 404 for a timeline that is not
    one's own
    """
    supporter = _reader()
    rows = tables.impressions(mock().db, supporter.supporter, _timeline(supporter, timeline))
    return answer(
        [
            {
                "impressionOrder": row["impression_order"],
                "impressionTime": row["impression_time"],
                "visibility": row["visibility"],
                "htmlId": row["html_id"],
            }
            for row in rows
        ]
    )


def impression_stats(day: str) -> Response:
    """The sessions of one's own day: when each post was seen, and of what kind it was."""
    supporter = _reader()
    if day_of(day) is None:
        raise ApiError(400, "give a day as YYYY-MM-DD")
    db = mock().db
    rows = db.rows(
        "SELECT i.timeline_id, i.impression_time, i.visibility, m.nature FROM fbtrex_impressions i"
        " LEFT JOIN fbtrex_summaries m ON m.supporter = i.supporter AND m.impression_id = i.id"
        " WHERE i.supporter = ? AND substr(i.impression_time, 1, 10) = ?"
        " ORDER BY i.timeline_id, i.impression_order",
        [supporter.supporter, day],
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        session = found.setdefault(
            row["timeline_id"],
            {"sessionId": row["timeline_id"], "sessionTimings": [], "info": []},
        )
        session["sessionTimings"].append(row["impression_time"])
        kind = "ad" if row["nature"] == "sponsored" else row["nature"]
        session["info"].append("private" if row["visibility"] == "private" else kind)
    return answer(list(found.values()))


def debug_html(html_id: str) -> Response:
    """One fragment of one's own, with all that was made of it."""
    supporter = _reader()
    db = mock().db
    rows = db.rows(
        "SELECT * FROM fbtrex_htmls WHERE supporter = ? AND id = ? LIMIT 1",
        [supporter.supporter, html_id],
    )
    if not rows:
        raise ApiError(404, "you have no such html", historical=404)
    return answer(next(iter(_opened(db, supporter, rows[0]["timeline_id"], html_id)), {}))


def debug_timeline(timeline: str) -> Response:
    """Every fragment of one's own timeline, with what was made of it."""
    supporter = _reader()
    return answer(_opened(mock().db, supporter, _timeline(supporter, timeline)))


def _opened(
    db: Any, supporter: tables.Supporter, timeline: str, html_id: str | None = None
) -> list[dict[str, Any]]:
    docs = {
        row["impression_id"]: json.loads(row["doc"])
        for row in db.rows(
            "SELECT impression_id, doc FROM fbtrex_summaries WHERE supporter = ?"
            " AND timeline_id = ? LIMIT ?",
            [supporter.supporter, timeline, MOST],
        )
    }
    return [
        {
            "html": row["html"],
            "metadata": docs.get(row["impression_id"]),
            "summary": docs.get(row["impression_id"]),
            "error": row["problem"],
            "impression": row["impression_id"],
            "timeline": timeline,
        }
        for row in tables.htmls(db, supporter.supporter, timeline)
        if html_id is None or row["id"] == html_id
    ]
