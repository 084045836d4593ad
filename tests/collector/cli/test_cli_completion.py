"""Shells complete the words of the program: commands, scenarios, personas, one's own profiles."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from collector.cli import main
from collector.profile import ProfileStore, generate_persona


def _completed(*words: str, incomplete: str) -> list[str]:
    complete = BashComplete(main, {}, "collector", "_COLLECTOR_COMPLETE")
    return [item.value for item in complete.get_completions(list(words), incomplete)]


def test_commands_and_scenarios_are_completed() -> None:
    assert _completed(incomplete="stat") == ["status"]
    assert _completed("run", incomplete="qui") == ["quick"]
    assert _completed("plan", incomplete="feed-n") == ["feed-null"]
    assert "camille-fr" in _completed("profiles", "new", "anna", "--persona", incomplete="cam")


def test_a_word_that_is_no_scenario_may_be_a_file() -> None:
    complete = BashComplete(main, {}, "collector", "_COLLECTOR_COMPLETE")
    assert [item.type for item in complete.get_completions(["run"], "./mine")] == ["file"]


def test_ones_own_profiles_are_completed(tmp_path: Path) -> None:
    ProfileStore(tmp_path).new("anna", generate_persona(1), seed=1)
    found = _completed("profiles", "--root", str(tmp_path), "show", incomplete="a")
    assert found == ["anna"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_names_the_program_and_its_variable(shell: str) -> None:
    for program in ("collector", "mockserver"):
        found = CliRunner().invoke(main, ["completion", shell, "--for", program])
        assert found.exit_code == 0
        assert f"_{program.upper()}_COMPLETE" in found.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash on this machine")
def test_bash_takes_the_script(tmp_path: Path) -> None:
    script = tmp_path / "collector.bash"
    script.write_text(CliRunner().invoke(main, ["completion", "bash"]).stdout, "utf-8")
    told = subprocess.run(
        ["bash", "--norc", "-c", f"source {script} && complete -p collector"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "_collector_completion collector" in told.stdout
