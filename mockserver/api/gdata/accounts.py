"""Who is who: users by any spelling of their name, the user behind a channel, whose playlists."""

from __future__ import annotations

from collections import defaultdict

from mockserver.api.gdata.errors import FeedError
from mockserver.world import Channel, Playlist, User, World


class Accounts:
    """The users of a world; channels that no user owns get one named by their handle."""

    def __init__(self, world: World) -> None:
        self._by_name = {user.name.lower(): user for user in world.users.values()}
        self._by_channel = {u.channel_id: u for u in world.users.values() if u.channel_id}
        for channel in world.channels.values():
            if channel.id not in self._by_channel:
                user = _user(channel)
                self._by_channel[channel.id] = user
                self._by_name.setdefault(user.name.lower(), user)
        self._playlists: dict[str, list[Playlist]] = defaultdict(list)
        for playlist in world.playlists.values():
            self._playlists[self.owner(playlist).name].append(playlist)

    def find(self, name: str) -> User | None:
        """By name, whatever the case, or by channel id."""
        return self._by_name.get(name.lower()) or self._by_channel.get(name)

    def get(self, name: str) -> User:
        """Give the user of a name, as :meth:`find` does.

        :raises FeedError: 401 for ``default`` (nobody is signed in), 404 unknown
        """
        if name == "default":
            raise FeedError(401, "User authentication required.")
        user = self.find(name)
        if user is None:
            raise FeedError(404, "User not found")
        return user

    def uploader(self, channel_id: str) -> User:
        """Give the user behind a channel.

        :raises KeyError: the world has no such channel
        """
        return self._by_channel[channel_id]

    def owner(self, playlist: Playlist) -> User:
        """Give the user whose playlist it is: the one whom it names, else the one behind its
        channel."""
        named = self._by_name.get((playlist.owner or "").lower())
        return named or self._by_channel[playlist.channel_id]

    def playlists(self, user: User) -> list[Playlist]:
        """The playlists of ``user``, newest first."""
        return sorted(
            self._playlists.get(user.name, ()),
            key=lambda each: (each.published or user.created, each.id),
            reverse=True,
        )


def _user(channel: Channel) -> User:
    return User(
        name=channel.handle[1:],
        display_name=channel.name,
        created=channel.created,
        country=channel.country,
        lang=channel.lang,
        channel_id=channel.id,
    )
