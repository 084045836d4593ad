"""What items are about, from a file: a CSV with the columns ``video_id`` and ``label``.

Protects an audit from labels that match nothing: an address is read as the id in it, what a
spreadsheet made of an id is refused with its line, and so is an item with two labels. ``item_id``
may stand for ``video_id``, as in the tables that ``collector export`` writes, and ``score`` (a
number) for ``label``. A row without an id may say ``title_pattern`` or ``channel_pattern`` instead:
it labels every item that fits and that no row names by its id. Other columns are left alone.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from collector.common.model import DEFAULT_PLATFORM, Platform
from collector.common.words import composed, is_plain
from collector.labelpatterns import LabelPattern, LabelPatterns, flaw
from collector.platforms.registry import Genre, spec_of
from collector.problems import BadFile, Problem

ID_COLUMNS = ("video_id", "item_id")
LABEL_COLUMNS = ("label", "score")
PATTERN_COLUMNS = ("title_pattern", "channel_pattern")

_BEGIN = "begin the file with the line video_id,label"
#: So many problems are told one by one.
_MOST = 20
_LONGEST = 100

_NUMBER = re.compile(r"\A[-+]?\d+(?:[.,]\d+)?[eE][-+]?\d+")
#: One apostrophe before these was put there so that no spreadsheet runs the cell.
_MADE_TEXT = re.compile(r"'[=+\-@＝＋－＠'\s]")


@dataclass(frozen=True, slots=True)
class LabelFile:
    """What a file of labels says."""

    labels: dict[str, str] = field(default_factory=dict)
    """Item id → label."""
    patterns: LabelPatterns = field(default_factory=LabelPatterns)
    """Rows that name no item but what its title or channel has."""

    @property
    def names(self) -> set[str]:
        """Every label that it can give."""
        return {*self.labels.values(), *(row.label for row in self.patterns.rows)}


def read_label_file(path: Path, platform: Platform = DEFAULT_PLATFORM) -> LabelFile:
    """The labels by id, and those by pattern in the file's order.

    :raises BadFile: with the line of everything that is wrong: no id, two labels of one id or of
        one pattern, a pattern that is none or that may take long.

    Example: ``read_label_file(Path("mine.csv")).labels["dQw4w9WgXcQ"]``.
    """
    found: dict[str, tuple[str, int]] = {}
    by_pattern: dict[tuple[str, str], tuple[str, int]] = {}
    problems: list[Problem] = []
    spec = spec_of(platform)
    for line, item, patterns, label, problem in _rows(path, spec.id_in):
        if problem is not None:
            problems.append(problem)
            continue
        if not item:
            before, at = by_pattern.setdefault(patterns, (label, line))
            named = "this pattern"
            problems += _flaws(patterns, line, spec.genre)
        else:
            before, at = found.setdefault(item, (label, line))
            named = item
        if before != label:
            problems.append(
                Problem(
                    f"{named} is {label!r} here and {before!r} in line {at}",
                    line=line,
                    fix=f"give each {'id' if item else 'pattern'} one label",
                )
            )
    if spoilt := spec.spoilt(sorted(found, key=lambda item: found[item][1])):
        line = found[spoilt.first][1]
        problems.append(Problem(spoilt.problem, line=line, fix=spoilt.fix))
    if not found and not by_pattern and not problems:
        problems.append(Problem("holds no label", fix="write one id and one label a row"))
    if problems:
        problems.sort(key=lambda problem: problem.line or 0)
        more = len(problems) - _MOST
        if more > 0:
            problems[_MOST:] = [Problem(f"and {more:,} more lines of the kind")]
        raise BadFile(str(path), problems)
    rows = tuple(LabelPattern(label, *by) for by, (label, _) in by_pattern.items())
    return LabelFile(
        {item: label for item, (label, _) in found.items()}, LabelPatterns(rows, path.name)
    )


def _flaws(patterns: tuple[str, str], line: int, genre: Genre) -> Iterator[Problem]:
    if genre is not Genre.VIDEOS:
        fix = "name the posts by their ids, or code them after the run: collector label export"
        yield Problem("posts have no titles that a pattern could find", line=line, fix=fix)
    for pattern in filter(None, patterns):
        if (wrong := flaw(pattern)) is not None:
            yield Problem(wrong[0], line=line, fix=wrong[1])


def read_labels(path: Path, platform: Platform = DEFAULT_PLATFORM) -> dict[str, str]:
    """Item id → label, of a file that names ids. Raises BadFile as :func:`read_label_file` does."""
    return read_label_file(path, platform).labels


def lines_of(path: Path, platform: Platform = DEFAULT_PLATFORM) -> dict[str, int]:
    """Item id → the first line that names it, of a file that can be read."""
    found: dict[str, int] = {}
    for line, item, _, _, problem in _rows(path, spec_of(platform).id_in):
        if problem is None and item:
            found.setdefault(item, line)
    return found


def id_of(written: str, platform: Platform = DEFAULT_PLATFORM) -> str | None:
    """The id that a cell means, written as such or as an address; ``None``: it is none."""
    return spec_of(platform).id_in(written)


def no_id_fix(written: str) -> str:
    """What to write in place of a cell that is not an id."""
    return _fix_of(written)


_Row = tuple[int, str, tuple[str, str], str, Problem | None]
_NO_PATTERNS = ("", "")


@dataclass(frozen=True, slots=True)
class _Shape:
    """How many cells a row has, and where in it stands what; ``None``: nowhere."""

    cells: int
    id_at: int | None
    label_at: int
    patterns_at: tuple[int | None, int | None]
    score: bool


def _rows(path: Path, id_of: Callable[[str], str | None]) -> Iterator[_Row]:
    """(line, item, patterns of title and channel, label, what is wrong)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            head = [cell.strip() for cell in next(rows, [])]
            shape = _columns(path, head)
            for row in rows:
                if any(cell.strip() for cell in row):
                    yield _row(row, rows.line_num, shape, id_of)
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror}", fix="check the path")
        raise BadFile(str(path), [problem]) from error
    except (UnicodeDecodeError, csv.Error) as error:
        problem = Problem(f"cannot be read as CSV: {error}", fix="save it as CSV in UTF-8")
        raise BadFile(str(path), [problem]) from error


def _columns(path: Path, head: list[str]) -> _Shape:
    """Where ids, labels and patterns stand."""

    def refused(message: str, fix: str) -> BadFile:
        return BadFile(str(path), [Problem(message, line=1, fix=fix)])

    if len(head) == 1 and (mark := next((m for m in ";\t|" if m in head[0]), None)):
        name = {";": "semicolons", "\t": "tabs", "|": "bars"}[mark]
        raise refused(f"its columns are parted by {name}", "save it with commas between them")
    ids = [name for name in ID_COLUMNS if name in head]
    labels = [name for name in LABEL_COLUMNS if name in head]
    patterns = [name for name in PATTERN_COLUMNS if name in head]
    if not (ids or patterns) or not labels:
        raise refused(f"the columns are {', '.join(filter(None, head)) or 'missing'}", _BEGIN)
    for names in (ids, labels, *([name] for name in patterns)):
        if len(names) > 1 or (names and head.count(names[0]) > 1):
            also = " and ".join(names) if len(names) > 1 else f"{names[0]} twice"
            raise refused(f"there are the columns {also}", "keep one of them")
    title, channel = (head.index(n) if n in head else None for n in PATTERN_COLUMNS)
    return _Shape(
        len(head),
        head.index(ids[0]) if ids else None,
        head.index(labels[0]),
        (title, channel),
        labels[0] == "score",
    )


def _row(row: list[str], line: int, shape: _Shape, id_of: Callable[[str], str | None]) -> _Row:
    def wrong(message: str, fix: str) -> _Row:
        return line, "", _NO_PATTERNS, "", Problem(message, line=line, fix=fix)

    if len(row) != shape.cells:
        fix = "write as many cells as the first line, and put a label with a comma in quotes"
        return wrong(f"{len(row)} cells, not {shape.cells}", fix)
    written, label, *patterns = (
        composed(_plain(row[at].strip())) if at is not None else ""
        for at in (shape.id_at, shape.label_at, *shape.patterns_at)
    )
    if not label or not (written or any(patterns)):
        what = "id, pattern" if shape.patterns_at != (None, None) else "id"
        one = "one id or pattern" if what != "id" else "one id"
        fix = f"write {one} and one label a row, or remove the row"
        return wrong(f"a row without {what} or label", fix)
    if written and any(patterns):
        fix = "keep the id, or write the pattern into a row of its own"
        return wrong("a row with an id and with a pattern", fix)
    if problem := _bad_label(label, shape.score):
        return wrong(problem, "write another label")
    if not written:
        return line, "", (patterns[0], patterns[1]), label, None
    item = id_of(written)
    if item is None:
        return wrong(f"{written!r} is not an id", _fix_of(written))
    return line, item, _NO_PATTERNS, label, None


def _plain(text: str) -> str:
    """Without the apostrophe that an export of ours writes before a formula's first letter."""
    return text[1:] if _MADE_TEXT.match(text) else text


def _bad_label(label: str, score: bool) -> str | None:
    if len(label) > _LONGEST or not is_plain(label):
        return f"{label[:20]!r}… is not a label: more than {_LONGEST} characters, or a control one"
    if score:
        try:
            number = float(label)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            return f"{label!r} is not a score: a number is needed"
    return None


def _fix_of(written: str) -> str:
    if _NUMBER.fullmatch(written):
        return "a spreadsheet made a number of it; format the column as text, and paste the id"
    return "write the id as the site has it, or the address of the item"
