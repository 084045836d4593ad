"""Old import paths of public names work for two releases, and say where the names are now."""

from __future__ import annotations

import importlib
import subprocess
import sys
from types import ModuleType

import pytest

MOVED = {
    "collector.model": "collector.common.model",
    "collector.errors": "collector.common.errors",
    "collector.identity": "collector.common.identity",
    "collector.dataset": "collector.datasets",
}
#: Names that people import, written out: a re-export that loses one is noticed.
NAMES = {
    "collector.model": {"Capture", "Observation", "Impression", "Platform", "PageStatus"},
    "collector.errors": {"UserError"},
    "collector.identity": {"KeyPair", "content_id", "js_json"},
    "collector.dataset": {"build", "check", "Shape"},
}


def imported(name: str) -> ModuleType:
    """A module as if it was imported for the first time."""
    sys.modules.pop(name, None)
    return importlib.import_module(name)


@pytest.mark.parametrize("old", sorted(MOVED))
def test_an_old_name_works_and_says_the_new_one(old: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"moved to {MOVED[old]}$"):
        shim = imported(old)
    new = importlib.import_module(MOVED[old])
    for name in NAMES[old]:
        assert getattr(shim, name) is getattr(new, name)


def test_the_warning_is_of_the_line_that_uses_the_old_name() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "error::DeprecationWarning:__main__",
            "-c",
            "import collector.model",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "DeprecationWarning: collector.model has moved" in done.stderr


def test_nothing_of_ours_uses_an_old_name() -> None:
    """The command line and the mock are loaded without a word."""
    everything = "import collector.cli.run, collector.testing, collector.datasets, mockserver.app"
    subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning", "-c", everything], check=True
    )
