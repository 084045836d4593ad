"""Rows of a table or view in an order that never changes, and the type of each column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collector.store import TABLES, VIEWS, Store
from collector.store.rows import Row

_VIEW_TYPES = {
    "captures": "INTEGER",
    "watched_share": "REAL",
    "count": "INTEGER",
    "page": "TEXT",
    "topic": "TEXT",
}


def columns(name: str) -> Mapping[str, str]:
    """Column → ``TEXT``, ``INTEGER`` or ``REAL``."""
    if name in TABLES:
        return {column: spec.type for column, spec in TABLES[name].columns.items()}
    known = {c: spec.type for table in TABLES.values() for c, spec in table.columns.items()}
    return {
        column: _VIEW_TYPES.get(column) or known.get(column, "TEXT")
        for column in VIEWS[name].columns
    }


def about(name: str, column: str) -> str:
    """The sentence that describes a column."""
    if name in TABLES:
        return TABLES[name].columns[column].about
    return VIEWS[name].columns[column]


def holds_json(name: str, column: str) -> bool:
    """Whether a column's text is JSON. Views bring none."""
    return name in TABLES and TABLES[name].columns[column].json


def rows(store: Store, name: str) -> Iterator[Row]:
    """All rows of a table or view called ``name``, ordered by the key; a view by its columns from
    the left. ::

        with Store(Path("runs/mine/store.db"), readonly=True) as store:
            titles = [row["title"] for row in rows(store, "impressions")]

    :param store: an open one.
    :raises KeyError: there is no such table or view.
    """
    order = TABLES[name].key if name in TABLES else VIEWS[name].order
    by = ", ".join(f'"{column}"' for column in order)
    names = ", ".join(f'"{column}"' for column in columns(name))
    return store.rows(f'SELECT {names} FROM "{name}" ORDER BY {by}')
