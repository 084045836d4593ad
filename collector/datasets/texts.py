"""Rows as CSV; what stands in many rows is made text once.

A million impressions are a few thousand items, and a page has twenty rows: stretches of columns
that repeat together are remembered with their text. Each line is the one that ``csv`` writes of
the whole row, to the byte.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson

from collector.cells import safe_cell
from collector.datasets.records import COLUMNS, Values
from collector.export.rows import columns, holds_json

#: Table → stretches of columns that repeat together, first and last of each. The columns between
#: them are numbers, or JSON that seldom repeats.
_REPEATED: dict[str, tuple[tuple[str, str], ...]] = {
    "impressions": (("capture", "surface"), ("kind", "renderer"), ("extra", "extra")),
    "truth_impressions": (("time", "context"), ("kind", "title"), ("lang", "extra")),
}
#: So many texts are remembered of a stretch; memory stays what it is.
_MOST = 10_000

#: Rows → the text of one stretch in each.
_Texts = Callable[[Sequence[Values]], list[bytes]]


def csv_lines(table: str) -> Callable[[Sequence[Values]], bytes]:
    """Rows → RFC 4180, with the rule of ``collector export`` for cells that a spreadsheet runs."""
    if table not in _REPEATED:
        return lambda rows: csv_of(map(safe_cell, row) for row in rows)
    stretches = _stretches(table)

    def lines(rows: Sequence[Values]) -> bytes:
        if not rows:
            return b""
        texts = zip(*(of(rows) for of in stretches), strict=True)
        return b"\r\n".join(map(b",".join, texts)) + b"\r\n"

    return lines


def json_text(value: Mapping[str, Any]) -> str:
    """A JSON column's text: keys in order, so that equal values are equal bytes.

    >>> json_text({"b": 1, "a": None})
    '{"a":null,"b":1}'
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def csv_of(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows of safe cells as RFC 4180."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8")


def _stretches(table: str) -> list[_Texts]:
    """How each stretch of a table's columns is made text, in order.

    :raises ValueError: a column that is neither in a stretch nor a number or JSON
    """
    names, begun = COLUMNS[table], 0
    found: list[_Texts] = []
    for first, last in (*_REPEATED[table], ("", "")):
        start = names.index(first) if first else len(names)
        for place in range(begun, start):
            if holds_json(table, names[place]):
                found.append(_quoted(place))
            elif columns(table)[names[place]] != "TEXT":
                found.append(_numbers(place))
            else:
                raise ValueError(f"{table}.{names[place]} has to be in a stretch")
        if last:
            begun = names.index(last) + 1
            found.append(_Known(start, begun))
    return found


class _Known(dict[Values, bytes]):
    """A stretch that repeats: its values → their text."""

    def __init__(self, start: int, end: int) -> None:
        super().__init__()
        self._start, self._end = start, end

    def __missing__(self, values: Values) -> bytes:
        # A cell in front, since a line of one empty cell would be quoted.
        self[values] = text = csv_of([(0, *map(safe_cell, values))])[2:-2]
        return text

    def __call__(self, rows: Sequence[Values]) -> list[bytes]:
        if len(self) > _MOST:
            self.clear()
        start, end = self._start, self._end
        return list(map(self.__getitem__, [row[start:end] for row in rows]))


def _numbers(place: int) -> _Texts:
    """Numbers, or nothing."""
    return lambda rows: [b"" if row[place] is None else b"%a" % row[place] for row in rows]


def _quoted(place: int) -> _Texts:
    """JSON, or nothing: it begins with a bracket, so no spreadsheet runs it."""

    def quoted(text: str | None) -> bytes:
        if text and ('"' in text or "," in text):
            text = '"' + text.replace('"', '""') + '"'
        return (text or "").encode()

    return lambda rows: [quoted(row[place]) for row in rows]
