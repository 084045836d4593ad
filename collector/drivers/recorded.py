"""What a run refuses to record before it begins, and what it says of its recordings at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from collector.common.errors import UserError
from collector.contract.layout import RunDir
from collector.contract.options import RunOptions
from collector.drivers.ways import ways_of
from collector.recording import Record
from collector.recording.able import check_playwright
from collector.recording.stored import summary
from collector.scenario.plan import Plan
from collector.store import Store


def check_recording(options: RunOptions, plan: Plan) -> None:
    """Refuse what cannot be recorded, before anything is written. Raises UserError."""
    record = Record(options.browser.record)
    if record is Record.TRACE and options.browser.tracing != "off":
        raise UserError(
            "--record trace and --tracing cannot be used together: a browser keeps one trace",
            place="--record trace",
            fix="leave --tracing out, or use --record har",
        )
    told = any(way.credentials and not way.needs_relay for way in ways_of(plan, options))
    if options.browser.keeps_traffic and told:
        raise UserError(
            "a trace keeps what a browser says to its proxy, user and password included",
            place="--record trace" if record is Record.TRACE else "--tracing",
            fix="leave it out, or use --record har, which does not",
        )
    if record is Record.HAR:
        check_playwright()


def recorded(out: RunDir, store: Store) -> dict[str, Any]:
    """What is kept of each recorded session, as the manifest says it."""
    begun: dict[str, list[int]] = {}
    for row in store.steps():
        if row["started"] is not None:
            begun.setdefault(row["session"], []).append(row["step"])
    lacks: dict[str, dict[str, str]] = {}
    for row in store.rows("SELECT session, step, message FROM events WHERE kind = 'recording'"):
        lacks.setdefault(row["session"], {})[str(row["step"])] = row["message"]
    found: dict[str, Any] = summary(out.recordings, begun)
    return {session: {**kept, "lacks": lacks.get(session, {})} for session, kept in found.items()}


def replay_report(out: RunDir, session: str) -> Path:
    """Where a replay says what was asked for and what was not there."""
    return out.root / "replay" / f"{session}.json"
