"""An outcome of somebody else, installed beside this package, is one like those that ship."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from places import TESTS

TOY = TESTS / "toy_outcome"
PAGE = TESTS.parent / "docs" / "howto" / "own-outcome.md"
SCENARIO = """\
name: shouted
seed: 7
labels: mock
analysis: {outcomes: [shouted-titles], surfaces: [home], control: neutral}
before: [{visit: home}, {consent: reject}]
arms:
  treated: {twins: 2, steps: [{search: flat earth}]}
  neutral: {twins: 2, steps: [{search: live concert}]}
after: [{visit: home}]
"""


def collector(folder: Path, *arguments: str, toy: bool = True) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, [str(TOY) if toy else "", os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, "-m", "collector.start", *arguments],
        env={**os.environ, "PYTHONPATH": path},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_declared_run_and_judged(tmp_path: Path) -> None:
    """By its name, with its own unit; without the package the scenario is refused by name."""
    (tmp_path / "mine.yaml").write_text(SCENARIO, "utf-8")
    refused = collector(tmp_path, "plan", "mine.yaml", toy=False)
    assert refused.returncode == 2
    assert "shouted-titles" in refused.stderr
    run = ("run", "mine.yaml", "--driver", "http", "--submit-to", "none", "--out", "run")
    done = collector(tmp_path, *run)
    assert done.returncode in (0, 1), done.stderr
    told = collector(tmp_path, "report", "run", "--json")
    assert told.returncode == 0, told.stderr
    (verdict,) = json.loads(told.stdout)["verdicts"]
    assert verdict["outcome"].startswith("shouted")
    assert verdict["verdict"] in ("effect", "no effect larger than X", "undecided", "withheld")


def test_the_page_shows_the_very_file() -> None:
    """From its first import to its end, docstrings and the future import left out."""
    source = (TOY / "toymeasure.py").read_text("utf-8")
    assert source[source.index("from collector") :] in PAGE.read_text("utf-8")
