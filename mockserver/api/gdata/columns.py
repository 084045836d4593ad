"""What a feed may ask of a video that the catalogue does not say: formats, and who may see it.

Both are functions of the video alone, so every answer and every run agrees.
"""

from __future__ import annotations

import hashlib

import numpy as np

from collector.common.model import ItemKind
from mockserver.api.gdata.filters import Area, Restricted
from mockserver.api.gdata.places import metres, place
from mockserver.api.gdata.query import FORMATS
from mockserver.world import Video, World
from mockserver.world.documented import FORMATS as DOCUMENTED_FORMATS

SWF, MOBILE = 2, 1 | 4
"""Bits of a video's formats: 1 and 6 are mobile ones, 5 is the embeddable player."""

_NOWHERE = (float("nan"), float("nan"))

#: Longest video that exists in the mobile formats, seconds.
_MOBILE_SECONDS = 600


def formats(video: Video) -> int:
    """The formats a video exists in, as bits: one in fourteen cannot be embedded, long and live
    ones are not on mobiles."""
    known = DOCUMENTED_FORMATS.get(video.id)
    if known is not None:
        return sum(FORMATS[str(number)] for number in known)
    bits = MOBILE if video.seconds is not None and video.seconds <= _MOBILE_SECONDS else 0
    embeddable = hashlib.sha256(video.id.encode()).digest()[0] % 14 != 0 or not bits
    return bits | (SWF if embeddable else 0)


def restricted(video: Video) -> Restricted:
    """Who is kept from a video: of every fifty generated ones that are not made for children one
    is racy and one is mildly so."""
    if video.pinned or video.made_for_kids:
        return Restricted.NOT
    place = hashlib.sha256(video.id.encode()).digest()[1] % 50
    return Restricted(max(2 - place, 0))


class Columns:
    """Columns of shape (videos,), and rows by what videos have. None of them may be changed."""

    def __init__(self, world: World, videos: list[Video]) -> None:
        count = len(videos)
        self.formats = np.fromiter(map(formats, videos), np.int8, count)
        self.restricted = np.fromiter(map(restricted, videos), np.int8, count)
        self.published = np.fromiter((v.published.timestamp() for v in videos), np.float64, count)
        self.listed = np.fromiter((v.kind is not ItemKind.UPCOMING for v in videos), bool, count)
        #: What is only announced is in no feed.
        self.everything = np.flatnonzero(self.listed)
        self.langs = {lang: number for number, lang in enumerate({v.lang: None for v in videos})}
        self.lang = np.fromiter((self.langs[v.lang] for v in videos), np.int16, count)
        channels = {channel: number for number, channel in enumerate(world.channels)}
        self.channel = np.fromiter((channels[v.channel_id] for v in videos), np.int32, count)
        where = [place(video, world.channels[video.channel_id]) or _NOWHERE for video in videos]
        self.places = np.array(where, dtype=np.float64).reshape(count, 2)
        every = world.channels.values()
        self._countries = np.array([channel.country for channel in every])
        self._verified = np.array([channel.verified for channel in every])

    def placed(self, rows: np.ndarray, area: Area | None) -> np.ndarray:
        """Those of ``rows`` that say where they were recorded, and that in ``area``."""
        north, east = self.places[rows].T
        if area is None:
            return rows[~np.isnan(north)]
        return rows[metres(north, east, area.north, area.east) <= area.radius_m]

    def in_country(self, country: str) -> np.ndarray:
        """A mask of the videos whose channel is of ``country``."""
        return (self._countries == country)[self.channel]

    def verified(self) -> np.ndarray:
        """A mask of the videos whose channel is verified."""
        return self._verified[self.channel]

    def in_language(self, language: str) -> np.ndarray:
        """A mask of the videos in ``language``, whatever the script or region (``zh``)."""
        numbers = [
            number
            for lang, number in self.langs.items()
            if lang.lower().partition("-")[0] == language
        ]
        return np.isin(self.lang, numbers)
