"""Which recorded sessions can be replayed, and what each of them needs.

Protects the rule that everything that can be refused is refused before the first file is written,
with the name of the file that is to blame.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from collector.contract.layout import RunDir
from collector.recording import Record, RecordingRefused
from collector.recording.stored import Head, RecordingStore, recordings_in
from collector.scenario.plan import Plan, PlannedSession
from collector.store import SessionState, Store


def plan_of(there: RunDir) -> Plan:
    """The run's plan, if it is the one it was run with. Raises RecordingRefused."""
    try:
        plan = Plan.from_json(there.plan.read_bytes())
    except FileNotFoundError:
        raise RecordingRefused(
            "the run has no plan", place=str(there.plan), fix="restore it from a copy of the run"
        ) from None
    manifest = there.read_manifest() or {}
    if plan.hash != manifest.get("plan_hash"):
        raise RecordingRefused(
            f"the plan has the hash {plan.hash[:12]}…, which is not the run's",
            place=str(there.plan),
            fix="put the plan back as it was",
        )
    return plan


def choose(
    there: RunDir, store: Store, plan: Plan, wanted: str | None
) -> tuple[dict[str, Head], dict[str, str]]:
    """The sessions to replay, and why others are not. Every file of them is read once.

    :param wanted: only this session.
    :raises RecordingRefused: there is none, or a file is damaged.
    """
    found = {shelf.folder.name: shelf for shelf in recordings_in(there.recordings)}
    if not found:
        raise RecordingRefused(
            "the run has no recordings",
            place=str(there.root),
            fix="record a run with: collector run SCENARIO --record",
        )
    if wanted is not None and wanted not in found:
        raise RecordingRefused(
            f"the session {wanted!r} has no recording",
            place="--session",
            fix=f"name one of: {', '.join(found)}",
        )
    states = {row["id"]: row["state"] for row in store.sessions()}
    heads: dict[str, Head] = {}
    left_out: dict[str, str] = {}
    for planned in plan.sessions:
        name = planned.id
        if name not in found or wanted not in (None, name):
            continue
        reason = _unfit(found[name], planned, states.get(name, ""))
        if reason:
            left_out[name] = reason
        else:
            heads[name] = found[name].head()
    if not heads:
        name, reason = next(iter(left_out.items()), ("", "its sessions are not in the plan"))
        raise RecordingRefused(
            f"nothing can be replayed: {reason}",
            place=str(there.recordings / name),
            fix="record a run with: collector run SCENARIO --record har",
        )
    return heads, left_out


def _unfit(shelf: RecordingStore, planned: PlannedSession, state: str) -> str:
    """Why a session cannot be replayed; empty: it can. Raises RecordingRefused."""
    head = shelf.head()
    if head.record is not Record.HAR:
        return "it was recorded as traces, which can be looked at and not be replayed"
    if state != SessionState.DONE:
        return f"the session did not come to its end, it is {state or 'unknown'}"
    steps = shelf.steps()
    lost = [step.index for step in planned.steps if step.index not in steps]
    if lost:
        return f"the steps {', '.join(str(one + 1) for one in lost)} have no recording"
    for step in steps:
        shelf.har(step)
    return ""


def snapshots_of(there: RunDir, heads: Mapping[str, Head]) -> dict[str, Path]:
    """Session → the snapshot that it began from, where it began from one.

    :raises RecordingRefused: one is missing.
    """
    found = {}
    for name, head in heads.items():
        if head.snapshot is None:
            continue
        path = there.snapshots / f"{head.snapshot}.tar.zst"
        if not path.is_file():
            raise RecordingRefused(
                f"the snapshot that session {name} began from is missing",
                place=str(path),
                fix="restore the file from a copy of the run",
            )
        found[name] = path
    return found
