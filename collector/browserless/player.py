"""The mock's player without a picture: what it would have played, what it would have reported.

Media time is computed, not measured: an advert first, then the video, reports every ten media
seconds, on pause and at every end. The script of the mock's watch page does the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

#: Media seconds between two reports.
REPORT_EVERY_S = 10.0
#: Page seconds after which the fault "player error" shows.
ERROR_AFTER_S = 0.5
#: Page seconds from the end of a video to the next one, where autoplay is on.
AUTOPLAY_AFTER_S = 5.0
#: A stall begins at its second, or at this share of the length of a video that is too short.
STALL_SHARE = 0.4

_TINY_S = 1e-9


class Phase(StrEnum):
    """What the player is at."""

    AD = "ad"
    CONTENT = "content"
    ENDED = "ended"
    ERROR = "error"
    IDLE = "idle"
    """Nothing to play: a premiere to come."""


@dataclass
class Player:
    """The player of one page load; ``config`` is what the page tells its player.

    ``report`` is given the body of each report.
    """

    config: Mapping[str, Any]
    report: Callable[[dict[str, Any]], None]
    phase: Phase = Phase.CONTENT
    paused: bool = False
    at_s: float = 0.0
    """Media second of what is on: the advert's or the video's."""
    played_s: float = 0.0
    """Media seconds played of the video in this load."""
    ad_s: float = 0.0
    """Media seconds played of the advert while it is on; all of them afterwards."""
    counted_s: float = 0.0
    """Of ``played_s`` what an earlier watch has counted."""
    _age_s: float = 0.0
    _stall_left_s: float = 0.0
    _after_end_s: float = 0.0
    _since: list[tuple[float, float]] = field(default_factory=list)
    """Segments played since the last report."""

    def __post_init__(self) -> None:
        if self.config["upcoming"]:
            self.phase = Phase.IDLE
        elif self.config["fault"] != "player_error" and self.config["ad"]:
            self.phase = Phase.AD
        if self.config["fault"] == "stall":
            lasts = self.config["stall"]["for"]
            self._stall_left_s = _NEVER if lasts is None else float(lasts)
        if self.config["fault"] == "player_error":
            self.paused = True

    @property
    def length_s(self) -> float | None:
        """Of the video; ``None`` for a live stream."""
        seconds = self.config["seconds"]
        return None if seconds is None else float(seconds)

    @property
    def moving(self) -> bool:
        """Playback advances."""
        return self.phase in (Phase.AD, Phase.CONTENT) and not self.paused and not self.stalling

    @property
    def stalling(self) -> bool:
        """Return whether the video stands still although it is to play: the fault ``stall``."""
        return (
            self.phase is Phase.CONTENT
            and not self.paused
            and self._stall_left_s > 0
            and self.at_s >= self._stall_at_s() - _TINY_S
        )

    @property
    def error(self) -> str | None:
        """What the player's error box says, once it is shown."""
        if self.phase is not Phase.ERROR:
            return None
        words, load = self.config["strings"], str(self.config["load"])
        return f"{words['error']} {words['errorHint']}".replace("{n}", load).replace("{id}", load)

    @property
    def moves_on(self) -> str | None:
        """The video to which autoplay takes the page now."""
        goes_on = self.phase is Phase.ENDED and self.config["autoplay"] and self.config["next"]
        if goes_on and self._after_end_s >= AUTOPLAY_AFTER_S - _TINY_S:
            return str(self.config["next"])
        return None

    # ---- time

    def next_s(self) -> float:
        """Page seconds until something changes by itself; infinite if nothing will."""
        waits_for_error = self.config["fault"] == "player_error" and self.phase is Phase.CONTENT
        if waits_for_error:
            return ERROR_AFTER_S - self._age_s
        if self.phase is Phase.ENDED:
            left = AUTOPLAY_AFTER_S - self._after_end_s
            return left if self.config["autoplay"] and self.config["next"] and left > 0 else _NEVER
        if self.stalling:
            return self._stall_left_s
        if not self.moving:
            return _NEVER
        ends = [REPORT_EVERY_S - self._unreported_s()]
        if (end := self._end_s()) is not None:
            ends.append(end - self.at_s)
        if self.phase is Phase.CONTENT and self._stall_left_s > 0:
            ends.append(self._stall_at_s() - self.at_s)
        return max(min(ends), 0.0)

    def advance(self, page_s: float) -> None:
        """Let page time pass; never further than :meth:`next_s`."""
        self._age_s += page_s
        if self.phase is Phase.ENDED:
            self._after_end_s += page_s
        elif self.config["fault"] == "player_error" and self.phase is Phase.CONTENT:
            if self._age_s >= ERROR_AFTER_S - _TINY_S:
                self.phase = Phase.ERROR
        elif self.stalling:
            self._stall_left_s = max(self._stall_left_s - page_s, 0.0)
        elif self.moving:
            self._play(page_s)

    def _play(self, media_s: float) -> None:
        start = self.at_s
        end = self._end_s()
        self.at_s = round(start + media_s, 6)
        if end is not None and self.at_s > end - _TINY_S:
            self.at_s = end
        moved = self.at_s - start
        if self._since and abs(self._since[-1][1] - start) < _TINY_S:
            self._since[-1] = (self._since[-1][0], self.at_s)
        else:
            self._since.append((start, self.at_s))
        if self.phase is Phase.AD:
            self.ad_s += moved
        else:
            self.played_s += moved
        if end is not None and self.at_s >= end:
            self._ended()
        elif self._unreported_s() >= REPORT_EVERY_S - _TINY_S:
            self._tell("playing")

    def _ended(self) -> None:
        self._tell("ended")
        self.at_s = 0.0 if self.phase is Phase.AD else self.at_s
        if self.phase is Phase.AD:
            self.phase = Phase.CONTENT
        else:
            self.phase, self.paused, self._after_end_s = Phase.ENDED, True, 0.0

    # ---- what is done to it

    def pause(self) -> None:
        """Pause the advert or video that plays, and report what of it is not reported yet."""
        if self.phase in (Phase.AD, Phase.CONTENT) and not self.paused:
            self.paused = True
            self._tell("paused")

    def play(self) -> None:
        """Let playback go on, of an ended video from its start; after a player's error never."""
        if self.phase is Phase.ENDED:
            self.phase, self.at_s = Phase.CONTENT, 0.0
        if self.config["fault"] != "player_error":
            self.paused = False

    def leave(self) -> None:
        """The page is being left: the last report."""
        self.pause()

    # ---- reports

    def _tell(self, state: str) -> None:
        segments = [(a, b) for a, b in self._since if b - a >= 0.001]
        self._since = []
        if not segments:
            return
        ad = self.config["ad"]["id"] if self.phase is Phase.AD else None
        length = self.config["ad"]["seconds"] if self.phase is Phase.AD else self.config["seconds"]
        self.report(
            {
                "load": self.config["load"],
                "v": self.config["videoId"],
                "st": [round(start, 3) for start, _ in segments],
                "et": [round(end, 3) for _, end in segments],
                "ad": ad,
                "state": state,
                "vis": True,
                "rate": 1,
                "len": length,
            }
        )

    def _unreported_s(self) -> float:
        return sum(end - start for start, end in self._since)

    def _end_s(self) -> float | None:
        if self.phase is Phase.AD:
            return float(self.config["ad"]["seconds"])
        return self.length_s

    def _stall_at_s(self) -> float:
        length = self.length_s
        at_s = float(self.config["stall"]["at"])
        return at_s if length is None else min(at_s, length * STALL_SHARE)


_NEVER = float("inf")
