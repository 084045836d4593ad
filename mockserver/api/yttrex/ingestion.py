"""Signed evidence comes in: ``POST /v2/events``.

Protects three rules: nothing is believed before its signature is verified (a supporter exists only
after that), an item is stored once however often it is sent, and one bad item costs only itself.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from collector.common import identity
from collector.common.identity import BadKey
from mockserver.api.trex.envelope import (
    ApiError,
    answer,
    body_bytes,
    compat,
    parse_json,
    route,
)
from mockserver.api.yttrex import tables
from mockserver.api.yttrex.described import ERROR, REFUSAL, SIGNED
from mockserver.api.yttrex.filing import Batch
from mockserver.context import mock
from mockserver.openapi.operations import Body, Operation, json_of

#: Items in one request.
MOST_ITEMS = 2000
#: An item, for the description.
_EXAMPLE = {
    "type": "video",
    "element": "<ytd-app></ytd-app>",
    "href": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "randomUUID": "1",
    "incremental": 0,
    "clientTime": "2026-03-04T06:06:07+01:00",
}
_MANDATORY = (
    ("x-yttrex-version", "version"),
    ("x-yttrex-publickey", "publickey"),
    ("x-yttrex-signature", "signature"),
)


def register(bp: Blueprint) -> None:
    """Route the submission of evidence on ``bp``; the first protocol's address answers 410."""
    # fmt: off
    route(bp, "/v2/events", events, Operation(
        "Submit signed evidence",
        {200: json_of("@YttrexReceipt"), 400: json_of(("@YttrexRefusal", "@YttrexReceipt")),
         401: REFUSAL, 413: REFUSAL, 415: REFUSAL},
        query=("X-YTtrex-Version", "X-YTtrex-NonAuthCookieId"),
        body=Body(["object"], [_EXAMPLE]), security=(SIGNED,)), methods=["POST"])
    route(bp, "/v1/events", discontinued, Operation(
        "The first protocol's address: discontinued", {410: ERROR}), methods=["POST"])
    # fmt: on


def discontinued() -> Response:
    """The first protocol's address, answered as the second server did."""
    if compat():
        return Response("discontinued", content_type="text/html; charset=utf-8")
    raise ApiError(410, "discontinued: send to /api/v2/events")


def events() -> Response:
    """Take a batch of signed evidence, and answer what became of each item.

    :raises ApiError: the body is too large, not JSON, or of another content type
    """
    try:
        body = body_bytes()
    except ApiError as error:
        error.body["publicKey"] = request.headers.get("X-YTtrex-PublicKey")
        raise
    public_key = signer(body)
    if public_key is None:
        return refusal(401, "Signature does not match request body", historical=200)
    if isinstance(public_key, Response):
        return public_key
    batch = parse_json(body)
    if not isinstance(batch, list):
        return refusal(400, ["the body is not an array of evidence items"])
    if len(batch) > MOST_ITEMS:
        return refusal(413, [f"more than {MOST_ITEMS} items in one request"])
    version = request.headers["X-YTtrex-Version"][:64]
    supporter = tables.upsert_supporter(mock().db, public_key, version)
    results = Batch(public_key).file(batch)
    fresh = first_seen(public_key)
    counted = {
        subject: _summary([r for r in results if r["kind"] == kind], subject)
        for kind, subject in (("html", "htmls"), ("leaf", "leaves"))
    }
    hopeless = bool(results) and all(result["status"] == "refused" for result in results)
    reply: dict[str, Any] = {
        "status": "error" if hopeless else "OK",
        "supporter": {
            "publicKey": supporter.public_key,
            "version": supporter.version,
            "creationTime": supporter.creation_time,
            "lastActivity": supporter.last_activity,
            "p": supporter.pseudonym,
        },
        "leaves": counted["leaves"],
        "htmls": counted["htmls"],
        "results": results,
    }
    if fresh and not hopeless:
        reply["supporter"]["userToken"] = supporter.user_token
    if hopeless:
        reply["info"] = sorted({result["reason"] for result in results})
    return answer(reply, 400 if hopeless and not compat() else 200)


def refusal(status: int, info: Any, *, historical: int | None = None) -> Response:
    """An ingestion error: ``{status: "error", info}``."""
    return answer(
        {"status": "error", "info": info},
        historical if compat() and historical is not None else status,
    )


def signer(body: bytes) -> str | Response | None:
    """The verified key behind a request; ``None`` for a wrong signature, or the refusal."""
    missing = [
        f"missing header [{header}, we use as {use}]"
        for header, use in _MANDATORY
        if not request.headers.get(header)
    ]
    if missing:
        return refusal(400, missing, historical=200)
    if request.mimetype != "application/json":
        return refusal(415, ["Content-Type is not application/json"])
    public_key = request.headers["X-YTtrex-PublicKey"]
    signature = request.headers["X-YTtrex-Signature"]
    try:
        identity.check_public_key(public_key)
        identity.check_signature(signature)
    except BadKey as error:
        return refusal(400, [error.problem])
    if identity.verify(public_key, signature, body):
        return public_key
    parsed = parse_json(body)
    try:
        rewritten = identity.js_json(parsed).encode()
    except ValueError as error:
        return refusal(400, [str(error)])
    return public_key if identity.verify(public_key, signature, rewritten) else None


def first_seen(public_key: str) -> bool:
    """Whether this very signature is seen for the first time; whoever only repeats a request gets
    its answer without the token."""
    return mock().db.first_time(public_key, request.headers["X-YTtrex-Signature"])


def _summary(results: list[dict[str, Any]], subject: str) -> dict[str, Any]:
    """The original server's account of one kind of evidence, with what it left out."""
    if not results:
        return {"error": None, "message": "no data", "subject": subject}
    tally = {
        status: sum(result["status"] == status for result in results)
        for status in ("stored", "duplicate", "refused")
    }
    return {
        "error": False,
        "success": tally["stored"] + tally["duplicate"],
        "subject": subject,
        "duplicates": tally["duplicate"],
        "refused": tally["refused"],
    }
