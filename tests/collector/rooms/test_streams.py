"""Standard output that cannot be written is named, in both programs, whatever is asked of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")
CALLS = [
    ("collector", "--version"),
    ("collector", "--help"),
    ("collector", "plan", "--help"),
    ("collector", "plan", "quick", "--json"),
    ("collector", "scenarios"),
    ("mockserver", "--help"),
]


def started(*words: str, stdout: object, unbuffered: bool = False) -> subprocess.CompletedProcess:  # type: ignore[type-arg]
    return subprocess.run(
        [sys.executable, "-m", f"{words[0]}.start", *words[1:]],
        stdout=stdout,  # type: ignore[call-overload]
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1" if unbuffered else ""},
    )


@pytest.mark.sweep(2)
@pytest.mark.skipif(not FULL.exists(), reason="this system has no file that is always full")
@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_a_full_standard_output_is_named(words: tuple[str, ...], unbuffered: bool) -> None:
    with FULL.open("w") as full:
        done = started(*words, stdout=full, unbuffered=unbuffered)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "error: standard output: cannot be written (No space left on device)",
        "  fix: send it to a place that has room and may be written",
    ]


def test_what_is_written_is_whole_and_in_its_order(tmp_path: Path) -> None:
    """The same bytes in a file and through a pipe."""
    with (tmp_path / "out").open("w") as file:
        assert started("collector", "plan", "quick", "--json", stdout=file).returncode == 0
    piped = started("collector", "plan", "quick", "--json", stdout=subprocess.PIPE)
    assert (tmp_path / "out").read_text() == piped.stdout
    assert json.loads(piped.stdout)["scenario_name"] == "quick"
