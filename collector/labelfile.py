"""What items are about, from a file: a CSV with the columns ``video_id`` and ``label``.

Protects an audit from labels that match nothing: an address is read as the id in it, what a
spreadsheet made of an id is refused with its line, and so is an item with two labels. ``item_id``
may stand for ``video_id``, as in the tables that ``collector export`` writes, and ``score`` (a
number) for ``label``. Other columns are left alone.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from collector.common.model import DEFAULT_PLATFORM, Platform
from collector.platforms.registry import spec_of
from collector.problems import BadFile, Problem

ID_COLUMNS = ("video_id", "item_id")
LABEL_COLUMNS = ("label", "score")

_BEGIN = "begin the file with the line video_id,label"
#: So many problems are told one by one.
_MOST = 20
_LONGEST = 100

_NUMBER = re.compile(r"\A[-+]?\d+(?:[.,]\d+)?[eE][-+]?\d+")
#: One apostrophe before these was put there so that no spreadsheet runs the cell.
_MADE_TEXT = re.compile(r"'[=+\-@＝＋－＠'\s]")


def read_labels(path: Path, platform: Platform = DEFAULT_PLATFORM) -> dict[str, str]:
    """Item id → label. Raises BadFile with the line of everything that is wrong."""
    found: dict[str, tuple[str, int]] = {}
    problems: list[Problem] = []
    spec = spec_of(platform)
    for line, item, label, problem in _rows(path, spec.id_in):
        if problem is not None:
            problems.append(problem)
            continue
        before, at = found.setdefault(item, (label, line))
        if before != label:
            problems.append(
                Problem(
                    f"{item} is {label!r} here and {before!r} in line {at}",
                    line=line,
                    fix="give each id one label",
                )
            )
    if spoilt := spec.spoilt(sorted(found, key=lambda item: found[item][1])):
        line = found[spoilt.first][1]
        problems.append(Problem(spoilt.problem, line=line, fix=spoilt.fix))
    if not found and not problems:
        problems.append(Problem("holds no label", fix="write one id and one label a row"))
    if problems:
        problems.sort(key=lambda problem: problem.line or 0)
        more = len(problems) - _MOST
        if more > 0:
            problems[_MOST:] = [Problem(f"and {more:,} more lines of the kind")]
        raise BadFile(str(path), problems)
    return {item: label for item, (label, _) in found.items()}


def lines_of(path: Path, platform: Platform = DEFAULT_PLATFORM) -> dict[str, int]:
    """Item id → the first line that names it, of a file that can be read."""
    found: dict[str, int] = {}
    for line, item, _, problem in _rows(path, spec_of(platform).id_in):
        if problem is None:
            found.setdefault(item, line)
    return found


def id_of(written: str, platform: Platform = DEFAULT_PLATFORM) -> str | None:
    """The id that a cell means, written as such or as an address; ``None``: it is none."""
    return spec_of(platform).id_in(written)


def no_id_fix(written: str) -> str:
    """What to write in place of a cell that is no id."""
    return _fix_of(written)


_Row = tuple[int, str, str, Problem | None]


def _rows(path: Path, id_of: Callable[[str], str | None]) -> Iterator[_Row]:
    """(line, item, label, what is wrong)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            head = [cell.strip() for cell in next(rows, [])]
            id_at, label_at = _columns(path, head)
            score = head[label_at] == "score"
            for row in rows:
                if any(cell.strip() for cell in row):
                    yield _row(row, rows.line_num, (len(head), id_at, label_at), score, id_of)
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror}", fix="check the path")
        raise BadFile(str(path), [problem]) from error
    except (UnicodeDecodeError, csv.Error) as error:
        problem = Problem(f"cannot be read as CSV: {error}", fix="save it as CSV in UTF-8")
        raise BadFile(str(path), [problem]) from error


def _columns(path: Path, head: list[str]) -> tuple[int, int]:
    """Where the ids and the labels stand."""

    def refused(message: str, fix: str) -> BadFile:
        return BadFile(str(path), [Problem(message, line=1, fix=fix)])

    if len(head) == 1 and (mark := next((m for m in ";\t|" if m in head[0]), None)):
        name = {";": "semicolons", "\t": "tabs", "|": "bars"}[mark]
        raise refused(f"its columns are parted by {name}", "save it with commas between them")
    ids = [name for name in ID_COLUMNS if name in head]
    labels = [name for name in LABEL_COLUMNS if name in head]
    if not ids or not labels:
        raise refused(f"the columns are {', '.join(filter(None, head)) or 'missing'}", _BEGIN)
    for names in (ids, labels):
        if len(names) > 1 or head.count(names[0]) > 1:
            also = " and ".join(names) if len(names) > 1 else f"{names[0]} twice"
            raise refused(f"there are the columns {also}", "keep one of them")
    return head.index(ids[0]), head.index(labels[0])


def _row(
    row: list[str],
    line: int,
    shape: tuple[int, int, int],
    score: bool,
    id_of: Callable[[str], str | None],
) -> _Row:
    cells, id_at, label_at = shape
    if len(row) != cells:
        fix = "write as many cells as the first line, and put a label with a comma in quotes"
        return line, "", "", Problem(f"{len(row)} cells, not {cells}", line=line, fix=fix)
    written, label = (_plain(row[at].strip()) for at in (id_at, label_at))
    if not written or not label:
        fix = "write one id and one label a row, or remove the row"
        return line, "", "", Problem("a row without id or label", line=line, fix=fix)
    if problem := _bad_label(label, score):
        return line, "", "", Problem(problem, line=line, fix="write another label")
    item = id_of(written)
    if item is None:
        return line, "", "", Problem(f"{written!r} is no id", line=line, fix=_fix_of(written))
    return line, item, label, None


def _plain(text: str) -> str:
    """Without the apostrophe that an export of ours writes before a formula's first letter."""
    return text[1:] if _MADE_TEXT.match(text) else text


def _bad_label(label: str, score: bool) -> str | None:
    if len(label) > _LONGEST or not label.isprintable():
        return f"{label[:20]!r}… is no label: more than {_LONGEST} characters, or a control one"
    if score:
        try:
            number = float(label)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            return f"{label!r} is no score: a number is needed"
    return None


def _fix_of(written: str) -> str:
    if _NUMBER.fullmatch(written):
        return "a spreadsheet made a number of it; format the column as text, and paste the id"
    return "write the id as the site has it, or the address of the item"
