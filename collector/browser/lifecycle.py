"""A puppet's browser from its launch to its end, over relaunches, with a limit on every wait.

Protects two rules: whatever is asked of a browser comes back, with an answer or with the reason why
there is none; a browser that is worn is replaced by another one on the same profile, and neither
the site nor the page's clock can tell.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import BrowserContext, ConsoleMessage, Frame, Page, Request, Response
from playwright.sync_api import Error as PlaywrightError

from collector.browser.answers import Answers
from collector.browser.artefacts import ArtefactOptions, Keep
from collector.browser.capture import page_time
from collector.browser.errors import (
    BrowserError,
    BrowserGone,
    BrowserHung,
    BrowserTooBig,
    PageCrashed,
)
from collector.browser.limits import MB, Limits
from collector.browser.memory import MemoryGuard, group_bytes
from collector.browser.virtual import LEAVE
from collector.browser.watchdog import Watchdog
from collector.platforms.answers import AnswerRule

CLOSE_LIMIT_S = 15.0
OPEN_LIMIT_S = 20.0
#: In real time, for what a page says after playback ended; nothing tells when it has said all.
LAST_WORD_S = 1.0
#: Console errors kept; a page in trouble can print thousands.
_MOST_ERRORS = 200


@dataclass(frozen=True, slots=True)
class Launched:
    """A browser that runs: its one context, its main process and Playwright's."""

    context: BrowserContext
    pid: int
    driver_pid: int | None


#: Starts a browser on the profile. Raises BrowserGone.
Launch = Callable[[], Launched]
#: Makes a browser that has just started ready, with the page's clock at a time (None: as planned).
Prepare = Callable[[BrowserContext, "datetime | None"], None]


class BrowserLifecycle:
    """What is true of a browser whatever its page shows."""

    def __init__(
        self,
        launch: Launch,
        prepare: Prepare,
        *,
        virtual_time: bool,
        artefacts: ArtefactOptions | None,
        limits: Limits,
        answers: AnswerRule | None = None,
    ) -> None:
        self.virtual = virtual_time
        self.failed = False
        """Set it when the session went wrong: artefacts kept on failure are then kept."""
        self.tells_clock = False
        """Every request says the page's virtual time (to a mock whose truths depend on it)."""
        self.page_clock = datetime.now(UTC)
        """What the page's clock shows, where it is virtual."""
        self.console_errors: list[str] = []
        self.artefacts = artefacts
        self.limits = limits
        self.launch_count = 0
        """How many browsers there were, this one included."""
        self._answer_rule = answers
        self._launch = launch
        self._make_ready = prepare
        self._begin(None)

    # -- beginning and ending ----------------------------------------------------------------

    def _begin(self, clock: datetime | None) -> None:
        launched = self._launch()
        self.context: BrowserContext = launched.context
        self.pid = launched.pid
        self.driver_pid = launched.driver_pid
        self.launch_count += 1
        self.pages = 0
        """Navigations since the launch, those within a page included."""
        self._watchdog = Watchdog(self.pid, self.driver_pid)
        self._memory = MemoryGuard(self.pid, self.limits.hard_mb * MB, self._watchdog.kill)
        self._crashed = False
        self._closed = False
        self._error_pages = 0
        self._not_loaded: tuple[str, str] = ("", "")
        """Address and reason of the document that failed last."""
        self._answered = 0
        """HTTP status of the last document, where :meth:`note_answer` is told of them."""
        self._requests_begun = 0
        self._under_way: set[Request] = set()
        self.answers = Answers(self._answer_rule)
        """What the site's API answered to the page."""
        try:
            with self._watchdog.limit(OPEN_LIMIT_S, "preparing the browser"):
                pages = self.context.pages
                self.page: Page = pages[0] if pages else self.context.new_page()
                self._listen(self.page)
                self._make_ready(self.context, clock)
        except PlaywrightError as error:
            self.close()
            raise BrowserGone(error.message.splitlines()[0]) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Keep the artefacts, close the browser, and see to it that it is gone. Safe to repeat."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._watchdog.fired is None and not self._crashed:
                self._keep_artefacts()
            with (
                contextlib.suppress(PlaywrightError, BrowserHung),
                self._watchdog.limit(CLOSE_LIMIT_S, "closing the browser"),
            ):
                self.context.close()
            self._keep_videos()
        finally:
            self._memory.stop()
            self._watchdog.kill()
            self._watchdog.stop()

    def relaunch(self, while_closed: Callable[[], None] = lambda: None) -> None:
        """Close the browser and open another on the same profile, on a blank page.

        Playback is ended first; cookies of the session are carried over, and a virtual clock goes
        on from where it was. ``while_closed`` runs when nothing has the profile's files open.
        Raises BrowserError; the browser is closed then.
        """
        with self.guard("leaving the page", OPEN_LIMIT_S):
            if not self.page.url.startswith("about:"):
                with contextlib.suppress(PlaywrightError):
                    self.page.evaluate(LEAVE)
                    if not self.virtual:
                        self.page.wait_for_timeout(LAST_WORD_S * 1000)
            clock = page_time(self.page.evaluate("Date.now()")) if self.virtual else None
        cookies = self.cookies()
        self.close()
        while_closed()
        self._begin(clock)
        self.add_cookies(cookies)

    def cookies(self) -> list[dict[str, Any]]:
        """All that the browser has, those of the session included."""
        with self.guard("reading cookies", OPEN_LIMIT_S):
            return [dict(cookie) for cookie in self.context.cookies()]

    def add_cookies(self, cookies: Sequence[Mapping[str, Any]]) -> None:
        """Set cookies as :meth:`cookies` tells them, or with a ``url`` in place of the domain."""
        with self.guard("setting cookies", OPEN_LIMIT_S):
            jar: list[Any] = [dict(one) for one in cookies]
            self.context.add_cookies(jar)

    # -- wear --------------------------------------------------------------------------------

    def memory_mb(self) -> int:
        """Memory of the browser's own processes."""
        return group_bytes(self.pid) // MB

    def relaunch_reason(self) -> str:
        """Why this browser should be relaunched when there is an occasion; empty: it is fine."""
        if self.pages >= self.limits.pages:
            return f"{self.pages} page loads"
        used = self.memory_mb()
        return f"{used} MB of memory" if used > self.limits.soft_mb else ""

    def collect_garbage(self) -> None:
        """Give back the memory of pages that are gone; the page that is open stays."""
        with self.guard("collecting garbage", OPEN_LIMIT_S):
            session = self.context.new_cdp_session(self.page)
            session.send("HeapProfiler.collectGarbage")
            session.detach()

    # -- artefacts ---------------------------------------------------------------------------

    def _keep_artefacts(self) -> None:
        options = self.artefacts
        if options is None:
            return
        with contextlib.suppress(BrowserError, PlaywrightError):  # closing must go on
            if options.screenshot.wanted(self.failed):
                path = self._file("screenshot", ".png")
                with self.guard("a screenshot", OPEN_LIMIT_S + 10):
                    self.page.screenshot(path=path, full_page=options.full_page)
            if options.trace is not Keep.OFF:
                keep = options.trace.wanted(self.failed)
                with self.guard("saving the trace", 60.0):
                    if keep:
                        self.context.tracing.stop(path=self._file("trace", ".zip"))
                    else:
                        self.context.tracing.stop()

    def _keep_videos(self) -> None:
        options = self.artefacts
        if options is None or not options.video.wanted(self.failed):
            return
        for number, page in enumerate(self.context.pages or [self.page]):
            if page.video is not None:
                with contextlib.suppress(PlaywrightError):
                    shutil.copyfile(page.video.path(), self._file("video", ".webm", number))

    def _file(self, kind: str, suffix: str, number: int = 0) -> Path:
        """Where an artefact of this browser goes: later ones have a number."""
        assert self.artefacts is not None
        life = f"-{self.launch_count}" if self.launch_count > 1 else ""
        return self.artefacts.file(f"{kind}{life}", suffix, number)

    # -- what it says ------------------------------------------------------------------------

    def _listen(self, page: Page) -> None:
        page.on("crash", self._note_crash)
        page.on("framenavigated", self._note_navigation)
        page.on("requestfailed", self._note_failure)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self._note(str(error)))
        if self._answer_rule is not None:
            page.on("request", self.answers.begun)
            page.on("requestfinished", self.answers.finished)
        if self.virtual:
            page.on("request", self._note_request)
            page.on("requestfinished", lambda request: self._under_way.discard(request))
            page.on("requestfailed", lambda request: self._under_way.discard(request))

    def _note_crash(self, page: Page) -> None:
        if page is self.page:
            self._crashed = True

    def _note_navigation(self, frame: Frame) -> None:
        if frame.url.startswith("chrome-error:"):
            self._error_pages += 1
        if frame.parent_frame is None:
            self.pages += 1
            self._under_way.clear()

    def _note_failure(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self._not_loaded = (request.url, request.failure or "")

    def note_answer(self, response: Response) -> None:
        """Told of every answer where a proxy may stand in the site's place."""
        request = response.request
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self._answered = response.status

    def _note_request(self, request: Request) -> None:
        self._requests_begun += 1
        self._under_way.add(request)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(message.text)

    def _note(self, text: str) -> None:
        if len(self.console_errors) < _MOST_ERRORS:
            self.console_errors.append(text)

    @contextlib.contextmanager
    def guard(self, what: str, limit_s: float) -> Iterator[None]:
        """Bound a call and translate what kills it."""
        if self._crashed:
            raise PageCrashed(self.page.url)
        try:
            with self._watchdog.limit(limit_s, what):
                yield
        except PlaywrightError as error:
            if (used := self._memory.used) is not None:
                raise BrowserTooBig(used // MB, self.limits.hard_mb) from error
            if self._crashed or "crashed" in error.message:
                self._crashed = True
                raise PageCrashed(self.page.url) from error
            if type(error).__name__ == "TargetClosedError" or not psutil.pid_exists(self.pid):
                raise BrowserGone(error.message.splitlines()[0]) from error
            raise
