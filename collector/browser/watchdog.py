"""A limit on every wait that has none of its own.

``evaluate`` and ``content`` wait for ever on a page in an endless loop, and the synchronous call
cannot be interrupted from Python. A timer thread kills the browser instead, by its own process
group, never by name; the blocked call then fails at once and is reported as :class:`BrowserHung`.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import psutil

from collector.browser.errors import BrowserHung
from collector.posix import end_with_group

#: When killing the browser did not free the blocked call, the driver goes this much later.
SECOND_STAGE_S = 5.0


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

    @contextlib.contextmanager
    def limit(self, seconds_s: float, what: str) -> Iterator[None]:
        """Run a block; kill the browser when it takes longer and raise :class:`BrowserHung`."""
        timers: list[threading.Timer] = []
        fired = threading.Event()

        def first() -> None:
            self.fired = what
            fired.set()
            self.kill()
            timers[1].start()

        for delay_s, action in ((seconds_s, first), (SECOND_STAGE_S, self._kill_driver)):
            timer = threading.Timer(delay_s, action)
            timer.daemon = True
            timers.append(timer)
        timers[0].start()
        try:
            yield
        except Exception as error:
            if fired.is_set():
                raise BrowserHung(what, seconds_s) from error
            raise
        finally:
            for timer in timers:
                timer.cancel()

    def kill(self) -> None:
        """End the browser and everything in its process group. Harmless when it is gone."""
        end_with_group(self._browser)

    def _kill_driver(self) -> None:
        if self._driver is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                self._driver.kill()
