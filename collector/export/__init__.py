"""The tables of a run as files: JSON Lines, CSV, Parquet, SQLite.

Beside them lies ``datapackage.json`` with what each column is. Protects three rules: the order of
rows is the same every time; no cell of a CSV is one that a spreadsheet would run; keys, tokens and
the submission queue stay at home (only the documented tables of ``docs/store.md`` are ever written,
and none of them holds a secret).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from collector.export.datapackage import beside, described_table, write_package
from collector.export.exporter import CannotExport, Exporter, Format, exporter_of, formats
from collector.outputs import output
from collector.store import TABLES, VIEWS, Store

__all__ = [
    "CannotExport",
    "Exporter",
    "Format",
    "export_run",
    "exportable",
    "formats",
    "open_run_store",
]


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
    :returns: the files that were written; ``datapackage.json`` lies beside them.
    :raises UserError: no run there, an unknown table, a destination that does not fit.
    """
    names = _chosen(tables)
    exporter = exporter_of(form)
    with open_run_store(run) as store:
        if out is None:
            _to_stream(store, names, exporter, stdout)
            return []
        written = []
        parts = [names] if exporter.together else [(name,) for name in names]
        for part in parts:
            target = _file_for(out, part, exporter, alone=len(parts) == 1)
            target.parent.mkdir(parents=True, exist_ok=True)
            with output(target) as draft:
                exporter.write(store, part, draft)
            written.append(target)
        if exporter.together:
            return written
        about = [described_table(path, name) for path, name in zip(written, names, strict=True)]
        runs = store.runs()
    called = runs[-1]["id"] if runs else "run"
    descriptor = beside(written, alone=written[0] == out)
    write_package(about, descriptor, name=called, title=called)
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


def _to_stream(
    store: Store, names: Sequence[str], exporter: Exporter, stream: BinaryIO | None
) -> None:
    many = len(names) > 1 and not exporter.stream_many
    if exporter.stream is None or many:
        what = f"more than one {exporter.title} table" if exporter.stream else exporter.title
        raise CannotExport(
            f"{what} cannot be written to the standard output",
            place="--out",
            fix="name a file or folder with --out",
        )
    if stream is None:
        raise ValueError("either out or stdout is needed")
    exporter.stream(store, names, stream)


def _file_for(out: Path, names: Sequence[str], exporter: Exporter, *, alone: bool) -> Path:
    if exporter.together:
        return out / f"export.{exporter.suffix}" if out.is_dir() else out
    if alone and (out.suffix or out.is_file()) and not out.is_dir():
        return out
    if out.is_file():
        raise CannotExport(
            "this is a file, and several tables need a folder",
            place=str(out),
            fix="name a folder with --out, or one table with --table",
        )
    return out / f"{names[0]}.{exporter.suffix}"
