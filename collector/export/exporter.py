"""What an export format is: one :class:`Exporter` under the entry point ``twinwatch.exporters``.

The formats that ship are entry points too; each is loaded when it is asked for. A package adds one
as ``NAME = "package.module:EXPORTER"``; help and command line follow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import BinaryIO

from collector.common.errors import UserError
from collector.common.opennames import OpenNames
from collector.store import Store

#: Entry point group of export formats.
EXPORTERS = "twinwatch.exporters"


class CannotExport(UserError):
    """The combination of tables, format and destination makes no file."""


class Format(OpenNames):
    """The name of an export format: one that ships, or one that a package registers."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    SQLITE = "sqlite"

    @classmethod
    def registered(cls, name: str) -> bool:
        """Return whether a package registers a format of that name; it is not loaded."""
        return bool(entry_points(group=EXPORTERS, name=name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """How tables become files of one form. The entry point group names one of these::

        def write(store, names, target):
            (name,) = names
            target.write_text(f"{name} {sum(1 for _ in rows(store, name))}\\n")

        COUNT = Exporter(name="count", suffix="txt", title="a count", write=write)

    ``write`` and ``stream`` are given an open store, names of tables, and a path that is not there
    yet or a binary stream; they may raise :class:`CannotExport`.
    """

    name: str
    """As ``--format`` knows it; the name of the entry point."""
    suffix: str
    """Of its files, without the dot."""
    title: str
    """As a sentence calls it: ``CSV``, ``a database``."""
    write: Callable[[Store, Sequence[str], Path], None]
    """Tables into a file that is not there yet: all of them (``together``), or one."""
    together: bool = False
    """All tables go into one file."""
    stream: Callable[[Store, Sequence[str], BinaryIO], None] | None = None
    """Tables into an open stream; ``None``: it needs a file."""
    stream_many: bool = False
    """A stream can hold more than one table."""


def formats() -> tuple[Format, ...]:
    """Every format that is installed: those that ship, then others by name."""
    others = {point.name for point in entry_points(group=EXPORTERS)} - set(Format)
    return (*Format, *map(Format, sorted(others)))


def exporter_of(form: Format) -> Exporter:
    """The exporter of a format. Raises UserError: its entry point is not installed."""
    for point in entry_points(group=EXPORTERS, name=form.value):
        found: Exporter = point.load()
        return found
    raise UserError(
        f"the format {form.value!r} is not installed",
        place="--format",
        fix="install twinwatch again (pip install -e .): its entry points are missing",
    )
