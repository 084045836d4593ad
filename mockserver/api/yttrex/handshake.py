"""The handshake that collectors send before evidence: which experiment, and whose token."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request

from collector.common.identity import iso_z
from mockserver.api.trex.envelope import ApiError, answer, body_bytes, parse_json, route
from mockserver.api.yttrex import tables
from mockserver.api.yttrex.described import REFUSAL, SIGNED
from mockserver.api.yttrex.ingestion import first_seen, refusal, signer
from mockserver.context import mock
from mockserver.openapi.operations import Body, Operation, json_of


def register(bp: Blueprint) -> None:
    """Route the handshake on ``bp``."""
    # fmt: off
    route(bp, "/v2/handshake", handshake, Operation(
        "Which experiment a collector is in; signed, its token",
        {200: json_of({"ignored?": "boolean", "experimentId?": "string|boolean",
                    "userToken?": "string"}),
         400: REFUSAL, 401: REFUSAL, 415: REFUSAL},
        body=Body({"experimentId?": "string", "href?": "string", "config?": "object"},
                  {"experimentId": "DEFAULT_UNSET"}),
        security=({}, SIGNED)), methods=["POST"])
    # fmt: on


def handshake() -> Response:
    """Hello, and which experiment: signed, it is also answered with the key's user token, once.

    A handshake creates no supporter. Unsigned ones are answered and forgotten.
    """
    body = body_bytes()
    given = parse_json(body)
    if not isinstance(given, dict):
        raise ApiError(400, "the body is not an object", historical=400)
    public_key: str | None = None
    if request.headers.get("X-YTtrex-Signature"):
        signed_by = signer(body)
        if isinstance(signed_by, Response):
            return signed_by
        if signed_by is None:
            return refusal(401, "Signature does not match request body", historical=200)
        public_key = signed_by
    nested = given.get("config")
    config = {**(nested if isinstance(nested, dict) else {}), **given}
    experiment_id = config.get("experimentId")
    reply: dict[str, Any] = {"ignored": True}
    if experiment_id == "DEFAULT_UNSET":
        reply = {"experimentId": False}
    elif isinstance(experiment_id, str) and public_key and len(experiment_id) <= 256:
        reply = _join(public_key, experiment_id, config)
    if public_key and first_seen(public_key):
        reply["userToken"] = tables.user_token(mock().db, public_key)
    return answer(reply)


def _join(public_key: str, experiment_id: str, config: dict[str, Any]) -> dict[str, Any]:
    db = mock().db
    record: dict[str, Any] = {
        key: config[key]
        for key in ("href", "researchTag", "execount", "profileName", "testName")
        if isinstance(config.get(key), (str, int)) and len(str(config[key])[:5000]) <= 4096
    }
    record |= {
        "experimentId": experiment_id,
        "publicKey": public_key,
        "status": "active",
        "since": iso_z(db.now()),
    }
    with db.writing() as connection:
        connection.execute(
            "UPDATE yttrex_handshakes SET status = 'completed' WHERE public_key = ?", [public_key]
        )
        connection.execute(
            "INSERT INTO yttrex_handshakes VALUES (?, ?, 'active', ?, ?)",
            [
                public_key,
                experiment_id.encode("utf-8", "replace").decode(),
                record["since"],
                json.dumps(record),
            ],
        )
    return record
