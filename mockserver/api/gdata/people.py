"""Entries about people and by people: profiles, contacts, subscriptions, links to playlists."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from mockserver.api.gdata.build import Element, add, category, link, stamp
from mockserver.api.gdata.errors import FeedError
from mockserver.api.gdata.names import (
    CHANNEL_SCHEME,
    CONTACT_SCHEME,
    KIND_SCHEME,
    SITE,
    SUBSCRIPTION_SCHEME,
    TAG_SCHEME,
    kind,
)
from mockserver.api.gdata.request_context import RequestContext
from mockserver.world import Playlist, Subscription, User
from mockserver.world.documented import PROFILE_TITLES

#: What a profile may tell, in this order.
_FACTS = (
    "books", "company", "hobbies", "hometown", "location", "movies", "music", "occupation",
    "school",
)  # fmt: skip
_LISTS = ("favorites", "contacts", "inbox", "playlists", "subscriptions", "uploads")


def no_jsonc() -> FeedError:
    """Make the refusal of a feed that never had the form ``alt=jsonc``."""
    return FeedError(400, "alt=jsonc is not available for this feed; use alt=json.")


def profile_page(name: str) -> str:
    """Give the address of a user's page."""
    return f"{SITE}/profile?user={name}"


def playlist_page(playlist_id: str) -> str:
    """Give the address of a playlist's page."""
    return f"{SITE}/view_play_list?p={playlist_id}"


@dataclass(frozen=True, slots=True)
class Profile:
    """A user as an entry of the kind ``userProfile``."""

    user: User

    key = None

    def updated(self) -> datetime:
        """Give the moment that the entry says it was changed last: when the user changed the
        profile, or came."""
        return self.user.updated or self.user.created

    def atom(self, entry: Element, here: RequestContext) -> None:
        """Fill the element ``entry`` with what the user tells of themselves, and with their
        counts."""
        user = self.user
        add(entry, "id", here.ident(("users", user.name), f"user:{user.name}"))
        add(entry, "published", stamp(user.created, local=True))
        add(entry, "updated", stamp(self.updated(), local=True))
        category(entry, KIND_SCHEME, kind("userProfile"))
        if self._later():
            category(entry, CHANNEL_SCHEME, "Standard")
        add(entry, "title", PROFILE_TITLES.get(user.name, user.display_name), here.text_type())
        link(entry, "alternate", profile_page(user.name), page=True)
        link(entry, "self", here.url("users", user.name))
        here.author(entry, user, user.display_name)
        if user.age is not None:
            add(entry, "yt:age", user.age)
        add(entry, "yt:username", user.name)
        for fact in _FACTS:
            if fact in user.profile:
                add(entry, f"yt:{fact}", user.profile[fact])
        if user.gender:
            add(entry, "yt:gender", user.gender)
        if "relationship" in user.profile:
            add(entry, "yt:relationship", user.profile["relationship"])
        counts = {
            "favorites": len(here.index.rows(user.favorites)),
            "playlists": len(here.accounts.playlists(user)),
            "subscriptions": len(user.subscriptions),
            "uploads": len(here.index.of_channel(user.channel_id)),
        }
        for name in _LISTS:
            add(entry, "gd:feedLink", attributes={
                "rel": kind(f"user.{name}"), "href": here.url("users", user.name, name),
                "countHint": counts.get(name),
            })  # fmt: skip
        if self._later():
            self._uploader(entry, here)

    def _later(self) -> bool:
        """Is it an uploader's of later years? The documented ones are of before."""
        return bool(self.user.channel_id and not self.user.profile)

    def _uploader(self, entry: Element, here: RequestContext) -> None:
        """What later profiles tell of an uploader."""
        channel_id = str(self.user.channel_id)
        channel = here.world.channels[channel_id]
        videos = here.index.videos
        views = sum(videos[row].views for row in here.index.of_channel(channel_id).tolist())
        add(entry, "yt:aboutMe" if here.second else "yt:description", channel.description)
        add(entry, "yt:location", channel.country)
        add(entry, "media:thumbnail", attributes={
            "url": f"http://i.ytimg.com/i/{channel_id[2:]}/1.jpg",
        })  # fmt: skip
        add(entry, "yt:statistics", attributes={
            "lastWebAccess": stamp(self.updated()), "subscriberCount": channel.subscribers,
            "videoWatchCount": 0, "viewCount": views,
        })  # fmt: skip

    def jsonc(self, here: RequestContext) -> dict[str, Any]:
        """Refuse: there is no compact form of profiles.

        :raises FeedError: 400, always
        """
        raise no_jsonc()


@dataclass(frozen=True, slots=True)
class PlaylistLink:
    """A playlist in its owner's list of playlists: an entry that leads to the playlist's own
    feed."""

    playlist: Playlist
    owner: User

    key = None

    def updated(self) -> datetime:
        """Give the moment that the entry says it was changed last: when the playlist was changed,
        or its owner came."""
        return self.playlist.updated or self.owner.created

    def atom(self, entry: Element, here: RequestContext) -> None:
        """Fill the element ``entry`` with the playlist, its owner and how many videos it has."""
        playlist, owner = self.playlist, self.owner
        own = ("users", owner.name, "playlists", playlist.id)
        add(entry, "id", here.ident(own, f"user:{owner.name}:playlist:{playlist.id}"))
        add(entry, "published", stamp(playlist.published or owner.created, local=True))
        add(entry, "updated", stamp(self.updated(), local=True))
        for tag in playlist.tags:
            category(entry, TAG_SCHEME, tag)
        category(entry, KIND_SCHEME, kind("playlistLink"))
        add(entry, "title", playlist.title, here.text_type())
        target, count = here.url("playlists", playlist.id), len(playlist.video_ids)
        if here.second:
            add(entry, "summary", playlist.description)
            add(entry, "content", attributes={"type": "application/atom+xml;type=feed",
                                              "src": f"{target}?v=2"})  # fmt: skip
        else:
            add(entry, "content", playlist.description, {"type": "text"})
        link(entry, "related", here.url("users", owner.name))
        link(entry, "alternate", playlist_page(playlist.id), page=True)
        link(entry, "self", here.url(*own))
        here.author(entry, owner)
        if here.second:
            add(entry, "yt:countHint", count)
            add(entry, "yt:playlistId", playlist.id)
        else:
            add(entry, "yt:description", playlist.description)
        add(entry, "gd:feedLink", attributes={
            "rel": kind("playlist"), "href": target, "countHint": count,
        })  # fmt: skip

    def jsonc(self, here: RequestContext) -> dict[str, Any]:
        """Give the compact form: the playlist's facts, its tags and its size."""
        playlist = self.playlist
        return {
            "id": playlist.id,
            "created": stamp(playlist.published or self.owner.created),
            "updated": stamp(self.updated()),
            "author": self.owner.name,
            "title": playlist.title,
            "description": playlist.description,
            "tags": list(playlist.tags),
            "size": len(playlist.video_ids),
        }


def subscription_id(user: User, subscription: Subscription) -> str:
    """16 hex digits."""
    text = f"{user.name} {subscription.kind} {subscription.target}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class SubscriptionItem:
    """One subscription of a user: to a channel, to somebody's favourites, or to a query."""

    user: User
    subscription: Subscription

    key = None

    def updated(self) -> datetime:
        """Give the moment that the entry says it was changed last: when the user changed the
        profile, or came."""
        return self.user.updated or self.user.created

    def atom(self, entry: Element, here: RequestContext) -> None:
        """Fill the element ``entry`` with what is subscribed to: a channel, favourites or a
        query."""
        user, wanted = self.user, self.subscription
        number = subscription_id(user, wanted)
        own = ("users", user.name, "subscriptions", number)
        add(entry, "id", here.ident(own, f"user:{user.name}:subscription:{number}"))
        add(entry, "published", stamp(user.created))
        add(entry, "updated", stamp(self.updated()))
        category(entry, SUBSCRIPTION_SCHEME, wanted.kind)
        category(entry, KIND_SCHEME, kind("subscription"))
        known = None if wanted.kind == "query" else here.accounts.find(wanted.target)
        target = known.name if known else wanted.target
        title, page, rel, href = {
            "channel": (
                f"Videos published by : {target}", profile_page(target), "user.uploads",
                here.url("users", target, "uploads"),
            ),
            "favorites": (
                f"Favorites of : {target}", profile_page(target), "user.favorites",
                here.url("users", target, "favorites"),
            ),
            "query": (
                f"Videos matching : {target}", f"{SITE}/results?search_query={quote_plus(target)}",
                "video.query", f"{here.url('videos')}?vq={quote_plus(target)}",
            ),
        }[wanted.kind]  # fmt: skip
        add(entry, "title", title, here.text_type())
        if here.second:
            add(entry, "content")
        else:
            add(entry, "content", title, {"type": "text"})
        if wanted.kind != "query":
            link(entry, "related", here.url("users", target))
        link(entry, "alternate", page, page=True)
        link(entry, "self", here.url(*own))
        here.author(entry, user)
        add(entry, "yt:queryString" if wanted.kind == "query" else "yt:username", target)
        add(entry, "gd:feedLink", attributes={"rel": kind(rel), "href": href})

    def jsonc(self, here: RequestContext) -> dict[str, Any]:
        """Refuse: there is no compact form of subscriptions.

        :raises FeedError: 400, always
        """
        raise no_jsonc()


@dataclass(frozen=True, slots=True)
class Contact:
    """A user in another user's address book; the service calls it a friend."""

    user: User
    other: User

    key = None

    def updated(self) -> datetime:
        """Give the moment that the entry says it was changed last: when the user changed the
        profile, or came."""
        return self.user.updated or self.user.created

    def atom(self, entry: Element, here: RequestContext) -> None:
        """Fill the element ``entry`` with the other user, and whether they have the user as a
        contact, too (``accepted``) or not (``requested``)."""
        user, other = self.user, self.other
        own = ("users", user.name, "contacts", other.name)
        add(entry, "id", here.ident(own, f"user:{user.name}:contact:{other.name}"))
        add(entry, "published", stamp(max(user.created, other.created)))
        add(entry, "updated", stamp(max(self.updated(), other.created)))
        category(entry, KIND_SCHEME, kind("friend"))
        category(entry, CONTACT_SCHEME, "Friends")
        add(entry, "title", other.name, here.text_type())
        if here.second:
            add(entry, "content")
        else:
            add(entry, "content", other.display_name, {"type": "text"})
        link(entry, "related", here.url("users", other.name))
        link(entry, "alternate", profile_page(other.name), page=True)
        link(entry, "self", here.url(*own))
        here.author(entry, user)
        add(entry, "yt:username", other.name)
        add(entry, "yt:status", "accepted" if user.name in other.contacts else "requested")

    def jsonc(self, here: RequestContext) -> dict[str, Any]:
        """Refuse: there is no compact form of contacts.

        :raises FeedError: 400, always
        """
        raise no_jsonc()
