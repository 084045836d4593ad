"""Signed data comes in: ``POST /v1/events`` and the handshake ``POST /v1/userInfo``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from collector.common.identity import iso_z
from mockserver.api.fbtrex import tables
from mockserver.api.fbtrex.described import HEADERS, INGESTION, SIGNED
from mockserver.api.fbtrex.events import BadEvent, Event, ImpressionEvent, read_event
from mockserver.api.fbtrex.filing import Batch, Read, read_post
from mockserver.api.fbtrex.signed import BODY_LIMIT, Refusal, Signed, refusal, verified
from mockserver.api.trex.envelope import ApiError, answer, route
from mockserver.context import mock
from mockserver.openapi.operations import Body, Operation, json_of
from mockserver.openapi.shapes import Values

#: Events in one request.
MOST_EVENTS = 2000
#: Characters of a handshake's message.
MOST_MESSAGE = 1000
#: What a collector looks for on a page, by the generation of the extension that asks.
SELECTORS = {"1": ".userContentWrapper", "2": 'div[data-pagelet^="FeedUnit"]'}


#: A body, for the description.
_EXAMPLE = [
    {
        "id": "11111111-2222-4333-8444-000000000001",
        "type": "timeline",
        "startTime": "2026-03-04T05:06:07.000Z",
        "location": "https://www.facebook.com/",
    }
]


def register(bp: Blueprint) -> None:
    """Route what collectors send on ``bp``: selector, handshake and events, each in every
    version of its path."""
    # fmt: off
    route(bp, "/<version>/selector", selector, Operation(
        "What a collector looks for", {200: json_of({"selector": "string"})}))
    route(bp, "/<version>/userInfo", user_info, Operation(
        "The handshake: one's token",
        {200: json_of({"token?": "string", "pseudo": "string", "keyTime": "date-time",
                       "lastAccess": "date-time", "selector": "string"}), **INGESTION},
        query=HEADERS, security=(SIGNED,),
        body=Body({"message": "string", "userId": "string", "publicKey": "string"},
                  {"message": "hello 1", "userId": "31337", "publicKey": "of the header"})),
        methods=["POST"])
    route(bp, "/<version>/events", events, Operation(
        "Submit signed events",
        {200: json_of({"status": Values("OK"), "info": ["object"]}), **INGESTION},
        query=HEADERS, security=(SIGNED,),
        body=Body([{"type": Values("timeline", "impression", "anomaly")}], _EXAMPLE)),
        methods=["POST"])
    # fmt: on


def selector(version: str) -> Response:
    """Answer which CSS selector finds a post, whatever version of the protocol asks."""
    return answer({"selector": SELECTORS["1"]})


def _body() -> bytes:
    request.max_content_length = BODY_LIMIT
    try:
        return request.get_data()
    except RequestEntityTooLarge as error:
        raise ApiError(413, "request entity too large", historical=413, limit=BODY_LIMIT) from error


def user_info(version: str) -> Response:
    """Who am I to you: creates the supporter of a verified key, answers with its read token.

    The token is told once a message; whoever sends a captured request again gets the rest.
    """
    wanted = SELECTORS.get(request.headers.get("X-Fbtrex-Version", "1")[:1], SELECTORS["1"])
    try:
        signed = verified(_body())
        message = _own_message(signed)
    except Refusal as error:
        error.response.set_data(
            answer({"token": "error", "selector": wanted, **(error.response.get_json() or {})}).data
        )
        return error.response
    db = mock().db
    supporter = tables.upsert_supporter(db, signed.public_key, signed.user_id, signed.version)
    unheard = db.first_time(signed.public_key, "message", message)
    return answer(
        ({"token": supporter.user_token} if signed.fresh and unheard else {})
        | {
            "pseudo": supporter.pseudo,
            "keyTime": supporter.key_time,
            "lastAccess": supporter.last_activity,
            "selector": wanted,
        }
    )


def _own_message(signed: Signed) -> str:
    """The body's ``message``, once its account and key are those of the headers.

    All three must be there: the signature does not say for which address a body was made, so these
    fields are what tells it from a body of any other.
    """
    body = signed.body
    if not isinstance(body, Mapping):
        raise Refusal(refusal(400, "the body is not an object"))
    missing = [name for name in ("message", "userId", "publicKey") if name not in body]
    if missing:
        raise Refusal(refusal(400, f"missing in the body: {', '.join(missing)}"))
    message = body["message"]
    if not isinstance(message, str) or not 0 < len(message) <= MOST_MESSAGE:
        raise Refusal(refusal(400, f"message is not text of 1 to {MOST_MESSAGE} characters"))
    if str(body["userId"]) != signed.user_id:
        raise Refusal(refusal(400, "userId is not that of the header"))
    if body["publicKey"] != signed.public_key:
        raise Refusal(refusal(400, "publicKey is not that of the header"))
    return message


def events(version: str) -> Response:
    """A batch of events. Read first, then stored whole or not at all; a replay changes nothing."""
    body = _body()
    try:
        signed = verified(body)
    except Refusal as error:
        return error.response
    batch = signed.body
    if not isinstance(batch, list):
        return refusal(400, "the body is not an array of events")
    if len(batch) > MOST_EVENTS:
        return refusal(413, f"more than {MOST_EVENTS} events in one request")
    db = mock().db
    now = db.now()
    try:
        read = [
            _opened(read_event(event, user_id=signed.user_id, version=signed.version, now=now))
            for event in batch
        ]
    except BadEvent as error:
        return refusal(400, str(error))
    digest = hashlib.sha256(body).hexdigest()
    with db.writing() as connection:
        known = db.rows(
            "SELECT s.* FROM fbtrex_supporters s JOIN fbtrex_accesses a USING (supporter)"
            " WHERE s.public_key = ? AND a.body = ? ORDER BY s.user_id != ?",
            [signed.public_key, digest, signed.user_id],
        )
        if known and known[0]["user_id"] == signed.user_id:
            return _reply(tables.Supporter(**known[0]), {})
        if known and batch:
            # The signature does not cover the headers: a captured body with another account's
            # number in them is nobody's honest submission.
            return refusal(409, "these events were submitted for another account of this key")
        supporter = tables.upsert_supporter(db, signed.public_key, signed.user_id, signed.version)
        filed = Batch(db, supporter, _geoip()).file(read)
        connection.execute(
            "INSERT INTO fbtrex_accesses VALUES (?, ?, ?)",
            [supporter.supporter, digest, iso_z(now)],
        )
    amounts = {
        "htmls": filed.htmls,
        "impressions": filed.impressions,
        "timelines": filed.timelines,
        "anomalies": filed.anomalies,
    }
    return _reply(supporter, amounts)


def _opened(event: Event) -> Event | Read:
    return read_post(event, _languages()) if isinstance(event, ImpressionEvent) else event


def _languages() -> tuple[str, ...]:
    return tuple(tag for tag, _ in request.accept_languages if tag != "*")[:5]


def _geoip() -> str:
    """No address is kept, and none is looked up: only whether the request came through a proxy."""
    return "redacted" if request.headers.get("X-Forwarded-For") else "127.0.0.1"


def _reply(supporter: tables.Supporter, amounts: dict[str, int]) -> Response:
    """The original's account of what was stored, and the supporter without the token.

    The token is the handshake's to give: whoever repeats somebody's batch learns nothing.
    """
    info: list[dict[str, Any]] = [
        {"kind": kind, "amount": amount} for kind, amount in amounts.items() if amount
    ]
    info.append(
        {
            "publicKey": supporter.public_key,
            "keyTime": supporter.key_time,
            "lastActivity": supporter.last_activity,
            "version": supporter.version,
            "userId": int(supporter.user_id),
            "pseudo": supporter.pseudo,
        }
    )
    return answer({"status": "OK", "info": info})
