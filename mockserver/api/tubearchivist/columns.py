"""What lists and counts need of every video, as columns of numbers with one row a video.

Protects the rule that no list walks through the documents: filters, orders and sums are taken on
the columns, which follow each change of a document, and only the page that is asked for is made
into documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, overload

import numpy as np

from mockserver.api.tubearchivist.tables import Document

SORTS = (
    "published", "downloaded", "views", "likes", "duration", "mediasize", "width", "height"
)  # fmt: skip
KINDS = ("videos", "shorts", "streams")
_MOST = 1e15


class Row(NamedTuple):
    """A video's numbers."""

    channel: str
    kind: str
    active: bool
    watched: bool
    numbers: tuple[float, ...]
    """In the order of ``SORTS``; times in epoch seconds, lengths in seconds, sizes in bytes."""


class Ids(Sequence[str]):
    """Ids of rows, made when asked for."""

    def __init__(self, names: Sequence[str], rows: np.ndarray) -> None:
        self._names = names
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self._names[row] for row in self.rows[at].tolist()]
        return self._names[int(self.rows[at])]


class Columns:
    """Rows stand in the order in which the archive is listed when no order is asked for."""

    def __init__(self, names: Sequence[str], rows: Iterable[Row], alive: Sequence[bool]) -> None:
        """``alive``: which rows are in the archive; the others are known and may come."""
        self.names = names
        self.row_of: dict[str, int] = {name: row for row, name in enumerate(names)}
        self._channels: dict[str, int] = {}
        found = list(rows)
        number = self._channel_number
        self.channel = np.array([number(row.channel) for row in found], dtype=np.int32)
        self.kind = np.array([_kind(row.kind) for row in found], dtype=np.int8)
        self.active = np.array([row.active for row in found], dtype=bool)
        self.watched = np.array([row.watched for row in found], dtype=bool)
        self.alive = np.array(alive, dtype=bool)
        table = np.array([row.numbers for row in found], dtype=np.float64)
        self._numbers = np.ascontiguousarray(table.reshape(len(found), len(SORTS)).T)
        self._orders: dict[tuple[str, bool], np.ndarray] = {}

    def _channel_number(self, channel: str) -> int:
        return self._channels.setdefault(channel, len(self._channels))

    def number(self, name: str) -> np.ndarray:
        """One of ``SORTS``: float64 of shape (rows,)."""
        return self._numbers[SORTS.index(name)]

    def update(self, name: str, row: Row | None) -> None:
        """Follow a document; ``None``: it is gone. Names that are not known are passed over."""
        at = self.row_of.get(name)
        if at is None:
            return
        self.alive[at] = row is not None
        if row is None:
            return
        self.channel[at] = self._channel_number(row.channel)
        self.kind[at] = _kind(row.kind)
        self.active[at] = row.active
        self.watched[at] = row.watched
        for place, value in enumerate(row.numbers):
            if self._numbers[place, at] != value:
                self._numbers[place, at] = value
                for descending in (True, False):
                    self._orders.pop((SORTS[place], descending), None)

    # -- choosing --------------------------------------------------------------------------------

    def channels(self, ids: Iterable[str]) -> np.ndarray:
        """Which rows are of these channels."""
        numbers = [self._channels[key] for key in ids if key in self._channels]
        if len(numbers) == 1:
            return np.asarray(self.channel == numbers[0])
        wanted = np.zeros(len(self._channels) + 1, dtype=bool)
        wanted[numbers] = True
        return wanted[self.channel]

    def rows(self, names: Iterable[str]) -> np.ndarray:
        """Row numbers of names, in their order; unknown ones are left out."""
        known = self.row_of
        return np.array([known[name] for name in names if name in known], dtype=np.int64)

    def mask(self, names: Iterable[str]) -> np.ndarray:
        """Which rows have these names."""
        found = np.zeros(len(self.names), dtype=bool)
        found[self.rows(names)] = True
        return found

    def ordered(self, mask: np.ndarray, sort: str | None = None, descending: bool = True) -> Ids:
        """The ids of chosen rows in an order; rows that are equal stay in the list's order."""
        if sort is None:
            return Ids(self.names, np.flatnonzero(mask))
        order = self._order(sort, descending)
        return Ids(self.names, order[mask[order]])

    def prepare(self) -> None:
        """Make every order now."""
        for sort in SORTS:
            self._order(sort, True)
            self._order(sort, False)

    def _order(self, sort: str, descending: bool) -> np.ndarray:
        key = (sort, descending)
        order = self._orders.get(key)
        if order is None:
            values = self.number(sort)
            order = np.argsort(-values if descending else values, kind="stable")
            self._orders[key] = order
        return order

    # -- counting --------------------------------------------------------------------------------

    def sums(self, mask: np.ndarray) -> tuple[int, int, int]:
        """Number, seconds and bytes of chosen rows."""
        return (
            int(np.count_nonzero(mask)),
            int(self.number("duration")[mask].sum()),
            int(self.number("mediasize")[mask].sum()),
        )

    def by_channel(self) -> tuple[list[str], np.ndarray]:
        """Channel ids, and for each its number, seconds and bytes: float64 of shape (3, ids)."""
        of = self.channel[self.alive]
        count = len(self._channels)
        return list(self._channels), np.array(
            [
                np.bincount(of, minlength=count),
                np.bincount(of, self.number("duration")[self.alive], minlength=count),
                np.bincount(of, self.number("mediasize")[self.alive], minlength=count),
            ]
        )


def _kind(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else -1


def number(value: Any) -> float:
    """A stored number; 0 when it is none, or one that no video has."""
    if not isinstance(value, (int, float)) or not abs(value) < _MOST:
        return 0.0
    return float(value)


def _part(document: Document, name: str) -> Mapping[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def moment(value: Any) -> float:
    """A stored date (epoch seconds, or a text that begins ``YYYY-MM-DD``) in epoch seconds."""
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value[:32])
            return found.replace(tzinfo=found.tzinfo or UTC).timestamp()
        except (ValueError, OverflowError):
            return 0.0
    return number(value)


def row_of(document: Document) -> Row:
    """The numbers of a video's document."""
    player, stats = _part(document, "player"), _part(document, "stats")
    streams = document.get("streams")
    parts = [s for s in streams if isinstance(s, dict)] if isinstance(streams, list) else []

    def largest(key: str) -> float:
        return max((number(part.get(key)) for part in parts), default=0.0)

    return Row(
        str(_part(document, "channel").get("channel_id", "")),
        str(document.get("vid_type", "videos")),
        bool(document.get("active")),
        bool(player.get("watched")),
        (
            moment(document.get("published")),
            number(document.get("date_downloaded")),
            number(stats.get("view_count")),
            number(stats.get("like_count")),
            number(player.get("duration")),
            number(document.get("media_size")),
            largest("width"),
            largest("height"),
        ),
    )
