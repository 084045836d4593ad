"""What a supporter sees of their own evidence, and how they delete it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from collector.common.identity import iso_z, parse_iso
from mockserver.api.trex.envelope import ApiError, answer, route
from mockserver.api.trex.moments import humanize
from mockserver.api.trex.paging import parse_paging
from mockserver.api.yttrex import access, shapes, tables
from mockserver.api.yttrex.csvs import csv_answer
from mockserver.api.yttrex.described import ERROR
from mockserver.context import mock
from mockserver.openapi.operations import CSV, Operation, json_of
from mockserver.openapi.shapes import Values

_SELECTORS = {"id": "id", "metadataId": "id", "savingTime": "saving_time"}
_CSV_MOST = 1000


def register(bp: Blueprint) -> None:
    """Route a supporter's own evidence on ``bp``: reading by page or by key, CSV, and deletion."""
    # fmt: off
    answers = {200: json_of("@YttrexPersonal"), 400: ERROR}
    route(bp, "/v1/personal/<token>", personal,
          Operation("A supporter's latest observations", answers), defaults={"paging": ""})
    route(bp, "/v1/personal/<token>/<paging>", personal,
          Operation("A supporter's observations, paged", answers))
    route(bp, "/v1/personal/<token>/csv", personal_csv,
          Operation("The same, one row a recommendation", {200: CSV, 400: ERROR}))
    selector = "/v2/personal/<token>/selector/<key>/<value>"
    route(bp, selector, select, Operation(
        "A supporter's observations", {200: json_of(["@YttrexReference"]), 400: ERROR}))
    route(bp, selector, remove, Operation(
        "Delete one's own evidence: observation, pages and leaves",
        {200: json_of({"success": Values(True), "result": "object"}), 400: ERROR}),
        methods=["DELETE"])
    # fmt: on


def personal(token: str, paging: str) -> Response:
    """A supporter's profile and latest video observations."""
    supporter = access.reader(token)
    page = parse_paging(paging, 40)
    db = mock().db
    found = tables.records(
        db,
        "m.public_key = ? AND m.type = 'video'",
        [supporter.public_key],
        amount=page.amount,
        skip=page.skip,
    )
    return answer(
        {
            "profile": {
                "publicKey": supporter.public_key,
                "creationTime": supporter.creation_time,
                "p": supporter.pseudonym,
                "version": supporter.version,
                "lastActivity": supporter.last_activity,
            },
            "recent": [_recent(record) for record in found],
            "total": tables.count(db, "m.public_key = ?", [supporter.public_key]),
            "request": {**page.as_json(), "when": iso_z(db.now())},
        }
    )


def _recent(record: tables.Record) -> dict[str, Any]:
    shown = shapes.observation(record)
    labels = [item.get("label") for item in tables.recommended(record.doc)]
    shown["related"] = [
        {**item, "longlabel": label} if label else item
        for item, label in zip(shown["related"], labels, strict=True)
    ]
    return {**shown, "relative": f"{humanize(tables.age(mock().db, record))} ago"}


def personal_csv(token: str) -> Response:
    """One row a recommendation of the supporter's latest thousand observations."""
    supporter = access.reader(token)
    found = tables.records(
        mock().db,
        "m.public_key = ? AND m.type = 'video'",
        [supporter.public_key],
        amount=_CSV_MOST,
    )
    rows = [row for record in found for row in shapes.rows(record, id_digits=40)]
    return csv_answer(shapes.COLUMNS, rows, "personal-yttrex.csv", nothing="Error, Zorry: 🤷")


def _selected(supporter: tables.Supporter, key: str, value: str) -> list[tables.Record]:
    column = _SELECTORS.get(key)
    if column is None:
        raise ApiError(400, f"Key {key[:64]} not allowed ({','.join(_SELECTORS)})")
    if column == "saving_time":
        try:
            value = iso_z(parse_iso(value))
        except (ValueError, OverflowError) as error:
            raise ApiError(400, "savingTime is not an ISO date") from error
    return tables.records(
        mock().db,
        f"m.public_key = ? AND m.{column} = ?",
        [supporter.public_key, value],
        amount=_CSV_MOST,
    )


def select(token: str, key: str, value: str) -> Response:
    """The supporter's own observations with this id or saving time."""
    found = _selected(access.reader(token), key, value)
    return answer([shapes.reference(record) for record in found])


def remove(token: str, key: str, value: str) -> Response:
    """Delete one's own evidence: observation, raw pages and leaves."""
    supporter = access.owner(token)
    db = mock().db
    if key in ("id", "metadataId"):
        ids = [value]
    else:
        ids = [record.id for record in _selected(supporter, key, value)]
    deleted = tables.delete(db, supporter.public_key, ids)
    if not deleted:
        raise ApiError(404, "no evidence of yours has this id")
    return answer(
        {
            "success": True,
            "result": {"metadata": {"acknowledged": True, "deletedCount": deleted}},
        }
    )
