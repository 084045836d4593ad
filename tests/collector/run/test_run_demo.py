"""``collector demo``: one command from nothing to a report, and again into the same directory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from places import ROOT

from collector.cli import main
from collector.scenario.loader import parse_scenario

pytestmark = pytest.mark.browser

CALL = "from collector.cli import main; main()"
LIMIT_S = 240
"""Processor seconds: two minutes on two cores, however busy they are with other things."""
HANG_S = 1200


def _children_s() -> float:
    """Processor seconds of this process's children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.slow
def test_the_demo_ends_with_the_path_of_its_report(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    before = _children_s()
    done = subprocess.run(
        [sys.executable, "-c", CALL, "demo", "--out", str(out)],
        capture_output=True,
        text=True,
        timeout=HANG_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert _children_s() - before < LIMIT_S
    report = Path(done.stdout.splitlines()[-1])
    assert report == out / "report.html"
    assert report.read_text("utf-8").lstrip().lower().startswith("<!doctype html>")
    assert "missing:   0 of" in done.stdout
    assert "0 left, 0 refused" in done.stdout
    assert "Traceback" not in done.stderr
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["purpose"] == "demo"
    assert {row["sessions_done"] for row in manifest["attrition"].values()} == {5}

    # Again into the same directory, into something that stops it at once: the old demo is gone
    # only when a new one can be made.
    refused = subprocess.run(
        [sys.executable, "-c", CALL, "demo", "--out", str(out), "--speed", "slow"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert report.exists()


@pytest.mark.slow
def test_a_demo_of_two_puppets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with one twin an arm that watches two videos, in this process: report last, nothing
    missing, all sent."""
    told = yaml.safe_load((ROOT / "scenarios" / "quick.yaml").read_text("utf-8"))
    for arm in told["arms"].values():
        arm["twins"] = 1
        arm["steps"][-1]["repeat"]["times"] = 1
    monkeypatch.setattr("collector.cli.demo.load_scenario", lambda name: parse_scenario(told))
    out = tmp_path / "demo"
    done = CliRunner().invoke(main, ["demo", "--out", str(out)])
    # Exit code 1 of a run means that cells are missing.
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1] == str(out / "report.html")
    assert "missing:   0 of 26" in done.stdout
    assert "0 left, 0 refused" in done.stdout
    assert (out / "report.html").read_text("utf-8").lower().startswith("<!doctype html>")
    assert json.loads((out / "manifest.json").read_text())["purpose"] == "demo"
    again = CliRunner().invoke(main, ["demo", "--out", str(out), "--speed", "slow"])
    assert again.exit_code == 2
    assert (out / "report.html").exists(), "the old one goes when a new one can be made"
