"""What a puppet can do on Facebook: go somewhere, answer a dialog, scroll, refresh, like, follow.

Every action is checked by its effect and fails with a reason otherwise. Scrolling moves in pieces
of less than half a screen, a frame apart, so that nothing is jumped over unseen.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from collector.common.model import PageKind
from collector.platforms.acting import (
    ARRIVAL_S,
    FRAMES,
    FRAMES_S,
    ActionFailed,
    Browser,
    NotAsked,
    Settled,
    Waited,
    address_on,
)
from collector.platforms.facebook.parse import POST_SELECTOR, SELECTORS
from collector.platforms.facebook.urls import SITE_HOSTS, parse_url
from collector.platforms.overlays import DialogKind
from collector.platforms.scrolling import FeedScrolling
from collector.platforms.youtube import probes
from collector.platforms.youtube.waiting import OverlaidActions, PageWaits

#: Requests that bring posts or carry an action.
_REQUEST = re.compile(r"/ajax/(?:feed|like|follow|hide|ufi|pagelet)|/api/graphql|/cookie/consent")

_POSTS = "[...document.querySelectorAll(POSTS)].filter(e => !e.parentElement?.closest(POSTS))"
_COUNT = f"(POSTS) => {_POSTS}.length"
_RECORDER = "window[Symbol.for('twinwatch.feed')]"
_STATE = f"""(POSTS) => {{
  if (document.querySelector('[data-cookiebanner], #login_form, form[action*="/login"], #captcha'))
    return 'interstitial';
  if ({_POSTS}.length) return 'ready';
  return document.readyState === 'complete' ? 'interstitial' : null;
}}"""
STEP = """async ([dy]) => {
  window.scrollBy({top: dy, behavior: 'instant'});
  await (FRAMES)();
  const doc = document.scrollingElement;
  return [innerHeight, doc.scrollTop + innerHeight >= doc.scrollHeight - 2];
}""".replace("FRAMES", FRAMES)
#: Posts that are shown, and what stands where one was that its viewer has hidden.
_SHOWN = f"{_POSTS}.filter(e => e.offsetHeight > 0 || e.closest('[data-hidden]'))"
_MARK = f"""([POSTS, mark, posts, css]) => {{
  document.querySelectorAll(`[${{mark}}]`).forEach(e => e.removeAttribute(mark));
  const found = posts === null ? document : {_SHOWN}[posts];
  const button = found?.querySelector(css)
    ?? found?.closest?.('[data-hidden]')?.querySelector(css);
  if (!button) return null;
  button.setAttribute(mark, '');
  return button.getAttribute('aria-pressed') === 'true';
}}"""
_OFFERED = f"""([POSTS, posts, css]) =>
  !!{_SHOWN}[posts]?.closest('[data-hidden]')?.querySelector(css)"""
_PRESSED = """([mark, on]) =>
  document.querySelector(`[${mark}]`)?.getAttribute('aria-pressed') === String(on)"""

#: A document is marked before a click that brings another one.
_STAYS = "() => { window[Symbol.for('twinwatch.stays')] = true; }"
_LEFT = "() => !window[Symbol.for('twinwatch.stays')] && document.readyState !== 'loading'"

_NOW = """() => { const d = new Date();
  return d.getHours() * 3600 + d.getMinutes() * 60 + d.getSeconds(); }"""

_LIKE = (
    "[data-testid='UFI2ReactionLink'], [role='button'][data-like], .UFILikeLink,"
    " [data-sigil~='ufi-inline-like']"
)
_FOLLOW = "button[data-follow], [role='button'][data-follow]"
_HIDE = "[role='button'][data-hide]"
_SILENCE = "[role='button'][data-silence]"
"""Offered where a post was that its viewer has hidden."""
_REFRESH = "button.refresh, a[data-refresh], [role='banner'] a[href='/']"
_CONSENT = {
    "accept": "[data-cookiebanner='accept_button']",
    "reject": "[data-cookiebanner='accept_only_essential_button']",
}


@cache
def recorder() -> str:
    """The script that records what comes into view."""
    script = (files(__package__ or "") / "impressions.js").read_text(encoding="utf-8")
    return script.replace('["POSTS"]', json.dumps(SELECTORS))


class FeedWaits(PageWaits):
    """Waits for posts and for requests that bring or change them."""

    def _request_began(self, request: Any) -> None:
        if _REQUEST.search(request.url):
            self._under_way.add(request)

    def idle(self, css: str = "body", before: int = -1) -> int:
        """Wait until nothing is on its way and no more posts come; answers how many there are."""
        deadline = time.monotonic() + self.page_timeout_s
        while True:
            self.ask(FRAMES)
            items = int(self.ask(_COUNT, POST_SELECTOR))
            if items == before and not self._under_way:
                return items
            if time.monotonic() > deadline:
                raise ActionFailed(self.behind(f"the feed never came to rest: {items} posts"))
            before = items


class FacebookActions(FeedScrolling, OverlaidActions[FeedWaits]):
    """The actions of one puppet on one site; ``base`` is the site's origin, without a slash."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        *,
        page_timeout_s: float = 30,
        dialogs: Mapping[str, str] | None = None,
    ) -> None:
        waits = FeedWaits(browser, page_timeout_s, dialogs)
        super().__init__(browser, base, waits, page_timeout_s=page_timeout_s)
        browser.page.context.add_init_script(recorder())

    # ---- going somewhere

    def address(self, target: str) -> str:
        """The address on this site that a scenario means by ``home``, a path or a full address."""
        return address_on(self.base, target, SITE_HOSTS)

    def settle(self) -> Settled:
        """Wait until posts are there and no more are on their way, or something else came."""
        settled = self._settled()
        if any(met.answered for met in self.waits.overlays.sweep()):
            settled = self._settled()
        self.takes(ARRIVAL_S)
        return settled

    def _settled(self) -> Settled:
        if parse_url(self.url).kind not in (PageKind.HOME, PageKind.CHANNEL):
            return Settled(Waited.SETTLED, self.waits.idle())
        state, why = self.waits.page(_STATE, POST_SELECTOR)
        if not state:
            return Settled(Waited.TIMED_OUT, 0, why)
        if state != "ready":
            return Settled(Waited.INTERSTITIAL, 0)
        return Settled(Waited.SETTLED, self.waits.idle())

    def refresh(self) -> Settled:
        """Ask for new posts in the page: a new timeline without a new document."""
        before = self.load
        marked = self.waits.ask(_MARK, [POST_SELECTOR, probes.MARK, None, _REFRESH])
        if marked is None:
            raise ActionFailed("this page has no way to ask for new posts")
        self.waits.click("the button for new posts")
        changed = f"(before) => {_RECORDER}?.count() !== null && {_RECORDER}?.load() !== before"
        self.waits.expect(changed, before, otherwise="no new timeline came")
        return self.settle()

    # ---- the consent dialog

    def consent_asked(self) -> bool:
        """Return whether the dialog about cookies is in the page."""
        return bool(self.waits.ask("() => !!document.querySelector('[data-cookiebanner]')"))

    def consent(self, choice: str) -> Settled:
        """Answer the cookie dialog with ``accept`` or ``reject``; the page loads anew."""
        css = _CONSENT[choice]
        if self.waits.ask(_MARK, [POST_SELECTOR, probes.MARK, None, css]) is None:
            if not self.consent_asked():
                raise NotAsked("no cookie dialog on this page")
            raise ActionFailed(f"the cookie dialog has no button to {choice}")
        self.waits.ask(_STAYS)
        self.waits.click(f"the button to {choice}")
        stayed = f"the page did not load anew after the choice to {choice}"
        self.waits.expect(_LEFT, otherwise=stayed, about=DialogKind.CONSENT)
        if self.consent_asked():
            raise ActionFailed(f"the cookie dialog stayed open after the choice to {choice}")
        return self.settle()

    # ---- the page's clock

    def second_of_day(self) -> float:
        """Seconds since midnight, by the page's clock and time zone."""
        return float(self.waits.ask(_NOW))

    def skip(self, seconds_s: float) -> None:
        """Move the clock on without letting anything happen meanwhile; where time is virtual."""
        self.browser.page.context.clock.fast_forward(round(seconds_s * 1000))

    # ---- moving down the feed

    @property
    def load(self) -> str | None:
        """The site's id of the feed's load, if it says so."""
        return self.waits.ask(f"() => {_RECORDER}?.load() ?? null")

    def seen(self) -> int:
        """How many posts of this timeline have come into view."""
        return int(self.waits.ask(f"() => {_RECORDER}?.count() ?? 0"))

    def take(self) -> list[dict[str, Any]]:
        """End the timeline, if one is open, and fetch what was recorded."""
        return list(self.waits.ask(f"() => {_RECORDER}?.take() ?? []"))

    def viewer_name(self) -> str | None:
        """The account's name, as the page greets it."""
        return self.waits.ask(
            """() => document.querySelector(
                 '[data-testid="blue_bar_profile_link"], [role="navigation"] a[href="/me/"]'
               )?.title || null"""
        )

    def _screen_px(self) -> int:
        return int(self.waits.ask("() => innerHeight"))

    def _turn(self, pixels: int, every_s: float) -> bool:
        self.waits.clear()
        ended = self._down(pixels)
        if every_s:
            self.browser.let_pass(every_s)
        self.waits.idle()
        return ended

    def _down(self, pixels: int) -> bool:
        """Scroll in pieces of at most 40 % of the screen; true when the bottom is reached."""
        height, ended = self.waits.ask(STEP, [0])
        piece = max(int(height * 0.4), 1)
        left = pixels
        while left > 0:
            _, ended = self.waits.ask(STEP, [min(piece, left)])
            self.takes(FRAMES_S)
            left -= piece
        return bool(ended)

    def _at_end(self) -> bool:
        # What was in the way of more posts is gone: they may come.
        if any(met.answered for met in self.waits.overlays.sweep()):
            return False
        return bool(self.waits.ask(STEP, [0])[1])

    # ---- buttons

    def like(self, on: bool = True, *, nth: int = 0) -> None:
        """Like the ``nth`` post (0-based) of those on the page."""
        self._toggle(nth, _LIKE, on, f"like button on post {nth + 1}")

    def not_interested(self, *, nth: int) -> None:
        """Hide the ``nth`` post (0-based) of those on the page; a hidden one still counts."""
        self._press_on(nth, _HIDE, "hide")

    def dont_recommend_channel(self, *, nth: int) -> None:
        """Hide the ``nth`` post (0-based) of those on the page, then all of its source."""
        self.not_interested(nth=nth)
        offered = [POST_SELECTOR, nth, _SILENCE]
        missing = f"hidden post {nth + 1} has no button to hide all of its source"
        self.waits.expect(_OFFERED, offered, otherwise=missing)
        self._press_on(nth, _SILENCE, "hide all of")

    def _press_on(self, nth: int, css: str, name: str) -> None:
        """Press a button of a post that tells the site something, and wait until it has heard."""
        if self.waits.ask(_MARK, [POST_SELECTOR, probes.MARK, nth, css]) is None:
            raise ActionFailed(f"post {nth + 1} of this page has no button to {name} it")
        with self.heard(name):
            self.waits.touch()
        self.waits.unmark()
        self.waits.idle()

    def subscribe(self, on: bool = True) -> None:
        """Follow the page that is shown."""
        self._toggle(None, _FOLLOW, on, "follow button")

    def _toggle(self, nth: int | None, css: str, on: bool, name: str) -> None:
        pressed = self.waits.ask(_MARK, [POST_SELECTOR, probes.MARK, nth, css])
        if pressed is None:
            raise ActionFailed(f"this page has no {name}")
        if pressed is on:
            self.waits.unmark()
            return
        self.waits.touch()
        self.waits.expect(_PRESSED, [probes.MARK, on], otherwise=f"the {name} did not change")
        self.waits.unmark()
        self.waits.idle()
