"""The entities that the APIs' own documents use in their examples; every world has them.

Their dates are absolute: they were published on those days whatever the world's clock says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mockserver.world.documented_videos import COMPUTER, DARCY, LIZ, channels_and_videos, day
from mockserver.world.model import Comment, Playlist, PlaylistItem, Subscription, User
from mockserver.world.seeded import token

__all__ = [
    "ENTRY_UPDATED",
    "FORMATS",
    "MESSAGES",
    "PROFILE_TITLES",
    "RESPONSES",
    "Message",
    "channels_and_videos",
    "comments",
    "playlists",
    "users",
]


def comments() -> dict[str, tuple[Comment, ...]]:
    """The documented comments by video id."""
    first = "978A9E10911314AC"
    return {
        "2cdgTWitj_o": (
            Comment(first, "2cdgTWitj_o", "darcy", "In vain have I struggled.",
                    day("2007-05-22T08:00:00"), 5),
            Comment("1B1C5DE9B2CA4F10", "2cdgTWitj_o", "liz", "So I see.",
                    day("2007-05-22T08:20:00"), 9, parent_id=first),
            Comment("64C7D1E8A1F03B22", "2cdgTWitj_o", "darcy", "You are too generous to trifle.",
                    day("2007-05-22T08:45:00"), 3, parent_id=first),
            Comment("A0993F2E77D4C1B8", "2cdgTWitj_o", "liz", "Part two will follow.",
                    day("2007-05-23T19:30:00"), 1),
        ),
        "03YbknYlJK0": (
            Comment("5F2E6A0B9C13D874", "03YbknYlJK0", "darcy", "Tolerable, I suppose.",
                    day("2006-12-04T10:00:00"), 2),
            Comment("7C0D11E2F3A4B596", "03YbknYlJK0", "liz", "I heard that.",
                    day("2006-12-04T10:05:00"), 11, parent_id="5F2E6A0B9C13D874"),
        ),
    }  # fmt: skip


#: Video responses by the id of the video they answer.
RESPONSES: dict[str, tuple[str, ...]] = {
    "03YbknYlJK0": (token(0, "documented-video", "reply-1", size=8), "ZTUVgYoeN_o"),
}


#: Numbers of the formats of documented videos: 1 and 6 are mobile ones, 5 is the embedded player.
FORMATS: dict[str, tuple[int, ...]] = {"ZTUVgYoeN_o": (1,), "i2xMvKOLzYM": (5,)}

#: When entries of playlists were last changed, by entry id.
ENTRY_UPDATED: dict[str, datetime] = {"f8bcc0d63a08ada4": day("2007-08-23T20:11:41.252")}

#: What users call their profile, where it is neither their name nor their display name.
PROFILE_TITLES: dict[str, str] = {"darcy": "Darcy", "liz": "Liz"}


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
MESSAGES: tuple[Message, ...] = (
    Message(
        "4C7A1E0D52B98F36", "darcy", "liz", "A dance", "Would you do me the honour?",
        "i2xMvKOLzYM", day("2007-04-02T19:10:00"),
    ),
)  # fmt: skip


#: The guide's sample playlist has one id in its links and another in its own entry.
OTHER_IDS: dict[str, str] = {"ABCDEFABCDEFABCDEF": "45C563323B344971"}


def playlists() -> tuple[Playlist, ...]:
    return (
        Playlist(
            id="45C563323B344971",
            title="Dance",
            channel_id=LIZ.id,
            video_ids=("i2xMvKOLzYM", "03YbknYlJK0"),
            description="Dance routines, shows.",
            tags=("ballroom", "dance"),
            owner="liz",
            published=day("2007-07-08T16:48:28"),
            updated=day("2007-07-08T16:48:30"),
            items={
                "i2xMvKOLzYM": PlaylistItem(
                    "f8bcc0d63a08ada4", "Customized title", "Customized description"
                ),
                "03YbknYlJK0": PlaylistItem("0c3f61aa2f7be952"),
            },
            topic="music",
        ),
        Playlist(
            id="PL96C35uN7xGLLeET0dOWaKHkAlPsrkcha",
            title="Networks",
            channel_id=COMPUTER.id,
            video_ids=("NYj3DnI81AQ", "BXB-PoihfYI"),
            owner="computerphile",
            published=day("2024-03-02"),
            updated=day("2024-04-09"),
            topic="technology",
        ),
    )


def users() -> tuple[User, ...]:
    """liz and darcy, with a profile each, and an account for every documented channel."""
    special = (
        User(
            name="liz",
            display_name="Elizabeth Bennet",
            created=day("2006-02-02T20:00:00"),
            updated=day("2007-08-14T09:30:00"),
            country="GB",
            lang="en",
            channel_id=LIZ.id,
            age=21,
            gender="f",
            profile={"hobbies": "Walking, reading", "hometown": "Longbourn"},
            favorites=("i2xMvKOLzYM", "ClBli0YWnCs", "dQw4w9WgXcQ"),
            subscriptions=(
                Subscription("channel", "darcy"),
                Subscription("query", "ballroom dance"),
                Subscription("favorites", "darcy"),
            ),
            contacts=("darcy",),
        ),
        User(
            name="darcy",
            display_name="Fitzwilliam Darcy",
            created=day("2006-03-19T19:35:56"),
            updated=day("2007-08-13T19:37:03"),
            country="GB",
            lang="en",
            channel_id=DARCY.id,
            age=32,
            gender="m",
            profile={
                "books": "Pride and Prejudice",
                "company": "Self employed",
                "hobbies": "Reading, arguing with Liz",
                "hometown": "Steventon",
                "location": "Longbourn in Hertfordshire, Pemberley in Derbyshire",
                "movies": "Pride and Prejudice, 2005",
                "music": "Air Con Varizzioni, The Pleasure of the Town",
                "occupation": "Gentleman",
                "school": "Home schooling",
                "relationship": "taken",
            },
            favorites=("ZTUVgYoeN_o",),
            subscriptions=(Subscription("channel", "liz"),),
            contacts=("liz",),
        ),
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
