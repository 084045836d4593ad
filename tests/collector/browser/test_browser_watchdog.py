"""What kills a session, and how it is told: hung, crashed, gone; and closing that always ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from alive import lives
from browser_bench import Bench, puppet
from playwright.sync_api import Playwright

from collector.browser import BrowserGone, BrowserHung, PageCrashed, driver, watchdog
from collector.browser.running import PuppetBrowser
from collector.browser.watchdog import Watchdog
from collector.posix import end_with_group

LOOP = "() => { for (;;); }"


def ended(processes: list[psutil.Process]) -> bool:
    """Whether all are gone or only wait to be reaped, which not every container's init does."""
    deadline = time.monotonic() + 60
    for process in processes:
        while lives(process):
            if time.monotonic() > deadline:
                return False
            os.sched_yield()
    return True


@pytest.fixture
def mine(bench: Bench, playwright: Playwright, tmp_path: Path) -> Iterator[PuppetBrowser]:
    """A puppet on a page; afterwards none of its processes may be left."""
    with puppet(tmp_path, bench, playwright=playwright) as one:
        one.goto(bench.page("/here", "<p>here"))
        processes = [psutil.Process(one.pid), *psutil.Process(one.pid).children(recursive=True)]
        yield one
    assert ended(processes)


@pytest.mark.browser
def test_an_endless_script_is_ended_in_time(mine: PuppetBrowser) -> None:
    with pytest.raises(BrowserHung, match="1 s"):
        mine.evaluate(LOOP, timeout_s=1)
    with pytest.raises(BrowserGone):
        mine.evaluate("1")


@pytest.mark.browser
def test_a_page_that_hangs_later_does_not_hang_a_capture(mine: PuppetBrowser) -> None:
    mine.evaluate("() => { setTimeout(() => { for (;;); }, 0); }")
    mine.page.wait_for_timeout(200)
    with pytest.raises(BrowserHung):
        mine.capture(timeout_s=1)


@pytest.mark.browser
def test_closing_a_hung_page_ends(mine: PuppetBrowser) -> None:
    mine.evaluate("() => { setTimeout(() => { for (;;); }, 0); }")


@pytest.mark.browser
def test_a_crashed_page_is_told_and_another_one_works(bench: Bench, mine: PuppetBrowser) -> None:
    with pytest.raises(PageCrashed):
        mine.goto("chrome://crash")
    with pytest.raises(PageCrashed):
        mine.capture()
    mine.new_page()
    assert mine.goto(bench.origin + "/here") == 200
    assert "here" in mine.capture().html


@pytest.mark.browser
def test_a_killed_renderer_is_a_crash(mine: PuppetBrowser) -> None:
    # One that has only been forked is not called a renderer yet; one that answers is.
    mine.evaluate("1")
    renderers = [
        process
        for process in psutil.Process(mine.pid).children(recursive=True)
        if "--type=renderer" in process.cmdline()
    ]
    assert renderers
    for process in renderers:
        process.kill()
    with pytest.raises(PageCrashed):
        mine.evaluate("1")


@pytest.mark.browser
def test_a_killed_browser_is_gone(bench: Bench, mine: PuppetBrowser) -> None:
    os.kill(mine.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(mine.pid)] if psutil.pid_exists(mine.pid) else [], timeout=60)
    with pytest.raises(BrowserGone):
        mine.evaluate("1")
    with pytest.raises(BrowserGone):
        mine.goto(bench.origin + "/here")


@pytest.mark.browser
def test_a_stopped_browser_hangs_and_is_ended(mine: PuppetBrowser) -> None:
    os.killpg(os.getpgid(mine.pid), signal.SIGSTOP)
    with pytest.raises(BrowserHung):
        mine.evaluate("1", timeout_s=1)


@pytest.mark.browser
def test_a_killed_puppet_leaves_no_process_and_no_lock(tmp_path: Path) -> None:
    """The whole room in a process of its own, killed: its driver and browser go with it."""
    program = f"""
import sys; sys.path[:0] = {sys.path!r}
from pathlib import Path
from browser_bench import Persona
from collector.browser.puppet import open_puppet
with open_puppet(state_dir=Path({str(tmp_path / "state")!r}), persona=Persona()) as puppet:
    print(puppet.pid, puppet.driver_pid, flush=True)
    sys.stdin.read()
"""
    line = [sys.executable, "-c", program]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        pids = [int(word) for word in child.stdout.readline().split()]
        assert len(pids) == 2
        litter = list(Path(driver.tempfile.gettempdir()).glob(f"twinwatch-{child.pid}-*"))
        assert litter
        processes = [psutil.Process(pid) for pid in pids]
        child.kill()
    assert ended(processes)
    from collector.browser.lock import ProfileLock

    with ProfileLock(tmp_path / "state"):
        pass
    assert set(litter) <= set(driver.sweep())
    assert not any(folder.exists() for folder in litter)


@contextlib.contextmanager
def asleep() -> Iterator[subprocess.Popen[bytes]]:
    """A process that stands for a browser or its driver: it does nothing, in its own group."""
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as process:
        yield process
        process.kill()


def blocked(by: subprocess.Popen[bytes]) -> None:
    """A call that comes back when a process has ended, and fails then."""
    by.wait()
    raise RuntimeError("closed")


def test_a_call_that_is_late_ends_the_browser_and_then_the_driver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The driver only if the call stays blocked when the browser has gone; the next call is told
    nothing of it."""
    with asleep() as browser, asleep() as other, asleep() as node:
        guard = Watchdog(browser.pid, node.pid)
        with pytest.raises(BrowserHung, match="first"), guard.limit(0.01, "the first"):
            blocked(browser)
        assert guard.fired == "the first"
        assert node.poll() is None
        monkeypatch.setattr(watchdog, "SECOND_STAGE_S", 0.01)
        with pytest.raises(BrowserHung), guard.limit(0.01, "the second"):
            blocked(node)
        assert other.poll() is None
        guard.stop()


def test_one_thread_sees_to_all_calls_and_ends_with_the_browser() -> None:
    """A limit that ends before the one that was asked for earlier is heeded all the same."""
    before = set(threading.enumerate())
    with asleep() as browser:
        guard = Watchdog(browser.pid)
        for _ in range(50):
            with guard.limit(600, "one of many"):
                pass
        (thread,) = set(threading.enumerate()) - before
        assert thread.name == "watchdog"
        short = guard.limit(0.01, "a short one")
        with guard.limit(600, "a long one"), pytest.raises(BrowserHung, match="short"), short:
            blocked(browser)
        guard.stop()
        thread.join()
        assert thread not in threading.enumerate()


def test_only_folders_of_dead_processes_are_swept(tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as gone:
        pass
    dead = tmp_path / f"twinwatch-{gone.pid}-a"
    alive = tmp_path / f"twinwatch-{os.getpid()}-a"
    other = tmp_path / "somebody-1-a"
    for folder in (dead, alive, other):
        folder.mkdir()
    assert driver.sweep(tmp_path) == [dead]
    assert sorted(tmp_path.iterdir()) == sorted([alive, other])


def test_killing_ends_the_group_and_never_our_own() -> None:
    nest = ["sh", "-c", "sleep 60 & echo $!; wait"]
    with subprocess.Popen(
        nest, start_new_session=True, stdout=subprocess.PIPE, text=True
    ) as foreign:
        assert foreign.stdout is not None
        grandchild = psutil.Process(int(foreign.stdout.readline()))
        end_with_group(psutil.Process(foreign.pid))
    assert ended([grandchild])

    with subprocess.Popen(nest, stdout=subprocess.PIPE, text=True) as ours:
        assert ours.stdout is not None
        grandchild = psutil.Process(int(ours.stdout.readline()))
        end_with_group(psutil.Process(ours.pid))
    assert ended([grandchild])
