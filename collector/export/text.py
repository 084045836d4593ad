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
from typing import Any, BinaryIO

from collector.cells import plain_cell, safe_cell
from collector.export.rows import columns, holds_json, rows
from collector.store import Store

__all__ = ["plain_cell", "safe_cell", "write_csv", "write_jsonl"]


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
