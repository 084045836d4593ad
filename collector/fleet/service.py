"""The run's ledger as workers on other machines use it: what each request does to the run's folder.

Protects three rules. A claim judges first: a session that another worker began and left is taken up
by the ledger's rules or contaminated, never simply done again. Every row is written in one
transaction with the check of its fencing token; files have the name of their content and can harm
nobody. What a worker repeats, because it never heard the answer, changes nothing: under one token
there is one writer, so a step that stands where the request wants it is the request's own doing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from collector.browser import lineage
from collector.browser.snapshot import take
from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.drivers.base import HTTP
from collector.fleet import files
from collector.fleet.rows import accept, given
from collector.fleet.wire import MOST_LEASE_S, BadRequest, Unknown
from collector.ledger.checkpoint import Checkpoint
from collector.ledger.lease import StoreLedger
from collector.ledger.recovery import recover_session
from collector.profile import Origin, ProfileStore
from collector.profile.files import private_file
from collector.scenario.plan import Plan
from collector.store import NotClaimable, Outcome, SessionState, Store, from_iso
from collector.store import leases as table
from collector.store.leases import Lease, Owner
from collector.store.steady import steady_now

JOBS = "jobs.json"
_STATES = frozenset(SessionState) - {SessionState.PLANNED, SessionState.SKIPPED}
_LOST = "its worker was lost"


def write_jobs(out: RunDir, jobs: Mapping[str, SessionJob]) -> None:
    """Keep the jobs of a run in its folder, for whoever serves its ledger."""
    found = {name: {**json.loads(job.to_json()), "out": "."} for name, job in jobs.items()}
    private_file(out.root / JOBS, json.dumps(found, indent=1, ensure_ascii=False).encode())


class LedgerService:
    """Answers for one run. May be used from several threads."""

    def __init__(self, out: RunDir) -> None:
        self.out = out
        self.plan = Plan.from_json(out.plan.read_bytes())
        self._sessions = {session.id: session for session in self.plan.sessions}
        self._jobs = _read_jobs(out)
        self._given_up: set[str] = set()

    def give_up(self, session: str) -> None:
        """Refuse this session to every worker from now on."""
        self._given_up.add(session)

    def check_name(self, session: str) -> None:
        """Refuse a session that the plan does not have.

        :raises Unknown: the plan has no such session.
        """
        if session not in self._sessions:
            raise Unknown("no session has this name", place=session)

    # ---- reading

    def job(self, session: str) -> Mapping[str, Any]:
        """Return the session's job, JSON-ready.

        :raises Unknown: the run was not begun for other machines.
        """
        if session not in self._jobs:
            raise Unknown("the run has no job for this session", place=str(self.out.root / JOBS))
        return self._jobs[session]

    def steps(self, session: str) -> list[dict[str, Any]]:
        """One entry a step: ``step``, ``kind``, ``started``, ``outcome``."""
        with Store(self.out.store) as store:
            return [
                {"step": row.step, "kind": row.kind, "started": row.started, "outcome": row.outcome}
                for row in StoreLedger(store).steps(session)
            ]

    def session_bundle(self, session: str, token: int) -> dict[str, Any]:
        """What a worker needs to begin or go on: ``profile``, ``rows``, ``mark``, ``origin``,
        ``snapshot`` (hash of what the puppet's last good session left), ``initial`` (of what it
        came with, where there is no such). The puppet's secret key is not in it."""
        puppet = self._sessions[session].puppet
        profile = ProfileStore(self.out.profiles).get(puppet)
        with Store(self.out.store) as store:
            table.require(store.db, session, token)
            latest = store.rows(
                "SELECT snapshot_after FROM sessions WHERE puppet = ? AND snapshot_after IS NOT"
                " NULL ORDER BY finished DESC LIMIT 1",
                [puppet],
            )
            snapshot = next((row["snapshot_after"] for row in latest), None)
            rows = list(given(store, session, puppet))
        initial = None
        if snapshot is None and any(profile.state_dir.iterdir()):
            initial = take(profile.state_dir, self.out.snapshots).hash
        mark = Checkpoint.read(profile.path, session)
        origin = Origin.read(profile.path)
        return {
            "profile": profile.to_dict(),
            "rows": rows,
            "snapshot": snapshot,
            "initial": initial,
            "mark": mark and asdict(mark),
            "origin": origin and asdict(origin),
        }

    # ---- leases

    def claim(self, session: str, owner: Owner, length_s: float, *, again: bool) -> Lease:
        """As in the ledger; a session that was begun before is taken up first.

        :param again: the same request was made before, and its answer may have been lost.
        """
        if session in self._given_up:
            raise NotClaimable(f"{session} was given up by the run's supervisor")
        lease: Lease | None = None
        contaminated = ""
        with Store(self.out.store) as store, store.transaction():
            before = table.current_lease(store, session)
            if again and before is not None and before.good(steady_now()) and before.held_by(owner):
                mine = Lease(session, before.token, before.owner, before.expires)
                return table.renew(store, mine, _length(length_s))
            lease = table.claim(store, session, owner, _length(length_s))
            if before is not None:
                contaminated = recover_session(
                    store,
                    self.plan,
                    self._sessions[session],
                    self.out.profiles,
                    why=_LOST,
                    virtual=self._virtual(session),
                )
            if contaminated:
                table.revoke(store, session)
        if contaminated:
            raise NotClaimable(f"{session} is contaminated: {contaminated}")
        return lease

    def waiting_s(self, session: str) -> float:
        """Seconds until the lease that stands in the way of a claim is over by itself."""
        puppet = self._sessions[session].puppet
        now = steady_now()
        with Store(self.out.store) as store:
            rows = store.rows(
                "SELECT l.expires FROM leases l JOIN sessions s ON s.id = l.session"
                " WHERE s.puppet = ? AND l.released IS NULL",
                [puppet],
            )
            left = [from_iso(row["expires"]) - now for row in rows]
        return max([each.total_seconds() for each in left if each > timedelta()], default=0.0)

    def ended(self, session: str) -> dict[str, Any]:
        """``state`` and ``detail`` of a session that cannot be claimed."""
        with Store(self.out.store) as store:
            rows = store.rows("SELECT state, detail FROM sessions WHERE id = ?", [session])
            return dict(next(rows))

    def renew(self, session: str, token: int, length_s: float) -> Lease:
        """Make a lease last ``length_s`` seconds from now.

        :raises BadRequest: that is no length that a lease may have.
        :raises LeaseLost: it is over, or somebody else has the session.
        """
        with Store(self.out.store) as store:
            mine = Lease(session, token, "", steady_now())
            return table.renew(store, mine, _length(length_s))

    def check(self, session: str, token: int) -> None:
        """Make sure that ``token`` has the session. :raises LeaseLost: it has not."""
        with Store(self.out.store) as store:
            table.require(store.db, session, token)

    # ---- writing

    def note(self, session: str, token: int, changes: Mapping[str, Any]) -> None:
        """Write columns of a session's row.

        :raises BadRequest: a column, a state or a time that a worker does not set.
        """
        values = {name: self._noted(name, value) for name, value in changes.items()}
        if values:
            with self._under(session, token) as store:
                store.update_session(session, **values)

    def step_started(self, session: str, token: int, step: int, *, again: bool) -> None:
        """Write down that a step begins now; asked ``again``, an open one is left as it is.

        :raises LeaseLost: :raises WrongOrder: it began before.
        """
        with self._under(session, token) as store:
            if again and self._row(
                store, session, step, "started IS NOT NULL AND finished IS NULL"
            ):
                return
            store.step_started(session, step)

    def step_finished(
        self, session: str, token: int, step: int, outcome: str, detail: str, *, again: bool
    ) -> None:
        """Write down how a step ended; asked ``again``, one that ended so is left as it is.

        :raises BadRequest: there is no such outcome.
        :raises LeaseLost: :raises WrongOrder: it did not begin, or ended before.
        """
        if outcome not in set(Outcome):
            raise BadRequest(f"{outcome!r} is not an outcome", place="outcome")
        with self._under(session, token) as store:
            if again and self._row(store, session, step, "outcome = ?", outcome):
                return
            store.step_finished(session, step, outcome, detail)

    def release(
        self, session: str, token: int, state: str, detail: str, *, again: bool
    ) -> SessionState:
        """Give a session back, ended in this state.

        :returns: the state that the session is in then.
        """
        if state not in _STATES:
            raise BadRequest(f"{state!r} is not a state that a session ends in", place="state")
        with Store(self.out.store) as store:
            before = table.current_lease(store, session)
            if again and before is not None and before.released and before.token == token:
                return SessionState(self.ended(session)["state"])
            mine = Lease(session, token, "", steady_now())
            return StoreLedger(store).release(mine, SessionState(state), detail)

    def rows(self, session: str, token: int, rows: Sequence[Any]) -> int:
        """Enter rows of the session; answers how many were new. :raises BadRequest:"""
        with self._under(session, token) as store:
            return accept(store, session, rows)

    def keep_mark(self, session: str, token: int, data: Mapping[str, Any]) -> None:
        """Write a checkpoint, given by its fields, into the folder of the session's profile.

        :raises BadRequest: it is no checkpoint, or one of another session.
        :raises LeaseLost:
        """
        try:
            mark = Checkpoint(**data)
        except TypeError as error:
            raise BadRequest(f"it is not a checkpoint ({error})", place="mark") from error
        if mark.session != session or not isinstance(mark.step, int):
            raise BadRequest("it is a checkpoint of another session", place="mark")
        # While the lease is checked and the file written, nobody else may claim.
        with self._under(session, token):
            mark.write(self.out.profiles / self._sessions[session].puppet)

    def keep_evidence(self, session: str, token: int, name: str, body: bytes) -> None:
        """Keep a page under its hash.

        :raises BadRequest: it is not what its name says.
        """
        self.check(session, token)
        files.keep_evidence(self.out, name, body)

    def keep_snapshot(self, session: str, token: int, name: str, body: bytes) -> None:
        """Keep a browser's state under its hash.

        :raises BadRequest: it is not what its name says.
        """
        self.check(session, token)
        files.keep_snapshot(self.out, name, body)

    def keep_descent(self, session: str, token: int, data: Mapping[str, Any]) -> None:
        """Where a snapshot comes from that was brought before."""
        try:
            taken = lineage.Taken(**data)
            exists = files.snapshot_path(self.out, taken.snapshot).exists()
            right = taken.session == session and taken.puppet == self._sessions[session].puppet
            if not (exists and right and re.fullmatch(r"end|\d+", taken.at)):
                raise BadRequest("it must name a snapshot of this session", place="lineage")
        except TypeError as error:
            raise BadRequest(f"it must describe a snapshot ({error})", place="lineage") from error
        with self._under(session, token):
            lineage.record(self.out.snapshots, taken)

    # ---- the machinery

    @contextmanager
    def _under(self, session: str, token: int) -> Iterator[Store]:
        with Store(self.out.store) as store, store.under(session, token):
            yield store

    def _noted(self, name: str, value: Any) -> Any:
        try:
            if name in ("ready", "started"):
                return datetime.fromisoformat(value)
            if name == "state" and SessionState(value) in (
                SessionState.READY,
                SessionState.RUNNING,
            ):
                return SessionState(value)
        except (TypeError, ValueError) as error:
            raise BadRequest(f"it cannot be {value!r}", place=name) from error
        if (
            name in ("snapshot_before", "snapshot_after")
            and files.snapshot_path(self.out, value).exists()
        ):
            return value
        raise BadRequest(f"a worker does not set it to {value!r}", place=name)

    def _row(self, store: Store, session: str, step: int, where: str, *values: str) -> bool:
        sql = f"SELECT 1 FROM steps WHERE session = ? AND step = ? AND {where}"
        return next(store.rows(sql, [session, step, *values]), None) is not None

    def _virtual(self, session: str) -> bool:
        job = self._jobs.get(session, {})
        return bool(job.get("pace", {}).get("virtual")) or job.get("driver") == HTTP


def _length(length_s: float) -> float:
    if not 0 < length_s <= MOST_LEASE_S:
        raise BadRequest(f"a lease lasts up to {MOST_LEASE_S:g} s", place="length_s")
    return length_s


def _read_jobs(out: RunDir) -> dict[str, dict[str, Any]]:
    try:
        found = json.loads((out.root / JOBS).read_bytes())
    except FileNotFoundError:
        return {}
    return dict(found)
