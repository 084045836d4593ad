"""What exists in the mock world: channels, videos, comments, playlists, users, ads, list entries.

Frozen, without HTTP, markup or behaviour: every face of the mock (sites and APIs) is a view on
these. All times are aware datetimes in UTC; lengths are whole seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from collector.common.model import ItemKind


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, which is also the author of videos."""

    id: str
    """``UC`` and 22 characters."""
    handle: str
    """``@name``, unique whatever the case."""
    legacy_path: str | None
    """``/user/x`` or ``/c/x`` for channels old enough to have one."""
    name: str
    topic: str
    lang: str
    country: str
    verified: bool
    subscribers: int
    description: str
    created: datetime

    @property
    def path(self) -> str:
        """``/channel/UC…``, which every channel has."""
        return f"/channel/{self.id}"


@dataclass(frozen=True, slots=True)
class Video:
    """One thing that can be watched: video, short, live stream or upcoming stream."""

    id: str
    """11 characters."""
    channel_id: str
    title: str
    description: str
    topic: str
    lang: str
    kind: ItemKind
    """``video``, ``short``, ``live`` or ``upcoming``."""
    published: datetime
    """Start of a live stream; scheduled start (in the future) of an upcoming video."""
    seconds: int | None
    """Length; ``None`` while live."""
    views: int
    likes: int
    dislikes: int
    comment_count: int
    tags: tuple[str, ...]
    category: str
    """YouTube's category word, e.g. ``Education``."""
    watching: int | None = None
    """Viewers now (live) or waiting (upcoming)."""
    made_for_kids: bool = False
    concepts: tuple[int, ...] = ()
    """Language-independent numbers of the tags' concepts; what tag overlap is counted on."""
    pinned: bool = False
    """True when the entity's dates are absolute (documented examples), false when they are ages."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a video, or an answer to one."""

    id: str
    video_id: str
    author: str
    """A user's name (``world.users``)."""
    text: str
    published: datetime
    likes: int
    parent_id: str | None = None
    """The comment that this one answers; one level deep."""


@dataclass(frozen=True, slots=True)
class PlaylistItem:
    """How a playlist's owner renamed an entry; absent fields keep the video's own."""

    id: str
    """16 hex digits, lower case."""
    title: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Playlist:
    """An ordered list of videos that a channel or a user keeps."""

    id: str
    title: str
    channel_id: str
    video_ids: tuple[str, ...]
    description: str = ""
    tags: tuple[str, ...] = ()
    owner: str | None = None
    """The user who made it, when it is a user's and not only a channel's."""
    published: datetime | None = None
    updated: datetime | None = None
    items: Mapping[str, PlaylistItem] = field(default_factory=dict)
    """Customised entries by video id."""
    topic: str = ""
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class Subscription:
    """``channel`` (target: user name), ``query`` (target: words) or ``favorites`` (user name)."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class User:
    """An account of the feed API's time, with what its profile says."""

    name: str
    """Unique, lower case."""
    display_name: str
    created: datetime
    country: str
    lang: str
    channel_id: str | None = None
    """The channel that this user uploads to."""
    age: int | None = None
    gender: str | None = None
    profile: Mapping[str, str] = field(default_factory=dict)
    """books, company, hobbies, hometown, location, movies, music, occupation, school, …"""
    favorites: tuple[str, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    contacts: tuple[str, ...] = ()
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ad:
    """An advert of a sponsor, who may advertise one of the videos."""

    id: str
    sponsor: str
    site: str
    """Host name that the ad leads to."""
    title: str
    video_id: str | None
    """The advertised video, when the ad is one."""
    seconds: int
    """Length of the clip shown before a video."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a channel says to its readers, beside its videos."""

    id: str
    """``Ugkx`` and 32 characters."""
    channel_id: str
    text: str
    topic: str
    published: datetime
    likes: int
    video_id: str | None = None
    """The video that it shows, where it shows one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of a served list. ``slot`` counts every entry of the surface from 1."""

    slot: int
    kind: ItemKind
    item_id: str
    """Video id, ad id, playlist id, post id, or ``RD`` + video id of a mix."""
    video: Video | None = None
    """The video; of a mix, the one it grows from."""
    ad: Ad | None = None
    playlist: Playlist | None = None
    section: str | None = None
    """Key of the shelf's title (``shorts``, ``breaking-news``, …), to be localised by the site."""
    shelf: str | None = None
    """Shared by the adjacent entries of one shelf, unique in the load."""
    score: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)
    """The summands of ``score`` by parameter name."""
    post: Post | None = None

    @property
    def title(self) -> str:
        """The title in the catalogue, without what a site adds around it."""
        if self.ad is not None:
            return self.ad.title
        if self.playlist is not None:
            return self.playlist.title
        if self.post is not None:
            return self.post.text
        return self.video.title if self.video is not None else ""

    @property
    def topic(self) -> str | None:
        """The topic label; ads have none."""
        if self.ad is not None:
            return None
        if self.playlist is not None:
            return self.playlist.topic or None
        if self.post is not None:
            return self.post.topic
        return self.video.topic if self.video is not None else None
