"""Topics given by a file: a CSV with the columns ``video_id`` and ``label``."""

from __future__ import annotations

import csv
from pathlib import Path

from collector.errors import UserError

_COLUMNS = ("video_id", "label")


def read_labels(path: Path) -> dict[str, str]:
    """Item id → label. Raises UserError with file and line."""
    found: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if rows.fieldnames is None or not set(_COLUMNS) <= set(rows.fieldnames):
                raise UserError(
                    f"the columns are {', '.join(rows.fieldnames or ()) or 'missing'}",
                    place=f"{path}:1",
                    fix="begin the file with the line video_id,label",
                )
            for row in rows:
                item, label = ((row[name] or "").strip() for name in _COLUMNS)
                if not item or not label:
                    raise UserError(
                        "a row without id or label",
                        place=f"{path}:{rows.line_num}",
                        fix="write one id and one label a row, or remove the row",
                    )
                found[item] = label
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(
            f"cannot be read as CSV: {error}", place=str(path), fix="save it as CSV in UTF-8"
        ) from error
    return found
