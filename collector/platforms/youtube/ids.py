"""The ids that people write in a file of labels: an id, or the one in an address of the site."""

from __future__ import annotations

import re
from collections.abc import Sequence

from collector.platforms.registry import SpoiltIds
from collector.platforms.youtube.urls import list_id, parse_url, video_id

_VIDEO = re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII)
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}", re.ASCII)
#: Today's, and those of 16 hexadecimal digits that lists once had.
_PLAYLIST = re.compile(r"(?:PL|RD|UU|FL|LL|OL)[A-Za-z0-9_-]{6,80}|[0-9A-F]{16}", re.ASCII)
_ADDRESS = re.compile(r"https?://|/|(?:www\.|m\.)?(?:youtube\.com|youtu\.be)/", re.I)
#: So many ids without a single capital were not written by the site.
_ENOUGH = 3


def id_in(written: str) -> str | None:
    """The id of a video, a channel or a list, or the path of a channel."""
    if any(shape.fullmatch(written) for shape in (_VIDEO, _CHANNEL, _PLAYLIST)):
        return written
    if not _ADDRESS.match(written):
        return f"/{written}" if re.fullmatch(r"@[\w.-]{3,60}", written) else None
    bare = re.sub(r"^(?!https?://|/)", "https://", written, flags=re.I)
    if video := video_id(bare) or _short_address(bare):
        return video
    where = parse_url(bare)
    if where.video_id and _VIDEO.fullmatch(where.video_id):
        return where.video_id
    if where.channel is not None and where.channel_path is not None:
        return where.channel if _CHANNEL.fullmatch(where.channel) else where.channel_path
    return list_id(bare)


def _short_address(address: str) -> str | None:
    found = re.match(r"https?://youtu\.be/([A-Za-z0-9_-]{11})(?:[/?#]|$)", address, re.I)
    return found[1] if found else None


def lowered(ids: Sequence[str]) -> SpoiltIds | None:
    """Ids that somebody put into small letters: of three or more, one has a capital (but for one
    in 30 million files)."""
    videos = [item for item in ids if _VIDEO.fullmatch(item)]
    if len(videos) < _ENOUGH or any(item != item.lower() for item in videos):
        return None
    return SpoiltIds(
        first=videos[0],
        problem=f"{len(videos)} ids and not one capital letter: they were put into small letters",
        fix="take the ids as the site has them; a and A are two letters to it",
    )
