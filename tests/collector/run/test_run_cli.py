"""``collector run|submit|demo``: what is refused, and with which words, before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main

SCENARIO = "name: t\narms: {a: {steps: [{visit: home}]}}\n"


def collector(*args: str) -> Result:
    return CliRunner().invoke(main, args)


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.yaml").write_text(SCENARIO)
    return "t.yaml"


def refused(result: Result, *words: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.count("error:") == 1
    assert "Traceback" not in result.stderr
    for word in (*words, "fix:"):
        assert word in result.stderr


def test_speed_on_another_site(scenario: str, tmp_path: Path, plain_site: str) -> None:
    refused(
        collector("run", scenario, "--site", plain_site, "--speed", "10"),
        "--speed",
        "bundled mock only",
    )
    assert [entry.name for entry in tmp_path.iterdir()] == [scenario]


def test_a_site_beyond_this_machine_without_a_yes(scenario: str) -> None:
    refused(collector("run", scenario, "--site", "https://www.example.org"), "not confirmed")


def test_a_directory_that_is_not_ours(scenario: str, tmp_path: Path) -> None:
    refused(collector("run", scenario, "--out", str(tmp_path)), "not empty")
    assert [entry.name for entry in tmp_path.iterdir()] == [scenario]


def test_a_demo_over_somebody_elses_directory(scenario: str, tmp_path: Path) -> None:
    refused(collector("demo", "--out", str(tmp_path)), "not empty")
    assert [entry.name for entry in tmp_path.iterdir()] == [scenario]


def test_a_scenario_that_is_not_there(scenario: str) -> None:
    refused(collector("run", "nonsense"), "nonsense")


def test_an_api_that_is_none(scenario: str) -> None:
    refused(collector("run", scenario, "--submit-to", "somewhere"), "--submit-to")


def test_no_browser(scenario: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TWINWATCH_CHROMIUM", "/nowhere/chromium")
    refused(collector("run", scenario), "/nowhere/chromium")
    assert not (tmp_path / "runs").exists()


def test_submitting_what_is_no_run(tmp_path: Path) -> None:
    refused(
        collector("submit", str(tmp_path), "--submit-to", "http://127.0.0.1:1"),
        "not the directory of a run",
    )


@pytest.mark.parametrize("workers", ["0", "65", "many"])
def test_workers_out_of_range(scenario: str, workers: str) -> None:
    result = collector("run", scenario, "--workers", workers)
    assert result.exit_code == 2
    assert "--workers" in result.stderr
