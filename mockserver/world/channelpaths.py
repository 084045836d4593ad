"""Channels by the addresses that the site has for them."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

from mockserver.world.model import Channel


class ChannelPaths:
    """Finds a channel by its path: its handle, its id, or the name that it had before handles."""

    def __init__(self, channels: Iterable[Channel]) -> None:
        self._by_id: dict[str, Channel] = {}
        self._by_path: dict[str, Channel] = {}
        for channel in channels:
            self._by_id[channel.id] = channel
            self._by_path[channel.handle.lower()] = channel
            if channel.legacy_path:
                self._by_path[channel.legacy_path.strip("/").lower()] = channel

    def find(self, path: str) -> Channel | None:
        """The channel at ``/@handle``, ``/user/x``, ``/c/x`` or ``/channel/UC…`` (tabs ignored)."""
        parts = [part for part in unquote(path).split("/") if part]
        if not parts:
            return None
        if parts[0] == "channel":
            return self._by_id.get(parts[1]) if len(parts) > 1 else None
        key = parts[0] if parts[0].startswith("@") else "/".join(parts[:2])
        return self._by_path.get(key.lower())
