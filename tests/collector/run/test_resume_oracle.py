"""A run that is taken up again: as it was begun, or refused with what is another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from begun_runs import begun, played
from fleet_tools import SCENARIO

from collector.common.errors import UserError
from collector.contract.layout import RunDir
from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.run import prepare
from collector.run import resume as module
from collector.run.resume import ResumeRefused, resume
from collector.run.runlock import RunLock
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from collector.schedule.barrier import schedule_of
from collector.schedule.display import QuietDisplay
from collector.store import SessionState, Store
from collector.store.leases import Owner, claim, current_lease


class Said(QuietDisplay):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)


def confirm(question: str) -> bool:
    raise AssertionError(question)


@pytest.fixture(name="carried")
def _carried(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What ``resume`` hands on to be carried out; nothing is."""
    found: list[tuple[Any, ...]] = []

    def with_own_mock(*given: Any, **more: Any) -> str:
        found.append((*given, more))
        return "carried out"

    monkeypatch.setattr(module, "with_own_mock", with_own_mock)
    return found


def test_a_run_is_taken_up_as_it_was_begun(tmp_path: Path, carried: list[Any]) -> None:
    """Everything that the run was begun with goes on; only what the caller names is another."""
    out, plan = begun(tmp_path, resumed=[{"at": "earlier"}])
    display = Said()
    asked = datetime.now(UTC)
    assert resume(out.root, display=display, confirm=confirm) == "carried out"
    ((setting, target, mock, shown, read_after, more),) = carried
    assert (target, mock, shown, read_after, more) == ("none", None, display, False, {"port": 4321})
    manifest = out.read_manifest() or {}
    assert setting.run == "small-1"
    assert setting.plan.to_json() == plan.to_json()
    assert setting.out == out
    assert setting.options == RunOptions(out=out.root, driver="http", submit_to="none", workers=2)
    assert setting.place.is_own_mock
    assert setting.pace.virtual
    assert setting.versions == {"collector": "0.0.1"}
    assert setting.started == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert setting.warnings == ("mind the gap",)
    assert setting.labels_path is None
    assert setting.before == manifest
    first, now = setting.resumed
    assert first == {"at": "earlier"}
    assert asked - timedelta(milliseconds=1) <= datetime.fromisoformat(now["at"])
    assert datetime.fromisoformat(now["at"]) <= datetime.now(UTC)
    assert now["versions"]["browser_kind"] == "http"
    assert now["versions"]["parser"].startswith("youtube")
    assert setting.order == replace(schedule_of(plan, 2), notes=())
    assert "warning: collector was 0.0.1 when the run began and is " in "\n".join(display.said)
    with Store(out.store) as store:
        events = list(store.rows("SELECT * FROM events WHERE kind = 'version'"))
    assert [f"warning: {event['message']}" for event in events] == display.said
    assert {(event["run"], event["level"]) for event in events} == {("small-1", "warning")}


def test_what_the_caller_names_is_another(tmp_path: Path, carried: list[Any]) -> None:
    out, plan = begun(tmp_path)
    elsewhere = MockSite("http://a.localhost:1", "http://b.localhost:1", "token")
    loaded = parse_scenario(SCENARIO)
    resume(
        out.root, display=Said(), confirm=confirm, workers=1, mock=elsewhere, ledger="here:7",
        loaded=loaded,
    )  # fmt: skip
    ((setting, _, mock, *_),) = carried
    assert mock is elsewhere
    assert setting.options.ledger == "here:7"
    assert setting.options.workers == 2, "the options stay those of the beginning"
    assert setting.order == replace(schedule_of(plan, 1), notes=())
    with pytest.raises(UserError, match="scheduler"):
        resume(out.root, display=Said(), confirm=confirm, scheduler="tcp://there:1")


def test_labels_are_those_whose_bytes_were_kept(tmp_path: Path, carried: list[Any]) -> None:
    out, _ = begun(tmp_path, labels="/some/labels.csv", labels_sha256="0" * 64)
    resume(out.root, display=Said(), confirm=confirm)
    out.write_manifest((out.read_manifest() or {}) | {"labels_sha256": None})
    resume(out.root, display=Said(), confirm=confirm)
    assert [setting.labels_path for setting, *_ in carried] == [Path("/some/labels.csv"), None]


def test_sessions_are_judged_before_anything_is_done(tmp_path: Path, carried: list[Any]) -> None:
    """One is over, one was cut off in its watch: both are lost to their blocks, leases are void."""
    out, plan = begun(tmp_path)
    over, cut = plan.sessions
    display = Said()
    with Store(out.store) as store:
        lease = claim(store, cut.id, Owner("gone", 1, 0.0), 3600)
        played(store, over.id, 3, cut=False)
        store.update_session(over.id, state=SessionState.DONE)
        played(store, cut.id, 2, cut=True)
        store.update_session(cut.id, state=SessionState.RUNNING)
    resume(out.root, display=display, confirm=confirm)
    setting = carried[0][0]
    assert set().union(*(block.lost for block in setting.order.blocks)) == {over.id, cut.id}
    for block in setting.order.blocks:
        assert block.lost <= set(block.members)
    why = "step 2 was cut off and may have had its effect"
    assert f"{cut.puppet} is contaminated and excluded: {why}" in display.said
    assert not any(text.startswith(over.puppet) for text in display.said)
    with Store(out.store) as store:
        row = current_lease(store, cut.id)
        assert row is not None
        assert row.released
        assert row.token > lease.token
        assert [one["outcome"] for one in store.steps(cut.id)] == ["done", "done", "contaminated"]
        assert store.steps(cut.id)[2]["detail"] == "the run was cut off"


def test_the_others_stand_where_they_were_cut_off(tmp_path: Path, carried: list[Any]) -> None:
    out, plan = begun(tmp_path)
    going, to_come = plan.sessions
    with Store(out.store) as store:
        played(store, going.id, 1, cut=True)
    resume(out.root, display=Said(), confirm=confirm)
    assert not any(block.lost for block in carried[0][0].order.blocks)
    with Store(out.store) as store:
        assert [one["outcome"] for one in store.steps(going.id)] == ["done", None, None]
        assert {one["outcome"] for one in store.steps(to_come.id)} == {None}


def test_a_store_in_which_nothing_was_entered_begins(tmp_path: Path, carried: list[Any]) -> None:
    """A kill between the tables and the plan's rows."""
    out, _ = begun(tmp_path)
    out.store.unlink()
    Store(out.store).close()
    assert resume(out.root, display=Said(), confirm=confirm) == "carried out"
    assert not carried[0][0].order.blocks[0].lost


def test_every_session_is_judged(tmp_path: Path, carried: list[Any]) -> None:
    """Also those behind one that can go on, in a run whose manifest has no warnings."""
    out, plan = begun(tmp_path)
    told = out.read_manifest() or {}
    del told["warnings"]
    out.write_manifest(told)
    going, cut = plan.sessions
    with Store(out.store) as store:
        played(store, going.id, 1, cut=True)
        played(store, cut.id, 2, cut=True)
    display = Said()
    resume(out.root, display=display, confirm=confirm)
    setting = carried[0][0]
    assert setting.warnings == ()
    assert set().union(*(block.lost for block in setting.order.blocks)) == {cut.id}
    assert [text for text in display.said if "contaminated" in text] == [
        f"{cut.puppet} is contaminated and excluded: step 2 was cut off and may have had its effect"
    ]


def test_a_run_that_never_got_a_store_begins(tmp_path: Path, carried: list[Any]) -> None:
    out, _ = begun(tmp_path)
    out.store.unlink()
    assert resume(out.root, display=Said(), confirm=confirm) == "carried out"
    assert not out.store.exists()
    assert len(carried) == 1


def other_hash(out: RunDir) -> None:
    out.write_manifest((out.read_manifest() or {}) | {"plan_hash": "f" * 64})


def no_plan(out: RunDir) -> None:
    out.plan.unlink()


def old_options(out: RunDir) -> None:
    out.write_manifest((out.read_manifest() or {}) | {"options": {"unheard": 1}})


def no_options(out: RunDir) -> None:
    told = out.read_manifest() or {}
    del told["options"]
    out.write_manifest(told)


@pytest.mark.parametrize(
    ("harm", "problem", "place", "fix"),
    [
        (other_hash, "…, the run was begun with ffffffffffff…", "plan.json",
         "put the plan back as it was, or run the scenario anew"),
        (no_plan, "the run has no plan", "plan.json", "run the scenario anew"),
        (old_options, "the run was begun by a version that could not resume", "manifest.json",
         "run the scenario anew; what this run captured can still be submitted"),
        (no_options, "the run was begun by a version that could not resume", "manifest.json",
         "run the scenario anew; what this run captured can still be submitted"),
    ],
)  # fmt: skip
def test_another_plan_is_refused(
    tmp_path: Path, carried: list[Any], harm: Any, problem: str, place: str, fix: str
) -> None:
    """Nothing is done to a run that is not the one that was begun; the error says what to do."""
    out, plan = begun(tmp_path)
    harm(out)
    before = out.store.read_bytes()
    with pytest.raises(ResumeRefused) as caught:
        resume(out.root, display=Said(), confirm=confirm)
    assert caught.value.problem.endswith(problem)
    if harm is other_hash:
        assert caught.value.problem.startswith(f"the plan has the hash {plan.hash[:12]}…")
    assert caught.value.place == str(out.root / place)
    assert caught.value.fix == fix
    assert not carried
    assert out.store.read_bytes() == before


def test_another_scenario_is_refused(tmp_path: Path, carried: list[Any]) -> None:
    out, _ = begun(tmp_path)
    other = parse_scenario({"name": "small", "arms": {"a": {"twins": 3, "steps": ["capture"]}}})
    with pytest.raises(ResumeRefused) as caught:
        resume(out.root, display=Said(), confirm=confirm, loaded=other)
    assert caught.value.problem == "the scenario is not the one that this run was begun with"
    assert caught.value.place == str(out.root)
    assert caught.value.fix == "leave the scenario out, or choose another --out for it"
    assert not carried


def test_what_an_earlier_attempt_left_is_ended_first(
    tmp_path: Path, carried: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Processes of the earlier attempt get their time to end, then are ended, and it is said."""
    out, _ = begun(tmp_path)
    left = [type("Left", (), {"pid": pid, "role": "session"})() for pid in (71, 72)]
    waits: list[float] = []

    def end_left(self: RunLock, patience_s: float) -> list[Any]:
        waits.append(patience_s)
        assert not carried
        return left[:1]

    monkeypatch.setattr(RunLock, "end_left", end_left)
    entered = RunLock.__enter__

    def enter(self: RunLock) -> RunLock:
        entered(self)
        self.left = tuple(left)
        return self

    monkeypatch.setattr(RunLock, "__enter__", enter)
    display = Said()
    resume(out.root, display=display, confirm=confirm)
    assert display.said[:2] == [
        "waiting for 2 processes of the earlier attempt to end",
        "ended process 71 (session), which did not end by itself",
    ]
    from collector.session.worker import CUT_GRACE_S, ORPHAN_GRACE_S

    assert waits == [ORPHAN_GRACE_S + CUT_GRACE_S + 5]
    monkeypatch.setattr(RunLock, "__enter__", entered)
    quiet = Said()
    resume(out.root, display=quiet, confirm=confirm)
    assert not any("earlier attempt" in text for text in quiet.said)
    assert len(waits) == 1


def test_in_real_time_sessions_are_due_when_they_were(
    tmp_path: Path, carried: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a browser, moments count from the run's own beginning, not from its being resumed."""
    out, _ = begun(tmp_path)
    plan = make_plan(parse_scenario({
        "name": "s", "sessions": "2 a day at :05",
        "arms": {"a": {"twins": 2, "steps": ["capture"]}},
    }))  # fmt: skip
    out.plan.write_bytes(plan.to_json())
    options = RunOptions(out=out.root, driver="chromium", submit_to="none", workers=2)
    told = (out.read_manifest() or {}) | {"options": options.to_dict(), "plan_hash": plan.hash}
    out.write_manifest(told)
    out.store.unlink()
    asked: list[dict[str, Any]] = []

    def means(driver: str, **more: Any) -> Any:
        asked.append({"driver": driver} | more)
        return type("Means", (), {"version": "1", "kind": "chromium"})()

    monkeypatch.setattr(prepare, "means_of", means)
    resume(out.root, display=Said(), confirm=confirm)
    setting = carried[0][0]
    started = datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert setting.order == replace(schedule_of(plan, 2, started=started), notes=())
    assert all(block.due is not None for block in setting.order.blocks)
    assert not setting.pace.virtual
    assert asked == [{"driver": "chromium", "headed": False, "real": False}]
    assert isinstance(setting.lock, RunLock)
    assert setting.lock.path.parent == out.root


def test_the_runs_own_copy_of_the_labels_comes_first(tmp_path: Path, carried: list[Any]) -> None:
    out, _ = begun(tmp_path, labels="/some/labels.csv", labels_sha256="0" * 64)
    out.labels.write_text("video_id,label\n")
    resume(out.root, display=Said(), confirm=confirm)
    assert carried[0][0].labels_path == out.labels
