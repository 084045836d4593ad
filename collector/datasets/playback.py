"""A video that is played in a simulated world: how long, and what is on record of it afterwards.

Protects the rule that a watch has a receipt: the same numbers go to the platform and into it.
"""

from __future__ import annotations

from typing import Any

from collector.common.model import ItemKind, Receipt, ReceiptStatus
from mockserver.world import Video
from mockserver.world.model import Ad


class Playback:
    """One playback, from its start to as far as it was meant to go. Nothing stalls.

    :param planned_s: seconds to be watched; ``None``: as ``share`` says.
    :param cap_s: seconds after which it ends in any case.
    :param share: of the video's length, 0–1; ``None``: all of it.
    """

    def __init__(
        self, video: Video, *, planned_s: float | None, cap_s: float, share: float | None
    ) -> None:
        self.video = video
        self.length_s = float(video.seconds) if video.seconds is not None else None
        """``None``: it is live, and has no end."""
        self.limit_s: float = cap_s
        if planned_s is not None:
            self.limit_s = min(planned_s, cap_s)
        elif share is not None and self.length_s is not None:
            self.limit_s = min(share * self.length_s, cap_s)
        elif self.length_s is not None:
            self.limit_s = min(self.length_s, cap_s)
        self.begins = video.kind is not ItemKind.UPCOMING
        self.watched_s = 0.0
        if self.begins:
            self.watched_s = (
                self.limit_s if self.length_s is None else min(self.limit_s, self.length_s)
            )
        self._ad: Ad | None = None

    def show_ad(self, ad: Ad | None) -> None:
        """The advert before it, if there is one, is played to its end."""
        self._ad = ad

    @property
    def ad_s(self) -> float:
        """Seconds of advert."""
        return float(self._ad.seconds) if self._ad is not None else 0.0

    @property
    def fraction(self) -> float:
        """Share of the video that was played; 0 of one without an end."""
        return self.watched_s / self.length_s if self.length_s else 0.0

    @property
    def ended(self) -> bool:
        """Whether the video came to its end."""
        return self.begins and self.length_s is not None and self.watched_s >= self.length_s

    def told(self) -> dict[str, Any]:
        """What the site's player would have told the site, besides video and seconds."""
        ad, ad_s = self._ad, self.ad_s
        return {
            "ad_seconds": ad_s,
            "ads": {ad.id: [[0.0, ad_s]]} if ad is not None else {},
            "beacons": 1,
            "hidden_beacons": 0,
            "length": self.length_s,
            "rate": 1.0,
            "segments": [[0.0, round(self.watched_s, 3)]],
            "state": "ended" if self.ended else "playing",
        }

    def receipt(self) -> Receipt:
        """Its receipt, with the first reading and the last; one that has failed where the video
        has not begun."""
        done = self.begins
        return Receipt(
            video_id=self.video.id,
            status=ReceiptStatus.COMPLETE if done else ReceiptStatus.FAILED,
            planned_s=self.limit_s,
            watched_s=self.watched_s,
            duration_s=self.length_s,
            ad_s=self.ad_s,
            stalled_s=0.0,
            rate=1.0 if done else 0.0,
            visible_share=1.0 if done else 0.0,
            ended=self.ended,
            error=None if done else "the video has not begun",
            next_video_id=None,
            # Nothing happens between the two.
            samples=((0.0, 0.0), (self.watched_s, self.watched_s)) if done else (),
        )
