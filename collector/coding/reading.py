"""A coder's sheet, CSV or XLSX, read back: every row as it was meant, or refused with its line.

Protects the analysis from what spreadsheets do to a table: ids turned into numbers, ``1`` turned
into ``1.0``, a column that was renamed, a row that was pasted twice with another label. All that is
wrong is said at once.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.cells import plain_cell
from collector.coding.codebook import Codebook
from collector.common.errors import UserError
from collector.common.model import DEFAULT_PLATFORM, Platform
from collector.environment import with_extra
from collector.labelfile import ID_COLUMNS, LABEL_COLUMNS, id_of, no_id_fix
from collector.problems import BadFile, Problem

#: So many problems of a sheet are told one by one.
_MOST = 20
_LARGEST = 64 * 1024 * 1024
_NO_LABEL = ("holds no label", "fill in the column label, and save it")
_NO_ITEM = ("holds no item", "leave it out: an empty sheet of --contested has nothing to settle")
_YES = frozenset({"1", "1.0", "x", "u", "y", "yes", "true", "unsure", "?"})
_NO = frozenset({"", "0", "0.0", "no", "n", "false"})
_BEGIN = "begin the sheet with the line item_id,url,kind,title,channel,label,unsure,note"


@dataclass(frozen=True, slots=True)
class Coding:
    """What a coder said of one item. ``label`` is ``None`` where she gave none."""

    label: str | None
    unsure: bool
    note: str


@dataclass(frozen=True)
class Sheet:
    """One sheet, read."""

    coder: str
    name: str
    """Of the file."""
    sha256: str
    codings: dict[str, Coding]
    """Item id → what was said; rows that nobody filled in are not here."""
    blank: int
    """Rows that nobody filled in."""
    addresses: int
    """Ids that were written as addresses."""


def read_sheet(
    path: Path,
    *,
    coder: str,
    codebook: Codebook,
    known: Collection[str],
    platform: Platform = DEFAULT_PLATFORM,
) -> Sheet:
    """A sheet of one coder.

    :param known: the ids that the run has.
    :raises BadFile: the header, a label that is not in the codebook, an id that the run does not
        have, an id with two labels: each with its line and what to do.
    """
    raw = _bytes(path)
    rows = _xlsx(path, raw) if raw[:4] == b"PK\x03\x04" else _csv(path, raw)
    columns = _columns(path, next(rows, (1, []))[1])
    found: dict[str, tuple[Coding, int]] = {}
    problems: list[Problem] = []
    blank = addresses = filled = 0
    for line, cells in rows:
        if not any(cells):
            continue
        filled += 1
        said = [cells[at] if at is not None and at < len(cells) else "" for at in columns]
        written, label, unsure, note = (plain_cell(cell) for cell in said)
        item = written if written in known else (id_of(written, platform) if written else None)
        if item is None:
            what = f"{written!r} is not an id" if written else "a row without an id"
            problems.append(Problem(what, line=line, fix=no_id_fix(written)))
            continue
        if item not in known:
            fix = "keep to the ids of the sheet that collector label export wrote for this run"
            problems.append(Problem(f"the run never saw {item}", line=line, fix=fix))
            continue
        addresses += item != written
        if unsure.lower() not in _YES | _NO:
            fix = "write 1 for unsure, or leave it empty"
            problems.append(Problem(f"unsure is {unsure!r}", line=line, fix=fix))
            continue
        meant = codebook.canonical(label) if label else None
        if label and meant is None:
            message = f"the label {label!r} is not in the codebook"
            problems.append(Problem(message, line=line, fix=codebook.fix(label)))
            continue
        coding = Coding(meant, unsure.lower() in _YES, note)
        if not label and not coding.unsure and not note:
            blank += 1
            continue
        before, at = found.setdefault(item, (coding, line))
        if before.label != coding.label:
            message = f"{item} is {coding.label!r} here and {before.label!r} in line {at}"
            problems.append(Problem(message, line=line, fix="give each id one label"))
    if not problems and not any(coding.label for coding, _ in found.values()):
        what, fix = _NO_LABEL if filled else _NO_ITEM
        problems = [Problem(what, fix=fix)]
    if problems:
        more = len(problems) - _MOST
        if more > 0:
            problems[_MOST:] = [Problem(f"and {more:,} more lines of the kind")]
        raise BadFile(str(path), problems)
    return Sheet(
        coder=coder,
        name=path.name,
        sha256=hashlib.sha256(raw).hexdigest(),
        codings={item: coding for item, (coding, _) in found.items()},
        blank=blank,
        addresses=addresses,
    )


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror}", fix="check the path")
        raise BadFile(str(path), [problem]) from error
    if len(raw) > _LARGEST:
        raise BadFile(str(path), [Problem("is larger than 64 MB", fix="check the path")])
    return raw


def _csv(path: Path, raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """(line, cells); commas, semicolons or tabs, as the first line has them."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = Problem("is not UTF-8 text", line=line, fix="save it as CSV in UTF-8")
        raise BadFile(str(path), [problem]) from error
    head = text.partition("\n")[0]
    mark = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        for row in rows:
            yield rows.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        problem = Problem(f"cannot be read as CSV: {error}", line=rows.line_num, fix="save it anew")
        raise BadFile(str(path), [problem]) from error


def _xlsx(path: Path, raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """(row, cells) of the first sheet of a workbook."""
    try:
        # Comes with an extra: a CSV needs no library.
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        raise UserError(
            "a workbook needs a package that is not installed",
            place=str(path),
            fix=f"{with_extra('coding')}, or save the sheet as CSV in UTF-8",
        ) from error
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        problem = Problem(f"cannot be read as a workbook: {error}", fix="save it as XLSX or CSV")
        raise BadFile(str(path), [problem]) from error
    for line, row in enumerate(rows, 1):
        yield line, [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    """A cell as somebody typed it: a workbook keeps ``1`` as the number 1.0."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return str(cell).strip()


def _columns(path: Path, head: Sequence[str]) -> tuple[int, int, int | None, int | None]:
    """Where id, label, unsure and note stand."""
    names = [name.strip().lower() for name in head]

    def refused(message: str, fix: str) -> BadFile:
        return BadFile(str(path), [Problem(message, line=1, fix=fix)])

    where: list[int] = []
    for wanted in (ID_COLUMNS, LABEL_COLUMNS):
        there = [at for at, name in enumerate(names) if name in wanted]
        if not there:
            told = ", ".join(filter(None, names)) or "missing"
            raise refused(f"there is no column {' or '.join(wanted)}; they are {told}", _BEGIN)
        if len(there) > 1:
            both = " and ".join(names[at] for at in there)
            raise refused(f"there are the columns {both}", "keep one of them")
        where += there
    for name in ("unsure", "note"):
        if names.count(name) > 1:
            raise refused(f"there are two columns {name}", "keep one of them")
    unsure, note = (names.index(n) if n in names else None for n in ("unsure", "note"))
    return where[0], where[1], unsure, note
