"""Experiments: registered step lists, their fetching and listing, and what they gathered."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Blueprint, Response, request

from collector.common.identity import content_id, iso_z, js_json, parse_iso
from mockserver.api.trex.envelope import (
    ApiError,
    answer,
    body_bytes,
    compat,
    parse_json,
    route,
)
from mockserver.api.trex.paging import MOST_CSV, number
from mockserver.api.yttrex import access, adverts, flatrows, shapes, tables
from mockserver.api.yttrex.csvs import csv_answer
from mockserver.api.yttrex.described import ERROR
from mockserver.api.yttrex.flatrows import KINDS
from mockserver.context import mock
from mockserver.openapi.operations import CSV, Body, Media, Operation, json_of
from mockserver.openapi.shapes import Values

MOST_STEPS = 1000
#: What the description's example of ``POST /v2/directives`` registers.
EXAMPLE_STEPS = [{"url": "https://www.youtube.com/", "watchFor": "20s"}]
#: The experiment that it becomes.
EXAMPLE_EXPERIMENT = content_id(steps=[{**EXAMPLE_STEPS[0], "watchFor": 20_000}])
_LOAD_FOR_MS = 5000
_ID = re.compile(r"[0-9a-f]{40}\Z")
#: Read as ``parseInt`` reads: what stands between the number and the unit is not looked at.
_WATCH = re.compile(r"\A\s*(\d{1,9}).*([sm])", re.ASCII | re.DOTALL)
_NOTHING = "zero entries matching this filter!"


def register(bp: Blueprint) -> None:
    """Route registering, fetching and listing of experiments on ``bp``."""
    # fmt: off
    given = Body([{"url?": "string", "type?": "string", "watchFor?": "integer|string|null"}],
                 EXAMPLE_STEPS)
    registered: dict[int, Media] = {200: json_of({
        "status": Values("exist", "created"), "experimentId": "string",
        "since": "date-time", "steps": ["@YttrexStep"]})}
    listed: dict[int, Media] = {200: json_of({
        "content": ["@YttrexExperiment"], "total": "integer",
        "pagination": {"amount": "integer", "skip": "integer"}})}
    route(bp, "/v2/personal/<token>/experiments/<experiment_id>/<form>", personal, Operation(
        "A supporter's part of an experiment",
        {200: {**json_of({"supporter": "object", "metadata": ["@YttrexReference"]}), **CSV},
         400: ERROR}))
    route(bp, "/v2/experiment/<experiment_id>/json", as_json, Operation(
        "What an experiment gathered", {200: json_of(["@YttrexReference"])}))
    route(bp, "/v2/experiment/<experiment_id>/csv/<kind>", as_csv, Operation(
        f"One kind of it ({', '.join(KINDS)}, adv), one row an item", {200: CSV, 400: ERROR}))
    route(bp, "/v2/directives", enrol, Operation(
        "Register the steps of an experiment", registered, body=given), methods=["POST"])
    # Until 2022 a kind of list stood behind it ("comparison"); later servers take and ignore it.
    route(bp, "/v2/directives/<experiment_id>", enrol, Operation(
        "The same; a kind of list, ignored, in place of the id", registered, body=given),
        methods=["POST"])
    route(bp, "/v2/directives/public", public, Operation(
        "The twenty latest experiments", {200: json_of(["@YttrexExperiment"])}))
    route(bp, "/v2/directives/<experiment_id>", steps, Operation(
        "The steps of an experiment", {200: json_of(["@YttrexStep"])}))
    route(bp, "/v2/guardoni/list", listing, Operation(
        "All experiments, newest first", listed, query=("?amount", "skip")))
    # fmt: on


def enrol(experiment_id: str = "comparison") -> Response:
    """Register a list of steps; the same steps are the same experiment, and so whatever follows."""
    given = parse_json(body_bytes())
    if not isinstance(given, list) or not given:
        raise ApiError(400, "Can't register csv without 'directives'", historical=500)
    if len(given) > MOST_STEPS:
        raise ApiError(413, f"more than {MOST_STEPS} steps", historical=413)
    kept = [_step(step, place) for place, step in enumerate(given)]
    try:
        text = js_json(kept)
        experiment_id = content_id(steps=kept)
    except ValueError as error:
        raise ApiError(400, f"the steps cannot be kept: {error}", historical=400) from error
    db = mock().db
    with db.writing() as connection:
        known = db.rows("SELECT since FROM yttrex_experiments WHERE id = ?", [experiment_id])
        since = known[0]["since"] if known else iso_z(db.now())
        connection.execute(
            "INSERT OR IGNORE INTO yttrex_experiments VALUES (?, ?, ?)",
            [experiment_id, text, since],
        )
    status = "exist" if known else "created"
    return answer({"status": status, "experimentId": experiment_id, "since": since, "steps": kept})


def _step(step: Any, place: int) -> dict[str, Any]:
    """One step as it is kept: ``watchFor``, of every step, in milliseconds, ``"end"`` or null."""
    if not isinstance(step, dict):
        raise ApiError(400, f"step {place} is not an object", historical=400)
    kind = step.get("type", "openURL")
    if kind == "openURL" and not (isinstance(step.get("url"), str) and step["url"]):
        raise ApiError(400, f"step {place} has no url", historical=400)
    if kind not in ("openURL", "scroll", "keypress", "click", "custom"):
        raise ApiError(400, f"step {place} has an unknown type", historical=400)
    return {**step, "watchFor": _watch_for(step.get("watchFor"), place)}


def _watch_for(value: Any, place: int) -> int | str | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if value < 100:
            raise ApiError(400, f"step {place}: Did you forget unit? {value}", historical=500)
        return int(value) if value > 100 else None
    if value == "end":
        return "end"
    match = _WATCH.fullmatch(value) if isinstance(value, str) else None
    return int(match[1]) * (1000 if match[2] == "s" else 60_000) if match else None


def _document(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "experimentId": row["id"],
        "when": row["since"],
        "steps": json.loads(row["steps"]),
    }


def steps(experiment_id: str) -> Response:
    """The steps of one experiment; those without ``loadFor`` get five seconds."""
    rows = mock().db.rows("SELECT * FROM yttrex_experiments WHERE id = ?", [experiment_id])
    if not rows:
        if compat():
            return answer([])
        raise ApiError(404, "no experiment has this id")
    kept = json.loads(rows[0]["steps"])
    if compat():
        return answer([{**step, "loadFor": _LOAD_FOR_MS} for step in kept])
    return answer([{"loadFor": _LOAD_FOR_MS, **step} for step in kept])


def public() -> Response:
    """The twenty latest experiments."""
    return answer([_document(row) for row in _latest(20, 0)])


def listing() -> Response:
    """All experiments, paged, newest first."""
    amount = number(request.args.get("amount"), 50, 500) or 50
    skip = number(request.args.get("skip"), 0, 10**9)
    found = _latest(amount, skip)
    return answer(
        {
            "content": [
                {**_document(row), "humanizedWhen": f"{parse_iso(row['since']):%Y-%m-%d}"}
                for row in found
            ],
            "total": mock().db.one("SELECT COUNT(*) AS n FROM yttrex_experiments")["n"],
            "pagination": {"amount": amount, "skip": skip},
        }
    )


def _latest(amount: int, skip: int) -> list[dict[str, Any]]:
    return mock().db.rows(
        "SELECT * FROM yttrex_experiments ORDER BY since DESC, rowid DESC LIMIT ? OFFSET ?",
        [amount, skip],
    )


def as_json(experiment_id: str) -> Response:
    """Everything that carries this experiment id, newest first."""
    found = tables.records(mock().db, "m.experiment_id = ?", [experiment_id], amount=MOST_CSV)
    return answer([shapes.reference(record) for record in found])


def as_csv(experiment_id: str, kind: str) -> Response:
    """One kind of page of an experiment, one row an item; ``adv`` for the advertisements."""
    db = mock().db
    short = experiment_id[:8] if _ID.match(experiment_id) else "unknown"
    if kind == "adv":
        rows = adverts.rows("l.experiment_id = ?", [experiment_id])
        columns: tuple[str, ...] = adverts.COLUMNS
    elif kind in flatrows.KINDS:
        found = tables.records(
            db, "m.experiment_id = ? AND m.type = ?", [experiment_id, kind], amount=MOST_CSV
        )
        rows = [row for record in found for row in flatrows.flat(record)]
        columns = flatrows.columns(kind, experiment=True)
    else:
        kinds = ",".join((*flatrows.KINDS, "adv"))
        raise ApiError(400, f"Invalid type: allowed {kinds}", historical=400)
    name = f"experiment-{short}-{kind}-{len(rows)}.csv"
    return csv_answer(columns, rows, name, nothing=_NOTHING)


def personal(token: str, experiment_id: str, form: str) -> Response:
    """A supporter's own part of an experiment, as JSON or as the CSV of its videos."""
    supporter = access.reader(token)
    if form not in ("json", "csv"):
        raise ApiError(400, "format is json or csv", historical=400)
    found = tables.records(
        mock().db,
        "m.public_key = ? AND m.experiment_id = ?",
        [supporter.public_key, experiment_id],
        amount=MOST_CSV,
    )
    if form == "json":
        return answer(
            {
                "supporter": {"p": supporter.pseudonym, "lastActivity": supporter.last_activity},
                "metadata": [shapes.reference(record) for record in found],
            }
        )
    rows = [row for record in found if record.type == "video" for row in flatrows.flat(record)]
    columns = flatrows.columns("video", experiment=True)
    return csv_answer(columns, rows, "personal-experiment.csv", nothing=_NOTHING)
