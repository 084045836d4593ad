"""What a session's browser is recorded with, or replayed from, as its job says.

Loads Playwright: for the driver of a browser alone. What runs say of their recordings without one
is in :mod:`collector.drivers.recorded`.
"""

from __future__ import annotations

import errno
from datetime import datetime
from pathlib import Path

from collector.browser import snapshot
from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.drivers.recorded import replay_report
from collector.evidence import EvidenceDiskFull
from collector.platforms.registry import PlatformSpec
from collector.profile import Profile
from collector.recording import Record
from collector.recording.player import Player
from collector.recording.recorder import Recorder
from collector.recording.steps import StepRecorder
from collector.recording.stored import Head, RecordingStore
from collector.scenario.plan import PlannedSession


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
        return Player(RecordingStore(Path(job.replay)), replay_report(out, job.session), known)
    record = Record(job.browser.record)
    if record is Record.OFF:
        return None
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
