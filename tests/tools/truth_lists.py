"""Worlds with truths, and the lists that their viewers get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from collector.common.model import ItemKind, Surface
from mockserver.world import Entry, Viewer, World

START = datetime(2026, 5, 1, 9, tzinfo=UTC)
BARE = {
    "home_first_ad": 0.0, "home_shorts_shelf": 0.0, "home_news_shelf": 0.0, "home_mix": 0.0,
    "home_playlist": 0.0, "search_first_ad": 0.0, "search_shorts_shelf": 0.0,
    "search_also_watched_shelf": 0.0, "search_playlist": 0.0, "home_later_shorts_shelf": 0.0,
    "home_later_ad": 0.0,
}  # fmt: skip
PUPPETS = {
    **{f"treated{n}": ("treated", n // 4 + 1) for n in range(400)},
    **{f"control{n}": ("control", n // 4 + 1) for n in range(400)},
}


def world(*truths: Mapping[str, Any], block_every_s: float = 0.0, **build: Any) -> World:
    told = {"truths": list(truths), "block_every_s": block_every_s}
    return World.build(seed=3, clock="0", truths=told, puppets=dict(PUPPETS), **build)


@lru_cache
def plain() -> World:
    return World.build(seed=3, clock="0")


def at(found: World, visitor: str, second: float = 0.0) -> Viewer:
    """A visitor at a second of its clock."""
    viewer = found.viewer(visitor)
    if viewer.is_new:
        found.arrive(viewer, START)
    found.arrive(viewer, START + timedelta(seconds=second))
    return viewer


def listed(
    found: World, visitor: str, surface: Surface = Surface.HOME, *, second: float = 0.0,
    load: str = "l", context: str | None = None,
) -> tuple[Entry, ...]:  # fmt: skip
    return found.feed(surface, at(found, visitor, second), load=load, context=context)


def ids(entries: Sequence[Entry]) -> list[str]:
    return [entry.item_id for entry in entries]


def share(entries: Sequence[Entry], topic: str) -> float:
    return sum(entry.topic == topic for entry in entries) / len(entries)


def watched(found: World, visitor: str, topic: str, times: int = 6) -> None:
    videos = [v for v in found.videos.values() if v.topic == topic and v.kind is ItemKind.VIDEO]
    for number, video in enumerate(videos[:times]):
        at(found, visitor).watched(video.id, 600.0, 1.0, load=f"w{number}")


@lru_cache
def plain_with_time() -> World:
    found = world({"truth": "blocking", "share": 0})
    at(found, "treated0").searched("cats")
    return found
