"""What passes between processes, and what is entered before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.contract.job import Pace, SessionJob
from collector.contract.progress import Event, EventKind
from collector.ledger.ledger import close_lost, enter_plan
from collector.run.manifest import attrition, missing_steps, seeds
from collector.run.puppets import keys_of, make_puppets
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import Plan, make_plan
from collector.schedule.display import describe
from collector.store import Store

SCENARIO = """
name: pair
before: [{visit: home}]
arms:
  control: {twins: 2, steps: [{watch: {video: dQw4w9WgXcQ, for: 10s}}]}
  treated: {twins: 1, steps: [{pause: 1s}, {search: "flat earth"}]}
"""


@pytest.fixture
def plan() -> Plan:
    return make_plan(parse_scenario(SCENARIO), seed=7)


def entered(path: Path, plan: Plan) -> Store:
    store = Store(path / "store.db")
    store.add_run("r", scenario=plan.scenario_name, seed=plan.seed, plan_hash=plan.hash)
    enter_plan(store, "r", plan, {"control-1": "pasta-cake-romaine"})
    return store


def test_every_planned_step_has_a_row_before_anything_runs(tmp_path: Path, plan: Plan) -> None:
    with entered(tmp_path, plan) as store:
        assert [(row["session"], row["step"], row["kind"]) for row in store.steps()] == sorted(
            (session.id, step.index, step.kind.value)
            for session in plan.sessions
            for step in session.steps
        )
        assert {row["outcome"] for row in store.steps()} == {None}
        assert missing_steps(store) == sum(len(session.steps) for session in plan.sessions)
        assert {row["id"]: row["pseudonym"] for row in store.puppets()} == {
            "control-1": "pasta-cake-romaine",
            "control-2": None,
            "treated-1": None,
        }


def test_what_a_lost_session_left_open_is_closed_with_the_reason(
    tmp_path: Path, plan: Plan
) -> None:
    session = next(s.id for s in plan.sessions if s.arm == "control")
    with entered(tmp_path, plan) as store:
        store.step_started(session, 0)
        store.step_finished(session, 0, "done")
        store.step_started(session, 1)
        assert close_lost(store, session, "the power went") is True
        assert [(row["outcome"], row["detail"]) for row in store.steps(session)] == [
            ("done", None),
            ("contaminated", "the power went"),
        ]
        assert close_lost(store, session, "again") is False


def test_a_cut_pause_contaminates_nothing(tmp_path: Path, plan: Plan) -> None:
    session = next(s.id for s in plan.sessions if s.arm == "treated")
    with entered(tmp_path, plan) as store:
        for step, outcome in ((0, "done"), (1, None)):
            store.step_started(session, step)
            if outcome:
                store.step_finished(session, step, outcome)
        assert close_lost(store, session, "gone") is False
        assert [row["outcome"] for row in store.steps(session)] == ["done", "skipped", "skipped"]


def test_attrition_counts_what_was_lost_by_arm(tmp_path: Path, plan: Plan) -> None:
    with entered(tmp_path, plan) as store:
        close_lost(store, next(s.id for s in plan.sessions if s.arm == "treated"), "x")
        assert attrition(store, plan) == {
            "control": {"puppets": 2, "sessions_planned": 2, "steps": 4, "steps_open": 4},
            "treated": {"puppets": 1, "sessions_planned": 1, "steps": 3, "steps_skipped": 3},
        }


def test_puppets_of_a_mock_follow_from_the_plan(tmp_path: Path, plan: Plan) -> None:
    first = make_puppets(plan, tmp_path / "a", reproducible=True)
    again = make_puppets(plan, tmp_path / "b", reproducible=True)
    assert {n: (p.public_key, p.visitor_id) for n, p in first.items()} == {
        n: (p.public_key, p.visitor_id) for n, p in again.items()
    }
    assert len({p.public_key for p in first.values()}) == 3
    assert len({p.visitor_id for p in first.values()}) == 3
    assert keys_of(tmp_path / "a")("control-1").public_key == first["control-1"].public_key


def test_puppets_elsewhere_sign_with_keys_that_no_plan_tells(tmp_path: Path, plan: Plan) -> None:
    first = make_puppets(plan, tmp_path / "a", reproducible=False)
    again = make_puppets(plan, tmp_path / "b", reproducible=False)
    assert not {p.public_key for p in first.values()} & {p.public_key for p in again.values()}


def test_the_manifest_names_every_seed(plan: Plan) -> None:
    assert seeds(plan)["master"] == 7
    assert set(seeds(plan)["sessions"]) == {session.id for session in plan.sessions}


def test_a_job_reads_back_as_it_was_written(tmp_path: Path) -> None:
    job = SessionJob(
        run="r",
        out=tmp_path,
        session="b01-control-1",
        puppet="control-1",
        site="http://youtube.localhost:1",
        on_loopback=True,
        pace=Pace(True, 20.0),
        research_tag="pair.contrôle",
    )
    assert SessionJob.from_json(job.to_json()) == job
    assert "\n" not in job.to_json()


def test_an_event_reads_back_as_it_was_written() -> None:
    event = Event(EventKind.PROBLEM, "s", {"text": "ça\nne va pas"})
    assert Event.from_line(event.to_line()) == event
    assert "\n" not in event.to_line()


@pytest.mark.parametrize(
    "line", ["", "hello", "[]", "3", '{"kind": "dance", "session": "s"}', '{"kind": "ready"}']
)
def test_what_is_no_event_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not a progress line"):
        Event.from_line(line)


def test_events_are_told_in_words() -> None:
    done = {"index": 1, "total": 3, "outcome": "missing", "detail": "page status captcha"}
    assert describe(Event(EventKind.STEP_FINISHED, "s", done)) == (
        "step 2/3 missing (page status captcha)"
    )
    closed = {"state": "done", "captures": 4, "missing": 0}
    assert describe(Event(EventKind.CLOSED, "s", closed)) == "done, 4 captures, 0 missing"
