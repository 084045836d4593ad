"""What was submitted to the mock, in SQLite."""

from __future__ import annotations

from pathlib import Path


class Submissions:
    """The mock's own database; ``path`` None keeps it in a temporary file."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
