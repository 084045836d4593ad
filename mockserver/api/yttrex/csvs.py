"""CSV answers: RFC 4180 by default, the historical dialect under ``compat``.

Cells that a spreadsheet would run as a formula are made text with a leading apostrophe; the
historical dialect leaves them as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response

from collector.cells import safe_cell
from collector.common.identity import iso_z
from mockserver.api.trex.envelope import compat, text

#: A moment needs no quotes, and the original writes none.
_MOMENT = re.compile(r"[\d:T.+Z-]{10,40}", re.ASCII)


def rfc4180(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """CRLF line ends, text and truth values in quotes, quotes doubled; always with a header."""
    lines = [",".join(_quoted(name) for name in columns)]
    lines += [",".join(_cell(name, row.get(name)) for name in columns) for row in rows]
    return "".join(f"{line}\r\n" for line in lines)


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return '"true"' if value else '"false"'
    if name.endswith("Time") and isinstance(value, str) and _MOMENT.fullmatch(value):
        return value
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, datetime):
        return iso_z(value)
    if isinstance(value, (list, tuple)):
        value = ",".join(str(item) for item in value)
    return _quoted(safe_cell(str(value)))


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def historical(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """The dialect of the original server: LF, ``"`` as ``〃``, ``'`` as ``’``, times unquoted."""
    lines = [",".join(f'"{name}"' for name in columns)]
    lines += [",".join(_old_cell(name, row.get(name)) for name in columns) for row in rows]
    return "".join(f"{line}\n" for line in lines)


def _old_cell(name: str, value: Any) -> str:
    if name.endswith("Time"):
        return iso_z(value) if isinstance(value, datetime) else str(value or "null")
    if isinstance(value, bool):
        return f'"{str(value).lower()}"'
    if isinstance(value, int):
        return str(value)
    if value is None:
        return '""'
    if isinstance(value, (list, tuple)):
        value = ",".join(str(item) for item in value)
    return '"' + str(value).replace('"', "〃").replace("'", "’") + '"'


def csv_answer(
    columns: Sequence[str], rows: Sequence[Mapping[str, Any]], filename: str, *, nothing: str
) -> Response:
    """A CSV download; ``nothing`` is what the original server said when there were no rows."""
    if compat():
        if not rows:
            return text(nothing)
        response = Response(historical(columns, rows), content_type="csv/text; charset=utf-8")
        response.headers["Content-Disposition"] = f"attachment; filename={filename}"
        return response
    response = Response(rfc4180(columns, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
