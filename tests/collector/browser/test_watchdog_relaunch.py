"""A worn browser is replaced by a fresh one on the same profile, and nobody can tell; one that
takes too much memory, hangs or dies is ended with the reason."""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from browser_bench import Bench, puppet
from playwright.sync_api import Playwright
from snapshot_tools import Bed

from collector.browser import BrowserTooBig, driver, lifecycle, memory, snapshot
from collector.browser import puppet as opening
from collector.browser.limits import Limits
from collector.browser.lock import ProfileLock
from collector.browser.memory import group_bytes
from collector.browser.options import BrowserOptions
from collector.contract.job import Pace
from collector.drivers import browserless as http_driver
from collector.drivers.base import Opened
from collector.session.pacing import Pacing
from collector.store import SessionState
from mockserver.context import MockConfig
from mockserver.serve import serving as mock
from tests.collector.browser.test_browser_watchdog import ended

START = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.browser
def test_a_relaunch_keeps_cookies_storage_and_the_pages_clock(
    bench: Bench, playwright: Playwright, tmp_path: Path
) -> None:
    page = bench.page("/plain", "<p>plain")
    how = {"virtual": True, "virtual_start": START, "options": BrowserOptions(page_budget=3)}
    with puppet(tmp_path, bench, playwright=playwright, **how) as one:
        one.goto(page)
        one.evaluate("() => { localStorage.setItem('a', 'kept'); document.cookie = 'session=1'; }")
        assert one.relaunch_reason() == ""
        one.goto(page)
        one.goto(page)
        assert one.relaunch_reason() == "3 page loads"
        one.let_pass(3600)
        before = one.capture().client_time
        assert before == START.replace(hour=1)
        first = psutil.Process(one.pid)
        group = [first, *first.children(recursive=True)]
        kept = []

        def while_closed() -> None:
            assert ended(group)
            kept.append(snapshot.write(tmp_path / "state", tmp_path / "snapshots"))
            with pytest.raises(Exception, match="in use by process"):
                ProfileLock((tmp_path / "state").resolve()).acquire()

        one.relaunch(while_closed)
        assert kept[0].path.exists()
        assert one.pid != first.pid
        assert one.relaunch_reason() == ""
        after = one.capture().client_time
        assert 0 <= (after - before).total_seconds() < 60, "nor does it stand or jump"
        one.goto(page)
        assert one.evaluate("() => document.cookie").endswith("; session=1")
        assert one.evaluate("() => localStorage.getItem('a')") == "kept"
        one.let_pass(10)
        assert one.capture().client_time > after
        second = [psutil.Process(one.pid)]
    assert ended(second)


@pytest.mark.browser
@pytest.mark.slow
def test_in_real_time_too_the_site_is_told_of_the_last_watch(
    bench: Bench, playwright: Playwright, tmp_path: Path
) -> None:
    url = bench.watch_page(seconds=20)
    with puppet(tmp_path, bench, playwright=playwright) as one:
        one.goto(url)
        one.wait_for("() => document.querySelector('video').currentTime > 1")
        one.relaunch()
        bench.heard_of(url, 1)


@pytest.mark.browser
def test_memory_is_seen_given_back_and_bounded(
    bench: Bench, playwright: Playwright, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "EVERY_S", 0.1)
    options = BrowserOptions(memory_mb=200)
    monkeypatch.setattr(BrowserOptions, "limits", Limits(soft_mb=10, hard_mb=600))
    with puppet(tmp_path, bench, playwright=playwright, options=options) as one:
        one.goto(bench.page("/here", "<p>here"))
        used = one.memory_mb()
        assert 30 < used < 600
        assert (
            one.relaunch_reason() == f"{one.memory_mb()} MB of memory"
            or one.relaunch_reason().endswith("MB of memory")
        )
        one.collect_garbage()
        assert "here" in one.capture().html, "the page stays"
        with pytest.raises(BrowserTooBig, match="more than the 600 MB it may") as caught:
            one.evaluate(
                "async () => { const kept = []; for (;;) {"
                " kept.push(new Uint8Array(3e7).fill(1));"
                " await new Promise((go) => setTimeout(go, 10)); } }"
            )
        assert caught.value.used_mb >= 600


@pytest.mark.browser
def test_a_browser_that_does_not_close_is_ended_in_time(
    bench: Bench, playwright: Playwright, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "CLOSE_LIMIT_S", 1.0)
    with puppet(tmp_path, bench, playwright=playwright) as one:
        process = psutil.Process(one.pid)
        os.killpg(os.getpgid(one.pid), signal.SIGSTOP)
    assert ended([process])


@pytest.mark.browser
def test_a_driver_that_does_not_stop_is_ended_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a thread of its own, for the driver of this one belongs to other tests."""
    monkeypatch.setattr(driver, "STOP_LIMIT_S", 1.0)
    found: list[Any] = []

    def use() -> None:
        with driver.driver():
            process = driver._local.process
            found.append(process)
            process.suspend()

    thread = threading.Thread(target=use)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    assert len(found) == 1
    assert ended(found)


def test_only_an_own_group_is_counted() -> None:
    assert group_bytes(os.getpid()) == 0, "this group is not a browser's"
    assert group_bytes(2**22 + 1) == 0
    with psutil.Popen(["sleep", "60"], start_new_session=True) as other:
        assert 0 < group_bytes(other.pid) < 64 * 2**20
        other.kill()


# ---- what becomes of a session

HOME = {"visit": {"url": "home", "capture": False}}
SCENARIO: dict[str, Any] = {
    "arms": {
        "only": {
            "steps": [
                HOME,
                {"consent": "reject"},
                {"watch": {"video": "dQw4w9WgXcQ", "for": "20s", "capture": False}},
                {"snapshot": "seen"},
                {"visit": "home"},
            ]
        }
    }
}


@pytest.mark.slow
def test_a_worn_puppet_is_replaced_only_where_its_page_is_left_anyway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def opened(*given: Any, relaunch: Any, **named: Any) -> Opened:
        def replaced(while_closed: Any) -> None:
            done.append("replaced")
            relaunch(while_closed)

        one = Opened(*given, **named)
        one.relaunch = replaced
        one.relaunch_reason, one.collect_garbage = (
            lambda: "7 page loads",
            lambda: done.append("relieved"),
        )
        return one

    monkeypatch.setattr(http_driver, "Opened", opened)
    video = {"watch": {"video": "dQw4w9WgXcQ", "for": "5s", "capture": False}}
    steps = [HOME, {"consent": "reject"}, video, {"pause": "1s"}, {"snapshot": "s"}, HOME]
    with mock(MockConfig(seed=1)) as server:
        bed = Bed(tmp_path / "run", server, {"arms": {"only": {"steps": steps}}})
        assert bed.carry_out() is SessionState.DONE
    snapshot_itself = "replaced"
    assert done == [
        "replaced", "relieved", "replaced", "relieved", snapshot_itself, "replaced"
    ]  # fmt: skip
    told = [(row["step"], row["message"]) for row in bed.rows("events")]
    why = "the browser was replaced after 7 page loads"
    assert told == [(0, why), (2, why), (5, why)]
    assert {row["outcome"] for row in bed.rows("steps")} == {"done"}


@pytest.mark.browser
def test_a_session_goes_on_over_relaunches_and_the_site_cannot_tell(tmp_path: Path) -> None:
    with mock(MockConfig(seed=1)) as server:
        bed = Bed(
            tmp_path / "run", server, SCENARIO,
            driver="chromium", pace=Pace(virtual=True), browser=BrowserOptions(page_budget=2),
        )  # fmt: skip
        assert bed.carry_out() is SessionState.DONE
        watches, _ = server.app.extensions["mock"].world.truth.rows(
            "watches", visitor=bed.puppets["only-1"].visitor_id, where={}, after=0, limit=10
        )
    assert [row["outcome"] for row in bed.rows("steps")] == ["done"] * 5
    (watch,) = watches
    assert watch["seconds"] == pytest.approx(20, abs=1), "told before the browser was closed"
    told = [row["message"] for row in bed.rows("events") if row["kind"] == "relaunched"]
    assert told
    assert all("page loads" in each for each in told)
    mid, end = bed.taken
    assert (mid.at, mid.name, end.parent) == ("4", "seen", mid.snapshot)
    assert mid.site is not None
    (event,) = mid.site["memory"]["youtube"]["events"]
    assert event["seconds"] == pytest.approx(20, abs=1), "the memory has the watch before it"
    assert max(mid.size, end.size) < 1_000_000
    (capture,) = bed.rows("captures")
    assert capture["status"] == "ok"


@pytest.mark.browser
@pytest.mark.parametrize("how", ["browser", pytest.param("renderer", marks=pytest.mark.slow)])
def test_a_browser_that_dies_ends_its_session_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """It is killed in the third step; what was done before stays."""
    opened: list[Any] = []
    launch = opening._launch

    def launched(*how: Any) -> Any:
        opened.append(launch(*how))
        return opened[-1]

    monkeypatch.setattr(opening, "_launch", launched)

    def advance(self: Pacing, seconds_s: float) -> None:
        browser = psutil.Process(opened[-1].pid)
        for each in [browser] if how == "browser" else browser.children(recursive=True):
            if how == "browser" or "--type=renderer" in each.cmdline():
                each.kill()
        self.puppet.let_pass(seconds_s)

    monkeypatch.setattr(Pacing, "advance", advance)
    steps = [HOME, {"consent": "reject"}, {"pause": "2s"}, {"visit": "/feed/subscriptions"}]
    with mock(MockConfig(seed=1)) as server:
        bed = Bed(
            tmp_path / "run", server, {"arms": {"only": {"steps": steps}}},
            driver="chromium", pace=Pace(virtual=True),
        )  # fmt: skip
        assert bed.carry_out() is SessionState.FAILED
    (row,) = bed.rows("sessions")
    assert ("the browser is gone" if how == "browser" else "crashed") in row["detail"]
    outcomes = [each["outcome"] for each in bed.rows("steps")]
    assert outcomes == ["done", "done", "skipped", "skipped"]
    assert row["snapshot_after"] is None, "nothing is built upon what broke"
