"""What the paths under ``users/`` and ``playlists/`` answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mockserver.api.gdata.comments import MessageItem
from mockserver.api.gdata.errors import FeedError
from mockserver.api.gdata.feed import Feed, Item
from mockserver.api.gdata.names import SITE, TAG_SCHEME
from mockserver.api.gdata.people import (
    Contact,
    PlaylistLink,
    Profile,
    SubscriptionItem,
    playlist_page,
    subscription_id,
)
from mockserver.api.gdata.request_context import RequestContext
from mockserver.api.gdata.select import Base, select
from mockserver.api.gdata.videos import PlaylistEntry, VideoItem
from mockserver.api.gdata.views import items, page_of, video_of
from mockserver.world import Playlist, User
from mockserver.world.documented import MESSAGES, OTHER_IDS
from mockserver.world.search import fold, tokens


def profile(here: RequestContext, name: str) -> Profile:
    """Answer ``users/NAME``.

    :raises FeedError: 404, no such user
    """
    return Profile(here.accounts.get(name))


def user_feed(here: RequestContext, path: tuple[str, ...], terms: tuple[str, ...]) -> Feed:
    """``users/NAME/uploads`` and its siblings."""
    user, what = here.accounts.get(path[1]), path[2]
    path = ("users", user.name, what)
    if what in {"uploads", "favorites"}:
        return _videos(here, path, terms, user)
    found: Sequence[Item] = _LISTS[what](here, user)
    kind, titles, page = {
        "playlists": (
            "playlistLink", (f"{user.name}'s Playlists", f"Playlists of {user.name}"),
            f"{SITE}/profile_play_list?user={user.name}",
        ),
        "subscriptions": (
            "subscription", (f"{user.name}'s Subscriptions", f"Subscriptions of {user.name}"),
            f"{SITE}/profile_subscriptions?user={user.name}",
        ),
        "contacts": (
            "friend", (f"{user.name}'s Contacts", f"{user.name}'s Contacts"),
            f"{SITE}/profile_friends?user={user.name}",
        ),
        "inbox": (
            "videoMessage", (f"Inbox of {user.name}", f"Inbox of {user.name}"),
            f"{SITE}/my_messages?folder=inbox",
        ),
    }[what]  # fmt: skip
    return Feed(
        path, f"user:{user.name}:{what}", kind, titles, page, page_of(here, found), len(found),
        owner=user, related=here.url("users", user.name), category_path=terms,
    )  # fmt: skip


def _videos(
    here: RequestContext, path: tuple[str, ...], terms: tuple[str, ...], user: User
) -> Feed:
    index, what = here.index, path[2]
    if what == "uploads":
        base = Base(
            f"uploads {user.name}",
            lambda: index.of_channel(user.channel_id),
            "published",
            searched=True,
        )
        titles = (f"{user.name}'s Videos", f"Uploads by {user.name}")
        page = f"{SITE}/profile_videos?user={user.name}"
    else:
        base = Base(f"favorites {user.name}", lambda: index.rows(user.favorites))
        titles = (f"Favorites of {user.name}", f"Favorites of {user.name}")
        page = f"{SITE}/profile_favorites?user={user.name}"
    chosen = select(here, base)
    favorite = what == "favorites"
    return Feed(
        path, f"user:{user.name}:{what}", "favorite" if favorite and here.second else "video",
        titles, page, items(here, chosen, user if favorite else None), chosen.total, owner=user,
        related=here.url("users", user.name), category_path=terms,
    )  # fmt: skip


def _playlists(here: RequestContext, user: User) -> list[PlaylistLink]:
    """The playlists of ``user`` that have the tags of the path, any words of the search."""
    found = here.accounts.playlists(user)
    for segment in here.query.segments:
        found = [
            playlist
            for playlist in found
            if any(
                (term.scheme in {None, TAG_SCHEME} and fold(term.term) in map(fold, playlist.tags))
                is not term.negated
                for term in segment
            )
        ]
    return [PlaylistLink(playlist, user) for playlist in found]


def _subscriptions(here: RequestContext, user: User) -> list[SubscriptionItem]:
    unique = dict.fromkeys(user.subscriptions)
    return [SubscriptionItem(user, subscription) for subscription in unique]


def _contacts(here: RequestContext, user: User) -> list[Contact]:
    known = (here.accounts.find(name) for name in user.contacts)
    return [Contact(user, other) for other in known if other is not None and other is not user]


def _inbox(here: RequestContext, user: User) -> list[MessageItem]:
    return [
        MessageItem(message, here.accounts.get(message.sender), here.world.videos[message.video_id])
        for message in sorted(MESSAGES, key=lambda each: each.sent, reverse=True)
        if message.recipient == user.name
    ]


_LISTS: dict[str, Callable[[RequestContext, User], Sequence[Item]]] = {
    "playlists": _playlists,
    "subscriptions": _subscriptions,
    "contacts": _contacts,
    "inbox": _inbox,
}


def user_entry(here: RequestContext, path: tuple[str, ...]) -> Item:
    """``users/NAME/uploads/ID`` and its siblings.

    :raises FeedError: 404 unknown
    """
    user, what, wanted = here.accounts.get(path[1]), path[2], path[3]
    if what in {"uploads", "favorites"}:
        video = video_of(here, wanted)
        own = here.index.of_channel(user.channel_id)
        if video.id in user.favorites if what == "favorites" else here.index.row[video.id] in own:
            return VideoItem(video, user if what == "favorites" else None)
        raise FeedError(404, "Video not found")
    if what == "playlists":
        for link in _playlists(here, user):
            if link.playlist.id == OTHER_IDS.get(wanted, wanted):
                return link
        raise FeedError(404, "Playlist not found")
    if what == "subscriptions":
        for item in _subscriptions(here, user):
            if subscription_id(user, item.subscription) == wanted:
                return item
        raise FeedError(404, "Subscription not found")
    if what == "contacts":
        for contact in _contacts(here, user):
            if contact.other.name == wanted.lower():
                return contact
        raise FeedError(404, "Contact not found")
    for message in _inbox(here, user):
        if message.message.id == wanted:
            return message
    raise FeedError(404, "Message not found")


def search_playlists(here: RequestContext, path: tuple[str, ...], terms: tuple[str, ...]) -> Feed:
    """``playlists/snippets?q=``: playlists whose title, description or tags hold every word."""
    words = tokens(fold(here.query.words))
    found = []
    for playlist in here.world.playlists.values():
        held = set(tokens(fold(" ".join((playlist.title, playlist.description, *playlist.tags)))))
        if words and held.issuperset(words):
            found.append(PlaylistLink(playlist, here.accounts.owner(playlist)))
    return Feed(
        path, "playlists:snippets", "playlistLink",
        (f"YouTube Playlists matching query: {here.query.words}", "YouTube Playlists"),
        f"{SITE}/results?search_type=search_playlists", page_of(here, found), len(found),
        category_path=terms,
    )  # fmt: skip


def _playlist(here: RequestContext, playlist_id: str) -> Playlist:
    found = here.world.playlists.get(playlist_id)
    if found is None:
        raise FeedError(404, "Playlist not found")
    return found


def _entries(here: RequestContext, playlist: Playlist) -> dict[str, PlaylistEntry]:
    """The entries of a playlist by video id, in its order."""
    listed = here.index.rows(dict.fromkeys(playlist.video_ids)).tolist()
    return {
        video.id: PlaylistEntry(playlist, video, position)
        for position, video in enumerate((here.index.videos[row] for row in listed), start=1)
    }


def playlist_feed(here: RequestContext, path: tuple[str, ...], terms: tuple[str, ...]) -> Feed:
    """Answer ``playlists/ID``: the playlist's videos in its own order unless the query asks for
    another.

    :param path: segments, the id second
    :raises FeedError: 404, no such playlist
    """
    playlist = _playlist(here, path[1])
    owner, entries = here.accounts.owner(playlist), _entries(here, playlist)
    chosen = select(here, Base(f"playlist {playlist.id}", lambda: here.index.rows(entries)))
    shown = page_of(here, [entries[here.index.videos[row].id] for row in chosen.rows.tolist()])
    return Feed(
        path, f"playlist:{playlist.id}", "playlist", (playlist.title, playlist.title),
        playlist_page(playlist.id), shown, chosen.total, owner=owner, subtitle=playlist.description,
        tags=tuple((TAG_SCHEME, tag) for tag in playlist.tags), category_path=terms,
        playlist=playlist.id,
        compact={
            "id": playlist.id, "author": owner.name, "title": playlist.title,
            "description": playlist.description,
        },
    )  # fmt: skip


def playlist_entry(here: RequestContext, path: tuple[str, ...]) -> PlaylistEntry:
    """Answer ``playlists/ID/ENTRY``, where the entry is named by its own id or by its video's.

    :raises FeedError: 404, no such playlist or entry
    """
    for entry in _entries(here, _playlist(here, path[1])).values():
        if path[2] in {entry.id, entry.video.id}:
            return entry
    raise FeedError(404, "Playlist entry not found")
