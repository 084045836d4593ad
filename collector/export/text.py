"""JSON Lines and CSV.

CSV is RFC 4180: commas, CRLF, quotes doubled, UTF-8, a header row. Rule for text cells: one that
begins with ``=``, ``+``, ``-``, ``@`` (or their full-width forms), also behind white space or a
control character, or with ``'``, gets one ``'`` in front. To read the value back, drop one leading
``'``. Numbers are written as numbers, so a negative one stays as it is.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from collector.cells import plain_cell, safe_cell
from collector.export.exporter import Exporter
from collector.export.rows import columns, holds_json, rows
from collector.store import Store

__all__ = ["plain_cell", "safe_cell", "write_csv", "write_jsonl"]


def _files(
    write: Callable[[Store, str, BinaryIO], None],
) -> Callable[[Store, Sequence[str], Path], None]:
    """One table a file."""

    def to_file(store: Store, names: Sequence[str], target: Path) -> None:
        (name,) = names
        with target.open("wb") as stream:
            write(store, name, stream)

    return to_file


def write_csv(store: Store, name: str, stream: BinaryIO) -> None:
    """One table, header first."""
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns(name))
    for row in rows(store, name):
        writer.writerow([safe_cell(value) for value in row.values()])
    text.flush()
    text.detach()


def write_jsonl(store: Store, name: str, stream: BinaryIO, *, named: bool = False) -> None:
    """One object a row; columns that hold JSON are nested. ``named``: with the key ``table``."""
    nested = [column for column in columns(name) if holds_json(name, column)]
    for row in rows(store, name):
        for column in nested:
            if row[column] is not None:
                row[column] = json.loads(row[column])
        line = {"table": name, **row} if named else row
        stream.write(json.dumps(_finite(line), ensure_ascii=False, allow_nan=False).encode())
        stream.write(b"\n")


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in row.items()
    }


def _stream_csv(store: Store, names: Sequence[str], stream: BinaryIO) -> None:
    (name,) = names
    write_csv(store, name, stream)


def _stream_jsonl(store: Store, names: Sequence[str], stream: BinaryIO) -> None:
    for name in names:
        write_jsonl(store, name, stream, named=len(names) > 1)


CSV = Exporter(name="csv", suffix="csv", title="CSV", write=_files(write_csv), stream=_stream_csv)
JSONL = Exporter(
    name="jsonl",
    suffix="jsonl",
    title="JSON Lines",
    write=_files(write_jsonl),
    stream=_stream_jsonl,
    stream_many=True,
)
