"""What a puppet can do on any site: go to an address, click an element, press a key.

What a page looks like and when it has settled is the platform's own; each derives from this.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from collector.addresses import parts_of

#: Page seconds from an arrival to the page standing still (a video plays meanwhile), and of two
#: frames: what a person's machine takes, where time passes only when it is moved.
ARRIVAL_S, FRAMES_S = 0.25, 0.033
#: Resolves after two rounds of intersection observers: those of the site have then been called.
#: A document that has only begun has no element yet: that is waited for.
FRAMES = """() => new Promise(done => {
  const again = n => {
    const root = document.documentElement;
    if (!root) {
      new MutationObserver((_, come) => {
        come.disconnect();
        again(n);
      }).observe(document, {childList: true});
      return;
    }
    const seen = new IntersectionObserver(() => {
      seen.disconnect();
      n ? again(n - 1) : done(true);
    });
    seen.observe(root);
  };
  again(1);
})"""


class Driven(Protocol):
    """The part of a puppet's browser that these actions use."""

    @property
    def page(self) -> Any:
        """Return Playwright's page."""

    @property
    def virtual(self) -> bool:
        """Return whether page time is virtual: it passes when the puppet lets it, not by itself."""

    def goto(self, url: str, timeout_s: float = 30) -> Any:
        """Load an address, within ``timeout_s`` seconds."""

    def let_pass(self, seconds_s: float) -> None:
        """Let so many seconds pass on the page."""


class Browser(Driven, Protocol):
    """The part of a puppet's browser that actions use; each call has a watchdog of its own.

    In a platform's waits::

        cards = int(browser.evaluate("() => document.querySelectorAll('li').length"))
    """

    def evaluate(self, js: str, arg: Any = None, timeout_s: float = 20) -> Any:
        """Return what the script ``js`` answers to ``arg``, within ``timeout_s`` seconds."""

    def wait_for(self, js: str, timeout_s: float = 20, arg: Any = None) -> Any:
        """Return the first true answer of the script ``js``. Raises TimeoutError."""

    def check_loaded(self) -> None:
        """Raise ``NavigationFailed`` where the document that a click led to did not load."""


class ActionFailed(Exception):
    """The action could not be carried out or had no effect; the message says which and why.

    In an action::

        raise ActionFailed(f"{notice.item_id} is not on the page")
    """


class NotAsked(Exception):
    """The site did not ask this visitor for consent: nothing was to be answered."""


class Waited(StrEnum):
    """What waiting for a page ended with.

    >>> Waited("timed-out") is Waited.TIMED_OUT
    True
    """

    SETTLED = "settled"
    INTERSTITIAL = "interstitial"
    """Something else than the page came: consent, captcha, an error, an empty answer."""
    TIMED_OUT = "timed-out"


@dataclass(frozen=True, slots=True)
class Settled:
    """``how`` the wait for a page ended, and how many cards (``items``) its list then had.

    >>> Settled(Waited.SETTLED, 20).items
    20
    """

    how: Waited
    items: int
    why: str = ""
    """Where none came in time: what lay over the page, in words."""


class Waiting(Protocol):
    """Waits on the page that one puppet sees."""

    @property
    def url(self) -> str:
        """Return the address that the page has now."""

    @property
    def timeout_ms(self) -> float:
        """Return how long an element is waited for, milliseconds."""

    def idle(self) -> int:
        """Wait until the page has come to rest; answers how many items it has."""


Heed = Callable[[int], bool]
"""Told after every turn of a scroll how many items there are now; false: stop here."""


def to_the_end(items: int) -> bool:
    """Never stops a scroll, however many ``items`` there are.

    >>> to_the_end(1000)
    True
    """
    return True


B = TypeVar("B", bound=Driven)
W = TypeVar("W", bound=Waiting)
S = TypeVar("S")


def address_on(base: str, target: str, hosts: Collection[str]) -> str:
    """The address on the site at ``base`` (an origin) that a scenario means by ``target``:
    ``home``, a path or a full address. Raises ActionFailed.

    :param hosts: names that the site has, wherever it is served from.

    >>> address_on("http://youtube.localhost:8000", "home", ())
    'http://youtube.localhost:8000/'
    """
    if target == "home":
        return base + "/"
    if target.startswith("/"):
        return base + target
    parts = parts_of(target)
    query = f"?{parts.query}" if parts.query else ""
    if parts.host in hosts or target.startswith(base + "/"):
        return f"{base}{parts.path or '/'}{query}"
    raise ActionFailed(f"{target!r} is not on this site ({base})")


class SiteActions(ABC, Generic[B, W, S]):
    """The actions of one puppet on one site; ``base`` is the site's origin.

    ``S`` is what waiting for a page ends with. A platform's own adds a method for each verb::

        class BoardActions(SiteActions[Browser, Waits, Settled]):
            def address(self, target):
                return self.base + ("/" if target == "home" else target)

            def settle(self):
                return Settled(Waited.SETTLED, self.waits.idle())

            def vote(self, notice, shown):
                self.click(f'li[data-notice="{notice.item_id}"] button')
    """

    def __init__(self, browser: B, base: str, waits: W, *, page_timeout_s: float) -> None:
        self.browser = browser
        self.base = base.rstrip("/")
        self.waits = waits
        self.page_timeout_s = page_timeout_s

    @property
    def url(self) -> str:
        """Return the address that the page has now."""
        return self.waits.url

    def dialogs_met(self) -> list[str]:
        """What lay over pages since this was asked last, and how it was answered; here: nothing
        is known of any."""
        return []

    def lies_over(self) -> str:
        """What lay over the page at the last look and was left there, in words; here: nothing is
        known of any."""
        return ""

    def takes(self, page_s: float) -> None:
        """Something was done that takes so long; where time is real, it did."""
        if self.browser.virtual:
            self.browser.let_pass(page_s)

    @abstractmethod
    def address(self, target: str) -> str:
        """The address on this site that a scenario means by ``home``, a path or a full address."""

    @abstractmethod
    def settle(self) -> S:
        """Wait until the page is there, or something else came."""

    def visit(self, target: str) -> S:
        """Load an address and wait until its page has settled."""
        self.browser.goto(self.address(target), timeout_s=self.page_timeout_s)
        return self.settle()

    def click(self, selector: str) -> None:
        """Click the first visible element of a CSS selector."""
        target = self.browser.page.locator(selector).locator("visible=true").first
        target.click(timeout=self.waits.timeout_ms)
        self.waits.idle()

    def keypress(self, key: str, times: int = 1, delay_s: float = 0) -> None:
        """Press a key so many times, letting ``delay_s`` pass before each."""
        for _ in range(times):
            if delay_s:
                self.browser.let_pass(delay_s)
            self.browser.page.locator("body").press(key, timeout=self.waits.timeout_ms)
        self.waits.idle()
