"""A lease is one writer's; a stale token writes nothing; a process that wakes late does no harm."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.common.model import Receipt, ReceiptStatus
from collector.ledger.lease import Keeper, StoreLedger
from collector.store import (
    LeaseHeld,
    LeaseLost,
    NotClaimable,
    Outcome,
    SessionState,
    Store,
    WrongOrder,
    steady,
)
from collector.store.leases import Owner, current_lease, revoke

ME = Owner("here", 1, 0.0)
OTHER = Owner("there", 2, 0.0)
RECEIPT = Receipt(
    video_id="v" * 11, status=ReceiptStatus.COMPLETE, planned_s=1, watched_s=1, duration_s=1,
    ad_s=0, stalled_s=0, rate=1, visible_share=1, ended=True, error=None, next_video_id=None,
    samples=(),
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        opened.add_run("r", scenario="s", seed=1, plan_hash="0" * 64)
        opened.add_puppet("p", run="r", arm="a", twin=1, block=1)
        for session in ("one", "two"):
            opened.add_session(session, run="r", puppet="p", block=1, position=0)
            for step in range(3):
                opened.step_planned(session, step, kind="watch")
        yield opened


def test_a_token_grows_with_every_claim(store: Store) -> None:
    ledger = StoreLedger(store)
    first = ledger.claim("one", ME, 60)
    ledger.release(first, SessionState.INTERRUPTED)
    second = ledger.claim("one", OTHER, 60)
    assert (first.token, second.token) == (1, 2)
    revoke(store, "one")
    assert ledger.claim("one", ME, 60).token == 4


def test_a_session_and_its_puppet_have_one_holder(store: Store) -> None:
    ledger = StoreLedger(store)
    lease = ledger.claim("one", ME, 60)
    for session in ("one", "two"):
        with pytest.raises(LeaseHeld, match="here:1 has one"):
            ledger.claim(session, OTHER, 60)
    ledger.release(lease, SessionState.DONE)
    ledger.claim("two", OTHER, 60)


def test_what_has_ended_for_good_cannot_be_claimed(store: Store) -> None:
    ledger = StoreLedger(store)
    ledger.release(ledger.claim("one", ME, 60), SessionState.DONE)
    with pytest.raises(NotClaimable, match="one is done"):
        ledger.claim("one", ME, 60)
    lease = ledger.claim("two", ME, 60)
    ledger.step_started(lease, 0)
    assert ledger.release(lease, SessionState.FAILED, "gone") is SessionState.CONTAMINATED
    with pytest.raises(NotClaimable, match="its puppet is excluded"):
        ledger.claim("two", ME, 60)
    with pytest.raises(NotClaimable, match="no session"):
        ledger.claim("three", ME, 60)


def test_a_stale_token_writes_nothing(store: Store) -> None:
    ledger = StoreLedger(store)
    stale = ledger.claim("one", ME, 60)
    revoke(store, "one")
    lease = ledger.claim("one", OTHER, 60)
    ledger.step_started(lease, 0)
    before = list(store.db.conn.iterdump())
    for write in (
        lambda: ledger.renew(stale, 60),
        lambda: ledger.check(stale),
        lambda: ledger.note(stale, state=SessionState.DONE),
        lambda: ledger.step_started(stale, 1),
        lambda: ledger.step_finished(stale, 0, Outcome.DONE),
        lambda: ledger.add_receipt(stale, 0, RECEIPT),
        lambda: ledger.release(stale, SessionState.DONE),
    ):
        with pytest.raises(LeaseLost):
            write()
    with Store(store.path) as fenced:
        fenced.fence("one", stale.token)
        for write in (
            lambda: fenced.log("r", "kind", "message"),
            lambda: fenced.add_labels({"v": "news"}, source="me"),
            lambda: fenced.update_session("two", detail="x"),
            lambda: fenced.add_receipt("one", 0, RECEIPT),
        ):
            with pytest.raises(LeaseLost):
                write()
    assert list(store.db.conn.iterdump()) == before
    ledger.add_receipt(lease, 0, RECEIPT)
    with pytest.raises(WrongOrder):
        ledger.add_receipt(lease, 0, RECEIPT)


def test_a_lease_that_is_over_is_lost_even_if_nobody_wants_it(store: Store) -> None:
    ledger = StoreLedger(store)
    lease = ledger.claim("one", ME, 0)
    for write in (
        lambda: ledger.step_started(lease, 0),
        lambda: ledger.renew(lease, 60),
        lambda: ledger.release(lease, SessionState.DONE),
    ):
        with pytest.raises(LeaseLost, match="was over at"):
            write()
    assert ledger.claim("one", OTHER, 60).token == 2


def test_the_keeper_renews_while_there_is_something_to_keep(store: Store) -> None:
    ledger = StoreLedger(store)
    lease = ledger.claim("one", ME, 60)
    renewed = threading.Event()

    class Watched(StoreLedger):
        def renew(self, lease, length_s):  # type: ignore[no-untyped-def]
            found = super().renew(lease, 60)  # a keeper that is late has not lost it
            renewed.set()
            return found

    class Opened:
        def __enter__(self) -> Watched:
            self.store = Store(store.path)
            return Watched(self.store)

        def __exit__(self, *_: object) -> None:
            self.store.close()

    with Keeper(Opened, lease, 0.4) as keeper:
        assert renewed.wait(60)
        keeper.check()
        ledger.step_started(keeper.lease, 0)
    gone = replace(keeper.lease, expires=datetime.fromtimestamp(0, UTC))
    with pytest.raises(LeaseLost):
        Keeper(Opened, gone).check()


WRITER = """
import sys
from pathlib import Path
from collector.ledger.lease import Keeper, StoreLedger
from collector.store import LeaseLost, Store, steady
from collector.store.leases import Owner

path = Path(sys.argv[1])

class Opened:
    def __enter__(self):
        self.store = Store(path)
        return StoreLedger(self.store)
    def __exit__(self, *_):
        self.store.close()

with Store(path) as store:
    ledger = StoreLedger(store)
    lease = ledger.claim("one", Owner.this_process(), 60.0)
    store.fence("one", lease.token)
    with Keeper(Opened, lease, 60.0) as keeper:
        ledger.step_started(keeper.lease, 0)
        print("begun", flush=True)
        steady.adopt(float(sys.stdin.readline()))
        refused = 0
        for write in (
            lambda: keeper.check(),
            lambda: ledger.check(keeper.lease),
            lambda: ledger.step_finished(keeper.lease, 0, "done"),
            lambda: ledger.step_started(keeper.lease, 1),
            lambda: store.log("r", "late", "I am awake"),
        ):
            try:
                write()
            except LeaseLost:
                refused += 1
        print(refused, flush=True)
"""


def test_a_stopped_worker_that_wakes_after_its_lease_can_write_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is stopped two minutes pass for everybody, by the clock that leases count with."""
    worker = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(store.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        assert worker.stdout.readline() == "begun\n"
        os.kill(worker.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, worker.pid, os.WSTOPPED | os.WNOWAIT)
        with pytest.raises(LeaseHeld):
            StoreLedger(store).claim("one", ME, 60)
        found = current_lease(store, "one")
        assert found is not None
        later = repr(steady.beginning_s() + 120)
        monkeypatch.setenv("TWINWATCH_STEADY_CLOCK", later)
        assert not found.good(steady.steady_now())
        mine = StoreLedger(store).claim("one", ME, 60)
        before = list(store.db.conn.iterdump())
        os.kill(worker.pid, signal.SIGCONT)
        worker.stdin.write(f"{later}\n")
        worker.stdin.flush()
        assert worker.stdout.readline() == "5\n"
        assert worker.wait(60) == 0
        assert list(store.db.conn.iterdump()) == before
        assert mine.token == 2
    finally:
        worker.kill()
        worker.communicate()
