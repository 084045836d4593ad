"""Everything that exists in a world, by id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mockserver.world.model import Ad, Channel, Comment, Playlist, User, Video


@dataclass
class Catalogue:
    """Everything that exists, by id; insertion order is the order of making."""

    channels: dict[str, Channel] = field(default_factory=dict)
    videos: dict[str, Video] = field(default_factory=dict)
    playlists: dict[str, Playlist] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    ads: dict[str, Ad] = field(default_factory=dict)
    dated: set[str] = field(default_factory=set)
    """Ids and names whose dates are absolute, not ages."""
    comments: dict[str, tuple[Comment, ...]] = field(default_factory=dict)
    """Documented comments by video id; the others are made when asked for."""

    def add(
        self,
        *,
        channels: Iterable[Channel] = (),
        videos: Iterable[Video] = (),
        playlists: Iterable[Playlist] = (),
        users: Iterable[User] = (),
    ) -> None:
        """Take in what exists; what has the id of something known takes its place."""
        self.channels.update((channel.id, channel) for channel in channels)
        self.videos.update((video.id, video) for video in videos)
        self.playlists.update((playlist.id, playlist) for playlist in playlists)
        self.users.update((user.name, user) for user in users)
