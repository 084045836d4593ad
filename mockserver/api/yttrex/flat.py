"""Listings across pages: metadata by filter, today's home pages, an author's videos, flat CSVs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.utils import secure_filename

from collector.common.identity import content_id, iso_z
from mockserver.api.trex.envelope import ApiError, answer, compat, paged, parse_json, route, text
from mockserver.api.trex.paging import MOST, MOST_CSV, number, parse_paging
from mockserver.api.yttrex import access, adverts, flatrows, shapes, tables
from mockserver.api.yttrex.csvs import csv_answer
from mockserver.api.yttrex.described import ERROR
from mockserver.context import mock
from mockserver.openapi.operations import CSV, Operation, json_of

_TEXT_FILTERS = {"title": "m.title", "authorName": "m.author_name", "query": "m.query"}
_METADATA_COLUMNS = (
    "id",
    "supporter",
    "savingTime",
    "clientTime",
    "type",
    "href",
    "videoId",
    "title",
    "authorName",
    "authorSource",
    "query",
    "login",
    "blang",
    "experimentId",
    "researchTag",
    "items",
)


def register(bp: Blueprint) -> None:
    """Route the listings across pages on ``bp``."""
    # fmt: off
    paged(bp, "/v1/author/<video_id>", author, Operation(
        "What was recommended beside the videos of a video's author",
        {200: json_of({"authorName": "string", "authorSource": "string", "overflow": "boolean",
                    "total": "integer", "pagination": {"amount": "integer", "skip": "integer"},
                    "stripped": "integer", "content": ["object"]})}))
    route(bp, "/v1/home", home, Operation(
        "What home pages showed today",
        {200: json_of([{"accessId": "string", "metadataId": "string", "order": "integer|null"}])}))
    route(bp, "/v2/metadata", metadata, Operation(
        "Observations by experiment, tag, supporter and text",
        {200: {**json_of({"data": ["@YttrexReference"], "totals": {"*": "integer"}}), **CSV},
         400: ERROR, 404: ERROR},
        query=("userToken", "experimentId", "researchTag", "filter", "format", "?amount", "skip")))
    route(bp, "/v2/personal/<token>/<kind>/csv", personal_csv, Operation(
        "A supporter's pages of one kind, or the adverts (adv)", {200: CSV, 400: ERROR}))
    # fmt: on


def metadata() -> Response:
    """Observations by experiment, tag, supporter and filter (texts match anywhere, caseless)."""
    given = request.args
    wanted: list[str] = []
    values: list[Any] = []
    if token := given.get("userToken") or given.get("publicKey"):
        wanted.append("m.public_key = ?")
        values.append(access.reader(token).public_key)
    for name, column in (("experimentId", "experiment_id"), ("researchTag", "research_tag")):
        if value := given.get(name):
            wanted.append(f"m.{column} = ?")
            values.append(value)
    _filter(wanted, values)
    where = " AND ".join(wanted) or "1"
    form = given.get("format", "json")
    if form not in ("json", "csv"):
        raise ApiError(400, "format is json or csv", historical=400)
    most = MOST if form == "json" else MOST_CSV
    amount = number(given.get("amount"), 100, most) or 100
    db = mock().db
    found = tables.records(
        db, where, values, amount=amount, skip=number(given.get("skip"), 0, 10**9)
    )
    if form == "csv":
        rows = [_metadata_row(record) for record in found]
        labels = "".join(
            f"-{word}-{secure_filename(given[name])[:40]}"
            for name, word in (("experimentId", "experiment"), ("researchTag", "research_tag"))
            if given.get(name)
        )
        filename = f"metadata{labels}-{db.now():%y-%m-%d}.csv"
        return csv_answer(
            _METADATA_COLUMNS, rows, filename, nothing="Error 🤷 No content produced in this CSV!"
        )
    data = [{**shapes.reference(record), "id": record.id[:20]} for record in found]
    totals = dict.fromkeys(("video", "search", "home", "hashtag", "channel"), 0)
    for row in db.rows(
        f"SELECT m.type, COUNT(*) AS n FROM yttrex_metadata m WHERE {where} GROUP BY 1", values
    ):
        totals[row["type"]] = row["n"]
    return answer({"data": data, "totals": totals})


def _filter(wanted: list[str], values: list[Any]) -> None:
    """``filter`` as JSON, or ``filter[title]=…`` keys."""
    chosen: Any = parse_json(request.args.get("filter", "{}").encode("utf-8", "replace"))
    if not isinstance(chosen, dict):
        raise ApiError(400, "filter is not an object", historical=400)
    for name in ("nature", "title", "authorName", "query", "login"):
        if (flat := request.args.get(f"filter[{name}]")) is not None:
            chosen[name] = flat
    for name, value in chosen.items():
        if name == "login" and str(value).lower() in ("true", "false"):
            wanted.append("m.login = ?")
            values.append(int(str(value).lower() == "true"))
        elif name == "nature" and isinstance(value, str):
            wanted.append("m.type = ?")
            values.append(_clean(value))
        elif name in _TEXT_FILTERS and isinstance(value, str) and len(value) <= 500:
            wanted.append(f"instr(casefold({_TEXT_FILTERS[name]}), ?) > 0")
            values.append(_clean(value).casefold())
        else:
            raise ApiError(400, f"filter {name[:64]} is unknown or no text", historical=400)


def _clean(value: str) -> str:
    return value.encode("utf-8", "replace").decode()


def _metadata_row(record: tables.Record) -> dict[str, Any]:
    doc = shapes.reference(record)
    items = next((doc[k] for k in ("related", "selected", "results") if k in doc), ())
    return {
        **{name: doc.get(name) for name in _METADATA_COLUMNS},
        "id": record.id[:20],
        "experimentId": record.experiment_id,
        "researchTag": record.research_tag,
        "items": len(items),
    }


def home() -> Response:
    """What home pages showed today (UTC), of the hundred latest."""
    db = mock().db
    midnight = db.now().replace(hour=0, minute=0, second=0, microsecond=0)
    found = tables.records(
        db, "m.type = 'home' AND m.saving_time >= ?", [iso_z(midnight)], amount=100
    )
    return answer(
        [
            {
                "accessId": content_id(who=record.public_key, when=record.saving_time)[:10],
                "metadataId": record.id,
                "order": item.get("index"),
                "source": item.get("recommendedSource"),
                "title": item.get("recommendedTitle"),
                "videoId": item.get("videoId"),
                "thumbnailHref": item.get("thumbnailHref"),
                "publicationTime": item.get("publicationTime"),
            }
            for record in found
            for item in tables.recommended(record.doc, "selected")
        ]
    )


def author(video_id: str, paging: str) -> Response:
    """What was recommended beside the videos of one video's author."""
    db = mock().db
    page = parse_paging(paging, 100)
    known = tables.records(db, "m.type = 'video' AND m.video_id = ?", [video_id], amount=1)
    name = known[0].doc.get("authorName") if known else None
    if not name:
        raise ApiError(404, "no observation names the author of this video")
    source = str(known[0].doc.get("authorSource") or "").rstrip("/").rpartition("/")[2]
    where = "m.type = 'video' AND m.author_name = ?"
    found = tables.records(db, where, [name], amount=page.amount, skip=page.skip)
    total = tables.count(db, where, [name])
    content = []
    stripped = 0
    for record in found:
        doc = shapes.reference(record)
        shown = [item for item in tables.recommended(doc) if item.get("recommendedTitle")]
        stripped += len(doc["related"]) - len(shown)
        for item in shown:
            content.append(
                {
                    "id": record.id[:20],
                    "watchedTitle": doc.get("title"),
                    "watchedVideoId": doc.get("videoId"),
                    "savingTime": record.saving_time,
                    "recommendedVideoId": item["videoId"],
                    "recommendedViews": item.get("recommendedViews"),
                    "recommendedTitle": item["recommendedTitle"],
                    "recommendedChannel": item.get("recommendedSource"),
                }
            )
    return answer(
        {
            "authorName": name,
            "authorSource": source,
            "overflow": total > page.skip + len(found),
            "total": total,
            "pagination": page.as_json(),
            "stripped": stripped,
            "content": content,
        }
    )


def personal_csv(token: str, kind: str) -> Response:
    """The supporter's own pages of one kind, one row an item; ``adv``: the adverts on any."""
    supporter = access.reader(token)
    if kind == "adv":
        rows = adverts.rows("l.public_key = ?", [supporter.public_key], words=2)
        return _personal(kind, adverts.COLUMNS, rows)
    if kind not in flatrows.KINDS:
        message = f"Invalid request, supported only {','.join(flatrows.KINDS)}"
        if compat():
            return text(f"Error 🤷 {message}")
        raise ApiError(400, f"{message},adv")
    found = tables.records(
        mock().db,
        "m.public_key = ? AND m.type = ?",
        [supporter.public_key, kind],
        amount=MOST,
    )
    rows = [row for record in found for row in flatrows.flat(record, private=True)]
    return _personal(kind, flatrows.columns(kind), rows)


def _personal(kind: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Response:
    day = f"{mock().db.now():%Y-%m-%d}"
    return csv_answer(
        columns,
        rows,
        f"personal-{kind}-yttrex-{day}-#{len(rows)}.csv",
        nothing="Error 🤷 No content produced in this CSV!",
    )
