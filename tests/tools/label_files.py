"""Files of labels, and scenarios that name them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from collector.cli import main

SEED = 7
ARMS: dict[str, Any] = {
    "a": {"twins": 2, "steps": [{"visit": "home"}]},
    "b": {"twins": 2, "steps": [{"search": "x"}]},
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def table(tmp_path: Path, *rows: str, head: str = "video_id,label") -> Path:
    path = tmp_path / "labels.csv"
    path.write_text("".join(f"{line}\n" for line in (head, *rows)), "utf-8")
    return path


def scenario(tmp_path: Path, **more: Any) -> Path:
    """A scenario beside the labels, a key a line."""
    data = {
        "name": "t",
        "seed": SEED,
        "labels": "labels.csv",
        "before": [{"visit": "home"}, {"consent": "reject"}],
        "arms": ARMS,
        "after": [{"visit": "home"}],
        **more,
    }
    path = tmp_path / "own.yaml"
    path.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in data.items()))
    return path
