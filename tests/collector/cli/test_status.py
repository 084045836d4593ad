"""``collector status``: what is said of a run that is under way, killed, over, imported or none."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from synthetic_run import Made, build

from collector.cli import main
from collector.run.runlock import RunLock
from collector.run.status import run_status
from collector.store import Outcome, SessionState, Store
from collector.store.leases import Owner, claim


@pytest.fixture(name="run_dir")
def _run_dir(tmp_path: Path) -> Path:
    return build(tmp_path / "run")


def _change(run_dir: Path, sql: str, *values: object) -> None:
    with sqlite3.connect(run_dir / "store.db") as db:
        db.execute(sql, values)


def test_a_run_that_is_over(run_dir: Path) -> None:
    found = run_status(run_dir)
    assert found.over
    assert {puppet.state for puppet in found.puppets} == {SessionState.DONE}
    assert all(puppet.steps == puppet.steps_ended > 0 for puppet in found.puppets)
    assert sum(found.steps.values()) == sum(puppet.steps for puppet in found.puppets)


def test_a_run_under_way_says_who_does_what(run_dir: Path) -> None:
    _change(run_dir, "UPDATE runs SET state = 'running', finished = NULL")
    with Store(run_dir / "store.db") as store:
        session = store.sessions()[0]["id"]
        puppet = store.sessions()[0]["puppet"]
        steps = len(store.steps(session))
    _change(run_dir, "UPDATE sessions SET state = 'running', finished = NULL WHERE id = ?", session)
    _change(
        run_dir,
        "UPDATE steps SET finished = NULL, outcome = NULL WHERE session = ? AND step = 2",
        session,
    )
    with Store(run_dir / "store.db") as store:
        claim(store, session, Owner("here", 1, 0.0), 60)
    found = run_status(run_dir)
    assert found.state == "running"
    own = next(each for each in found.puppets if each.name == puppet)
    assert own.doing.startswith(f"step 3/{steps} ")
    assert own.held_by == "here:1"
    assert found.steps["open"] == 1
    later = run_status(run_dir, now=datetime.now(UTC) + timedelta(minutes=2))
    assert next(each for each in later.puppets if each.name == puppet).held_by is None


def test_a_killed_run_is_broken_off_and_a_locked_one_is_not(run_dir: Path) -> None:
    _change(run_dir, "UPDATE runs SET state = 'running', finished = NULL")
    assert run_status(run_dir).state == "broken off"
    with RunLock(run_dir):
        assert run_status(run_dir).state == "running"
    assert run_status(run_dir).state == "broken off"


def test_what_was_lost_is_said(tmp_path: Path) -> None:
    run_dir = build(tmp_path / "run", Made(lost={"neutral-1": 2}))
    found = run_status(run_dir)
    own = next(each for each in found.puppets if each.name == "neutral-1")
    assert own.missing > 0
    assert own.detail
    _change(
        run_dir,
        "UPDATE steps SET outcome = ? WHERE session = (SELECT id FROM sessions WHERE puppet ="
        " 'neutral-1') AND step = 1",
        Outcome.CONTAMINATED,
    )
    told = CliRunner().invoke(main, ["status", str(run_dir)])
    assert told.exit_code == 0
    assert "contaminated: not in the analysis" in told.stdout


def test_what_an_interruption_cut_off_is_counted_apart_from_what_is_missing(tmp_path: Path) -> None:
    run_dir = build(tmp_path / "run", Made(lost={"neutral-1": 2}))
    before = run_status(run_dir)
    _change(
        run_dir,
        "UPDATE steps SET outcome = ?, detail = 'interrupted' WHERE step = 1 AND session ="
        " (SELECT id FROM sessions WHERE puppet = 'neutral-1')",
        Outcome.SKIPPED,
    )
    found = run_status(run_dir)
    own, was = (
        next(each for each in status.puppets if each.name == "neutral-1")
        for status in (found, before)
    )
    assert (own.interrupted, was.interrupted) == (1, 0)
    assert own.missing + own.interrupted in (was.missing, was.missing + 1)
    assert found.steps["interrupted"] == 1
    assert sum(found.steps.values()) == sum(before.steps.values())
    told = CliRunner().invoke(main, ["status", str(run_dir)]).stdout
    assert "1 interrupted" in told


def test_json_is_the_same_state(run_dir: Path) -> None:
    told = CliRunner().invoke(main, ["status", str(run_dir), "--json"])
    assert json.loads(told.stdout) == json.loads(json.dumps(run_status(run_dir).to_dict()))


def test_watching_a_run_that_is_over_prints_it_once(run_dir: Path) -> None:
    told = CliRunner().invoke(main, ["status", str(run_dir), "--watch"])
    assert told.exit_code == 0
    assert told.stdout.count("run:") == 1


def test_looking_needs_no_leave_to_write(run_dir: Path) -> None:
    before = {path: path.read_bytes() for path in run_dir.rglob("*") if path.is_file()}
    run_status(run_dir)
    after = {path: path.read_bytes() for path in run_dir.rglob("*") if path.is_file()}
    assert {p.name for p in after.keys() - before.keys()} <= {"store.db-wal", "store.db-shm"}
    assert all(after[path] == data for path, data in before.items())


def test_a_folder_that_is_no_run(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["status", str(tmp_path)])
    assert told.exit_code == 2
    assert "store.db" in told.stderr
    assert "fix:" in told.stderr
    assert not os.listdir(tmp_path)
