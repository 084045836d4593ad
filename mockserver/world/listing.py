"""A composed list, as it stands from its first page to its last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mockserver.world.model import Entry


class Listing:
    """A composed list: its entries, slots 1…n. Pages are composed when they are first asked for;
    what stands on one depends on those before it, never on whether it is asked for."""

    def __init__(self, pages: Iterable[Sequence[Entry]] = ()) -> None:
        """:param pages: the entries of each page, in order; taken one by one"""
        self._pages = iter(pages)
        self._known: list[Entry] = []

    def between(self, start: int, end: int) -> tuple[Entry, ...]:
        """Entries ``start`` to ``end`` (0-based, the end left out), as many as there are."""
        while len(self._known) < end and (page := next(self._pages, None)) is not None:
            self._known.extend(page)
        return tuple(self._known[start:end])

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them."""
        for page in self._pages:
            self._known.extend(page)
        return tuple(self._known)
