"""The mock world: a seeded catalogue, viewers, a recommender whose formula is known, a truth log.

Knows nothing of HTTP; sites and APIs are views on it.
"""

from __future__ import annotations

from mockserver.world.clock import EPOCH, WorldClock
from mockserver.world.faults import FAULTS
from mockserver.world.model import (
    Ad,
    Channel,
    Comment,
    Entry,
    Playlist,
    PlaylistItem,
    Subscription,
    User,
    Video,
)
from mockserver.world.parameters import NULL_PARAMETERS, PARAMETERS, WEIGHTS
from mockserver.world.rates import COMPOSITION, PAGE_SIZES
from mockserver.world.truthlog import TruthLog
from mockserver.world.viewers import Event, EventKind, Viewer
from mockserver.world.words import LANGUAGES
from mockserver.world.world import World

__all__ = [
    "COMPOSITION",
    "EPOCH",
    "FAULTS",
    "LANGUAGES",
    "NULL_PARAMETERS",
    "PAGE_SIZES",
    "PARAMETERS",
    "WEIGHTS",
    "Ad",
    "Channel",
    "Comment",
    "Entry",
    "Event",
    "EventKind",
    "Playlist",
    "PlaylistItem",
    "Subscription",
    "TruthLog",
    "User",
    "Video",
    "Viewer",
    "World",
    "WorldClock",
]
