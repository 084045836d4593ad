"""What a session's browser is recorded with, or replayed from, as its job says."""

from __future__ import annotations

import errno
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collector.browser import snapshot
from collector.common.errors import UserError
from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.drivers.ways import ways_of
from collector.evidence import EvidenceDiskFull
from collector.platforms.registry import PlatformSpec
from collector.profile import Profile
from collector.recording import Record
from collector.recording.steps import StepRecorder
from collector.recording.stored import Head, RecordingStore, summary
from collector.scenario.plan import Plan, PlannedSession
from collector.store import Store

if TYPE_CHECKING:
    from collector.contract.options import RunOptions


def tape_of(
    job: SessionJob,
    planned: PlannedSession,
    profile: Profile,
    out: RunDir,
    spec: PlatformSpec,
    *,
    clock: datetime,
    browser: str,
) -> StepRecorder | None:
    """``None``: the session is neither recorded nor replayed.

    :param clock: where the page's clock begins.
    :raises RecordingRefused: what is to be replayed cannot be read.
    :raises EvidenceDiskFull: there is no room to begin a recording.
    """

    def known() -> list[str]:
        return [profile.visitor_id, *spec.cookies(profile.visitor_id).values()]

    if job.replay is not None:
        # Playwright, for the session that is replayed.
        from collector.recording.player import Player

        return Player(RecordingStore(Path(job.replay)), replay_report(out, job.session), known)
    record = Record(job.browser.record)
    if record is Record.OFF:
        return None
    # Playwright, for the session that is recorded.
    from collector.recording.recorder import Recorder

    shelf = RecordingStore(out.recordings / job.session)
    try:
        head = Head(
            session=job.session,
            record=record,
            site=job.site,
            clock=clock.isoformat(),
            virtual=job.pace.virtual,
            limit_bytes=job.browser.record_limit,
            browser=browser,
            steps=len(planned.steps),
            snapshot=None if shelf.head_path.exists() else _state_now(profile, out),
        )
        return Recorder(shelf, head, known)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise EvidenceDiskFull(
            "the disk is full",
            place=str(out.recordings),
            fix="free some space and resume; everything filed so far is safe",
        ) from error


def _state_now(profile: Profile, out: RunDir) -> str | None:
    """The snapshot of what the session begins from; a state that is kept already is kept once."""
    if not any(profile.state_dir.iterdir()):
        return None
    return snapshot.take(profile.state_dir, out.snapshots).hash


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
        # Playwright, for the run that is recorded.
        from collector.recording.recorder import check_playwright

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
