"""The tables of a run as files: JSON Lines, CSV, Parquet, SQLite.

Protects three rules: the order of rows is the same every time; no cell of a CSV is one that a
spreadsheet would run; keys, tokens and the submission queue stay at home (only the documented
tables of ``docs/store.md`` are ever written, and none of them holds a secret).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from collector.common.errors import UserError
from collector.environment import refusals
from collector.export.sqlite import copy_database
from collector.export.text import write_csv, write_jsonl
from collector.store import TABLES, VIEWS, Store

__all__ = ["Format", "export_run", "exportable", "open_run_store"]


class Format(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    SQLITE = "sqlite"


class CannotExport(UserError):
    """The combination of tables, format and destination makes no file."""


def exportable() -> tuple[str, ...]:
    """The names that ``--table`` knows: tables, then views."""
    return (*TABLES, *VIEWS)


def open_run_store(run: Path) -> Store:
    """The store of a run, given its folder or the database itself, for reading.

    :raises UserError: there is none, or it cannot be read.
    """
    return Store(run if run.is_file() else run / "store.db", readonly=True)


def export_run(
    run: Path,
    *,
    form: Format,
    tables: Sequence[str] = (),
    out: Path | None = None,
    stdout: BinaryIO | None = None,
) -> list[Path]:
    """Write tables of a run.

    :param tables: which; none means all tables and views.
    :param out: a folder (several tables) or a file (one table, ``sqlite``); ``None``: ``stdout``.
    :returns: the files that were written.
    :raises UserError: no run there, an unknown table, a destination that does not fit.
    """
    names = _chosen(tables)
    with open_run_store(run) as store:
        if form is Format.SQLITE:
            target = _needs_out(out, "a database")
            if target.is_dir():
                target = target / "export.db"
            target.parent.mkdir(parents=True, exist_ok=True)
            _whole(target, lambda draft: copy_database(store, names, draft))
            return [target]
        if out is None:
            if stdout is None:
                raise ValueError("either out or stdout is needed")
            _to_stream(store, names, form, stdout)
            return []
        written = []
        for name in names:
            target = _file_for(out, name, form, alone=len(names) == 1)
            target.parent.mkdir(parents=True, exist_ok=True)
            _whole(target, _writer(store, name, form))
            written.append(target)
        return written


def _chosen(tables: Sequence[str]) -> tuple[str, ...]:
    for name in tables:
        if name not in exportable():
            raise CannotExport(
                f"there is no table {name!r}",
                place="--table",
                fix="choose from: " + ", ".join(exportable()),
            )
    return tuple(dict.fromkeys(tables)) or exportable()


def _needs_out(out: Path | None, what: str) -> Path:
    if out is None:
        raise CannotExport(
            f"{what} cannot be written to the standard output",
            place="--out",
            fix="name a file or folder with --out",
        )
    return out


def _to_stream(store: Store, names: Sequence[str], form: Format, stream: BinaryIO) -> None:
    if form is Format.JSONL:
        for name in names:
            write_jsonl(store, name, stream, named=len(names) > 1)
    elif form is Format.CSV and len(names) == 1:
        write_csv(store, names[0], stream)
    else:
        _needs_out(None, "Parquet" if form is Format.PARQUET else "more than one CSV table")


def _file_for(out: Path, name: str, form: Format, *, alone: bool) -> Path:
    if alone and (out.suffix or out.is_file()) and not out.is_dir():
        return out
    if out.is_file():
        raise CannotExport(
            "this is a file, and several tables need a folder",
            place=str(out),
            fix="name a folder with --out, or one table with --table",
        )
    return out / f"{name}.{form.value}"


def _writer(store: Store, name: str, form: Format) -> Callable[[Path], None]:
    def write(draft: Path) -> None:
        if form is Format.PARQUET:
            # PyArrow, for those who ask for Parquet.
            from collector.export.parquet import write_parquet

            write_parquet(store, name, draft)
            return
        with draft.open("wb") as stream:
            if form is Format.CSV:
                write_csv(store, name, stream)
            else:
                write_jsonl(store, name, stream)

    return write


def _whole(target: Path, write: Callable[[Path], None]) -> None:
    """A file that is there whole or not at all."""
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    with refusals(target, fix="name a place that can be written: --out"):
        try:
            write(draft)
            draft.replace(target)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
