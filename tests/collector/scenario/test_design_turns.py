"""The sessions of a puppet in their order: waiting until one is due, missed slots, losses."""

from __future__ import annotations

import io
import signal
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.ledger.ledger import enter_plan
from collector.run.manifest import skew
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import Plan, make_plan
from collector.schedule.barrier import Schedule, schedule_of
from collector.schedule.display import LiveDisplay, PlainDisplay, QuietDisplay, waiting
from collector.schedule.engine import Engine
from collector.store import SessionState, Store

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

#: Speaks the protocol and does nothing; sessions whose id is listed end as that says.
ACTOR = r"""
import json, sqlite3, sys, time
job = json.loads(sys.stdin.readline())
ends = json.loads(%r)
def say(kind, **data):
    print(json.dumps({"kind": kind, "session": job["session"], **data}), flush=True)
say("ready")
if sys.stdin.readline().strip() == "go":
    say("started", at=time.time())
    state = ends.get(job["session"], "done")
else:
    state = "interrupted"
with sqlite3.connect(job["out"] + "/store.db", timeout=60) as store:
    store.execute("UPDATE sessions SET state = ? WHERE id = ?", (state, job["session"]))
say("closed", state=state, detail="" if state == "done" else "as told", captures=0, missing=0)
"""


class Watch:
    """A clock that moves on by itself each time it is read, so that nobody really waits."""

    def __init__(self, step: timedelta = timedelta(minutes=20)) -> None:
        self.time = START
        self.step = step

    def __call__(self) -> datetime:
        self.time += self.step
        return self.time


class Recorder(QuietDisplay):
    def __init__(self) -> None:
        self.waits: list[tuple[datetime, datetime]] = []
        self.opened: list[str] = []
        self.said: list[str] = []
        self.waiting = threading.Event()

    def add(self, session: str, label: str, steps: int) -> None:
        self.opened.append(session)

    def say(self, text: str) -> None:
        self.said.append(text)

    def wait_for(self, due: datetime, now: datetime) -> None:
        self.waits.append((due, now))
        self.waiting.set()


def plan(**keys: Any) -> Plan:
    arms = {"one": {"steps": [{"visit": "home"}]}, "two": {"steps": [{"visit": "home"}]}}
    persona = {"locale": "en-GB", "timezone": "Europe/London"}
    return make_plan(parse_scenario({"name": "t", "persona": persona, "arms": arms, **keys}))


def engine(
    out: RunDir,
    store: Store,
    made: Plan,
    display: Recorder,
    *,
    order: Schedule | None = None,
    ends: str = "{}",
    now: Any = None,
    on_failure: str = "skip",
) -> Engine:
    enter_plan(store, "r", made, {}, START)
    actor = out.root / "actor.py"
    actor.write_text(ACTOR % ends)
    return Engine(
        {
            s.id: SessionJob("r", out.root, s.id, s.puppet, "http://127.0.0.1:9", True)
            for s in made.sessions
        },
        order or schedule_of(made, started=START),
        out=out,
        store=store,
        display=display,
        labels={s.id: (s.id, len(s.steps)) for s in made.sessions},
        command=(sys.executable, "-S", str(actor)),
        on_failure=on_failure,
        now=now or Watch(),
        tick_s=0.01,
    )


def test_a_slot_is_waited_for_with_no_browser_open(out: RunDir, store: Store) -> None:
    shown, clock = Recorder(), Watch()
    made = plan(sessions="2 a day at :30")
    result = engine(out, store, made, shown, now=clock).run()
    assert set(result.states.values()) == {SessionState.DONE}
    first, second = START + timedelta(minutes=30), START + timedelta(hours=23, minutes=30)
    assert {due for due, _ in shown.waits} == {first, second}
    assert all(now < due for due, now in shown.waits)
    assert clock.time >= second
    assert sorted(shown.opened[:2]) == ["b01-one-1-s01", "b01-two-1-s01"]
    turns = {row["session"]: row for row in store.rows("SELECT * FROM turns")}
    assert turns["b01-one-1-s02"]["due"] == "2026-03-03T08:30:00.000Z"


def test_an_interruption_ends_the_waiting(out: RunDir, store: Store) -> None:
    shown = Recorder()

    def press() -> None:
        shown.waiting.wait(60)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    presser = threading.Thread(target=press)
    presser.start()
    try:
        still = engine(out, store, plan(sessions="1 a day at :30"), shown, now=lambda: START)
        result = still.run()
    finally:
        presser.join()
    assert result.interrupted
    assert set(result.states.values()) == {SessionState.INTERRUPTED}
    assert shown.opened == []


def test_a_slot_that_is_long_past_is_on_record_and_not_run(out: RunDir, store: Store) -> None:
    shown = Recorder()
    made = plan(sessions="2 a day at :30 for 2 days", on_failure="continue")
    late = START + timedelta(hours=2)
    times = iter([late] * 10)
    clock = Watch()

    def now() -> datetime:
        return next(times, None) or clock()

    clock.time = late
    result = engine(out, store, made, shown, now=now, on_failure="continue").run()
    assert result.states["b01-one-1-s01"] is SessionState.SKIPPED
    assert result.details["b01-one-1-s01"].startswith("missed: due 2026-03-02 09:30Z, 1:30:00 ago")
    assert {result.states[f"b01-one-1-s0{n}"] for n in (2, 3, 4)} == {SessionState.DONE}
    assert [row["outcome"] for row in store.steps("b01-two-1-s01")] == ["skipped"]
    assert any("missed" in line for line in shown.said)


@pytest.mark.parametrize(
    ("end", "on_failure", "later"),
    [
        ("failed", "skip", SessionState.SKIPPED),
        ("failed", "continue", SessionState.DONE),
        ("contaminated", "skip", SessionState.SKIPPED),
        ("contaminated", "continue", SessionState.SKIPPED),
    ],
)
def test_what_follows_a_loss(
    out: RunDir, store: Store, end: str, on_failure: str, later: SessionState
) -> None:
    made = plan(sessions="3 a day at :30")
    ends = f'{{"b01-one-1-s01": "{end}"}}'
    order = schedule_of(made)
    result = engine(
        out, store, made, Recorder(), order=order, ends=ends, on_failure=on_failure
    ).run()
    assert {result.states[f"b01-one-1-s0{n}"] for n in (2, 3)} == {later}
    assert {result.states[f"b01-two-1-s0{n}"] for n in (1, 2, 3)} == {SessionState.DONE}
    if later is SessionState.SKIPPED:
        assert "b01-one-1-s01" in result.details["b01-one-1-s02"]


def test_a_session_waits_for_the_one_before_it_whatever_the_number_of_workers(
    out: RunDir, store: Store
) -> None:
    shown = Recorder()
    made = plan(sessions="3 a day at :30")
    order = replace(schedule_of(made), workers=8)
    engine(out, store, made, shown, order=order).run()
    kept = [name[-3:] for name in shown.opened]
    assert kept == ["s01", "s01", "s02", "s02", "s03", "s03"]


def test_a_far_wave_ends_the_run_and_stays_planned(out: RunDir, store: Store) -> None:
    shown = Recorder()
    result = engine(out, store, plan(repeat="weekly", waves=2), shown).run()
    assert result.next_due == START + timedelta(days=7)
    assert not result.interrupted
    assert set(result.states) == {"b01-one-1-w01", "b01-two-1-w01"}
    states = {row["id"]: row["state"] for row in store.sessions()}
    assert states["b01-one-1-w02"] == "planned"
    assert [row["outcome"] for row in store.steps("b01-one-1-w02")] == [None]


def test_a_near_wave_is_waited_for(out: RunDir, store: Store) -> None:
    result = engine(out, store, plan(repeat="1h", waves=2), Recorder()).run()
    assert result.next_due is None
    assert set(result.states.values()) == {SessionState.DONE}
    assert len(result.states) == 4


def test_the_skew_of_eight_puppets_is_kept(out: RunDir, store: Store) -> None:
    arms = {f"arm-{number}": {"steps": [{"visit": "home"}]} for number in range(8)}
    result = engine(out, store, plan(arms=arms), Recorder()).run()
    assert set(result.states.values()) == {SessionState.DONE}
    kept = [row["skew_ms"] for row in store.sessions()]
    assert len(kept) == 8
    assert min(kept) == 0 < max(kept)
    assert skew(store) == {
        "starts": 1, "median": max(kept), "p95": max(kept), "largest": max(kept)
    }  # fmt: skip


def test_starts_are_counted_apart_by_wave_and_slot(out: RunDir, store: Store) -> None:
    made = plan(sessions="3 a day at :30")
    engine(out, store, made, Recorder(), order=schedule_of(made)).run()
    assert skew(store)["starts"] == 3


def test_a_terminal_counts_down_on_one_line_until_a_session_opens() -> None:
    text = io.StringIO()
    console = Console(file=text, force_terminal=True, width=200)
    with LiveDisplay(console) as shown:
        for second in range(3):
            shown.wait_for(START, START - timedelta(seconds=30 - second))
        assert len(shown._bars.tasks) == 1
        shown._bars.refresh()
        shown.add("s", "one-1", 3)
        assert [task.fields["label"] for task in shown._bars.tasks] == ["one-1"]
    assert "no browser is open" in text.getvalue()
    lines = io.StringIO()
    plain = PlainDisplay(Console(file=lines, width=120))
    for second in range(3):
        plain.wait_for(START, START - timedelta(seconds=30 - second))
    assert lines.getvalue().count("no browser is open") == 1


def test_a_wait_says_how_long_it_lasts() -> None:
    text = waiting(START + timedelta(minutes=5), START + timedelta(seconds=0.6))
    assert "in 0:04:59" in text
