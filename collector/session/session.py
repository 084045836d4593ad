"""One session of one puppet: profile, browser, barrier, steps, snapshot.

Protects two rules: every step is planned → started → finished in the ledger, in that order; a
session begins from the puppet's last good snapshot and leaves one, so that nothing half-done is
built upon.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shlex import quote
from typing import Any

import collector.browser.snapshot as snapshot
from collector import __version__
from collector.browser import BrowserError
from collector.browser.snapshot import Snapshot
from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.contract.progress import Emit, Event, EventKind
from collector.drivers.base import Opened
from collector.drivers.choice import driver_of
from collector.evidence import EvidenceDiskFull, EvidenceStore
from collector.ledger.checkpoint import Checkpoint
from collector.ledger.lease import Keeper, Lease, Ledger, Owner, StoreLedger
from collector.ledger.ledger import CUT_SHORT, cut_off
from collector.ledger.resume_point import brings_its_page, page_wanted
from collector.liveness import answers
from collector.platforms.registry import spec_of
from collector.profile import Profile, ProfileStore
from collector.recording.steps import StepRecording
from collector.scenario.plan import Plan, PlannedSession, PlannedStep, derive_seed
from collector.scenario.politeness import Quiet
from collector.scenario.steps import StepKind
from collector.scenario.verb import traits
from collector.session import personacheck
from collector.session.clock import PageClock
from collector.session.describe import PROGRESS_EVERY_S, STEP_LIMIT_S, in_words, limit_s
from collector.session.egresscheck import WayOut
from collector.session.filing import Filed, Filing
from collector.session.pacing import Interrupted, Pacing
from collector.session.snapshots import Snapshots
from collector.session.spacing import Spacing
from collector.session.steps import BOT_CHECK, Lost, StepResult, StepRunner
from collector.store import Outcome, SessionState, Store, StoreFull, to_iso

#: How long a site is left alone after it has asked whether this is a bot.
BOT_CHECK_REST = timedelta(hours=1)


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
        session = _Session(
            job,
            planned,
            profile,
            out,
            store,
            ledger,
            keeper,
            emit,
            stopped,
            cut,
            plan.platform,
            goes_on=job.session in plan.before.values(),
            snapshots=Snapshots(store, out, job, profile, plan.hash),
        )
        return session.run(wait_for_go)


@contextmanager
def _ledger(out: RunDir) -> Iterator[Ledger]:
    """A way to the ledger of its own."""
    with Store(out.store) as store:
        yield StoreLedger(store)


class ServerGone(Exception):
    """The site does not answer any more. ``begun``: the step may have had its effect."""

    def __init__(self, site: str, *, begun: bool) -> None:
        super().__init__(f"nothing answers at {site} any more")
        self.begun = begun


class _Session:
    def __init__(
        self,
        job: SessionJob,
        planned: PlannedSession,
        profile: Profile,
        out: RunDir,
        store: Store,
        ledger: Ledger,
        keeper: Keeper,
        emit: Emit,
        stopped: Callable[[], bool],
        cut: Callable[[], bool],
        platform: str,
        *,
        goes_on: bool,
        snapshots: Snapshots,
    ) -> None:
        """``goes_on``: the puppet has a later session."""
        self.spec = spec_of(platform)
        self.job = job
        self.planned = planned
        self.profile = profile
        self.out = out
        self.store = store
        self.ledger = ledger
        self.keeper = keeper
        self._emit = emit
        self.stopped = stopped
        self.cut = cut
        self.begin = sum(
            1 for row in ledger.steps(job.session) if row.outcome not in (None, Outcome.SKIPPED)
        )
        """Index of the first step to do; beyond 0, the session was begun before."""
        self.clock = PageClock(store, job, again=self.begin > 0)
        self.goes_on = goes_on
        self.snapshots = snapshots
        self._doing: PlannedStep | None = None
        self._said = 0.0
        self.captures = 0
        self.missing = 0

    def say(self, kind: EventKind, **data: Any) -> None:
        self._emit(Event(kind, self.job.session, data))

    def run(self, wait_for_go: Callable[[], None]) -> SessionState:
        mark = Checkpoint.read(self.profile.path, self.job.session) if self.begin else None
        if mark is not None and mark.clock is not None:
            self.clock.last = datetime.fromisoformat(mark.clock)
        if self.begin:
            self.snapshots.go_on()
        else:
            self._restore()
        self.job = self.clock.set()
        if self.begin == len(self.planned.steps):
            # Cut off after its last step: only the end is missing.
            self._start(wait_for_go)
            return self._end(SessionState.DONE, "")
        try:
            driver = driver_of(self.job.driver)
            with driver.open(self.job, self.planned, self.profile, self.out, self.spec) as opened:
                if mark is not None:
                    opened.puppet.add_cookies(mark.cookies)
                self._start(wait_for_go)
                runner = self._runner(opened)
                runner.keep = lambda step: self._keep(opened, runner, step)
                way = WayOut(self.job, self.planned, self.store)
                state, detail = SessionState.FAILED, way.begin(opened.puppet)
                if not detail:
                    if mark is not None:
                        self._go_on(runner, mark)
                    detail = self._another_persona(opened) or self._nobody(opened)
                if not detail:
                    state, detail = self._work(runner, opened)
                if self.goes_on and self.job.pace.virtual and state is SessionState.DONE:
                    clock = opened.puppet.capture().client_time
                    self.store.update_turn(self.job.session, clock=clock)
                if state is SessionState.DONE:
                    detail = way.end(opened.puppet)
                opened.failed = self.missing > 0
        except BrowserError as failure:
            # The browser opened badly or broke while closing: what was filed stays.
            state, detail = SessionState.FAILED, str(failure)
        return self._end(state, detail)

    def _another_persona(self, opened: Opened) -> str:
        """Read back who the page sees before anything is done. Empty: who was planned."""
        if self.begin:
            return ""
        found = personacheck.look(opened.puppet, self.planned.persona)
        self.store.add_persona_checks(self.job.session, [check.row() for check in found])
        return personacheck.wrong(found)

    def _nobody(self, opened: Opened) -> str:
        """Why the puppet is not who it has to be: nobody is signed in; empty: it is."""
        if self.begin or not self.job.signed_in:
            return ""
        if self.spec.signed_in({str(one["name"]) for one in opened.puppet.cookies()}):
            return ""
        return (
            f"nobody is signed in at {self.job.site}: collector profiles open"
            f" {quote(self.job.puppet)} --site {quote(self.job.site)}, then run with --profiles"
        )

    def _start(self, wait_for_go: Callable[[], None]) -> None:
        """Stand at the barrier and pass it."""
        self._note(state=SessionState.READY, ready=datetime.now(UTC))
        self.say(EventKind.READY)
        wait_for_go()
        self.say(EventKind.STARTED, at=time.time(), again=self.begin > 0)
        now = datetime.now(UTC)
        if self.job.begins is not None and not self.job.pace.virtual:
            self.clock.is_late(datetime.fromisoformat(self.job.begins), now)
        first = {} if self.begin else {"started": now}
        self._note(state=SessionState.RUNNING, **first)

    def _end(self, state: SessionState, detail: str) -> SessionState:
        if state is SessionState.DONE:
            self._snapshot()
        detail = "; ".join([*self.snapshots.remarks, *([detail] if detail else [])])
        state = self.ledger.release(self.keeper.lease, state, detail)
        self.say(
            EventKind.CLOSED,
            state=state,
            detail=detail,
            captures=self.captures,
            missing=self.missing,
            kept=True,
        )
        return state

    def _note(self, **changes: Any) -> None:
        self.ledger.note(self.keeper.lease, **changes)

    def _runner(self, opened: Opened) -> StepRunner:
        puppet = opened.puppet
        versions = {"collector": __version__, "parser": self.spec.parser, "browser": opened.version}
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
            spec=self.spec,
        )

        def known() -> list[str]:
            return [self.profile.visitor_id, *(c["value"] for c in puppet.cookies())]

        runner: type[StepRunner] = self.spec.load("runner")
        return runner(
            puppet,
            opened.actions,
            filing,
            self.store,
            session=self.job.session,
            screenshots=self.out.screenshots,
            pacing=Pacing(
                puppet,
                politeness_s=self.job.politeness_s,
                stopped=self._stopped_within,
                progress=self._gets_on,
                **self._manners(),
            ),
            manners=self.job.manners,
            patterns=self.job.patterns,
            known=known,
            spacing=Spacing(self.store, self.job.puppet, self.job.session, self.job.spacing_s),
        )

    def _manners(self) -> dict[str, Callable[[], float]]:
        """When a page may be loaded, beyond the time between two."""
        told, zone = self.job.manners, self.planned.persona.timezone
        dice = random.Random(derive_seed(self.planned.seed, "politeness", self.begin))
        found: dict[str, Callable[[], float]] = {}
        if told.jitter_s:
            found["jitter"] = lambda: dice.uniform(0, told.jitter_s)
        if told.quiet is not None:
            quiet = Quiet.of(told.quiet)
            found["quiet_left"] = lambda: quiet.left_s(datetime.now(UTC), zone)
        return found

    def _unwelcome(self) -> str:
        """Why no more pages are loaded: a puppet of this run met a bot check; empty: none did."""
        if not self.job.manners.stop_on_bot_check:
            return ""
        since = to_iso(datetime.now(UTC) - BOT_CHECK_REST)
        rows = self.store.rows(
            "SELECT message FROM events WHERE kind = ? AND time >= ? LIMIT 1", [BOT_CHECK, since]
        )
        return next((f"stopped: {row['message']}" for row in rows), "")

    # ---- the steps

    def _work(self, runner: StepRunner, opened: Opened) -> tuple[SessionState, str]:
        steps = self.planned.steps
        for number in range(self.begin, len(steps)):
            step = steps[number]
            if self.stopped() and (self.cut() or page_wanted(steps[number:]) is None):
                runner.finish()
                self._mark(opened, number - 1, runner)
                return SessionState.INTERRUPTED, "interrupted"
            if unwelcome := self._unwelcome():
                runner.finish()
                return SessionState.FAILED, unwelcome
            self._replace_worn(opened, runner, step)
            following = steps[number + 1].kind if number + 1 < len(steps) else None
            try:
                self._step(runner, opened, step, following)
            except Interrupted:
                self._finish(step, StepResult(cut_off(step.kind), CUT_SHORT))
                runner.finish()
                self._mark(opened, number - 1, runner)
                return SessionState.INTERRUPTED, "interrupted"
            except BrowserError as failure:
                self._finish(step, StepResult(cut_off(step.kind), str(failure)))
                return SessionState.FAILED, str(failure)
            except ServerGone as failure:
                lost = cut_off(step.kind) if failure.begun else Outcome.SKIPPED
                self._finish(step, StepResult(lost, str(failure)))
                return SessionState.FAILED, str(failure)
            except (StoreFull, EvidenceDiskFull) as failure:
                # It happened, and what came of it could not be kept: a missing cell.
                with suppress(StoreFull):
                    self._finish(step, StepResult(Outcome.MISSING, failure.problem))
                raise
        runner.finish()
        return SessionState.DONE, ""

    def _step(
        self, runner: StepRunner, opened: Opened, step: PlannedStep, following: StepKind | None
    ) -> None:
        self.ledger.step_started(self.keeper.lease, step.index)
        self._doing, self._said = step, time.monotonic()
        self.say(
            EventKind.STEP_STARTED,
            index=step.index,
            total=len(self.planned.steps),
            what=in_words(step),
            limit_s=limit_s(step, self.job),
        )
        result = runner.run(step, following)
        if result.outcome is not Outcome.DONE and not self._answers():
            refused = step.kind is StepKind.VISIT and "refused" in result.detail.lower()
            raise ServerGone(self.job.site, begun=not refused)
        if self.job.pace.virtual and traits(step.kind).asked_s(step.args):
            self.clock.last = opened.puppet.capture().client_time
        self._mark(opened, step.index, runner)
        self._finish(step, result)
        self._cut_tape(step, opened)
        if step.index == 0:
            found = personacheck.look_for_position(opened.puppet, self.planned.persona)
            self.store.add_persona_checks(self.job.session, [check.row() for check in found])

    def _gets_on(self) -> None:
        """The step under way is not stuck: say so now and then, or the supervisor ends it."""
        step, now = self._doing, time.monotonic()
        if step is None or now - self._said < PROGRESS_EVERY_S:
            return
        self._said = now
        self.say(
            EventKind.STEP_PROGRESS,
            index=step.index,
            total=len(self.planned.steps),
            what=in_words(step),
            limit_s=STEP_LIMIT_S + self.job.politeness_s,
        )

    def _mark(self, opened: Opened, step: int, runner: StepRunner) -> None:
        """Keep where the puppet stands, should the session have to go on in another process."""
        cookies = opened.puppet.cookies()
        last = self.clock.last
        clock = None if last is None else last.isoformat()
        lost, came = (runner.lost.step, runner.lost.came) if runner.lost else (None, False)
        url, holds = opened.actions.url, runner.has_pending_capture
        mark = Checkpoint(self.job.session, step, url, holds, cookies, clock, lost, came)
        mark.write(self.profile.path)

    def _cut_tape(self, step: PlannedStep, opened: Opened) -> None:
        """The step's recording is whole; what is not in it goes into the event log."""
        kept = opened.tape.end_step(step.index) if opened.tape is not None else StepRecording()
        if kept.lack:
            self.store.log(
                self.job.run,
                "recording",
                kept.lack,
                level="warning",
                session=self.job.session,
                step=step.index,
                data={"bytes": kept.size},
            )

    def _answers(self) -> bool:
        """The site's server lives; of a site beyond this machine nothing is asked."""
        if not self.job.on_loopback or self.job.replay is not None:
            return True
        return answers(self.job.site)

    def _go_on(self, runner: StepRunner, mark: Checkpoint) -> None:
        """Take up where an earlier process was cut off."""
        runner.filing.go_on()
        runner.lost = None if mark.lost is None else Lost(mark.lost, mark.came)
        before = self.planned.steps[self.begin - 1]
        left = self.planned.steps[self.begin :]
        wanted = page_wanted(left)
        if wanted is None or mark.nowhere:
            return
        self.store.log(
            self.job.run,
            "reopened",
            f"{mark.url} was opened again for {wanted.kind}",
            session=self.job.session,
            step=wanted.index,
        )
        runner.reopen(mark.url, before, wanted.kind)

    def _stopped_within(self) -> bool:
        """Asked during a step. :raises LeaseLost: nothing more may be done here."""
        self.keeper.check()
        return self.cut()

    def _captured(self, filed: Filed) -> None:
        self.captures += 1
        self.say(
            EventKind.CAPTURED,
            page=filed.capture.kind,
            status=filed.capture.status,
            items=len(filed.observation.impressions),
        )

    def _finish(self, step: PlannedStep, result: StepResult) -> None:
        self.ledger.step_finished(self.keeper.lease, step.index, result.outcome, result.detail)
        if result.outcome is not Outcome.DONE:
            self.missing += 1
        self.say(
            EventKind.STEP_FINISHED,
            index=step.index,
            total=len(self.planned.steps),
            outcome=result.outcome,
            detail=result.detail,
        )

    # ---- snapshots

    def _restore(self) -> None:
        """Begin from what the puppet's last good session left; a replay, from what its original
        began from."""
        if self.job.replay is not None:
            if self.job.snapshot is not None:
                snapshot.restore(Path(self.job.snapshot), self.profile.state_dir)
            return
        if before := self.snapshots.begin():
            self._note(snapshot_before=before)

    def _snapshot(self) -> None:
        self._note(snapshot_after=self.snapshots.take().hash)

    def _keep(self, opened: Opened, runner: StepRunner, step: PlannedStep) -> StepResult:
        """Keep the puppet as it is now, and go on with it on a blank page."""
        taken: list[Snapshot] = []
        self._relaunch(
            opened,
            runner,
            lambda: taken.append(self.snapshots.take_locked(step.index, step.args["name"])),
        )
        return StepResult(Outcome.DONE, f"{taken[0].hash[:12]}, {taken[0].size} bytes")

    def _relaunch(
        self, opened: Opened, runner: StepRunner, while_closed: Callable[[], None]
    ) -> None:
        runner.finish()
        opened.relaunch(while_closed)
        runner.actions = opened.actions

    def _replace_worn(self, opened: Opened, runner: StepRunner, step: PlannedStep) -> None:
        """A browser that had too many pages or uses too much memory is replaced before a step that
        leaves its page anyway; before others its garbage is collected."""
        if traits(step.kind).closes_page or not (why := opened.relaunch_reason()):
            return
        if not brings_its_page(step):
            opened.collect_garbage()
            return
        self._relaunch(opened, runner, lambda: None)
        self.store.log(
            self.job.run,
            "relaunched",
            f"the browser was replaced after {why}",
            session=self.job.session,
            step=step.index,
        )
