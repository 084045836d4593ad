"""Lists that no recommender ranks: a playlist, what was watched, what is subscribed to, a tag.

Each follows from the catalogue and from what the visitor did, so a reader of the page can be held
to it entry by entry. Scores are 0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from collector.common.model import ItemKind, Surface
from mockserver.world.model import Entry, Video
from mockserver.world.viewers import Viewer
from mockserver.world.world import World

#: Entries of a list at most.
MOST = 40
#: Tab of a channel → kinds of its videos there.
_TAB_KINDS = {"shorts": (ItemKind.SHORT,), "streams": (ItemKind.LIVE, ItemKind.UPCOMING)}
#: Screens that the player of short videos is sent at a time.
SCREENS = 8


def plain_list(world: World, viewer: Viewer, surface: Surface, context: str) -> tuple[Entry, ...]:
    """The entries of a list, slots from 1; empty where there is nothing.

    :param context: playlist id (playlist, queue), tag (hashtag) or video id (shorts)
    """
    videos: Iterable[Video]
    match surface:
        case Surface.TRENDING:
            videos = sorted(_ordinary(world), key=lambda v: (-v.views, v.id))
        case Surface.HASHTAG:
            tag = context.casefold()
            found = [v for v in _ordinary(world) if v.topic.casefold() == tag]
            videos = sorted(found, key=lambda v: (-v.views, v.id))
        case Surface.SUBSCRIPTIONS:
            kept = viewer.snapshot().subscriptions
            found = [v for v in _ordinary(world) if v.channel_id in kept]
            videos = sorted(found, key=lambda v: (-v.published.timestamp(), v.id))
        case Surface.HISTORY:
            ids = dict.fromkeys(event.target for event in reversed(viewer.history))
            videos = [world.videos[video] for video in ids if video in world.videos]
        case Surface.PLAYLIST | Surface.QUEUE:
            videos = _members(world, context)
        case Surface.SHORTS:
            videos = _screens(world, viewer, context)
        case _:
            videos = ()
    return tuple(
        Entry(slot=slot, kind=video.kind, item_id=video.id, video=video)
        for slot, video in enumerate(list(videos)[:MOST], start=1)
    )


def tab_list(world: World, channel: str, tab: str) -> tuple[Entry, ...]:
    """What a channel's tab (``shorts``, ``streams``, ``playlists``) holds, slots from 1; of any
    other tab nothing."""
    if tab == "playlists":
        lists = [p for p in world.playlists.values() if p.channel_id == channel and p.video_ids]
        return tuple(
            Entry(slot=slot, kind=ItemKind.PLAYLIST, item_id=one.id, playlist=one)
            for slot, one in enumerate(lists[:MOST], start=1)
        )
    kinds = _TAB_KINDS.get(tab, ())
    found = [v for v in world.videos.values() if v.channel_id == channel and v.kind in kinds]
    return tuple(
        Entry(slot=slot, kind=video.kind, item_id=video.id, video=video)
        for slot, video in enumerate(found[:MOST], start=1)
    )


def _ordinary(world: World) -> list[Video]:
    return [video for video in world.videos.values() if video.kind is ItemKind.VIDEO]


def _members(world: World, ident: str) -> list[Video]:
    """The videos of a playlist; of a mix, the one it grows from and others of its topic."""
    playlist = world.playlists.get(ident)
    if playlist is not None:
        return [world.videos[video] for video in playlist.video_ids if video in world.videos]
    first = world.videos.get(ident.removeprefix("RD")) if ident.startswith("RD") else None
    if first is None:
        return []
    others = [v for v in _ordinary(world) if v.topic == first.topic and v.id != first.id]
    return [first, *sorted(others, key=lambda v: _drawn(ident, v))[:24]]


def _screens(world: World, viewer: Viewer, ident: str) -> list[Video]:
    """The short that is asked for, and those that are swiped to after it."""
    shorts = [v for v in world.videos.values() if v.kind is ItemKind.SHORT]
    first = world.videos.get(ident)
    if first is None:
        return []
    seed = f"{viewer.visitor_id}/{ident}"
    others = sorted((v for v in shorts if v.id != ident), key=lambda v: _drawn(seed, v))
    return [first, *others[: SCREENS - 1]]


def _drawn(seed: str, video: Video) -> bytes:
    return hashlib.sha256(f"{seed}/{video.id}".encode()).digest()
