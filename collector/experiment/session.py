"""One session of one puppet: profile, browser, barrier, steps, snapshot.

Protects two rules: every step is planned → started → finished in the ledger, in that order; a
session begins from the puppet's last good snapshot and leaves one, so that nothing half-done is
built upon.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from collector import __version__
from collector.browser import BrowserError
from collector.evidence import EvidenceStore
from collector.experiment.describe import in_words, limit_s
from collector.experiment.drivers import Opened, driver_of
from collector.experiment.filing import Filed, Filing
from collector.experiment.job import SessionJob
from collector.experiment.layout import RunDir
from collector.experiment.ledger import TREATING, close_lost
from collector.experiment.patience import Interrupted, Patience
from collector.experiment.progress import Emit, Event, EventKind
from collector.experiment.steps import StepResult, StepRunner
from collector.platforms.kit import kit_of
from collector.profile import Profile, ProfileStore
from collector.scenario.plan import Plan, PlannedSession, PlannedStep
from collector.scenario.steps import StepKind
from collector.store import Outcome, SessionState, Store, from_iso


def run_session(
    job: SessionJob,
    emit: Emit,
    *,
    wait_for_go: Callable[[], None],
    stopped: Callable[[], bool],
) -> SessionState:
    """Carry out ``job`` to its end; everything it did is in the store when this returns.

    :param wait_for_go: returns when the block starts.
    :param stopped: true once the run has been interrupted.
    :raises UserError: the profile, the plan or the browser cannot be used.
    """
    out = RunDir(job.out)
    plan = Plan.from_json(out.plan.read_bytes())
    planned = next(each for each in plan.sessions if each.id == job.session)
    profile = ProfileStore(out.profiles).get(job.puppet)
    with Store(out.store) as store:
        session = _Session(job, planned, profile, out, store, emit, stopped, plan.platform)
        session.goes_on = job.session in plan.before.values()
        return session.run(wait_for_go)


class _Session:
    def __init__(
        self,
        job: SessionJob,
        planned: PlannedSession,
        profile: Profile,
        out: RunDir,
        store: Store,
        emit: Emit,
        stopped: Callable[[], bool],
        platform: str,
    ) -> None:
        self.kit = kit_of(platform)
        self.job = job
        self.planned = planned
        self.profile = profile
        self.out = out
        self.store = store
        self._emit = emit
        self.stopped = stopped
        self.goes_on = False
        """The puppet has a later session."""
        self.captures = 0
        self.missing = 0

    def say(self, kind: EventKind, **data: Any) -> None:
        self._emit(Event(kind, self.job.session, data))

    def run(self, wait_for_go: Callable[[], None]) -> SessionState:
        self._restore()
        self._set_clock()
        state, detail = SessionState.DONE, ""
        try:
            driver = driver_of(self.job)
            with driver.open(self.job, self.planned, self.profile, self.out, self.kit) as opened:
                self.store.update_session(
                    self.job.session, state=SessionState.READY, ready=datetime.now(UTC)
                )
                self.say(EventKind.READY)
                wait_for_go()
                self.say(EventKind.STARTED, at=time.time())
                self.store.update_session(
                    self.job.session, state=SessionState.RUNNING, started=datetime.now(UTC)
                )
                state, detail = self._work(self._runner(opened))
                if self.goes_on and self.job.pace.virtual and state is SessionState.DONE:
                    clock = opened.puppet.capture().client_time
                    self.store.update_turn(self.job.session, clock=clock)
                opened.failed = self.missing > 0
        except BrowserError as failure:
            # The browser opened badly or broke while closing: what was filed stays.
            state, detail = SessionState.FAILED, str(failure)
        if state is SessionState.DONE:
            self._snapshot()
        close_lost(self.store, self.job.session, detail)
        self.store.update_session(
            self.job.session, state=state, finished=datetime.now(UTC), detail=detail or None
        )
        self.say(
            EventKind.CLOSED,
            state=state,
            detail=detail,
            captures=self.captures,
            missing=self.missing,
        )
        return state

    def _runner(self, opened: Opened) -> StepRunner:
        puppet = opened.puppet
        versions = {"collector": __version__, "parser": self.kit.parser, "browser": opened.version}
        filing = Filing(
            self.store,
            EvidenceStore(self.out.evidence),
            run=self.job.run,
            puppet=self.job.puppet,
            session=self.job.session,
            public_key=self.profile.public_key,
            target=self.job.submit_to,
            research_tag=self.job.research_tag,
            experiment_id=self.job.experiment_id,
            versions=versions,
            on_filed=self._captured,
            kit=self.kit,
        )

        def known() -> list[str]:
            return [self.profile.visitor_id, *(c["value"] for c in puppet.context.cookies())]

        return opened.runner(
            puppet,
            opened.actions,
            filing,
            self.store,
            session=self.job.session,
            screenshots=self.out.screenshots,
            patience=Patience(puppet, politeness_s=self.job.politeness_s, stopped=self.stopped),
            known=known,
        )

    # ---- the steps

    def _work(self, runner: StepRunner) -> tuple[SessionState, str]:
        steps = self.planned.steps
        for number, step in enumerate(steps):
            if self.stopped():
                runner.finish()
                return SessionState.INTERRUPTED, "interrupted"
            following = steps[number + 1].kind if number + 1 < len(steps) else None
            try:
                self._step(runner, step, following)
            except Interrupted:
                cut = step.kind in TREATING
                self._finish(
                    step,
                    StepResult(Outcome.CONTAMINATED if cut else Outcome.FAILED, "interrupted"),
                )
                runner.finish()
                return SessionState.INTERRUPTED, "interrupted"
            except BrowserError as failure:
                lost = Outcome.CONTAMINATED if step.kind in TREATING else Outcome.FAILED
                self._finish(step, StepResult(lost, str(failure)))
                return SessionState.FAILED, str(failure)
        runner.finish()
        return SessionState.DONE, ""

    def _step(self, runner: StepRunner, step: PlannedStep, following: StepKind | None) -> None:
        self.store.step_started(self.job.session, step.index)
        self.say(
            EventKind.STEP_STARTED,
            index=step.index,
            total=len(self.planned.steps),
            what=in_words(step),
            limit_s=limit_s(step, self.job),
        )
        result = runner.run(step, following)
        self._finish(step, result)

    def _captured(self, filed: Filed) -> None:
        self.captures += 1
        self.say(
            EventKind.CAPTURED,
            page=filed.capture.kind,
            status=filed.capture.status,
            items=len(filed.observation.impressions),
        )

    def _finish(self, step: PlannedStep, result: StepResult) -> None:
        self.store.step_finished(self.job.session, step.index, result.outcome, result.detail)
        if result.outcome is not Outcome.DONE:
            self.missing += 1
        self.say(
            EventKind.STEP_FINISHED,
            index=step.index,
            total=len(self.planned.steps),
            outcome=result.outcome,
            detail=result.detail,
        )

    # ---- the clock

    def _set_clock(self) -> None:
        """Keep how late the session begins. On a virtual clock it begins when it is due, or where
        the puppet's last page left off: time never runs backwards."""
        if self.job.begins is None:
            return
        due = datetime.fromisoformat(self.job.begins)
        begins = datetime.now(UTC)
        if self.job.pace.virtual:
            rows = self.store.rows(
                "SELECT max(t.clock) AS last FROM turns t JOIN sessions s ON s.id = t.session"
                " WHERE s.puppet = ?",
                [self.job.puppet],
            )
            begins = max([due, *(from_iso(row["last"]) for row in rows if row["last"])])
            self.job = replace(self.job, begins=begins.isoformat())
        late_s = round((begins - due).total_seconds(), 3)
        self.store.update_turn(self.job.session, late_s=late_s)

    # ---- snapshots

    def _restore(self) -> None:
        """Begin from what the puppet's last good session left."""
        import collector.browser.snapshot as snapshot

        rows = self.store.rows(
            "SELECT snapshot_after FROM sessions WHERE puppet = ? AND snapshot_after IS NOT NULL"
            " ORDER BY finished DESC LIMIT 1",
            [self.job.puppet],
        )
        for row in rows:
            snapshot.restore(
                self.out.snapshots / f"{row['snapshot_after']}.tar.zst", self.profile.state_dir
            )
            self.store.update_session(self.job.session, snapshot_before=row["snapshot_after"])

    def _snapshot(self) -> None:
        import collector.browser.snapshot as snapshot

        taken = snapshot.take(self.profile.state_dir, self.out.snapshots)
        self.store.update_session(self.job.session, snapshot_after=taken.hash)
