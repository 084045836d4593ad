"""Entries that somebody wrote: comments on videos, and videos sent as messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mockserver.api.gdata.build import Element, add, category, link, stamp
from mockserver.api.gdata.names import KIND_SCHEME, kind, watch_page
from mockserver.api.gdata.people import no_jsonc
from mockserver.api.gdata.request_context import RequestContext
from mockserver.api.gdata.videos import about, plain
from mockserver.world import User, Video
from mockserver.world.documented import Message


@dataclass(frozen=True, slots=True)
class MessageItem:
    """A video that somebody sent."""

    message: Message
    sender: User
    video: Video

    key = None

    def updated(self) -> datetime:
        """Give the moment that the entry says it was changed last: when the message was sent."""
        return self.message.sent

    def atom(self, entry: Element, here: RequestContext) -> None:
        """Fill the element ``entry`` with the message, its sender and the video that it is
        about."""
        message, video = self.message, self.video
        own = ("users", message.recipient, "inbox", message.id)
        add(entry, "id", here.ident(own, f"user:{message.recipient}:inbox:{message.id}"))
        add(entry, "published", stamp(message.sent))
        add(entry, "updated", stamp(message.sent))
        category(entry, KIND_SCHEME, kind("videoMessage"))
        add(entry, "title", message.subject, here.text_type())
        if here.second:
            add(entry, "summary", message.text)
            add(entry, "content", message.text)
        else:
            add(entry, "content", message.text, {"type": "text"})
        link(entry, "related", here.url("videos", video.id))
        link(entry, "alternate", watch_page(video.id), page=True)
        link(entry, "self", here.url(*own))
        here.author(entry, self.sender)
        about(entry, here, video)
        add(entry, "yt:description", message.text)

    def jsonc(self, here: RequestContext) -> dict[str, Any]:
        """Give the compact form: the message's id and its video."""
        return {"id": self.message.id, "video": plain(here, self.video)}


@dataclass(frozen=True, slots=True)
class CommentItem:
    """A comment on a video as an entry. ``parent_id`` is the comment that it answers."""

    id: str
    video: Video
    author: User
    text: str
    published: datetime
    parent_id: str | None

    key = None

    def updated(self) -> datetime:
        """Give the moment that the entry says it was changed last: when the comment was
        published."""
        return self.published

    def atom(self, entry: Element, here: RequestContext) -> None:
        """Fill the element ``entry`` with the comment; its title is the text, cut where it has more
        than 50 characters."""
        video = self.video
        own = ("videos", video.id, "comments", self.id)
        add(entry, "id", here.ident(own, f"video:{video.id}:comment:{self.id}"))
        add(entry, "published", stamp(self.published))
        add(entry, "updated", stamp(self.published))
        category(entry, KIND_SCHEME, kind("comment"))
        short = self.text if len(self.text) <= 50 else f"{self.text[:47]}..."
        add(entry, "title", short, here.text_type())
        add(entry, "content", self.text, here.text_type())
        link(entry, "related", here.url("videos", video.id))
        link(entry, "alternate", watch_page(video.id), page=True)
        if self.parent_id is not None:
            parent = here.url("videos", video.id, "comments", self.parent_id)
            link(entry, kind("in-reply-to"), parent)
        link(entry, "self", here.url(*own))
        here.author(entry, self.author)
        if here.second:
            if self.author.channel_id:
                add(entry, "yt:channelId", self.author.channel_id)
            add(entry, "yt:videoid", video.id)

    def jsonc(self, here: RequestContext) -> dict[str, Any]:
        """Refuse: there is no compact form of comments.

        :raises FeedError: 400, always
        """
        raise no_jsonc()
