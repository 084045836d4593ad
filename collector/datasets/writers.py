"""The four formats of a dataset, written side by side, batch by batch, the same bytes every time.

Protects the rule that a reader of ``collector export`` reads a dataset: the same tables, columns,
types and conventions, below ``jsonl/``, ``csv/`` and ``parquet/``, and ``store.db`` is a store.
Nothing in a file depends on the time, the machine or the process that wrote it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from collector.datasets.records import COLUMNS, Values
from collector.datasets.texts import csv_lines, csv_of, json_lines
from collector.export import Format
from collector.export.rows import about, columns
from collector.store import SCHEMA_VERSION, TABLES
from collector.store.schema import APPLICATION_ID, VIEWS, ddl_of, dictionary

#: The SQLite file, named as in a run's folder.
STORE = "store.db"

#: Rows of a table that are gathered before Parquet gets them.
ROW_GROUP = 20_000

#: Rows that wait as Python's objects: as columns they take a fifth of the memory.
_BATCH = 2_000

_TYPES = {"TEXT": pa.string(), "INTEGER": pa.int64(), "REAL": pa.float64()}


class Writer(Protocol):
    """Writes rows of all tables; ``close`` makes the files whole, ``abandon`` lets go of them."""

    def write(self, table: str, rows: Sequence[Values]) -> None:
        """Write rows of one table, values in the order of its columns."""

    def close(self) -> None:
        """Write what is left and make the files whole."""

    def abandon(self) -> None:
        """Let go of the files, which stay as they are. Never raises for the disk."""


def writers(folder: Path, formats: Sequence[Format]) -> list[Writer]:
    """The writers of these formats, below ``folder``."""
    made: dict[Format, Callable[[Path], Writer]] = {
        Format.JSONL: JsonLines,
        Format.CSV: Csv,
        Format.PARQUET: Parquet,
        Format.SQLITE: Sqlite,
    }
    return [made[form](folder) for form in Format if form in formats]


def path_of(folder: Path, form: Format, table: str) -> Path:
    """Where a table is in a format."""
    return folder / STORE if form is Format.SQLITE else folder / form / f"{table}.{form}"


class _Text:
    """One file a table, opened at once, so that an empty table has its file too."""

    form: Format

    def __init__(self, folder: Path) -> None:
        (folder / self.form).mkdir()
        self._files: dict[str, BinaryIO] = {
            table: path_of(folder, self.form, table).open("wb", buffering=1 << 16)
            for table in TABLES
        }

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def abandon(self) -> None:
        for file in self._files.values():
            # Nobody reads what could not be written.
            with contextlib.suppress(OSError):
                file.close()


class JsonLines(_Text):
    """One object a row; columns that hold JSON are nested."""

    form = Format.JSONL

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._lines = {table: json_lines(table) for table in TABLES}

    def write(self, table: str, rows: Sequence[Values]) -> None:
        """Write each row as one line, an object by column."""
        self._files[table].write(self._lines[table](rows))


class Csv(_Text):
    """RFC 4180 with the rule of ``collector export`` for cells that a spreadsheet would run."""

    form = Format.CSV

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._lines = {table: csv_lines(table) for table in TABLES}
        for table, names in COLUMNS.items():
            self._files[table].write(csv_of([names]))

    def write(self, table: str, rows: Sequence[Values]) -> None:
        """Write rows to the table's file, below its header."""
        self._files[table].write(self._lines[table](rows))


class Parquet:
    """One file a table, types and descriptions from the schema."""

    def __init__(self, folder: Path) -> None:
        (folder / Format.PARQUET).mkdir()
        # Columns live as long as a row group: Arrow's own pools would hold on to what was freed.
        pa.set_memory_pool(pa.system_memory_pool())
        self._schemas = {
            table: pa.schema(
                [
                    pa.field(name, _TYPES[kind], metadata={"description": about(table, name)})
                    for name, kind in columns(table).items()
                ]
            )
            for table in TABLES
        }
        self._files = {
            table: pq.ParquetWriter(
                path_of(folder, Format.PARQUET, table), schema, compression="zstd"
            )
            for table, schema in self._schemas.items()
        }
        self._kept: dict[str, list[Values]] = {table: [] for table in TABLES}
        self._columns: dict[str, list[pa.RecordBatch]] = {table: [] for table in TABLES}

    def write(self, table: str, rows: Sequence[Values]) -> None:
        """Take rows; they are written in groups of 20,000, the last one by :meth:`close`."""
        kept = self._kept[table]
        for start in range(0, len(rows), _BATCH):
            kept.extend(rows[start : start + _BATCH])
            while len(kept) >= _BATCH:
                self._batch(table, kept[:_BATCH])
                del kept[:_BATCH]

    def _batch(self, table: str, rows: Sequence[Values]) -> None:
        schema, columns = self._schemas[table], self._columns[table]
        arrays = [
            pa.array(column, type=field.type)
            for column, field in zip(zip(*rows, strict=True), schema, strict=True)
        ]
        columns.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
        if len(columns) * _BATCH >= ROW_GROUP:
            self._group(table)

    def _group(self, table: str) -> None:
        columns = self._columns[table]
        self._files[table].write_table(pa.Table.from_batches(columns).combine_chunks())
        columns.clear()

    def close(self) -> None:
        """Write what is left of each table and end its file."""
        for table, file in self._files.items():
            if self._kept[table]:
                self._batch(table, self._kept[table])
            if self._columns[table]:
                self._group(table)
            file.close()

    def abandon(self) -> None:
        """Close the files without the rows that are not written yet."""
        for file in self._files.values():
            with contextlib.suppress(OSError):
                file.close()


def close_all(writers: Sequence[Writer]) -> None:
    """Make every file whole, side by side: SQLite makes its indices meanwhile.

    :raises Exception: what the first of them raised, when all have come to an end
    """
    with ThreadPoolExecutor(len(writers) or 1) as pool:
        closing = [pool.submit(writer.close) for writer in writers]
    for each in closing:
        each.result()


class Sqlite:
    """A store, readable by everything that reads a run's; without a log beside it."""

    def __init__(self, folder: Path) -> None:
        # Closed by another thread than the one that wrote; never used by two at once.
        self._db = sqlite3.connect(folder / STORE, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA page_size = 4096")
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("PRAGMA cache_size = -16384")
        self._db.execute("BEGIN")
        self._later: list[str] = []
        self._insert: dict[str, str] = {}
        for table in TABLES:
            first, *indices = ddl_of(table)
            self._db.execute(first)
            # An index that is made of rows that are there is faster than one that grows.
            self._later += indices
            marks = ", ".join("?" for _ in COLUMNS[table])
            self._insert[table] = f'INSERT INTO "{table}" VALUES ({marks})'

    def write(self, table: str, rows: Sequence[Values]) -> None:
        """Insert rows into the table, as part of one transaction."""
        self._db.executemany(self._insert[table], rows)

    def close(self) -> None:
        """Make indexes and views, state the schema's version, commit and close."""
        for statement in self._later:
            self._db.execute(statement)
        for name, view in VIEWS.items():
            self._db.execute(f'CREATE VIEW "{name}" AS {view.sql.strip()}')
        self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        self._db.execute("COMMIT")
        self._db.close()

    def abandon(self) -> None:
        """Close the database without a commit."""
        self._db.close()


def dictionary_rows() -> list[Values]:
    """Rows of ``data_dictionary``."""
    names = COLUMNS["data_dictionary"]
    return [tuple(row.get(name) for name in names) for row in dictionary()]
