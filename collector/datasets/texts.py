"""Rows as CSV and as JSON; what stands in many rows is made text once.

A million impressions are a few thousand items, and a page has twenty rows: stretches of columns
that repeat together are remembered with their text. Each line is the one that ``csv`` or ``orjson``
writes of the whole row, to the byte.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from collector.cells import safe_cell
from collector.datasets.records import COLUMNS, Values
from collector.export.rows import columns, holds_json
from collector.store.rows import packed

#: Table → stretches of columns that repeat together, first and last of each. The columns between
#: them are numbers, or JSON that seldom repeats.
_REPEATED: dict[str, tuple[tuple[str, str], ...]] = {
    "impressions": (("capture", "surface"), ("kind", "renderer")),
    "truth_impressions": (("time", "context"), ("kind", "title"), ("lang", "extra")),
    "feed": (
        ("timeline", "timeline"), ("time", "visibility"), ("content_hash", "published"),
        ("post", "post"),
    ),
}  # fmt: skip
_NESTED = {
    table: [name for name in names if holds_json(table, name)] for table, names in COLUMNS.items()
}
#: So many texts are remembered of a stretch; memory stays what it is.
_MOST = 10_000

#: Rows → the text of one stretch in each.
_Texts = Callable[[Sequence[Values]], list[bytes]]


@dataclass(frozen=True, slots=True)
class _Form:
    """How a table's columns are made text."""

    repeated: Callable[[str, int, Values], bytes]
    """Table, first column, values from it on → their text."""
    number: Callable[[str], Callable[[int | float | None], bytes]]
    """Column → what makes text of its values."""
    nested: Callable[[str], Callable[[str | None], bytes]]
    """The same of a column of JSON."""


def csv_lines(table: str) -> Callable[[Sequence[Values]], bytes]:
    """Rows → RFC 4180, with the rule of ``collector export`` for cells that a spreadsheet runs."""
    if table not in _REPEATED:
        return lambda rows: csv_of(map(safe_cell, row) for row in rows)
    return _lines(_stretches(table, _CELLS), b"", b"\r\n")


def json_lines(table: str) -> Callable[[Sequence[Values]], bytes]:
    """Rows → one object a line, by column; what a JSON column holds is nested."""
    if table not in _REPEATED:
        return lambda rows: b"".join([_object(table, 0, row) + b"\n" for row in rows])
    return _lines(_stretches(table, _MEMBERS), b"{", b"}\n")


def _lines(stretches: Sequence[_Texts], begin: bytes, end: bytes) -> (
    Callable[[Sequence[Values]], bytes]
):  # fmt: skip
    """What makes lines of rows whose stretches have commas between them."""

    def lines(rows: Sequence[Values]) -> bytes:
        if not rows:
            return b""
        texts = zip(*(of(rows) for of in stretches), strict=True)
        return begin + (end + begin).join(map(b",".join, texts)) + end

    return lines


def json_text(value: Mapping[str, Any]) -> str:
    """A JSON column's text: keys in order, so that equal values are equal bytes.

    >>> json_text({"b": 1, "a": None})
    '{"a":null,"b":1}'
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def template_of(fixed: Mapping[str, Any], free: Sequence[str]) -> str:
    """The text that a JSON column has of ``fixed`` with some values more, for the operator ``%``,
    which takes the JSON of those values by name.

    >>> template_of({"a": "50%", "c": None}, ["b"]) % {"b": 1}
    '{"a": "50%", "b": 1, "c": null}'
    """
    told = {name: packed(value).replace("%", "%%") for name, value in fixed.items()}
    told |= {name: f"%({name})s" for name in free}
    names = (f"{packed(name).replace('%', '%%')}: {told[name]}" for name in sorted(told))
    return "{" + ", ".join(names) + "}"


def csv_of(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows of safe cells as RFC 4180."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8")


def _cells(table: str, start: int, values: Values) -> bytes:
    # A cell in front, since a line of one empty cell would be quoted.
    return csv_of([(0, *map(safe_cell, values))])[2:-2]


def _number(value: float | None) -> bytes:
    return b"" if value is None else b"%a" % value


def _quoted(text: str | None) -> bytes:
    """JSON begins with a bracket, so no spreadsheet runs it."""
    if text and ('"' in text or "," in text):
        text = '"' + text.replace('"', '""') + '"'
    return (text or "").encode()


def _object(table: str, start: int, values: Values) -> bytes:
    """A row's values from a column on, as an object."""
    found = dict(zip(COLUMNS[table][start:], values, strict=False))
    for name in _NESTED[table]:
        if (text := found.get(name)) is not None:
            found[name] = orjson.Fragment(text)
    return orjson.dumps(found)


def _named(column: str) -> Callable[[int | float | None], bytes]:
    name = b'"%s":' % column.encode()
    return lambda value: name + orjson.dumps(value)


def _held(column: str) -> Callable[[str | None], bytes]:
    name = b'"%s":' % column.encode()
    return lambda text: name + (b"null" if text is None else text.encode())


_CELLS = _Form(_cells, lambda column: _number, lambda column: _quoted)
_MEMBERS = _Form(
    lambda table, start, values: _object(table, start, values)[1:-1], _named, _held
)  # fmt: skip


def _stretches(table: str, form: _Form) -> list[_Texts]:
    """How each stretch of a table's columns is made text, in order.

    :raises ValueError: a column that is neither in a stretch nor a number or JSON
    """
    names, begun = COLUMNS[table], 0
    found: list[_Texts] = []
    for first, last in (*_REPEATED[table], ("", "")):
        start = names.index(first) if first else len(names)
        for place in range(begun, start):
            if holds_json(table, names[place]):
                found.append(_each(place, form.nested(names[place])))
            elif columns(table)[names[place]] != "TEXT":
                found.append(_each(place, form.number(names[place])))
            else:
                raise ValueError(f"{table}.{names[place]} has to be in a stretch")
        if last:
            begun = names.index(last) + 1
            found.append(_Known(start, begun, partial(form.repeated, table, start)))
    return found


class _Known(dict[Values, bytes]):
    """A stretch that repeats: its values → their text."""

    def __init__(self, start: int, end: int, text: Callable[[Values], bytes]) -> None:
        super().__init__()
        self._start, self._end, self._text = start, end, text

    def __missing__(self, values: Values) -> bytes:
        self[values] = text = self._text(values)
        return text

    def __call__(self, rows: Sequence[Values]) -> list[bytes]:
        if len(self) > _MOST:
            self.clear()
        start, end = self._start, self._end
        return list(map(self.__getitem__, [row[start:end] for row in rows]))


def _each(place: int, text: Callable[[Any], bytes]) -> _Texts:
    """A column that seldom repeats."""
    return lambda rows: [text(row[place]) for row in rows]
