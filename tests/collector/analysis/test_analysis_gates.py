"""Gates on labels, lists, arms and doses: each withholds or notes what it should, no more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from gate_runs import FULL, NOTED, PASSED, WITHHELD, alike, asked, puppets

from collector.analysis.gates import Ruling
from collector.analysis.gates.dose import doses
from collector.analysis.rundata import Done, RunData


def test_a_sound_run_passes_every_gate() -> None:
    assert {gate.ruling for gate in asked(alike()).values()} == {PASSED}


# ---- labels


def test_no_label_at_all() -> None:
    gate = asked(alike(topics={}))["labels"]
    assert gate.ruling is WITHHELD
    assert "no item has a label" in gate.reason
    assert "labels:" in gate.mend


def test_a_topic_that_no_label_has_comes_with_what_was_meant() -> None:
    gate = asked(alike(exposure=["nws"]))["labels"]
    assert (gate.ruling, gate.number) == (WITHHELD, 0.0)
    assert "“nws”" in gate.reason
    assert "news" in gate.mend


@pytest.mark.parametrize(
    ("listed", "threshold", "ruling"),
    [
        ("a:news b c:news d e:x f:x g:x h:x i:x j:x", None, WITHHELD),  # 80 %
        ("a:news b c:news d:x e:x f:x g:x h:x i:x j:x", None, PASSED),  # 90 %
        ("a:news b c:news d e:x f:x g:x h:x i:x j:x", {"labelled": 0.75}, PASSED),
    ],
)
def test_nine_of_ten_items_need_a_label(
    listed: str, threshold: dict[str, float] | None, ruling: Ruling
) -> None:
    lists = {name: {"after.0": listed} for name in puppets()}
    gate = asked(alike(lists=lists, thresholds=threshold))["labels"]
    assert gate.ruling is ruling
    if ruling is WITHHELD:
        assert (gate.number, gate.threshold, gate.arm) == (pytest.approx(0.8), 0.9, "c")


def test_labels_that_are_missing_by_arm() -> None:
    """95 % of the items in one arm, all in the other: each is enough, the difference is not."""
    some = " ".join(f"{n}:news" for n in range(19)) + " x"
    whole = " ".join(f"{n}:news" for n in range(20))
    lists = {name: {"after.0": some if name[0] == "t" else whole} for name in puppets()}
    gate = asked(alike(lists=lists))["labels"]
    assert gate.ruling is WITHHELD
    assert "−5.0" in gate.reason.replace("-", "−")
    both = {name: {"after.0": some} for name in puppets()}
    assert asked(alike(lists=both))["labels"].ruling is PASSED


def test_scores_have_to_be_numbers() -> None:
    assert asked(alike(exposure=[], outcomes=["mean-score"]))["labels"].ruling is WITHHELD
    lists = {name: {"after.0": "a:1 b:-0.5"} for name in puppets()}
    scored = alike(lists=lists, exposure=[], outcomes=["mean-score"])
    assert asked(scored)["labels"].ruling is PASSED


def test_an_outcome_without_labels_needs_none() -> None:
    assert asked(alike(topics={}, exposure=[], outcomes=["ad-share"]))["labels"].ruling is PASSED


# ---- coverage


@pytest.mark.parametrize(("unparsed", "ruling"), [(1, WITHHELD), (0, PASSED)])
def test_a_list_has_to_be_understood(unparsed: int, ruling: Ruling) -> None:
    gate = asked(alike(unparsed=dict.fromkeys(puppets(), unparsed)))["coverage"]
    assert gate.ruling is ruling
    if ruling is WITHHELD:
        assert gate.number == pytest.approx(4 / 5)


def long_run(unparsed: dict[str, int], lost: dict[str, int]) -> RunData:
    lists = {
        name: {"after.0": " ".join(f"{n}:news" for n in range(40 - lost.get(name, 0)))}
        for name in puppets()
    }
    return alike(lists=lists, unparsed=unparsed)


def test_what_was_lost_in_one_arm_is_flagged_and_what_was_lost_alike_is_not() -> None:
    one = {name: 1 for name in puppets() if name[0] == "t"}
    assert "less of the pages was understood" in asked(long_run(one, {}))["coverage"].reason
    assert asked(long_run(dict.fromkeys(puppets(), 1), {}))["coverage"].ruling is PASSED
    cut = {name: 4 for name in puppets() if name[0] == "t"}
    gate = asked(long_run({}, cut))["coverage"]
    assert gate.ruling is WITHHELD
    assert "4.0 items shorter in t than in c" in gate.reason
    assert asked(long_run({}, dict.fromkeys(puppets(), 4)))["coverage"].ruling is PASSED
    little = {name: 1 for name in puppets() if name[0] == "t"}
    assert asked(long_run({}, little))["coverage"].ruling is PASSED  # 2.5 %


# ---- arms


def test_an_arm_with_one_puppet_or_none() -> None:
    none: dict[str, Any] = {name: {} for name in puppets() if name[0] == "t"}
    gate = asked(alike(lists=none))["arms"]
    assert (gate.ruling, gate.arm, gate.number) == (WITHHELD, "t", 0.0)
    assert gate.reason == "arm t has no data on home"
    one = {name: {} for name in puppets() if name[0] == "t" and name != "t-3"}
    assert "arm t has one puppet" in asked(alike(lists=one))["arms"].reason
    two = {name: {} for name in puppets() if name[0] == "t" and name not in ("t-3", "t-4")}
    gate = asked(alike(lists=two))["arms"]  # two of t and six of c: the number is of one arm
    assert (gate.ruling, gate.number) == (PASSED, 2.0)


def test_an_arm_that_lost_the_session_that_is_tested() -> None:
    """It has data of the first wave: which session is missed is said; of all sessions none is."""
    lists: dict[str, Any] = {
        name: {f"{turn} after.0": FULL for turn in ("w1s1", "w2s1")[: 1 if name[0] == "t" else 2]}
        for name in puppets()
    }
    gate = asked(alike(lists=lists))["arms"]
    assert gate.reason == "arm t has no data on home in w2s1, the session that is tested"
    assert asked(alike(lists=lists, moment="first"))["arms"].ruling is PASSED
    none = {name: {} for name in puppets() if name[0] == "t"}
    gate = asked(alike(lists=lists | none, moment="all"))["arms"]
    assert gate.reason == "arm t has no data on home"


def test_arms_that_share_no_block() -> None:
    blocks = {name: int(name[-1]) + (10 if name[0] == "t" else 0) for name in puppets()}
    gate = asked(alike(blocks=blocks))["arms"]
    assert gate.ruling is WITHHELD
    assert "no block holds puppets of t and c" in gate.reason


# ---- pages


def test_a_surface_without_a_page_after_the_treatment() -> None:
    lists = {name: {f"arms.{name[0]}.steps.0": FULL} for name in puppets()}
    gate = asked(alike(lists=lists))["after"]
    assert gate.ruling is WITHHELD
    assert "visit: home" in gate.mend
    assert asked(alike(phase="during"))["after"].ruling is WITHHELD


def test_searches_too_near_are_left_out_and_counted() -> None:
    lists = {name: {"after.0": FULL, "after.1": FULL} for name in puppets()}
    gate = asked(alike(lists=lists, hurried=["after.1"], spacing="11m"))["carry-over"]
    assert (gate.ruling, gate.number) == (NOTED, 12.0)
    assert "12 of 24 pages came after a search less than 11m before" in gate.reason
    every = alike(lists=lists, hurried=["after.0", "after.1"], spacing="11m")
    assert asked(every)["carry-over"].ruling is WITHHELD


def test_visitors_that_the_mock_knew() -> None:
    known = [{"puppet": "c-1", "detail": "no consent dialog on this page"}]
    gate = asked(alike(visitors=known))["freshness"]
    assert (gate.ruling, gate.number) == (WITHHELD, 1.0)
    # Elsewhere many visitors are never asked: that says nothing.
    real = alike(visitors=known, site="https://www.youtube.com")
    assert asked(real)["freshness"].ruling is PASSED


# ---- dose


def done(
    puppet: str, kind: str = "follow", *topics: str | None, outcome: str = "done", **args: Any
) -> Done:
    arm = puppet[0]
    return Done(puppet, arm, f"arms.{arm}.steps.0", kind, outcome, "", args, topics)


@pytest.mark.parametrize(
    ("step", "given"),
    [
        (done("t-1", "follow", "news", topics=["news", "x"]), 1.0),
        (done("t-1", "follow", "sport", topics=["news"]), 0.0),
        (done("t-1", "follow", None, topics=["news"]), 0.0),
        (done("t-1", "follow", "news", topics=["news"], outcome="failed"), 0.0),
        (done("t-1", "follow", None, topics=[]), 1.0),
        (done("t-1", "like", "news", "news", topics=["news"], count=4), 0.5),
        (done("t-1", "like", "x", "news", topics=["news"]), 1.0),
        (done("t-1", "like", "x", topics=["news"], count=2), 0.0),
        (done("t-1", "like", "x", None, None, count=3), 1.0),
        (done("t-1", "like", None), 1.0),
        (done("t-1", "search", outcome="missing"), 0.0),
        (done("t-1", "subscribe"), 1.0),
        (done("t-1", "watch"), 0.0),  # no receipt
    ],
)
def test_the_dose_of_a_step(step: Done, given: float) -> None:
    data = alike(treatment=[step])
    (dose,) = doses(data).values()
    assert dose == {step.kind: given}


@pytest.mark.parametrize("kind", ["follow", "like", "not_interested"])
def test_a_step_that_took_another_item_is_a_miss_whatever_it_sought(kind: str) -> None:
    """A title, a channel, something unseen: it says itself that it was not there. What was sought
    by topic is judged by the labels in force, which may have come later."""
    struck = "v at 1; otherwise: none of 9 items has a title like 'x'"
    by_title = replace(done("t-1", kind, None, title="x", otherwise="first"), detail=struck)
    assert list(doses(alike(treatment=[by_title])).values()) == [{kind: 0.0}]
    found = replace(by_title, detail="v at 1")
    assert list(doses(alike(treatment=[found, by_title])).values()) == [{kind: 0.5}]


def test_a_topic_is_judged_by_the_labels_in_force_also_where_otherwise_struck() -> None:
    struck = "v at 1; otherwise: none of 9 items is about news"
    step = replace(done("t-1", "follow", "news", topics=["news"]), detail=struck)
    assert list(doses(alike(treatment=[step])).values()) == [{"follow": 1.0}]


def test_watched_time_over_planned() -> None:
    """30 of 60 s and 90 of 60 s: ¾, for nobody watches more than the whole of it."""
    steps = [Done("t-1", "t", f"arms.t.steps.{n}", "watch", "done", "", {}, ()) for n in range(2)]
    cells = [
        {"puppet": "t-1", "arm": "t", "session": "s", "step": n, "kind": "watch",
         "path": f"arms.t.steps.{n}", "outcome": "done", "status": None, "detail": ""}
        for n in range(2)
    ]  # fmt: skip
    receipts = [
        {"puppet": "t-1", "session": "s", "step": n, "planned_s": 60.0, "watched_s": seconds}
        for n, seconds in enumerate((30.0, 90.0))
    ]
    data = alike(treatment=steps, cells=cells, receipts=receipts)
    (dose,) = doses(data).values()
    assert dose == {"watch": pytest.approx(0.75)}


def delivered(share: dict[str, float], **analysis: Any) -> RunData:
    """Ten follows a puppet of arm t, of which this share hit their topic."""
    steps = [
        done(name, "follow", "news" if n < 10 * share.get(name, 1.0) else "x", topics=["news"])
        for name in puppets()
        if name[0] == "t"
        for n in range(10)
    ]
    return alike(treatment=steps, **analysis)


def test_the_median_puppet_decides_and_the_others_are_noted() -> None:
    half = {f"t-{n}": 0.5 for n in range(1, 7)}
    gate = asked(delivered(half))["dose"]
    assert (gate.ruling, gate.arm, gate.number, gate.threshold) == (WITHHELD, "t", 0.5, 0.8)
    assert "50 % of the follows it was to make" in gate.reason
    assert asked(delivered(half, thresholds={"dose": 0.5}))["dose"].ruling is NOTED
    few = asked(delivered({"t-1": 0.0, "t-2": 0.1}))["dose"]
    assert (few.ruling, few.reason[:14]) == (NOTED, "2 puppets have")
    assert asked(delivered({}))["dose"].ruling is PASSED
