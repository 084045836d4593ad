"""What a table of a store is made of: columns, each with a sentence, and those that many share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Column:
    """One column: its type in SQLite, and what it holds in words."""

    type: str
    about: str
    required: bool = False
    references: str = ""
    """``table(column)``"""
    json: bool = False
    """Its text is JSON; where a table is written as nested data, so is what it holds."""


@dataclass(frozen=True)
class Table:
    """One table: what its rows are, its columns, its key and what is looked up fast."""

    about: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]
    indices: tuple[tuple[str, ...], ...] = field(default=())


def text(about: str, *, required: bool = False, references: str = "") -> Column:
    """A column of text. ``references``: ``table(column)``."""
    return Column("TEXT", about, required, references)


def json_text(about: str) -> Column:
    """A column whose text is JSON."""
    return Column("TEXT", f"JSON: {about}", json=True)


def integer(about: str, *, required: bool = False) -> Column:
    """A column of whole numbers."""
    return Column("INTEGER", about, required)


def real(about: str, *, required: bool = False) -> Column:
    """A column of numbers."""
    return Column("REAL", about, required)


RUN = text("The run.", required=True, references="runs(id)")
SESSION = text("The session.", required=True, references="sessions(id)")
CAPTURE = text("The capture it was read from.", required=True, references="captures(id)")
