"""The tables of a run as compressed CSV files with a Frictionless descriptor of every column.

Names, types, sentences, keys and references come from ``collector.store.schema``, the one place in
which a column is described. What tells of the machine (``leases``) stays at home.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from collector import __version__
from collector.cells import plain_cell, safe_cell
from collector.export.rows import about, columns, rows
from collector.store import TABLES, VIEWS, Store

#: Tables that do not go into a pack.
AT_HOME = frozenset({"leases", "data_dictionary"})

_TYPES = {"TEXT": "string", "INTEGER": "integer", "REAL": "number"}
_READ: Mapping[str, Callable[[str], Any]] = {"TEXT": str, "INTEGER": int, "REAL": float}
_REFERENCE = re.compile(r"\A(\w++)\((\w+)\)")


def packed_tables() -> tuple[str, ...]:
    """The tables and views that a pack holds, in order."""
    return tuple(name for name in (*TABLES, *VIEWS) if name not in AT_HOME)


def table_files(store: Store, change: Mapping[tuple[str, str], Any]) -> Iterator[tuple[str, bytes]]:
    """(``tables/NAME.csv.gz``, bytes) of every table.

    :param change: (table, column) → what stands in every row of it instead.
    """
    for name in packed_tables():
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(columns(name))
        for row in rows(store, name):
            writer.writerow(
                [safe_cell(change.get((name, key), value)) for key, value in row.items()]
            )
        yield f"tables/{name}.csv.gz", gzip.compress(text.getvalue().encode(), 6, mtime=0)


def rows_of(table: str, packed: bytes) -> Iterator[dict[str, Any]]:
    """The rows of a table as :func:`table_files` wrote it; an empty cell is ``None``."""
    kinds = columns(table)
    text = io.StringIO(gzip.decompress(packed).decode(), newline="")
    for row in csv.DictReader(text):
        yield {
            name: None if cell == "" else _READ[kinds[name]](plain_cell(cell))
            for name, cell in row.items()
        }


def datapackage(run: str, title: str, sums: Mapping[str, str], sizes: Mapping[str, int]) -> bytes:
    """``datapackage.json`` over the tables.

    :param sums: path in the pack → SHA-256 of the file.
    :param sizes: path → bytes.
    """
    found = {
        "profile": "data-package",
        "name": re.sub(r"[^a-z0-9._-]+", "-", run.lower()),
        "title": title,
        "description": "The tables of one run. A text cell that a spreadsheet would run has one '"
        " in front. Columns whose description begins with JSON hold a JSON document.",
        "version": __version__,
        "resources": [
            _resource(name, sums[path], sizes[path])
            for name in packed_tables()
            if (path := f"tables/{name}.csv.gz") in sums
        ],
    }
    return json.dumps(found, indent=2, ensure_ascii=False).encode()


def _resource(name: str, digest: str, size: int) -> dict[str, Any]:
    described = TABLES[name].about if name in TABLES else VIEWS[name].about
    return {
        "name": name,
        "path": f"tables/{name}.csv.gz",
        "profile": "tabular-data-resource",
        "scheme": "file",
        "format": "csv",
        "compression": "gz",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "description": described,
        "hash": f"sha256:{digest}",
        "bytes": size,
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True},
        "schema": _schema(name),
    }


def _schema(name: str) -> dict[str, Any]:
    table = TABLES.get(name)
    fields: list[dict[str, Any]] = []
    foreign: list[dict[str, Any]] = []
    for column, kind in columns(name).items():
        field: dict[str, Any] = {
            "name": column,
            "type": _TYPES[kind],
            "description": about(name, column),
        }
        spec = table.columns[column] if table else None
        if spec is not None and (spec.required or (table and column in table.key)):
            field["constraints"] = {"required": True}
        if spec is not None and (to := _REFERENCE.fullmatch(spec.references)):
            foreign.append(
                {"fields": [column], "reference": {"resource": to[1], "fields": [to[2]]}}
            )
        fields.append(field)
    found: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table is not None:
        found["primaryKey"] = list(table.key)
    if foreign:
        found["foreignKeys"] = foreign
    return found
