"""What cannot be recorded or replayed is refused with one error that names the place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from record_tools import made, raw_entry

from collector.cli import main
from collector.contract.layout import RunDir, new_run
from collector.ledger.ledger import enter_plan
from collector.recording import Record
from collector.recording.stored import Head, RecordingStore
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from collector.store import SessionState, Store

SCENARIO = {
    "name": "small",
    "seed": 3,
    "arms": {"a": {"twins": 2, "steps": [{"visit": "home"}, {"pause": "1s"}]}},
}


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    """A run of two sessions that are done, both recorded."""
    plan = make_plan(parse_scenario(SCENARIO), seed=None)
    out = new_run(tmp_path / "run")
    out.plan.write_bytes(plan.to_json())
    out.write_manifest({"run": "r", "plan_hash": plan.hash, "scenario": "small"})
    with Store(out.store) as store:
        store.add_run("r", scenario="small", seed=3, plan_hash=plan.hash)
        enter_plan(store, "r", plan, {})
        for session in plan.sessions:
            store.update_session(session.id, state=SessionState.DONE)
            shelf = RecordingStore(out.recordings / session.id)
            shelf.begin(
                Head(
                    session=session.id,
                    record=Record.HAR,
                    site="http://youtube.localhost:9",
                    clock="2026-03-01T10:00:00+00:00",
                    virtual=True,
                    limit_bytes=1000,
                    browser="1.0",
                    steps=2,
                )
            )
            for step in (0, 1):
                shelf.put_har(step, made(raw_entry(), step=step).har)
    return out


def replay(*words: object) -> Result:
    return CliRunner().invoke(main, ["replay", *(str(word) for word in words)])


def first(out: RunDir) -> Path:
    return sorted(out.recordings.iterdir())[0]


def test_what_is_no_run(tmp_path: Path) -> None:
    found = replay(tmp_path)
    assert found.exit_code == 2
    assert str(tmp_path) in found.stderr
    assert "not the directory of a run" in found.stderr
    assert replay(tmp_path / "nowhere").exit_code == 2


def test_a_run_without_recordings(run: RunDir) -> None:
    shutil.rmtree(run.recordings)
    found = replay(run.root)
    assert found.exit_code == 2
    assert "has no recordings" in found.stderr
    assert "--record" in found.stderr


def damage_har(out: RunDir) -> str:
    path = first(out) / "0001.har.zst"
    path.write_bytes(path.read_bytes()[:-7])
    return str(path)


def damage_head(out: RunDir) -> str:
    path = first(out) / "session.json"
    path.write_text("{", "utf-8")
    return str(path)


def lose_plan(out: RunDir) -> str:
    out.plan.unlink()
    return str(out.plan)


def change_plan(out: RunDir) -> str:
    plan = make_plan(parse_scenario({**SCENARIO, "seed": 4}), seed=None)
    out.plan.write_bytes(plan.to_json())
    return str(out.plan)


def lose_snapshot(out: RunDir) -> str:
    path = first(out) / "session.json"
    head = json.loads(path.read_bytes())
    path.write_text(json.dumps({**head, "snapshot": "ab" * 32}), "utf-8")
    return "ab" * 32 + ".tar.zst"


@pytest.mark.parametrize("damage", [damage_har, damage_head, lose_plan, change_plan, lose_snapshot])
def test_a_damaged_recording_is_one_error_that_names_the_file(
    run: RunDir, damage: Callable[[RunDir], str]
) -> None:
    place = damage(run)
    found = replay(run.root)
    assert found.exit_code == 2, found.output
    assert place in found.stderr.replace("\n", "")
    assert "Traceback" not in found.stderr
    assert sum(line.startswith("error: ") for line in found.stderr.splitlines()) == 1
    assert found.stdout == ""


def test_a_session_that_is_not_recorded_and_those_that_are(run: RunDir) -> None:
    found = replay(run.root, "--session", "b09-a-9")
    assert found.exit_code == 2
    assert "b09-a-9" in found.stderr
    assert first(run).name in found.stderr


@pytest.mark.parametrize("state", [SessionState.CONTAMINATED, SessionState.FAILED])
def test_a_session_that_did_not_come_to_its_end(run: RunDir, state: SessionState) -> None:
    with Store(run.store) as store:
        store.update_session(first(run).name, state=state)
    found = replay(run.root, "--session", first(run).name)
    assert found.exit_code == 2
    assert f"it is {state}" in found.stderr


def test_a_step_that_was_not_recorded(run: RunDir) -> None:
    (first(run) / "0001.har.zst").unlink()
    found = replay(run.root, "--session", first(run).name)
    assert found.exit_code == 2
    assert "the steps 2 have no recording" in found.stderr


def test_traces_are_looked_at_and_not_replayed(run: RunDir) -> None:
    for folder in run.recordings.iterdir():
        head = json.loads((folder / "session.json").read_bytes())
        (folder / "session.json").write_text(json.dumps({**head, "record": "trace"}), "utf-8")
    found = replay(run.root)
    assert found.exit_code == 2
    assert "recorded as traces" in found.stderr


def test_a_folder_that_holds_something_is_not_replayed_into(run: RunDir, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", "utf-8")
    found = replay(run.root, "--out", tmp_path / "full")
    assert found.exit_code == 2
    assert "not empty" in found.stderr
    assert (tmp_path / "full" / "mine.txt").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--record", "--driver", "http"], "--record needs a browser"),
        (["--record", "trace", "--tracing", "on"], "keeps one trace"),
        (["--record", "--record-limit", "much"], "'much' is not a size"),
        (["--record", "video"], "'video' is not one of"),
    ],
)
def test_what_cannot_be_recorded(tmp_path: Path, words: list[str], told: str) -> None:
    out = tmp_path / "out"
    found = CliRunner().invoke(main, ["run", "quick", "--out", str(out), *words])
    assert found.exit_code == 2
    assert told in " ".join(found.stderr.split())
    assert not out.exists()
