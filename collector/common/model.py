"""The words of the instrument: what a page is, what was shown on it, what a puppet did.

Floor 1: imports nothing of another floor. Everything here is frozen and knows no I/O and no clock.
A parsed field is a value, ``None`` (absent) or named in ``unparsed`` (seen, not understood).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from importlib.metadata import entry_points
from typing import Any

from collector.common.opennames import OpenNames

#: Entry point group of platforms, see :mod:`collector.platforms.registry`.
PLATFORMS = "twinwatch.platforms"


class Platform(OpenNames):
    """The name of a platform: one of those that ship, or of one that a package registers.

    >>> Platform("youtube") is Platform.YOUTUBE
    True
    """

    YOUTUBE = "youtube"
    FACEBOOK = "facebook"

    @classmethod
    def registered(cls, name: str) -> bool:
        """Return whether a package registers a platform of that name; it is not loaded."""
        return bool(entry_points(group=PLATFORMS, name=name))


#: What a scenario means that names no platform, and a page that does not say whose it is.
DEFAULT_PLATFORM = Platform.YOUTUBE


class PageKind(StrEnum):
    """What a URL asks for. The values are the reference collector's ``type`` words.

    >>> PageKind.VIDEO.value
    'video'
    """

    HOME = "home"
    VIDEO = "video"
    SEARCH = "search"
    CHANNEL = "channel"
    OTHER = "other"


class PageStatus(StrEnum):
    """What came back. Anything but ``ok`` is a missing cell, never data.

    >>> PageStatus("consent") is PageStatus.OK
    False
    """

    OK = "ok"
    PARTIAL = "partial"
    """A list came, and some of its items are of a kind that the parser cannot read."""
    CONSENT = "consent"
    CAPTCHA = "captcha"
    LOGIN = "login"
    UNAVAILABLE = "unavailable"
    ERROR = "error"
    EMPTY = "empty"
    UNKNOWN = "unknown"


class Surface(StrEnum):
    """The list of a page that an impression was seen in.

    >>> Surface.RELATED.value
    'related'
    """

    HOME = "home"
    RELATED = "related"
    SEARCH = "search"
    CHANNEL = "channel"
    PLAYLIST = "playlist"
    QUEUE = "queue"
    """The playlist panel beside a video: what plays next in a list that was chosen."""
    SUBSCRIPTIONS = "subscriptions"
    HISTORY = "history"
    TRENDING = "trending"
    HASHTAG = "hashtag"
    SHORTS = "shorts"
    """The player of short videos: one item a screen."""
    OTHER = "other"
    FEED = "feed"
    """The timeline of a social network: one load of it is one list."""


class ItemKind(StrEnum):
    """What an impression advertises.

    >>> [kind.value for kind in (ItemKind.SHORT, ItemKind.AD)]
    ['short', 'ad']
    """

    VIDEO = "video"
    SHORT = "short"
    LIVE = "live"
    UPCOMING = "upcoming"
    MIX = "mix"
    PLAYLIST = "playlist"
    CHANNEL = "channel"
    POST = "post"
    GAME = "game"
    AD = "ad"
    UNKNOWN = "unknown"
    """An item of the list that no reader knows: it holds its place, its kind is not guessed."""


class ParseError(StrEnum):
    """Why something seen on a page did not become data (closed vocabulary)."""

    UNKNOWN_RENDERER = "unknown-renderer"
    MISSING_ELEMENT = "missing-element"
    NO_LINK = "no-link"
    BAD_LABEL = "bad-label"
    BAD_NUMBER = "bad-number"
    BAD_AGE = "bad-age"
    BAD_DATE = "bad-date"
    BAD_JSON = "bad-json"
    SEVERAL_CREATORS = "several-creators"
    DISAGREES = "disagrees"
    TOO_DEEP = "too-deep"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Unparsed:
    """Something seen and not understood, by renderer and field."""

    renderer: str
    field: str
    error: ParseError
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Impression:
    """One item of a page: ``position`` counts from 1 in reading order, without holes.

    ``item_id`` is the video id (11 characters), the playlist id, the channel id or, for an ad, the
    id or link that identifies it; empty where an ad, a post or an unknown item shows none; ``href``
    is where it leads. As it says itself, else ``None``: ``title``, ``channel_name``,
    ``channel_href``, ``views``, ``verified`` (the channel's badge), ``seconds`` (length) and
    ``age_seconds`` (how long ago); and ``is_live``. Further the ``section`` of the page, the
    ``label`` that is read aloud, and the element it was read from (``renderer``). ``extra`` holds
    what only one dialect needs. Its ``surface`` and ``kind`` are words of their own:

    >>> Impression(1, Surface.HOME, ItemKind.VIDEO, "dQw4w9WgXcQ", seconds=212).title is None
    True
    """

    position: int
    surface: Surface
    kind: ItemKind
    item_id: str
    href: str = ""
    title: str | None = None
    channel_name: str | None = None
    channel_href: str | None = None
    views: int | None = None
    seconds: int | None = None
    age_seconds: int | None = None
    is_live: bool = False
    verified: bool | None = None
    section: str | None = None
    label: str | None = None
    renderer: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """One page as data: ``platform``, ``kind``, ``status``, ``url``, ``impressions`` in order.

    Further ``lang`` (BCP 47), ``login`` (is somebody signed in?), both ``None`` where it does not
    say; name and version of the ``parser``; what was seen and not understood (``unparsed``).
    ``fields`` holds page-level values under the reference's metadata names. ::

        Observation(Platform.YOUTUBE, PageKind.HOME, PageStatus.EMPTY, "/", "en", None, "youtube/1")
    """

    platform: Platform
    kind: PageKind
    status: PageStatus
    url: str
    lang: str | None
    login: bool | None
    parser: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    impressions: tuple[Impression, ...] = ()
    unparsed: tuple[Unparsed, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site's API answered to a page that stood, such as one more part of its list.

    >>> Answer("/youtubei/v1/search", '{"contents":{}}').path
    '/youtubei/v1/search'
    """

    path: str
    """Path of the address that was asked."""
    text: str
    """The answer as it came (JSON)."""


@dataclass(frozen=True, slots=True)
class RawPage:
    """What a browser hands over: the visible page, before scrubbing."""

    url: str
    html: str
    client_time: datetime
    """The page's own clock (aware, milliseconds); virtual under ``--speed``."""
    saved_time: datetime
    """The wall clock of this machine (aware, milliseconds)."""
    viewport: tuple[int, int]
    languages: tuple[str, ...]
    user_agent: str
    event: str | None = None
    """The site's id of this page load (``ytcfg EVENT_ID``), if it has one."""
    answers: tuple[Answer, ...] = ()
    """What the site's API answered to this page, in the order of coming: the page itself where
    the way to it was inside a page, then what came as it was scrolled."""


@dataclass(frozen=True, slots=True)
class Capture:
    """Evidence as filed: written once, never edited; the HTML lies under ``content_hash``."""

    id: str
    run: str
    puppet: str
    session: str
    step: int
    seq: int
    """0-based number of this capture in its session (the wire's ``incremental``)."""
    page_uuid: str
    """One per page load; captures of one page share it (the wire's ``randomUUID``)."""
    platform: Platform
    url: str
    kind: PageKind
    status: PageStatus
    content_hash: str
    """SHA-256 hex of the scrubbed HTML's UTF-8 bytes."""
    size: int
    """Length of the scrubbed HTML in UTF-16 units."""
    client_time: datetime
    saved_time: datetime
    viewport: tuple[int, int]
    languages: tuple[str, ...]
    event: str | None
    versions: Mapping[str, str]
    """``collector``, ``parser``, ``browser``."""


class ReceiptStatus(StrEnum):
    """Did the treatment happen?"""

    COMPLETE = "complete"
    """Watched at least the planned seconds, or to the end."""
    SHORT = "short"
    """Playback advanced, but less than planned."""
    FAILED = "failed"
    """Playback never advanced, or the player showed an error."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of what was watched. Seconds are media seconds unless a name says otherwise."""

    video_id: str
    status: ReceiptStatus
    planned_s: float
    watched_s: float
    duration_s: float | None
    ad_s: float
    stalled_s: float
    rate: float
    visible_share: float
    """Share of samples taken while the document was visible, 0–1."""
    ended: bool
    error: str | None
    """The text of the player's error overlay or the media error code."""
    next_video_id: str | None
    """The video that autoplay moved on to, if it did."""
    samples: tuple[tuple[float, float], ...]
    """(page seconds since the watch began, currentTime), about one a second, ads left out."""


class Visibility(StrEnum):
    """Whom a post was meant for. A post that is not surely public is private."""

    PUBLIC = "public"
    PRIVATE = "private"


class Nature(StrEnum):
    """Why a post is in a feed: somebody published it, or somebody paid."""

    ORGANIC = "organic"
    SPONSORED = "sponsored"


class AuthorKind(StrEnum):
    """Who publishes a post."""

    PAGE = "page"
    PERSON = "person"
    GROUP = "group"


class Reason(StrEnum):
    """What the feed says of why it shows a post; never who is named in it."""

    FRIEND = "friend"
    SUGGESTED = "suggested"


@dataclass(frozen=True, slots=True)
class Post:
    """One post as it was read. ``None`` is absent; an unknown reaction is absent, not zero.

    ``permalink`` is a path without host and trackers, ``link_type`` the reference's word for its
    kind (``posts``, ``photo``, ``videos``, …). ``texts`` are paragraphs, then what the attached
    card says. ``reactions`` are counts under the reference's names (``LIKE``, ``LOVE``, …).
    A private post bears nothing but its visibility.
    """

    visibility: Visibility
    markup: str = ""
    """``2019`` or ``2020``: the generation of markup that it was read from."""
    nature: Nature | None = None
    post_id: str | None = None
    permalink: str | None = None
    link_type: str | None = None
    published: datetime | None = None
    source: str | None = None
    source_link: str | None = None
    display_source: str | None = None
    author: AuthorKind | None = None
    reason: Reason | None = None
    texts: tuple[str, ...] = ()
    images: int = 0
    captions: tuple[str, ...] = ()
    autoplay: bool | None = None
    """``None`` without a video."""
    opengraph: Mapping[str, Any] | None = None
    reactions: Mapping[str, int] = field(default_factory=dict)
    comments: int | None = None
    shares: int | None = None
    shared: Post | None = None
    """The post that this one passes on."""
    lang: str | None = None
    unparsed: tuple[Unparsed, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedImpression:
    """One post of a feed as it came into view; of a private one, only that, when and where."""

    order: int
    """From 1, in the order of coming into view."""
    visibility: Visibility
    time: datetime
    """When it came into view (the page's clock, aware)."""
    content_hash: str | None = None
    """SHA-256 hex of the scrubbed fragment's UTF-8 bytes; ``None`` for a private post."""
    post: Post | None = None
    visible_s: float | None = None
    """Seconds in view until the timeline ended."""
    top: int | None = None
    """CSS pixels from the top of the document."""
    bottom: int | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """One load of a feed: everything that came into view until the next load or refresh."""

    id: str
    """A UUID; the wire's ids are derived from it."""
    started: datetime
    url: str
    impressions: tuple[FeedImpression, ...] = ()
    event: str | None = None
    """The site's id of this load, if it has one."""
