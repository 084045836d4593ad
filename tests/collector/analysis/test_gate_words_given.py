"""What the gates on arms, pages and dose say, word by word: every outcome.

As in ``test_gate_words.py``: the smallest run, and the whole gate that it has to give.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from gate_tools import same
from hand_runs import hand_run

from collector.analysis.gates import Gate, Ruling
from collector.analysis.gates.arms import arms
from collector.analysis.gates.base import passed
from collector.analysis.gates.dose import dose, doses
from collector.analysis.gates.pages import after_treatment, freshness, spacing
from collector.analysis.judging import declaration_of
from collector.analysis.outcomes import measure_question
from collector.analysis.rundata import Done, RunData

PASSED, NOTED, WITHHELD = Ruling.PASSED, Ruling.NOTED, Ruling.WITHHELD
FULL = "a:news b:music c:news d:sport"


def run(twins: int = 4, lists: Mapping[str, Any] | None = None, **changes: Any) -> RunData:
    """So many twins an arm, in pairs, with one list, but for those that are given."""
    all_of_them = {f"{arm}-{n}": {"after.0": FULL} for arm in "ct" for n in range(1, twins + 1)}
    declared = {"exposure": ["news"], "attention": "uniform"}
    return hand_run(all_of_them | dict(lists or {}), **(declared | changes))


def told(gate: str, data: RunData) -> Gate:
    """What one gate says of the first declared outcome."""
    declaration = declaration_of(data)
    question = declaration.questions[0]
    measured = measure_question(data, question, declaration)
    asked: dict[str, Callable[[], Gate]] = {
        "freshness": lambda: freshness(data),
        "after": lambda: after_treatment(data, question, declaration),
        "arms": lambda: arms(measured),
        "dose": lambda: dose(data, question.contrast, declaration),
        "carry-over": lambda: spacing(data, question),
    }
    return asked[gate]()


# ---- arms

CELLS = "puppets were planned: look at the missing cells and run it again"
NONE: Mapping[str, str] = {}


def short(said: str, mend: str, count: float, arm: str) -> Gate:
    return Gate("arms", WITHHELD, said, mend, count, 2, arm)


def likeness(said: str, mend: str, pairs: float) -> Gate:
    return Gate("arms", WITHHELD, said, mend, pairs, 1.0)


def lists_of(c1: str, c2: str, t1: str, t2: str, outcome: str, **changes: Any) -> RunData:
    lists = {"c-1": c1, "c-2": c2, "t-1": t1, "t-2": t2}
    own = {name: {"after.0": text} for name, text in lists.items()}
    return hand_run(own, outcomes=[outcome], **changes)


ARMS: dict[str, tuple[Callable[[], RunData], Gate]] = {
    "no data in the arm": (
        lambda: run(3, {f"t-{n}": NONE for n in (1, 2, 3)}),
        short("arm t has no data on home", f"3 {CELLS}", 0.0, "t"),
    ),
    "no data in the control": (
        lambda: run(2, {"c-1": NONE, "c-2": NONE}, surface="feed"),
        short("arm c has no data on feed", f"2 {CELLS}", 0.0, "c"),
    ),
    "one puppet of three": (
        lambda: run(3, {"t-2": NONE, "t-3": NONE}),
        short("arm t has one puppet with data on home", f"3 {CELLS}", 1.0, "t"),
    ),
    "one puppet of one": (
        lambda: run(1),
        short("arm c has one puppet with data on home", "plan two twins or more", 1.0, "c"),
    ),
    "two of two": (lambda: run(2), passed("arms", 2.0)),
    "none planned": (
        lambda: hand_run({"c-1": {"after.0": FULL}, "c-2": {"after.0": FULL}},
                         arms={"c": {}, "t": {}}, exposure=["news"]),
        short("arm t has no data on home", "plan two twins or more", 0.0, "t"),
    ),
    "no common block": (
        lambda: run(2, blocks={"c-1": 1, "c-2": 1, "t-1": 2, "t-2": 3}),
        Gate("arms", WITHHELD, "no block holds puppets of t and c with data",
             "run the arms in common blocks, so that they see the same moments", 0.0, 1.0),
    ),
    "one common block": (
        lambda: run(2, blocks={"c-1": 1, "c-2": 1, "t-1": 1, "t-2": 3}), passed("arms", 2.0)
    ),
    "a likeness": (lambda: run(2, outcomes=["jaccard"]), passed("arms", 2.0)),
    "a likeness in one block": (
        lambda: run(2, outcomes=["jaccard"], blocks=dict.fromkeys(["c-1", "c-2", "t-1", "t-2"], 1)),
        likeness("all puppets to compare are of one block, and common items (Jaccard) compares"
                 " pairs of two blocks", "plan more twins than a block holds, or a smaller block",
                 0.0),
    ),
    "nothing in common": (
        lambda: lists_of("a b", "c d", "e f", "g h", "order"),
        likeness("no two lists have enough items in common: order (Kendall) is not computable",
                 "declare an outcome that needs no common items, such as jaccard", 0.0),
    ),
    "twins alone have": (
        lambda: lists_of("a b", "b a", "e f", "e f", "order"),
        likeness("no pair of t and c in two blocks can be compared: order (Kendall) is not"
                 " computable", "plan more blocks, or declare another outcome", 2.0),
    ),
    "arms alone have": (
        lambda: lists_of("a b", "e f", "f e", "b a", "order"),
        likeness("no pair of twins in two blocks can be compared: order (Kendall) is not"
                 " computable", "plan more blocks, or declare another outcome", 2.0),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ARMS)
def test_arms(case: str) -> None:
    made, expected = ARMS[case]
    same(told("arms", made()), expected)


# ---- pages


def elsewhere(surface: str, path: str = "arms.c.steps.0", **changes: Any) -> RunData:
    """Pages of one surface that are of no step after the treatment."""
    lists = {f"{arm}-1": {path: FULL} for arm in "ct"}
    return hand_run(lists, surface=surface, exposure=["news"], **changes)


@pytest.mark.parametrize(
    ("surface", "step"),
    [
        ("home", "visit: home"),
        ("related", 'visit: "/watch?v=dQw4w9WgXcQ"'),
        ("search", "search: WORDS"),
        ("channel", 'visit: "/@NAME"'),
        ("feed", "visit: home"),
        ("shorts", "visit it"),
    ],
)
def test_a_surface_without_a_page_after_the_treatment(surface: str, step: str) -> None:
    expected = Gate(
        "after",
        WITHHELD,
        f"no page of {surface} was taken after the treatment",
        f"add a step to after: that opens it ({step})",
        0.0,
        1.0,
    )
    same(told("after", elsewhere(surface)), expected)
    same(told("after", elsewhere(surface, "before.0")), expected)


def test_pages_that_were_planned_and_lost_are_for_other_gates() -> None:
    cells = [
        {"puppet": "c-1", "session": "s-c-1", "step": n, "path": path}
        for n, path in enumerate((None, "arms.c.steps.0", "after.0"))
    ]
    none = hand_run({"c-1": {}, "t-1": {}}, exposure=["news"], cells=cells)
    same(told("after", none), passed("after", 0.0))
    bare = hand_run({"c-1": {}, "t-1": {}}, exposure=["news"], cells=cells[:2])
    assert told("after", bare).ruling is WITHHELD
    same(told("after", elsewhere("home", cells=cells)), told("after", elsewhere("home")))
    same(told("after", run(3)), passed("after", 6.0))
    other = run(3, surfaces=["related"])  # pages of the home page are no pages of this list
    same(told("after", other), passed("after", 0.0))


def test_pages_of_the_treatment_that_were_declared() -> None:
    same(
        told("after", run(phase="during")),
        Gate(
            "after",
            WITHHELD,
            "declared as phase: during: pages of the treatment are described, not tested",
            "measure on pages in after:, and leave phase out",
        ),
    )


def test_searches_too_near() -> None:
    two = {
        f"{arm}-{n}": {"before.0": FULL, "after.0": FULL, "after.1": FULL}
        for arm in "ct"
        for n in (1, 2)
    }
    some = run(2, two, hurried=["before.0", "after.1"], spacing="11m")
    said = "4 of 8 pages came after a search less than 11m before and are left out"
    same(told("carry-over", some), Gate("carry-over", NOTED, said, number=4.0))
    every = run(2, two, hurried=["after.0", "after.1"], spacing="9m")
    said = "8 of 8 pages came after a search less than 9m before"
    same(
        told("carry-over", every),
        Gate("carry-over", WITHHELD, said, "let the searches wait (spacing:)", 8.0, 0.0),
    )
    same(told("carry-over", run(2, two, hurried=["before.0"])), passed("carry-over", 0.0))
    same(
        told("carry-over", run(2, two, hurried=["after.1"], surfaces=["search"])),
        passed("carry-over", 0.0),
    )


def test_visitors_that_the_site_knew() -> None:
    known = [{"puppet": name, "detail": "no dialog"} for name in ("c-1", "t-2", "c-1")]
    gate = Gate(
        "freshness",
        WITHHELD,
        "the site knew 2 of 8 puppets before their first page: they carry a history that the"
        " scenario did not give them",
        "serve a fresh mock, or let the run have visitors of its own",
        2.0,
        0.0,
    )
    same(told("freshness", run(visitors=known)), gate)
    far = run(visitors=known, site="https://www.youtube.com")
    same(told("freshness", far), passed("freshness", 3.0))
    same(told("freshness", replace(far, served={("c-1", "1", "home"): ()})), gate)
    same(told("freshness", run()), passed("freshness", 0.0))


# ---- dose

POSSIBLE = (
    "make the steps possible (another search, more time), or declare analysis.thresholds.dose"
)


def step(puppet: str, kind: str, good: bool = True, *topics: str | None, **args: Any) -> Done:
    end = "done" if good else "failed"
    return Done(puppet, puppet[0], f"arms.{puppet[0]}.steps.0", kind, end, "", args, topics)


def given(kind: str, good: Mapping[str, Sequence[bool]], **changes: Any) -> RunData:
    return run(
        treatment=[step(name, kind, each) for name, own in good.items() for each in own], **changes
    )


def starved(arm: str, percent: int, what: str, limit: int = 80) -> Gate:
    said = (
        f"the treatment was not delivered: the median puppet of arm {arm} has had {percent} %"
        f" {what}, less than {limit} %"
    )
    return Gate("dose", WITHHELD, said, POSSIBLE, percent / 100, limit / 100, arm)


def noted(who: str, worst: float = 1.0, limit: float = 0.8) -> Gate:
    said = f"{who} arm all the same"
    return Gate("dose", NOTED, said, number=worst, threshold=limit)


def all_of(good: Sequence[bool]) -> dict[str, Sequence[bool]]:
    """The same of each treated puppet."""
    return {f"t-{n}": good for n in (1, 2, 3, 4)}


ONE = "t-3 has had less than the whole treatment and counts in its"
MANY = "{} puppets have had less than the whole treatment and count in their"
DOSE: dict[str, tuple[Callable[[], RunData], Gate]] = {
    "nothing to give": (lambda: run(), passed("dose", 1.0, 0.8)),
    "all given": (lambda: given("follow", all_of([True])), passed("dose", 1.0, 0.8)),
    "four of five": (
        lambda: given("search", all_of([True] * 4 + [False])), noted(MANY.format(4), 0.8)
    ),
    "three of four": (
        lambda: given("search", all_of([True] * 3 + [False])),
        starved("t", 75, "of the searches"),
    ),
    "as declared": (
        lambda: given("search", all_of([True] * 3 + [False]), thresholds={"dose": 0.75}),
        noted(MANY.format(4), 0.75, 0.75),
    ),
    "less than declared": (
        lambda: given("search", all_of([True, False]), thresholds={"dose": 0.6}),
        starved("t", 50, "of the searches", 60),
    ),
    "the control": (
        lambda: given("like", {"c-1": [False], "c-2": [False], "t-1": [False]}),
        starved("c", 0, "of the likes"),
    ),
    "one of four": (
        lambda: given("like", {**all_of([True]), "t-3": [False]}), noted(ONE)
    ),
    "who had it all is not counted": (
        lambda: given("like", {**all_of([True]), "t-3": [False], "c-1": [True]}),
        noted(ONE),
    ),
    "no step of a kind is none of it": (
        lambda: run(treatment=[step(*each) for each in (("t-1", "follow"), ("t-1", "search"),
                                                        ("t-2", "follow"))]),
        starved("t", 50, "of the searches"),
    ),
    "another arm": (
        lambda: run(3, {"u-1": {"after.0": FULL}}, treatment=[step("u-1", "follow", False)]),
        passed("dose", 1.0, 0.8),
    ),
    **{
        kind: (lambda kind=kind: given(kind, all_of([False])), starved("t", 0, what))
        for kind, what in {
            "watch": "of the watching", "follow": "of the follows it was to make",
            "search": "of the searches", "like": "of the likes",
            "subscribe": "of the subscriptions", "not_interested": "of the rejections",
            "dislike": "of the dislikes", "dont_recommend_channel": "of the rejected channels",
            "clear_history": "of the steps 'clear_history'", "vote": "of the steps 'vote'",
        }.items()
    },
}  # fmt: skip


@pytest.mark.parametrize("case", DOSE)
def test_dose(case: str) -> None:
    made, expected = DOSE[case]
    same(told("dose", made()), expected)


@pytest.mark.parametrize(
    ("done", "share"),
    [
        (step("t-1", "follow", True, "news", topics=["x", "news"]), 1.0),
        (step("t-1", "follow", True, "sport", "news", topics=["news"]), 1.0),
        (step("t-1", "follow", True, "sport", topics=["news"]), 0.0),
        (step("t-1", "follow", True, topics=["news"]), 0.0),
        (step("t-1", "follow", True, None), 1.0),
        (step("t-1", "search", True, "sport", topics=["news"]), 1.0),
        (step("t-1", "like", True, "news", "sport", topics=["news"], count=2), 0.5),
        (step("t-1", "like", True, "news", "news", topics=["news"]), 1.0),
        (step("t-1", "like", True, "sport", topics=["news"]), 0.0),
        (step("t-1", "like", True, "news", count=2), 0.5),
        (step("t-1", "like", True, count=1), 1.0),
        (step("t-1", "like", True, count=0), 1.0),
        (step("t-1", "subscribe", True, count=4), 1.0),
        (step("t-1", "like", False, "news", topics=["news"]), 0.0),
    ],
)
def test_what_a_step_has_given(done: Done, share: float) -> None:
    ((puppet, found),) = doses(run(treatment=[done])).items()
    assert (puppet.name, found) == ("t-1", {done.kind: share})


def test_watched_time_is_of_the_receipts_of_a_step() -> None:
    """Half, whole (never more) and none of three watches; a receipt without a plan says nothing."""
    paths = [f"arms.t.steps.{n}" for n in range(3)]
    cells = [
        {
            "puppet": "t-1",
            "arm": "t",
            "session": "s",
            "step": n,
            "path": path,
            "kind": "watch",
            "outcome": "done",
            "status": None,
            "detail": "",
        }
        for n, path in enumerate((paths[0], paths[1], paths[1], None))
    ]
    receipts = [
        {"puppet": "t-1", "session": "s", "step": n, "planned_s": plan, "watched_s": seen}
        for n, plan, seen in (
            (0, 60, 30),
            (0, 0, 9),
            (1, 60, 90),
            (2, 50, 40),
            (3, 9, 9),
            (7, 9, 9),
        )
    ]
    watches = [Done("t-1", "t", path, "watch", "done", "", {}, ()) for path in paths]
    data = run(
        treatment=[*watches, step("t-1", "like"), step("c-2", "like", False)],
        cells=cells,
        receipts=receipts,
    )
    found = {puppet.name: own for puppet, own in doses(data).items()}
    assert found == {
        "c-2": {"like": 0.0},
        "t-1": {"like": 1.0, "watch": pytest.approx((0.5 + 0.9 + 0) / 3)},
    }
