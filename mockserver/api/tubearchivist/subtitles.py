"""What is said in a video: the lines of its subtitles, with their times.

The world's videos have no sound; one in ten of those that are archived has subtitles all the same,
made of its title and its description, so that a search of what is said finds something.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from mockserver.api.tubearchivist.tables import Document
from mockserver.api.tubearchivist.words import Words
from mockserver.world.model import Video

_ONE_IN = 10
_LINE = 42
"""Characters of a line."""
_MOST_LINES = 40


class Line(NamedTuple):
    """A line of one video's subtitles."""

    video: str
    number: int
    """From 1."""
    lang: str
    source: str
    channel: str
    """Channel id."""
    document: Document | None
    """As stored, when it came out of a file."""


def described(video: Video) -> dict[str, Any] | None:
    """The subtitles of a video as its document names them; ``None`` when it has none."""
    drawn = zlib.crc32(b"subtitles" + video.id.encode())
    if not video.seconds or drawn % _ONE_IN:
        return None
    source = "user" if drawn // _ONE_IN % 2 else "auto"
    name = video.lang if source == "user" else f"{video.lang} - auto"
    return {
        "ext": "vtt",
        "lang": video.lang,
        "media_url": f"{video.channel_id}/{video.id}.{video.lang}.vtt",
        "name": name,
        "source": source,
        "url": f"https://www.youtube.com/api/timedtext?v={video.id}&lang={video.lang}",
    }


def lines(video: Video) -> list[str]:
    """What is said, line by line; nothing when the video has no subtitles."""
    if described(video) is None:
        return []
    said: list[str] = []
    for part in (video.title, *video.description.splitlines()):
        current = ""
        for word in re.sub(r"#\w+", " ", part).split():
            if current and len(current) + len(word) >= _LINE:
                said.append(current)
                current = word
            else:
                current = f"{current} {word}".strip()
        if current and current not in said:
            said.append(current)
    return said[:_MOST_LINES]


def times(video: Video, count: int, number: int) -> tuple[str, str]:
    """Beginning and end of line ``number`` of ``count``: ``HH:MM:SS.mmm``."""
    each = (video.seconds or 0) / max(count, 1)
    return _stamp((number - 1) * each), _stamp(number * each)


def _stamp(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def as_vtt(video: Video) -> str:
    """The subtitles' file."""
    said = lines(video)
    blocks = ["WEBVTT\n"]
    for number, text in enumerate(said, start=1):
        begins, ends = times(video, len(said), number)
        blocks.append(f"{number}\n{begins} --> {ends}\n{text.replace('-->', '->')}\n")
    return "\n".join(blocks)


class Spoken:
    """All lines of an archive."""

    def __init__(self, videos: Mapping[str, Video], stored: Mapping[str, Document]) -> None:
        """``stored``: lines out of a file, by their id; the videos' own are then not made."""
        found = list(_stored(stored) if stored else _made(videos))
        self.lines = [line for line, _ in found]
        self.texts = [text for _, text in found]
        self.words = Words(self.texts)
        self._numbers: dict[str, int] = {}
        self._facts = {
            name: np.array([self._number(getattr(line, name)) for line in self.lines], np.int32)
            for name in ("lang", "source", "channel")
        }

    def _number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    def of(self, name: str, values: Iterable[str]) -> np.ndarray:
        """Which lines have one of these as their ``lang``, ``source`` or ``channel``."""
        known = [self._numbers[value] for value in values if value in self._numbers]
        wanted = np.zeros(len(self._numbers) + 1, dtype=bool)
        wanted[known] = True
        return wanted[self._facts[name]]


def _made(videos: Mapping[str, Video]) -> Iterator[tuple[Line, str]]:
    for video in videos.values():
        about = described(video)
        if about is not None:
            for number, text in enumerate(lines(video), start=1):
                line = Line(
                    video.id, number, about["lang"], about["source"], video.channel_id, None
                )
                yield line, text


def _stored(stored: Mapping[str, Document]) -> Iterator[tuple[Line, str]]:
    for document in stored.values():
        lang, source, channel = (
            str(document.get(f"subtitle_{name}", "")) for name in ("lang", "source", "channel_id")
        )
        number = document.get("subtitle_index")
        place = number if isinstance(number, int) else 0
        line = Line(str(document["youtube_id"]), place, lang, source, channel, document)
        yield line, document["subtitle_line"]
