"""kill -9 of a session at every boundary of a ten-step scenario and within every step, then resume.

Every puppet either did exactly what was planned, by the mock's own log, or is contaminated.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from kill_tools import mortal_workers

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
ALL = (
    "ready",
    *(f"{'started' if step % 2 else 'acted'}:{step}" for step in range(len(STEPS))),
    "started:8",
    *(f"finished:{step}" for step in range(len(STEPS))),
    "released",
)
#: Of each kind one: before the first step, within a step that the site remembers or does not or
#: that files a page, after one whose page is wanted, is brought or is not needed, after the end.
FEW = (
    "ready", "started:1", "acted:4", "acted:6", "started:8",
    "finished:1", "finished:3", "finished:5", "released",
)  # fmt: skip
CASES = [
    *((FEW, place) for place in FEW),
    *(pytest.param(ALL, place, marks=pytest.mark.slow) for place in ALL),
]


@dataclass(frozen=True)
class Killed:
    places: tuple[str, ...]
    """Where the session of each puppet was killed, the first puppet's first."""
    store: Store
    """Of the run, which was then resumed."""

    def session(self, place: str) -> str:
        number = self.places.index(place) + 1
        return f"b{number:02d}-a-{number}"

    def whole(self) -> list[tuple[str, str]]:
        """Place and session of the puppets that count."""
        return [(place, self.session(place)) for place in self.places if not spoiled(place)]


def confirm(question: str) -> bool:
    raise AssertionError(question)


def spoiled(place: str) -> bool:
    """A kill here leaves a step that may or may not have had its effect."""
    moment, _, step = place.partition(":")
    return moment in ("started", "acted") and STEPS[int(step)][0] in TREATING


@pytest.fixture(scope="module")
def killed_at(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[str, ...]], Killed]:
    """Carry out a run whose sessions are killed at these places, and resume it; once for each."""

    @functools.cache
    def carry_out(places: tuple[str, ...]) -> Killed:
        folder = tmp_path_factory.mktemp("kill")
        scenario = {
            "name": "kill",
            "seed": 5,
            "block": 1,
            "arms": {"a": {"twins": len(places), "steps": [step for _, step in STEPS]}},
        }
        loaded = parse_scenario(scenario)
        told = folder / "places.json"
        told.write_text(json.dumps({f"b{n:02d}-a-{n}": at for n, at in enumerate(places, 1)}))
        options = RunOptions(out=folder / "out", driver="http", workers=4)
        with mortal_workers(told):
            first = run_scenario(loaded, options, display=QuietDisplay(), confirm=confirm)
            assert first.exit_code == 1
            assert first.submitted is not None
            told.unlink()  # from now on nobody dies
            second = resume(folder / "out", display=QuietDisplay(), confirm=confirm)
        assert second.submitted is not None
        assert (second.submitted.left, second.submitted.failed) == (0, 0)
        store = Store(folder / "out" / "store.db", readonly=True)
        items = [row["capture"] for row in store.rows("SELECT capture FROM outbox")]
        assert sum("+element-" not in item for item in items) == second.captures
        assert first.submitted.sent + second.submitted.sent == len(items)
        return Killed(places, store)

    return carry_out


@pytest.fixture(params=[FEW, pytest.param(ALL, marks=pytest.mark.slow)], ids=["few", "all"])
def killed(
    request: pytest.FixtureRequest, killed_at: Callable[[tuple[str, ...]], Killed]
) -> Killed:
    return killed_at(request.param)


def loads(store: Store, session: str) -> int:
    """How many pages the mock sent to a puppet."""
    sql = "SELECT count(DISTINCT load) AS n FROM truth_pages WHERE puppet = ?"
    (found,) = store.rows(sql, [session.partition("-")[2]])
    return int(found["n"])


def reopened(store: Store, session: str) -> list[int]:
    """The steps for which a page was opened again."""
    sql = "SELECT step FROM events WHERE kind = 'reopened' AND session = ?"
    return [row["step"] for row in store.rows(sql, [session])]


@pytest.mark.slow
@pytest.mark.parametrize(("places", "place"), CASES)
def test_what_is_planned_happened_once_or_the_puppet_counts_no_more(
    killed_at: Callable[[tuple[str, ...]], Killed], places: tuple[str, ...], place: str
) -> None:
    killed = killed_at(places)
    store, session = killed.store, killed.session(place)
    puppet = session.partition("-")[2]
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


def test_a_page_is_opened_again_only_where_the_next_step_needs_it(killed: Killed) -> None:
    """A reload is one more load by the site's count; none happens that is not on record. The last
    puppet's session was over when it was killed: it is what the others are measured by."""
    store = killed.store
    for place, session in killed.whole():
        again = reopened(store, session)
        # after step K: the step for which the page is needed, if there is one
        wanted = {"finished:0": [1], "finished:2": [3], "finished:3": [4]}
        wanted |= {f"finished:{step}": [7] for step in (5, 6)}
        wanted |= {f"{moment}:6": [7] for moment in ("started", "acted")}
        wanted |= {"finished:7": [8], "started:8": [8]}
        assert again == wanted.get(place, []), place
        assert loads(store, session) == loads(store, killed.session("released")) + len(again)


def test_captures_are_numbered_on_and_never_filed_twice(killed: Killed) -> None:
    store = killed.store
    for place, session in killed.whole():
        captures = list(store.captures(session=session))
        assert [each.seq for each in captures] == list(range(len(captures))), place
        # A capture step that was cut off after it had filed its page is not done again.
        assert len(captures) == 5, place
        assert all(store.observation(each.id) is not None for each in captures)
