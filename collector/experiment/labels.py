"""What videos are about, given by a file: a CSV with the columns ``video_id`` and ``label``."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from collector.errors import UserError
from collector.scenario.loader import Loaded
from collector.scenario.steps import Repeat, Step

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


def check_topics(loaded: Loaded, *, mock_labels: bool) -> None:
    """A step that follows a topic needs labels: the mock's or a file's. Raises UserError."""
    if loaded.labels_path is not None or mock_labels:
        return
    parts = {"before": loaded.scenario.before, "after": loaded.scenario.after}
    parts |= {f"arms.{name}.steps": arm.steps for name, arm in loaded.scenario.arms.items()}
    for prefix, steps in parts.items():
        for where, step in _flat(steps, prefix):
            if getattr(step, "topic", None):
                raise UserError(
                    "follows a topic, but the scenario names no labels for this site",
                    place=f"{where}.{step.kind}.topic",
                    fix="add labels: FILE.csv (columns video_id,label) to the scenario",
                )


def _flat(steps: Sequence[Step], prefix: str) -> Iterator[tuple[str, Step]]:
    for number, step in enumerate(steps):
        if isinstance(step, Repeat):
            yield from _flat(step.steps, f"{prefix}.{number}.repeat.steps")
        else:
            yield f"{prefix}.{number}", step
