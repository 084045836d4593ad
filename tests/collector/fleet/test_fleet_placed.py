"""What the engine hears of a session far away, whatever is lost between the machines."""

from __future__ import annotations

import queue
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fleet_tools import ME, ONE, TWO, make_run

from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.contract.progress import Event, EventKind
from collector.fleet import cluster
from collector.fleet.client import LedgerEndpoint
from collector.fleet.cluster import Fleet, Placed
from collector.fleet.serve import Served
from collector.fleet.service import LedgerService
from collector.ledger.lease import StoreLedger
from collector.schedule.barrier import Block, Schedule
from collector.schedule.display import QuietDisplay
from collector.schedule.engine import Engine, EngineResult
from collector.schedule.supervised import Ended, Message
from collector.store import SessionState, Store

HOME = LedgerEndpoint("http://127.0.0.1:1", "secret")
CLOSED = Event(EventKind.CLOSED, ONE, {"state": "done", "kept": True})


class Future:
    def __init__(self, status: str = "pending", answer: Any = None) -> None:
        self.status = status
        self.answer = answer

    def add_done_callback(self, done: Callable[[Any], None]) -> None:
        self.done = done

    def result(self) -> Any:
        return self.answer

    exception = result

    def ends(self, status: str, answer: Any = None) -> None:
        self.status, self.answer = status, answer
        self.done(self)


class Client:
    """A Dask client in its outlines."""

    def __init__(self) -> None:
        self.status = "running"
        self.future = Future()
        self.said: list[str] = []

    def subscribe_topic(self, topic: str, handler: Callable[[Any], None]) -> None:
        self.hear = handler

    def submit(self, *given: Any, **more: Any) -> Future:
        self.order = given[1]
        return self.future

    def log_event(self, topic: str, word: str) -> None:
        if self.status != "running":
            raise AssertionError("nobody listens")
        assert topic == self.order.hears
        self.said.append(word)


Far = tuple[Client, Fleet, Placed, "queue.Queue[Message]", LedgerService]


@pytest.fixture
def far(tmp_path: Path) -> Far:
    """A session that has been placed."""
    out, _ = make_run(tmp_path / "run")
    client, service, inbox = Client(), LedgerService(out), queue.Queue[Message]()
    fleet = Fleet(client, "tcp://x", Served(service, "127.0.0.1", 1), HOME)  # type: ignore[arg-type]
    placed = fleet.start(SessionJob(**service.job(ONE)), inbox, tmp_path / "log")
    return client, fleet, placed, inbox, service


def heard(inbox: queue.Queue[Message]) -> list[Message]:
    return [inbox.get_nowait() for _ in range(inbox.qsize())]


@pytest.mark.parametrize("lost", [False, True])
def test_the_last_word_is_heard_once_and_before_the_end(far: Far, lost: bool) -> None:
    client, _, placed, inbox, _ = far
    if not lost:
        client.hear((0.0, [ONE, CLOSED.to_line()]))
    client.future.ends("finished", {"code": 0, "closed": CLOSED.to_line(), "log": "a line\n"})
    if lost:
        client.hear((0.0, [ONE, CLOSED.to_line()]))  # late, or of an earlier attempt
    assert heard(inbox) == [CLOSED, Ended(ONE, 0)]
    assert placed.join(0)
    assert placed._log.read_text() == "a line\n"


def test_a_task_that_failed_ends_the_session_with_the_reason(far: Far) -> None:
    client, _, _, inbox, _ = far
    client.future.ends("error", RuntimeError("killed too often"))
    problem, end = heard(inbox)
    assert isinstance(problem, Event)
    assert "killed too often" in problem.data["text"]
    assert isinstance(end, Ended)
    assert end.code != 0


def test_a_session_that_is_ended_is_given_to_nobody_and_waited_for_only_so_long(
    far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _, placed, inbox, service = far
    monkeypatch.setattr(cluster, "KILL_S", 0.01)
    placed.tell("stop")
    placed.signal(signal.SIGKILL)
    assert client.said == ["stop", "kill"]
    assert inbox.get(timeout=300) == Ended(ONE, -signal.SIGKILL)
    with pytest.raises(Exception, match="given up"):
        service.claim(ONE, ME, 60, again=False)
    client.future.ends("finished", {"code": 0, "closed": CLOSED.to_line(), "log": ""})
    assert heard(inbox) == []


def test_a_scheduler_that_is_gone_is_the_runs_trouble_and_no_sessions_end(far: Far) -> None:
    client, fleet, placed, inbox, _ = far
    assert fleet.trouble() is None
    client.status = "connecting"
    client.future.ends("lost")
    placed.tell("stop")
    why = fleet.trouble()
    assert why is not None
    assert (why.place, heard(inbox)) == ("--scheduler tcp://x", [])


class EndsByItself:
    """A session that came to its end at home, and of which nothing is heard after."""

    returns_s = 5.0

    def __init__(self, job: SessionJob, inbox: queue.Queue[Message], out: RunDir) -> None:
        with Store(out.store) as store:
            ledger = StoreLedger(store)
            lease = ledger.claim(job.session, ME, 60)
            if job.session == ONE:
                ledger.release(lease, SessionState.DONE)
        inbox.put(Ended(job.session, -9))

    def tell(self, line: str) -> None: ...

    def signal(self, number: signal.Signals) -> None: ...

    def join(self, timeout_s: float) -> bool:
        return True


def test_what_the_ledger_says_of_an_end_counts_when_the_last_word_was_lost(
    tmp_path: Path,
) -> None:
    out, plan = make_run(tmp_path / "run")
    service = LedgerService(out)
    with Store(out.store) as store:
        result: EngineResult = Engine(
            {s.id: SessionJob(**service.job(s.id)) for s in plan.sessions},
            Schedule((Block(1, 0, (ONE,)), Block(2, 0, (TWO,))), 2),
            out=out,
            store=store,
            display=QuietDisplay(),
            labels={s.id: (s.id, 3) for s in plan.sessions},
            start=lambda job, inbox, log: EndsByItself(job, inbox, out),
        ).run()
        states = {row["id"]: row["state"] for row in store.sessions()}
    assert result.states == {ONE: SessionState.DONE, TWO: SessionState.FAILED}
    assert states == {ONE: "done", TWO: "failed"}
