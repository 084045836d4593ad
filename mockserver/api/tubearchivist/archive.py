"""The archive's state: documents, users, jobs, and what users watched.

One per mock, whatever the profile it is asked in. Documents come from the world, or from a file;
an archive out of a file stands alone and knows no videos but its own.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from flask import current_app

from mockserver.api.tubearchivist import columns, fromworld
from mockserver.api.tubearchivist.columns import Columns, Ids
from mockserver.api.tubearchivist.jobs import REVOKED, Jobs, Waiting
from mockserver.api.tubearchivist.loading import load
from mockserver.api.tubearchivist.saving import Saving
from mockserver.api.tubearchivist.tables import Document, Flags, Table, flags_of
from mockserver.api.tubearchivist.users import Users
from mockserver.world import World

#: The video that the documents both show in the archive and put into the queue.
QUEUED_EXAMPLE = "NYj3DnI81AQ"


class Archive:
    """The tables of the archive, its jobs, users and cookie, under one lock. ``delay_s`` is how
    long a job takes, in seconds of ``now``; a ``file`` stands in the place of the world's
    documents."""

    def __init__(
        self,
        world: World,
        users: Users,
        *,
        file: Path | None = None,
        delay_s: float = 0.0,
        now: Callable[[], float] | None = None,
    ) -> None:
        """:raises UserError: a bad file"""
        self.world = world
        self.users = users
        self.lock = threading.RLock()
        self.now: Callable[[], float] = now or (lambda: world.now().timestamp())
        self.started = self.now()
        """Epoch seconds."""
        self.jobs = Jobs(lambda: self.now(), delay_s, self.lock)
        self.standalone = file is not None
        self._source = fromworld.WorldDocuments(world)
        self._loaded_comments: dict[str, Document] = {}
        self.stored_subtitles: dict[str, Document] = {}
        if file is None:
            self._from_world()
        else:
            self._from_file(file)
        self.saving = Saving(self.tables, self.jobs)
        self.schedules: dict[str, dict[str, Any]] = {}
        """Schedule and settings of tasks, by their name."""
        self.told: dict[str, list[str]] = {}
        """Addresses that are told of a task, by its name."""
        self.refreshing: deque[Waiting] = deque()
        """What waits to be refreshed, the next one first."""
        self.cookie: str | None = None
        self.cookie_checked: float | None = None
        self.cookie_valid = False
        self.flags: dict[str, dict[str, Flags]] = {"channel": {}, "playlist": {}}
        self.renamed = {"channel": 0, "playlist": 0}
        """Grows when one comes, goes or is renamed."""
        self._follow()

    def _from_world(self) -> None:
        world, made = self.world, self._source
        newest = sorted(
            world.videos.values(), key=lambda video: (video.published, video.id), reverse=True
        )
        archived = [fromworld.is_archived(video) for video in newest]
        self.columns = Columns([video.id for video in newest], map(made.row, newest), archived)
        self.videos = Table(
            tuple(video.id for video, here in zip(newest, archived, strict=True) if here),
            made.video,
        )
        self.channels = Table(
            tuple(sorted(world.channels, key=lambda key: (world.channels[key].name.lower(), key))),
            made.channel,
        )
        self.playlists = Table(
            tuple(sorted(world.playlists, key=lambda k: (world.playlists[k].title.lower(), k))),
            made.playlist,
        )
        waiting = [
            key
            for key, video in world.videos.items()
            if video.seconds is not None and not fromworld.is_archived(video)
        ][: fromworld.QUEUE]
        ignored = frozenset(waiting[len(waiting) - fromworld.IGNORED :])
        places = {key: number for number, key in enumerate(waiting)}
        self.downloads = Table(
            tuple(waiting),
            lambda key: made.queued(
                key,
                status="ignore" if key in ignored else "pending",
                at=made.refreshed - 3600 + places[key],
            ),
        )

    def _from_file(self, file: Path) -> None:
        parts = load(file)

        def table(name: str) -> Table:
            part = parts[name]
            return Table(tuple(part), part.__getitem__)

        self.videos = table("ta_video")
        self.channels = table("ta_channel")
        self.playlists = table("ta_playlist")
        self.downloads = table("ta_download")
        self._loaded_comments = parts["ta_comment"]
        self.stored_subtitles = parts["ta_subtitle"]
        documents = parts["ta_video"]
        self.columns = Columns(
            list(documents), map(columns.row_of, documents.values()), [True] * len(documents)
        )

    # -- what lists choose by --------------------------------------------------------------------

    @property
    def refreshed(self) -> int:
        """When the archive was refreshed last before it was opened, epoch seconds."""
        return self._source.refreshed

    def _follow(self) -> None:
        """Keep columns and flags as the documents are, from now on."""
        self.videos.changing = self._video_changed
        for kind, table, quick in (
            ("channel", self.channels, self._source.channel_flags),
            ("playlist", self.playlists, self._source.playlist_flags),
        ):
            known = self.flags[kind]

            def changed(key: str, kind: str = kind, table: Table = table) -> None:
                document = table.get(key)
                before = self.flags[kind].pop(key, None)
                if document is not None:
                    self.flags[kind][key] = flags_of(kind, document)
                after = self.flags[kind].get(key)
                if (before and before.name) != (after and after.name):
                    self.renamed[kind] += 1

            table.changing = changed
            for key in table.ids():
                if self.standalone:
                    changed(key)
                else:
                    known[key] = quick(key)

    def _video_changed(self, key: str) -> None:
        document = self.videos.get(key)
        row = columns.row_of(document) if document is not None else None
        video = self.world.videos.get(key) if not self.standalone else None
        if row is not None and video is not None:
            # The world knows the second at which it was published, the document only the day.
            own = self._source.row(video)
            row = row._replace(numbers=(own.numbers[0], *row.numbers[1:]))
        self.columns.update(key, row)

    def chosen(self, kind: str, fits: Callable[[Flags], bool]) -> list[str]:
        """Ids of channels or playlists whose flags fit, by name (a file's in its order)."""
        table = self.channels if kind == "channel" else self.playlists
        flags = self.flags[kind]
        found = [key for key in table.ids() if fits(flags[key])]
        if not self.standalone and table.has_more:
            found.sort(key=lambda key: (flags[key].name.lower(), key))
        return found

    @property
    def tables(self) -> tuple[Table, ...]:
        """Give the tables of documents: videos, channels, playlists, downloads."""
        return (self.videos, self.channels, self.playlists, self.downloads)

    # -- documents -------------------------------------------------------------------------------

    def video(self, key: str) -> Document | None:
        """A stored video with its channel's document of now."""
        found = self.videos.get(key)
        if found is None:
            return None
        channel = self.channels.get(str(found["channel"].get("channel_id", "")))
        return {**found, "channel": channel} if channel is not None else found

    def comments(self, key: str) -> list[Document] | None:
        """Give the comments of an archived video, as documents; ``None`` where there are none on
        file."""
        if self.standalone:
            found = self._loaded_comments.get(key)
            return list(found["comment_comments"]) if found is not None else None
        if key not in self.videos:
            return None
        return self._source.comments(key) or None

    def of_channel(self, channel_id: str) -> Ids:
        """Archived videos of a channel, in the list's order."""
        found = self.columns
        return found.ordered(found.alive & found.channels([channel_id]))

    def in_playlist(self, playlist_id: str) -> Ids:
        """Archived videos that name this playlist, in the list's order."""
        found = self.columns
        return found.ordered(found.alive & found.mask(self._members(playlist_id)))

    def _members(self, playlist_id: str) -> list[str]:
        if self.standalone:
            return [
                str(document["youtube_id"])
                for document in self.videos.all()
                if playlist_id in (document.get("playlist") or ())
            ]
        playlist = self.world.playlists.get(playlist_id)
        if playlist is not None:
            return list(playlist.video_ids)
        document = self.playlists.get(playlist_id) or {}
        return [str(entry.get("youtube_id")) for entry in document.get("playlist_entries", ())]

    # -- what is done in the background ---------------------------------------------------------

    def advance(self) -> None:
        """Do what is due."""
        with self.lock:
            self.jobs.advance()
            now = self.now()
            while self.refreshing and (
                self.refreshing[0].due <= now or self.refreshing[0].job.status == REVOKED
            ):
                waiting = self.refreshing.popleft()
                if waiting.job.status != REVOKED:
                    self._refresh(waiting.kind, waiting.key)

    def _refresh(self, kind: str, key: str) -> None:
        table, name = {
            "video": (self.videos, "vid_last_refresh"),
            "channel": (self.channels, "channel_last_refresh"),
            "playlist": (self.playlists, "playlist_last_refresh"),
        }[kind]
        if key in table:
            table.update(key, **{name: int(self.now())})

    # -- what jobs do ----------------------------------------------------------------------------

    def enqueue(self, key: str, *, auto: bool = False, status: str = "pending") -> bool:
        """Put a video into the queue unless it is there or archived; false when it is unknown.

        The documents queue a video that they also show as archived: it is queued.
        """
        if key in self.downloads or (key in self.videos and key != QUEUED_EXAMPLE):
            return True
        if self.standalone or key not in self.world.videos:
            return False
        self.put_in_queue(key, auto=auto, status=status)
        return True

    def put_in_queue(self, key: str, *, auto: bool = False, status: str = "pending") -> None:
        """Raises KeyError when the world has no such video."""
        at = int(self.now())
        self.downloads.put(key, self._source.queued(key, status=status, auto=auto, at=at))

    def download(self, key: str) -> bool:
        """Move a queued video into the archive; false when it cannot be fetched."""
        video = self.world.videos.get(key) if not self.standalone else None
        if video is None or video.seconds is None:
            if key in self.downloads:
                self.downloads.update(key, message="this video is not available")
            return False
        self.videos.put(key, {**self._source.video(key), "date_downloaded": int(self.now())})
        self.downloads.remove(key)
        return True

    def download_pending(self) -> str:
        """Download all of the queue that is pending; say how many came."""
        waiting = [d["youtube_id"] for d in self.downloads.all() if d["status"] == "pending"]
        done = sum(self.download(str(key)) for key in waiting)
        return f"downloaded {done} video(s)"

    def rescan(self) -> str:
        """Queue what subscribed channels have and the archive lacks."""
        if self.standalone:
            return "added 0 video(s)"
        found = self.columns
        subscribed = [key for key, flag in self.flags["channel"].items() if flag.subscribed]
        lacking = ~found.alive & found.channels(subscribed) & (found.number("duration") > 0)
        waiting = [key for key in found.ordered(lacking) if key not in self.downloads]
        return f"added {sum(self.enqueue(key) for key in waiting)} video(s)"

    def subscribe_channel(self, key: str, on: bool) -> bool:
        """Subscribe to an archived channel or end it; tell whether there is such a channel."""
        if key not in self.channels:
            return False
        self.channels.update(key, channel_subscribed=on)
        return True

    def moment(self, seconds: float | None = None) -> datetime:
        """An epoch second (default: now) as an aware datetime."""
        return datetime.fromtimestamp(self.now() if seconds is None else seconds, UTC)


def archive() -> Archive:
    """The archive behind the current request."""
    return cast("Archive", current_app.extensions["tubearchivist"])
