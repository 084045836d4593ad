"""What is at an address of the video site: the kind of its page, what it is about, its facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote_plus

from collector.adapters.youtube.runner import HISTORY
from collector.addresses import parts_of
from collector.common.model import PageKind, PageStatus
from collector.platforms.youtube.refusal import Reason
from collector.platforms.youtube.urls import parse_url
from mockserver.world import Channel, Entry, Video, World
from mockserver.world.channelposts import channel_posts, post_list
from mockserver.world.plainlists import tab_list

_CHANNEL = re.compile(r"/(@[^/]+|(?:channel|user|c)/[^/]+)(?:/(\w+))?/?\Z")
#: Tabs of a channel that are no list of its uploads: what the world has of them, what it posts, and
#: what it says about itself, which lists nothing.
_TABS = frozenset(
    ("shorts", "streams", "playlists", "podcasts", "courses", "releases", "channels", "store",
     "membership")
)  # fmt: skip
_POSTS, _ABOUT = ("posts", "community"), "about"


@dataclass(frozen=True, slots=True)
class Addressed:
    """What a load of an address brings."""

    path: str
    """The path and query that the page then has."""
    status: PageStatus
    kind: PageKind = PageKind.OTHER
    context: str | None = None
    """Id of the video or channel, or the query."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """What an observation says of the page besides its list."""
    held: tuple[Entry, ...] | None = None
    """Its list, whole from the start; ``None`` where a recommender ranks it."""


def what_is_at(path: str, world: World, status: PageStatus) -> Addressed:
    """What is at ``path`` (with its query) for a visitor whose load has this status so far."""
    parts = parts_of(path)
    query = parse_qs(parts.query)
    if parts.path == "/":
        return Addressed(path, status, PageKind.HOME)
    if parts.path == "/results":
        text = query.get("search_query", query.get("q", [""]))[0]
        asked = " ".join(text.split())[:200]
        path = "/results?search_query=" + quote_plus(asked)
        return Addressed(path, status, PageKind.SEARCH, asked, {"query": asked})
    if parts.path == "/watch":
        number = query.get("v", [""])[0]
        path, video = f"/watch?v={number}", world.videos.get(number)
        if video is None:
            return Addressed(path, PageStatus.UNAVAILABLE, PageKind.VIDEO, number)
        return Addressed(path, status, PageKind.VIDEO, number, _facts(video, world))
    found = _CHANNEL.match(parts.path)
    if found and (channel := world.channel_by_path(found[0])):
        held = _held(channel, found[2], world)
        if held is not None and not held and status is PageStatus.OK:
            status = PageStatus.UNKNOWN if found[2] == _ABOUT else PageStatus.EMPTY
        facts = {"channel": channel.id, "channelPath": parts.path}
        if status is PageStatus.UNKNOWN:
            facts["statusReason"] = Reason.NOT_READ.value
        return Addressed(path, status, PageKind.CHANNEL, channel.id, facts, held)
    if parts.path == HISTORY:
        return Addressed(path, PageStatus.UNKNOWN)
    return Addressed(path, PageStatus.ERROR, parse_url(path).kind)


def _held(channel: Channel, tab: str | None, world: World) -> tuple[Entry, ...] | None:
    """What a tab of a channel lists; ``None`` for its uploads."""
    if tab in _POSTS:
        return post_list(channel_posts(world.seed, channel, world.videos.values(), world.now()))
    if tab in _TABS:
        return tab_list(world, channel.id, tab)
    return () if tab == _ABOUT else None


def _facts(video: Video, world: World) -> Mapping[str, Any]:
    channel = world.channels[video.channel_id]
    return {
        "videoId": video.id,
        "params": {"v": video.id},
        "title": video.title,
        "authorName": channel.name,
        "authorSource": "/" + channel.handle,
        "channelId": channel.id,
        "lengthSeconds": video.seconds,
        "category": video.category,
        "keywords": list(video.tags),
    }
