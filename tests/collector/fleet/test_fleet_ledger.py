"""The ledger over HTTP: what the protocol says, whatever is lost on the way; stale tokens."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import zstandard
from fleet_tools import ME, ONE, OTHER, TOKEN, TWO, app_of, content, ledger_on, make_run

from collector.common.model import Receipt, ReceiptStatus
from collector.contract.layout import RunDir
from collector.fleet.app import make_app
from collector.fleet.client import Ended, HttpLedger, LedgerGone, Taken
from collector.fleet.rows import given
from collector.fleet.scratch import prepare_workdir
from collector.fleet.service import LedgerService
from collector.ledger.lease import Ledger, StoreLedger
from collector.profile import Origin, ProfileStore
from collector.store import (
    LeaseHeld,
    LeaseLost,
    NotClaimable,
    Outcome,
    SessionState,
    Store,
    WrongOrder,
)
from collector.store.leases import Lease, Owner, revoke
from collector.submit import Outbox, RetryPolicy

RECEIPT = Receipt(
    video_id="dQw4w9WgXcQ",
    status=ReceiptStatus.COMPLETE,
    planned_s=30,
    watched_s=30,
    duration_s=200,
    ad_s=0,
    stalled_s=0,
    rate=1,
    visible_share=1,
    ended=False,
    error=None,
    next_video_id=None,
    samples=((0.0, 0.0), (30.0, 30.0)),
)
PAGE = "<html>a page</html>"


@pytest.fixture
def out(tmp_path: Path) -> RunDir:
    return make_run(tmp_path / "run")[0]


@pytest.fixture
def ledger(out: RunDir) -> Iterator[HttpLedger]:
    with ledger_on(app_of(out)) as found:
        yield found


def story(ledger: Ledger) -> SessionState:
    """A whole session, as a worker tells it."""
    lease = ledger.claim(ONE, ME, 60)
    assert [row.kind for row in ledger.steps(ONE)] == ["visit", "pause", "watch"]
    assert not any(row.started for row in ledger.steps(ONE))
    ledger.note(lease, state=SessionState.READY, ready=datetime(2026, 1, 1, tzinfo=UTC))
    ledger.note(lease, state=SessionState.RUNNING, started=datetime(2026, 1, 2, tzinfo=UTC))
    lease = ledger.renew(lease, 60)
    ledger.check(lease)
    for step, outcome in enumerate((Outcome.DONE, Outcome.FAILED, Outcome.DONE)):
        ledger.step_started(lease, step)
        if step == 2:
            ledger.add_receipt(lease, step, RECEIPT)
        ledger.step_finished(lease, step, outcome, "why" if outcome is Outcome.FAILED else "")
    return ledger.release(lease, SessionState.DONE, "")


def told(out: RunDir) -> list[dict[str, Any]]:
    """What the story leaves, but for the times at which it was told."""
    with Store(out.store, readonly=True) as store:
        sql = (
            "SELECT s.step, s.outcome, s.detail, s.started IS NOT NULL AS began, n.state, n.ready,"
            " n.started, l.token, l.owner, l.released IS NOT NULL AS back, r.watched_s, r.samples"
            " FROM steps s JOIN sessions n ON n.id = s.session JOIN leases l ON l.session = n.id"
            " LEFT JOIN receipts r ON r.session = s.session AND r.step = s.step ORDER BY s.step"
        )
        return list(store.rows(sql))


def test_the_same_story_leaves_the_same_rows_over_http_as_at_home(tmp_path: Path) -> None:
    near, far = make_run(tmp_path / "near")[0], make_run(tmp_path / "far")[0]
    with Store(near.store) as store:
        assert story(StoreLedger(store)) is SessionState.DONE
    with ledger_on(app_of(far)) as ledger:
        assert story(ledger) is SessionState.DONE
    assert told(far) == told(near)
    assert [row["outcome"] for row in told(far)] == ["done", "failed", "done"]


class LosesAnswers(httpx.BaseTransport):
    """Carries out each request and loses its first answer."""

    def __init__(self, app: Any) -> None:
        self._inner = httpx.WSGITransport(app=app)
        self._seen: set[bytes] = set()
        self.asked: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        self.asked.append(request.url.path.rpartition("/")[2])
        if len(self.asked) % 2:
            raise httpx.ReadError("the line broke", request=request)
        return answer


def test_a_request_whose_answer_is_lost_is_made_again_and_does_nothing_twice(
    tmp_path: Path,
) -> None:
    whole, torn = make_run(tmp_path / "whole")[0], make_run(tmp_path / "torn")[0]
    with ledger_on(app_of(whole)) as ledger:
        story(ledger)
    transport = LosesAnswers(app_of(torn))
    waited: list[float] = []
    with ledger_on(None, transport=transport, wait=waited.append) as ledger:
        assert story(ledger) is SessionState.DONE
    assert told(torn) == told(whole)
    assert transport.asked[0::2] == transport.asked[1::2]
    assert len(waited) == len(transport.asked) // 2


def test_a_step_that_is_begun_twice_without_a_broken_line_is_a_defect(ledger: HttpLedger) -> None:
    lease = ledger.claim(ONE, ME, 60)
    ledger.step_started(lease, 0)
    with pytest.raises(WrongOrder):
        ledger.step_started(lease, 0)
    with pytest.raises(WrongOrder):
        ledger.step_finished(lease, 1, Outcome.DONE)


class Dead(httpx.BaseTransport):
    """Nothing listens."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)


def test_who_cannot_reach_the_ledger_stops_before_its_lease_is_over() -> None:
    time = [1000.0]

    def wait(seconds_s: float) -> None:
        time[0] += seconds_s

    ledger = ledger_on(None, transport=Dead(), wait=wait, now=lambda: time[0])
    expires = datetime.fromtimestamp(1020, UTC)
    with ledger, pytest.raises(LeaseLost, match="refused"):
        ledger.step_started(Lease(ONE, 1, "here:7", expires), 0)
    assert 1010 < time[0] < 1020
    with ledger, pytest.raises(LedgerGone, match="refused"):
        ledger_on(None, transport=Dead(), wait=wait, now=lambda: time[0]).steps(ONE)


def test_a_busy_ledger_is_asked_again_with_growing_pauses() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        busy = len(waited) < 3
        return httpx.Response(503 if busy else 200, json=[])

    waited: list[float] = []
    policy = RetryPolicy(base_s=0.1, cap_s=5)
    transport = httpx.MockTransport(answer)
    with ledger_on(None, transport=transport, wait=waited.append, policy=policy) as ledger:
        assert ledger.steps(ONE) == ()
    assert len(waited) == 3
    assert all(0.05 * 2**n <= pause <= 0.1 * 2**n for n, pause in enumerate(waited))


# ---- who may write


def packed(html: str) -> tuple[str, bytes]:
    data = html.encode()
    return hashlib.sha256(data).hexdigest(), zstandard.ZstdCompressor().compress(data)


MARK = {"step": 0, "url": "about:blank", "open": False, "cookies": []}
WRITES: dict[str, Callable[[HttpLedger, Lease], Any]] = {
    "renew": lambda ledger, lease: ledger.renew(lease, 60),
    "check": lambda ledger, lease: ledger.check(lease),
    "note": lambda ledger, lease: ledger.note(lease, state=SessionState.READY),
    "step_started": lambda ledger, lease: ledger.step_started(lease, 1),
    "step_finished": lambda ledger, lease: ledger.step_finished(lease, 0, Outcome.DONE),
    "add_receipt": lambda ledger, lease: ledger.add_receipt(lease, 0, RECEIPT),
    "release": lambda ledger, lease: ledger.release(lease, SessionState.FAILED),
    "evidence": lambda ledger, lease: ledger.bring_file(lease, "evidence", *packed(PAGE)),
    "snapshots": lambda ledger, lease: ledger.bring_file(lease, "snapshots", *packed("state")),
    "mark": lambda ledger, lease: ledger.keep_mark(lease, {**MARK, "session": lease.session}),
    "kit": lambda ledger, lease: ledger.session_bundle(lease),
}


@pytest.mark.parametrize("how", ["taken away", "over", "somebody else's", "another's token"])
def test_a_stale_token_writes_nothing(out: RunDir, ledger: HttpLedger, how: str) -> None:
    lease = ledger.claim(ONE, ME, 60)
    ledger.step_started(lease, 0)
    with Store(out.store) as store:
        if how == "taken away":
            revoke(store, ONE)
        elif how == "over":
            lose(out)
        elif how == "somebody else's":
            revoke(store, ONE)
            StoreLedger(store).claim(ONE, OTHER, 60)
        else:
            ledger.claim(TWO, OTHER, 60)
            lease = replace(lease, session=TWO, token=lease.token + 1)
    before = content(out)
    for write in WRITES.values():
        with pytest.raises(LeaseLost):
            write(ledger, lease)
        assert content(out) == before


def test_with_a_good_token_each_of_them_is_done(out: RunDir, ledger: HttpLedger) -> None:
    lease = ledger.claim(ONE, ME, 60)
    ledger.step_started(lease, 0)
    for name in sorted(WRITES, key=lambda name: name in ("step_started", "release")):
        before = content(out)
        WRITES[name](ledger, lease)
        assert (content(out) != before) == (name not in ("check", "kit")), name


# ---- claims


def test_a_session_that_somebody_has_is_not_given_and_the_wait_is_told(ledger: HttpLedger) -> None:
    ledger.claim(ONE, ME, 60)
    with pytest.raises(LeaseHeld) as held:
        ledger.claim(ONE, OTHER, 60)
    assert isinstance(held.value, Taken)
    assert 0 < held.value.wait_s <= 60


@pytest.mark.parametrize("by_s", [3600.0, -3600.0])
def test_a_worker_that_asks_again_is_known_though_its_clock_was_moved(
    out: RunDir, monkeypatch: pytest.MonkeyPatch, by_s: float
) -> None:
    """The system's word for when a process started moves with the wall clock."""
    service = LedgerService(out)
    first = service.claim(ONE, Owner.this_process(), 60, again=False)
    for module, name in ((psutil, "boot_time"), (psutil.Process, "create_time"), (time, "time")):
        told = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *me, told=told: told(*me) + by_s)
    me = Owner.this_process()
    assert service.claim(ONE, me, 60, again=True).token == first.token
    with pytest.raises(LeaseHeld):  # the next process with its number
        service.claim(ONE, replace(me, process_started=me.process_started + 5), 60, again=True)


def lose(out: RunDir) -> None:
    """The lease of the first session runs out, as when its worker is gone."""
    with Store(out.store) as store, store.transaction():
        past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat(timespec="milliseconds")
        store.db.execute("UPDATE leases SET expires = ?", (past.replace("+00:00", "Z"),))


@pytest.mark.parametrize("within", [None, "pause", "visit"])
def test_a_claim_takes_up_what_a_lost_worker_left_or_contaminates(
    out: RunDir, ledger: HttpLedger, within: str | None
) -> None:
    first = ledger.claim(ONE, ME, 60)
    ledger.step_started(first, 0)
    if within != "visit":
        ledger.step_finished(first, 0, Outcome.DONE)
    if within == "pause":
        ledger.step_started(first, 1)
    lose(out)
    if within == "visit":
        with pytest.raises(NotClaimable) as over:
            ledger.claim(ONE, OTHER, 60)
        assert isinstance(over.value, Ended)
        assert over.value.state is SessionState.CONTAMINATED
        assert "may have had its effect" in over.value.detail
        outcomes = [row.outcome for row in ledger.steps(ONE)]
        assert outcomes == [Outcome.CONTAMINATED, Outcome.SKIPPED, Outcome.SKIPPED]
        with pytest.raises(NotClaimable):  # and stays so
            ledger.claim(ONE, OTHER, 60)
        return
    second = ledger.claim(ONE, OTHER, 60)
    assert second.token > first.token
    assert [(row.started, row.outcome) for row in ledger.steps(ONE)] == [
        (True, Outcome.DONE), (False, None), (False, None)
    ]  # fmt: skip
    with pytest.raises(LeaseLost):
        ledger.step_started(first, 1)
    ledger.step_started(second, 1)


def test_what_is_done_or_was_given_up_is_claimed_by_nobody(out: RunDir) -> None:
    service = LedgerService(out)
    with ledger_on(make_app(service, TOKEN)) as ledger:
        story(ledger)
        with pytest.raises(Ended) as over:
            ledger.claim(ONE, OTHER, 60)
        assert over.value.state is SessionState.DONE
        service.give_up(TWO)
        with pytest.raises(Ended, match="given up"):
            ledger.claim(TWO, OTHER, 60)


def test_no_secret_leaves_home(out: RunDir, ledger: HttpLedger) -> None:
    secret = (out.profiles / "a-1" / "key.json").read_text().split('"')[3]
    assert len(secret) > 40
    kit = ledger.session_bundle(ledger.claim(ONE, ME, 60))
    assert secret not in repr(kit)
    assert secret not in ledger.plan().decode()
    assert ledger.job(ONE).session == ONE
    assert ledger.home.token not in repr(ledger.home)


def test_a_puppet_that_came_with_a_past_has_it_wherever_it_is(
    out: RunDir, ledger: HttpLedger, tmp_path: Path
) -> None:
    profile = ProfileStore(out.profiles).get("a-1")
    (profile.state_dir / "http.json").write_text("a past")
    origin = Origin("0" * 64, "run", "plan", "trained-1", "b01-trained-1", "end", {"seen": 3})
    origin.write(profile.path)
    scratch = RunDir(tmp_path / "scratch")
    lease = ledger.claim(ONE, ME, 60)
    job = ledger.job(ONE)
    with Store(scratch.store) as store:
        prepare_workdir(scratch, store, ledger, lease, job)
        (row,) = store.sessions()
    there = ProfileStore(scratch.profiles).get("a-1")
    assert (there.visitor_id, there.public_key) == (profile.visitor_id, profile.public_key)
    assert (there.state_dir / "http.json").read_text() == "a past"
    assert Origin.read(there.path) == origin
    assert not there.has_key
    assert row["id"] == ONE


def test_a_session_that_goes_on_elsewhere_is_told_what_it_has_queued(tmp_path: Path) -> None:
    """Its own rows and no other's: numbers and adverts go on from there."""
    with Store(tmp_path / "store.db") as store:
        outbox = Outbox(store.db)
        for capture in ("b01-a-1-0000", "b01-a-1-0000+element-1", "b01-a-10-0000"):
            outbox.add(
                capture, puppet="a-1", target="t", public_key="k", content_hash="0" * 64,
                fields={}, languages=(), research_tag=None,
            )  # fmt: skip
        told = [row["capture"] for name, row in given(store, "b01-a-1", "a-1") if name == "outbox"]
    assert told == ["b01-a-1-0000", "b01-a-1-0000+element-1"]
