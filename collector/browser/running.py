"""A puppet's browser while it runs: its page, its time, what it saw, and its end.

The page is Playwright's and may be used directly; what has no time-out there (``evaluate``,
capture, closing) goes through this class and its watchdog.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from collector.browser import virtual
from collector.browser.capture import HIDDEN_PAGE_ROOTS, raw_page, wall_time
from collector.browser.errors import NavigationFailed
from collector.browser.find import BrowserBinary
from collector.browser.lifecycle import BrowserLifecycle, Launch, Prepare
from collector.browser.reasons import PROXY_LOGIN, explained
from collector.browser.receipts import CAP_S
from collector.browser.scripts import script
from collector.browser.virtual import (
    AFTER_END_STEP_S,
    BEGIN_STEP,
    DRAWN,
    GRAIN_S,
    LEAVE,
    SETTLED,
    STEP_S,
    Pace,
)
from collector.browser.watch import Unstick, WatchTarget, watch
from collector.common.model import RawPage, Receipt
from collector.files import private_file

#: Beyond a wait's own time-out: the watchdog is for waits that do not keep theirs.
GRACE_S = 10.0
#: How long Chromium takes at most to show its own error page.
ERROR_PAGE_LIMIT_S = 3.0


class PuppetBrowser(BrowserLifecycle):
    """A running browser on one profile. Errors: :class:`BrowserHung`, :class:`PageCrashed`,
    :class:`BrowserGone`, :class:`NavigationFailed`; a script's own error is Playwright's."""

    def __init__(
        self, launch: Launch, prepare: Prepare, *, binary: BrowserBinary, pace: Pace, **life: Any
    ) -> None:
        self.binary = binary
        self._pace = pace
        self.explained = explained
        """Why a page did not load, in words; the way out may know more of it."""
        super().__init__(launch, prepare, **life)

    # -- moving about ------------------------------------------------------------------------

    def goto(self, url: str, timeout_s: float = 30.0) -> int | None:
        """Load ``url`` and wait for its document; returns the HTTP status.

        Playback is stopped first and its last beacon awaited under virtual time, so that a server
        learns of a watch before it is asked for the next page.
        """
        if self.virtual and not self.page.url.startswith("about:"):
            with contextlib.suppress(PlaywrightError):  # a page that cannot answer has no beacon
                self.evaluate(LEAVE)
        shown = self._error_pages
        with self.guard(f"loading {url}", timeout_s + GRACE_S):
            try:
                answer = self.page.goto(
                    url, timeout=timeout_s * 1000, wait_until="domcontentloaded"
                )
            except PlaywrightTimeout as error:
                self._stop_loading()
                raise NavigationFailed(url, f"no answer within {timeout_s:g} s") from error
            except PlaywrightError as error:
                if "net::" in error.message:
                    told = error.message[error.message.index("net::") :].splitlines()[0]
                    reason = told.partition(" at ")[0]
                    if reason != "net::ERR_ABORTED":
                        self._await_error_page(shown)
                    else:  # a download, an empty answer, or a crash that is about to be told
                        self.page.evaluate("0")
                    raise NavigationFailed(url, self.explained(reason)) from error
                raise
        status = answer.status if answer is not None else None
        if status == PROXY_LOGIN:
            raise NavigationFailed(url, explained(str(PROXY_LOGIN)))
        return status

    def check_loaded(self) -> None:
        """Make sure that the document that a click led to is there, as :meth:`goto` does of its
        own. Raises NavigationFailed: it did not load, or a proxy wants a login in its place."""
        if self.page.url.startswith("chrome-error:"):
            url, reason = self._not_loaded
            raise NavigationFailed(url, self.explained(reason))
        if self._answered == PROXY_LOGIN:
            raise NavigationFailed(self.page.url, explained(str(PROXY_LOGIN)))

    def _stop_loading(self) -> None:
        """Of a page that was given up no more is read: one that never ends would fill the memory
        until the next one is asked for."""
        with contextlib.suppress(PlaywrightError):  # the browser is gone, which the guard tells
            session = self.context.new_cdp_session(self.page)
            session.send("Page.stopLoading")
            session.detach()

    def read_document(self, url: str) -> tuple[str, str]:
        """Text of the document at ``url``, and where it was in the end; the page is blank after."""
        self.goto(url)
        text, there = self.evaluate("() => [document.documentElement.innerText, location.href]")
        self.goto("about:blank")
        return str(text), str(there)

    def _await_error_page(self, shown_before: int) -> None:
        """Chromium shows its error page a moment later, which would cut off the next navigation."""
        if self._error_pages == shown_before:
            with contextlib.suppress(PlaywrightTimeout):
                self.page.wait_for_event("framenavigated", timeout=ERROR_PAGE_LIMIT_S * 1000)

    def evaluate(self, js: str, arg: Any = None, timeout_s: float = 20.0) -> Any:
        """Run ``js`` in the page. After ``timeout_s`` the browser is killed: BrowserHung."""
        with self.guard("a script in the page", timeout_s):
            return self.page.evaluate(js, arg)

    def wait_for(self, js: str, timeout_s: float = 20.0, arg: Any = None) -> Any:
        """The first truthy answer of ``js`` (expression or function); ``TimeoutError`` if none.

        Under virtual time a page that stands still with nothing under way is moved ahead, a
        little at a time and by ``timeout_s`` at most: what comes then comes from its timers.
        """
        deadline, page_left_s = time.monotonic() + timeout_s, timeout_s
        while self.virtual and page_left_s > 0 and time.monotonic() < deadline:
            if found := self.evaluate(js, arg):
                return found
            if self._at_rest():
                self.let_pass(GRAIN_S)
                page_left_s -= GRAIN_S
        left_s = max(deadline - time.monotonic(), 0.001)
        with self.guard("a wait for the page", left_s + GRACE_S):
            try:
                return self.page.wait_for_function(js, arg=arg, timeout=left_s * 1000).json_value()
            except PlaywrightTimeout:
                raise TimeoutError(
                    f"the condition was not met within {timeout_s:g} s: {js}"
                ) from None

    def _at_rest(self) -> bool:
        """Has the page been drawn and its observers called, with nothing on its way since?"""
        begun = self._requests_begun
        self.settle()
        complete = self.evaluate(DRAWN)
        return bool(complete) and not self._under_way and self._requests_begun == begun

    def click_at(self, x: float, y: float) -> None:
        """A click of the mouse at a point of the viewport (CSS pixels)."""
        with self.guard("a click", 20.0):
            self.page.mouse.click(x, y)

    # -- time --------------------------------------------------------------------------------

    def let_pass(self, seconds_s: float) -> None:
        """Let page time pass, really or virtually; requests under way are awaited on the way."""
        left = seconds_s
        while left > 0:
            if not self.virtual:
                step = min(left, STEP_S)
                self._really_wait(step)
            else:
                step = self._move(left)
            left -= step

    def _move(self, most_s: float) -> float:
        """One step of virtual time; answers how long it was."""
        stands = None
        with contextlib.suppress(PlaywrightError):  # a page that is just leaving
            stands = self.evaluate(BEGIN_STEP)
        step = min(most_s, AFTER_END_STEP_S if stands and stands["ended"] else STEP_S)
        if (wait_s := self._pace.real_wait_s(step)) > 0:
            self._really_wait(wait_s)
        with self.guard("moving the clock", 60.0):
            virtual.advance(self.context, step)
            self.page_clock += timedelta(milliseconds=round(step * 1000))
            if self.tells_clock:
                virtual.tell(self.context, self.page_clock)
        self.settle()
        return step

    def now(self) -> datetime:
        """What the page's clock shows (aware, milliseconds): where time is real, the machine's."""
        moment = self.page_clock if self.virtual else datetime.now(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def settle(self, timeout_s: float = 20.0) -> None:
        """Wait for the page's own requests under way (virtual time only; beacons included)."""
        if self.virtual:
            with contextlib.suppress(PlaywrightError):  # a page that is just leaving has none
                self.evaluate(SETTLED, timeout_s=timeout_s)

    def _really_wait(self, seconds_s: float) -> None:
        with self.guard("a pause", seconds_s + GRACE_S):
            self.page.wait_for_timeout(seconds_s * 1000)

    # -- what was seen and watched -----------------------------------------------------------

    def capture(self, drop: Sequence[str] = HIDDEN_PAGE_ROOTS, timeout_s: float = 30.0) -> RawPage:
        """The visible page; elements matching the selectors ``drop`` are left out."""
        found = self.evaluate(script("capture.js"), list(drop), timeout_s=timeout_s)
        saved = wall_time()
        with self.guard("reading what the site answered", timeout_s):
            return raw_page(found, saved, self.answers.take())

    def watch(
        self,
        planned_s: float | None = None,
        until_end: bool = False,
        cap_s: float | None = None,
        *,
        share: float | None = None,
        skip_ads: bool = False,
        after_end_s: float = 0.0,
        progress: Callable[[float], None] | None = None,
        unstick: Unstick | None = None,
    ) -> Receipt:
        """Watch ``planned_s`` media seconds, a ``share`` (0–1) of the video, or ``until_end``.

        ``cap_s`` bounds the media seconds of each. Adverts are sat through and counted, unless
        ``skip_ads``. ``after_end_s``: how long to wait after the end for autoplay to move on.
        ``unstick`` is asked when a player stands still that should play. The player is paused when
        the planned second is reached.
        """
        if [planned_s is not None, share is not None, until_end].count(True) != 1:
            raise ValueError("exactly one of planned_s, share and until_end must be given")
        wanted = WatchTarget(planned_s, share, CAP_S if cap_s is None else cap_s)
        return watch(
            self,
            wanted,
            skip_ads=skip_ads,
            after_end_s=after_end_s,
            progress=progress,
            unstick=unstick,
        )

    def screenshot(self, path: Path, *, full_page: bool = False, timeout_s: float = 20.0) -> Path:
        """A PNG of the viewport, for its owner alone: it shows who was signed in. A full page of a
        long feed can take many seconds."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.guard("a screenshot", timeout_s + GRACE_S):
            private_file(path, self.page.screenshot(full_page=full_page, timeout=timeout_s * 1000))
        return path

    def new_page(self) -> Page:
        """Replace the page, in the same browser and profile; the way on after a crash."""
        crashed, self._crashed = self._crashed, False
        old = self.page
        with self.guard("opening a page", 20.0):
            self.page = self.context.new_page()
            self._listen(self.page)
            if not crashed:
                old.close()
        return self.page
