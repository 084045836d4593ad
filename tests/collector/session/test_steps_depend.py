"""A step whose page did not come about is missing, and nothing is done on the page before it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kill_tools import mortal_workers

from collector.analysis.load import load_run
from collector.analysis.tables import manipulation
from collector.contract.options import RunOptions
from collector.datasets.records import COLUMNS
from collector.datasets.simulator import Job, Simulator
from collector.run.resume import resume
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import QuietDisplay
from collector.store import Store
from collector.testing import ScenarioRun

Run = Callable[..., ScenarioRun]

FIRST = "dQw4w9WgXcQ"
BEFORE = [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}]
GOOD: list[Any] = [{"visit": f"/watch?v={FIRST}"}, {"watch": "5s"}]
#: A visit to another site and a topic that nothing is about: neither brings a page.
TREATED: list[Any] = [
    *GOOD, {"visit": "https://music.youtube.com/watch?v=RN8Li7kYNnw"}, {"watch": "5s"},
    {"follow": {"topic": "technology"}}, {"watch": "5s"}, {"like": True}, "subscribe",
    {"pause": "30s"}, {"capture": "after all"},
]  # fmt: skip
NOT_HERE = ("missing", "step 5 did not lead here")
#: What must come of the treated arm's steps after the consent.
EXPECTED = [
    ("done", None),
    ("done", None),
    ("failed", "'https://music.youtube.com/watch?v=RN8Li7kYNnw' is not on this site"),
    NOT_HERE,
    NOT_HERE,
    NOT_HERE,
    NOT_HERE,
    NOT_HERE,
    ("done", None),
    NOT_HERE,
    ("done", None),
]


def scenario(**arms: list[Any]) -> dict[str, Any]:
    return {
        "name": "wrongwatch",
        "seed": 7,
        "labels": "mock",
        "before": BEFORE,
        "arms": {name: {"steps": steps} for name, steps in arms.items()},
        "after": [{"visit": "home"}],
    }


def came_about(store: Store, session: str) -> list[tuple[str, str | None]]:
    rows = store.steps(session)[2:]
    return [
        (row["outcome"], row["detail"] and row["detail"].partition(" (http")[0]) for row in rows
    ]


def check_run(run: ScenarioRun, *others: str) -> None:
    """``others``: puppets whose every step came about."""
    session = next(
        row["id"] for row in run.store.rows("SELECT id FROM sessions WHERE puppet LIKE 'treated%'")
    )
    assert came_about(run.store, session) == EXPECTED
    assert [step for _, step, _ in run.receipts(session)] == [3]
    # The site's own word: one watch of five seconds a puppet, not a second more; nothing liked.
    watched = {row["puppet"]: (row["video_id"], row["seconds"]) for row in run.truth("watches")}
    puppets = (*others, "treated-1")
    assert watched == {name: (FIRST, pytest.approx(5, abs=0.6)) for name in puppets}
    assert len(run.truth("watches")) == len(puppets)
    told = manipulation(load_run(run.out.root))
    assert (told["complete"], told["planned"]) == (len(puppets), 3 + len(others))
    pages = [page.url.partition("1:")[2] for page in run.captures(session=session)]
    assert len(pages) == 2, "the video and the last home page, no other"


@pytest.mark.slow
def test_nothing_is_played_where_the_page_did_not_come_about(run_scenario: Run) -> None:
    given = {"driver": "http", "submit_to": "none", "speed": None}
    check_run(run_scenario(scenario(control=GOOD, treated=TREATED), **given), "control-1")


@pytest.mark.browser
@pytest.mark.slow
def test_nor_is_it_in_a_browser(run_scenario: Run) -> None:
    check_run(run_scenario(scenario(treated=TREATED), submit_to="none"))


def test_a_simulated_session_does_the_same() -> None:
    loaded = parse_scenario(scenario(treated=TREATED))
    (session,) = Simulator(Job(loaded, 7, "r")).round(0)
    outcome = COLUMNS["steps"].index("outcome")
    found = [row[outcome] for row in session.tables["steps"]]
    assert found == ["done", "done", *(expected for expected, _ in EXPECTED)]
    assert len(session.tables["receipts"]) == len(session.tables["truth_watches"]) == 1


FEED: list[Any] = [
    {"visit": "home"}, {"scroll": {"screens": 1}},
    {"visit": "https://example.org/"}, {"scroll": {"screens": 1}}, {"like": {"rank": 1}},
    "refresh", "subscribe", {"capture": "feed"}, {"pause": "2s"},
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "driver", ["http", pytest.param("chromium", marks=[pytest.mark.browser, pytest.mark.slow])]
)
def test_on_a_feed_nothing_is_done_after_a_failed_visit(run_scenario: Run, driver: str) -> None:
    what = {**scenario(only=FEED), "platform": "facebook"}
    speed = "max" if driver == "chromium" else None
    run = run_scenario(what, driver=driver, submit_to="none", speed=speed)
    (session,) = run.store.rows("SELECT id FROM sessions")
    outcomes = [outcome for outcome, _ in came_about(run.store, session["id"])]
    assert outcomes == ["done", "done", "failed", *["missing"] * 5, "done", "done"]
    assert {
        detail for outcome, detail in came_about(run.store, session["id"]) if outcome == "missing"
    } == {"step 5 did not lead here"}
    assert len(run.timelines()) == 2


def test_a_session_that_is_taken_up_remembers_it(tmp_path: Path) -> None:
    """Killed after the visit that failed, a session does not open the earlier page to go on."""
    told = tmp_path / "places.json"
    told.write_text(json.dumps({"b01-treated-1": "finished:4"}))
    options = RunOptions(out=tmp_path / "out", driver="http", submit_to="none")
    loaded = parse_scenario(scenario(treated=TREATED))

    def confirm(question: str) -> bool:
        raise AssertionError(question)

    with mortal_workers(told):
        first = run_scenario(loaded, options, display=QuietDisplay(), confirm=confirm)
        assert first.exit_code == 1
        told.unlink()
        resume(tmp_path / "out", display=QuietDisplay(), confirm=confirm)
    with Store(tmp_path / "out" / "store.db", readonly=True) as store:
        assert came_about(store, "b01-treated-1") == EXPECTED
        (state,) = store.rows("SELECT state FROM sessions")
        assert state["state"] == "done"
        assert not list(store.rows("SELECT 1 FROM events WHERE kind = 'reopened'"))
        watches = [row["seconds"] for row in store.rows("SELECT seconds FROM truth_watches")]
        assert watches == [5.0]
