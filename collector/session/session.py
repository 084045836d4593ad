"""One session of one puppet: profile, browser, barrier, steps, snapshot.

Protects the rule that a session begins from the puppet's last good snapshot and leaves one, so that
nothing half-done is built upon. Its steps are done in :mod:`collector.session.loop`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote

import collector.browser.snapshot as snapshot
from collector.browser import BrowserError
from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.contract.progress import Emit, EventKind
from collector.drivers.base import Opened
from collector.drivers.choice import driver_of
from collector.ledger.checkpoint import Checkpoint
from collector.ledger.lease import Keeper, Lease, Ledger, Owner, StoreLedger
from collector.platforms.registry import spec_of
from collector.profile import ProfileStore
from collector.scenario.plan import Plan
from collector.session import personacheck
from collector.session.clock import PageClock
from collector.session.context import Context
from collector.session.egresscheck import WayOut
from collector.session.loop import StepLoop
from collector.session.snapshots import Snapshots
from collector.store import Outcome, SessionState, Store


def run_session(
    job: SessionJob,
    emit: Emit,
    *,
    wait_for_go: Callable[[], None],
    stopped: Callable[[], bool],
    cut: Callable[[], bool] = lambda: False,
) -> SessionState:
    """Carry out ``job`` to its end; everything it did is in the store when this returns.

    A session that was begun before goes on at its first step that never began.

    :param wait_for_go: returns when the block starts.
    :param stopped: true once the session should end where it can go on later.
    :param cut: true once it has to end at once, wherever it is.
    :raises UserError: the profile, the plan or the browser cannot be used.
    :raises LeaseLost: the session is no longer this worker's; nothing was written since.
    """
    out = RunDir(job.out)
    with Store(out.store) as store:
        ledger = StoreLedger(store)
        lease = ledger.claim(job.session, Owner.this_process(), job.lease_s)
        store.fence(job.session, lease.token)
        return carry_session(
            job,
            emit,
            store=store,
            ledger=ledger,
            lease=lease,
            open_ledger=lambda: _ledger(out),
            wait_for_go=wait_for_go,
            stopped=stopped,
            cut=cut,
        )


def carry_session(
    job: SessionJob,
    emit: Emit,
    *,
    store: Store,
    ledger: Ledger,
    lease: Lease,
    open_ledger: Callable[[], AbstractContextManager[Ledger]],
    wait_for_go: Callable[[], None],
    stopped: Callable[[], bool],
    cut: Callable[[], bool],
) -> SessionState:
    """Carry out ``job`` under a lease that is held; otherwise as :func:`run_session`.

    :param store: where the session's captures and what is read from them go.
    :param open_ledger: another way to the same ledger, for the thread that keeps the lease alive.
    """
    out = RunDir(job.out)
    plan = Plan.from_json(out.plan.read_bytes())
    planned = next(each for each in plan.sessions if each.id == job.session)
    profile = ProfileStore(out.profiles).get(job.puppet)
    with Keeper(open_ledger, lease, job.lease_s) as keeper:
        begin = sum(
            1 for row in ledger.steps(job.session) if row.outcome not in (None, Outcome.SKIPPED)
        )
        context = Context(
            job=job,
            planned=planned,
            profile=profile,
            out=out,
            store=store,
            ledger=ledger,
            keeper=keeper,
            emit=emit,
            stopped=stopped,
            cut=cut,
            spec=spec_of(plan.platform),
            begin=begin,
            clock=PageClock(store, job, again=begin > 0),
            snapshots=Snapshots(store, out, job, profile, plan.hash),
        )
        session = _Session(context, goes_on=job.session in plan.before.values())
        return session.run(wait_for_go)


@contextmanager
def _ledger(out: RunDir) -> Iterator[Ledger]:
    """A way to the ledger of its own."""
    with Store(out.store) as store:
        yield StoreLedger(store)


class _Session:
    """The session as a whole: its beginning, its barrier, its browser and its end."""

    def __init__(self, context: Context, *, goes_on: bool) -> None:
        """``goes_on``: the puppet has a later session."""
        self.context = context
        self.goes_on = goes_on

    def run(self, wait_for_go: Callable[[], None]) -> SessionState:
        mark = (
            Checkpoint.read(self.context.profile.path, self.context.job.session)
            if self.context.begin
            else None
        )
        if mark is not None and mark.clock is not None:
            self.context.clock.last = datetime.fromisoformat(mark.clock)
        if self.context.begin:
            self.context.snapshots.go_on()
        else:
            self._restore()
        self.context.job = self.context.clock.set()
        if self.context.begin == len(self.context.planned.steps):
            # Cut off after its last step: only the end is missing.
            self._start(wait_for_go)
            return self._end(SessionState.DONE, "")
        try:
            driver = driver_of(self.context.job.driver)
            with driver.open(
                self.context.job,
                self.context.planned,
                self.context.profile,
                self.context.out,
                self.context.spec,
            ) as opened:
                if mark is not None:
                    opened.puppet.add_cookies(mark.cookies)
                self._start(wait_for_go)
                loop = StepLoop(self.context, opened)
                way = WayOut(self.context.job, self.context.planned, self.context.store)
                state, detail = SessionState.FAILED, way.begin(opened.puppet)
                if not detail:
                    if mark is not None:
                        loop.go_on(mark)
                    detail = self._another_persona(opened) or self._nobody(opened)
                if not detail:
                    state, detail = loop.work()
                if self.goes_on and self.context.job.pace.virtual and state is SessionState.DONE:
                    clock = opened.puppet.capture().client_time
                    self.context.store.update_turn(self.context.job.session, clock=clock)
                if state is SessionState.DONE:
                    detail = way.end(opened.puppet)
                opened.failed = self.context.missing > 0
        except BrowserError as failure:
            # The browser opened badly or broke while closing: what was filed stays.
            state, detail = SessionState.FAILED, str(failure)
        return self._end(state, detail)

    def _another_persona(self, opened: Opened) -> str:
        """Read back who the page sees before anything is done. Empty: who was planned."""
        if self.context.begin:
            return ""
        found = personacheck.look(opened.puppet, self.context.planned.persona)
        self.context.store.add_persona_checks(
            self.context.job.session, [check.row() for check in found]
        )
        return personacheck.wrong(found)

    def _nobody(self, opened: Opened) -> str:
        """Why the puppet is not who it has to be: nobody is signed in; empty: it is."""
        job = self.context.job
        if self.context.begin or not job.signed_in:
            return ""
        if self.context.spec.signed_in({str(one["name"]) for one in opened.puppet.cookies()}):
            return ""
        return (
            f"nobody is signed in at {job.site}: collector profiles open {quote(job.puppet)}"
            f" --site {quote(job.site)}, then run with --profiles"
        )

    def _start(self, wait_for_go: Callable[[], None]) -> None:
        """Stand at the barrier and pass it."""
        self.context.note(state=SessionState.READY, ready=datetime.now(UTC))
        self.context.say(EventKind.READY)
        wait_for_go()
        self.context.say(EventKind.STARTED, at=time.time(), again=self.context.begin > 0)
        now = datetime.now(UTC)
        if self.context.job.begins is not None and not self.context.job.pace.virtual:
            self.context.clock.is_late(datetime.fromisoformat(self.context.job.begins), now)
        first = {} if self.context.begin else {"started": now}
        self.context.note(state=SessionState.RUNNING, **first)

    def _end(self, state: SessionState, detail: str) -> SessionState:
        if state is SessionState.DONE:
            self._snapshot()
        detail = "; ".join([*self.context.snapshots.remarks, *([detail] if detail else [])])
        state = self.context.ledger.release(self.context.keeper.lease, state, detail)
        self.context.say(
            EventKind.CLOSED,
            state=state,
            detail=detail,
            captures=self.context.captures,
            missing=self.context.missing,
            kept=True,
        )
        return state

    def _restore(self) -> None:
        """Begin from what the puppet's last good session left; a replay, from what its original
        began from."""
        if self.context.job.replay is not None:
            if self.context.job.snapshot is not None:
                snapshot.restore(Path(self.context.job.snapshot), self.context.profile.state_dir)
            return
        if before := self.context.snapshots.begin():
            self.context.note(snapshot_before=before)

    def _snapshot(self) -> None:
        self.context.note(snapshot_after=self.context.snapshots.take().hash)
