"""Signed evidence comes in: ``POST /v2/events``, and the handshake before it.

Protects three rules: nothing is believed before its signature is verified (a supporter exists only
after that), an item is stored once however often it is sent, and one bad item costs only itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import zstandard
from flask import Blueprint, Response, request

from collector import identity
from collector.identity import BadKey, iso_z
from collector.platforms.youtube.urls import nature
from mockserver.api.yttrex import tables
from mockserver.api.yttrex.ads import sponsor
from mockserver.api.yttrex.envelope import (
    ApiError,
    answer,
    body_bytes,
    compat,
    parse_json,
    route,
)
from mockserver.api.yttrex.items import Leaf, Page, Refused, is_leaf, read_item
from mockserver.api.yttrex.observe import Parsed, merge, observe
from mockserver.context import mock

#: Items in one request.
MOST_ITEMS = 2000
_MANDATORY = (
    ("x-yttrex-version", "version"),
    ("x-yttrex-publickey", "publickey"),
    ("x-yttrex-signature", "signature"),
)


def register(bp: Blueprint) -> None:
    route(bp, "/v2/events", events, methods=["POST"])
    route(bp, "/v1/events", discontinued, methods=["POST"])
    route(bp, "/v2/handshake", handshake, methods=["POST"])


def discontinued() -> Response:
    """The first protocol's address, answered as the second server did."""
    if compat():
        return Response("discontinued", content_type="text/html; charset=utf-8")
    raise ApiError(410, "discontinued: send to /api/v2/events")


def events() -> Response:
    try:
        body = body_bytes()
    except ApiError as error:
        error.body["publicKey"] = request.headers.get("X-YTtrex-PublicKey")
        raise
    public_key = _signer(body)
    if public_key is None:
        return _refusal(401, "Signature does not match request body", historical=200)
    if isinstance(public_key, Response):
        return public_key
    batch = parse_json(body)
    if not isinstance(batch, list):
        return _refusal(400, ["the body is not an array of evidence items"])
    if len(batch) > MOST_ITEMS:
        return _refusal(413, [f"more than {MOST_ITEMS} items in one request"])
    version = request.headers["X-YTtrex-Version"][:64]
    supporter = tables.meet(mock().db, public_key, version)
    results = _Batch(public_key).file(batch)
    counted = {
        subject: _summary([r for r in results if r["kind"] == kind], subject)
        for kind, subject in (("html", "htmls"), ("leaf", "leaves"))
    }
    hopeless = bool(results) and all(result["status"] == "refused" for result in results)
    reply = {
        "status": "error" if hopeless else "OK",
        "supporter": {
            "publicKey": supporter.public_key,
            "version": supporter.version,
            "creationTime": supporter.creation_time,
            "lastActivity": supporter.last_activity,
            "p": supporter.pseudonym,
            "userToken": supporter.user_token,
        },
        "leaves": counted["leaves"],
        "htmls": counted["htmls"],
        "results": results,
    }
    if hopeless:
        reply["info"] = sorted({result["reason"] for result in results})
    return answer(reply, 400 if hopeless and not compat() else 200)


def _refusal(status: int, info: Any, *, historical: int | None = None) -> Response:
    """An ingestion error: ``{status: "error", info}``."""
    return answer(
        {"status": "error", "info": info},
        historical if compat() and historical is not None else status,
    )


def _signer(body: bytes) -> str | Response | None:
    """The verified key behind a request; ``None`` for a wrong signature, or the refusal."""
    missing = [
        f"missing header [{header}, we use as {use}]"
        for header, use in _MANDATORY
        if not request.headers.get(header)
    ]
    if missing:
        return _refusal(400, missing, historical=200)
    if request.mimetype != "application/json":
        return _refusal(415, ["Content-Type is not application/json"])
    public_key = request.headers["X-YTtrex-PublicKey"]
    signature = request.headers["X-YTtrex-Signature"]
    try:
        identity.check_public_key(public_key)
        identity.check_signature(signature)
    except BadKey as error:
        return _refusal(400, [error.problem])
    if identity.verify(public_key, signature, body):
        return public_key
    parsed = parse_json(body)
    try:
        rewritten = identity.js_json(parsed).encode()
    except ValueError as error:
        return _refusal(400, [str(error)])
    return public_key if identity.verify(public_key, signature, rewritten) else None


class _Batch:
    """Files the items of one verified request."""

    def __init__(self, public_key: str) -> None:
        self.db = mock().db
        self.public_key = public_key
        self.now = self.db.now()
        language = request.headers.get("Accept-Language", "")
        self.blang = language.partition(";")[0].partition(",")[0].strip()[:64] or None
        tag = request.headers.get("X-YTtrex-NonAuthCookieId", "").strip()
        self.research_tag = tag[:256] or None

    def file(self, batch: list[Any]) -> list[dict[str, Any]]:
        """One result an item, in order."""
        places = {True: 0, False: 0}
        results = []
        for item in batch:
            leaf = is_leaf(item)
            place = places[leaf]
            places[leaf] += 1
            result: dict[str, Any] = {"kind": "leaf" if leaf else "html"}
            try:
                read = read_item(
                    item,
                    place,
                    public_key=self.public_key,
                    blang=self.blang,
                    research_tag=self.research_tag,
                )
            except Refused as error:
                results.append(result | {"status": "refused", "reason": str(error)})
                continue
            results.append(
                result | (self._leaf(read) if isinstance(read, Leaf) else self._page(read))
            )
        return results

    def _page(self, page: Page) -> dict[str, Any]:
        origin = page.origin
        if (known := self._known("yttrex_htmls", page)) is not None:
            return known
        parsed = observe(
            page.html,
            origin.href,
            metadata_id=origin.metadata_id,
            client_time=origin.client_time,
            saving_time=self.now,
            blang=origin.blang,
            experiment_id=origin.experiment_id,
            research_tag=origin.research_tag,
        )
        packed = zstandard.compress(page.html.encode())
        with self.db.writing() as connection:
            if (again := self._known("yttrex_htmls", page)) is not None:
                return again
            html_id = self._free_id("yttrex_htmls", page)
            connection.execute(
                "INSERT INTO yttrex_htmls VALUES"
                " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    html_id,
                    origin.fingerprint,
                    origin.metadata_id,
                    self.public_key,
                    origin.href,
                    _nature_json(origin.href),
                    origin.blang,
                    iso_z(origin.client_time),
                    iso_z(self.now),
                    page.size,
                    origin.incremental,
                    origin.place,
                    origin.research_tag,
                    origin.experiment_id,
                    parsed.status,
                    parsed.parser,
                    parsed.problem,
                    packed,
                ],
            )
            if parsed.doc is not None:
                self._observe(page, parsed, parsed.doc)
        return {"status": "stored", "id": html_id, "metadataId": origin.metadata_id}

    def _observe(self, page: Page, parsed: Parsed, doc: dict[str, Any]) -> None:
        """File the observation; several captures of one page are one observation."""
        origin = page.origin
        seen = origin.incremental or 0
        rows = self.db.rows(
            "SELECT seen, doc FROM yttrex_metadata WHERE id = ?", [origin.metadata_id]
        )
        merged: Mapping[str, Any] = doc
        if rows:
            known, known_seen = json.loads(rows[0]["doc"]), rows[0]["seen"]
            # What was captured later stays on top, in whatever order the captures arrive.
            merged = merge(doc, known) if known_seen > seen else merge(known, doc)
            seen = max(seen, known_seen)
        tables.put_metadata(
            self.db,
            merged,
            public_key=self.public_key,
            saving_time=self.now,
            seen=seen,
            kind=parsed.kind,
            research_tag=origin.research_tag,
            experiment_id=origin.experiment_id,
        )

    def _leaf(self, leaf: Leaf) -> dict[str, Any]:
        origin = leaf.origin
        paid = sponsor(leaf.selector_name, leaf.html)
        with self.db.writing() as connection:
            if (known := self._known("yttrex_leaves", leaf)) is not None:
                return known
            leaf_id = self._free_id("yttrex_leaves", leaf)
            connection.execute(
                "INSERT INTO yttrex_leaves VALUES"
                " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    leaf_id,
                    origin.fingerprint,
                    origin.metadata_id,
                    self.public_key,
                    origin.href,
                    leaf.selector_name,
                    _nature_json(origin.href),
                    origin.blang,
                    iso_z(origin.client_time),
                    iso_z(self.now),
                    leaf.offset_top,
                    leaf.offset_left,
                    paid.name,
                    paid.site,
                    origin.research_tag,
                    origin.experiment_id,
                    leaf.html,
                ],
            )
        return {"status": "stored", "id": leaf_id, "metadataId": origin.metadata_id}

    def _known(self, table: str, item: Page | Leaf) -> dict[str, Any] | None:
        rows = self.db.rows(
            f"SELECT id, metadata_id FROM {table} WHERE fingerprint = ?",
            [item.origin.fingerprint],
        )
        if not rows:
            return None
        return {
            "status": "duplicate",
            "id": rows[0]["id"],
            "metadataId": rows[0]["metadata_id"],
        }

    def _free_id(self, table: str, item: Page | Leaf) -> str:
        """The item's id; where other evidence has it already, that of the next free place.

        Ids count bytes and places, not content: two captures of a page with the same length, each
        first in its batch, share one.
        """
        place = item.origin.place
        while self.db.rows(f"SELECT 1 FROM {table} WHERE id = ?", [item.id(place)]):
            place += 1
        return item.id(place)


def _nature_json(href: str) -> str | None:
    named = nature(href).as_reference()
    return json.dumps(named, ensure_ascii=False) if named else None


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


def handshake() -> Response:
    """Hello, and which experiment: signed, it is also answered with the key's user token.

    A handshake creates no supporter. Unsigned ones are answered and forgotten.
    """
    body = body_bytes()
    given = parse_json(body)
    if not isinstance(given, dict):
        raise ApiError(400, "the body is not an object", historical=400)
    public_key: str | None = None
    if request.headers.get("X-YTtrex-Signature"):
        signer = _signer(body)
        if isinstance(signer, Response):
            return signer
        if signer is None:
            return _refusal(401, "Signature does not match request body", historical=200)
        public_key = signer
    nested = given.get("config")
    config = {**(nested if isinstance(nested, dict) else {}), **given}
    experiment_id = config.get("experimentId")
    reply: dict[str, Any] = {"ignored": True}
    if experiment_id == "DEFAULT_UNSET":
        reply = {"experimentId": False}
    elif isinstance(experiment_id, str) and public_key and len(experiment_id) <= 256:
        reply = _join(public_key, experiment_id, config)
    if public_key:
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
