"""Rows of the store's tables as tuples in the order of their columns, gathered session by session.

Protects the rule that a dataset has the tables and columns of a run: a row can only be made under
the names of ``collector.store.TABLES``, and what a row does not say is empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from collector.store import TABLES

Values = tuple[Any, ...]

#: By what the world's items are told apart where one of them is shown as another is: hashable.
Key = tuple[Any, ...]

#: Table → its columns, in order.
COLUMNS: Mapping[str, tuple[str, ...]] = {name: tuple(t.columns) for name, t in TABLES.items()}

#: Tables whose first column is a number that goes through the whole dataset.
NUMBERED = ("truth_impressions", "truth_pages", "truth_watches")


_NAMES = {name: frozenset(columns) for name, columns in COLUMNS.items()}


def values_of(table: str, row: Mapping[str, Any]) -> Values:
    """A row in the order of the table's columns.

    :raises KeyError: a name that the table does not have.
    """
    if not row.keys() <= _NAMES[table]:
        unknown = sorted(row.keys() - _NAMES[table])
        raise KeyError(f"{table} has no column {', '.join(unknown)}")
    return tuple(map(row.get, COLUMNS[table]))


@dataclass
class Session:
    """What one simulated session leaves, table by table, in order.

    Rows of :data:`NUMBERED` tables have ``None`` for their number: it is given when they are
    written. ``mixes`` holds those that were shown, whose topics are labels.
    """

    id: str
    tables: dict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    mixes: dict[str, str] = field(default_factory=dict)
    listed: list[tuple[str, tuple[Key, ...]]] = field(default_factory=list)
    """Capture → what it lists, in order, where rows of ``impressions`` are made of keys later."""
    fresh: dict[Key, Any] = field(default_factory=dict)
    """What its keys stand for, of those that the process had not met before."""
    rows: int = 0
    """Impressions: items on captured pages, or posts that came into view."""

    def add(self, table: str, **row: Any) -> None:
        """Add a row by its columns' names; the others are ``None``. Raises KeyError."""
        self.tables[table].append(values_of(table, row))


class Enough(Exception):
    """So many impressions as were asked for are there."""
