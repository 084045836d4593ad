"""A full disk ends the run with one error; once there is room the run goes on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from kill_tools import mortal_workers

from collector.common.errors import UserError
from collector.contract.layout import RunDir
from collector.contract.options import RunOptions
from collector.run.resume import resume
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule import engine
from collector.schedule.display import QuietDisplay
from collector.store import Store, StoreFull

SCENARIO = """
name: full
seed: 5
block: 1
before: [{visit: {url: home, capture: false}}, {consent: reject}]
arms:
  a: {twins: 2, steps: [{visit: home}, {search: live concert}, {visit: home}]}
"""


def confirm(question: str) -> bool:
    raise AssertionError(question)


def outcomes(store: Store, session: str) -> list[str]:
    return [row["outcome"] for row in store.steps(session)]


def test_no_room_for_evidence(tmp_path: Path) -> None:
    out = RunDir(tmp_path / "out")
    places = tmp_path / "places.json"
    places.write_text(json.dumps({"b01-a-1": "full:3"}))
    options = RunOptions(out=out.root, driver="http", workers=1, submit_to="none")
    with mortal_workers(places):
        with pytest.raises(UserError) as told:
            run_scenario(parse_scenario(SCENARIO), options, display=QuietDisplay(), confirm=confirm)
        assert told.value.problem == "the disk is full"
        assert told.value.place.startswith(str(out.root))
        assert told.value.fix.startswith("free some space")
        assert told.value.fix.endswith(f"collector run --resume {out.root}")
        with Store(out.store, readonly=True) as store:
            assert outcomes(store, "b01-a-1") == ["done"] * 3 + ["missing", "skipped"]
            assert outcomes(store, "b02-a-2") == ["skipped"] * 5
            assert [row["state"] for row in store.runs()] == ["interrupted"]
        places.unlink()
        result = resume(out.root, display=QuietDisplay(), confirm=confirm)
    assert result.exit_code == 1
    with Store(out.store, readonly=True) as store:
        assert outcomes(store, "b01-a-1") == ["done"] * 3 + ["missing", "done"]
        assert store.steps("b01-a-1")[3]["detail"] == "the disk is full"
        assert outcomes(store, "b02-a-2") == ["done"] * 5
        assert {row["state"] for row in store.sessions()} == {"done"}
        assert len(list(store.captures(session="b01-a-1"))) == 2


@pytest.mark.slow
def test_no_room_for_the_supervisors_own_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the end can be written down: what is open is closed when the run is resumed."""
    out = RunDir(tmp_path / "out")
    labels = tmp_path / "labels.csv"
    labels.write_text("video_id,label\ndQw4w9WgXcQ,music\n")
    scenario = parse_scenario(SCENARIO + "labels: labels.csv\n", path=tmp_path / "full.yaml")
    options = RunOptions(out=out.root, driver="http", workers=1, submit_to="none")

    def no_room(self: object, *args: object) -> None:
        raise StoreFull("the disk is full", place=str(out.store), fix="free some space")

    with monkeypatch.context() as patch:
        patch.setattr(engine.Engine, "_keep_skew", no_room)
        with pytest.raises(StoreFull) as told:
            run_scenario(scenario, options, display=QuietDisplay(), confirm=confirm)
    assert told.value.fix == f"free some space; then: collector run --resume {out.root}"
    result = resume(out.root, display=QuietDisplay(), confirm=confirm)
    assert result.exit_code == 0
    with Store(out.store, readonly=True) as store:
        assert {row["state"] for row in store.sessions()} == {"done"}
        assert len(list(store.captures())) == 6
    manifest = out.read_manifest() or {}
    assert manifest["labels_sha256"] == hashlib.sha256(labels.read_bytes()).hexdigest()
    assert len(manifest["resumed"]) == 1
