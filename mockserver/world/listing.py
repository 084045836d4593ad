"""A composed list, as it stands from its first page to its last."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.world.model import Entry


@dataclass(frozen=True)
class Listing:
    """A composed list: all its entries, slots 1…n."""

    entries: tuple[Entry, ...]
