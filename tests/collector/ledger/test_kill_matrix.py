"""kill -9 of a session at every boundary of a ten-step scenario and within every step, then resume.

Every puppet either did exactly what was planned, by the mock's own log, or is contaminated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from kill_tools import forked_workers

from collector.contract.options import RunOptions
from collector.run.resume import resume
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import QuietDisplay
from collector.store import Store

#: Each step in a different company: some need the page that the last one left, some do not.
STEPS = (
    ("visit", {"visit": {"url": "home", "capture": False}}),
    ("consent", {"consent": "reject"}),
    ("search", {"search": "live concert"}),
    ("follow", {"follow": {"rank": 1}}),
    ("watch", {"watch": "60s"}),
    ("watch", {"watch": {"video": "dQw4w9WgXcQ", "for": "30s"}}),
    ("pause", {"pause": "1s"}),
    ("like", {"like": True}),
    ("capture", {"capture": "liked"}),
    ("visit", {"visit": "home"}),
)
#: Of these, what the site remembers: written out, so that the code's own list is not the oracle.
TREATING = {"visit", "consent", "search", "follow", "watch", "like"}
WATCHED_S = (60.0, 30.0)
#: At every boundary, and within every step: when it has begun and when it has had its effect.
PLACES = (
    "ready",
    *(f"{'started' if step % 2 else 'acted'}:{step}" for step in range(len(STEPS))),
    "started:8",
    *(f"finished:{step}" for step in range(len(STEPS))),
    "released",
)


def confirm(question: str) -> bool:
    raise AssertionError(question)


def spoiled(place: str) -> bool:
    """A kill here leaves a step that may or may not have had its effect."""
    moment, _, step = place.partition(":")
    return moment in ("started", "acted") and STEPS[int(step)][0] in TREATING


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Puppet → where its session was killed; the run in ``OUT`` was then resumed."""
    folder = tmp_path_factory.mktemp("kill")
    scenario = {
        "name": "kill",
        "seed": 5,
        "block": 1,
        "arms": {"a": {"twins": len(PLACES), "steps": [step for _, step in STEPS]}},
    }
    loaded = parse_scenario(scenario)
    places = {f"b{n:02d}-a-{n}": place for n, place in enumerate(PLACES, 1)}
    told = folder / "places.json"
    told.write_text(json.dumps(places))
    options = RunOptions(out=folder / "out", driver="http", workers=4)
    with forked_workers(folder, told):
        first = run_scenario(loaded, options, display=QuietDisplay(), confirm=confirm)
        assert first.exit_code == 1
        assert first.submitted is not None
        told.unlink()  # from now on nobody dies
        second = resume(folder / "out", display=QuietDisplay(), confirm=confirm)
    assert second.submitted is not None
    assert (second.submitted.left, second.submitted.failed) == (0, 0)
    with Store(folder / "out" / "store.db", readonly=True) as store:
        items = [row["capture"] for row in store.rows("SELECT capture FROM outbox")]
    assert sum("+element-" not in item for item in items) == second.captures
    assert first.submitted.sent + second.submitted.sent == len(items)
    return {"OUT": str(folder / "out")} | {f"a-{n}": place for n, place in enumerate(PLACES, 1)}


@pytest.fixture(scope="module")
def store(killed: Mapping[str, str]) -> Store:
    return Store(Path(killed["OUT"]) / "store.db", readonly=True)


def loads(store: Store, number: int) -> int:
    """How many pages the mock sent to a puppet."""
    sql = "SELECT count(DISTINCT load) AS n FROM truth_pages WHERE puppet = ?"
    (found,) = store.rows(sql, [f"a-{number}"])
    return int(found["n"])


def reopened(store: Store, session: str) -> list[int]:
    """The steps for which a page was opened again."""
    sql = "SELECT step FROM events WHERE kind = 'reopened' AND session = ?"
    return [row["step"] for row in store.rows(sql, [session])]


@pytest.mark.parametrize(("number", "place"), list(enumerate(PLACES, 1)))
def test_what_is_planned_happened_once_or_the_puppet_counts_no_more(
    killed: Mapping[str, str], store: Store, number: int, place: str
) -> None:
    session, puppet = f"b{number:02d}-a-{number}", f"a-{number}"
    steps = store.steps(session)
    outcomes = [row["outcome"] for row in steps]
    receipts = [step for _, step, _ in store.receipts(session=session)]
    (state,) = store.rows("SELECT state FROM sessions WHERE id = ?", [session])
    log = [
        row["seconds"]
        for row in store.rows("SELECT * FROM truth_watches WHERE puppet = ? ORDER BY seq", [puppet])
    ]
    # A watch page begins to play when it opens; one that is opened again is stopped at once.
    watched = [seconds for seconds in log if seconds >= 1]
    assert len(log) - len(watched) <= len(reopened(store, session))
    assert len(receipts) == len(set(receipts))
    if not spoiled(place):
        assert state["state"] == "done"
        assert outcomes == ["done"] * len(STEPS)
        assert receipts == [step for step, (kind, _) in enumerate(STEPS) if kind == "watch"]
        assert watched == list(WATCHED_S)
        return
    cut = int(place.partition(":")[2])
    assert state["state"] == "contaminated"
    assert outcomes == (["done"] * cut + ["contaminated"] + ["skipped"] * (len(STEPS) - cut - 1))
    assert watched == list(WATCHED_S)[: len(watched)]


def test_a_page_is_opened_again_only_where_the_next_step_needs_it(store: Store) -> None:
    """A reload is one more load by the site's count; none happens that is not on record. The last
    puppet's session was over when it was killed: it is what the others are measured by."""
    for number, place in enumerate(PLACES, 1):
        if spoiled(place):
            continue
        session = f"b{number:02d}-a-{number}"
        again = reopened(store, session)
        # after step K: the step for which the page is needed, if there is one
        wanted = {"finished:0": [1], "finished:2": [3], "finished:3": [4]}
        wanted |= {f"finished:{step}": [7] for step in (5, 6)}
        wanted |= {f"{moment}:6": [7] for moment in ("started", "acted")}
        wanted |= {"finished:7": [8], "started:8": [8]}
        assert again == wanted.get(place, []), place
        assert loads(store, number) == loads(store, len(PLACES)) + len(again), place


def test_captures_are_numbered_on_and_never_filed_twice(store: Store) -> None:
    for number, place in enumerate(PLACES, 1):
        if spoiled(place):
            continue
        session = f"b{number:02d}-a-{number}"
        captures = list(store.captures(session=session))
        assert [each.seq for each in captures] == list(range(len(captures))), place
        # A capture step that was cut off after it had filed its page is not done again.
        assert len(captures) == 5, place
        assert all(store.observation(each.id) is not None for each in captures)
