"""A sheet that is being coded: every decision is in the file before it is acknowledged.

Protects a coder's work. The file is written anew beside the old one and put in its place whole; a
row that another program changed meanwhile keeps that change; columns that are not ours stay.
"""

from __future__ import annotations

import csv
import io
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.cells import plain_cell, safe_cell
from collector.coding.codebook import FILE, Codebook, read_codebook
from collector.coding.sheets import COLUMNS
from collector.common.errors import UserError
from collector.outputs import write_output
from collector.problems import BadFile, Problem


class NotThere(UserError):
    """No row has this number."""


class NotAllowed(UserError):
    """The label is not in the codebook."""


@dataclass(frozen=True, slots=True)
class Row:
    """One item as a coder sees it, with what she said of it so far."""

    item_id: str
    url: str
    kind: str
    title: str
    channel: str
    label: str
    unsure: bool
    note: str


class Desk:
    """One coder's sheet, open. Safe to use from several threads.

    :raises BadFile: it is no sheet of ours.
    """

    def __init__(self, sheet: Path, codebook: Path | None = None) -> None:
        self.sheet = sheet
        beside = sheet.parent / FILE
        place = codebook or (beside if beside.exists() else None)
        self.codebook = read_codebook(place) if place else Codebook()
        self._lock = threading.Lock()
        self._seen: tuple[int, int] = (0, 0)
        self._head: list[str] = []
        self._rows: list[dict[str, str]] = []
        with self._lock:
            self._read()

    def rows(self) -> list[Row]:
        """Every row, in the order of the sheet."""
        with self._lock:
            self._refresh()
            return [_row(row) for row in self._rows]

    def code(self, number: int, item_id: str, *, label: str, unsure: bool, note: str) -> Row:
        """Keep what was said of a row; it is on the disk when this returns.

        :param item_id: of the row, so that a sheet that was sorted meanwhile is not miscoded.
        :raises NotThere: there is no such row; NotAllowed: the label is not in the codebook.
        """
        meant = self.codebook.canonical(label) if label else ""
        if meant is None:
            raise NotAllowed(
                f"the label {label!r} is not in the codebook",
                place=str(self.sheet),
                fix=self.codebook.fix(label),
            )
        with self._lock:
            self._refresh()
            if not (0 <= number < len(self._rows)) or (
                plain_cell(self._rows[number]["item_id"]) != item_id
            ):
                number = next(
                    (at for at, r in enumerate(self._rows) if plain_cell(r["item_id"]) == item_id),
                    -1,
                )
            if number < 0:
                raise NotThere(f"no row is of {item_id}", place=str(self.sheet), fix="reload")
            row = self._rows[number]
            kept = " ".join(note.split())[:2000]
            said = {"label": meant, "unsure": "1" if unsure else "", "note": str(safe_cell(kept))}
            self._write([{**r, **said} if r is row else r for r in self._rows])
            row.update(said)
            return _row(row)

    def _refresh(self) -> None:
        if self._stamp() != self._seen:
            self._read()

    def _stamp(self) -> tuple[int, int]:
        there = self.sheet.stat()
        return there.st_mtime_ns, there.st_size

    def _read(self) -> None:
        def refused(message: str, line: int | None, fix: str) -> BadFile:
            return BadFile(str(self.sheet), [Problem(message, line=line, fix=fix)])

        try:
            stamp = self._stamp()
            text = self.sheet.read_text("utf-8-sig")
        except OSError as error:
            raise refused(f"cannot be read: {error.strerror}", None, "check the path") from error
        except UnicodeDecodeError as error:
            raise refused("is not UTF-8 text", None, "save it as CSV in UTF-8") from error
        reader = csv.DictReader(io.StringIO(text, newline=""))
        head = list(reader.fieldnames or ())
        if missing := [name for name in COLUMNS if name not in head]:
            raise refused(
                f"there is no column {missing[0]}", 1, "take a sheet of collector label export"
            )
        rows = [{name: row.get(name) or "" for name in head} for row in reader]
        if not rows:
            raise refused("holds no item", None, "take a sheet of collector label export")
        self._head, self._rows, self._seen = head, rows, stamp

    def _write(self, rows: list[dict[str, str]]) -> None:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self._head, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        write_output(self.sheet, text.getvalue().encode("utf-8-sig"))
        self._seen = self._stamp()


def _row(row: dict[str, str]) -> Row:
    said: dict[str, Any] = {name: plain_cell(row[name]) for name in COLUMNS}
    said["unsure"] = said["unsure"].strip().lower() in {"1", "x", "yes", "true", "u", "?"}
    return Row(**said)
