"""Reading a table of a dataset back, in each format, as rows that can be compared.

A value is compared as what it means: an empty CSV cell is an absent value, JSON is compared as
JSON whatever its spaces, and a number of a real column is a float.
"""

from __future__ import annotations

import csv
import hashlib
import math
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from collector.datasets.writers import STORE, path_of
from collector.export import Format
from collector.export.rows import columns, holds_json
from collector.export.text import plain_cell

Row = list[Any]
_BATCH = 10_000
_LEAST, _MOST = -(2**63), 2**63 - 1
"""What an integer column can hold."""
_TYPES: dict[str, tuple[type, ...]] = {"TEXT": (str,), "INTEGER": (int,), "REAL": (float, int)}
_WANTED = {"TEXT": "text", "INTEGER": "a whole number", "REAL": "a number"}


class Fault(Exception):
    """What is wrong, and where: the file, its line or row (from 1), the column."""

    def __init__(
        self, file: str, problem: str, row: int | None = None, column: str | None = None
    ) -> None:
        super().__init__(file, problem, row, column)
        self.file, self.problem, self.row, self.column = file, problem, row, column

    def __str__(self) -> str:
        where = f":{self.row}" if self.row is not None else ""
        return f"{self.file}{where}{f' {self.column}' if self.column else ''}: {self.problem}"


def read(folder: Path, form: Format, table: str) -> Iterator[Row]:
    """The rows of a table in one format, values in the order of the schema's columns.

    :raises Fault: the file is missing, has other columns, or a value is not of its column's type.
    """
    name = path_of(folder, form, table).relative_to(folder).as_posix()
    if not (folder / name).is_file():
        raise Fault(name, "the file is missing")
    readers: dict[Format, Callable[[Path, str, str], Iterator[Row]]] = {
        Format.JSONL: _jsonl, Format.CSV: _csv, Format.PARQUET: _parquet, Format.SQLITE: _sqlite,
    }  # fmt: skip
    yield from readers[form](folder / name, name, table)


def same_columns(found: Sequence[str], name: str, table: str, row: int | None = None) -> None:
    """Refuse a table, or a row of it, that has other columns than the schema.

    :raises Fault: other columns than the schema's, or in another order.
    """
    wanted = list(columns(table))
    if list(found) == wanted:
        return
    missing = [column for column in wanted if column not in found]
    foreign = [column for column in found if column not in wanted]
    told = [f"lacks {', '.join(missing)}"] * bool(missing)
    told += [f"has unknown {', '.join(map(str, foreign))}"] * bool(foreign)
    raise Fault(name, "; ".join(told) or "the columns are in another order", row)


def digest(rows: Iterator[Row], table: str) -> tuple[int, str]:
    """How many rows there are, and the SHA-256 of what they mean."""
    kinds = list(columns(table).values())
    nested = [holds_json(table, column) for column in columns(table)]
    total, count = hashlib.sha256(), 0
    for row in rows:
        count += 1
        means = [
            _meaning(value, kind, json)
            for value, kind, json in zip(row, kinds, nested, strict=True)
        ]
        total.update(orjson.dumps(means, option=orjson.OPT_APPEND_NEWLINE))
    return count, total.hexdigest()


def _meaning(value: Any, kind: str, nested: bool) -> Any:
    if value is None or value == "":
        return None
    if nested:
        return orjson.dumps(orjson.loads(value), option=orjson.OPT_SORT_KEYS).decode()
    return float(value) if kind == "REAL" else value


def _jsonl(path: Path, name: str, table: str) -> Iterator[Row]:
    kinds = columns(table)
    nested = {column for column in kinds if holds_json(table, column)}
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                found = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise Fault(name, f"is not JSON: {error}", number) from error
            if not isinstance(found, dict):
                raise Fault(name, "is not an object", number)
            same_columns(list(found), name, table, number)
            row: Row = []
            for column, kind in kinds.items():
                value = found[column]
                if column in nested:
                    value = None if value is None else orjson.dumps(value).decode()
                _typed(value, kind, name, number, column)
                row.append(value)
            yield row


def _csv(path: Path, name: str, table: str) -> Iterator[Row]:
    kinds = columns(table)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            same_columns(next(reader, []), name, table, 1)
            for cells in reader:
                if len(cells) != len(kinds):
                    raise Fault(name, f"has {len(cells)} cells of {len(kinds)}", reader.line_num)
                yield [
                    _cell(cell, kind, name, reader.line_num, column)
                    for cell, (column, kind) in zip(cells, kinds.items(), strict=True)
                ]
    except (csv.Error, UnicodeDecodeError) as error:
        raise Fault(name, f"is not CSV in UTF-8: {error}") from error


def _cell(cell: str, kind: str, name: str, line: int, column: str) -> Any:
    if cell == "":
        return None
    if kind == "TEXT":
        return plain_cell(cell)
    try:
        value = int(cell) if kind == "INTEGER" else float(cell)
    except ValueError as error:
        raise Fault(name, f"must be {_WANTED[kind]}, not {cell[:80]!r}", line, column) from error
    _typed(value, kind, name, line, column)
    return value


def _parquet(path: Path, name: str, table: str) -> Iterator[Row]:
    wanted = {"TEXT": pa.string(), "INTEGER": pa.int64(), "REAL": pa.float64()}
    try:
        with pq.ParquetFile(path) as file:
            same_columns(file.schema_arrow.names, name, table)
            for column, kind in columns(table).items():
                found = file.schema_arrow.field(column).type
                if found != wanted[kind]:
                    raise Fault(name, f"is {found}, not {wanted[kind]}", column=column)
            for batch in file.iter_batches(batch_size=_BATCH):
                lists = [column.to_pylist() for column in batch.columns]
                yield from map(list, zip(*lists, strict=True))
    except (pa.ArrowException, OSError) as error:
        raise Fault(name, f"is not Parquet: {error}") from error


def _sqlite(path: Path, name: str, table: str) -> Iterator[Row]:
    kinds = list(columns(table).items())
    place = f"{STORE} {table}"
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        found = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
        if not found:
            raise Fault(name, f"has no table {table}")
        same_columns(found, place, table)
        cursor = connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid')
        for number, row in enumerate(cursor, 1):
            for value, (column, kind) in zip(row, kinds, strict=True):
                _typed(value, kind, place, number, column)
            yield list(row)
    except sqlite3.Error as error:
        raise Fault(name, f"is not a sound database: {error}") from error
    finally:
        connection.close()


def _typed(value: Any, kind: str, name: str, row: int, column: str) -> None:
    if value is not None and (value.__class__ not in _TYPES[kind]):
        raise Fault(name, f"must be {_WANTED[kind]}, not {str(value)[:80]!r}", row, column)
    if isinstance(value, int) and not _LEAST <= value <= _MOST:
        raise Fault(name, "must be a number of at most 64 bits", row, column)
    if isinstance(value, float) and not math.isfinite(value):
        raise Fault(name, f"must be a finite number, not {value}", row, column)
