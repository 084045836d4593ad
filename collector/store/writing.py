"""Writing a store: all or nothing, and nothing under a lease that is no longer good.

Protects the rule that a writer that slept through the end of its lease changes nothing. It knows
tables and rows by their names alone; what they mean is said in :mod:`collector.store.store`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Self

from collector.store import database, rows
from collector.store.errors import WrongOrder
from collector.store.fencing import require
from collector.store.reading import Reading
from collector.store.rows import Row


class Writing(Reading):
    """A store that is open. Part of :class:`collector.store.Store`.

    :param path: the database file.
    :param create: make it (and its folder) when it is missing.
    :param readonly: open for reading only; what others commit becomes visible.
    :raises UserError: missing, damaged, too new, locked, or full — each with its fix.
    """

    def __init__(self, path: Path, *, create: bool = True, readonly: bool = False) -> None:
        self.path = Path(path)
        self.db = database.open_database(self.path, create=create, readonly=readonly)
        self._guard: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; what was not committed is gone."""
        self.db.close()

    def transaction(self) -> contextlib.AbstractContextManager[None]:
        """All or nothing, also across tables of others in the same file; may be nested.

        :raises LeaseLost: the object is fenced, and the lease is no longer good.
        """
        return database.transaction(self.db, self.path, self._guard)

    def fence(self, session: str, token: int) -> None:
        """From now on this object writes nothing unless the lease of ``session`` is ``token``'s.

        The check and the write are one transaction, so a writer that slept through the end of its
        lease cannot come in between.
        """
        self._guard = partial(require, self.db, session, token)

    @contextlib.contextmanager
    def under(self, session: str, token: int) -> Iterator[None]:
        """A transaction that is refused unless the lease of ``session`` is ``token``'s.

        :raises LeaseLost: it is not.
        """
        with self.transaction():
            require(self.db, session, token)
            yield

    def _insert(self, table: str, row: Row) -> None:
        self._insert_all(table, [row])

    def _insert_all(self, table: str, batch: list[Row], *, replace: bool = False) -> None:
        if not batch:
            return
        names = list(dict.fromkeys(name for row in batch for name in row))
        columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
        verb = "INSERT OR REPLACE" if replace else "INSERT"
        with self.transaction():
            self.db.conn.executemany(
                f'{verb} INTO "{table}" ({columns}) VALUES ({marks})',
                [tuple(map(row.get, names)) for row in batch],
            )

    def _update(self, table: str, key: Mapping[str, str], changes: Mapping[str, Any]) -> None:
        values = {name: rows.storable(value) for name, value in changes.items()}
        sets = ", ".join(f'"{name}" = ?' for name in values)
        wheres = " AND ".join(f'"{name}" = ?' for name in key)
        self._move(
            f'UPDATE "{table}" SET {sets} WHERE {wheres}',
            (*values.values(), *key.values()),
            f"{table} has no row {', '.join(key.values())}",
        )

    def _move(self, sql: str, values: tuple[Any, ...], problem: str) -> None:
        with self.transaction():
            if self.db.execute(sql, values).rowcount != 1:
                raise WrongOrder(problem)
