"""Which labels a scenario's own file of labels has, for the linter.

Protects the rule that a topic without a label is refused before the run: its share would read as
nought in every arm.
"""

from __future__ import annotations

import csv
from pathlib import Path


def labels_in(path: Path) -> set[str] | None:
    """The labels of a CSV ``video_id,label``; ``None`` where it cannot be read as one."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {
                label for row in csv.DictReader(file) if (label := (row["label"] or "").strip())
            }
    except (OSError, UnicodeDecodeError, csv.Error, KeyError):
        return None
