"""kill -9 of the program that carries out a run, or of its mock; and what cannot be resumed.

Each time the run is resumed and comes to the same end as one that nobody disturbed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from alive import words_of
from click.testing import CliRunner, Result
from kill_tools import ROLE, collector_command

from collector.cli import main
from collector.contract.layout import RunDir
from collector.run.runlock import RunLock
from collector.store import Store

SCENARIO = """
name: kill
seed: 5
block: 1
before: [{visit: {url: home, capture: false}}, {consent: reject}]
arms:
  a: {twins: 1, steps: [{search: live concert}, {follow: {rank: 1}}, {watch: 60s}]}
  b: {twins: 2, steps: [{watch: {video: dQw4w9WgXcQ, for: 30s}}, {pause: 1s}]}
after: [{visit: home}]
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("supervisor") / "kill.yaml"
    path.write_text(SCENARIO)
    return path


def command(scenario: Path, out: Path, *more: str) -> list[str]:
    return ["run", str(scenario), "--out", str(out), "--driver", "http", "--workers", "2", *more]


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(scenario: Path) -> Iterator[Start]:
    """Starts ``collector run`` in a process of its own; ends it if the test did not."""
    running: list[subprocess.Popen[str]] = []

    def begin(out: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            collector_command(*command(scenario, out)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if text in line:
            return
    raise AssertionError(f"never said {text!r}: {seen}")


def resume(out: Path) -> Result:
    return CliRunner().invoke(main, ["run", "--resume", str(out)])


def story(out: Path) -> dict[str, Any]:
    """What a run came to, apart from its names and times."""
    with Store(out / "store.db", readonly=True) as store:
        return {
            "states": {row["id"]: row["state"] for row in store.sessions()},
            "steps": [(r["session"], r["step"], r["outcome"]) for r in store.steps()],
            "receipts": [(s, n, r.video_id, r.watched_s) for s, n, r in store.receipts()],
            "shown": [
                (capture.session, capture.seq, item.surface, item.position, item.item_id)
                for capture in store.captures()
                for item in getattr(store.observation(capture.id), "impressions", ())
            ],
            "truth": sorted(
                (row["puppet"], row["video_id"], row["seconds"])
                for row in store.rows("SELECT * FROM truth_watches")
            ),
            "served": sorted(
                (row["puppet"], row["load"], row["surface"], row["slot"], row["item_id"])
                for row in store.rows("SELECT * FROM truth_impressions")
            ),
            "sent": [
                (r["capture"], r["state"])
                for r in store.rows("SELECT capture, state FROM outbox ORDER BY capture")
            ],
        }


@pytest.fixture(scope="module")
def undisturbed(scenario: Path) -> dict[str, Any]:
    out = scenario.parent / "undisturbed"
    # A job that is always started in the same way begins a run and goes on with it.
    result = CliRunner().invoke(main, command(scenario, out, "--resume"))
    assert result.exit_code == 0, result.output
    return story(out)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("mock server: b", marks=pytest.mark.slow),
        "step 4/6",
        pytest.param("b-2: started", marks=pytest.mark.slow),
    ],
)
def test_a_run_whose_supervisor_was_killed_ends_as_if_it_had_not(
    start: Start, tmp_path: Path, undisturbed: dict[str, Any], moment: str
) -> None:
    out = tmp_path / "out"
    process = start(out)
    wait_for(process, moment)
    mine = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    result = resume(out)
    assert result.exit_code == 0, result.output
    assert story(out) == undisturbed
    _, left = psutil.wait_procs(mine, timeout=300)
    assert left == []
    assert "sessions:  3 of 3 complete" in result.output


@pytest.mark.slow
def test_a_mock_that_dies_ends_the_run_with_one_error_and_it_resumes(
    start: Start, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = start(out)
    wait_for(process, "b-1: step 2/5 done")
    (mock,) = [
        child
        for child in psutil.Process(process.pid).children()
        if "mock" in words_of(child)[ROLE:][:1]
    ]
    mock.kill()
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == 2, stderr
    assert stdout == ""
    assert "Traceback" not in stderr
    last = stderr.strip().splitlines()
    assert "the mock server ended (signal SIGKILL)" in last[-2]
    assert f"collector run --resume {out}" in last[-1]
    with Store(out / "store.db", readonly=True) as store:
        rows = store.rows(
            "SELECT session FROM steps WHERE outcome IS NOT NULL OR started IS NOT NULL"
        )
        begun = {row["session"] for row in rows}
    result = resume(out)
    with Store(out / "store.db", readonly=True) as store:
        states = {row["id"]: row["state"] for row in store.sessions()}
        assert set(states.values()) <= {"done", "contaminated"}
        assert all(state == "done" for name, state in states.items() if name not in begun)
        receipts = [(session, step) for session, step, _ in store.receipts()]
        assert len(receipts) == len(set(receipts))
    assert result.exit_code == (1 if "contaminated" in states.values() else 0)


def test_one_program_at_a_time_carries_out_a_run(finished: Path) -> None:
    before = story(finished)
    with RunLock(finished):
        refused = resume(finished)
    assert refused.exit_code == 2
    assert f"is being carried out by process {os.getpid()}" in refused.output
    assert story(finished) == before


@pytest.fixture
def finished(scenario: Path, undisturbed: dict[str, Any], tmp_path: Path) -> Path:
    """A copy of a run that has ended."""
    return Path(shutil.copytree(scenario.parent / "undisturbed", tmp_path / "run"))


def test_a_damaged_store_is_one_error_that_names_the_file(finished: Path) -> None:
    store = finished / "store.db"
    for beside in ("store.db-wal", "store.db-shm"):
        (finished / beside).unlink(missing_ok=True)
    with store.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(60_000))
    result = resume(finished)
    assert result.exit_code == 2
    assert f"{store}: the database is damaged" in result.output
    assert "fix: recover what can be read" in result.output
    assert "Traceback" not in result.output


def test_another_plan_is_refused_and_a_run_that_has_ended_is_left_as_it_is(
    finished: Path, scenario: Path, undisturbed: dict[str, Any]
) -> None:
    out = RunDir(finished)
    other = scenario.with_name("other.yaml")
    other.write_text(SCENARIO.replace("60s", "61s"))
    refused = CliRunner().invoke(main, [*command(other, finished), "--resume"])
    assert refused.exit_code == 2
    assert "not the one that this run was begun with" in refused.output
    same = CliRunner().invoke(main, [*command(scenario, finished), "--resume"])
    assert same.exit_code == 0, same.output
    assert story(finished) == undisturbed
    out.plan.write_bytes(out.plan.read_bytes().replace(b'"live concert"', b'"dead concert"'))
    changed = resume(finished)
    assert changed.exit_code == 2
    assert "the plan has the hash" in changed.output


def test_another_version_is_said_and_kept(finished: Path) -> None:
    out = RunDir(finished)
    manifest = out.read_manifest() or {}
    manifest["versions"]["parser"] = "youtube/1999"
    out.write_manifest(manifest)
    result = resume(finished)
    assert result.exit_code == 0
    assert "warning: parser was youtube/1999 when the run began and is" in result.output
    kept = out.read_manifest() or {}
    assert kept["versions"]["parser"] == "youtube/1999"
    assert kept["resumed"][-1]["versions"]["parser"] != "youtube/1999"


def test_what_is_no_run_cannot_be_resumed(tmp_path: Path) -> None:
    result = resume(tmp_path)
    assert result.exit_code == 2
    assert "not the directory of a run" in result.output
    nothing = CliRunner().invoke(main, ["run", "--resume"])
    assert nothing.exit_code == 2
