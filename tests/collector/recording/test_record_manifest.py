"""What a recording lacks stands in the run's event log and in its manifest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from record_tools import SITE, made, raw_entry

from collector.browser.options import BrowserOptions
from collector.contract.job import Pace, SessionJob
from collector.contract.layout import new_run
from collector.drivers import taping
from collector.drivers.recorded import recorded
from collector.drivers.taping import tape_of
from collector.evidence import EvidenceDiskFull
from collector.ledger.ledger import enter_plan
from collector.platforms.registry import spec_of
from collector.recording.steps import StepRecording
from collector.recording.stored import RecordingStore
from collector.run.puppets import make_puppets
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from collector.session.loop import end_recording
from collector.store import Store, from_iso

PLAN = make_plan(
    parse_scenario(
        {"name": "n", "seed": 1, "arms": {"a": {"steps": [{"pause": "1s"}, {"visit": "home"}]}}}
    ),
    seed=1,
)
SESSION = PLAN.sessions[0]
CLOCK = from_iso("2026-03-01T10:00:00.000Z")


def job(out: Path) -> SessionJob:
    return SessionJob(
        run="r", out=out, session=SESSION.id, puppet=SESSION.puppet, site=SITE, on_loopback=True,
        pace=Pace(virtual=True), browser=BrowserOptions(record="har"),
    )  # fmt: skip


class StepRecorder:
    """A recording of which a step lacks something."""

    def end_step(self, step: int) -> StepRecording:
        return StepRecording(10, "" if step else "answers without their body: 1 (9 bytes)")


def test_a_lack_is_in_the_diary_and_the_manifest_and_a_step_without_a_file_too(
    tmp_path: Path,
) -> None:
    out = new_run(tmp_path / "run")
    profile = make_puppets(PLAN, out.profiles, reproducible=True)[SESSION.puppet]
    kit = spec_of(PLAN.platform)
    tape = tape_of(job(out.root), SESSION, profile, out, kit, clock=CLOCK, browser="1.0")
    assert tape is not None
    tape.close()
    shelf = RecordingStore(out.recordings / SESSION.id)
    assert shelf.head().snapshot is None
    shelf.put_har(0, made(raw_entry()).har)
    with Store(out.store) as store:
        store.add_run("r", scenario="n", seed=1, plan_hash=PLAN.hash)
        enter_plan(store, "r", PLAN, {})
        for step in SESSION.steps:
            store.step_started(SESSION.id, step.index)
            end_recording(store, job(out.root), step, StepRecorder())
        rows = list(store.rows("SELECT * FROM events"))
        assert [(row["kind"], row["session"], row["step"], row["level"]) for row in rows] == [
            ("recording", SESSION.id, 0, "warning")
        ]
        (found,) = recorded(out, store).values()
    assert found.pop("bytes") > 0
    assert found == {
        "record": "har",
        "steps": 1,
        "missing": [1],
        "lacks": {"0": "answers without their body: 1 (9 bytes)"},
    }


def test_a_recording_names_the_state_it_began_from(tmp_path: Path) -> None:
    out = new_run(tmp_path / "run")
    profile = make_puppets(PLAN, out.profiles, reproducible=True)[SESSION.puppet]
    (profile.state_dir / "Local State").write_text("{}", "utf-8")
    kit = spec_of(PLAN.platform)
    tape = tape_of(job(out.root), SESSION, profile, out, kit, clock=CLOCK, browser="1.0")
    assert tape is not None
    tape.close()
    name = RecordingStore(out.recordings / SESSION.id).head().snapshot
    assert (out.snapshots / f"{name}.tar.zst").is_file()


def test_without_room_to_begin_a_recording_the_run_can_be_resumed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = new_run(tmp_path / "run")
    profile = make_puppets(PLAN, out.profiles, reproducible=True)[SESSION.puppet]

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(taping, "_state_now", full)
    kit = spec_of(PLAN.platform)
    with pytest.raises(EvidenceDiskFull, match="the disk is full"):
        tape_of(job(out.root), SESSION, profile, out, kit, clock=CLOCK, browser="1.0")


def test_a_session_that_is_not_recorded_has_no_folder(tmp_path: Path) -> None:
    out = new_run(tmp_path / "run")
    profile = make_puppets(PLAN, out.profiles, reproducible=True)[SESSION.puppet]
    plain = replace(job(out.root), browser=BrowserOptions())
    kit = spec_of(PLAN.platform)
    assert tape_of(plain, SESSION, profile, out, kit, clock=CLOCK, browser="1.0") is None
    assert not out.recordings.exists()
