"""Positions and watched marks: the user's own, or those of the visitor that the user is.

A position that was posted stands until the visitor watches on; a visitor's watches come from the
player's reports and from nothing else.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from flask import current_app

from mockserver.api.tubearchivist.archive import Archive
from mockserver.api.tubearchivist.profile import V05, Profile
from mockserver.api.tubearchivist.tables import Document
from mockserver.api.tubearchivist.users import User
from mockserver.world.viewers import Event

_MOST_POSITIONS = 50_000
_MOST_VISITORS = 100
#: v0.5 does not keep positions up to here, in seconds.
LEAST_KEPT_S = 5.0


@dataclass(frozen=True, slots=True)
class _Posted:
    position: Any
    seen_s: float
    """What the visitor had watched when this was posted."""


@dataclass(frozen=True, slots=True)
class _Visitor:
    """What a visitor watched, as long as it watches nothing more."""

    history: tuple[Event, ...]
    watches: Mapping[str, tuple[float, float]]
    finished: dict[str, frozenset[str]] = field(default_factory=dict)
    """By profile, which draws the line between begun and watched."""


_NOBODY = _Visitor((), {})


class Watching:
    """What each user watched, and where they stopped. What visitors did is read from the world
    each time; only as many visitors as fit are kept read."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._lock = threading.Lock()
        self._posted: OrderedDict[tuple[int, str], _Posted] = OrderedDict()
        self._kept: OrderedDict[str, _Visitor] = OrderedDict()

    def _visitor(self, user: User) -> _Visitor:
        """What the user's visitor watched."""
        if user.visitor is None:
            return _NOBODY
        history = self._archive.world.viewer(user.visitor).history
        with self._lock:
            kept = self._kept.get(user.visitor)
            if kept is None or kept.history != history:
                watches = {event.target: (event.seconds, event.fraction) for event in history}
                kept = self._kept[user.visitor] = _Visitor(history, watches)
                while len(self._kept) > _MOST_VISITORS:
                    self._kept.popitem(last=False)
            return kept

    def _watches(self, user: User) -> Mapping[str, tuple[float, float]]:
        """(seconds, share) of the last watch of each video by the user's visitor."""
        return self._visitor(user).watches

    def position(self, user: User, video_id: str) -> Any:
        """Where the user stopped, in seconds; 0 when nowhere."""
        watched_s = self._watches(user).get(video_id, (0.0, 0.0))[0]
        posted = self._posted.get((user.id, video_id))
        if posted is not None and watched_s <= posted.seen_s:
            return posted.position
        return watched_s if watched_s % 1 else int(watched_s)

    def keep(self, user: User, video_id: str, position: Any) -> None:
        """Put down where a user stopped, in seconds; it holds until the user's visitor watches
        further."""
        watched_s = self._watches(user).get(video_id, (0.0, 0.0))[0]
        with self._lock:
            self._posted[(user.id, video_id)] = _Posted(position, watched_s)
            self._posted.move_to_end((user.id, video_id))
            while len(self._posted) > _MOST_POSITIONS:
                self._posted.popitem(last=False)

    def forget(self, user: User, video_id: str) -> None:
        """Put down that a user stopped nowhere."""
        self.keep(user, video_id, 0)

    def positions(self, user: User) -> dict[str, float]:
        """Videos that the user began and did not finish, with the position in seconds."""
        ids = {key for number, key in tuple(self._posted) if number == user.id}
        ids.update(self._watches(user))
        found = {}
        for key in ids:
            position = self.position(user, key)
            if isinstance(position, (int, float)) and position > 0:
                found[key] = float(position)
        return found

    def watched_by_visitor(self, profile: Profile, user: User) -> frozenset[str]:
        """Videos that the user's visitor watched to (nearly) the end."""
        visitor = self._visitor(user)
        known = visitor.finished.get(profile.name)
        if known is None:
            found = set()
            for key, (seconds, share) in visitor.watches.items():
                video = self._archive.world.videos.get(key)
                if video is not None and video.seconds:
                    at = max(seconds, share * video.seconds)
                    if is_finished(profile, at, video.seconds):
                        found.add(key)
            known = visitor.finished[profile.name] = frozenset(found)
        return known

    def marked(self, profile: Profile, user: User, document: Document) -> Document:
        """A stored video with the user's own watched mark and, in v0.5, position."""
        key = str(document["youtube_id"])
        player = dict(document["player"])
        if not player.get("watched") and key in self.watched_by_visitor(profile, user):
            player["watched"] = True
        if profile is V05 and not player.get("watched"):
            position = self.position(user, key)
            if isinstance(position, (int, float)) and position > 0:
                player["position"] = float(position)
                length = player.get("duration") or 0
                player["progress"] = round(100 * position / length, 2) if length else 0.0
        return {**document, "player": player}

    def mark(self, profile: Profile, user: User, video_id: str, on: bool) -> bool:
        """Set the archive's watched mark, which all users share; false when there is no video."""
        document = self._archive.videos.get(video_id)
        if document is None:
            return False
        player = {**document["player"], "watched": on}
        if on or profile is not V05:
            player["watched_date"] = int(self._archive.now())
        self._archive.videos.update(video_id, player=player)
        if profile is V05:
            self.forget(user, video_id)
        return True


def is_finished(profile: Profile, position_s: float, length_s: float) -> bool:
    """Whether a position counts as watched.

    >>> is_finished(V05, 580, 604), is_finished(V05, 500, 604)
    (True, False)
    """
    if length_s <= 0:
        return False
    if profile is V05:
        if length_s < 60:
            return position_s >= 0.5 * length_s
        if length_s > 900:
            return position_s >= length_s - 180
        return position_s >= 0.9 * length_s
    if length_s <= 1800:
        return position_s >= 0.9 * length_s
    return length_s - position_s <= 120


def watching() -> Watching:
    """What users watched, behind the current request."""
    return cast("Watching", current_app.extensions["tubearchivist.watching"])
