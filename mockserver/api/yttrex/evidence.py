"""Evidence by id and by research tag, with pseudonyms in the place of keys."""

from __future__ import annotations

import json
from typing import Any

import zstandard
from flask import Blueprint, Response

from mockserver.api.trex.envelope import ApiError, answer, paged, route
from mockserver.api.trex.paging import parse_paging
from mockserver.api.yttrex import shapes, tables
from mockserver.context import mock
from mockserver.openapi.operations import Operation, json_of


def register(bp: Blueprint) -> None:
    """Route evidence by id and by research tag on ``bp``, with the API's own index and health."""
    # fmt: off
    route(bp, "/", hello, Operation(
        "What this is", {200: json_of({"api": "string", "documentation": "string"})}))
    route(bp, "/v0/health", health, Operation(
        "Whether it works",
        {200: json_of({"status": "string", "data": {"collections": "integer"}})}))
    paged(bp, "/v1/research/<token>", research, Operation(
        "What carries a research tag",
        {200: json_of({"researchToken": "string", "supporters": ["string"],
                    "total": "integer", "content": ["@YttrexObservation"]})},
        examples={"token": "a-research-tag"}))
    sent = Operation("The page as it was sent", {200: json_of({"html": "string", "metadata": {
        "id": "string", "metadataId": "string", "href": "string",
        "isVideo": "boolean", "savingTime": "date-time", "size": "integer"}})})
    route(bp, "/v1/html/<html_id>", raw_html, sent)
    route(bp, "/v1/htmlId/<html_id>", raw_html, sent)
    # fmt: on


def hello() -> Response:
    """Answer what this API is and where it is described."""
    return answer({"api": "ytTREX", "documentation": "docs/api-yttrex.md"})


def health() -> Response:
    """Answer that the server works, and how many tables it keeps."""
    db = mock().db
    tables_ = db.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'yttrex%'")
    return answer({"status": "success", "data": {"collections": len(tables_)}})


def raw_html(html_id: str) -> Response:
    """The raw page under an html id, or the latest one under a metadata id."""
    rows = mock().db.rows(
        "SELECT h.*, s.pseudonym FROM yttrex_htmls h JOIN yttrex_supporters s USING (public_key)"
        " WHERE h.id = ? OR h.metadata_id = ?"
        " ORDER BY h.id = ? DESC, h.saving_time DESC, h.rowid DESC LIMIT 1",
        [html_id, html_id, html_id],
    )
    if not rows:
        raise ApiError(404, "no page has this id", historical=404)
    row = rows[0]
    named = json.loads(row["nature"]) if row["nature"] else None
    document: dict[str, Any] = {
        "id": row["id"],
        "metadataId": row["metadata_id"],
        "href": row["href"],
        "isVideo": named is not None and named["type"] == "video",
        "nature": named,
        "blang": row["blang"],
        "p": row["pseudonym"],
        "clientTime": row["client_time"],
        "savingTime": row["saving_time"],
        "size": row["size"],
        "counters": [row["incremental"], row["place"]],
        "status": row["status"],
        "parser": row["parser"],
        "processed": row["problem"] is None,
        "researchTag": row["research_tag"],
        "experimentId": row["experiment_id"],
        "videoId": named.get("videoId") if named else None,
    }
    return answer(
        {
            "html": zstandard.decompress(row["html"]).decode(),
            "metadata": {key: value for key, value in document.items() if value is not None},
        }
    )


def research(token: str, paging: str) -> Response:
    """All video observations under one research tag or experiment id."""
    db = mock().db
    page = parse_paging(paging, 110)
    where = "(m.research_tag = ? OR m.experiment_id = ?)"
    if not tables.count(db, where, [token, token]):
        raise ApiError(404, "no evidence carries this research token", historical=404)
    people = db.rows(
        "SELECT DISTINCT s.public_key, s.pseudonym FROM yttrex_metadata m"
        f" JOIN yttrex_supporters s USING (public_key) WHERE {where} ORDER BY s.creation_time",
        [token, token],
    )
    found = tables.records(
        db,
        f"m.type = 'video' AND {where}",
        [token, token],
        amount=page.amount,
        skip=page.skip,
    )
    return answer(
        {
            "researchToken": token,
            "supporters": [person["pseudonym"] for person in people],
            "total": tables.count(db, where, [token, token]),
            "content": [shapes.observation(record) for record in found],
        }
    )
