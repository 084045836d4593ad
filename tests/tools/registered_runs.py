"""A small registered run without a browser, made by the command line, and spoilt copies of it."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from collector.cli import main

SCENARIO = """\
name: registered
description: Does watching conspiracy videos change the home page?
seed: 7
persona: marie-us
registration:
  question: Does the history of an account change what its home page shows?
  risk: civic discourse (DSA, Article 34)
  authors: ["Doe, Jane", "An Institute"]
  blinded: true
analysis: {exposure: [conspiracy], surfaces: [home], control: neutral, smallest_effect: 5 points}
factors: {treatment: steps}
spacing: 2s
block: 2
before: [{visit: {url: home, capture: false}}, {consent: reject}]
arms:
  neutral:
    twins: 3
    steps: [{search: street food}, {follow: {rank: 1}}, {watch: 5s}, {search: pasta}]
  conspiracy:
    twins: 3
    steps: [{search: flat earth}, {follow: {rank: 1}}, {watch: 5s}, {search: hollow earth}]
after: [{visit: {url: home, label: home after}}]
"""


def call(*arguments: str | Path, code: int | None = 0) -> Result:
    """``collector`` with these arguments; its exit code must be ``code`` where one is named."""
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    if code is not None:
        assert result.exit_code == code, result.output + result.stderr
    return result


def make_run(folder: Path, scenario: str = SCENARIO) -> Path:
    """Register the scenario, run it under the registration, and return the run's folder."""
    file = folder / "scenario.yaml"
    file.write_text(scenario, "utf-8")
    call("prereg", file, "--driver", "http", "--out", folder / "prereg.md")
    given = ("--driver", "http", "--submit-to", "none", "--prereg", folder / "prereg.md")
    call("run", file, *given, "--out", folder / "run")
    return folder / "run"


def copy_of(run: Path, folder: Path) -> Path:
    """The run again, to be spoilt; without what no review reads."""
    away = shutil.ignore_patterns("mock.*", "snapshots", "logs")
    return Path(shutil.copytree(run, folder / "copy", ignore=away))


Spoil = Callable[[Path], Any]


def sql(*statements: str) -> Spoil:
    """Change the store of a copy."""

    def spoil(run: Path) -> None:
        with closing(sqlite3.connect(run / "store.db")) as db, db:
            for statement in statements:
                assert db.execute(statement).rowcount != 0, statement

    return spoil


def manifest(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    """Change the manifest of a copy."""

    def spoil(run: Path) -> None:
        path = run / "manifest.json"
        found = json.loads(path.read_text("utf-8"))
        change(found)
        path.write_text(json.dumps(found), "utf-8")

    return spoil


def other_plan(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    """The copy of a run that was begun with another scenario than was registered: plan, manifest
    and store all speak of that one."""

    def spoil(run: Path) -> None:
        plan = json.loads((run / "plan.json").read_bytes())
        change(plan["scenario"])
        text = json.dumps(plan, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        (run / "plan.json").write_bytes(text)
        name = hashlib.sha256(text).hexdigest()
        manifest(lambda found: found.update(plan_hash=name))(run)
        with closing(sqlite3.connect(run / "store.db")) as db, db:
            db.execute(
                "UPDATE runs SET plan_hash = ?, scenario_json = ?, analysis = ?",
                (name, json.dumps(plan["scenario"]), json.dumps(plan["scenario"]["analysis"])),
            )

    return spoil
