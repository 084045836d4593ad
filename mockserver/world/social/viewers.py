"""What a visitor of the feed did and was shown: pages followed, posts liked or hidden, posts seen.

Ranking reads a snapshot, so two requests of one visitor never see half an event.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any

from mockserver.world.journal import Note, noted
from mockserver.world.memory import answer, checked
from mockserver.world.social.model import Story

#: What a visitor has switched on, each with the ids it is on for.
_KEPT = ("follows", "likes", "hidden", "silenced")

#: Of these, what the memory of an earlier release has not.
_LATER = frozenset({"silenced"})


class DeedKind(StrEnum):
    """What a visitor of the feed can do that ranking hears of."""

    FOLLOW = "follow"
    LIKE = "like"
    HIDE = "hide"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing a visitor did; ``on`` false takes an earlier one back."""

    kind: DeedKind
    target: str
    """Source id (follow, silence) or post id (like, hide)."""
    on: bool = True


@dataclass(frozen=True, slots=True)
class FeedSnapshot:
    """What ranking may look at: a visitor at one moment."""

    visitor_id: str
    lang: str
    deeds: tuple[Deed, ...]
    follows: tuple[str, ...]
    likes: frozenset[str]
    hidden: frozenset[str]
    seen: Mapping[str, int]
    """How often each post has been sent to this visitor, by post id."""
    silenced: frozenset[str] = frozenset()
    """Sources of which this visitor wants to see nothing."""


class Timeline:
    """The places of one load, made when they are asked for: few readers see the last."""

    def __init__(self, places: Iterator[Story]) -> None:
        self._places = places
        self._made: list[Story] = []

    def part(self, start: int, count: int) -> tuple[Story, ...]:
        """Places ``start`` to ``start + count`` (0-based); fewer at the end."""
        self._made += islice(self._places, max(start + count - len(self._made), 0))
        return tuple(self._made[start : start + count])


@dataclass
class FeedViewer:
    """One visitor's state; change it through the methods, which lock."""

    visitor_id: str
    lang: str = "en"
    consented: str | None = None
    loads: int = 0
    deeds: list[Deed] = field(default_factory=list)
    follows: dict[str, None] = field(default_factory=dict)
    likes: dict[str, None] = field(default_factory=dict)
    hidden: dict[str, None] = field(default_factory=dict)
    silenced: dict[str, None] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    timelines: OrderedDict[str, Timeline] = field(default_factory=OrderedDict, repr=False)
    """Timelines being served, by load."""
    note: Note | None = field(default=None, repr=False)
    """Told of every change, where the world keeps a journal."""

    @noted
    def speaks(self, lang: str) -> None:
        """The language of the latest request."""
        self.lang = lang

    @noted
    def saw(self, post_id: str) -> None:
        """A post was sent to this visitor once more."""
        self.seen[post_id] += 1

    @noted
    def next_load(self) -> int:
        """The ordinal (from 1) of a new timeline or page of this visitor."""
        with self.lock:
            self.loads += 1
            return self.loads

    @noted
    def follow(self, source_id: str, on: bool = True) -> None:
        """Follow a page, or no longer; nothing happens where it is so already."""
        self._toggle(DeedKind.FOLLOW, self.follows, source_id, on)

    @noted
    def like(self, post_id: str, on: bool = True) -> None:
        """Like a post, or no longer; nothing happens where it is so already."""
        self._toggle(DeedKind.LIKE, self.likes, post_id, on)

    @noted
    def hide(self, post_id: str, on: bool = True) -> None:
        """Hide a post, or no longer; nothing happens where it is so already."""
        self._toggle(DeedKind.HIDE, self.hidden, post_id, on)

    @noted
    def silence(self, source_id: str, on: bool = True) -> None:
        """Hide all of a source, or no longer; nothing happens where it is so already."""
        self._toggle(DeedKind.SILENCE, self.silenced, source_id, on)

    @noted
    def consent(self, choice: str) -> None:
        """``accept`` or ``reject``."""
        if choice not in {"accept", "reject"}:
            raise ValueError(f"consent is 'accept' or 'reject', not {choice!r}")
        with self.lock:
            self.consented = choice

    def _toggle(self, kind: DeedKind, kept: dict[str, None], target: str, on: bool) -> None:
        with self.lock:
            if (target in kept) == on:
                return
            if on:
                kept[target] = None
            else:
                del kept[target]
            self.deeds.append(Deed(kind, target, on))

    def memory(self) -> dict[str, Any]:
        """All that the site knows of this visitor, JSON-ready; :meth:`remember` takes it in."""
        with self.lock:
            return {
                "lang": self.lang,
                "consented": self.consented,
                "loads": self.loads,
                "deeds": [asdict(deed) for deed in self.deeds],
                **{name: list(getattr(self, name)) for name in _KEPT},
                "seen": dict(self.seen),
            }

    @noted
    def remember(self, memory: Mapping[str, Any]) -> None:
        """Know of this visitor what :meth:`memory` told of another, and nothing else.

        :raises NoMemory: it is none; then nothing has changed.
        """
        with checked():
            deeds = [
                Deed(DeedKind(one["kind"]), str(one["target"]), bool(one["on"]))
                for one in memory["deeds"]
            ]
            kept = {
                name: dict.fromkeys(
                    map(str, memory.get(name, ()) if name in _LATER else memory[name])
                )
                for name in _KEPT
            }
            seen = Counter({str(post): int(times) for post, times in memory["seen"].items()})
            loads, consented = int(memory["loads"]), answer(memory["consented"])
            lang = str(memory["lang"])
        with self.lock:
            self.deeds, self.seen, self.loads = deeds, seen, loads
            self.lang, self.consented = lang, consented
            for name, targets in kept.items():
                setattr(self, name, targets)
            self.timelines.clear()

    def snapshot(self) -> FeedSnapshot:
        """Give what is known of the visitor now, as a copy that does not change."""
        with self.lock:
            return FeedSnapshot(
                visitor_id=self.visitor_id,
                lang=self.lang,
                deeds=tuple(self.deeds),
                follows=tuple(self.follows),
                likes=frozenset(self.likes),
                hidden=frozenset(self.hidden),
                seen=dict(self.seen),
                silenced=frozenset(self.silenced),
            )
