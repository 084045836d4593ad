"""SQLite: a copy of the documented tables in one file without a log beside it.

Made table by table rather than as a copy of the file: what a row once held, and the queue of the
submission with its tokens, do not travel.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from collector.export.exporter import Exporter
from collector.store import SCHEMA_VERSION, TABLES, VIEWS, Store
from collector.store.schema import APPLICATION_ID, ddl_of

#: View → the views that it reads.
_BELOW = {"missing_cells": ("cells",), "exposure": ("topics",), "watch_receipts": ("topics",)}


def copy_database(store: Store, names: Sequence[str], target: Path) -> None:
    """Tables in ``names`` with their rows; views whose tables are all there.

    :param target: a path where no file is.
    """
    names = [*names, *(below for name in names for below in _BELOW.get(name, ()))]
    connection = sqlite3.connect(target, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("BEGIN")
        tables = [name for name in TABLES if name in names or _needed(name, names)]
        for name in tables:
            for statement in ddl_of(name):
                connection.execute(statement)
            marks = ", ".join("?" for _ in TABLES[name].columns)
            order = ", ".join(f'"{key}"' for key in TABLES[name].key)
            found = store.rows(f'SELECT * FROM "{name}" ORDER BY {order}')
            connection.executemany(
                f'INSERT INTO "{name}" VALUES ({marks})', (tuple(row.values()) for row in found)
            )
        for name in VIEWS:
            if name in names:
                connection.execute(f'CREATE VIEW "{name}" AS {VIEWS[name].sql.strip()}')
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    finally:
        connection.close()


def _needed(table: str, names: Sequence[str]) -> bool:
    """A chosen view reads this table."""
    return any(table in VIEWS[name].reads for name in names if name in VIEWS)


SQLITE = Exporter(
    name="sqlite", suffix="db", title="a database", write=copy_database, together=True
)
