"""The documented CSV: fifteen columns, every field in quotes.

RFC 4180 by default (quotes doubled, CRLF, formulas made text); the historical dialect under
``compat``, but with the real texts in ``texts``, which the original left empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response

from collector.cells import safe_cell
from mockserver.api.trex.envelope import compat

COLUMNS = (
    "nature", "publicationTime", "postId", "permaLink", "fblinktype", "source", "sourceLink",
    "displaySource", "textsize", "texts", "impressionTime", "impressionOrder", "user", "timeline",
    "semanticId",
)  # fmt: skip
#: Between the texts of one post.
BETWEEN = " ‖▩‖ "


def csv_text(docs: Iterable[Mapping[str, Any]], *, historical: bool) -> str:
    """Header and one line a post."""
    cell, end = (_old, "\n") if historical else (_cell, "\r\n")
    lines = [",".join(f'"{name}"' for name in COLUMNS)]
    lines += [",".join(cell(name, doc.get(name)) for name in COLUMNS) for doc in docs]
    return "".join(f"{line}{end}" for line in lines)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return BETWEEN.join(str(v) for v in value) if isinstance(value, list) else str(value)


def _cell(name: str, value: Any) -> str:
    safe: str = safe_cell(_text(value))
    return '"' + safe.replace('"', '""') + '"'


def _old(name: str, value: Any) -> str:
    return '"' + _text(value).replace('"', "〃").replace("'", "’") + '"'


def csv_answer(docs: Iterable[Mapping[str, Any]], filename: str) -> Response:
    """A CSV download."""
    old = compat()
    kind = "csv/text" if old else "text/csv"
    response = Response(csv_text(docs, historical=old), content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def csv_error(message: str, status: int) -> Response:
    """The original's answer to a wrong token: a text that says so, as a download."""
    kind = "csv/text" if compat() else "text/plain"
    response = Response(message, 200 if compat() else status, content_type=f"{kind}; charset=utf-8")
    if compat():
        response.headers["Content-Disposition"] = "attachment; filename=error.csv"
    return response
