"""An outcome of somebody else, installed beside this package, is one like those that ship."""

from __future__ import annotations

import json
from pathlib import Path

from places import TESTS
from toys import collector_beside

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


def test_it_is_declared_run_and_judged(tmp_path: Path) -> None:
    """By its name, with its own unit; without the package the scenario is refused by name."""
    path, run = tmp_path / "mine.yaml", tmp_path / "run"
    path.write_text(SCENARIO, "utf-8")
    refused = collector_beside(None, "plan", path)
    assert refused.returncode == 2
    assert "shouted-titles" in refused.stderr
    told = ("run", path, "--driver", "http", "--submit-to", "none", "--out", run)
    done = collector_beside(TOY, *told)
    assert done.returncode == 0, done.stderr
    reported = collector_beside(TOY, "report", run, "--json")
    assert reported.returncode == 0, reported.stderr
    (verdict,) = json.loads(reported.stdout)["verdicts"]
    assert (verdict["outcome"], verdict["surface"]) == ("shouted titles", "home")
    # No title of the mock is shouted, so that no puppet differs from another.
    assert verdict["estimate"] == 0.0


def test_the_page_shows_the_very_file() -> None:
    """From its first import to its end, docstrings and the future import left out."""
    source = (TOY / "toymeasure.py").read_text("utf-8")
    assert source[source.index("from collector") :] in PAGE.read_text("utf-8")
