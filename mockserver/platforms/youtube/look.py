"""How one request's pages look: language, era, the world's time, who watches.

Everything that turns entities into strings for a visitor goes through :class:`Look`, so that the
DOM, the inline JSON and the labels can never disagree.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from collector.common.model import ItemKind
from mockserver.platforms.youtube.eras import Era, era_of
from mockserver.platforms.youtube.i18n import Language
from mockserver.world import World
from mockserver.world.model import Channel, Video


class Origin(StrEnum):
    """How a video came to the site."""

    UPLOAD = "upload"
    STREAM = "stream"
    PREMIERE = "premiere"


@lru_cache(maxsize=8192)
def _chance(video_id: str) -> int:
    return hashlib.sha256(video_id.encode()).digest()[0] % 100


def origin(video: Video) -> Origin:
    """Whether an ordinary video was a live stream or a premiere first: a function of its id."""
    if video.kind is not ItemKind.VIDEO or video.pinned or video.seconds is None:
        return Origin.UPLOAD
    chance = _chance(video.id)
    if video.seconds >= 1800 and chance < 40:
        return Origin.STREAM
    return Origin.PREMIERE if chance >= 94 else Origin.UPLOAD


def clock_text(seconds: int) -> str:
    """``4:05``, ``1:02:03``.

    >>> clock_text(245), clock_text(3723)
    ('4:05', '1:02:03')
    """
    hours, rest = divmod(int(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


@dataclass(frozen=True)
class Look:
    """What decides the strings of a page."""

    world: World
    language: Language
    country: str
    era: str
    now: datetime
    autoplay: bool = True
    account: str | None = None
    """The signed-in account's name."""
    progress: dict[str, int] = field(default_factory=dict)
    """Share (%) already watched, by video id."""
    origin: str = ""
    """Scheme, host and port of the site."""
    mobile: bool = False
    """It is the mobile site that was asked."""

    @property
    def year(self) -> Era:
        """Give what the pages of its era have."""
        return era_of(self.era)

    @property
    def modern(self) -> bool:
        """Tell whether the pages are those of a modern era."""
        return self.year.modern

    @property
    def full(self) -> bool:
        """Pages are as full as real ones."""
        return self.year.full

    def t(self, key: str, **values: object) -> str:
        """Give the words of a key in the page's language, with ``values`` in their places."""
        return self.language.t(key, **values)

    def picture(self, path: str) -> str:
        """The address of a picture: with the site's origin in 2022, as pages had it then."""
        return path if self.modern else self.origin + path

    def age(self, moment: datetime) -> timedelta:
        """Give how long ago something was, a second at least."""
        return max(self.now - moment, timedelta(seconds=1))

    def ago(self, moment: datetime) -> str:
        """Give how long ago something was, in words: ``5 months ago``."""
        return self.language.ago(self.age(moment))

    def channel_href(self, channel: Channel) -> str:
        """Handles today; in 2022 the oldest name that the channel has."""
        if self.modern:
            return "/" + channel.handle
        return channel.legacy_path or channel.path

    def views(self, video: Video) -> str:
        """Give a video's count of views in words, in full."""
        return self.language.views(video.views)

    def views_short(self, value: int) -> str:
        """Give a count of views in words, abbreviated as in the era."""
        return self.language.views_short(value, self.era)

    def card_age(self, video: Video) -> str:
        """``5 months ago``, ``Streamed 5 months ago``, ``Scheduled for …``; empty while live."""
        if video.kind is ItemKind.LIVE:
            return ""
        if video.kind is ItemKind.UPCOMING:
            return self.t("card_scheduled", date=self.language.moment(video.published))
        ago = self.ago(video.published)
        return self.t("streamed_ago", ago=ago) if origin(video) is Origin.STREAM else ago

    def card_views(self, video: Video) -> str:
        """``1.1M views``, ``25 watching``, ``3 waiting``."""
        if video.kind is ItemKind.LIVE:
            return self.t("watching", n=self.language.short(video.watching or 0, era=self.era))
        if video.kind is ItemKind.UPCOMING:
            return self.t("waiting", n=self.language.short(video.watching or 0, era=self.era))
        return self.views_short(video.views)

    def badge(self, video: Video) -> str:
        """What stands on the thumbnail."""
        if video.kind is ItemKind.LIVE:
            return self.t("live_badge")
        if video.kind is ItemKind.UPCOMING:
            return self.t("upcoming_badge")
        if video.kind is ItemKind.SHORT:
            return self.t("shorts_badge")
        return clock_text(video.seconds or 0)

    def length(self, video: Video, *, rounded: bool = False) -> str:
        """Give a video's length in words, 0 seconds of one without an end.

        :param rounded: as in cards' labels: no seconds from 15 minutes on
        """
        return self.language.duration(video.seconds or 0, rounded=rounded)

    def label(self, video: Video, channel: Channel, *, search: bool = False) -> str:
        """What a screen reader says of a card: title, channel, age, length, exact views."""
        values = {"title": video.title, "channel": channel.name, "views": self.views(video)}
        if video.kind in {ItemKind.LIVE, ItemKind.UPCOMING}:
            return self.t("label_bare", **values)
        form = "label_search" if search and self.modern else "label"
        label = self.t(
            form, **values, ago=self.card_age(video), duration=self.length(video, rounded=True)
        )
        if video.kind is ItemKind.SHORT:
            label = self.t("play_short", label=label)
        return label

    def published(self, video: Video) -> str:
        """The date line of a watch page, with its "Premiered", "Streamed live on" … forms."""
        if video.kind is ItemKind.LIVE:
            return self.t("started_ago", ago=self.ago(video.published))
        if video.kind is ItemKind.UPCOMING:
            return self.t("scheduled_for", date=self.language.date(video.published))
        kind = origin(video)
        if kind is Origin.PREMIERE and self.age(video.published) < timedelta(days=1):
            return self.t("premiered_ago", ago=self.ago(video.published))
        date = self.language.date(video.published)
        if kind is Origin.PREMIERE:
            return self.t("premiered_on", date=date)
        return self.t("streamed_on", date=date) if kind is Origin.STREAM else date
