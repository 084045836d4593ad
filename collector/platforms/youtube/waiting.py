"""Waiting for what is seen on a YouTube page, and clicking exactly what was found.

Every wait is for something the page shows, is bounded, and says in the end what it was waiting for
and what lay over the page meanwhile: dialogs that come while it lasts are answered as everywhere.
Nothing here sleeps: a question is asked at every frame, and requests under way are counted from the
browser's own events.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from collector.platforms.acting import FRAMES, ActionFailed, Browser, Settled, SiteActions
from collector.platforms.overlays import MARK as DIALOG_BUTTON
from collector.platforms.overlays import Choice, DialogKind, Met, Overlays
from collector.platforms.youtube import probes

if TYPE_CHECKING:
    from playwright.sync_api import Error

#: Requests that bring items or pages; beacons and adverts are left out.
_CONTENT_REQUEST = re.compile(
    r"/youtubei/v1/(browse|next|search|player|navigate|feedback|like|subscription|consent)"
)

#: What Playwright says when a navigation replaced the document that was asked.
_CUT_OFF = re.compile(r"context was destroyed|Frame was detached|navigat", re.IGNORECASE)

#: How long a click is tried before it is asked what lies over its target, and how long is waited
#: between two looks at what lies over a page.
QUICK_MS = 4000.0

Question = Callable[[float], Any]
"""Asked for so many seconds at most: the first true answer, or ``None``."""


@cache
def playwright_error() -> type[Error]:
    """What a browser's page raises."""
    # Heavy: the driver without a browser reads these modules too, and needs no Playwright.
    from playwright.sync_api import Error

    return Error


def _was_made(error: Error) -> bool:
    """Whether a click was on its way to the page when its time was up: the page gets it, and would
    get a second one. Told by Playwright's log, the last tries of which come last."""
    _, began, since = error.message.rpartition("performing click action")
    return bool(began) and "retrying" not in since


def _is_said_by(met: Met, over: str) -> bool:
    """Whether what lies over a place, in words, is this dialog."""
    return bool(over) and (met.text[:40] in over or over[:40] in met.text)


class PageWaits:
    """Waits and clicks on the page that one puppet sees."""

    def __init__(
        self, browser: Browser, page_timeout_s: float, dialogs: Mapping[str, str] | None = None
    ) -> None:
        """``dialogs``: kind of what lies over a page → what to answer; see
        :mod:`collector.platforms.overlays`."""
        self.browser = browser
        self.page_timeout_s = page_timeout_s
        self.overlays = Overlays(self, self._press, dialogs or {}, self._escape)
        self._under_way: set[Any] = set()
        self._documents: set[Any] = set()
        self._lay: set[tuple[DialogKind, str]] = set()
        """What lay over the page before the step did something on it, and was left there."""
        page = browser.page
        page.on("request", self._request_began)
        page.on("request", self._document_began)
        page.on("requestfinished", self._request_ended)
        page.on("requestfailed", self._request_ended)

    @property
    def timeout_ms(self) -> float:
        """Return how long a page or element is waited for, milliseconds."""
        return self.page_timeout_s * 1000

    @property
    def url(self) -> str:
        """Return the address that the page has now."""
        return str(self.ask("() => location.href"))

    def ask(self, js: str, arg: Any = None) -> Any:
        """What ``js`` answers; asked again of the new document when a navigation cuts it off."""
        deadline = time.monotonic() + self.page_timeout_s
        while True:
            try:
                return self.browser.evaluate(js, arg)
            except playwright_error() as error:
                left = deadline - time.monotonic()
                if left <= 0 or not _CUT_OFF.search(error.message):
                    raise
                self._next_document(left)

    def target(self) -> Any:
        """The element that a probe has marked."""
        return self.browser.page.locator(f"[{probes.MARK}]").first

    def click(self, what: str) -> None:
        """Click the marked element as a person would; it must be visible and not covered."""
        self._reach(f"click {what}", lambda limit_ms: self.target().click(timeout=limit_ms))
        self.unmark()

    def click_css(self, selector: str) -> None:
        """Click the first visible element of a CSS selector."""
        found = self.browser.page.locator(selector).locator("visible=true").first
        found.evaluate(f"(e) => e.setAttribute('{probes.MARK}', '')", timeout=self.timeout_ms)
        self.click(f"the element {selector}")

    def hover(self, what: str) -> None:
        """Rest with the mouse on the marked element."""
        self._reach(f"reach {what}", lambda limit_ms: self.target().hover(timeout=limit_ms))

    def _reach(self, what: str, act: Callable[[float], None]) -> None:
        """Do something to the marked element. Raises ActionFailed: it cannot be done, or what lies
        over it, as soon as that is seen."""
        self.clear()
        try:
            act(min(self.timeout_ms, QUICK_MS))
        except playwright_error() as late:
            if _was_made(late):
                return
            left = [met for met in self.overlays.sweep() if not met.answered]
            if cover := self.overlays.cover(probes.MARK):
                # A dialog that holds what is to be clicked is left, too, and covers nothing.
                over = [met for met in left if _is_said_by(met, cover)]
                why = str(over[0]) if over else f"{cover!r} lies over it"
                raise ActionFailed(f"could not {what}: {why}") from None
            try:
                act(self.timeout_ms)
            except playwright_error() as error:
                if _was_made(error):
                    return
                reason = error.message.splitlines()[0]
                raise ActionFailed(f"could not {what}: {reason}") from error

    def _press(self) -> None:
        """Press the button of a dialog; one that cannot be pressed leaves the dialog there. Where
        nothing lies over it, the machine is slow, and it is tried for as long as the page has."""
        button = self.browser.page.locator(f"[{DIALOG_BUTTON}]").first
        with suppress(playwright_error()):
            try:
                button.click(timeout=min(self.timeout_ms, QUICK_MS))
            except playwright_error() as late:
                if _was_made(late):
                    return
                if not button.count() or self.overlays.cover(DIALOG_BUTTON):
                    raise
                button.click(timeout=self.timeout_ms)

    def _escape(self) -> None:
        with suppress(playwright_error()):
            self.browser.page.keyboard.press("Escape")

    def clear(self) -> None:
        """Answer what lies over the page before something is done on it. What comes later is the
        answer to what is done."""
        self.overlays.sweep()
        self._lay = {met.key for met in self.overlays.left}

    def touch(self) -> None:
        """Press the marked element where it stands: a click that scrolls would change what has been
        seen."""
        self.clear()
        self.ask(f"() => document.querySelector('[{probes.MARK}]')?.click()")

    def unmark(self) -> None:
        """Take the mark off the element that a probe has marked."""
        self.ask(probes.UNMARK)

    def begin_navigation(self) -> str:
        """Listen for the next arrival; answers the address that is about to be left."""
        self.clear()
        return str(self.ask(probes.LISTEN))

    def arrive(self, before: str | None, otherwise: str) -> None:
        """Wait until the page has moved on from ``before``, in the page or by a new document.

        ``None``: any arrival will do, the address may stay the same.
        """
        self.expect(probes.ARRIVED, before, otherwise=lambda: f"{otherwise} (still at {self.url})")

    def expect(
        self,
        js: str,
        arg: Any = None,
        *,
        otherwise: str | Callable[[], str],
        about: DialogKind | None = None,
    ) -> Any:
        """The first true answer of ``js``. Raises ActionFailed: ``otherwise``, and what lay over
        the page; see :meth:`seek`.

        :param about: the kind of dialog that the wait itself is about: that is no reason.
        """
        found, why = self.seek(lambda left_s: self.until(js, arg, left_s), about=about)
        if not found:
            said = otherwise if isinstance(otherwise, str) else otherwise()
            raise ActionFailed(f"{said}: {why}" if why else said)
        return found

    def page(self, js: str, arg: Any) -> tuple[Any, str]:
        """What ``js`` says of a page that is being built, and without an answer why; see
        :meth:`seek`. It is waited for to the limit: a dialog comes before what it lies over."""
        return self.seek(lambda left_s: self.until(js, arg, left_s), building=True)

    def seek(
        self, question: Question, *, about: DialogKind | None = None, building: bool = False
    ) -> tuple[Any, str]:
        """The first true answer to ``question`` within the page's limit; what lies over the page is
        answered meanwhile. Without an answer: ``None``, and what lay over the page, in words.

        Where nothing is on its way, it is given up as soon as a dialog asks to sign in, or has come
        and is still there at the next look: nobody waits on behind such a one, but a question may
        have an answer to one that came just after it was asked. One that lay there before and is to
        be left ends it where it covers what is waited for; one with an answer may still get it.

        :param building: the page is new, and all may still come, whatever lies over it.
        """
        deadline = time.monotonic() + self.page_timeout_s
        met: dict[tuple[DialogKind, str], Met] = {}
        slice_s = min(QUICK_MS / 1000, self.page_timeout_s)
        once_more = True
        while (left_s := deadline - time.monotonic()) > 0:
            if found := question(min(left_s, slice_s)):
                return found, ""
            seen = [one for one in self.overlays.sweep() if one.kind is not about]
            new = {one.key for one in seen if not one.answered} - met.keys() - self._lay
            met |= {one.key: one for one in seen}
            quiet = not (building or self._under_way or self._documents)
            if quiet and any(self._ends_it(one) for one in seen if one.key not in new):
                break
            if once_more and any(one.answered for one in seen):
                # What held it up until now holds it up no more.
                once_more, deadline = False, max(deadline, time.monotonic() + slice_s)
        return None, "; ".join(map(str, met.values())) or ("" if about else self._over())

    def _ends_it(self, met: Met) -> bool:
        if met.key not in self._lay:
            return not met.answered or met.kind is DialogKind.SIGN_IN
        return met.choice is Choice.LEAVE and _is_said_by(met, self.overlays.over(probes.MARK))

    def _over(self) -> str:
        over = self.overlays.over()
        return f"{over!r} lies over the page" if over else ""

    def behind(self, said: str) -> str:
        """``said``, and what lies over the page, in words."""
        why = "; ".join(map(str, self.overlays.sweep())) or self._over()
        return f"{said}: {why}" if why else said

    def hear(self, told: list[Any], meanwhile: Callable[[], None] = lambda: None) -> Question:
        """A question whether the browser's events have put something into ``told``; ``meanwhile``
        is done at every frame."""

        def heard(limit_s: float) -> Any:
            deadline = time.monotonic() + limit_s
            while not told and time.monotonic() < deadline:
                meanwhile()
                self.ask(FRAMES)  # events are told while the page is asked
            return told

        return heard

    def until(self, js: str, arg: Any, timeout_s: float) -> Any:
        """The first true answer of ``js``, asked at every frame; ``None`` when none came in time.

        A question that a navigation cuts off is asked again of the new document.
        """
        deadline = time.monotonic() + timeout_s
        while (left := deadline - time.monotonic()) > 0:
            try:
                return self.browser.wait_for(js, left, arg)
            except TimeoutError:
                return None
            except playwright_error() as error:
                if not _CUT_OFF.search(error.message):
                    raise
                self._next_document(left)
        return None

    def _next_document(self, timeout_s: float) -> None:
        """Wait until the document that replaces this one can be asked."""
        self.browser.page.wait_for_load_state("domcontentloaded", timeout=timeout_s * 1000)

    def idle(self, css: str = "body", before: int = -1) -> int:
        """Wait until no item or page is on its way and the list of ``css`` has stopped growing.

        Answers how many cards the list has.

        :param before: how many it had just now, if that was counted: one look less.
        """
        deadline = time.monotonic() + self.page_timeout_s
        while True:
            items = int(self.ask(probes.RESTED, {"list": css})["items"])
            if items == before and not self._under_way:
                return items
            if time.monotonic() > deadline:
                urls = sorted(request.url.split("?")[0] for request in self._under_way)
                said = f"the page never came to rest: {items} items, awaiting {urls}"
                raise ActionFailed(self.behind(said))
            before = items

    def _request_began(self, request: Any) -> None:
        if _CONTENT_REQUEST.search(request.url):
            self._under_way.add(request)

    def _document_began(self, request: Any) -> None:
        if request.is_navigation_request():
            self._documents.add(request)

    def _request_ended(self, request: Any) -> None:
        self._under_way.discard(request)
        self._documents.discard(request)


W = TypeVar("W", bound=PageWaits)


class OverlaidActions(SiteActions[Browser, W, Settled]):
    """Actions on a site that puts dialogs over its pages: what lies over a page is answered as the
    scenario says, and no click waits behind it."""

    def dialogs_met(self) -> list[str]:
        """Return what lay over pages since this was asked last, in words, and forget it."""
        overlays = self.waits.overlays
        met, overlays.met = [str(one) for one in overlays.met], []
        return met

    @contextmanager
    def heard(self, name: str, meanwhile: Callable[[], None] = lambda: None) -> Iterator[None]:
        """What is pressed in the block tells the site something, and the site takes it.

        :param meanwhile: done until the site has heard: it may ask first whether that is meant.
        :raises ActionFailed: it answers with an error.
        """
        told: list[Any] = []

        def hear(answer: Any) -> None:
            if answer.request.method == "POST":
                told.append(answer)

        page = self.browser.page
        page.on("response", hear)
        try:
            yield
            _, why = self.waits.seek(self.waits.hear(told, meanwhile))
        finally:
            page.remove_listener("response", hear)
        if not told:
            raise ActionFailed(f"the site was not told {name!r}" + (f": {why}" if why else ""))
        if not told[0].ok:
            raise ActionFailed(f"the site answered {name!r} with {told[0].status}")

    def lies_over(self) -> str:
        """Return what lay over the page at the last look and was left there, in words."""
        return "; ".join(str(met) for met in reversed(self.waits.overlays.left))

    def click(self, selector: str) -> None:
        """Click the first visible element of a CSS selector. Raises ActionFailed."""
        self.waits.click_css(selector)
        self.waits.idle()
