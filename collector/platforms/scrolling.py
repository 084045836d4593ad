"""Moving down a feed, whose posts are counted as they come into view.

Protects the rule that a scroll means the same for a puppet with a browser, for one without and for
one in a simulated world: they differ only in how the page moves and how time passes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from collector.platforms.acting import Heed, to_the_end


class FeedScrolling(ABC):
    """The scrolls of a scenario on a page that is a feed. Each stops at the feed's end, or where
    ``heed``, told after every turn how many posts have been seen, says so; each answers how many
    posts of the timeline have been seen."""

    @abstractmethod
    def seen(self) -> int:
        """How many posts of this timeline have come into view."""

    @abstractmethod
    def _screen_px(self) -> int:
        """How high the window is, in CSS pixels."""

    @abstractmethod
    def _turn(self, pixels: int, every_s: float) -> bool:
        """Move down by so many CSS pixels, then let so many seconds of the page pass; true where
        the move may have come to the end of the feed."""

    def _at_end(self) -> bool:
        """Whether nothing is left below; asked only after a turn that may have come there."""
        return True

    def scroll_pixels(
        self,
        pixels: int,
        times: int = 1,
        every_s: float = 0,
        until: int | None = None,
        *,
        heed: Heed = to_the_end,
    ) -> int:
        """Move down by so many CSS pixels, ``times`` times, letting ``every_s`` pass after each,
        until the end or until so many posts have been seen; answers how many were."""
        for _ in range(times):
            ended = self._turn(pixels, every_s)
            seen = self.seen()
            if (until is not None and seen >= until) or (ended and self._at_end()):
                break
            if not heed(seen):
                break
        return self.seen()

    def scroll_screens(self, screens: float, every_s: float = 0, *, heed: Heed = to_the_end) -> int:
        """Move down by so many heights of the window, letting ``every_s`` pass after each whole
        one and after the part that is left; answers how many posts have been seen."""
        height = self._screen_px()
        whole, part = divmod(screens, 1)
        seen = self.scroll_pixels(height, int(whole), every_s, heed=heed) if whole else self.seen()
        return self.scroll_pixels(max(int(height * part), 1), 1, every_s) if part else seen

    def scroll_until(
        self, items: int | None, every_s: float = 0, *, heed: Heed = to_the_end
    ) -> int:
        """Move down by half a window at a time until so many posts have been seen (``None``: until
        the feed ends); answers how many were."""
        height = self._screen_px()
        while items is None or self.seen() < items:
            ended = self._turn(height // 2, every_s)
            if (ended and self._at_end()) or not heed(self.seen()):
                break
        return self.seen()
