"""Entries that are videos: of searches, uploads, favourites, responses, and of playlists."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mockserver.api.gdata.build import Element, add, category, link, stamp
from mockserver.api.gdata.columns import SWF, restricted
from mockserver.api.gdata.filters import Restricted
from mockserver.api.gdata.media import addresses, group_first, group_second
from mockserver.api.gdata.names import (
    CATEGORIES,
    CATEGORY_SCHEME,
    FLASH_TYPE,
    KEYWORD_SCHEME,
    KIND_SCHEME,
    SITE,
    kind,
    watch_page,
)
from mockserver.api.gdata.request_context import RequestContext
from mockserver.world import Playlist, PlaylistItem, User, Video
from mockserver.world.comments import MOST as MOST_COMMENTS
from mockserver.world.documented import ENTRY_UPDATED

#: What may be done with a video; embedding depends on it.
_ACTIONS = {
    "comment": "allowed",
    "commentVote": "allowed",
    "videoRespond": "moderated",
    "rate": "allowed",
    "embed": "allowed",
    "list": "allowed",
    "autoPlay": "allowed",
    "syndicate": "allowed",
}


def entry_id(playlist: Playlist, video_id: str) -> str:
    """The id of a playlist's entry: 16 hex digits."""
    item = playlist.items.get(video_id)
    if item is not None:
        return item.id
    return hashlib.sha256(f"{playlist.id} {video_id}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class VideoItem:
    """A video as it is."""

    video: Video
    favorite_of: User | None = None

    @property
    def key(self) -> Hashable:
        """Tell the entry from all others: the video, and whose favourite it is shown as."""
        return "video", self.video.id, self.favorite_of and self.favorite_of.name

    def updated(self) -> datetime:
        """Give the moment that the entry says it was changed last: when the video was published."""
        return self.video.published

    def atom(self, entry: Element, here: RequestContext) -> None:
        """Fill the element ``entry`` with the video, its uploader, and its links in the dialect's
        order."""
        video = self.video
        own = ("videos", video.id)
        add(entry, "id", here.ident(own, f"video:{video.id}"))
        add(entry, "published", stamp(video.published))
        add(entry, "updated", stamp(video.published))
        favorite = self.favorite_of is not None and here.second
        category(entry, KIND_SCHEME, kind("favorite" if favorite else "video"))
        categories(entry, here, video)
        add(entry, "title", video.title, here.text_type())
        content(entry, here, video, video.description)
        if here.second:
            links(entry, here, video)
            link(entry, "self", here.url(*own))
        else:
            link(entry, "self", here.url(*own))
            links(entry, here, video)
        uploader = here.accounts.uploader(video.channel_id)
        here.author(entry, uploader, uploader.display_name)
        about(entry, here, video)
        if not here.second:
            # The first form of this link; readers follow the one in gd:comments.
            comments = here.url("videos", video.id, "comments")
            add(entry, "gd:feedLink", attributes={"rel": "comments", "href": comments})
        where(entry, here, video)

    def jsonc(self, here: RequestContext) -> dict[str, Any]:
        """Give the compact form: the video, or the favourite that holds it."""
        video = plain(here, self.video)
        if self.favorite_of is None:
            return video
        return {
            "id": hashlib.sha256(f"{self.favorite_of.name} {self.video.id}".encode()).hexdigest(),
            "created": video["uploaded"],
            "author": self.favorite_of.name,
            "video": video,
        }


@dataclass(frozen=True, slots=True)
class PlaylistEntry:
    """A video in a playlist, whose owner may have renamed it."""

    playlist: Playlist
    video: Video
    position: int
    """1-based."""

    @property
    def id(self) -> str:
        """Give the id that the playlist has for the entry, else 16 hex digits made of both."""
        return entry_id(self.playlist, self.video.id)

    @property
    def key(self) -> Hashable:
        """Tell the entry from all others: the playlist and the video."""
        return "playlist", self.playlist.id, self.video.id

    def updated(self) -> datetime:
        """Give the moment that the entry says it was changed last: as documented for this entry,
        else when the playlist was changed, else when the video was published."""
        known = ENTRY_UPDATED.get(self.id)
        return known or self.playlist.updated or self.video.published

    def atom(self, entry: Element, here: RequestContext) -> None:
        """Fill the element ``entry`` with the video, under the title and description that the
        playlist may have for it, and its position."""
        video = self.video
        item = self.playlist.items.get(video.id) or PlaylistItem(self.id)
        own = ("playlists", self.playlist.id, self.id)
        add(entry, "id", here.ident(own, f"playlist:{self.playlist.id}:{self.id}"))
        if here.second:
            add(entry, "published", stamp(self.playlist.published or video.published))
        add(entry, "updated", stamp(self.updated()))
        category(entry, KIND_SCHEME, kind("video" if here.second else "playlist"))
        if here.second:
            categories(entry, here, video)
        add(entry, "title", item.title or video.title, here.text_type())
        content(entry, here, video, item.description or video.description)
        links(entry, here, video)
        link(entry, "related", here.url("videos", video.id))
        link(entry, "self", here.url(*own))
        uploader = here.accounts.uploader(video.channel_id)
        here.author(entry, uploader, uploader.display_name)
        about(entry, here, video)
        if item.description is not None:
            add(entry, "yt:description", item.description)
        add(entry, "yt:position", self.position)

    def jsonc(self, here: RequestContext) -> dict[str, Any]:
        """Give the compact form: id, position and video, and the playlist's owner as the author."""
        return {
            "id": self.id,
            "position": self.position,
            "author": here.accounts.owner(self.playlist).name,
            "video": plain(here, self.video),
        }


def categories(entry: Element, here: RequestContext, video: Video) -> None:
    """The keywords (which the second dialect no longer tells) and the category."""
    for tag in () if here.second else video.tags:
        category(entry, KEYWORD_SCHEME, tag)
    category(entry, CATEGORY_SCHEME, video.category, CATEGORIES.get(video.category, video.category))


def content(entry: Element, here: RequestContext, video: Video, description: str) -> None:
    """Add ``atom:content``: the description in the first dialect, the player's address in the
    second."""
    if here.second:
        source = f"{SITE}/v/{video.id}?version=3&f=videos"
        add(entry, "content", attributes={"type": FLASH_TYPE, "src": source})
    else:
        add(entry, "content", description, {"type": "text"})


def where(entry: Element, here: RequestContext, video: Video) -> None:
    """Where it was recorded, if that is known."""
    north, east = here.index.columns.places[here.index.row[video.id]].tolist()
    if north == north:
        point = add(add(entry, "georss:where"), "gml:Point")
        add(point, "gml:pos", f"{north} {east}")


def links(entry: Element, here: RequestContext, video: Video) -> None:
    """Add a video's links in the service's order: page, related feeds, and in the second
    dialect mobile page and uploader."""
    link(entry, "alternate", watch_page(video.id), page=True)
    for name in ("responses", "ratings", "complaints", "related"):
        link(entry, kind(f"video.{name}"), here.url("videos", video.id, name))
    if here.second:
        link(entry, kind("mobile"), f"http://m.youtube.com/details?v={video.id}", page=True)
        uploader = here.accounts.uploader(video.channel_id)
        link(entry, kind("uploader"), here.url("users", uploader.name))


def about(entry: Element, here: RequestContext, video: Video) -> None:
    """The media group and the figures."""
    bits = int(here.index.columns.formats[here.index.row[video.id]])
    if here.second:
        for action, permission in _ACTIONS.items():
            denied = action == "embed" and not bits & SWF
            add(entry, "yt:accessControl", attributes={
                "action": action, "permission": "denied" if denied else permission,
            })  # fmt: skip
        _comments(entry, here, video)
        group_second(entry, here, video, bits)
        _rating(entry, video)
        _statistics(entry, here, video)
        if video.likes + video.dislikes:
            add(entry, "yt:rating", attributes={
                "numDislikes": video.dislikes, "numLikes": video.likes,
            })  # fmt: skip
        return
    group_first(entry, video, bits)
    _statistics(entry, here, video)
    _rating(entry, video)
    _comments(entry, here, video)
    if not bits & SWF:
        add(entry, "yt:noembed")
    if restricted(video) is Restricted.RACY:
        add(entry, "yt:racy")


def _statistics(entry: Element, here: RequestContext, video: Video) -> None:
    favorites = int(here.index.favorites[here.index.row[video.id]])
    add(entry, "yt:statistics", attributes={
        "viewCount": video.views, "favoriteCount": favorites or None,
    })  # fmt: skip


def average(video: Video) -> float | None:
    """Likes and dislikes on the old scale of 1 to 5 stars; ``None`` while nobody rated."""
    raters = video.likes + video.dislikes
    return 1 + 4 * video.likes / raters if raters else None


def _rating(entry: Element, video: Video) -> None:
    stars = average(video)
    if stars is not None:
        add(entry, "gd:rating", attributes={
            "min": 1, "max": 5, "numRaters": video.likes + video.dislikes,
            "average": f"{stars:.2f}",
        })  # fmt: skip


def comment_count(video: Video) -> int:
    """How many comments the video's feed has."""
    return min(video.comment_count, MOST_COMMENTS)


def _comments(entry: Element, here: RequestContext, video: Video) -> None:
    add(add(entry, "gd:comments"), "gd:feedLink", attributes={
        "href": here.url("videos", video.id, "comments"), "countHint": comment_count(video),
    })  # fmt: skip


def plain(here: RequestContext, video: Video) -> dict[str, Any]:
    """The video as ``alt=jsonc`` tells it."""
    bits = int(here.index.columns.formats[here.index.row[video.id]])
    stars = average(video)
    embed = "allowed" if bits & SWF else "denied"
    return {
        "id": video.id,
        "uploaded": stamp(video.published),
        "updated": stamp(video.published),
        "uploader": here.accounts.uploader(video.channel_id).name,
        "category": video.category,
        "title": video.title,
        "description": video.description,
        "tags": list(video.tags),
        "thumbnail": {
            "sqDefault": f"http://img.youtube.com/vi/{video.id}/default.jpg",
            "hqDefault": f"http://img.youtube.com/vi/{video.id}/hqdefault.jpg",
        },
        "player": {
            "default": watch_page(video.id),
            "mobile": f"http://m.youtube.com/details?v={video.id}",
        },
        "content": {str(number): url for number, url, _ in addresses(video, bits)},
        "duration": video.seconds or 0,
        "aspectRatio": "widescreen",
        **({} if stars is None else {
            "rating": round(stars, 6),
            "likeCount": str(video.likes),
            "ratingCount": video.likes + video.dislikes,
        }),
        "viewCount": video.views,
        "favoriteCount": int(here.index.favorites[here.index.row[video.id]]),
        "commentCount": comment_count(video),
        "accessControl": {**_ACTIONS, "embed": embed},
    }  # fmt: skip
