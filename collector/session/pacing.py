"""Waiting on behalf of a plan: politely between page loads, and always ready to be interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from collector.browser.virtual import LEAVE
from collector.contract.puppet import Puppet

_SLICE_S = 5.0
"""How long an interruption may go unheard."""


_QUIET_LOOK_S = 60.0
"""How often the clock on the wall is asked whether quiet hours are over: it may be set."""


class Interrupted(Exception):
    """The run was stopped while a step waited."""


class Pacing:
    """The waits of one session.

    :param politeness_s: least seconds between two page loads.
    :param stopped: true once the run has been interrupted.
    :param jitter: seconds more before a page load, drawn for each.
    :param quiet_left: seconds until pages may be loaded again; 0: they may.
    :param progress: told again and again that a step which takes long is getting on.
    """

    def __init__(
        self,
        puppet: Puppet,
        *,
        politeness_s: float = 0.0,
        stopped: Callable[[], bool] = lambda: False,
        progress: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = lambda: 0.0,
        quiet_left: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.puppet = puppet
        self.politeness_s = politeness_s
        self.stopped = stopped
        self.progress = progress
        self.clock = clock
        self.jitter = jitter
        self.quiet_left = quiet_left
        self._last_load: float | None = None

    def loaded(self) -> None:
        """A page has just been loaded."""
        self._last_load = self.clock()

    def wait_politeness(self) -> None:
        """Before the next page load: wait out the time that has to lie between two, and the hours
        in which none is loaded."""
        if self._last_load is not None:
            left = self.politeness_s + self.jitter() - (self.clock() - self._last_load)
            if left > 0:
                self.advance(left)
        while (left := self.quiet_left()) > 0:
            self.advance(min(left, _QUIET_LOOK_S))

    def leave(self) -> None:
        """Before an in-page navigation: be polite, and end playback as a full one would.

        Under virtual time the beacon of what was played has then arrived before the next page is
        asked for, so that the same plan meets the same history.
        """
        self.wait_politeness()
        if self.puppet.virtual:
            self.puppet.evaluate(LEAVE)

    def advance(self, seconds_s: float) -> None:
        """Let page time pass, in slices. Raises :class:`Interrupted`."""
        left = seconds_s
        while left > 0:
            self.check_stopped(left)
            piece = min(left, _SLICE_S)
            self.puppet.let_pass(piece)
            left -= piece

    def check_stopped(self, _: float) -> None:
        """Raises :class:`Interrupted` when the run has been stopped."""
        if self.stopped():
            raise Interrupted
        self.progress()

    def until(self, cap_s: float | None) -> Reach:
        """What a scroll heeds: interruptions, and the real seconds that it may take."""
        return Reach(self, cap_s, self.clock())


@dataclass
class Reach:
    """Told after every turn of a scroll how far it came; false once its time is over."""

    pacing: Pacing
    cap_s: float | None
    began: float
    stopped: bool = False

    def __call__(self, items: int) -> bool:
        self.pacing.check_stopped(items)
        if self.cap_s is not None:
            self.stopped = self.pacing.clock() - self.began >= self.cap_s
        return not self.stopped

    def in_words(self, how_far: str) -> str:
        """Return ``how_far`` it came; of a scroll that was stopped, after how many seconds, too."""
        return f"stopped after {self.cap_s:g} s at {how_far}" if self.stopped else how_far
