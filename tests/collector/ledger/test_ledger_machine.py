"""The ledger under any order of claims, writes, expiries, kills and resumes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from collector.common.model import Receipt, ReceiptStatus
from collector.ledger.lease import Lease, StoreLedger, end_session
from collector.ledger.ledger import close_lost
from collector.store import (
    LeaseHeld,
    LeaseLost,
    NotClaimable,
    Outcome,
    SessionState,
    Store,
    WrongOrder,
)
from collector.store.leases import Owner, revoke

KINDS = ("visit", "watch", "pause", "teleport")
#: What the site may remember, written out; a verb that nobody knows is among them.
TREATING = {"visit", "watch", "teleport"}
SESSIONS = ("a", "b")
RECEIPT = Receipt(
    video_id="v" * 11, status=ReceiptStatus.COMPLETE, planned_s=1, watched_s=1, duration_s=1,
    ad_s=0, stalled_s=0, rate=1, visible_share=1, ended=True, error=None, next_video_id=None,
    samples=(),
)  # fmt: skip

sessions = st.sampled_from(SESSIONS)
steps = st.integers(0, len(KINDS) - 1)


class LedgerMachine(RuleBasedStateMachine):
    """Two sessions of two puppets; workers remember every lease they ever had."""

    @initialize()
    def plan(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / "store.db")
        self.ledger = StoreLedger(self.store)
        self.store.add_run("r", scenario="s", seed=1, plan_hash="0" * 64)
        for session in SESSIONS:
            self.store.add_puppet(f"p{session}", run="r", arm="a", twin=1, block=1)
            self.store.add_session(session, run="r", puppet=f"p{session}", block=1, position=0)
            for step, kind in enumerate(KINDS):
                self.store.step_planned(session, step, kind=kind)
        self.leases: list[Lease] = []
        self.good: dict[str, int] = {}
        self.highest = dict.fromkeys(SESSIONS, 0)
        self.spoiled: set[str] = set()
        self.did: dict[tuple[str, int], int] = {}
        """How often the site saw the effect of a treating step that counts as done."""

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    # ---- workers

    @rule(session=sessions)
    def claim(self, session: str) -> None:
        state = self.state(session)
        try:
            lease = self.ledger.claim(session, Owner("h", 1, 0.0), 3600)
        except LeaseHeld:
            assert session in self.good
            return
        except NotClaimable:
            assert state in (SessionState.DONE, SessionState.CONTAMINATED)
            return
        assert session not in self.good
        assert state not in (SessionState.DONE, SessionState.CONTAMINATED)
        assert lease.token > self.highest[session]
        self.highest[session] = self.good[session] = lease.token
        self.leases.append(lease)

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), step=steps)
    def start(self, data: st.DataObject, step: int) -> None:
        self.write(data, lambda lease: self.ledger.step_started(lease, step))

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), step=steps, outcome=st.sampled_from([Outcome.DONE, Outcome.MISSING]))
    def finish(self, data: st.DataObject, step: int, outcome: Outcome) -> None:
        lease = self.write(data, lambda lease: self.ledger.step_finished(lease, step, outcome))
        if lease is not None:
            self.did[lease.session, step] = self.did.get((lease.session, step), 0) + 1

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), step=steps)
    def receive(self, data: st.DataObject, step: int) -> None:
        self.write(data, lambda lease: self.ledger.add_receipt(lease, step, RECEIPT))

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        lease = self.write(data, lambda lease: self.ledger.renew(lease, 3600))
        if lease is not None:
            assert self.good[lease.session] == lease.token

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), state=st.sampled_from([SessionState.DONE, SessionState.FAILED]))
    def release(self, data: st.DataObject, state: SessionState) -> None:
        lease = self.write(data, lambda lease: self.ledger.release(lease, state, "the end"))
        if lease is not None:
            del self.good[lease.session]

    def write(self, data: st.DataObject, act):  # type: ignore[no-untyped-def]
        """Write under any lease there ever was; answers it when the write was accepted."""
        lease = data.draw(st.sampled_from(self.leases))
        before = list(self.store.db.conn.iterdump())
        try:
            act(lease)
        except LeaseLost:
            assert self.good.get(lease.session) != lease.token
        except WrongOrder:
            assert self.good.get(lease.session) == lease.token
        else:
            assert self.good.get(lease.session) == lease.token
            return lease
        assert list(self.store.db.conn.iterdump()) == before
        return None

    # ---- what happens to them

    @rule(session=sessions)
    def expire(self, session: str) -> None:
        self.store.db.execute(
            "UPDATE leases SET expires = '2000-01-01T00:00:00.000Z' WHERE session = ?", [session]
        )
        self.good.pop(session, None)

    @rule(session=sessions)
    def killed(self, session: str) -> None:
        """The supervisor saw the worker's process end."""
        if self.state(session) in (SessionState.DONE, SessionState.CONTAMINATED):
            return
        with self.store.transaction():
            revoke(self.store, session)
            end_session(self.store, session, SessionState.FAILED, "killed")
        self.good.pop(session, None)

    @rule(session=sessions)
    def resume(self, session: str) -> None:
        """The supervisor is gone too; another takes up what there is."""
        revoke(self.store, session)
        self.good.pop(session, None)
        if self.state(session) in (SessionState.DONE, SessionState.CONTAMINATED):
            return
        if close_lost(self.store, session, "cut off"):
            self.store.update_session(session, state=SessionState.CONTAMINATED)
            return
        self.store.reopen_skipped(session)
        self.store.update_session(session, state=SessionState.PLANNED)

    @rule(session=sessions)
    def reopen(self, session: str) -> None:
        contaminated = any(
            row["outcome"] == Outcome.CONTAMINATED for row in self.store.steps(session)
        )
        try:
            self.store.reopen_skipped(session)
        except WrongOrder:
            assert contaminated or self.state(session) is SessionState.CONTAMINATED

    # ---- what always holds

    def state(self, session: str) -> SessionState:
        (row,) = self.store.rows("SELECT state FROM sessions WHERE id = ?", [session])
        return SessionState(row["state"])

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "store"):
            return
        for session in SESSIONS:
            rows = self.store.steps(session)
            assert len(rows) == len(KINDS)
            for row in rows:
                assert row["planned"] is not None
                if row["outcome"] not in (None, Outcome.SKIPPED):
                    assert row["started"] is not None
                if row["outcome"] == Outcome.CONTAMINATED:
                    assert row["kind"] in TREATING
                    self.spoiled.add(session)
                # No step that changes what the site knows is ever done a second time.
                if row["kind"] in TREATING:
                    assert self.did.get((session, row["step"]), 0) <= 1
            if session in self.spoiled:
                assert any(row["outcome"] == Outcome.CONTAMINATED for row in rows)
                assert self.state(session) is not SessionState.DONE
        receipts = [(session, step) for session, step, _ in self.store.receipts()]
        assert len(receipts) == len(set(receipts))
        for lease in self.leases:
            assert lease.token <= self.highest[lease.session]


LedgerMachine.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLedger = LedgerMachine.TestCase
