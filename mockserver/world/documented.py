"""The entities that the APIs' own documents use in their examples; every world has them.

``documented.json`` holds them: what a row leaves out follows from the rest, as below. Their dates
are absolute (UTC): they were published on those days whatever the world's clock says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collector.common.jsondata import load
from collector.common.model import ItemKind
from mockserver.world.model import (
    Channel,
    Comment,
    Playlist,
    PlaylistItem,
    Subscription,
    User,
    Video,
)
from mockserver.world.seeded import token

_DATA: Mapping[str, Any] = load(__package__, "documented.json")
#: Concepts (numbers within the topic) of documented videos.
_CONCEPTS = (0, 2, 6)
_CATEGORIES = {"music": "Music", "pets": "Animals", "gaming": "Games", "technology": "Tech"}
_DATES = ("published", "created", "updated", "sent")

#: Video responses by the id of the video they answer.
RESPONSES: Mapping[str, tuple[str, ...]] = _DATA["responses"]

#: Numbers of the formats of documented videos: 1 and 6 are mobile ones, 5 is the embedded player.
FORMATS: Mapping[str, tuple[int, ...]] = _DATA["formats"]

#: What users call their profile, where it is neither their name nor their display name.
PROFILE_TITLES: Mapping[str, str] = _DATA["profile_titles"]

#: The guide's sample playlist has one id in its links and another in its own entry.
OTHER_IDS: Mapping[str, str] = _DATA["other_ids"]


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its dates as moments."""
    return {name: _day(value) if name in _DATES else value for name, value in row.items()}


#: When entries of playlists were last changed, by entry id.
ENTRY_UPDATED: Mapping[str, datetime] = {
    key: _day(moment) for key, moment in _DATA["entry_updated"].items()
}


@dataclass(frozen=True, slots=True)
class Message:
    """A video sent from one user to another."""

    id: str
    sender: str
    recipient: str
    subject: str
    text: str
    video_id: str
    sent: datetime


#: Every message there is.
MESSAGES: tuple[Message, ...] = tuple(Message(**_dated(row)) for row in _DATA["messages"])


def _channel(row: Mapping[str, Any]) -> Channel:
    key = row["key"]
    return Channel(
        id=row.get("id") or "UC" + token(0, "documented-channel", key, size=16),
        handle=f"@{key}",
        legacy_path=f"/user/{key}",
        name=row["name"],
        topic=row["topic"],
        lang=row.get("lang", "en"),
        country=row.get("country", "US"),
        verified=row.get("verified", True),
        subscribers=row.get("subscribers", 1_200_000),
        description=f"{row['name']}.",
        created=_day("2006-05-01"),
    )


def _video(row: Mapping[str, Any], channel: Channel) -> Video:
    topic, likes = row.get("topic", channel.topic), row.get("likes", row["views"] // 40)
    return Video(
        id=row["id"],
        channel_id=channel.id,
        title=row["title"],
        description=row.get("description", row["title"]),
        topic=topic,
        lang=channel.lang,
        kind=ItemKind.VIDEO,
        published=_day(row["published"]),
        seconds=row["seconds"],
        views=row["views"],
        likes=likes,
        dislikes=row.get("dislikes", likes // 25),
        comment_count=row.get("comments", 0),
        tags=row["tags"],
        category=row.get("category") or _CATEGORIES.get(topic, "Entertainment"),
        concepts=_CONCEPTS,
        pinned=True,
    )


def channels_and_videos() -> tuple[tuple[Channel, ...], tuple[Video, ...]]:
    """The documented channels and videos.

    >>> channels, videos = channels_and_videos()
    >>> channels[0].handle, videos[0].id
    ('@rickastley', 'dQw4w9WgXcQ')
    """
    channels = {row["key"]: _channel(row) for row in _DATA["channels"]}
    videos = tuple(_video(row, channels[row["channel"]]) for row in _DATA["videos"])
    return tuple(channels.values()), videos


def comments() -> dict[str, tuple[Comment, ...]]:
    """The documented comments by video id."""
    found: dict[str, tuple[Comment, ...]] = {}
    for row in _DATA["comments"]:
        comment = Comment(**_dated(row))
        found[comment.video_id] = (*found.get(comment.video_id, ()), comment)
    return found


def playlists() -> tuple[Playlist, ...]:
    """The documented playlists, with what their owners renamed."""
    return tuple(
        Playlist(
            **_dated({name: value for name, value in row.items() if name != "items"}),
            items={video: PlaylistItem(**item) for video, item in row.get("items", {}).items()},
        )
        for row in _DATA["playlists"]
    )


def users() -> tuple[User, ...]:
    """liz and darcy, with a profile each, and an account for every documented channel."""
    special = tuple(
        User(
            **_dated({name: value for name, value in row.items() if name != "subscriptions"}),
            subscriptions=tuple(Subscription(*each) for each in row["subscriptions"]),
        )
        for row in _DATA["users"]
    )
    named = {user.name for user in special}
    channels, _ = channels_and_videos()
    return special + tuple(
        User(
            name=channel.handle[1:],
            display_name=channel.name,
            created=channel.created,
            country=channel.country,
            lang=channel.lang,
            channel_id=channel.id,
        )
        for channel in channels
        if channel.handle[1:] not in named
    )
