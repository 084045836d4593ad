"""How page time passes: really, or moved by us.

Under virtual time Playwright's clock is installed in every document and *keeps flowing* at its real
pace, so that navigation, clicks and lazy lists work as they do without it; watching and pausing
then move it ahead in steps (``run_for``), which fires every timer on its way. A real ``<video>``
ignores a fake clock, so ``virtual_media.js`` computes media elements from the page's own Date.
``run_for`` does not wait for the network: after each step the requests under way are awaited, so
that a beacon sent at second 10 has arrived before second 20 begins.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from collector.browser.scripts import script

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

#: Page seconds moved at once; the interval of watch beacons, so each is awaited by itself.
STEP_S = 10.0

#: Resolves when no request of the page is under way (beacons included).
SETTLED = "() => window[Symbol.for('twinwatch.settled')]?.().then(() => true)"

#: Pauses playback and waits until its last beacon has arrived, so that it precedes the next page.
LEAVE = """() => {
  const open = [...document.querySelectorAll("video, audio")].filter((e) => !e.paused);
  for (const element of open) element.pause();
  return window[Symbol.for('twinwatch.settled')]?.().then(() => true);
}"""


class Pace:
    """The rate between page time and real time.

    :param speed: page seconds a real second at most; ``None``: as fast as the machine can.
    """

    def __init__(self, speed: float | None) -> None:
        if speed is not None and not speed > 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        self.speed = speed

    def real_wait_s(self, page_s: float) -> float:
        """Real seconds that must pass (they flow in the page too) before the clock is moved on."""
        return 0.0 if self.speed is None else page_s / max(self.speed, 1.0)


def install(context: BrowserContext, start: datetime | None) -> None:
    """Give ``context`` a clock of its own that begins at ``start`` (default: now) and flows."""
    context.clock.install(time=start or datetime.now(UTC))
    context.add_init_script(script("virtual_media.js"))


def advance(context: BrowserContext, page_s: float, waited_s: float = 0.0) -> None:
    """Move the clock ahead by ``page_s``, less what really passed already."""
    milliseconds = round((page_s - waited_s) * 1000)
    if milliseconds > 0:
        context.clock.run_for(milliseconds)
