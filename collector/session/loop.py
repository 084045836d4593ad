"""The steps of one session, one after the other, and what is written down of each.

Protects the rule that every step is planned → started → finished in the ledger, in that order,
whatever ends it: an interruption, a browser that broke, a site that is gone, a disk that is full.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from collector.browser import BrowserError
from collector.browser.snapshot import Snapshot
from collector.contract.job import SessionJob
from collector.contract.progress import EventKind
from collector.drivers.base import Opened
from collector.evidence import EvidenceDiskFull
from collector.ledger.checkpoint import Checkpoint
from collector.ledger.ledger import CUT_SHORT, cut_off
from collector.ledger.resume_point import brings_its_page, page_wanted
from collector.liveness import answers
from collector.recording.steps import StepRecorder, StepRecording
from collector.scenario.plan import PlannedStep
from collector.scenario.steps import StepKind
from collector.scenario.verb import traits
from collector.session import personacheck
from collector.session.context import Context
from collector.session.describe import PROGRESS_EVERY_S, STEP_LIMIT_S, in_words, limit_s
from collector.session.filing import Filed
from collector.session.pacing import Interrupted
from collector.session.results import Lost, StepResult
from collector.session.runners import runner_of
from collector.session.steps import BOT_CHECK
from collector.store import Outcome, SessionState, Store, StoreFull, to_iso

#: How long a site is left alone after it has asked whether this is a bot.
BOT_CHECK_REST = timedelta(hours=1)


class ServerGone(Exception):
    """The site does not answer any more. ``begun``: the step may have had its effect."""

    def __init__(self, site: str, *, begun: bool) -> None:
        super().__init__(f"nothing answers at {site} any more")
        self.begun = begun


class StepLoop:
    """Does the steps of a session in the browser that was opened for it."""

    def __init__(self, context: Context, opened: Opened) -> None:
        self.context = context
        self.opened = opened
        self.runner = runner_of(
            context,
            opened,
            captured=self._captured,
            stopped=self._stopped_within,
            progress=self._gets_on,
            keep=self._keep,
        )
        self.runner.watch_begins = self._watch_begins
        self._doing: PlannedStep | None = None
        self._began: datetime | None = None
        """What the page's clock showed when the step under way began."""
        self._watch: dict[str, datetime] = {}
        """What the clocks showed when its watch began."""
        self._said = 0.0

    def work(self) -> tuple[SessionState, str]:
        """Do what is left of the steps; answers how the session ends, and why."""
        steps = self.context.planned.steps
        for number in range(self.context.begin, len(steps)):
            step = steps[number]
            if self.context.stopped() and (
                self.context.cut() or page_wanted(steps[number:]) is None
            ):
                self.runner.finish()
                self._mark(number - 1)
                return SessionState.INTERRUPTED, "interrupted"
            if unwelcome := self._unwelcome():
                self.runner.finish()
                return SessionState.FAILED, unwelcome
            self._replace_worn(step)
            following = steps[number + 1].kind if number + 1 < len(steps) else None
            try:
                self._step(step, following)
            except Interrupted:
                self._finish(step, StepResult(cut_off(step.kind), CUT_SHORT))
                self.runner.finish()
                self._mark(number - 1)
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
        self.runner.finish()
        return SessionState.DONE, ""

    def _step(self, step: PlannedStep, following: StepKind | None) -> None:
        self.context.ledger.step_started(self.context.keeper.lease, step.index)
        self._doing, self._said = step, time.monotonic()
        self._began, self._watch = self.opened.puppet.now(), {}
        self.context.say(
            EventKind.STEP_STARTED,
            index=step.index,
            total=len(self.context.planned.steps),
            what=in_words(step),
            limit_s=limit_s(step, self.context.job),
        )
        result = self.runner.run(step, following)
        if result.outcome is not Outcome.DONE and not self._answers():
            refused = step.kind is StepKind.VISIT and "refused" in result.detail.lower()
            raise ServerGone(self.context.job.site, begun=not refused)
        if self.context.job.pace.virtual and traits(step.kind).asked_s(step.args):
            self.context.clock.last = self.opened.puppet.capture().client_time
        self._mark(step.index)
        self._finish(step, result)
        end_recording(self.context.store, self.context.job, step, self.opened.tape)
        if step.index == 0:
            found = personacheck.look_for_position(self.opened.puppet, self.context.planned.persona)
            self.context.store.add_persona_checks(
                self.context.job.session, [check.row() for check in found]
            )

    def _unwelcome(self) -> str:
        """Why no more pages are loaded: a puppet of this run met a bot check; empty: none did."""
        if not self.context.job.manners.stop_on_bot_check:
            return ""
        since = to_iso(datetime.now(UTC) - BOT_CHECK_REST)
        rows = self.context.store.rows(
            "SELECT message FROM events WHERE kind = ? AND time >= ? LIMIT 1", [BOT_CHECK, since]
        )
        return next((f"stopped: {row['message']}" for row in rows), "")

    def _gets_on(self) -> None:
        """The step under way is not stuck: say so now and then, or the supervisor ends it."""
        step, now = self._doing, time.monotonic()
        if step is None or now - self._said < PROGRESS_EVERY_S:
            return
        self._said = now
        self.context.say(
            EventKind.STEP_PROGRESS,
            index=step.index,
            total=len(self.context.planned.steps),
            what=in_words(step),
            limit_s=STEP_LIMIT_S + self.context.job.politeness_s,
        )

    def _mark(self, step: int) -> None:
        """Keep where the puppet stands, should the session have to go on in another process."""
        cookies = self.opened.puppet.cookies()
        last = self.context.clock.last
        clock = None if last is None else last.isoformat()
        lost, came = (
            (self.runner.lost.step, self.runner.lost.came) if self.runner.lost else (None, False)
        )
        url, holds = self.opened.actions.url, self.runner.has_pending_capture
        mark = Checkpoint(self.context.job.session, step, url, holds, cookies, clock, lost, came)
        mark.write(self.context.profile.path)

    def _answers(self) -> bool:
        """The site's server lives; of a site beyond this machine nothing is asked."""
        if not self.context.job.on_loopback or self.context.job.replay is not None:
            return True
        return answers(self.context.job.site)

    def go_on(self, mark: Checkpoint) -> None:
        """Take up where an earlier process was cut off."""
        self.runner.filing.go_on()
        self.runner.lost = None if mark.lost is None else Lost(mark.lost, mark.came)
        before = self.context.planned.steps[self.context.begin - 1]
        left = self.context.planned.steps[self.context.begin :]
        wanted = page_wanted(left)
        if wanted is None or mark.nowhere:
            return
        self.context.store.log(
            self.context.job.run,
            "reopened",
            f"{mark.url} was opened again for {wanted.kind}",
            session=self.context.job.session,
            step=wanted.index,
        )
        self.runner.reopen(mark.url, before, wanted.kind)

    def _stopped_within(self) -> bool:
        """Asked during a step. :raises LeaseLost: nothing more may be done here."""
        self.context.keeper.check()
        return self.context.cut()

    def _captured(self, filed: Filed) -> None:
        self.context.captures += 1
        self.context.say(
            EventKind.CAPTURED,
            page=filed.capture.kind,
            status=filed.capture.status,
            items=len(filed.observation.impressions),
        )

    def _watch_begins(self) -> None:
        self._watch = {"watch_began": self.opened.puppet.now(), "watch_wall": datetime.now(UTC)}

    def _finish(self, step: PlannedStep, result: StepResult) -> None:
        if self._began is not None and self._doing is step:
            with suppress(StoreFull):  # the ledger's own line will tell it
                self.context.store.add_clock(
                    self.context.job.session,
                    step.index,
                    began=self._began,
                    ended=self.opened.puppet.now(),
                    **self._watch,
                )
        self.context.ledger.step_finished(
            self.context.keeper.lease, step.index, result.outcome, result.detail
        )
        if result.outcome is not Outcome.DONE:
            self.context.missing += 1
        self.context.say(
            EventKind.STEP_FINISHED,
            index=step.index,
            total=len(self.context.planned.steps),
            outcome=result.outcome,
            detail=result.detail,
        )

    def _keep(self, step: PlannedStep) -> StepResult:
        """Keep the puppet as it is now, and go on with it on a blank page."""
        taken: list[Snapshot] = []
        self._relaunch(
            lambda: taken.append(self.context.snapshots.take_locked(step.index, step.args["name"])),
        )
        return StepResult(Outcome.DONE, f"{taken[0].hash[:12]}, {taken[0].size} bytes")

    def _relaunch(self, while_closed: Callable[[], None]) -> None:
        self.runner.finish()
        self.opened.relaunch(while_closed)
        self.runner.actions = self.opened.actions

    def _replace_worn(self, step: PlannedStep) -> None:
        """A browser that had too many pages or uses too much memory is replaced before a step that
        leaves its page anyway; before others its garbage is collected."""
        if traits(step.kind).closes_page or not (why := self.opened.relaunch_reason()):
            return
        if not brings_its_page(step):
            self.opened.collect_garbage()
            return
        self._relaunch(lambda: None)
        self.context.store.log(
            self.context.job.run,
            "relaunched",
            f"the browser was replaced after {why}",
            session=self.context.job.session,
            step=step.index,
        )


def end_recording(
    store: Store, job: SessionJob, step: PlannedStep, tape: StepRecorder | None
) -> None:
    """The step's recording is whole; what is not in it goes into the event log."""
    kept = tape.end_step(step.index) if tape is not None else StepRecording()
    if kept.lack:
        store.log(
            job.run,
            "recording",
            kept.lack,
            level="warning",
            session=job.session,
            step=step.index,
            data={"bytes": kept.size},
        )
