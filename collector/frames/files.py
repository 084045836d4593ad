"""The frames as files: Parquet for R and Python, CSV, JSON Lines, with ``datapackage.json``.

``arrow::read_parquet("exposure.parquet")`` in R has the same columns as ``run.exposure()``: words
are factors, times are UTC, nothing is nested.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from collector.analysis.labelling import Wanted
from collector.cells import safe_cell
from collector.common.errors import UserError
from collector.export import Format
from collector.export.datapackage import FILE, Described, write_package
from collector.frames.columns import FRAMES, Kind
from collector.frames.run import Run
from collector.frames.tables import columns_of
from collector.outputs import output

_TYPES = {
    Kind.WORD: "string",
    Kind.TEXT: "string",
    Kind.INT: "integer",
    Kind.FLOAT: "number",
    Kind.BOOL: "boolean",
    Kind.TIME: "datetime",
}


def export_frames(
    folder: Path, labels: Wanted, out: Path, form: Format, names: Sequence[str]
) -> list[Path]:
    """Write frames of the run in ``folder``, made with some ``labels``: :func:`write_frames`."""
    return write_frames(Run(folder, labels), out, form, names)


def write_frames(run: Run, out: Path, form: Format, names: Sequence[str] = ()) -> list[Path]:
    """Write frames of a run into a folder, a file a frame, and their descriptor.

    :param names: which; none means all of them.
    :returns: the files that were written.
    :raises UserError: an unknown frame, or the format ``sqlite``, which has no such types.
    """
    unknown = [name for name in names if name not in FRAMES]
    if unknown:
        raise UserError(
            f"there is no frame {unknown[0]!r}",
            place="--table",
            fix="choose from: " + ", ".join(FRAMES),
        )
    if form is Format.SQLITE:
        raise UserError(
            "frames are not written as SQLite",
            place="--format",
            fix="take parquet, csv or jsonl; or leave --frames out for the run's own tables",
        )
    if out.is_file():
        raise UserError("this is a file", place=str(out), fix="name a folder with --out")
    out.mkdir(parents=True, exist_ok=True)
    described, written = [], []
    for name in dict.fromkeys(names or FRAMES):
        table = run.table(name)
        target = out / f"{name}.{form.value}"
        with output(target) as draft:
            _WRITERS[form](table, draft)
        factors = [c for c in table.column_names if c not in FRAMES[name].columns]
        columns = columns_of(name, factors)
        described.append(
            Described(
                target,
                name,
                FRAMES[name].about,
                {column: (_TYPES[spec.kind], spec.about) for column, spec in columns.items()},
                FRAMES[name].key,
                {
                    column: _words(table[column])
                    for column, spec in columns.items()
                    if spec.kind is Kind.WORD
                },
            )
        )
        written.append(target)
    write_package(described, out / FILE, name=run.name, title=f"{run.name}: frames")
    return [*written, out / FILE]


def _words(column: pa.ChunkedArray) -> list[str]:
    """Those of a column, in the order of its categories (of the arms the control first)."""
    found = column.combine_chunks()
    return list(found.dictionary.to_pylist()) if len(column) else []


def _parquet(table: pa.Table, draft: Path) -> None:
    pq.write_table(table, draft, compression="zstd")


def _csv(table: pa.Table, draft: Path) -> None:
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.column_names)
        for batch in table.to_batches(max_chunksize=20_000):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                writer.writerow([safe_cell(_told(value)) for value in row])


def _jsonl(table: pa.Table, draft: Path) -> None:
    with draft.open("w", encoding="utf-8") as file:
        for batch in table.to_batches(max_chunksize=20_000):
            for row in batch.to_pylist():
                told = {n: v if isinstance(v, bool) else _told(v) for n, v in row.items()}
                file.write(json.dumps(told, ensure_ascii=False, allow_nan=False) + "\n")


_WRITERS: dict[Format, Callable[[pa.Table, Path], None]] = {
    Format.PARQUET: _parquet, Format.CSV: _csv, Format.JSONL: _jsonl,
}  # fmt: skip


def _told(value: Any) -> Any:
    """A value as text that says the same in every program."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
    return value
