"""Validators of the formats of a pack."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# ---- validators of the formats


def tool(name: str) -> str:
    """A validator's command beside this interpreter; without it the test is left out."""
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        pytest.skip(f"the validator {name} is not installed (pip install twinwatch[dev])")
    return str(path)


def valid(command: list[str], *, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
