"""Whoever looks at a run in its first seconds is told that it has not begun, by every command."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from synthetic_run import build

from collector.cli import main
from collector.contract.layout import new_run
from collector.run.runlock import RunLock
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from collector.store import Store

PLAN = make_plan(parse_scenario({"name": "t", "arms": {"a": {"steps": [{"visit": "home"}]}}}))
LOOKING = {
    "view": ["view", "RUN"],
    "status": ["status", "RUN"],
    "status for programs": ["status", "RUN", "--json"],
    "report": ["report", "RUN"],
    "figures": ["figures", "RUN"],
    "label export": ["label", "export", "RUN", "--out", "ELSEWHERE"],
    "label page": ["label", "page", "RUN", "--coder", "A"],
    "export": ["export", "RUN", "--out", "ELSEWHERE"],
    "pack": ["pack", "RUN"],
    "review": ["review", "RUN"],
    "submit": ["submit", "RUN", "--submit-to", "http://127.0.0.1:9/"],
    "compare": ["compare", "RUN", "RUN"],
    "unblind": ["unblind", "RUN"],
}


@pytest.fixture(name="young")
def _young(tmp_path: Path) -> Path:
    """What a run's folder holds while its site is being started."""
    out = new_run(tmp_path / "run")
    out.plan.write_bytes(PLAN.to_json())
    out.write_manifest({"state": "running", "begun": False, "scenario": "t"})
    return out.root


@pytest.mark.parametrize("words", LOOKING.values(), ids=LOOKING)
def test_a_run_that_has_not_begun(young: Path, tmp_path: Path, words: list[str]) -> None:
    named = {"RUN": str(young), "ELSEWHERE": str(tmp_path / "elsewhere")}
    told = CliRunner().invoke(main, [named.get(word, word) for word in words])
    assert told.exit_code == 2, told.output
    assert "the run has not begun yet" in told.stderr
    assert f"collector run --resume {young}" in told.stderr
    assert "not a run directory" not in told.stderr


@pytest.mark.parametrize("command", ["view", "status", "report"])
def test_a_store_without_its_first_row_is_of_a_run_that_has_not_begun(
    young: Path, command: str
) -> None:
    """Tables are made a moment before the plan is entered."""
    Store(young / "store.db").close()
    told = CliRunner().invoke(main, [command, str(young)])
    assert told.exit_code == 2, told.output
    assert "the run has not begun yet" in told.stderr


def test_a_store_that_was_lost_is_not_one_that_is_to_come(young: Path) -> None:
    manifest = json.loads((young / "manifest.json").read_bytes())
    (young / "manifest.json").write_text(json.dumps({**manifest, "begun": True}))
    told = CliRunner().invoke(main, ["status", str(young)])
    assert told.exit_code == 2
    assert "store.db is missing though manifest.json says that the run began" in told.stderr


@pytest.mark.slow
@pytest.mark.parametrize("words", [["view", "--live"], ["status", "--watch"]], ids=" ".join)
def test_who_follows_a_run_waits_for_its_beginning(
    young: Path, tmp_path: Path, words: list[str]
) -> None:
    build(tmp_path / "other")
    with RunLock(young), _started([*words, str(young)]) as following:
        assert following.stderr is not None
        assert following.stdout is not None
        assert "not begun yet; waiting" in following.stderr.readline()
        shutil.copyfile(tmp_path / "other" / "store.db", tmp_path / "ready.db")
        os.replace(tmp_path / "ready.db", young / "store.db")
        shown = following.stdout.readline()
        assert shown.startswith("http://127.0.0.1:" if words[0] == "view" else "run: ")
        following.send_signal(signal.SIGTERM if words[0] == "view" else signal.SIGINT)
        following.communicate(timeout=60)


def test_waiting_ends_by_a_signal(young: Path) -> None:
    with RunLock(young), _started(["view", "--live", str(young)]) as following:
        assert following.stderr is not None
        assert "not begun yet" in following.stderr.readline()
        following.send_signal(signal.SIGINT)
        out, _ = following.communicate(timeout=60)
        assert (following.returncode, out) == (0, "")


def test_nobody_waits_for_a_run_that_nobody_carries_out(young: Path) -> None:
    told = CliRunner().invoke(main, ["status", "--watch", str(young)])
    assert told.exit_code == 2
    assert "the run has not begun yet" in told.stderr


def _started(words: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "collector.start", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
