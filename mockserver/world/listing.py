"""A composed list, as it stands from its first page to its last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mockserver.world.model import Entry


class Listing:
    """A composed list: its entries, slots 1…n. They are composed when they are first asked for;
    what one is depends on those before it, never on whether it is asked for."""

    def __init__(self, parts: Iterable[Sequence[Entry]] = ()) -> None:
        """:param parts: the entries, some at a time, in order; taken part by part"""
        self._parts = iter(parts)
        self._known: list[Entry] = []

    def between(self, start: int, end: int) -> tuple[Entry, ...]:
        """Entries ``start`` to ``end`` (0-based, the end left out), as many as there are."""
        while len(self._known) < end and (part := next(self._parts, None)) is not None:
            self._known.extend(part)
        return tuple(self._known[start:end])

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them."""
        for part in self._parts:
            self._known.extend(part)
        return tuple(self._known)
