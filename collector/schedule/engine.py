"""Carry out a schedule: open the browsers of a block, start them together, record what is lost.

Protects two rules: a session that fails never takes the run with it (its remaining cells are
missing, and that is on record), and an interruption ends every process that was started and keeps
every capture that was made. Nothing is run late in silence: a session that missed its slot, or
whose puppet lost an earlier one, is on record as skipped.
"""

from __future__ import annotations

import queue
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from collector import posix
from collector.common.errors import UserError
from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.contract.progress import Event, EventKind
from collector.ledger.lease import end_session
from collector.schedule import supervised
from collector.schedule.barrier import Block, Schedule
from collector.schedule.clockwatch import ClockWatch
from collector.schedule.display import Display
from collector.schedule.supervised import Ended, Garbled, Message, Supervised, Worker
from collector.schedule.turns import Turns, too_far
from collector.schedule.unsaid import ended_by_itself, is_silent
from collector.store import SessionState, Store
from collector.store.leases import revoke

READY_TIMEOUT_S = 180.0
"""From the start of a process to its browser standing ready; a cold start on a busy machine."""
STOP_GRACE_S = 8.0
"""What a session gets after an interruption to come to a place where it can go on later."""
CUT_GRACE_S = 3.0
"""What it gets then to close its browser."""
_TICK_S = 1.0


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class EngineResult:
    """What became of the sessions."""

    states: dict[str, SessionState] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    interrupted: bool = False
    next_due: datetime | None = None
    """When the next wave begins, if the run ended to wait for it; its sessions stay planned."""
    fatal: UserError | None = None
    """What ended the run before its time, if it was not the person who runs it."""


class _RunOver(Exception):
    """Something has happened that no session of the run can do without."""

    def __init__(self, why: UserError) -> None:
        super().__init__(why.problem)
        self.why = why


@dataclass
class _Open:
    """A session under way."""

    worker: Worker
    block: Block
    opened: float
    deadline: float | None
    """Monotonic seconds at which it is stuck for certain; ``None``: it waits at the barrier."""
    closed: Event | None = None
    verdict: str = ""
    """Why we ended it, if we did."""


class Engine:
    """Runs the jobs of one schedule. One object, one run."""

    def __init__(
        self,
        jobs: Mapping[str, SessionJob],
        schedule: Schedule,
        *,
        out: RunDir,
        store: Store,
        display: Display,
        labels: Mapping[str, tuple[str, int]],
        command: Sequence[str] | None = None,
        ready_timeout_s: float = READY_TIMEOUT_S,
        stop_grace_s: float = STOP_GRACE_S,
        on_failure: str = "skip",
        now: Callable[[], datetime] = _now,
        tick_s: float = _TICK_S,
        trouble: Callable[[], UserError | None] = lambda: None,
        pass_fds: Sequence[int] = (),
        on_process: Callable[[str, int], None] = lambda session, pid: None,
        start: Callable[[SessionJob, queue.Queue[Message], Path], Worker] | None = None,
    ) -> None:
        """``labels``: session → what to call it and how many steps it has. ``on_failure``: whether
        a puppet's later sessions are left out (``skip``) or taken (``continue``) after one that
        failed; after one that was contaminated they are always left out. ``trouble``: asked again
        and again; what it answers ends the run. ``pass_fds``: kept open in every session's process.
        ``on_process``: told the session and the number of every process that is started.
        ``start``: starts a session, given its job, the inbox and a file for its log, elsewhere than
        in a process of this machine.
        """
        self.jobs = jobs
        self.schedule = schedule
        self.out = out
        self.store = store
        self.display = display
        self.labels = labels
        self.command = command or supervised.WORKER
        self.ready_timeout_s = ready_timeout_s
        self.stop_grace_s = stop_grace_s
        self.on_failure = on_failure
        self.now = now
        self.tick_s = tick_s
        self.trouble = trouble
        self.pass_fds = pass_fds
        self.on_process = on_process
        self.start = start or self._process
        self.inbox: queue.Queue[Message] = queue.Queue()
        self.open: dict[str, _Open] = {}
        self.result = EngineResult(blocks=schedule.blocks)
        self._clock = ClockWatch()
        self._turns = Turns(store, jobs, on_failure)

    def run(self) -> EngineResult:
        """Work through the schedule. Ctrl-C ends it early; the result says so."""
        waiting = list(self.schedule.blocks)
        left = [session for block in waiting for session in block.members_left]
        self.display.expect(len(left), sum(self.labels[session][1] for session in left))
        try:
            while waiting or self.open:
                while waiting and self._turn(waiting[0]):
                    block = waiting.pop(0)
                    if block.members_left:
                        self._start(block)
                if not self.open and waiting and too_far(waiting[0], self.now()):
                    self.result.next_due = waiting[0].due
                    return self.result
                if waiting or self.open:
                    self._listen()
                self._watch()
        except KeyboardInterrupt:
            self.result.interrupted = True
            self.display.say("interrupted: closing the browsers, keeping what was captured")
        except (_RunOver, UserError) as end:
            why = end.why if isinstance(end, _RunOver) else end
            self.result.interrupted = True
            self.result.fatal = why
            self.display.say(f"the run ends: {why.problem}")
        except BaseException:
            self._stop_all()
            raise
        # Not before the exception is gone: a read that it cut off would lie in its frames and hold
        # the store as it was, and nobody may write over what was written since.
        if self.result.interrupted:
            self._stop_all()
        for block in waiting:
            for session in block.members_left:
                with self._nothing_lost():
                    self._record(session, SessionState.INTERRUPTED, "the run ended before its turn")
        return self.result

    # ---- starting

    def _turn(self, block: Block) -> bool:
        """May the block be opened now? What of it has been lost meanwhile is put on record."""
        if any(before in self.open for before in block.after.values()):
            return False
        for session in block.members_left:
            if reason := self._turns.lost_before(session, block.after.get(session)):
                self._skip(block, session, reason)
        now = self.now()
        if block.due is not None and now < block.due:
            if not self.open:
                self.display.wait_for(block.due, now)
            return False
        for session, reason in self._turns.missed(block, now):
            self._skip(block, session, reason)
        return self._fits(block)

    def _skip(self, block: Block, session: str, reason: str) -> None:
        block.lost.add(session)
        self.display.say(f"{self.labels[session][0]}: {reason}")
        self._record(session, SessionState.SKIPPED, reason)

    def _fits(self, block: Block) -> bool:
        left = len(block.members_left)
        return len(self.open) + left <= max(self.schedule.workers, left)

    def _start(self, block: Block) -> None:
        for session in block.members_left:
            label, steps = self.labels[session]
            self.display.add(session, label, steps)
            log = self.out.logs / f"{session}.log"
            worker = self.start(self.jobs[session], self.inbox, log)
            now = time.monotonic()
            deadline = now + self.ready_timeout_s + worker.returns_s
            self.open[session] = _Open(worker, block, now, deadline)

    def _process(self, job: SessionJob, inbox: queue.Queue[Message], log: Path) -> Worker:
        worker = Supervised(job, inbox, log, command=self.command, pass_fds=self.pass_fds)
        self.on_process(job.session, worker.pid)
        return worker

    # ---- listening

    def _listen(self) -> None:
        """Take what has arrived; wait a little for the first."""
        try:
            message = self.inbox.get(timeout=self.tick_s)
        except queue.Empty:
            return
        while True:
            self._take(message)
            try:
                message = self.inbox.get_nowait()
            except queue.Empty:
                return

    def _take(self, message: Message) -> None:
        held = self.open.get(message.session)
        if held is None:
            return
        match message:
            case Garbled(session, line):
                self.display.say(
                    f"{self.labels[session][0]} said what is not an event: {line[:200]}"
                )
            case Ended(session, code):
                self._ended(session, held, code)
            case Event():
                self._event(held, message)

    def _event(self, held: _Open, event: Event) -> None:
        now = time.monotonic() + held.worker.returns_s
        match event.kind:
            case EventKind.READY:
                held.deadline = None
                held.block.ready.add(event.session)
                self._open_barrier(held.block)
            case EventKind.STARTED:
                held.deadline = now + self.ready_timeout_s
                if event.data.get("again"):  # its start is on record, from before it was cut off
                    held.block.lost.add(event.session)
                else:
                    held.block.started[event.session] = float(event.data["at"])
                self._keep_skew(held.block)
            case EventKind.STEP_STARTED:
                held.deadline = now + float(event.data["limit_s"])
            case EventKind.STEP_PROGRESS:
                held.deadline = max(held.deadline or now, now + float(event.data["limit_s"]))
            case EventKind.STEP_FINISHED:
                held.deadline = now + self.ready_timeout_s
            case EventKind.CLOSED:
                held.closed = event
                held.deadline = now + self.ready_timeout_s
            case _:
                pass
        # Last: who reads it may interrupt the run at once, and the fact must be kept by then.
        self.display.show(event)

    def _open_barrier(self, block: Block) -> None:
        if not block.may_go:
            return
        block.gone = True
        for session in block.members:
            if session in block.ready and session in self.open:
                self.open[session].worker.tell("go")

    def _keep_skew(self, block: Block) -> None:
        if not block.complete:
            return
        for session in block.started:
            self.store.update_session(session, skew_ms=block.skew_of_ms(session))

    # ---- ending

    def _ended(self, session: str, held: _Open, code: int) -> None:
        held.worker.join(5)
        del self.open[session]
        if session not in held.block.started:
            held.block.lost.add(session)
            self._open_barrier(held.block)
        self._keep_skew(held.block)
        told = held.closed.data if held.closed is not None and not held.verdict else {}
        if told.get("kept"):
            self._known(session, SessionState(told["state"]), str(told.get("detail") or ""))
            return
        if told:
            reason, state = str(told.get("detail") or ""), SessionState(told["state"])
        elif by_itself := ended_by_itself(self.store, session):
            self._known(session, *by_itself)
            return
        elif self.result.interrupted:
            reason, state = "interrupted", SessionState.INTERRUPTED
        else:
            how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
            reason = held.verdict or f"worker exited unexpectedly ({how})"
            reason += f"; see logs/{session}.log"
            state = SessionState.FAILED
        state = self._record(session, state, reason)
        if not told:
            self.display.show(Event(EventKind.CLOSED, session, {"state": state, "detail": reason}))
        if (fatal := told.get("fatal")) and not self.result.interrupted:
            raise _RunOver(UserError(fatal["problem"], place=fatal["place"], fix=fatal["fix"]))

    def _record(self, session: str, state: SessionState, detail: str) -> SessionState:
        """Put the end of a session on record that did not do so itself; answers what it is."""
        with self.store.transaction():
            revoke(self.store, session)
            state = end_session(self.store, session, state, detail)
        self._known(session, state, detail)
        return state

    def _known(self, session: str, state: SessionState, detail: str) -> None:
        self.result.states[session] = state
        if detail:
            self.result.details[session] = detail

    def _watch(self) -> None:
        """End sessions that are stuck beyond doubt, and the run when it cannot go on."""
        if (why := self.trouble()) is not None:
            raise _RunOver(why)
        self._heed_clock()
        now = time.monotonic()
        for session, held in self.open.items():
            if held.verdict:
                continue
            if not held.worker.returns_s and is_silent(self.store, session):
                held.verdict = "its lease ran out, ended by the supervisor"
            elif held.deadline is not None and now >= held.deadline:
                what = "a step" if session in held.block.started else "opening its browser"
                held.verdict = f"stuck in {what}, ended by the supervisor"
            else:
                continue
            self.display.say(f"{self.labels[session][0]}: {held.verdict}")
            held.worker.signal(posix.KILL)

    def _heed_clock(self) -> None:
        """Say it once when the machine's clock was moved: what is on record has a step in it."""
        if not (said := self._clock.moved()):
            return
        self.display.say(f"warning: {said}")
        for run in self.store.runs():
            self.store.log(run["id"], "clock", said, level="warning")

    def _stop_all(self) -> None:
        """Ask every session to stop, then insist; nothing that was started is left behind."""
        cut_grace_s = min(self.stop_grace_s, CUT_GRACE_S)
        for word, number, patience in (
            ("stop", None, self.stop_grace_s),
            ("cut", None, cut_grace_s),
            ("", signal.SIGTERM, cut_grace_s),
        ):
            for held in self.open.values():
                if number is None:
                    held.worker.tell(word)
                else:
                    held.worker.signal(number)
            until = time.monotonic() + patience
            while self.open and (left := until - time.monotonic()) > 0:
                try:
                    message = self.inbox.get(timeout=left)
                except (queue.Empty, KeyboardInterrupt):
                    break
                with self._nothing_lost():
                    self._take(message)
        for held in self.open.values():
            held.worker.signal(posix.KILL)
        while self.open:
            message = self.inbox.get(timeout=30)
            with self._nothing_lost():
                self._take(message)

    @contextmanager
    def _nothing_lost(self) -> Iterator[None]:
        """While the run ends, a record that cannot be kept must not keep a process alive; resuming
        closes what is left open."""
        try:
            yield
        except (_RunOver, UserError) as error:
            why = error.why if isinstance(error, _RunOver) else error
            self.result.fatal = self.result.fatal or why
