"""What a puppet without a browser can do on the feed's site: the actions of a browser's puppet.

Scrolling moves in pieces of less than half a screen, two frames apart, as a browser's puppet does,
so that nothing is jumped over unseen.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from collector.addresses import parts_of
from collector.browserless.document import attribute, set_attribute
from collector.browserless.feed import NEAR_PX, Feed, Timeline
from collector.browserless.puppet import HttpPuppet
from collector.browserless.wire import Refused
from collector.common.model import PageKind
from collector.platforms.acting import (
    ARRIVAL_S,
    FRAMES_S,
    ActionFailed,
    NotAsked,
    Settled,
    Waited,
    address_on,
)
from collector.platforms.facebook.actions import SITE_HOSTS
from collector.platforms.facebook.urls import parse_url
from collector.platforms.scrolling import FeedScrolling

_FEED_PATHS = ("/", "/home.php")
_INSTEAD = re.compile(r'\sdata-cookiebanner=|id="login_form"|<form[^<>]*action="[^"]*/login')
_LIKE = re.compile(r"<[a-z]+ (?=[^<>]*\sdata-like=)[^<>]*>")
_FOLLOW = re.compile(r"<[a-z]+ (?=[^<>]*\sdata-follow=)[^<>]*>")
_HIDE = re.compile(r"<[a-z]+ (?=[^<>]*\sdata-hide=)[^<>]*>")
_ME = re.compile(r'<a (?=[^<>]*(?:blue_bar_profile_link"|\shref="/me/"))[^<>]*>')
_PIECE = 0.4


class HttpFacebookActions(FeedScrolling):
    """The actions of one puppet on the mock's feed; ``base`` is its origin."""

    def __init__(self, puppet: HttpPuppet, base: str, *, page_timeout_s: float = 30) -> None:
        self.puppet = puppet
        self.base = base.rstrip("/")
        self.page_timeout_s = page_timeout_s
        self.feed = Feed("", [], "")
        self._open: Timeline | None = None
        self._done: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        """Return the address of the page that is open."""
        return self.puppet.url

    # ---- going somewhere

    def visit(self, target: str) -> Settled:
        """Load an address and let its page settle."""
        parts = parts_of(address_on(self.base, target, SITE_HOSTS))
        self._document((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        return self.settle()

    def settle(self) -> Settled:
        """What the page came to; a moment of its time passes."""
        self.puppet.let_pass(ARRIVAL_S)
        self._look()
        self.puppet.remember()
        posts = len(self.feed.units)
        if parse_url(self.url).kind not in (PageKind.HOME, PageKind.CHANNEL):
            return Settled(Waited.SETTLED, posts)
        if _INSTEAD.search(self.feed.html) or not posts:
            return Settled(Waited.INTERSTITIAL, 0)
        return Settled(Waited.SETTLED, posts)

    def refresh(self) -> Settled:
        """Ask for new posts in the page: a new timeline without a new document."""
        if " data-refresh" not in self.feed.before:
            raise ActionFailed("this page has no way to ask for new posts")
        now = self._post("/ajax/feed/refresh", {}, "no new timeline came")
        self.feed.renew(now["html"])
        self.puppet.top = 0.0
        self._begin()
        return self.settle()

    # ---- the consent dialog

    def consent_asked(self) -> bool:
        """Return whether the dialog about cookies is in the page."""
        return " data-cookiebanner=" in self.feed.html

    def consent(self, choice: str) -> Settled:
        """Answer the cookie dialog with ``accept`` or ``reject``; the page loads anew."""
        if not self.consent_asked():
            raise NotAsked("no cookie dialog on this page")
        self._post("/cookie/consent/", {"choice": choice}, "the cookie dialog stayed open")
        self._document(self.url.removeprefix(self.base))
        if self.consent_asked():
            raise ActionFailed(f"the cookie dialog stayed open after the choice to {choice}")
        return self.settle()

    # ---- moving down the feed

    def seen(self) -> int:
        """How many posts of this timeline have come into view."""
        return len(self._open.posts) if self._open else 0

    def take(self) -> list[dict[str, Any]]:
        """End the timeline, if one is open, and hand over what was recorded."""
        self._close()
        found, self._done = self._done, []
        return found

    def viewer_name(self) -> str | None:
        """The account's name, as the page greets it."""
        found = _ME.search(self.feed.before)
        return attribute(found[0], "title") if found else None

    def _screen_px(self) -> int:
        return self._height

    def _turn(self, pixels: int, every_s: float) -> bool:
        self._down(pixels)
        if every_s:
            self.puppet.let_pass(every_s)
        self._look()
        return self.puppet.top + self._height >= self.feed.bottom - 2

    # ---- buttons

    def like(self, on: bool = True, *, nth: int = 0) -> None:
        """Like the ``nth`` post (0-based) of those on the page."""
        if nth >= len(self.feed.units):
            raise ActionFailed(f"this page has no like button on post {nth + 1}")
        self._toggle(nth, _LIKE, on, "like", "post", f"like button on post {nth + 1}")

    def dont_recommend_channel(self, *, nth: int) -> None:
        """Hide the ``nth`` post (0-based) of those on the page, then all of its source."""
        told = self._hide(nth)
        if not told.get("offer"):
            raise ActionFailed(f"hidden post {nth + 1} has no button to hide all of its source")
        self._post("/ajax/silence", {"post": told["post"]}, "the site refused 'hide all of'")
        self.feed.silence(nth)
        self._look()

    def not_interested(self, *, nth: int) -> None:
        """Hide the ``nth`` post (0-based) of those on the page; a hidden one still counts."""
        self._hide(nth)

    def _hide(self, nth: int) -> dict[str, Any]:
        """What the site answers, and the ``post`` that was meant."""
        button = _HIDE.search(self.feed.units[nth]) if nth < len(self.feed.units) else None
        if button is None:
            raise ActionFailed(f"post {nth + 1} of this page has no button to hide it")
        post = attribute(button[0], "data-hide")
        told = self._post("/ajax/hide", {"post": post}, "the site refused 'hide'")
        self.feed.hide(nth, post or "", str(told.get("offer") or ""))
        self._look()
        return {**told, "post": post}

    def subscribe(self, on: bool = True) -> None:
        """Follow the page that is shown."""
        self._toggle(None, _FOLLOW, on, "follow", "page", "follow button")

    # ---- the machinery

    @property
    def _height(self) -> int:
        return self.puppet.persona.viewport[1]

    @property
    def _now(self) -> int:
        return round(self.puppet.clock.timestamp() * 1000)

    def _document(self, path: str) -> None:
        answer = self.puppet.wire.get(path)
        self.puppet.url, self.puppet.top = answer.url, 0.0
        self.feed = Feed.of(answer.text)
        self._open, self._done = None, []  # a recorder goes with its document
        self._begin()

    def _begin(self) -> None:
        self._close()
        if self.feed.load is not None and parts_of(self.url).path in _FEED_PATHS:
            self._open = Timeline(self._now, self.url, self.feed.load)
        self._look()

    def _close(self) -> None:
        if self._open is not None:
            self._done.append(self._open.close(self._now))
            self._open = None

    def _look(self) -> None:
        """The page at rest: more is asked for where its end is near, and what is in view noted."""
        top, low = self.puppet.top, self.puppet.top + self._height + NEAR_PX
        while (cursor := self.feed.cursor) and self.feed.bottom < low:
            more = self.puppet.wire.ask(f"/ajax/feed/more?cursor={quote(cursor, safe='')}")
            self.feed.append(more["html"], more["cursor"])
        if self._open is not None:
            self._open.look(self.feed, top, self._height, self._now)
        self.puppet.document = self.feed.document()

    def _down(self, pixels: int) -> None:
        piece, left = max(int(self._height * _PIECE), 1), pixels
        while left > 0:
            end = max(self.feed.bottom - self._height, 0.0)
            self.puppet.top = min(self.puppet.top + min(piece, left), end)
            left -= piece
            self.puppet.let_pass(FRAMES_S)
            self._look()

    def _post(self, path: str, body: dict[str, Any], otherwise: str) -> Any:
        try:
            return self.puppet.wire.post(path, body)
        except Refused as error:
            raise ActionFailed(f"{otherwise} ({error})") from error

    def _toggle(
        self, nth: int | None, which: re.Pattern[str], on: bool, what: str, key: str, name: str
    ) -> None:
        text = self.feed.before if nth is None else self.feed.units[nth]
        button = which.search(text)
        if button is None:
            raise ActionFailed(f"this page has no {name}")
        if (attribute(button[0], "aria-pressed") == "true") is on:
            return
        body = {key: attribute(button[0], f"data-{what}"), "on": on}
        now = self._post(f"/ajax/{what}", body, f"the {name} did not change")
        pressed = "true" if now["on"] else "false"
        self.feed.change(nth, lambda tag: set_attribute(tag, "aria-pressed", pressed), which)
        self.puppet.document = self.feed.document()
