"""The world's entities as documents of the archive.

Most videos were archived; a few are known but not yet downloaded, and wait in the queue. What a
profile writes in its own way (paths of media, lengths in words) is left out here and filled in
when shown.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping

from collector.common.model import ItemKind
from mockserver.api.tubearchivist.columns import Row
from mockserver.api.tubearchivist.subtitles import described
from mockserver.api.tubearchivist.tables import Document, Flags
from mockserver.world import World
from mockserver.world.model import Channel, Playlist, Video

#: One video in this many is not archived yet.
_LEFT_OUT_OF = 40
#: The queue at the start: so many, the last few of them ignored.
QUEUE = 24
IGNORED = 4

_DOWNLOADED_AFTER_S = 6 * 3600
_TYPES = {ItemKind.SHORT: "shorts", ItemKind.LIVE: "streams", ItemKind.UPCOMING: "streams"}


_STREAMS = [
    {
        "type": "video", "index": 0, "codec": "h264",
        "width": 1920, "height": 1080, "bitrate": 2_500_000,
    },
    {"type": "audio", "index": 1, "codec": "aac", "bitrate": 128_000},
]  # fmt: skip


def _size(seconds: int) -> int:
    """Bytes of a file of this length."""
    return 65_536 + seconds * 312_500


def _subscribed(channel_id: str) -> bool:
    return zlib.crc32(channel_id.encode()) % 3 == 0


def is_archived(video: Video) -> bool:
    """Whether the archive has this video at the start."""
    if video.seconds is None or video.kind in {ItemKind.LIVE, ItemKind.UPCOMING}:
        return False
    return video.pinned or zlib.crc32(video.id.encode()) % _LEFT_OUT_OF != 0


class WorldDocuments:
    """Makes documents out of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.refreshed = int(world.clock.start.timestamp())
        lists: dict[str, list[str]] = defaultdict(list)
        for playlist in world.playlists.values():
            for key in dict.fromkeys(playlist.video_ids):
                lists[key].append(playlist.id)
        self._playlists: Mapping[str, list[str]] = dict(lists)

    def playlists_of(self, video_id: str) -> list[str]:
        """List the ids of the playlists that a video is in."""
        return self._playlists.get(video_id, [])

    def row(self, video: Video) -> Row:
        """What :meth:`video` says in numbers, without making the document."""
        published = video.published.timestamp()
        seconds = video.seconds or 0
        return Row(
            video.channel_id,
            _TYPES.get(video.kind, "videos"),
            True,
            False,
            (
                published,
                published + _DOWNLOADED_AFTER_S,
                video.views,
                video.likes,
                seconds,
                _size(seconds),
                1920,
                1080,
            ),
        )

    def video(self, key: str) -> Document:
        """Make the document of a video, as if it had been archived some time after its publication.

        :raises KeyError: the world has no such video
        """
        video = self.world.videos[key]
        seconds = video.seconds or 0
        document: Document = {
            "active": True,
            "category": [video.category],
            "channel": self.channel(video.channel_id),
            "comment_count": len(self.world.comments(key)),
            "date_downloaded": int(video.published.timestamp()) + _DOWNLOADED_AFTER_S,
            "description": video.description,
            "media_size": _size(seconds),
            "player": {"duration": seconds, "watched": False},
            "published": video.published.date().isoformat(),
            "stats": {
                "average_rating": 0,
                "dislike_count": video.dislikes,
                "like_count": video.likes,
                "view_count": video.views,
            },
            "streams": [dict(stream) for stream in _STREAMS],
            "tags": list(video.tags),
            "title": video.title,
            "vid_last_refresh": self.refreshed,
            "vid_thumb_base64": False,
            "vid_type": _TYPES.get(video.kind, "videos"),
            "youtube_id": key,
        }
        said = described(video)
        if said is not None:
            document["subtitles"] = [said]
        lists = self.playlists_of(key)
        if lists:
            document["playlist"] = list(lists)
        if seconds >= 120 and zlib.crc32(b"segments" + key.encode()) % 4 == 0:
            document["sponsorblock"] = {
                "last_refresh": self.refreshed,
                "has_unlocked": False,
                "is_enabled": True,
                "segments": [
                    {
                        "category": "sponsor",
                        "actionType": "skip",
                        "segment": [seconds / 10, seconds / 10 + 20.0],
                        "UUID": f"{zlib.crc32(key.encode()):08x}",
                        "videoDuration": float(seconds),
                        "locked": 0,
                        "votes": 1,
                    }
                ],
            }
        return document

    def channel(self, key: str) -> Document:
        """Make the document of a channel.

        :raises KeyError: the world has no such channel
        """
        channel: Channel = self.world.channels[key]
        return {
            "channel_active": True,
            "channel_description": channel.description or False,
            "channel_id": channel.id,
            "channel_last_refresh": self.refreshed,
            "channel_name": channel.name,
            "channel_subs": channel.subscribers,
            "channel_subscribed": _subscribed(channel.id),
            "channel_tabs": ["videos"],
            "channel_tags": [channel.topic],
            "channel_views": 0,
        }

    def channel_flags(self, key: str) -> Flags:
        """Give what lists choose a channel by, without its document.

        :raises KeyError: the world has no such channel
        """
        return Flags(self.world.channels[key].name, True, _subscribed(key), "", key)

    def playlist_flags(self, key: str) -> Flags:
        """Give what lists choose a playlist by, without its document.

        :raises KeyError: the world has no such playlist
        """
        playlist = self.world.playlists[key]
        return Flags(playlist.title, True, False, "regular", playlist.channel_id)

    def playlist(self, key: str) -> Document:
        """Make the document of a playlist; videos that the world does not have are left out.

        :raises KeyError: the world has no such playlist
        """
        playlist: Playlist = self.world.playlists[key]
        channel = self.world.channels.get(playlist.channel_id)
        entries = []
        for number, video_id in enumerate(playlist.video_ids):
            video = self.world.videos.get(video_id)
            if video is not None:
                entries.append(
                    {
                        "youtube_id": video_id,
                        "title": video.title,
                        "uploader": self.world.channels[video.channel_id].name,
                        "idx": number,
                        "downloaded": is_archived(video),
                    }
                )
        return {
            "playlist_active": True,
            "playlist_channel": channel.name if channel else None,
            "playlist_channel_id": playlist.channel_id,
            "playlist_description": playlist.description or False,
            "playlist_entries": entries,
            "playlist_id": key,
            "playlist_last_refresh": self.refreshed,
            "playlist_name": playlist.title,
            "playlist_sort_order": "top",
            "playlist_subscribed": False,
            "playlist_type": "regular",
        }

    def queued(
        self, key: str, *, status: str = "pending", auto: bool = False, at: int | None = None
    ) -> Document:
        """The queue's document of a video; ``at``: epoch seconds when it was added."""
        video = self.world.videos[key]
        return {
            "auto_start": auto,
            "channel_id": video.channel_id,
            "channel_indexed": True,
            "channel_name": self.world.channels[video.channel_id].name,
            "duration_s": video.seconds or 0,
            "published": video.published.date().isoformat(),
            "status": status,
            "timestamp": self.refreshed if at is None else at,
            "title": video.title,
            "vid_type": _TYPES.get(video.kind, "videos"),
            "youtube_id": key,
        }

    def comments(self, key: str) -> list[Document]:
        """The comments of a video, each thread's first one followed by its replies."""
        found = []
        uploader = self.world.videos[key].channel_id
        for comment in self.world.comments(key):
            user = self.world.users.get(comment.author)
            author_id = (user.channel_id if user else None) or f"UC{comment.author:0<22.22}"
            moment = comment.published
            midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
            found.append(
                {
                    "comment_id": comment.id,
                    "comment_text": comment.text,
                    "comment_timestamp": int(moment.timestamp()),
                    "comment_time_text": moment.strftime(
                        "%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M"
                    ),
                    "comment_likecount": comment.likes,
                    "comment_is_favorited": False,
                    "comment_author": f"@{comment.author}",
                    "comment_author_id": author_id,
                    "comment_author_thumbnail": f"/cache/channels/{author_id}_thumb.jpg",
                    "comment_author_is_uploader": author_id == uploader,
                    "comment_parent": comment.parent_id or "root",
                }
            )
        return found
