"""What exists in the social half of the world: who publishes, what is published, what a feed shows.

Frozen, without HTTP or markup. Times are aware datetimes in UTC; counts are such that a site which
abbreviates them ("1.2K") loses nothing, so that what a page tells is what is true.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from collector.common.model import AuthorKind, Reason
from mockserver.world.names import slug


class Media(StrEnum):
    """What a post consists of; each has its weight in the ranking."""

    STATUS = "status"
    PHOTO = "photo"
    VIDEO = "video"
    LINK = "link"
    EVENT = "event"
    NOTE = "note"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Source:
    """A page, a person or a group."""

    id: str
    """Numeric, 15 or 16 digits."""
    kind: AuthorKind
    name: str
    vanity: str | None
    """First part of its path, if it has a name of its own."""
    topic: str
    lang: str
    followers: int = 0
    advertiser: bool = False
    site: str = ""
    """Host name of its own web site (pages)."""
    closed: bool = False
    """A group that only its members read."""

    @property
    def path(self) -> str:
        """``/vanity/`` of a page and ``/vanity`` of a person; without a name of its own
        ``/pages/words/id/`` or ``/profile.php?id=…``. A group is at ``/groups/id/``."""
        if self.kind is AuthorKind.GROUP:
            return f"/groups/{self.id}/"
        if self.vanity:
            return f"/{self.vanity}/" if self.kind is AuthorKind.PAGE else f"/{self.vanity}"
        if self.kind is AuthorKind.PAGE:
            return f"/pages/{slug(self.name) or 'page'}/{self.id}/"
        return f"/profile.php?id={self.id}"


@dataclass(frozen=True, slots=True)
class Card:
    """What a link leads to, as its opengraph data says."""

    link: str
    site: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a post. ``alt`` names what is on it: kinds of things, or ``people`` by name."""

    seed: str
    things: tuple[str, ...] = ()
    """Keys of things (``people``, ``text``, ``outdoor``…), worded by the site's language."""
    people: tuple[str, ...] = ()
    """Ids of the people who are named in the caption."""


@dataclass(frozen=True, slots=True)
class Post:
    """Something published. ``public`` false: for the author's friends or the group's members."""

    id: str
    source_id: str
    topic: str
    lang: str
    media: Media
    published: datetime
    texts: tuple[str, ...]
    reactions: Mapping[str, int]
    """``LIKE``, ``LOVE``, ``WOW``, ``HAHA``, ``SAD``, ``ANGRY``; those with none are left out."""
    comments: int
    shares: int
    age_h: float
    """Hours between publication and the world's start: what recency is counted on."""
    public: bool = True
    sponsored: bool = False
    card: Card | None = None
    pictures: tuple[Picture, ...] = ()
    album: str = ""
    title: str = ""
    """Of an event or a note."""
    seconds: int = 0
    """Length of a video."""
    shared_id: str | None = None
    """The post that this one passes on."""
    permalink: str | None = None
    """Path (and query) of the post's own page; advertisements have none."""
    link_type: str | None = None
    """``posts``, ``photo``, ``videos``, ``events``, ``notes``, ``groups``."""
    call: str = ""
    """Key of the button of an advertisement."""
    member_id: str | None = None
    """Who wrote it, where the source is a group."""


@dataclass(frozen=True, slots=True)
class Story:
    """One place of a timeline. ``slot`` counts every entry from 1, private and paid ones too."""

    slot: int
    post: Post
    reason: Reason | None = None
    people: tuple[str, ...] = ()
    """Ids of the friends who are named as the reason."""
    score: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)
