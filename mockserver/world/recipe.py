"""What a world is made of before a seed is applied: sizes, shares and extra entities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mockserver.world.model import Channel, Video
from mockserver.world.words import LANGUAGES, NEIGHBOURS, TOPIC_SHARES


@dataclass(frozen=True)
class Recipe:
    """Sizes are minimums of generated entities; the documented ones come on top."""

    name: str = "small"
    channels: int = 260
    videos: int = 3600
    playlists: int = 120
    viewers: int = 80
    """Users who comment and subscribe but have no channel."""
    ads: int = 48
    topics: Mapping[str, float] = field(default_factory=lambda: dict(TOPIC_SHARES))
    languages: Mapping[str, float] = field(default_factory=lambda: dict(LANGUAGES))
    neighbours: Mapping[tuple[str, str], float] = field(default_factory=lambda: dict(NEIGHBOURS))
    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Ten concept words by topic and language, before the built-in ones."""
    zipf: float = 1.35
    """Exponent of views by popularity rank."""
    most_views: int = 900_000_000
    short_share: float = 0.10
    live_share: float = 0.02
    upcoming_share: float = 0.01
    unseen_share: float = 0.015
    """Share of videos with fewer than a thousand views, some with none."""
    strays: float = 0.06
    """Share of videos about a topic next to their channel's."""
    recommender: Mapping[str, float] = field(default_factory=dict)
    faults: Mapping[str, float] = field(default_factory=dict)
    era: str | None = None
    extra_channels: tuple[Channel, ...] = ()
    extra_videos: tuple[Video, ...] = ()


SMALL = Recipe()
MEDIUM = Recipe(name="medium", channels=2500, videos=100_000, playlists=2500, viewers=1500, ads=120)
SIZES: dict[str, Recipe] = {"small": SMALL, "medium": MEDIUM}
