"""A limit on every wait that has none of its own.

``evaluate`` and ``content`` wait for ever on a page in an endless loop, and the synchronous call
cannot be interrupted from Python. A thread kills the browser instead, by its own process group,
never by name; the blocked call then fails at once and is reported as :class:`BrowserHung`. One
thread a browser sees to all its calls: a call is a few milliseconds, to start a thread for each
would cost as much again.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from collector.browser.errors import BrowserHung
from collector.posix import end_with_group

#: When killing the browser did not free the blocked call, the driver goes this much later.
SECOND_STAGE_S = 5.0


#: How often the thread looks while nothing is guarded.
_IDLE_S = 60.0


@dataclass(eq=False, slots=True)
class _Guarded:
    """A block that runs: when it is too late (monotonic seconds), and whether it was."""

    what: str
    due: float
    fired: bool = False


class Watchdog:
    """Guards the calls made to one browser.

    :param browser_pid: the browser's main process; Playwright gives it a group of its own.
    :param driver_pid: the process between us and the browser; ended only if the call stays blocked.
    """

    def __init__(self, browser_pid: int, driver_pid: int | None = None) -> None:
        self.browser_pid = browser_pid
        self._browser = psutil.Process(browser_pid)  # remembers the start time: pids are reused
        self._driver = psutil.Process(driver_pid) if driver_pid else None
        self.fired: str | None = None
        """What was being waited for when the browser was killed."""
        self._changed = threading.Condition()
        self._guarded: list[_Guarded] = []
        self._thread: threading.Thread | None = None
        self._next_look = 0.0

    @contextlib.contextmanager
    def limit(self, seconds_s: float, what: str) -> Iterator[None]:
        """Run a block; kill the browser when it takes longer and raise :class:`BrowserHung`."""
        guarded = _Guarded(what, time.monotonic() + seconds_s)
        with self._changed:
            self._guarded.append(guarded)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look_on, name="watchdog", daemon=True)
                self._thread.start()
            elif guarded.due < self._next_look:
                self._changed.notify()
        try:
            yield
        except Exception as error:
            if guarded.fired:
                raise BrowserHung(what, seconds_s) from error
            raise
        finally:
            with self._changed:
                self._guarded.remove(guarded)

    def stop(self) -> None:
        """Let the thread end. Harmless when it has; a later :meth:`limit` starts another."""
        with self._changed:
            self._thread = None
            self._changed.notify()

    def _look_on(self) -> None:
        with self._changed:
            while self._thread is threading.current_thread():
                now = time.monotonic()
                for late in [one for one in self._guarded if one.due <= now]:
                    self._end(late, now)
                dues = [one.due for one in self._guarded]
                self._next_look = min([now + _IDLE_S, *dues])
                self._changed.wait(self._next_look - now)

    def _end(self, late: _Guarded, now: float) -> None:
        """The browser first; if that did not free the call, the driver."""
        if not late.fired:
            late.fired, late.due = True, now + SECOND_STAGE_S
            self.fired = late.what
            self.kill()
            return
        late.due = math.inf
        if self._driver is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                self._driver.kill()

    def kill(self) -> None:
        """End the browser and everything in its process group. Harmless when it is gone."""
        end_with_group(self._browser)
