"""``collector plan`` and ``collector scenarios``: data on stdout, talk on stderr."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.scenario.shipped import shipped_scenarios


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_json_prints_exactly_the_hashed_bytes() -> None:
    told = run("plan", "quick", "--json")
    assert told.exit_code == 0
    table = run("plan", "quick")
    assert hashlib.sha256(told.stdout_bytes).hexdigest() in table.stdout
    assert json.loads(told.stdout_bytes)["scenario_name"] == "quick"


def test_the_table_shows_every_session_and_its_seed() -> None:
    plan = json.loads(run("plan", "filter-bubble", "--json").stdout_bytes)
    table = run("plan", "filter-bubble").stdout
    for session in plan["sessions"]:
        (row,) = [line for line in table.splitlines() if f" {session['puppet']} " in line]
        assert str(session["seed"]) in row
        assert f" {len(session['steps'])} " in row


def test_seed_and_steps() -> None:
    told = run("plan", "quick", "--seed", "99", "--steps")
    assert "seed         99" in told.stdout
    assert "arms.conspiracy.steps.4.repeat[2].steps.1" in told.stdout
    assert run("plan", "quick", "--seed", "-1").exit_code == 2
    assert run("plan", "quick", "--seed", str(2**63)).exit_code == 2


def test_warnings_go_to_stderr_and_block_nothing() -> None:
    told = run("plan", "quick", "--json")
    assert "warning: arms: with 2 twins no p can be below 0.5" in told.stderr
    assert told.stdout.startswith("{")


def test_a_guardoni_file_plans(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("url,colour\nhttps://www.youtube.com/,red\n")
    told = run("plan", str(file))
    assert told.exit_code == 0
    assert "column 'colour': is not honoured" in told.stderr
    assert "experiment   " in told.stdout
    assert run("plan", "guardoni-climate.csv").exit_code == 0


def test_the_list_says_what_each_scenario_is() -> None:
    rows = json.loads(run("scenarios", "--json").stdout)
    assert {row["name"] for row in rows} >= {
        "quick",
        "filter-bubble",
        "search-personalisation",
        "null",
        "guardoni-climate",
    }
    for row in rows:
        assert row["description"]
        assert row["steps"] > 5
        assert row["real_time_s"] > 60
    table = run("scenarios").stdout
    for row in rows:
        assert row["name"] in table
        assert row["description"] in table


@pytest.mark.parametrize("name", sorted(shipped_scenarios()))
def test_a_shipped_scenario_shows_and_copies(name: str, tmp_path: Path) -> None:
    source = shipped_scenarios()[name].read_text("utf-8")
    assert run("scenarios", "show", name).stdout == source
    told = run("scenarios", "copy", name, str(tmp_path))
    copied = Path(told.stdout.strip())
    assert copied.read_text("utf-8") == source
    original, copy = (run("plan", each, "--json") for each in (name, str(copied)))
    assert original.stdout_bytes == copy.stdout_bytes, "the place of a file is no part of its plan"


def test_a_copy_overwrites_nothing(tmp_path: Path) -> None:
    target = tmp_path / "mine.yaml"
    assert run("scenarios", "copy", "quick", str(target)).exit_code == 0
    target.write_text("mine")
    again = run("scenarios", "copy", "quick", str(target))
    assert again.exit_code == 2
    assert "already exists" in again.stderr
    assert target.read_text() == "mine"
    assert "name the copy" in run("scenarios", "copy", "quick", str(tmp_path / "x.csv")).stderr
    assert run("scenarios", "copy", "quick", str(tmp_path / "no" / "x.yaml")).exit_code == 2
    assert "did you mean 'quick'" in run("scenarios", "show", "quik").stderr
