"""The table in a Guardoni CSV: header, rows, and what is wrong with them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

from collector.problems import BadFile, Problem, did_you_mean

#: Columns of a comparison file; any other was dropped by Guardoni.
COMPARISON = (
    "url",
    "urltag",
    "title",
    "loadFor",
    "watchFor",
    "type",
    "incrementScrollByPX",
    "totalScroll",
    "interval",
    "onCompleted",
)
CHIAROSCURO = ("videoURL", "title")


@dataclass
class Row:
    """One row: ``number`` as a spreadsheet counts (the header is 1), ``line`` in the file."""

    number: int
    line: int
    cells: dict[str, str]


@dataclass
class Reading:
    """What is built while the rows are read."""

    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def warn(self, row: Row | None, column: str, message: str) -> None:
        """Note a warning about a column, of one row or (``None``) of the whole table."""
        place = f"row {row.number}, " if row else ""
        self.warnings.append(f"{place}{column}: {message}")


def read_table(text: str, place: str, reading: Reading) -> tuple[list[str], list[Row]]:
    """The header and the rows of a CSV; what Guardoni would read otherwise is warned of.

    :param place: the file, for messages.
    :raises BadFile: it is no table.
    """
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    if delimiter != ",":
        name = {";": "semicolons", "\t": "tabs"}[delimiter]
        reading.warn(None, "separator", f"columns are parted by {name}; Guardoni reads only commas")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for record in reader:
            if record:
                records.append((line, record))
            line = reader.line_num + 1
    except csv.Error as error:
        problem = Problem(f"not CSV: {error}", line=reader.line_num, fix="check the quotes there")
        raise BadFile(place, [problem]) from error
    if not records:
        raise BadFile(place, [Problem("is empty", fix="write a header and at least one row")])
    (_, names), *body = records
    header = [name.strip() for name in names]
    known = CHIAROSCURO if "videoURL" in header else COMPARISON
    problems = []
    if "url" not in header and "videoURL" not in header:
        problems.append(
            Problem(
                "neither a comparison (no column url) nor a chiaroscuro (no column videoURL)",
                line=1,
                fix=f"columns of a comparison: {', '.join(COMPARISON)}",
            )
        )
    if "videoURL" in header and "title" not in header:
        problems.append(Problem("no column title", line=1, fix="add the videos' titles"))
    for name in sorted({name for name in header if header.count(name) > 1}):
        problems.append(Problem(f"two columns are called {name!r}", line=1, fix="keep one"))
    if not body:
        problems.append(Problem("has no rows", fix="write a row for each page to open"))
    rows = []
    for number, (line, record) in enumerate(body, 2):
        if len(record) != len(header):
            message = f"has {len(record)} cells, the header {len(header)}"
            problems.append(
                Problem(message, f"row {number}", line, "quote cells that hold the separator")
            )
        rows.append(Row(number, line, dict(zip(header, record, strict=False))))
    if problems:
        raise BadFile(place, problems)
    for name in header:
        if name not in known:
            hint = did_you_mean(name, known)
            near = f" ({hint})" if hint.startswith("did") else ""
            reading.warn(None, f"column {name!r}", f"is not honoured: unknown to Guardoni{near}")
    return header, rows
