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


#: One puppet an arm: noise and treatment cannot be told apart.
WEAK = "name: t\nfactors: {}\nbefore: [{visit: home}]\narms: {a: {}, b: {}}\n"


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


def test_every_order_of_an_arm_has_its_table(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "name: t\nspacing: 11m\nblock: 1\nfactors: {}\narms: {a: {twins: 3}, b: {twins: 3}}\n"
        "after: [{repeat: {counterbalance: true, steps: [{search: x}, {search: y}]}}]\n"
    )
    told = run("plan", str(file), "--steps").stdout
    assert "arm a: b01-a-1, b03-a-3" in told
    assert "arm a: b02-a-2" in told
    assert "differ in    nothing" in told
    assert "searches     at least 11m apart" in told


def test_a_schedule_says_when_each_session_is_due(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    text = "name: t\nsessions: 2 a day at :05\nrepeat: weekly\nwaves: 2\n"
    file.write_text(text + "arms: {a: {steps: [{visit: home}]}}\n")
    rows = [line for line in run("plan", str(file)).stdout.splitlines() if " a-1 " in line]
    assert len(rows) == 4
    assert "slot 1 at :05" in rows[0]
    assert "start + 7d, slot 2 at :05" in rows[3]
    file.write_text(
        text.replace("2 a day at :05", "24 a day at :05 for 5 days")
        + ("arms: {a: {steps: [{visit: home}]}}\n")
    )
    assert "and 40 more sessions" in run("plan", str(file)).stdout


def test_check_says_what_weakens_a_design_and_refuses_what_cannot_be(tmp_path: Path) -> None:
    told = run("scenarios", "check", "quick", "null", "--json")
    found = json.loads(told.stdout)
    assert [each["scenario"] for each in found] == ["quick", "null"]
    assert all("the least attainable p is" in each["design"] for each in found)
    file = tmp_path / "own.yaml"
    file.write_text(WEAK)
    told = run("scenarios", "check", str(file), "null", "--json")
    found = json.loads(told.stdout)
    assert [each["scenario"] for each in found] == [str(file), "null"]
    assert any("one puppet an arm" in sentence for sentence in found[0]["warnings"])
    assert "the least attainable p is" in found[1]["design"]
    assert run("scenarios", "check", str(file), "--strict").exit_code == 1
    file.write_text(
        "name: t\nfactors: {}\narms:\n  a: {steps: [{visit: home}]}\n  b: {steps: [capture]}\n"
    )
    refused = run("scenarios", "check", str(file))
    assert refused.exit_code == 2
    assert "own.yaml:2: factors: arms a and b differ in steps" in refused.stderr
    file.write_text(
        "name: t\nfactors: {}\nbefore: [{visit: home}, {consent: reject}]\n"
        "after: [{visit: home}]\n"
        "analysis: {exposure: [music]}\narms: {a: {twins: 6}, b: {twins: 6}}\n"
    )
    sound = run("scenarios", "check", str(file), "--strict")
    assert sound.exit_code == 0
    assert sound.stdout.startswith(f"{file}: 0 warnings\n")
    file.write_text(file.read_text().replace("6}", "2}"))
    weak = run("scenarios", "check", str(file))
    assert weak.exit_code == 1
    assert "no result could be significant" in weak.stdout


def test_a_surface_without_a_page_after_the_treatment_is_refused(tmp_path: Path) -> None:
    """With the line, the key and the fix, by ``plan`` and ``check`` alike."""
    file = tmp_path / "own.yaml"
    file.write_text(
        "name: t\nfactors: {}\nafter: [{visit: home}]\n"
        "analysis:\n  surfaces:\n    - home\n    - related\narms: {a: {twins: 6}, b: {twins: 6}}\n"
    )
    for command in (("plan",), ("scenarios", "check")):
        refused = run(*command, str(file))
        assert refused.exit_code == 2
        assert "own.yaml:7: analysis.surfaces.1: no page of related" in refused.stderr
        assert "phase: during" in refused.stderr


def test_warnings_go_to_stderr_and_block_nothing(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "name: t\nfactors: {}\nafter: [{visit: home}]\narms: {a: {twins: 2}, b: {twins: 2}}\n"
    )
    told = run("plan", str(file), "--json")
    assert told.exit_code == 0
    assert "warning: arms: 2 puppets an arm" in told.stderr
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
    assert original.stdout_bytes == copy.stdout_bytes, (
        "the place of a file is not a part of its plan"
    )


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
