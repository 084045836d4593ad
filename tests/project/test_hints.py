"""What a fix says to install is there, and pip does what the fix promises."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest
from places import ROOT

from collector.environment import with_extra

EXTRAS = set(
    tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
)
SOURCES = [
    path for top in ("collector", "mockserver") for path in sorted((ROOT / top).rglob("*.py"))
]


def test_every_extra_that_a_fix_names_is_one() -> None:
    """By the one function that words it, so that all of them are true of a checkout too."""
    named = {
        (path.name, name)
        for path in SOURCES
        for name in re.findall(r"""with_extra\(["'](\w+)["']\)""", path.read_text("utf-8"))
    }
    assert {name for _, name in named} >= {"frames", "coding", "fleet"}
    assert {name for _, name in named} <= EXTRAS
    others = [path.name for path in SOURCES if "pip install 'twinwatch[" in path.read_text("utf-8")]
    assert sorted(others) == ["environment.py"]
    assert "'.[frames]' in its source" in with_extra("frames")


def test_pip_keeps_the_installed_program_and_asks_no_index_for_it() -> None:
    """As it is from a checkout: twinwatch is on no index that pip is told of here."""
    extra = "frames"
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--dry-run"]
    told = with_extra(extra).split("'")[1]
    done = subprocess.run([*command, told], capture_output=True, text=True, check=False)
    if "No module named pip" in done.stderr:
        pytest.skip("no pip in this environment")
    assert f"Requirement already satisfied: twinwatch[{extra}]" in done.stdout
    assert not re.search(r"No matching distribution found for twinwatch\b", done.stderr)
