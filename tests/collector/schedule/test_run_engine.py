"""The supervisor, with processes that only speak the progress protocol in place of browsers."""

from __future__ import annotations

import signal
import sys
import threading

import psutil
from alive import lives

from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.contract.progress import Event, EventKind
from collector.schedule.barrier import schedule
from collector.schedule.display import QuietDisplay
from collector.schedule.engine import Engine, EngineResult
from collector.store import SessionState, Store

#: Speaks the protocol; what it does is the session's name.
ACTOR = r"""
import json, os, signal, sys, time
job = json.loads(sys.stdin.readline())
name = job["session"]
part = name.split("-")[0]
def say(kind, **data):
    print(json.dumps({"kind": kind, "session": name, **data}), flush=True)
if part == "stillborn":
    sys.exit(3)
say("ready")
line = sys.stdin.readline()
if line.strip() == "stop":
    say("closed", state="interrupted", detail="interrupted", captures=0, missing=0)
    sys.exit(0)
say("started", at=time.time())
if part == "garbled":
    print("hello from a library", flush=True)
from collector.store import Store
store = Store(__import__("pathlib").Path(job["out"]) / "store.db")
store.step_started(name, 0)
began = dict(index=0, total=2, what="watch", limit_s={"stuck": 0.2, "long": 1}.get(part, 60))
if part == "long":  # it gets on, and is done half a second after its first limit
    both = (("step-started", began), ("step-progress", dict(began, what="scroll", limit_s=60)))
    lines = [json.dumps({"kind": kind, "session": name, **data}) for kind, data in both]
    print(*lines, sep=chr(10), flush=True)
    __import__("threading").Event().wait(1.5)
else:
    say("step-started", **began)
if part == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
if part in ("stuck", "endless"):
    if part == "endless":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = os.fork()
    while True:
        signal.pause()
if part == "polite":
    sys.stdin.readline()
    store.step_finished(name, 0, "done")
    store.step_finished(name, 1, "skipped", "interrupted")
    store.update_session(name, state="interrupted")
    say("closed", state="interrupted", detail="interrupted", captures=0, missing=0)
    sys.exit(0)
for step in (0, 1):
    if step:
        store.step_started(name, step)
    store.step_finished(name, step, "done")
    say("step-finished", index=step, total=2, outcome="done")
store.update_session(name, state="done")
say("closed", state="done", captures=1, missing=0)
"""


class Recorder(QuietDisplay):
    """Keeps what it was shown; can act on a kind of event."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.said: list[str] = []
        self.on: dict[EventKind, threading.Event] = {}

    def show(self, event: Event) -> None:
        self.events.append(event)
        if event.kind in self.on:
            self.on[event.kind].set()

    def say(self, text: str) -> None:
        self.said.append(text)


def engine(
    out: RunDir,
    store: Store,
    blocks: list[list[str]],
    display: Recorder,
    workers: int | None = None,
) -> Engine:
    for number, names in enumerate(blocks, 1):
        for place, name in enumerate(names):
            store.add_puppet(f"p-{name}", run="r", arm="a", twin=1, block=number)
            store.add_session(name, run="r", puppet=f"p-{name}", block=number, position=place)
            for step in (0, 1):
                store.step_planned(name, step, kind="watch")
    sessions = [(name, number) for number, names in enumerate(blocks, 1) for name in names]
    actor = out.root / "actor.py"
    actor.write_text(ACTOR)
    return Engine(
        {
            name: SessionJob("r", out.root, name, f"p-{name}", "http://127.0.0.1:9", True)
            for name, _ in sessions
        },
        schedule(sessions, workers),
        out=out,
        store=store,
        display=display,
        labels={name: (name, 2) for name, _ in sessions},
        command=(sys.executable, str(actor)),
        ready_timeout_s=60,
        stop_grace_s=0.5,
    )


def outcomes(store: Store, session: str) -> list[str]:
    return [step["outcome"] for step in store.steps(session)]


def test_every_block_starts_together_and_its_skew_is_kept(out: RunDir, store: Store) -> None:
    result = engine(out, store, [["good-1", "good-2"], ["good-3", "good-4"]], Recorder()).run()
    assert set(result.states.values()) == {SessionState.DONE}
    assert not result.interrupted
    skews = {row["id"]: row["skew_ms"] for row in store.sessions()}
    for pair in (("good-1", "good-2"), ("good-3", "good-4")):
        first, second = sorted(skews[one] for one in pair)
        assert first == 0 <= second


def test_a_block_does_not_start_before_all_its_members_are_ready(out: RunDir, store: Store) -> None:
    shown = Recorder()
    engine(out, store, [["good-1", "good-2", "good-3"]], shown).run()
    kinds = [e.kind for e in shown.events if e.kind in (EventKind.READY, EventKind.STARTED)]
    assert kinds[:3] == [EventKind.READY] * 3
    assert kinds[3:] == [EventKind.STARTED] * 3


def test_a_session_that_never_opened_does_not_hold_up_its_block(out: RunDir, store: Store) -> None:
    result = engine(out, store, [["stillborn-1", "good-1"]], Recorder()).run()
    assert result.states == {"stillborn-1": SessionState.FAILED, "good-1": SessionState.DONE}
    assert "exit code 3" in result.details["stillborn-1"]
    assert outcomes(store, "stillborn-1") == ["skipped", "skipped"]


def test_a_killed_session_is_contaminated_and_the_run_goes_on(out: RunDir, store: Store) -> None:
    result = engine(out, store, [["killed-1", "good-1"], ["good-2"]], Recorder()).run()
    assert result.states["killed-1"] is SessionState.CONTAMINATED
    assert result.states["good-1"] is result.states["good-2"] is SessionState.DONE
    assert outcomes(store, "killed-1") == ["contaminated", "skipped"]
    assert "SIGKILL" in store.steps("killed-1")[1]["detail"]


def test_a_stuck_step_is_ended_by_the_supervisor(out: RunDir, store: Store) -> None:
    shown = Recorder()
    result = engine(out, store, [["stuck-1", "good-1"]], shown).run()
    assert result.states["stuck-1"] is SessionState.CONTAMINATED
    assert "stuck in a step" in result.details["stuck-1"]
    assert any("stuck" in line for line in shown.said)


def test_a_long_step_that_gets_on_is_left_alone(out: RunDir, store: Store) -> None:
    """Each word of it begins its limit anew."""
    shown = Recorder()
    result = engine(out, store, [["long-1"]], shown).run()
    assert result.states == {"long-1": SessionState.DONE}
    assert EventKind.STEP_PROGRESS in [event.kind for event in shown.events]


def test_what_is_no_event_is_said_and_harms_nothing(out: RunDir, store: Store) -> None:
    shown = Recorder()
    result = engine(out, store, [["garbled-1"]], shown).run()
    assert result.states["garbled-1"] is SessionState.DONE
    assert any("hello from a library" in line for line in shown.said)


def test_a_read_that_ctrl_c_cuts_off_does_not_lock_the_store(out: RunDir, store: Store) -> None:
    """The rows it had not read yet would hold the store as it was, and SQLite lets nobody write
    over what others have written since: a session that ends would not be kept."""
    shown = Recorder()
    shown.on[EventKind.STEP_STARTED] = threading.Event()

    def cut_off() -> None:
        if not shown.on[EventKind.STEP_STARTED].is_set():
            return
        read = store.rows("SELECT * FROM steps")
        next(read)
        with Store(out.store) as other:
            other.log("r", "note", "written meanwhile")
        raise KeyboardInterrupt

    made = engine(out, store, [["polite-1"], ["good-1"]], shown, workers=1)
    made.trouble = cut_off  # type: ignore[assignment]
    result = made.run()
    assert result.interrupted
    assert result.fatal is None
    assert {row["id"]: row["state"] for row in store.sessions()} == {
        "polite-1": SessionState.INTERRUPTED,
        "good-1": SessionState.INTERRUPTED,
    }


def interrupted(made: Engine, shown: Recorder) -> EngineResult:
    """Run and press Ctrl-C once the first step is under way."""
    begun = shown.on[EventKind.STEP_STARTED] = threading.Event()

    def press() -> None:
        begun.wait(60)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    presser = threading.Thread(target=press)
    presser.start()
    try:
        return made.run()
    finally:
        presser.join()


def test_ctrl_c_lets_a_session_finish_its_step(out: RunDir, store: Store) -> None:
    shown = Recorder()
    made = engine(out, store, [["polite-1"], ["good-1"]], shown, workers=1)
    result = interrupted(made, shown)
    assert result.interrupted
    assert result.states["polite-1"] is SessionState.INTERRUPTED
    assert outcomes(store, "polite-1") == ["done", "skipped"]
    assert result.states["good-1"] is SessionState.INTERRUPTED
    assert outcomes(store, "good-1") == ["skipped", "skipped"]


def test_ctrl_c_ends_a_session_that_will_not_stop_with_all_its_children(
    out: RunDir, store: Store
) -> None:
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    shown = Recorder()
    result = interrupted(engine(out, store, [["endless-1"]], shown), shown)
    assert result.states["endless-1"] is SessionState.CONTAMINATED
    assert outcomes(store, "endless-1") == ["contaminated", "skipped"]
    left = [p for p in psutil.Process().children(recursive=True) if p.pid not in before]
    assert [p for p in left if lives(p)] == []
    actors = [
        p.pid
        for p in psutil.process_iter(["cmdline"])
        if str(out.root / "actor.py") in (p.info["cmdline"] or []) and lives(p)
    ]
    assert actors == []
