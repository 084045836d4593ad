"""Documents as stored: a base that is read lazily under a layer of what was changed.

Protects the rule that there is one catalogue: the world's entities become documents when asked
for, and only changes are kept, so that a snapshot of the whole archive is small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

Document = dict[str, Any]


class Flags(NamedTuple):
    """What lists of channels and playlists choose by."""

    name: str
    active: bool
    subscribed: bool
    kind: str
    """``regular`` or ``custom`` of a playlist."""
    channel: str | None


def flags_of(kind: str, document: Document) -> Flags:
    """Of a stored channel or playlist."""
    owner = document.get("playlist_channel_id") if kind == "playlist" else document["channel_id"]
    return Flags(
        str(document.get(f"{kind}_name", "")),
        bool(document.get(f"{kind}_active")),
        bool(document.get(f"{kind}_subscribed")),
        str(document.get("playlist_type", "regular")),
        owner,
    )


@dataclass(frozen=True, slots=True)
class Saved:
    """What a snapshot keeps of a table; documents are never changed in place, so not copied."""

    changed: dict[str, Document]
    removed: frozenset[str]


@dataclass
class Table:
    """Documents by id. Returned documents must not be changed; use :meth:`put`."""

    base: Sequence[str]
    """Ids of the base, in the order in which they are listed."""
    make: Callable[[str], Document]
    changed: dict[str, Document] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    version: int = 0
    changing: Callable[[str], None] = lambda key: None
    """Told of every document that was changed, added or removed."""

    def __post_init__(self) -> None:
        self._known = frozenset(self.base)
        self._made = lru_cache(maxsize=4096)(self.make)

    def __contains__(self, key: str) -> bool:
        return key in self.changed or (key in self._known and key not in self.removed)

    @property
    def has_more(self) -> bool:
        """Whether documents were added to the base."""
        return not self._known.issuperset(self.changed)

    def get(self, key: str) -> Document | None:
        """Give the document of an id; ``None`` where there is none."""
        found = self.changed.get(key)
        if found is not None:
            return found
        return self._made(key) if key in self else None

    def ids(self) -> Iterator[str]:
        """The base in its order, then what was added."""
        for key in self.base:
            if key not in self.removed or key in self.changed:
                yield key
        for key in tuple(self.changed):
            if key not in self._known:
                yield key

    def all(self) -> Iterator[Document]:
        """Walk through the documents, in the order of :meth:`ids`."""
        for key in self.ids():
            found = self.get(key)
            if found is not None:
                yield found

    def put(self, key: str, document: Document) -> None:
        """Put a document in the place of the one with its id, or add it."""
        self.changed[key] = document
        self.version += 1
        self.changing(key)

    def update(self, key: str, **values: Any) -> Document:
        """Replace top-level keys of a document. Raises KeyError when there is none."""
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        changed = {**found, **values}
        self.put(key, changed)
        return changed

    def remove(self, key: str) -> bool:
        """Whether there was such a document."""
        if key not in self:
            return False
        self.changed.pop(key, None)
        if key in self._known:
            self.removed.add(key)
        self.version += 1
        self.changing(key)
        return True

    def save(self) -> Saved:
        """Give what differs from the base; :meth:`restore` takes it in."""
        return Saved(dict(self.changed), frozenset(self.removed))

    def restore(self, saved: Saved) -> None:
        """Differ from the base as was saved, and in nothing else."""
        before = {*self.changed, *self.removed}
        self.changed = dict(saved.changed)
        self.removed = set(saved.removed)
        self.version += 1
        for key in before | self.changed.keys() | self.removed:
            self.changing(key)
