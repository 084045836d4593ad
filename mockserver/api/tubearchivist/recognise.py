"""What a text names: a video, a channel or a playlist, by id, address or handle."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs

from collector.addresses import parts_of

_ID = re.compile(r"[-\w]+\Z", re.ASCII)
_HANDLE = re.compile(r"@[\w.\-·]{1,100}\Z")
_HOSTS = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be"})


class Named(NamedTuple):
    """What a text names, and its id there; a handle's id is the handle."""

    kind: str
    """``video``, ``channel``, ``playlist`` or ``handle``."""
    id: str


def by_shape(text: str) -> Named | None:
    """
    >>> by_shape("7DKv5H5Frt0").kind, by_shape("LL").kind, by_shape("aaaaa")
    ('video', 'playlist', None)
    """
    if text.startswith("@"):
        return Named("handle", text) if _HANDLE.match(text) else None
    if not _ID.match(text):
        return None
    if text in {"LL", "WL"} or text.startswith("TA_playlist_"):
        return Named("playlist", text)
    kind = {11: "video", 24: "channel", 34: "playlist", 26: "playlist", 18: "playlist"}.get(
        len(text)
    )
    return Named(kind, text) if kind else None


def recognise(text: str) -> Named | None:
    """
    >>> recognise("https://www.youtube.com/watch?v=7DKv5H5Frt0&list=PLx")
    Named(kind='video', id='7DKv5H5Frt0')
    >>> recognise("https://vimeo.com/7DKv5H5Frt0") is None
    True
    """
    text = text.strip()
    if "/" not in text:
        return by_shape(text)
    parts = parts_of(text if "//" in text else f"https://{text}")
    host = parts.host
    try:
        query = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return None
    if host not in _HOSTS:
        return None
    path = [part for part in parts.path.split("/") if part]
    if host == "youtu.be":
        return _of("video", path[:1])
    if "v" in query:
        return _of("video", query["v"])
    if "list" in query:
        return _of("playlist", query["list"])
    if len(path) > 1 and path[0] in {"shorts", "live", "embed"}:
        return _of("video", path[1:2])
    if len(path) > 1 and path[0] == "channel":
        return _of("channel", path[1:2])
    if path and path[0].startswith("@"):
        return by_shape(path[0])
    return None


def _of(kind: str, texts: list[str]) -> Named | None:
    found = by_shape(texts[0]) if texts else None
    return found if found is not None and found.kind == kind else None
