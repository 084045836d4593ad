"""Who is watching: what a visitor did so far, as far as a platform can know it.

History is an append-only list of events; ranking reads a snapshot of it, so two requests of one
visitor never see half an event. How much of a video was watched arrives in pieces: reports for
the same video and page load grow one event instead of adding new ones.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from mockserver.world.journal import Note, noted
from mockserver.world.listing import Listing
from mockserver.world.memory import answer, checked, finite

#: What a visitor has switched on, each with the ids it is on for.
_KEPT = ("subscriptions", "likes", "dislikes", "hidden", "refused")


class EventKind(StrEnum):
    """What a visitor of the video site can do that the site hears of."""

    WATCH = "watch"
    LIKE = "like"
    DISLIKE = "dislike"
    SUBSCRIBE = "subscribe"
    NOT_INTERESTED = "not-interested"
    CHANNEL_REFUSED = "dont-recommend"
    SEARCH = "search"
    PREVIEW = "preview"
    """The mouse rested on a card until its preview began; ranking gives it no weight."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a visitor did; ``on`` false takes an earlier like or subscription back."""

    kind: EventKind
    target: str
    """Video id, channel id or search text."""
    seconds: float = 0.0
    fraction: float = 0.0
    """Share of the video that was watched, 0–1."""
    on: bool = True
    load: str = ""
    at: float = 0.0
    """Second of the visitor's clock; 0 in a world without truths, where time means nothing."""


def _event(told: Mapping[str, Any]) -> Event:
    """An event from plain data."""
    return Event(
        EventKind(told["kind"]),
        str(told["target"]),
        finite(told["seconds"]),
        finite(told["fraction"]),
        bool(told["on"]),
        str(told["load"]),
        finite(told.get("at", 0.0)),
    )


def _plain(event: Event) -> dict[str, Any]:
    """An event as plain data; its time only where there is one."""
    told = asdict(event)
    if not event.at:
        del told["at"]
    return told


def _told(memory: Mapping[str, Any], name: str) -> Any:
    """What is newer than some memories is empty in them. Raises KeyError for the rest."""
    return memory.get(name, ()) if name == "refused" else memory[name]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What ranking may look at: a visitor at one moment."""

    visitor_id: str
    bucket: int
    lang: str
    country: str
    events: tuple[Event, ...]
    subscriptions: frozenset[str]
    likes: frozenset[str]
    dislikes: frozenset[str]
    not_interested: frozenset[str]
    clock_s: float = 0.0
    agent: str = ""
    refused: frozenset[str] = frozenset()
    """Channels that are not to be recommended."""


@dataclass
class Viewer:
    """One visitor's state; change it through the methods, which lock."""

    visitor_id: str
    bucket: int
    """The A/B bucket: a hash of the seed and the visitor id."""
    lang: str = "en"
    country: str = "US"
    consented: str | None = None
    """``accept`` or ``reject`` once the consent dialog was answered."""
    loads: int = 0
    """Page loads so far (see :meth:`next_load`)."""
    events: list[Event] = field(default_factory=list)
    subscriptions: dict[str, None] = field(default_factory=dict)
    likes: dict[str, None] = field(default_factory=dict)
    dislikes: dict[str, None] = field(default_factory=dict)
    hidden: dict[str, None] = field(default_factory=dict)
    """Videos answered with "not interested"."""
    clock_s: float = 0.0
    """Seconds since its first page, on its own clock; counted only in a world with truths."""
    agent: str = ""
    """The user agent of its latest request, where a truth may ask for it."""
    refused: dict[str, None] = field(default_factory=dict)
    """Channels answered with "don't recommend"."""
    paused: bool = False
    """What is watched is not remembered."""
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    listings: OrderedDict[tuple[str, str, str], Listing] = field(
        default_factory=OrderedDict, repr=False
    )
    """Lists being served, by (load, surface, context); see ``World.feed``."""
    _began_s: float | None = field(default=None, repr=False)
    """The moment of its second 0."""
    note: Note | None = field(default=None, repr=False)
    """Told of every change, where the world keeps a journal."""

    @property
    def history(self) -> tuple[Event, ...]:
        """The watches, oldest first."""
        with self.lock:
            return tuple(event for event in self.events if event.kind is EventKind.WATCH)

    @noted
    def speaks(self, lang: str, country: str) -> None:
        """The language and country of the latest request."""
        self.lang, self.country = lang, country

    @noted
    def arrives(self, moment_s: float, agent: str = "") -> None:
        """A request at a moment of the visitor's own clock (seconds since any origin, the same for
        all of its requests); the first one is second 0. A clock never goes back."""
        if self._began_s is None:
            self._began_s = moment_s - self.clock_s
        self.clock_s = max(self.clock_s, round(moment_s - self._began_s, 3))
        self.agent = agent

    def forget_time(self) -> None:
        """As before the first request."""
        self.clock_s, self._began_s = 0.0, None

    @property
    def is_new(self) -> bool:
        """It has not arrived yet."""
        return self._began_s is None

    @noted
    def next_load(self) -> int:
        """The ordinal (from 1) of a new page load of this visitor."""
        with self.lock:
            self.loads += 1
            return self.loads

    @noted
    def watched(self, video_id: str, seconds: float, fraction: float, *, load: str = "") -> None:
        """Credit playback: ``seconds`` and ``fraction`` are totals so far, not additions.

        A report with the same ``load`` (without one: of the video watched last) grows that watch.
        """
        fraction = min(max(fraction, 0.0), 1.0)
        with self.lock:
            if self.paused:
                return
            for index in range(len(self.events) - 1, -1, -1):
                event = self.events[index]
                if event.kind is not EventKind.WATCH:
                    continue
                if event.target == video_id and event.load == load:
                    self.events[index] = replace(
                        event,
                        seconds=max(event.seconds, seconds),
                        fraction=max(event.fraction, fraction),
                    )
                    return
                if not load:
                    break
            self.events.append(
                Event(EventKind.WATCH, video_id, seconds, fraction, load=load, at=self.clock_s)
            )

    @noted
    def like(self, video_id: str, on: bool = True) -> None:
        """Like a video, or no longer; a dislike of it goes. Nothing happens where it is so
        already."""
        self._toggle(EventKind.LIKE, self.likes, video_id, on, against=self.dislikes)

    @noted
    def dislike(self, video_id: str, on: bool = True) -> None:
        """Dislike a video, or no longer; a like of it goes. Nothing happens where it is so
        already."""
        self._toggle(EventKind.DISLIKE, self.dislikes, video_id, on, against=self.likes)

    def unvote(self, video_id: str) -> None:
        """Neither like nor dislike a video any more; noted as what is taken back."""
        if video_id in self.dislikes:
            self.dislike(video_id, on=False)
        if video_id in self.likes:
            self.like(video_id, on=False)

    @noted
    def subscribe(self, channel_id: str, on: bool = True) -> None:
        """Subscribe to a channel, or no longer; nothing happens where it is so already."""
        self._toggle(EventKind.SUBSCRIBE, self.subscriptions, channel_id, on)

    @noted
    def not_interested(self, video_id: str) -> None:
        """Say of a video that it is not wanted: only its channel's own list has it from then on."""
        self._toggle(EventKind.NOT_INTERESTED, self.hidden, video_id, True)

    @noted
    def refuse_channel(self, channel_id: str) -> None:
        """Say of a channel that it is not wanted: only searches and its own page list its
        videos."""
        self._toggle(EventKind.CHANNEL_REFUSED, self.refused, channel_id, True)

    @noted
    def clear_history(self) -> None:
        """What was watched, and which previews were seen, is forgotten; the rest stays."""
        with self.lock:
            gone = (EventKind.WATCH, EventKind.PREVIEW)
            self.events = [event for event in self.events if event.kind not in gone]

    @noted
    def pause_history(self, on: bool = True) -> None:
        """Remember nothing of what is watched from now on, or remember again."""
        with self.lock:
            self.paused = on

    @noted
    def hover(self, video_id: str, *, for_s: float) -> None:
        """Rest on a video's card for so many seconds, so that it is previewed."""
        with self.lock:
            self.events.append(Event(EventKind.PREVIEW, video_id, for_s, at=self.clock_s))

    @noted
    def searched(self, query: str) -> None:
        """Remember a query."""
        with self.lock:
            self.events.append(Event(EventKind.SEARCH, query, at=self.clock_s))

    @noted
    def consent(self, choice: str) -> None:
        """``accept`` or ``reject``."""
        if choice not in {"accept", "reject"}:
            raise ValueError(f"consent is 'accept' or 'reject', not {choice!r}")
        with self.lock:
            self.consented = choice

    def _toggle(
        self,
        kind: EventKind,
        kept: dict[str, None],
        target: str,
        on: bool,
        against: dict[str, None] | None = None,
    ) -> None:
        with self.lock:
            if (target in kept) == on:
                return
            if on:
                kept[target] = None
                if against is not None:
                    against.pop(target, None)
            else:
                del kept[target]
            self.events.append(Event(kind, target, on=on, at=self.clock_s))

    def memory(self) -> dict[str, Any]:
        """All that the site knows of this visitor, JSON-ready; :meth:`remember` takes it in."""
        with self.lock:
            return {
                "lang": self.lang,
                "country": self.country,
                "consented": self.consented,
                "loads": self.loads,
                **({"paused": True} if self.paused else {}),
                "events": [_plain(event) for event in self.events],
                **({"clock_s": self.clock_s} if self.clock_s else {}),
                **{
                    name: list(getattr(self, name))
                    for name in _KEPT
                    if name != "refused" or self.refused
                },
            }

    @noted
    def remember(self, memory: Mapping[str, Any]) -> None:
        """Know of this visitor what :meth:`memory` told of another, and nothing else.

        :raises NoMemory: it is none; then nothing has changed.
        """
        with checked():
            events = [_event(one) for one in memory["events"]]
            kept = {name: dict.fromkeys(map(str, _told(memory, name))) for name in _KEPT}
            loads, consented = int(memory["loads"]), answer(memory["consented"])
            lang, country = str(memory["lang"]), str(memory["country"])
            clock_s = finite(memory.get("clock_s", 0.0))
        with self.lock:
            self.clock_s, self._began_s = clock_s, None
            self.events, self.loads, self.consented = events, loads, consented
            self.lang, self.country = lang, country
            self.paused = bool(memory.get("paused", False))
            for name, targets in kept.items():
                setattr(self, name, targets)
            self.listings.clear()

    def snapshot(self) -> Snapshot:
        """Give what is known of the visitor now, as a copy that does not change."""
        with self.lock:
            return Snapshot(
                visitor_id=self.visitor_id,
                bucket=self.bucket,
                lang=self.lang,
                country=self.country,
                events=tuple(self.events),
                subscriptions=frozenset(self.subscriptions),
                likes=frozenset(self.likes),
                dislikes=frozenset(self.dislikes),
                not_interested=frozenset(self.hidden),
                clock_s=self.clock_s,
                agent=self.agent,
                refused=frozenset(self.refused),
            )


#: What a page tells the site of a video → what its viewer has done; with the seconds that it took.
FEEDBACK: Mapping[str, Callable[[Viewer, str, float], None]] = {
    "NOT_INTERESTED": lambda viewer, video_id, _: viewer.not_interested(video_id),
    "PREVIEW": lambda viewer, video_id, seconds: viewer.hover(video_id, for_s=seconds),
}
