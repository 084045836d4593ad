"""What each call of the ledger leaves in the store, row by row, worked out by hand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collector.common.errors import UserError
from collector.common.model import Receipt, ReceiptStatus
from collector.ledger import lease as module
from collector.ledger.lease import Keeper, StepRow, StoreLedger, end_session
from collector.store import LeaseLost, Outcome, SessionState, Store, WrongOrder
from collector.store.leases import Lease, Owner, current_lease

ME = Owner("here", 1, 0.0)


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        opened.add_run("r", scenario="s", seed=1, plan_hash="0" * 64)
        for puppet in ("p", "q"):
            opened.add_puppet(puppet, run="r", arm="a", twin=1, block=1)
            opened.add_session(f"{puppet}-1", run="r", puppet=puppet, block=1, position=0)
            for step, kind in enumerate(("visit", "watch", "scroll", "capture")):
                opened.step_planned(f"{puppet}-1", step, kind=kind)
        yield opened


def session(store: Store, name: str) -> dict[str, Any]:
    return next(dict(row) for row in store.sessions() if row["id"] == name)


def outcomes(store: Store, name: str) -> list[tuple[str | None, str | None]]:
    return [(row["outcome"], row["detail"]) for row in store.steps(name)]


def test_the_steps_of_a_session_and_how_each_stands(store: Store) -> None:
    """Planned, begun, done: in their order, of this session and of no other."""
    ledger = StoreLedger(store)
    lease = ledger.claim("p-1", ME, 60)
    ledger.step_started(lease, 0)
    ledger.step_finished(lease, 0, Outcome.MISSING, "a captcha")
    ledger.step_started(lease, 1)
    ledger.step_finished(lease, 2, Outcome.SKIPPED)
    assert ledger.steps("p-1") == (
        StepRow(0, "visit", True, Outcome.MISSING),
        StepRow(1, "watch", True, None),
        StepRow(2, "scroll", False, Outcome.SKIPPED),
        StepRow(3, "capture", False, None),
    )
    assert [row.outcome for row in ledger.steps("q-1")] == [None] * 4
    assert outcomes(store, "p-1") == [
        ("missing", "a captcha"), (None, None), ("skipped", None), (None, None),
    ]  # fmt: skip


def test_columns_of_a_session_are_set_and_no_others(store: Store) -> None:
    ledger = StoreLedger(store)
    lease = ledger.claim("p-1", ME, 60)
    before = session(store, "p-1")
    ledger.note(lease, state=SessionState.RUNNING, snapshot_before="abc")
    assert session(store, "p-1") == before | {"state": "running", "snapshot_before": "abc"}
    assert session(store, "q-1")["state"] == "planned"


@pytest.mark.parametrize(
    ("begun", "asked", "state", "closed"),
    [
        ([0], SessionState.DONE, "done", [("done", None), *[("skipped", "so")] * 3]),
        # a watch that was cut off may have had its effect, whatever else is said
        ([0, 1], SessionState.INTERRUPTED, "contaminated",
         [("done", None), ("contaminated", "so"), *[("skipped", "so")] * 2]),
    ],
)  # fmt: skip
def test_a_session_that_ends(
    store: Store, begun: list[int], asked: SessionState, state: str, closed: list[Any]
) -> None:
    """Open steps are closed with the reason, which the row has too; the session is given back."""
    ledger = StoreLedger(store)
    lease = ledger.claim("p-1", ME, 60)
    for step in begun:
        ledger.step_started(lease, step)
    ledger.step_finished(lease, 0, Outcome.DONE)
    early = datetime.now(UTC) - timedelta(milliseconds=1)
    assert ledger.release(lease, asked, "so") is SessionState(state)
    row = session(store, "p-1")
    assert (row["state"], row["detail"]) == (state, "so")
    assert early <= datetime.fromisoformat(row["finished"]) <= datetime.now(UTC)
    assert outcomes(store, "p-1") == closed
    held = current_lease(store, "p-1")
    assert held is not None
    assert held.released
    assert outcomes(store, "q-1") == [(None, None)] * 4


def test_without_a_reason_none_is_written(store: Store) -> None:
    ledger = StoreLedger(store)
    lease = ledger.claim("p-1", ME, 60)
    assert ledger.release(lease, SessionState.DONE) is SessionState.DONE
    assert session(store, "p-1")["detail"] is None
    assert outcomes(store, "p-1") == [("skipped", None)] * 4


def test_an_end_does_not_look_at_other_sessions(store: Store) -> None:
    """Another session's contaminated step is not this one's, and an older one of its own is."""
    ledger = StoreLedger(store)
    lease = ledger.claim("p-1", ME, 60)
    ledger.step_started(lease, 1)
    ledger.step_finished(lease, 1, Outcome.CONTAMINATED)
    assert end_session(store, "q-1", SessionState.FAILED, "") is SessionState.FAILED
    assert end_session(store, "p-1", SessionState.FAILED, "x") is SessionState.CONTAMINATED
    assert session(store, "q-1")["state"] == "failed"
    assert session(store, "p-1")["state"] == "contaminated"


def test_a_receipt_is_of_its_step(store: Store) -> None:
    receipt = Receipt(
        video_id="v" * 11, status=ReceiptStatus.COMPLETE, planned_s=1, watched_s=2, duration_s=3,
        ad_s=0, stalled_s=0, rate=1, visible_share=1, ended=True, error=None, next_video_id=None,
        samples=(),
    )  # fmt: skip
    ledger = StoreLedger(store)
    lease = ledger.claim("p-1", ME, 60)
    ledger.step_started(lease, 1)
    ledger.add_receipt(lease, 1, receipt)
    (row,) = store.rows("SELECT session, step, video_id, watched_s FROM receipts")
    assert tuple(row.values()) == ("p-1", 1, "v" * 11, 2)
    with pytest.raises(WrongOrder):
        ledger.add_receipt(lease, 1, receipt)


def test_a_lease_that_is_renewed_lasts_as_long_from_now(store: Store) -> None:
    ledger = StoreLedger(store)
    lease = ledger.claim("p-1", ME, 60)
    longer = ledger.renew(lease, 3600)
    assert timedelta(minutes=58) < longer.expires - lease.expires < timedelta(minutes=60)
    assert (longer.session, longer.token) == (lease.session, lease.token)
    ledger.check(longer)
    other = replace(lease, token=lease.token + 1)
    with pytest.raises(LeaseLost):
        ledger.check(other)


class Waits:
    """Stands for the event that ends the keeper: says how long was waited, ends after so many."""

    def __init__(self, times: int) -> None:
        self.left, self.waited = times, []  # type: ignore[var-annotated]

    def wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        self.left -= 1
        return self.left < 0

    def set(self) -> None:
        self.left = 0


LEASE = Lease("p-1", 1, "here:1", datetime(2026, 3, 1, 12, tzinfo=UTC))


class Renewing:
    """A ledger that renews by a minute each time, until it says otherwise."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.asked, self.closed = error, [], False  # type: ignore[var-annotated]

    def __enter__(self) -> Renewing:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True

    def renew(self, lease: Lease, length_s: float) -> Lease:
        self.asked.append((lease, length_s))
        if self.error is not None:
            raise self.error
        return replace(lease, expires=lease.expires + timedelta(minutes=1))


def test_a_lease_is_renewed_four_times_in_its_length() -> None:
    """Each renewal is of the lease that the one before gave."""
    ledger = Renewing()
    keeper = Keeper(lambda: ledger, LEASE, 60)  # type: ignore[arg-type,return-value]
    keeper._finished = waits = Waits(2)  # type: ignore[assignment]
    keeper._beat()
    later = replace(LEASE, expires=LEASE.expires + timedelta(minutes=1))
    assert waits.waited == [15.0] * 3
    assert ledger.asked == [(LEASE, 60), (later, 60)]
    assert keeper.lease == replace(LEASE, expires=LEASE.expires + timedelta(minutes=2))
    assert ledger.closed
    usual = Keeper(lambda: ledger, LEASE)  # type: ignore[arg-type,return-value]
    usual._finished = waits = Waits(0)  # type: ignore[assignment]
    usual._beat()
    assert waits.waited == [15.0]


@pytest.mark.parametrize("error", [LeaseLost("gone"), UserError("the file is gone")])
def test_what_cannot_be_renewed_runs_out(error: Exception) -> None:
    ledger = Renewing(error)
    keeper = Keeper(lambda: ledger, LEASE, 60)  # type: ignore[arg-type,return-value]
    keeper._finished = Waits(9)  # type: ignore[assignment]
    keeper._beat()
    assert len(ledger.asked) == 1
    assert keeper.lease is LEASE


def test_the_keeper_beats_while_its_block_runs() -> None:
    """A thread that does not hold the process up; it has ended when the block has."""
    began = threading.Event()

    class Begun(Renewing):
        def __enter__(self) -> Renewing:
            began.set()
            return self

    ledger = Begun()
    with Keeper(lambda: ledger, LEASE, 600) as keeper:  # type: ignore[arg-type,return-value]
        assert began.wait(60)
        assert keeper._thread.daemon
        assert keeper._thread.is_alive()
    assert not keeper._thread.is_alive()
    assert ledger.closed


@pytest.mark.parametrize(("late_s", "lost"), [(-0.5, False), (0.0, True), (1.0, True)])
def test_a_lease_is_over_at_its_very_end(
    monkeypatch: pytest.MonkeyPatch, late_s: float, lost: bool
) -> None:
    monkeypatch.setattr(module, "steady_s", lambda: LEASE.expires.timestamp() + late_s)
    keeper = Keeper(Renewing, LEASE)  # type: ignore[arg-type]
    if not lost:
        keeper.check()
        return
    with pytest.raises(LeaseLost) as caught:
        keeper.check()
    assert str(caught.value) == "the lease of p-1 was over at 2026-03-01 12:00:00+00:00"
