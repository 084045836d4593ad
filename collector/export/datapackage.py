"""``datapackage.json`` beside an export: what files and columns are, as Frictionless has it.

Protects whoever gets the files without us: types, descriptions, keys and what stands for "missing"
travel with them. Made from the same schema as the files (Data Package 1.0, tabular resources).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collector.export.rows import about, columns
from collector.outputs import write_output
from collector.store import TABLES, VIEWS

FILE = "datapackage.json"
_MEDIA = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}
_TYPES = {"TEXT": "string", "INTEGER": "integer", "REAL": "number"}
_CSV_RULE = (
    "A text cell that a spreadsheet would run as a formula (and one that begins with an apostrophe)"
    " has one apostrophe in front."
)


@dataclass(frozen=True)
class Described:
    """A file with its columns."""

    path: Path
    name: str
    about: str
    columns: Mapping[str, tuple[str, str]]
    """Column → type of the Table Schema, description."""
    key: Sequence[str] = ()
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Column of few words → those that occur, in their order."""


def described_table(path: Path, name: str) -> Described:
    """A file of one of the store's tables or views."""
    spec = TABLES[name] if name in TABLES else VIEWS[name]
    return Described(
        path,
        name,
        spec.about,
        {column: (_TYPES[kind], about(name, column)) for column, kind in columns(name).items()},
        TABLES[name].key if name in TABLES else (),
    )


def package(files: Iterable[Described], *, name: str, title: str) -> dict[str, Any]:
    """The descriptor of files that lie in one folder."""
    return {
        "profile": "data-package",
        "name": "".join(c if c.isalnum() or c in "-._" else "-" for c in name.lower()) or "run",
        "title": title,
        "resources": [_resource(each) for each in files],
    }


def _resource(each: Described) -> dict[str, Any]:
    form = each.path.suffix.lstrip(".").lower()
    found: dict[str, Any] = {
        "profile": "tabular-data-resource",
        "name": each.name.replace("_", "-"),
        "path": each.path.name,
        "format": form,
        "mediatype": _MEDIA.get(form, "application/octet-stream"),
        "encoding": "utf-8",
        "description": f"{each.about} {_CSV_RULE}" if form == "csv" else each.about,
        "schema": {
            "fields": [
                {"name": column, "type": kind, "description": told}
                | ({"categories": list(each.words[column])} if column in each.words else {})
                for column, (kind, told) in each.columns.items()
            ],
            "missingValues": [""],
        },
    }
    if each.key:
        found["schema"]["primaryKey"] = list(each.key)
    if form == "csv":
        found["dialect"] = {"delimiter": ",", "lineTerminator": "\r\n", "header": True}
    return found


def write_package(files: Sequence[Described], target: Path, *, name: str, title: str) -> Path:
    """Write the descriptor; returns its path."""
    text = json.dumps(package(files, name=name, title=title), indent=2, ensure_ascii=False)
    write_output(target, text + "\n")
    return target


def beside(files: Sequence[Path], alone: bool) -> Path:
    """Where the descriptor of files goes: into their folder; of one file, under its name."""
    first = files[0]
    return first.with_name(f"{first.stem}.{FILE}") if alone else first.with_name(FILE)
