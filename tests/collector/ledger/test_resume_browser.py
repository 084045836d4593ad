"""With Chromium: a run whose supervisor was killed has the report of an undisturbed one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from kill_tools import collector_command

from collector.cli import main
from collector.store import Store

pytestmark = pytest.mark.browser

SCENARIO = """
name: bubble
seed: 9
persona: marie-us
analysis: {exposure: [conspiracy], surfaces: [home], control: calm}
before: [{visit: {url: home, capture: false}}, {consent: reject}]
arms:
  bubble: {steps: [{search: flat earth}, {follow: {topic: conspiracy}}, {watch: 20s}]}
  calm: {steps: [{search: pasta}, {follow: {topic: cooking}}, {watch: 20s}]}
after: [{visit: home}]
"""
#: What is another in every run: names, times, and how nearly puppets started together.
NAMED = ("run", "outbox", "skew_ms", "spacing", "command", "environment", "versions")


def cli(*args: str) -> str:
    done = CliRunner().invoke(main, list(args))
    assert done.exit_code == 0, done.output
    return done.stdout


def report(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cli("report", str(out), "--json"))
    del found["certificate"]["run"]
    return {name: value for name, value in found.items() if name not in NAMED}


@pytest.mark.slow  # without a browser: test_kill_matrix.py
def test_killed_and_resumed_it_gives_the_same_report(tmp_path: Path) -> None:
    scenario = tmp_path / "bubble.yaml"
    scenario.write_text(SCENARIO)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    args = ["run", str(scenario), "--speed", "max", "--workers", "2", "--out"]
    cli(*args, str(whole))

    process = subprocess.Popen(
        collector_command(*args, str(killed)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if "calm-1: step 4/6" in line:
                break
        else:
            raise AssertionError(said)
    finally:
        process.kill()
        process.communicate()
    with Store(killed / "store.db", readonly=True) as store:
        assert [row["state"] for row in store.runs()] == ["running"]
    cli("run", "--resume", str(killed))
    assert report(killed) == report(whole)
