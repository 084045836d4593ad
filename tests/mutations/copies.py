"""Private copies of the tree, in which a change can be tried without touching anything."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: What the tests read. Everything else of a working tree stays where it is.
PARTS = (
    "collector", "mockserver", "tests", "scenarios", "profiles", "docs", "examples",
    "README.md", "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml", "requirements.lock",
)  # fmt: skip

_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".pytest_cache", ".hypothesis")


@contextmanager
def private_copy(name: str) -> Iterator[Path]:
    """A copy of the tree in a temporary folder, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=f"mutate-{name}-") as folder:
        copy = Path(folder) / "tree"
        copy.mkdir()
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, copy / part, ignore=_LEFT_OUT)
            elif source.exists():
                shutil.copy2(source, copy / part)
        yield copy


def environment(copy: Path) -> dict[str, str]:
    """The environment in which Python imports the copy, not the tree it was made of."""
    return {
        **os.environ,
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DEBUG_TEMPROOT": str(copy.parent),  # what its tests leave goes with it
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
