"""What becomes of an interrupted session, judged a second time from written-out tables.

The tables below are the oracle: which verb may have had its effect when it was cut off, which
needs the page that is open, and where a session may go on. None of them is taken from the code.
"""

from __future__ import annotations

import json
import random
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from begun_runs import begun, played

from collector.common.model import PageStatus, Platform
from collector.ledger.checkpoint import Checkpoint
from collector.ledger.lease import StepRow
from collector.ledger.ledger import close_lost, cut_off, enter_plan
from collector.ledger.recovery import recover_session
from collector.ledger.resume_point import resume_point
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import PlannedStep, make_plan
from collector.scenario.steps import StepKind
from collector.store import Outcome, SessionState, Store

#: Cut off in the middle, the site may know of it: nothing of the puppet counts.
HARMFUL = {
    "visit", "consent", "search", "watch", "follow", "scroll", "refresh", "like", "subscribe",
    "not_interested", "click", "keypress",
}  # fmt: skip
#: Cut off in the middle, it can be done once more.
HARMLESS = {"pause", "slot", "capture", "screenshot", "snapshot"}
#: Opens a page of its own, or needs none; the others need the page that is open.
NEEDS_NO_PAGE = {"visit", "search", "watch a video", "snapshot"}

WATCHED = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
HOME = "https://www.youtube.com/"


def step(index: int, kind: str) -> PlannedStep:
    """A planned step; of ``watch a video`` the video is named, of ``watch`` it is not."""
    args = {"video": "dQw4w9WgXcQ" if kind == "watch a video" else None}
    return PlannedStep(index, StepKind(kind.split()[0]), args, f"steps.{index}", 1)


@pytest.mark.parametrize("kind", sorted(HARMFUL | HARMLESS))
def test_what_may_have_had_its_effect_contaminates(kind: str) -> None:
    """Cut off: contaminated where the site may know of it, else skipped and done again."""
    expected = Outcome.CONTAMINATED if kind in HARMFUL else Outcome.SKIPPED
    assert cut_off(kind) is expected


# -- where a session stands ----------------------------------------------------------------------

KINDS = [*sorted(HARMFUL | HARMLESS), "watch a video"]
MARKS: dict[str, Checkpoint | None] = {
    "unknown": None,
    "stale": Checkpoint("s", 0, WATCHED, open=True),
    "home": Checkpoint("s", 1, HOME, open=False),
    "video": Checkpoint("s", 1, WATCHED, open=False),
    "open": Checkpoint("s", 2, HOME, open=True),
}


def expected_standing(
    left: Sequence[str], mark: str, platform: Platform, *, virtual: bool
) -> str | None:
    """A word of the reason why a session that did two steps cannot go on; ``None``: it can."""
    if mark == "stale":
        mark = "unknown"
    if platform is Platform.FACEBOOK and mark in ("unknown", "open"):
        return "the timeline it was reading was lost"
    needing = next((kind for kind in left if kind not in ("pause", "slot")), "snapshot")
    if needing in NEEDS_NO_PAGE:
        return None
    verb = needing.split()[0]
    if mark == "unknown":
        return f"{verb} needs the page it was on, which is not known"
    if platform is Platform.FACEBOOK:
        return f"{verb} needs its timeline, which no reload brings back"
    if mark == "video" and verb != "watch" and not virtual:
        return f"{verb} needs its page, which would play the video again"
    return None


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("virtual", [True, False])
@pytest.mark.parametrize("mark", MARKS)
def test_where_a_session_goes_on(mark: str, virtual: bool, platform: Platform) -> None:
    """Every verb after every page, with idle steps before it, on both sites and both clocks."""
    begun = ["visit", "watch"]
    rests = [[], *([one] for one in KINDS), ["pause"], ["pause", "slot"]]
    rests += [[idle, one] for idle in ("pause", "slot") for one in KINDS]
    for rest in rests:
        planned = [step(index, kind) for index, kind in enumerate([*begun, *rest])]
        rows = [StepRow(n, kind, True, Outcome.DONE) for n, kind in enumerate(begun)]
        rows += [StepRow(n + 2, kind, False, None) for n, kind in enumerate(rest)]
        found = resume_point(rows, planned, MARKS[mark], platform=platform, virtual=virtual)
        reason = expected_standing(rest, mark, platform, virtual=virtual)
        assert (found.next, found.contaminated) == (2, reason or ""), rest


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.MISSING, Outcome.FAILED])
def test_what_ran_is_not_done_again(outcome: Outcome) -> None:
    """A step that ran counts as behind, whatever came of it; one that was skipped does not."""
    planned = [step(index, "visit") for index in range(4)]
    for last in range(4):
        rows = [StepRow(n, "visit", True, outcome) for n in range(last + 1)]
        rows += [StepRow(n, "visit", False, Outcome.SKIPPED) for n in range(last + 1, 4)]
        found = resume_point(rows, planned, None, platform=Platform.YOUTUBE, virtual=False)
        assert (found.next, found.contaminated) == (last + 1, "")
    nothing = [StepRow(n, "like", False, Outcome.SKIPPED) for n in range(4)]
    fresh = resume_point(
        nothing, [step(0, "like")], None, platform=Platform.FACEBOOK, virtual=False
    )
    assert (fresh.next, fresh.contaminated) == (0, "")


def test_one_contaminated_step_is_enough() -> None:
    """The first one is named, whatever is known besides."""
    outcomes = [Outcome.DONE, Outcome.CONTAMINATED, Outcome.CONTAMINATED, Outcome.SKIPPED]
    rows = [StepRow(n, "visit", True, outcome) for n, outcome in enumerate(outcomes)]
    planned = [step(index, "visit") for index in range(4)]
    found = resume_point(rows, planned, MARKS["open"], platform=Platform.YOUTUBE, virtual=True)
    assert found.next == 1
    assert found.contaminated == "step 1 was cut off and may have had its effect"


# -- on a store ----------------------------------------------------------------------------------


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        opened.add_run("r", scenario="s", seed=1, plan_hash="0" * 64)
        opened.add_puppet("p", run="r", arm="a", twin=1, block=1)
        yield opened


def filed(store: Store, session: str, number: int, status: PageStatus, seq: int) -> None:
    """A page that a capture step has filed."""
    store.db.execute("PRAGMA foreign_keys = OFF")
    columns = {row["name"]: row for row in store.rows("PRAGMA table_info(captures)")}
    values: dict[str, Any] = {
        name: "" for name, row in columns.items() if row["notnull"] and row["dflt_value"] is None
    }
    values |= {
        "id": f"{session}-{number}-{seq}", "run": "r", "puppet": "p", "session": session,
        "step": number, "seq": seq, "status": status.value,
    }  # fmt: skip
    marks = ", ".join("?" * len(values))
    names = ", ".join(values)
    store.db.execute(f"INSERT INTO captures ({names}) VALUES ({marks})", list(values.values()))


@pytest.mark.parametrize("seed", range(3))
def test_what_a_session_left_open_is_closed(store: Store, seed: int) -> None:
    """Any mixture of verbs, begun or not, ended or not, with a page filed or not."""
    dice = random.Random(seed)
    for number in range(12):
        session = f"s{number}"
        store.add_session(session, run="r", puppet="p", block=1, position=number)
        expected: list[tuple[str, str]] = []
        spoiled = False
        for index in range(6):
            kind = dice.choice([*sorted(HARMLESS), "capture", "visit", "like"])
            store.step_planned(session, index, kind=kind)
            stage = dice.choice(("planned", "started", "started", "ended"))
            pages = dice.choice(((), (PageStatus.OK,), (PageStatus.CAPTCHA,),
                                 (PageStatus.CAPTCHA, PageStatus.OK)))  # fmt: skip
            if stage != "planned":
                store.step_started(session, index)
                if kind == "capture":
                    for seq, status in enumerate(pages):
                        filed(store, session, index, status, seq)
            if stage == "ended":
                store.step_finished(session, index, Outcome.FAILED, "as it was")
                expected.append(("failed", "as it was"))
            elif stage == "planned":
                expected.append(("skipped", "the reason"))
            elif kind == "capture" and pages:
                good = pages[-1] is PageStatus.OK
                expected.append(
                    ("done", "") if good else ("missing", f"page status {pages[-1].value}")
                )
            elif kind in HARMFUL:
                expected.append(("contaminated", "the reason"))
                spoiled = True
            else:
                expected.append(("skipped", "the reason"))
        assert close_lost(store, session, "the reason") is spoiled
        rows = store.steps(session)
        assert [(row["outcome"], row["detail"] or "") for row in rows] == expected
        assert all(row["finished"] is not None for row in rows)
        before = list(store.db.conn.iterdump())
        assert close_lost(store, session, "again") is False
        assert list(store.db.conn.iterdump()) == before


def test_a_plan_is_entered_whole(store: Store) -> None:
    """A row for every puppet, session and step, as planned, before anything begins."""
    scenario = {
        "name": "s", "seed": 4, "sessions": "2 a day at :05",
        "arms": {
            "a": {"twins": 2, "steps": [{"visit": "home"}, {"pause": "1s"}]},
            "b": {"twins": 2, "steps": [{"search": "cats"}]},
        },
    }  # fmt: skip
    plan = make_plan(parse_scenario(scenario))
    started = datetime(2026, 3, 1, 9, tzinfo=UTC)
    known = {plan.sessions[0].puppet: "food-words"}
    enter_plan(store, "r", plan, known, started)
    puppets = {row["id"]: row for row in store.rows("SELECT * FROM puppets WHERE id != 'p'")}
    assert puppets.keys() == {session.puppet for session in plan.sessions}
    sessions = {row["id"]: row for row in store.sessions()}
    turns = {row["session"]: row for row in store.rows("SELECT * FROM turns")}
    assert sessions.keys() == {session.id for session in plan.sessions}
    for session in plan.sessions:
        puppet, row = puppets[session.puppet], sessions[session.id]
        assert (puppet["run"], puppet["arm"], puppet["twin"]) == ("r", session.arm, session.twin)
        assert puppet["pseudonym"] == known.get(session.puppet)
        assert (row["run"], row["puppet"], row["block"]) == ("r", session.puppet, session.block)
        assert (row["position"], row["seed"]) == (session.order - 1, session.seed)
        turn = turns[session.id]
        assert (turn["wave"], turn["slot"]) == (session.wave, session.slot)
        due = session.due.at(started) if session.due else None
        assert (turn["due"] and datetime.fromisoformat(turn["due"])) == due
        assert due is not None
        assert row["state"] == SessionState.PLANNED
        steps = store.steps(session.id)
        assert [(s["step"], s["kind"], s["path"], s["seed"]) for s in steps] == [
            (one.index, one.kind, one.path, one.seed) for one in session.steps
        ]
        assert [one["outcome"] for one in steps] == [None] * len(session.steps)
    by_first = {s.puppet: s for s in reversed(plan.sessions)}
    for name, session in by_first.items():
        assert puppets[name]["block"] == session.block
        assert puppets[name]["seed"] == session.seed
        assert json.loads(puppets[name]["persona"]) == session.persona.to_dict()
        assert [json.loads(s["args"]) for s in store.steps(session.id)] == [
            dict(one.args) for one in session.steps
        ]


def test_without_a_beginning_nothing_is_due(store: Store) -> None:
    plan = make_plan(parse_scenario({
        "name": "s", "sessions": "2 a day at :05",
        "arms": {"a": {"twins": 2, "steps": ["capture"]}},
    }))  # fmt: skip
    enter_plan(store, "r", plan, {})
    assert {row["due"] for row in store.rows("SELECT due FROM turns")} == {None}


@pytest.mark.parametrize(
    ("done", "cut", "known", "why"),
    [
        (0, False, False, ""),
        (0, True, False, "step 0 was cut off and may have had its effect"),
        (1, False, False, ""),
        (1, True, False, ""),
        (2, False, False, ""),
        (2, True, False, "step 2 was cut off and may have had its effect"),
        (3, False, False, ""),
    ],
)
def test_one_session_is_taken_up(
    tmp_path: Path, done: int, cut: bool, known: bool, why: str
) -> None:
    """visit, pause, watch: cut in the pause it goes on, in the two others it is contaminated."""
    out, plan = begun(tmp_path)
    session = plan.sessions[0]
    with Store(out.store) as store:
        played(store, session.id, done, cut)
        store.update_session(session.id, state=SessionState.RUNNING, detail="x")
        found = recover_session(store, plan, session, out.profiles, why="killed", virtual=False)
        assert found == why
        row = next(row for row in store.sessions() if row["id"] == session.id)
        outcomes = [one["outcome"] for one in store.steps(session.id)]
        if why:
            assert (row["state"], row["detail"]) == (SessionState.CONTAMINATED, why)
            ago = datetime.now(UTC) - datetime.fromisoformat(row["finished"])
            assert timedelta() <= ago < timedelta(minutes=5)
            assert outcomes == ["done"] * done + ["contaminated"] + ["skipped"] * (2 - done)
            assert store.steps(session.id)[done]["detail"] == "killed"
            (event,) = store.rows("SELECT * FROM events WHERE kind = 'contaminated'")
            assert (event["message"], event["level"]) == (why, "warning")
            assert (event["run"], event["session"]) == ("small-1", session.id)
        else:
            assert (row["state"], row["detail"], row["finished"]) == ("planned", None, None)
            assert outcomes == ["done"] * done + [None] * (3 - done)
            assert not list(store.rows("SELECT * FROM events"))


def test_a_session_whose_page_is_known_goes_on(tmp_path: Path) -> None:
    """The mark of the puppet's own profile and of this very session is what counts."""
    scenario = {
        "name": "s",
        "arms": {"a": {"twins": 2, "steps": [{"visit": "home"}, {"scroll": "end"}]}},
    }
    plan = make_plan(parse_scenario(scenario))
    session = plan.sessions[0]
    with Store(tmp_path / "store.db") as store:
        store.add_run("r", scenario="s", seed=1, plan_hash=plan.hash)
        enter_plan(store, "r", plan, {})
        played(store, session.id, 1, cut=False)
        profile = tmp_path / "profiles" / session.puppet
        profile.mkdir(parents=True)

        def taken(mark: Checkpoint, *, virtual: bool = False) -> str:
            mark.write(profile)
            with store.transaction():
                found = recover_session(
                    store, plan, session, tmp_path / "profiles", why="w", virtual=virtual
                )
                store.update_session(session.id, state=SessionState.PLANNED)
            return found

        unknown = "scroll needs the page it was on, which is not known"
        assert taken(Checkpoint(session.id, 0, HOME, open=False)) == ""
        assert taken(Checkpoint("another", 0, HOME, open=False)) == unknown
        again = "scroll needs its page, which would play the video again"
        assert taken(Checkpoint(session.id, 0, WATCHED, open=False)) == again
        assert taken(Checkpoint(session.id, 0, WATCHED, open=False), virtual=True) == ""


def test_a_mark_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It holds cookies. Each is written whole, over the one before."""
    for step in (3, 4):
        mark = Checkpoint("s", step, HOME, open=False, cookies=({"name": "a", "value": "é"},))
        mark.write(tmp_path)
        found = Checkpoint.read(tmp_path, "s")
        assert found is not None
        assert (found.step, [*found.cookies]) == (step, [{"name": "a", "value": "é"}])
    (path,) = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
