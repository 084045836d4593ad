"""Every command that prints a result can print it as JSON, alone on the standard output."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from collector.cli import main
from tests.collector.cli.test_cli_docs import leaves

#: Commands without ``--json``, and why.
WITHOUT = {
    "collector export": "has formats of its own",
    "collector reparse": "writes JSON lines",
    "collector scenarios show": "prints a file",
    "collector scenarios copy": "copies a file",
    "collector scenarios schema": "prints JSON always",
    "collector completion": "prints a script",
    "collector profiles show": "prints JSON always",
    "collector label page": "a server, whose first line is its address",
    "collector notebook": "prints the path of one file",
    "collector view": "a server, whose first line is its address",
    "collector ledger serve": "a server, whose first line is its address",
}
COMMANDS = dict(leaves(main, "collector"))


@pytest.mark.parametrize("path", sorted(COMMANDS))
def test_every_result_can_be_had_as_json(path: str) -> None:
    options = [opt for param in COMMANDS[path].params for opt in param.opts]
    assert ("--json" in options) != (path in WITHOUT)


def _run(*words: str) -> object:
    found = CliRunner().invoke(main, words)
    assert found.exit_code == 0, found.stderr
    return json.loads(found.stdout)


def test_profiles_tell_what_was_made_and_never_a_secret(tmp_path: Path) -> None:
    root = ["profiles", "--root", str(tmp_path / "p")]
    made = _run(*root, "new", "anna", "--seed", "7", "--json")
    assert isinstance(made, dict)
    assert made["name"] == "anna"
    copy = _run(*root, "clone", "anna", "bert", "--json")
    assert isinstance(copy, dict)
    assert copy["public_key"] != made["public_key"]
    exported = _run(*root, "export", "anna", str(tmp_path / "a.zip"), "--json")
    assert exported == {"name": "anna", "path": str(tmp_path / "a.zip"), "with_key": True}
    taken = _run(*root, "import", str(tmp_path / "a.zip"), "--name", "carl", "--json")
    reset = _run(*root, "reset", "anna", "--yes", "--json")
    assert isinstance(reset, dict)
    assert reset["visitor_id"] != made["visitor_id"]
    secret = next((tmp_path / "p").glob("anna/*key*")).read_text("utf-8").strip()
    assert secret not in json.dumps([made, copy, exported, taken, reset])


def test_profiles_without_a_command_list_personas_and_profiles(tmp_path: Path) -> None:
    found = _run("profiles", "--root", str(tmp_path), "--json")
    assert isinstance(found, dict)
    assert "camille-fr" in {each["name"] for each in found["personas"]}
    assert found["profiles"] == []


def test_watch_and_json_exclude_each_other(tmp_path: Path) -> None:
    found = CliRunner().invoke(main, ["status", str(tmp_path), "--watch", "--json"])
    assert found.exit_code == 2
    assert isinstance(main.commands["status"], click.Command)
