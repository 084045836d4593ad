"""Where a run stands, read from its directory alone: running, killed, waiting, ended or imported.

Protects the rule that looking changes nothing: the store is opened for reading only, and a run that
is under way is not slowed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from collector.contract.layout import RunDir
from collector.ledger.ledger import CUT_SHORT
from collector.run.runlock import clock_of, holder
from collector.store import Outcome, SessionState, Store, no_run
from collector.store.times import from_iso

#: A session in one of these states is not over.
_OPEN = frozenset({SessionState.READY, SessionState.RUNNING})
_NEXT = (
    "SELECT min(t.due) AS due FROM turns t JOIN sessions s ON s.id = t.session WHERE s.state = ?"
)
_CLOCKS = (
    "SELECT puppet, min(gap_s) AS least FROM queries JOIN sessions ON sessions.id = session"
    " WHERE gap_s IS NOT NULL GROUP BY puppet"
)


@dataclass(frozen=True, slots=True)
class PuppetStatus:
    """One puppet: its sessions and steps so far."""

    name: str
    arm: str
    block: int
    state: str
    """Of the session it is in, else of the one that ended last."""
    sessions: int
    sessions_done: int
    steps: int
    steps_ended: int
    doing: str
    """The step under way, in words; empty between steps."""
    captures: int
    missing: int
    """Steps that ended in another way than done, those that an interruption cut off left out."""
    interrupted: int
    """Steps that were under way when the run was interrupted."""
    contaminated: bool
    skew_ms: float | None
    """Largest start delay of its sessions, in milliseconds after the first of the block."""
    spacing_s: float | None
    """Least time between two of its searches, on its own clock, in seconds."""
    held_by: str | None
    """Owner of the lease on its session, while it is good."""
    held_until: str | None
    detail: str
    """Why it is not done."""


@dataclass(frozen=True, slots=True)
class RunStatus:
    """One run. ``state`` is what the store says, or ``broken off`` when nobody works on it."""

    run: str
    scenario: str
    platform: str
    state: str
    started: str | None
    finished: str | None
    puppets: tuple[PuppetStatus, ...]
    steps: Mapping[str, int]
    """Outcome (``open``: not ended; ``interrupted``: cut off by an interruption) → steps."""
    sessions: Mapping[str, int]
    outbox: Mapping[str, int]
    """State → items waiting, sent or refused."""
    next_due: str | None
    """When the next planned session is due, where it waits for a time."""

    @property
    def over(self) -> bool:
        """Nothing will change unless somebody resumes it."""
        return self.state != "running"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for JSON; keys as the fields are called."""
        return asdict(self)


def run_status(root: Path, *, now: datetime | None = None) -> RunStatus:
    """The state of the run in ``root``.

    :raises UserError: there is no store in it, it cannot be read, or the run has not begun.
    """
    now = now or clock_of(root)
    with Store(RunDir(root).store, create=False, readonly=True) as store:
        runs = store.runs()
        if not runs:
            raise no_run(RunDir(root).store)
        newest = runs[-1]
        steps = store.steps()
        sessions = store.sessions()
        leases = _good_leases(store, now)
        puppets = tuple(_puppets(store, steps, sessions, leases))
        due = next((row["due"] for row in store.rows(_NEXT, [SessionState.PLANNED])), None)
        return RunStatus(
            run=newest["id"],
            scenario=newest["scenario"],
            platform=newest["platform"],
            state=_state(newest, alive=bool(leases) or holder(root) is not None),
            started=newest["started"],
            finished=newest["finished"],
            puppets=puppets,
            steps=_counted(
                "interrupted" if _was_cut_off(row) else row["outcome"] or "open" for row in steps
            ),
            sessions=_counted(row["state"] for row in sessions),
            outbox=_outbox(store),
            next_due=due,
        )


def _puppets(
    store: Store,
    steps: list[dict[str, Any]],
    sessions: list[dict[str, Any]],
    leases: Mapping[str, tuple[str, str]],
) -> Iterable[PuppetStatus]:
    of: dict[str, list[dict[str, Any]]] = {}
    for row in sessions:
        of.setdefault(row["puppet"], []).append(row)
    done: dict[str, list[dict[str, Any]]] = {}
    for row in steps:
        done.setdefault(row["session"], []).append(row)
    captures = {
        row["puppet"]: row["n"]
        for row in store.rows("SELECT puppet, count(*) AS n FROM captures GROUP BY puppet")
    }
    spacing = {row["puppet"]: row["least"] for row in store.rows(_CLOCKS)}
    for puppet in store.puppets():
        own = of.get(puppet["id"], [])
        cells = [step for session in own for step in done.get(session["id"], [])]
        here = _present(own)
        lease = next((leases[row["id"]] for row in own if row["id"] in leases), (None, None))
        skews = [row["skew_ms"] for row in own if row["skew_ms"] is not None]
        yield PuppetStatus(
            name=puppet["id"],
            arm=puppet["arm"],
            block=puppet["block"],
            state=here["state"] if here else "",
            sessions=len(own),
            sessions_done=sum(row["state"] == SessionState.DONE for row in own),
            steps=len(cells),
            steps_ended=sum(row["outcome"] is not None for row in cells),
            doing=_doing(done.get(here["id"], [])) if here else "",
            captures=captures.get(puppet["id"], 0),
            missing=sum(
                row["outcome"] not in (None, Outcome.DONE) and not _was_cut_off(row)
                for row in cells
            ),
            interrupted=sum(map(_was_cut_off, cells)),
            contaminated=any(row["state"] == SessionState.CONTAMINATED for row in own)
            or any(row["outcome"] == Outcome.CONTAMINATED for row in cells),
            skew_ms=max(skews, default=None),
            spacing_s=spacing.get(puppet["id"]),
            held_by=lease[0],
            held_until=lease[1],
            detail=next((row["detail"] for row in own if row["detail"]), "") or "",
        )


def _present(sessions: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The session a puppet is in, else the one it ended last, else its first."""
    under_way = [row for row in sessions if row["state"] in _OPEN]
    ended = [row for row in sessions if row["finished"]]
    return next(iter(under_way or sorted(ended, key=_end)[-1:] or sessions), None)


def _end(session: Mapping[str, Any]) -> str:
    return str(session["finished"])


def _doing(steps: Iterable[Mapping[str, Any]]) -> str:
    """``step 4/19 watch``: the one that began and has not ended."""
    rows = list(steps)
    for row in rows:
        if row["started"] and not row["finished"]:
            return f"step {row['step'] + 1}/{len(rows)} {row['kind']}"
    return ""


def _good_leases(store: Store, now: datetime) -> dict[str, tuple[str, str]]:
    """Session → (owner, until) of the leases that are good now."""
    return {
        row["session"]: (row["owner"] or "", row["expires"])
        for row in store.rows("SELECT * FROM leases WHERE released IS NULL")
        if from_iso(row["expires"]) > now
    }


def _outbox(store: Store) -> dict[str, int]:
    """The outbox makes its own table with its first row; without one nothing was queued."""
    if "outbox" not in store.db.table_names():
        return {}
    return {
        row["state"]: row["n"]
        for row in store.rows("SELECT state, count(*) AS n FROM outbox GROUP BY state")
    }


def _was_cut_off(step: Mapping[str, Any]) -> bool:
    return step["detail"] == CUT_SHORT and step["outcome"] not in (None, Outcome.DONE)


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _state(run: Mapping[str, Any], *, alive: bool) -> str:
    if run["state"] == "running" and not alive:
        return "broken off"
    return str(run["state"])
