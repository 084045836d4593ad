"""The flow of puppets: who is counted at each stage and what the lost ones are lost for, by hand.

Five puppets an arm. Of the arm ``t``: t-1 did everything, t-2 never began, t-3 had a step that may
or may not have happened, t-4 had too little of its treatment, t-5 lost its page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hand_runs import hand_run

from collector.analysis.flow import Stream, _told, begun, delivered, streams
from collector.analysis.judging import Judgement, judge
from collector.analysis.rundata import Done, RunData

PUPPETS = [f"{arm}-{n}" for arm in "ct" for n in range(1, 6)]


def cell(puppet: str, path: str, outcome: str | None = "done", status: str | None = "ok") -> Any:
    return {
        "puppet": puppet, "arm": puppet[0], "session": f"s-{puppet}", "step": 1, "kind": "visit",
        "path": path, "outcome": outcome, "status": status, "detail": "",
    }  # fmt: skip


def done(puppet: str, outcomes: Sequence[str]) -> list[Done]:
    return [Done(puppet, puppet[0], f"arms.t.steps.{n}", "watch", outcome, "", {}, ())
            for n, outcome in enumerate(outcomes)]  # fmt: skip


def run(**changes: Any) -> RunData:
    cells = [cell(name, "after.0") for name in PUPPETS if name not in ("t-2", "t-5")]
    cells += [
        cell("t-2", "after.0", None, None), cell("t-5", "before.0", "failed", None),
        cell("t-5", "after.0", "done", "captcha"), cell("t-5", "after.1", "failed", None),
        cell("t-3", "arms.t.steps.0", "contaminated", None), cell("t-1", None, "done"),  # type: ignore[arg-type]
    ]  # fmt: skip
    treatment = [
        *done("t-1", ["done"] * 4 + ["skipped"]), *done("t-3", ["done"] * 5),
        *done("t-4", ["done"] * 3 + ["failed"] * 2), *done("t-5", ["done"]),
    ]  # fmt: skip
    sessions = [
        {"id": f"s-{name}", "turn": "", "puppet": name, "started": "2026", "state": "done",
         "detail": None}
        for name in PUPPETS
    ]  # fmt: skip
    sessions[6] |= {"started": None, "state": "skipped"}
    lists = {
        name: {"after.0": f"{name}a:news {name}b:x"} if name not in ("t-2", "t-5") else {}
        for name in PUPPETS
    }
    data = hand_run(lists, cells=cells, treatment=treatment, exposure=["news"], arms={"c": {},
                    "t": {}})  # fmt: skip
    return replace(data, sessions=tuple(sessions), **changes)


def test_who_begun_and_who_had_the_treatment() -> None:
    """Four of five steps are the declared 80 %, three are not; of no steps all were done."""
    data = run()
    everyone = set(PUPPETS)
    declaration = judge(data).declaration
    assert begun(data) == everyone - {"t-2"}
    assert delivered(data, declaration) == everyone - {"t-2", "t-3", "t-4"}
    strict = replace(declaration, dose=0.81)
    assert delivered(data, strict) == everyone - {"t-1", "t-2", "t-3", "t-4"}
    loose = replace(declaration, dose=0.6)
    assert delivered(data, loose) == everyone - {"t-2", "t-3"}


def test_every_stage_of_both_arms() -> None:
    data = run()
    assert streams(data, judge(data)) == (
        Stream("c", 5, 5, 5, 5, 5, (), (), ()),
        Stream(
            "t", 5, 4, 2, 3, 3, ("skipped (1)",),
            ("a step may or may not have happened (1)", "too little treatment (1)"),
            ("captcha (1)", "never finished (1)"),
        ),
    )  # fmt: skip


def judged(data: RunData, *used: Sequence[str]) -> Judgement:
    """The run's judgement with an outcome for each list of puppets that have a value in it."""
    judgement = judge(data)
    (answer,) = judgement.answers
    answers = [
        replace(
            answer,
            measured=replace(
                answer.measured, puppets=tuple(p for p in data.puppets if p.name in names)
            ),
        )
        for names in used
    ]
    return replace(judgement, answers=tuple(answers))


def test_analysed_in_one_outcome_and_in_all() -> None:
    data = run()
    flow = streams(data, judged(data, ["c-1", "c-2", "t-1"], ["c-2", "c-3", "t-3", "t-4"]))
    assert [(one.analysed, one.in_all) for one in flow] == [(3, 1), (3, 0)]
    assert flow[0].not_analysed == ("no page with a value (2)",)


def test_without_an_outcome_nobody_is_analysed_and_nothing_is_said_of_it() -> None:
    data = run()
    flow = streams(data, judged(data))
    assert [(one.analysed, one.in_all, one.not_analysed) for one in flow] == [(0, 0, ())] * 2


def test_an_arm_that_no_outcome_asks_of_is_not_analysed() -> None:
    """A third arm, of which the only comparison that was kept says nothing."""
    lists = {f"{arm}-1": {"after.0": "a:news"} for arm in "cst"}
    data = hand_run(lists, exposure=["news"], arms={"c": {}, "s": {}, "t": {}})
    judgement = judge(data)
    data = replace(data, sessions=())
    one = replace(judgement, answers=judgement.answers[:1])
    assert [(s.arm, s.begun, s.delivered, s.analysed) for s in streams(data, one)] == [
        ("c", 0, 0, 1), ("s", 0, 0, 1), ("t", 0, 0, 0),
    ]  # fmt: skip
    assert [s.not_begun for s in streams(data, one)] == [("no session (1)",)] * 3


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([cell("t-1", "after.0", "missing", "captcha")], "captcha"),
        ([cell("t-1", "after.0", "failed", "ok")], "failed"),
        ([cell("t-1", "after.0", "failed", None)], "failed"),
        ([cell("t-1", "after.0", None, None)], "never finished"),
        ([cell("t-1", "after.0", None, "ok")], "never finished"),
        ([cell("t-1", "after.0", None, "empty")], "empty"),
        ([cell("t-1", "after.0"), cell("t-1", "after.1", "skipped")], "skipped"),
        ([cell("t-1", "after.0", "skipped"), cell("t-1", "after.1", "failed")], "skipped"),
        ([cell("t-1", "before.0", "failed"), cell("c-1", "after.0", "failed")],
         "no page with a value"),
        ([cell("t-1", "arms.t.steps.0", "failed"), cell("t-1", "after.0")], "no page with a value"),
    ],
)  # fmt: skip
def test_what_the_first_missing_page_is_missing_for(cells: list[Any], reason: str) -> None:
    data = run()
    data = replace(data, cells=tuple(cells))
    everyone = [name for name in PUPPETS if name != "t-1"]
    assert streams(data, judged(data, everyone))[1].not_analysed == (f"{reason} (1)",)


def test_the_two_most_frequent_reasons_ties_by_name() -> None:
    """By count, then by the words; what is rarer is left out."""
    data = run()
    states = {"c-1": "b", "c-2": "a", "c-3": "a", "c-4": "z", "c-5": "b", "t-1": "z", "t-2": "y",
              "t-3": "x"}  # fmt: skip
    sessions = tuple(
        {"puppet": name, "started": None, "state": state, "detail": "", "id": name, "turn": ""}
        for name, state in states.items()
    )
    flow = streams(replace(data, sessions=sessions), judge(data))
    assert flow[0].not_begun == ("a (2)", "b (2)")
    assert flow[1].not_begun == ("no session (2)", "x (1)")
    told = tuple(row | {"detail": "its slot was missed"} for row in sessions)
    flow = streams(replace(data, sessions=told), judge(data))
    assert flow[0].not_begun == ("its slot was missed (5)",)


def test_the_two_most_frequent_reasons_are_told() -> None:
    """Most frequent first; of equally frequent ones in the order of the alphabet."""
    reasons = Counter({"a": 1, "z": 3, "m": 2, "b": 2})
    assert _told(reasons) == ("z (3)", "b (2)")
    assert _told(Counter({"z": 1})) == ("z (1)",)
