"""One puppet's browser: its own profile, its persona, its page, every wait bounded.

:func:`open_puppet` is the only way to get one. The page is Playwright's and may be used directly;
what has no time-out there (``evaluate``, capture, closing) goes through this class and its
watchdog.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import BrowserContext, ConsoleMessage, Frame, Page, Playwright
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from collector.browser import driver, virtual
from collector.browser.artefacts import ArtefactOptions, Keep
from collector.browser.capture import HIDDEN_PAGE_ROOTS, raw_page, wall_time
from collector.browser.errors import (
    BrowserError,
    BrowserGone,
    BrowserHung,
    NavigationFailed,
    PageCrashed,
)
from collector.browser.find import BrowserBinary, find_browser
from collector.browser.launch import Persona, launch_options
from collector.browser.lock import ProfileLock, browsers_on
from collector.browser.receipts import CAP_S
from collector.browser.scripts import script
from collector.browser.virtual import LEAVE, SETTLED, STEP_S, Pace
from collector.browser.watch import Wanted, watch
from collector.browser.watchdog import Watchdog
from collector.model import RawPage, Receipt

__all__ = ["ArtefactOptions", "Keep", "Persona", "PuppetBrowser", "open_puppet"]

LAUNCH_LIMIT_S = 60.0
CLOSE_LIMIT_S = 15.0
#: Beyond a wait's own time-out: the watchdog is for waits that do not keep theirs.
GRACE_S = 10.0
#: How long Chromium takes at most to show its own error page.
ERROR_PAGE_LIMIT_S = 3.0
#: Console errors kept; a page in trouble can print thousands.
_MOST_ERRORS = 200


class PuppetBrowser:
    """A running browser on one profile. Errors: :class:`BrowserHung`, :class:`PageCrashed`,
    :class:`BrowserGone`, :class:`NavigationFailed`; a script's own error is Playwright's."""

    def __init__(
        self,
        context: BrowserContext,
        *,
        binary: BrowserBinary,
        pid: int,
        driver_pid: int | None,
        virtual_time: bool,
        pace: Pace,
        artefacts: ArtefactOptions | None,
    ) -> None:
        self.context = context
        self.binary = binary
        self.pid = pid
        self.driver_pid = driver_pid
        self.virtual = virtual_time
        self.failed = False
        """Set it when the session went wrong: artefacts kept on failure are then kept."""
        self.console_errors: list[str] = []
        self._pace = pace
        self._artefacts = artefacts
        self._watchdog = Watchdog(pid, driver_pid)
        self._crashed = False
        self._closed = False
        self._error_pages = 0
        self.page = context.pages[0] if context.pages else context.new_page()
        self._listen(self.page)

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
        with self._guard(f"loading {url}", timeout_s + GRACE_S):
            try:
                answer = self.page.goto(
                    url, timeout=timeout_s * 1000, wait_until="domcontentloaded"
                )
            except PlaywrightTimeout as error:
                raise NavigationFailed(url, f"no answer within {timeout_s:g} s") from error
            except PlaywrightError as error:
                if "net::" in error.message:
                    told = error.message[error.message.index("net::") :].splitlines()[0]
                    reason = told.partition(" at ")[0]
                    if reason != "net::ERR_ABORTED":
                        self._await_error_page(shown)
                    else:  # a download, an empty answer, or a crash that is about to be told
                        self.page.evaluate("0")
                    raise NavigationFailed(url, reason) from error
                raise
        return answer.status if answer is not None else None

    def _await_error_page(self, shown_before: int) -> None:
        """Chromium shows its error page a moment later, which would cut off the next navigation."""
        if self._error_pages == shown_before:
            with contextlib.suppress(PlaywrightTimeout):
                self.page.wait_for_event("framenavigated", timeout=ERROR_PAGE_LIMIT_S * 1000)

    def evaluate(self, js: str, arg: Any = None, timeout_s: float = 20.0) -> Any:
        """Run ``js`` in the page. After ``timeout_s`` the browser is killed: BrowserHung."""
        with self._guard("a script in the page", timeout_s):
            return self.page.evaluate(js, arg)

    def wait_for(self, js: str, timeout_s: float = 20.0, arg: Any = None) -> None:
        """Wait until ``js`` (expression or function) is truthy; ``TimeoutError`` if it never is."""
        with self._guard("a wait for the page", timeout_s + GRACE_S):
            try:
                self.page.wait_for_function(js, arg=arg, timeout=timeout_s * 1000)
            except PlaywrightTimeout:
                raise TimeoutError(f"not true within {timeout_s:g} s: {js}") from None

    def click_at(self, x: float, y: float) -> None:
        """A click of the mouse at a point of the viewport (CSS pixels)."""
        with self._guard("a click", 20.0):
            self.page.mouse.click(x, y)

    # -- time --------------------------------------------------------------------------------

    def let_pass(self, seconds_s: float) -> None:
        """Let page time pass, really or virtually; requests under way are awaited on the way."""
        left = seconds_s
        while left > 0:
            step = min(left, STEP_S)
            left -= step
            if not self.virtual:
                self._really_wait(step)
                continue
            waited = self._pace.real_wait_s(step)
            began = time.monotonic()
            if waited > 0:
                self._really_wait(waited)
                waited = time.monotonic() - began
            with self._guard("moving the clock", 60.0):
                virtual.advance(self.context, step, waited)
            self.settle()

    def settle(self, timeout_s: float = 20.0) -> None:
        """Wait for the page's own requests under way (virtual time only; beacons included)."""
        if self.virtual:
            with contextlib.suppress(PlaywrightError):  # a page that is just leaving has none
                self.evaluate(SETTLED, timeout_s=timeout_s)

    def _really_wait(self, seconds_s: float) -> None:
        with self._guard("a pause", seconds_s + GRACE_S):
            self.page.wait_for_timeout(seconds_s * 1000)

    # -- what was seen and watched -----------------------------------------------------------

    def capture(self, drop: Sequence[str] = HIDDEN_PAGE_ROOTS, timeout_s: float = 30.0) -> RawPage:
        """The visible page; elements matching the selectors ``drop`` are left out."""
        found = self.evaluate(script("capture.js"), list(drop), timeout_s=timeout_s)
        return raw_page(found, wall_time())

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
    ) -> Receipt:
        """Watch ``planned_s`` media seconds, a ``share`` (0–1) of the video, or ``until_end``.

        ``cap_s`` bounds the media seconds of each. Adverts are sat through and counted, unless
        ``skip_ads``. ``after_end_s``: how long to wait after the end for autoplay to move on.
        The player is paused when the planned second is reached.
        """
        if [planned_s is not None, share is not None, until_end].count(True) != 1:
            raise ValueError("say one of: planned_s, share, until_end")
        wanted = Wanted(planned_s, share, CAP_S if cap_s is None else cap_s)
        return watch(self, wanted, skip_ads=skip_ads, after_end_s=after_end_s, progress=progress)

    def screenshot(self, path: Path, *, full_page: bool = False, timeout_s: float = 20.0) -> Path:
        """A PNG of the viewport. A full page of a long feed can take many seconds."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._guard("a screenshot", timeout_s + GRACE_S):
            self.page.screenshot(path=path, full_page=full_page, timeout=timeout_s * 1000)
        return path

    # -- life and death ----------------------------------------------------------------------

    def new_page(self) -> Page:
        """Replace the page, in the same browser and profile; the way on after a crash."""
        crashed, self._crashed = self._crashed, False
        old = self.page
        with self._guard("opening a page", 20.0):
            self.page = self.context.new_page()
            self._listen(self.page)
            if not crashed:
                old.close()
        return self.page

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
            self._watchdog.kill()

    def _keep_artefacts(self) -> None:
        options = self._artefacts
        if options is None:
            return
        with contextlib.suppress(BrowserError, PlaywrightError):  # closing must go on
            if options.screenshot.wanted(self.failed):
                self.screenshot(options.file("screenshot", ".png"), full_page=options.full_page)
            if options.trace is not Keep.OFF:
                keep = options.trace.wanted(self.failed)
                with self._guard("saving the trace", 60.0):
                    if keep:
                        self.context.tracing.stop(path=options.file("trace", ".zip"))
                    else:
                        self.context.tracing.stop()

    def _keep_videos(self) -> None:
        options = self._artefacts
        if options is None or not options.video.wanted(self.failed):
            return
        for number, page in enumerate(self.context.pages or [self.page]):
            if page.video is not None:
                with contextlib.suppress(PlaywrightError):
                    shutil.copyfile(page.video.path(), options.file("video", ".webm", number))

    def _listen(self, page: Page) -> None:
        page.on("crash", self._note_crash)
        page.on("framenavigated", self._note_navigation)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self._note(str(error)))

    def _note_crash(self, page: Page) -> None:
        if page is self.page:
            self._crashed = True

    def _note_navigation(self, frame: Frame) -> None:
        if frame.url.startswith("chrome-error:"):
            self._error_pages += 1

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(message.text)

    def _note(self, text: str) -> None:
        if len(self.console_errors) < _MOST_ERRORS:
            self.console_errors.append(text)

    @contextlib.contextmanager
    def _guard(self, what: str, limit_s: float) -> Iterator[None]:
        """Bound a call and translate what kills it."""
        if self._crashed:
            raise PageCrashed(self.page.url)
        try:
            with self._watchdog.limit(limit_s, what):
                yield
        except PlaywrightError as error:
            if self._crashed or "crashed" in error.message:
                self._crashed = True
                raise PageCrashed(self.page.url) from error
            if type(error).__name__ == "TargetClosedError" or not psutil.pid_exists(self.pid):
                raise BrowserGone(error.message.splitlines()[0]) from error
            raise


@contextlib.contextmanager
def open_puppet(
    *,
    state_dir: Path,
    persona: Persona,
    binary: BrowserBinary | None = None,
    site_hosts: Sequence[str] = (),
    isolated: bool = True,
    headed: bool = False,
    virtual: bool = False,
    speed: float | None = None,
    virtual_start: datetime | None = None,
    cookies: Sequence[dict[str, Any]] = (),
    artefacts: ArtefactOptions | None = None,
    playwright: Playwright | None = None,
) -> Iterator[PuppetBrowser]:
    """Open the browser of the profile in ``state_dir`` and close it again, whatever happens.

    ``isolated``: nothing resolves but ``site_hosts`` and loopback. ``virtual``: page time is moved
    by :meth:`~PuppetBrowser.let_pass` and :meth:`~PuppetBrowser.watch`, at most ``speed`` page
    seconds a real one, from ``virtual_start`` (aware; default now). ``playwright``: one that is
    already running in this thread. Raises ProfileLocked, BrowserMissing, BrowserGone.
    """
    binary = binary or find_browser(headed=headed)
    state_dir = state_dir.resolve()
    with contextlib.ExitStack() as stack:
        stack.enter_context(ProfileLock(state_dir))
        state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        state_dir.chmod(0o700)
        for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            (state_dir / name).unlink(missing_ok=True)  # of a copied profile; ours is held
        scratch = driver.make_folder()
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        player = playwright or stack.enter_context(driver.driver())
        options = launch_options(
            persona=persona,
            binary=binary,
            isolated=isolated,
            site_hosts=site_hosts,
            headed=headed,
            scratch=scratch,
            environment={k: v for k, v in os.environ.items() if k != "TMPDIR"},
        )
        if artefacts is not None:
            options.update(artefacts.launch_options(scratch))
        browser = _launch(player, state_dir, options, binary, virtual, Pace(speed), artefacts)
        stack.callback(browser.close)
        with browser._guard("preparing the browser", LAUNCH_LIMIT_S):
            _prepare(browser, virtual_start, cookies)
        try:
            yield browser
        except BaseException:
            browser.failed = True
            raise


def _launch(
    playwright: Playwright,
    state_dir: Path,
    options: dict[str, Any],
    binary: BrowserBinary,
    virtual_time: bool,
    pace: Pace,
    artefacts: ArtefactOptions | None,
) -> PuppetBrowser:
    try:
        context = playwright.chromium.launch_persistent_context(
            state_dir, timeout=LAUNCH_LIMIT_S * 1000, **options
        )
    except PlaywrightError as error:
        for orphan in browsers_on(state_dir):
            orphan.kill()
        raise BrowserGone(f"it did not start ({binary}): {error.message[:500]}") from error
    own = browsers_on(state_dir)
    if not own:
        raise BrowserGone("its process was not found")
    driver_pid = _driver_above(own[0])
    return PuppetBrowser(
        context,
        binary=binary,
        pid=own[0].pid,
        driver_pid=driver_pid,
        virtual_time=virtual_time,
        pace=pace,
        artefacts=artefacts,
    )


def _driver_above(browser: psutil.Process) -> int | None:
    """Playwright's own process: the child of this one that the browser descends from."""
    for parent in browser.parents():
        if parent.ppid() == os.getpid():
            return parent.pid
    return None


def _prepare(
    browser: PuppetBrowser, virtual_start: datetime | None, cookies: Sequence[dict[str, Any]]
) -> None:
    context = browser.context
    if cookies:
        context.add_cookies(list(cookies))  # type: ignore[arg-type]
    if browser.virtual:
        virtual.install(context, virtual_start)
    options = browser._artefacts
    if options is not None and options.trace is not Keep.OFF:
        context.tracing.start(screenshots=True, snapshots=True)
