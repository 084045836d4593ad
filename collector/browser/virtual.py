"""How page time passes: really, or moved by us and by nothing else.

Under virtual time Playwright's clock is installed in every document and *stands still*: page time
is a function of the steps that were asked for, never of how fast the machine is. An earlier version
let it flow at its real pace between those steps, so that lazy pages went on by themselves; a busy
processor then showed in the data. Playback went on for as long as a call from Python to the page
took, a timer that was due came as late as the processor let it, and so a receipt said 34.988 s on
one day and 35.000 s on another. Now

- the clock is paused before the first document, at a given time, and never resumed;
- watching and pausing move it ahead in steps (``run_for``), which fire every timer on their way;
- no time passes while a request of the page is under way: it is awaited before a step and after it,
  so that a beacon sent at second 10 has arrived before second 20 begins; an answer that comes
  during a step is handed to the page at the step's end, so that nothing depends on when it came;
- what takes a person a moment has a price in page time (``collector.platforms.acting``),
  the same as in a run without a browser;
- a wait whose page stands still with nothing under way moves the clock a little
  (:meth:`~collector.browser.running.PuppetBrowser.wait_for`): only timers can change such a page.

A real ``<video>`` ignores a fake clock, so ``virtual_media.js`` computes media elements from the
page's own Date, which gives them the same stillness.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from collector.browser.scripts import script
from collector.platforms.acting import FRAMES
from collector.platforms.clock import CLOCK_HEADER, told

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

#: Page seconds moved at once; the interval of watch beacons, so each is awaited by itself.
STEP_S = 10.0
#: Page seconds moved at once where a video has ended: the page may move on by itself, and its next
#: page is handed over at the end of a step.
AFTER_END_STEP_S = 1.0
#: Page seconds that a wait lets pass when the page has nothing else to wait for.
GRAIN_S = 0.05

#: Ends a step: resolves when no request of the page is under way (beacons included).
SETTLED = "() => window[Symbol.for('twinwatch.virtual')]?.settled().then(() => true)"
#: Begins a step, with no request under way; answers how the page stands.
BEGIN_STEP = "() => window[Symbol.for('twinwatch.virtual')]?.beginStep()"
#: Resolves after two rounds of the page's observers: has the page been loaded whole?
DRAWN = f"async () => {{ await ({FRAMES})(); return document.readyState === 'complete'; }}"

#: Pauses playback and waits until its last beacon has arrived, so that it precedes the next page.
LEAVE = """() => {
  const open = [...document.querySelectorAll("video, audio")].filter((e) => !e.paused);
  for (const element of open) element.pause();
  return window[Symbol.for('twinwatch.virtual')]?.settled().then(() => true);
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
        """Real seconds to wait before the clock is moved by ``page_s``."""
        return 0.0 if self.speed is None else page_s / max(self.speed, 1.0)


def install(context: BrowserContext, start: datetime | None) -> None:
    """Give ``context`` a clock of its own that stands at ``start`` (aware; default: now).

    Paused without an install before: a clock that ran between the two calls would show in the
    ``performance.now()`` of every document.
    """
    begins = (start or datetime.now(UTC)).astimezone(UTC)
    context.clock.pause_at(begins.isoformat(timespec="milliseconds"))
    context.add_init_script(script("virtual_media.js"))


def tell(context: BrowserContext, moment: datetime) -> None:
    """From now on every request says that the page's clock is at ``moment`` (aware)."""
    context.set_extra_http_headers({CLOCK_HEADER: told(moment)})


def advance(context: BrowserContext, page_s: float) -> None:
    """Move the clock ahead by ``page_s``, to the millisecond."""
    milliseconds = round(page_s * 1000)
    if milliseconds > 0:
        context.clock.run_for(milliseconds)
