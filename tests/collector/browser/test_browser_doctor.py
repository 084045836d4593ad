"""``collector doctor`` and ``collector browser``: measured, complete, honest in the exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from collector.browser import find_browser
from collector.browser.doctor import Health, Missing, Puppet
from collector.cli.browser import browser as browser_command
from collector.cli.browser import doctor as doctor_command
from collector.common.errors import UserError


@pytest.mark.browser
def test_it_measures_a_puppet() -> None:
    """In a process of its own, as people run it."""
    done = subprocess.run(
        [sys.executable, "-c", "from collector.cli import main; main()", "doctor", "--json"],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["ok"] is True
    assert found["browser"]["version"] == find_browser().version
    assert 30 < found["puppet"]["browser_mb"] < 1500
    assert found["puppet"]["total_mb"] > found["puppet"]["driver_mb"] > 10
    assert found["suggested_puppets"] >= 1
    assert found["missing"] == []


def test_it_says_what_was_found_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.cli.browser.examine", lambda headed: health(free_memory_mb=8123))
    done = CliRunner().invoke(doctor_command)
    assert done.exit_code == 0
    for words in ("3.11.1", "200 MB (browser 150, driver 50)", "8123 MB", "puppets at once"):
        assert words in done.output


@pytest.mark.parametrize("args", [[], ["--json"]])
def test_without_a_browser_it_fails_and_names_the_fix(
    monkeypatch: pytest.MonkeyPatch, args: list[str]
) -> None:
    monkeypatch.setenv("TWINWATCH_CHROMIUM", "/nowhere/chromium")
    done: Result = CliRunner().invoke(doctor_command, args)
    assert done.exit_code == 2
    assert "unset TWINWATCH_CHROMIUM" in done.output
    refused = CliRunner().invoke(browser_command)
    assert isinstance(refused.exception, UserError)
    assert "unset TWINWATCH_CHROMIUM" in refused.exception.fix


@pytest.mark.browser
def test_a_present_browser_is_printed_and_nothing_installed() -> None:
    binary = find_browser()
    done = CliRunner().invoke(browser_command)
    assert done.stdout == f"{binary.path}\t{binary.kind}\t{binary.version}\n"
    done = CliRunner().invoke(browser_command, ["--install"])
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"browser: {binary}\n"


def health(**changes: object) -> Health:
    whole: dict[str, object] = {
        "python": "3.11.1", "playwright": "1.60", "browser": None,
        "puppet": Puppet(browser_mb=150, driver_mb=50, start_s=1), "free_memory_mb": 8000,
        "free_disk_mb": 9000, "cores": 4, **changes,
    }  # fmt: skip
    return Health(**whole)  # type: ignore[arg-type]


def test_as_many_puppets_as_cores_or_memory_allow() -> None:
    assert health().suggested_puppets == 4
    assert health(cores=64).suggested_puppets == 28
    assert health(free_memory_mb=100).suggested_puppets == 1
    assert health(puppet=None).suggested_puppets == 0


def test_a_warning_does_not_make_it_fail_and_an_error_does() -> None:
    assert health().ok
    assert health(missing=[Missing("little disk", "more", fatal=False)]).ok
    assert not health(missing=[Missing("old Python", "newer")]).ok
    assert not health(puppet=None).ok
