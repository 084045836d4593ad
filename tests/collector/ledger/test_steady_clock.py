"""A wall clock that jumps ends nothing, takes no lease away, and turns no step around."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.ledger.lease import Keeper, StoreLedger
from collector.schedule import clockwatch, engine
from collector.schedule.display import QuietDisplay
from collector.store import LeaseLost, Outcome, Store, steady
from collector.store import leases as table
from collector.store.leases import Owner


@pytest.fixture
def store(tmp_path: Path) -> Store:
    from fleet_tools import make_run

    out, _ = make_run(tmp_path / "run")
    return Store(out.store)


ME = Owner("here", 1, 1.0)


class Clock:
    """Wall time that a test moves, everywhere it is read; the monotonic clock goes on."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.by_s = 0.0
        real = time.time
        clock = self

        class Moved(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:
                return datetime.fromtimestamp(real() + clock.by_s, UTC)

        patch.setattr(time, "time", lambda: real() + self.by_s)
        for name, module in list(sys.modules.items()):
            if name.startswith("collector.") and getattr(module, "datetime", None) is datetime:
                patch.setattr(module, "datetime", Moved)


@pytest.mark.parametrize("by_s", [90.0, 3600.0, -3600.0])
def test_a_lease_outlives_a_jump(
    store: Store, monkeypatch: pytest.MonkeyPatch, by_s: float
) -> None:
    """Held, renewed, written under and given back as if nothing had happened."""
    steady.steady_s()
    clock = Clock(monkeypatch)
    with store:
        lease = table.claim(store, "b01-a-1", ME, 60)
        ledger = StoreLedger(store)
        ledger.step_started(lease, 0)
        clock.by_s = by_s
        held = table.current_lease(store, lease.session)
        assert held is not None
        assert held.good(steady.steady_now())
        ledger.check(lease)
        keeper = Keeper(lambda: store, lease, 60)  # type: ignore[arg-type,return-value]
        keeper.check()
        lease = ledger.renew(lease, 60)
        ledger.step_finished(lease, 0, Outcome.DONE)
        (row, *_) = store.steps("b01-a-1")
        assert row["finished"] >= row["started"]
        table.release(store, lease)


def test_a_lease_is_over_when_its_time_is(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now_s)
    with store:
        lease = table.claim(store, "b01-a-1", ME, 0.01)
        table.require(store.db, lease.session, lease.token)
        now_s += 0.01
        with pytest.raises(LeaseLost, match="was over"):
            table.require(store.db, lease.session, lease.token)


def test_programs_that_a_run_starts_count_from_its_beginning() -> None:
    """The clock is the same in all of them, whatever their wall clock says by then."""
    script = "from collector.store.steady import steady_s; print(steady_s())"
    before = steady.steady_s()
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert before <= float(told.stdout) <= steady.steady_s()
    assert abs(steady.steady_now() - datetime.now(UTC)) < timedelta(hours=1)


def test_a_jump_is_one_line_in_the_diary(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from collector.contract.layout import RunDir
    from collector.schedule.barrier import Schedule

    moved = [0.0]
    monkeypatch.setattr(clockwatch, "moved_s", lambda: moved[0])
    with store:
        one = engine.Engine(
            {}, Schedule(blocks=(), workers=1), out=RunDir(tmp_path / "run"), store=store,
            display=QuietDisplay(), labels={},
        )  # fmt: skip
        for now_s in (0.0, 0.2, 3600.2, 3600.3, 3600.3, -0.1, -0.1):
            moved[0] = now_s
            one._heed_clock()
        said = [row["message"] for row in store.rows("SELECT * FROM events WHERE kind = 'clock'")]
    assert [text.split(" by ")[1].split(" s,")[0] for text in said] == ["+3600", "-3600"]
