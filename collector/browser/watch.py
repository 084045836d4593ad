"""Watch what the page plays, for a time, a share or to the end, and bring back a receipt.

The counting is done in the page (``receipt.js``); here time is made to pass, really or virtually,
and the one thing that may have to be done is done: pressing play. Nothing is skipped silently: a
page without a player, a player that shows an error and playback that does not advance all end in a
receipt that says so. When the planned second is reached the player is paused on it, so that the
dose is the planned one whatever comes next.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from playwright.sync_api import Error as PlaywrightError

from collector.browser import receipts
from collector.browser.scripts import script
from collector.browser.virtual import STEP_S
from collector.common.model import Receipt

#: Real seconds of one wait in the page; also how soon a hung page is noticed.
_REAL_STEP_S = 5.0
#: A share waits so long, in such steps, for the player to say how long the video is; then it is
#: taken for one without a length (live), which ends at the cap.
_LENGTH_S, _LENGTH_STEP_S = 5.0, 0.2
#: A document that was replaced under a running script says so in one of these ways.
_REPLACED = re.compile(
    r"context was destroyed|frame was detached|Cannot find context", re.IGNORECASE
)
#: So often a document that replaced the watched one may itself be replaced while it is asked.
_REPLACED_AGAIN = 5


class Player(Protocol):
    """What a watch needs of a puppet's browser."""

    @property
    def page(self) -> Any:
        """Return Playwright's page."""

    @property
    def virtual(self) -> bool:
        """Return whether page time is virtual: it passes when the puppet lets it, not by itself."""

    def settle(self) -> Any:
        """Wait for the page's own requests under way; where time is real, for none."""

    def evaluate(self, js: str, arg: Any = None, timeout_s: float = 20) -> Any:
        """Return what the script ``js`` answers to ``arg``, within ``timeout_s`` seconds."""

    def click_at(self, x: float, y: float) -> Any:
        """Click where the page is ``x`` and ``y`` CSS px from its window's left and top."""

    def let_pass(self, seconds_s: float) -> None:
        """Let so many seconds pass on the page."""


@dataclass(frozen=True, slots=True)
class WatchTarget:
    """How much to watch; without ``seconds_s`` and ``share`` to the end, always up to ``cap_s``."""

    seconds_s: float | None
    share: float | None
    cap_s: float

    def __post_init__(self) -> None:
        if self.seconds_s is not None and not self.seconds_s > 0:
            raise ValueError(f"seconds_s must be above 0, not {self.seconds_s}")
        if self.share is not None and not 0 < self.share <= 1:
            raise ValueError(f"a share of a video must be above 0 and at most 1, not {self.share}")
        if not self.cap_s > 0:
            raise ValueError(f"cap_s must be above 0, not {self.cap_s}")

    def limit_s(self, duration_s: float | None) -> float | None:
        """Media seconds to stop at, as far as they are known; ``None``: the end, below the cap."""
        if self.seconds_s is not None:
            return min(self.seconds_s, self.cap_s)
        if self.share is not None and duration_s is not None:
            return min(self.share * duration_s, self.cap_s)
        return None


Unstick = Callable[[], tuple[bool, str]]
"""Was something over the page answered, and what was not (empty: nothing)?"""


class _Moved(Exception):
    """The document was replaced while it played."""


def watch(
    browser: Player,
    wanted: WatchTarget,
    *,
    skip_ads: bool = False,
    after_end_s: float = 0.0,
    progress: Callable[[float], None] | None = None,
    unstick: Unstick | None = None,
) -> Receipt:
    """Carry a watch out on the current page. Raises only when the browser itself fails.

    ``unstick`` is asked when the player stands still that should play.
    """
    watching = _Watch(browser, wanted, progress, unstick)
    try:
        return watching.run(skip_ads=skip_ads, after_end_s=after_end_s)
    except _Moved:
        return watching.moved()


class _Watch:
    def __init__(
        self,
        browser: Player,
        wanted: WatchTarget,
        progress: Callable[[float], None] | None,
        unstick: Unstick | None,
    ) -> None:
        self.unstick = unstick
        self.browser = browser
        self.wanted = wanted
        self.progress = progress
        self.state: dict[str, Any] = {}
        self.known: dict[str, list[Any]] = {"rates": [], "samples": []}
        self.limit_s = wanted.limit_s(None)

    def run(self, *, skip_ads: bool, after_end_s: float) -> Receipt:
        planned = self.wanted.limit_s(None)
        if planned is None:
            planned = self.wanted.cap_s
        self.state = self._ask(
            script("receipt.js"),
            {
                "planned": planned,
                "afterEnd": after_end_s,
                "skipAds": skip_ads,
                "stallLimit": receipts.STALL_LIMIT_S,
            },
        )
        error = self._find_player() or self._start()
        while error is None and not self.state["done"]:
            self._learn_length()
            self._pass(self._step_s())
            if self.progress is not None:
                self.progress(self.state["watched"])
            error = self._unstuck()
            if self.state["ad"] > receipts.AD_LIMIT_S:
                error = f"adverts for more than {receipts.AD_LIMIT_S:g} s"
        if (
            error is None
            and self.state["watched"] < receipts.ADVANCED_S
            and not self.state["error"]
        ):
            error = f"playback did not advance for {receipts.STALL_LIMIT_S:g} s"
        self._ask(receipts.CLOSE)
        self.browser.settle()
        return self._receipt(error)

    def moved(self) -> Receipt:
        """The receipt of a watch that ended because the page went elsewhere."""
        address = re.search(r"[?&]v=([\w-]{11})", self._address())
        now_at = address[1] if address else None
        if not self.state:
            return receipts.no_player(now_at or "", self.limit_s, "the page was replaced at once")
        before = self.state["videoId"]
        return self._receipt(None, next_video_id=now_at if now_at != before else None)

    def _address(self) -> str:
        """Where the page is, asked of the new document: Playwright hears of it after the end."""
        for _ in range(_REPLACED_AGAIN):
            try:
                return str(self.browser.evaluate("() => location.href"))
            except PlaywrightError as error:
                if not _REPLACED.search(error.message):
                    raise
        return str(self.browser.page.url)

    def _receipt(self, error: str | None, next_video_id: str | None = None) -> Receipt:
        return receipts.receipt(
            self.state,
            planned_s=self.limit_s,
            cap_s=self.wanted.cap_s,
            error=error,
            next_video_id=next_video_id,
        )

    def _find_player(self) -> str | None:
        passed_s = 0.0
        while not self.state["hasPlayer"] and not self.state["done"]:
            if passed_s >= receipts.PLAYER_LIMIT_S:
                return "no player on the page"
            self._pass(0.5)
            passed_s += 0.5
        return None

    def _start(self) -> str | None:
        """Press play if nothing plays: the element's own play(), then a click on the player."""
        if self.state["done"] or not self.state["paused"]:
            return None
        refused = self._ask(receipts.PLAY)["refused"]
        if refused is not None:
            place = self.browser.evaluate(receipts.PLAYER_BOX)
            if place is None:
                return f"the player could not be started: {refused}"
            self.browser.click_at(*place)
        return None

    def _unstuck(self) -> str | None:
        """What lies over a player that stands still is answered, and it plays on; or why not."""
        standing = self.state["paused"] and not (self.state["done"] or self.state["ended"])
        if self.unstick is None or not standing:
            return None
        answered, left = self.unstick()
        if left:
            return f"playback stopped: {left}"
        if not answered:
            return None
        self.state = self._ask(receipts.STATE)
        return self._start()

    def _learn_length(self) -> None:
        """A share becomes seconds as soon as the player knows the length."""
        if self.limit_s is None and self.wanted.share is not None:
            self.limit_s = self.wanted.limit_s(self.state["duration"])
            if self.limit_s is not None:
                self.state = self._ask(receipts.SET_PLANNED, self.limit_s)

    def _step_s(self) -> float:
        """Page seconds to let pass: to the next thing that is known to happen, at most a step."""
        state = self.state
        known = [STEP_S]
        if self.limit_s is None and self.wanted.share is not None and state["watched"] < _LENGTH_S:
            known.append(_LENGTH_STEP_S)
        if state["ended"]:
            return 1.0  # waiting for autoplay
        if state["mediaLeft"] is not None:
            known.append(state["mediaLeft"] + 0.001)
        if not state["inAd"] and state["rate"] > 0:
            left = (self.limit_s or self.wanted.cap_s) - state["watched"]
            known.append(left / state["rate"] + 0.001)
        return max(min(known), 0.02)

    def _pass(self, page_s: float) -> None:
        if self.browser.virtual:
            self.browser.let_pass(page_s)
            self.state = self._ask(receipts.STATE)
        else:
            real_s = min(page_s, _REAL_STEP_S)
            self.state = self._ask(receipts.WAIT, real_s, timeout_s=real_s + 20)

    def _ask(self, js: str, arg: Any = None, timeout_s: float = 20.0) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = self.browser.evaluate(js, arg, timeout_s=timeout_s)
            if answer.get("gone"):
                raise _Moved
            for name, known in self.known.items():  # a state tells what is new of these
                known += answer.get(name, ())
                answer[name] = known
            return answer
        except PlaywrightError as error:
            if _REPLACED.search(error.message):
                raise _Moved from error
            raise
