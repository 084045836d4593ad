"""Ctrl-C, a killed session, a killed supervisor: captures stay, nothing is left running."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner
from kill_tools import collector_command

from collector.browser.lock import browsers_on
from collector.cli import main
from collector.store import Outcome, SessionState, Store
from mockserver.context import MockConfig
from mockserver.serve import serving

pytestmark = pytest.mark.browser

ALONE = """
name: long
before: [{visit: {url: home, capture: false}}, {consent: reject}, {visit: home}]
arms:
  a: {steps: [{watch: {video: dQw4w9WgXcQ, for: 10m}}, {visit: home}]}
"""
SCENARIO = f"""{ALONE}
  b: {{steps: [{{watch: {{video: dQw4w9WgXcQ, for: 2s}}}}, {{visit: home}}]}}
"""


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts ``collector run`` in real time; ends it if the test did not."""
    scenario = tmp_path / "long.yaml"
    running: list[subprocess.Popen[str]] = []

    def start(*args: str, text: str = SCENARIO) -> subprocess.Popen[str]:
        scenario.write_text(text)
        process = subprocess.Popen(
            collector_command("run", str(scenario), "--out", str(tmp_path / "out"), *args),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=300)


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    """Read the progress until a line has ``text``."""
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if text in line:
            return
    raise AssertionError(f"never said {text!r}: {seen}")


def worker(out: Path, puppet: str) -> psutil.Process:
    """The process of a puppet's session, which started the driver that started its browser."""
    browser = browsers_on((out / "profiles" / puppet / "state").resolve())[0]
    session: psutil.Process = browser.parents()[1]
    return session


def alive(out: Path) -> list[int]:
    """Processes that have anything of this run open or in their command line."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and any(str(out) in word for word in process.info["cmdline"] or [])
    ]


def gone(out: Path, seconds_s: float) -> bool:
    """Wait until nothing of the run is alive."""
    processes = [psutil.Process(pid) for pid in alive(out) if psutil.pid_exists(pid)]
    psutil.wait_procs(processes, timeout=seconds_s)
    return alive(out) == []


def test_ctrl_c_keeps_what_was_captured_and_the_rest_can_be_sent(
    started: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = started()
    wait_for(process, "b-1: done")
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == 130, stderr
    assert f"collector submit {out}" in stdout
    assert "Traceback" not in stderr
    assert gone(out, 60)
    with Store(out / "store.db", readonly=True) as store:
        states = {row["id"]: row["state"] for row in store.sessions()}
        assert states == {
            "b01-a-1": SessionState.CONTAMINATED,
            "b01-b-1": SessionState.DONE,
        }
        assert [row["outcome"] for row in store.steps("b01-a-1")][-2:] == [
            Outcome.CONTAMINATED,
            Outcome.SKIPPED,
        ]
        captures = len(list(store.captures()))
        assert captures == 5
        (run,) = store.runs()
        assert run["state"] == "interrupted"
        assert list(store.rows("SELECT * FROM truth_impressions LIMIT 1"))

    with serving(MockConfig(seed=1)) as server:
        command = ["submit", str(out), "--submit-to", server.url]
        first = CliRunner().invoke(main, command)
        assert first.exit_code == 0, first.output
        with Store(out / "store.db") as store:
            items = [
                row["capture"]
                for row in store.rows(
                    "SELECT capture FROM outbox WHERE target LIKE ?", [f"{server.url}%"]
                )
            ]
        assert sum("+element-" not in item for item in items) == captures
        assert first.stdout.startswith(f"submitted: {len(items)}, 0 left, 0 refused")
        again = CliRunner().invoke(main, command)
        assert again.stdout.startswith("submitted: 0, 0 left, 0 refused")


@pytest.mark.slow  # without a browser: test_kill_matrix.py
def test_a_killed_session_costs_its_own_cells_only(
    started: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = started("--submit-to", "none")
    wait_for(process, "a-1: captured video")
    worker(out, "a-1").kill()
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == 1, stderr
    assert "sessions:  1 of 2 complete" in stdout
    assert "SIGKILL" in stderr
    assert gone(out, 60)
    with Store(out / "store.db", readonly=True) as store:
        states = {row["id"]: row["state"] for row in store.sessions()}
        assert states == {
            "b01-a-1": SessionState.CONTAMINATED,
            "b01-b-1": SessionState.DONE,
        }
        assert [row["outcome"] for row in store.steps("b01-a-1")][-2:] == [
            Outcome.CONTAMINATED,
            Outcome.SKIPPED,
        ]
        assert list(store.rows("SELECT * FROM receipts WHERE session = 'b01-a-1'")) == []


@pytest.mark.slow  # without a browser: test_kill_supervisor.py
def test_sessions_do_not_outlive_their_supervisor(
    started: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = started("--submit-to", "none", text=ALONE)
    wait_for(process, "a-1: captured video")
    mine = worker(out, "a-1")
    process.kill()
    process.wait(60)
    _, left = psutil.wait_procs([mine], timeout=300)
    assert left == []
    assert gone(out, 60)
    with Store(out / "store.db", readonly=True) as store:
        assert len(list(store.captures())) >= 2
