"""What the gates that count say, word by word: every outcome of each, on the smallest run.

Each row is a run by hand and the whole gate that it has to give: ruling, reason, what mends it,
number, threshold and arm. Four twins whose arms differ altogether have the least mid-p of all,
1 of C(8, 4) = 70.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from gate_tools import same
from hand_runs import hand_run

from collector.analysis.declared import Contrast
from collector.analysis.gates import Gate, Ruling, ask
from collector.analysis.gates.arms import arms
from collector.analysis.gates.attrition import attrition, lost_cells
from collector.analysis.gates.base import difference, passed
from collector.analysis.gates.coverage import coverage
from collector.analysis.gates.labels import labelled, labels
from collector.analysis.gates.pages import after_treatment, freshness, spacing
from collector.analysis.judging import declaration_of
from collector.analysis.outcomes import at_moment, measure_question, outcome_pages
from collector.analysis.rundata import Puppet, RunData

PASSED, NOTED, WITHHELD = Ruling.PASSED, Ruling.NOTED, Ruling.WITHHELD
P4 = 1 / 70
FULL = "a:news b:music c:news d:sport"


def run(c: str = FULL, t: str = FULL, twins: int = 4, **changes: Any) -> RunData:
    """So many twins an arm, in pairs, each with the list of its arm."""
    lists = {
        f"{arm}-{n}": {"after.0": text}
        for arm, text in (("c", c), ("t", t))
        for n in range(1, twins + 1)
    }
    lists |= changes.pop("lists", {})
    return hand_run(lists, **{"exposure": ["news"], "attention": "uniform", **changes})


def alone(t: str, c: str, controls: int, **changes: Any) -> RunData:
    """One treated puppet and so many controls in one block: p is 1 of all of them."""
    lists = {f"c-{n}": {"after.0": c} for n in range(1, controls + 1)} | {"t-1": {"after.0": t}}
    return hand_run(lists, exposure=["news"], blocks=dict.fromkeys(lists, 1), **changes)


def told(gate: str, data: RunData) -> Gate:
    """What one gate says of the first declared outcome."""
    declaration = declaration_of(data)
    question = declaration.questions[0]
    pages = at_moment(data, outcome_pages(data, question.surface), declaration.moment)
    asked: dict[str, Callable[[], Gate]] = {
        "freshness": lambda: freshness(data),
        "after": lambda: after_treatment(data, question, declaration),
        "arms": lambda: arms(measure_question(data, question, declaration)),
        "labels": lambda: labels(data, question, pages, declaration, 1),
        "attrition": lambda: attrition(data, question.contrast, 1),
        "coverage": lambda: coverage(question, pages, 1),
        "carry-over": lambda: spacing(data, question),
    }
    return asked[gate]()


def test_a_sound_run_passes_every_gate_with_its_number() -> None:
    data = run(twins=6)
    declaration = declaration_of(data)
    measured = measure_question(data, declaration.questions[0], declaration)
    assert ask(data, measured, declaration) == (
        Gate("freshness", PASSED, "", "", 0.0, None, None),
        Gate("after", PASSED, "", "", 12.0, None, None),
        Gate("arms", PASSED, "", "", 6.0, None, None),
        Gate("labels", PASSED, "", "", 1.0, 0.9, None),
        Gate("agreement", PASSED, "", "", None, None, None),
        Gate("dose", PASSED, "", "", 1.0, 0.8, None),
        Gate("attrition", PASSED, "", "", 1.0, 0.05, None),
        Gate("coverage", PASSED, "", "", 1.0, 0.95, None),
        Gate("carry-over", PASSED, "", "", 0.0, None, None),
        Gate("stability", PASSED, "", "", 1.0, 0.01, None),
        Gate("buckets", PASSED, "", "", None, None, None),
    )


def test_the_words_of_a_ruling_and_of_a_sentence() -> None:
    assert [str(each) for each in Ruling] == ["passed", "noted", "withheld"]
    assert Gate("arms", WITHHELD, "too few", "plan more").sentence == "too few; plan more"
    assert Gate("arms", NOTED, "too few").sentence == "too few"
    assert passed("dose", 0.5, 0.8) == Gate("dose", PASSED, "", "", 0.5, 0.8, None)
    counts = [Gate("arms", NOTED, threshold=limit).is_count for limit in (None, 0.99, 1.0, 5.0)]
    assert counts == [False, False, True, True]


# ---- labels

NINE = "a:news b:x c:x d:x e:x f:x g:x h:x i:x j"
EIGHT = "a:news b:x c:x d:x e:x f:x g:x h:x i j"
FILE = "name a CSV video_id,label with labels: in the scenario, and run it again"
LATER = "label what was seen (collector label export, then import), and make the report again"
MORE = "label more items, or declare analysis.thresholds.labelled"
ALIKE = "label the items of all arms alike"


def of(labelled: int, items: int) -> str:
    """So many items, of which so many have a label."""
    return " ".join(f"{n}:news" if n < labelled else str(n) for n in range(items))


def said_later(data: RunData) -> RunData:
    """Of a scenario that says that people give the labels after the run."""
    scenario = data.run["scenario_json"] | {"labels": "later"}
    return replace(data, run={**data.run, "scenario_json": scenario})


def fewer(arm: str, percent: int, limit: int, share: float) -> Gate:
    said = f"in arm {arm} {percent} % of the items have a label, fewer than {limit} %"
    return Gate("labels", WITHHELD, said, MORE, share, limit / 100, arm)


def unlike(points: str, p: str, number: float) -> Gate:
    said = f"another share of the items has a label in t than in c ({points} points, p = {p})"
    return Gate("labels", WITHHELD, said, ALIKE, number, 0.05)


LABELS: dict[str, tuple[Callable[[], RunData], Gate]] = {
    "none needed": (
        lambda: run(topics={}, exposure=[], outcomes=["ad-share"]), Gate("labels", PASSED)
    ),
    "none there": (
        lambda: run(topics={}),
        Gate("labels", WITHHELD, "no item has a label: not computable", FILE, 0.0),
    ),
    "given later": (
        lambda: said_later(run(topics={})),
        Gate("labels", WITHHELD, "no item has a label: not computable", LATER, 0.0),
    ),
    "mistyped": (
        lambda: run(exposure=["nws"]),
        Gate("labels", WITHHELD, "no item has the label “nws”", "did you mean 'news'?", 0.0),
    ),
    "unknown": (
        lambda: run(exposure=["zz"]),
        Gate("labels", WITHHELD, "no item has the label “zz”", "known: news, music, sport", 0.0),
    ),
    "words for numbers": (
        lambda: run("a:1 b:two c:3 d:four", exposure=[], outcomes=["mean-score"]),
        Gate(
            "labels", WITHHELD, "the label “two” is not a number: a mean score is not computable",
            "use a label file whose labels are numbers",
        ),
    ),
    "numbers": (
        lambda: run("a:1 b:-0.5", "a:1 b:2", exposure=[], outcomes=["mean-score"]),
        Gate("labels", PASSED, number=1.0, threshold=0.9),
    ),
    "words where words do": (lambda: run(NINE, NINE), passed("labels", 0.9, 0.9)),
    "few in both": (lambda: run(EIGHT, EIGHT), fewer("c", 80, 90, 0.8)),
    "few in the control": (lambda: run(EIGHT), fewer("c", 80, 90, 0.8)),
    "few in the arm": (lambda: run(t=EIGHT), fewer("t", 80, 90, 0.8)),
    "declared": (
        lambda: run(EIGHT, EIGHT, thresholds={"labelled": 0.8}), passed("labels", 0.8, 0.8)
    ),
    "fewer than declared": (
        lambda: run(NINE, NINE, thresholds={"labelled": 0.95}), fewer("c", 90, 95, 0.9)
    ),
    "less in the arm": (lambda: run(of(20, 20), of(19, 20)), unlike("-5.0", "0.0143", P4)),
    "more in the arm": (lambda: run(of(19, 20), of(20, 20)), unlike("+5.0", "0.0143", P4)),
    "just more than a point": (lambda: run(of(99, 99), of(98, 99)), unlike("-1.0", "0.0143", P4)),
    "just less than a point": (
        lambda: run(of(101, 101), of(100, 101)), passed("labels", 100 / 101, 0.9)
    ),
    "three twins": (lambda: run(of(20, 20), of(19, 20), 3), passed("labels", 0.95, 0.9)),
    "p is at its limit": (lambda: alone(of(19, 20), of(20, 20), 19), unlike("-5.0", "0.05", 0.05)),
    "p is beyond it": (lambda: alone(of(19, 20), of(20, 20), 18), passed("labels", 0.95, 0.9)),
    "an arm without an item": (lambda: run(t="", topics={"news": 1}), passed("labels", 1.0, 0.9)),
    "no item at all": (lambda: run("", "", topics={"news": 1}), passed("labels", None, 0.9)),
}  # fmt: skip


@pytest.mark.parametrize("case", LABELS)
def test_labels(case: str) -> None:
    made, expected = LABELS[case]
    same(told("labels", made()), expected)


def test_the_share_of_labelled_items_is_of_all_items_of_a_puppet_together() -> None:
    """One of one and one of three; an advertisement is no item."""
    data = run(
        lists={"t-1": {"after.0": "a:news -:ad", "after.1": "b c:x d"}, "t-2": {"after.0": "-:ad"}}
    )
    found = {puppet.name: share for puppet, share in labelled(data.pages).items()}
    assert found == {"c-1": 1, "c-2": 1, "c-3": 1, "c-4": 1, "t-1": 0.5, "t-3": 1, "t-4": 1}


# ---- coverage

REPARSE = "read the evidence again with a parser that knows the page (collector reparse)"
LOOK = "look at the pages; if the lists differ by themselves, declare the outcome list-length"


def seen(c: int, t: int, unread: Mapping[str, int], twins: int = 4, **changes: Any) -> RunData:
    """Lists so long, and so much on each page of an arm that was not understood."""
    unparsed = {f"{arm}-{n}": count for arm, count in unread.items() for n in range(1, twins + 1)}
    return run(of(c, c), of(t, t), twins, unparsed=unparsed, **changes)


def understood(arm: str, percent: int, share: float) -> Gate:
    said = f"in arm {arm} {percent} % of what was seen was understood, less than 95 %"
    return Gate("coverage", WITHHELD, said, REPARSE, share, 0.95, arm)


def less(points: str) -> Gate:
    said = f"less of the pages was understood in one arm (t minus c: {points} points, p = 0.0143)"
    return Gate("coverage", WITHHELD, said, REPARSE, P4, 0.05)


def lists_are(how: str, p: str = "0.0143", number: float = P4) -> Gate:
    said = f"lists are {how} in t than in c (p = {p}): items may be lost"
    return Gate("coverage", WITHHELD, said, LOOK, number, 0.05)


COVERAGE: dict[str, tuple[Callable[[], RunData], Gate]] = {
    "just enough": (lambda: seen(19, 19, {"c": 1, "t": 1}), passed("coverage", 0.95, 0.95)),
    "little in both": (lambda: seen(18, 18, {"c": 2, "t": 2}), understood("c", 90, 0.9)),
    "little in the control": (lambda: seen(18, 20, {"c": 2}), understood("c", 90, 0.9)),
    "little in the arm": (lambda: seen(20, 17, {"t": 3}), understood("t", 85, 0.85)),
    "less in the arm": (lambda: seen(40, 40, {"t": 1}), less("-2.4")),
    "less in the control": (lambda: seen(40, 40, {"c": 1}), less("+2.4")),
    "just more than a point": (lambda: seen(98, 98, {"t": 1}), less("-1.0")),
    "just less": (lambda: seen(100, 100, {"t": 1}), passed("coverage", 100 / 101, 0.95)),
    "three twins": (lambda: seen(40, 36, {"t": 1}, 3), passed("coverage", 36 / 37, 0.95)),
    "shorter": (lambda: seen(40, 36, {}), lists_are("4.0 items shorter")),
    "longer": (lambda: seen(37, 40, {}), lists_are("3.0 items longer")),
    "by a twentieth": (lambda: seen(40, 38, {}), passed("coverage", 1.0, 0.95)),
    "by less": (lambda: seen(39, 40, {}), passed("coverage", 1.0, 0.95)),
    "length is what is asked": (
        lambda: seen(40, 36, {}, outcomes=["list-length"]), passed("coverage", 1.0, 0.95)
    ),
    "p is at its limit": (
        lambda: alone(of(30, 30), of(20, 20), 19), lists_are("10.0 items longer", "0.05", 0.05)
    ),
    "p is beyond it": (lambda: alone(of(30, 30), of(20, 20), 18), passed("coverage", 1.0, 0.95)),
    "an empty page says nothing": (lambda: run(t="", topics={"news": 1}, outcomes=["list-length"]),
                                   passed("coverage", 1.0, 0.95)),
    "no page": (lambda: hand_run({"c-1": {}, "t-1": {}}, exposure=["news"]),
                passed("coverage", None, 0.95)),
}  # fmt: skip


@pytest.mark.parametrize("case", COVERAGE)
def test_coverage(case: str) -> None:
    made, expected = COVERAGE[case]
    same(told("coverage", made()), expected)


def test_a_puppet_counts_once_however_many_pages_it_has() -> None:
    """Pages of 4 and of 12 items with one thing unread each: (4/5 + 12/13) / 2 = 112/130."""
    two = {"after.0": of(4, 4), "after.1": of(12, 12)}
    data = run(
        lists={f"{arm}-{n}": two for arm in "ct" for n in (1, 2, 3, 4)},
        unparsed={f"{arm}-{n}": 1 for arm in "ct" for n in (1, 2, 3, 4)},
    )
    same(told("coverage", data), understood("c", 86, 112 / 130))


# ---- attrition

SLOWER = "run it again slower or from another address, so that all arms are let through alike"


def losing(missing: Mapping[str, str], **changes: Any) -> RunData:
    """Cells of each puppet: ``.`` there, ``x`` not done, ``c`` a captcha, ``p`` read in part."""
    ends = {
        ".": ("done", "ok"),
        "x": ("failed", None),
        "c": ("done", "captcha"),
        "p": ("missing", "partial"),
        "q": ("failed", "partial"),
        "d": ("done", None),
    }
    cells = [
        {
            "puppet": name,
            "arm": name[0],
            "session": f"s-{name}",
            "step": n,
            "kind": "visit",
            "path": "after.0",
            "outcome": ends[sign][0],
            "status": ends[sign][1],
            "detail": "",
        }
        for name, own in missing.items()
        for n, sign in enumerate(own)
    ]
    lists = {name: {"after.0": FULL} for name in missing}
    return hand_run(lists, exposure=["news"], cells=cells, **changes)


def by_arm(signs: Mapping[str, str], twins: int = 4, **changes: Any) -> RunData:
    return losing(
        {f"{a}-{n}": own for a, own in signs.items() for n in range(1, twins + 1)}, **changes
    )


def missing(points: int, more: str, than: str, p: str = "0.0143", number: float = P4) -> Gate:
    said = (
        f"{points} points more cells are missing in {more} than in {than} (p = {p}):"
        " they may not be missing by chance"
    )
    return Gate("attrition", WITHHELD, said, SLOWER, number, 0.05, more)


ATTRITION: dict[str, tuple[Callable[[], RunData], Gate]] = {
    "in the arm": (lambda: by_arm({"c": "....", "t": "x..c"}), missing(50, "t", "c")),
    "in the control": (lambda: by_arm({"c": "x...", "t": "...."}), missing(25, "c", "t")),
    "alike": (lambda: by_arm({"c": "x...", "t": ".x.."}), passed("attrition", 1.0, 0.05)),
    "three twins": (lambda: by_arm({"c": "....", "t": "xxxx"}, 3), passed("attrition", 0.1, 0.05)),
    "another arm": (
        lambda: by_arm({"c": "..", "t": "..", "u": "xx"}), passed("attrition", 1.0, 0.05)
    ),
    "read in part": (lambda: by_arm({"c": ".d", "t": ".p"}), missing(50, "t", "c")),
    "in part is kept": (
        lambda: by_arm({"c": "..", "t": ".p"}, partial="kept"), passed("attrition", 1.0, 0.05)
    ),
    "nothing planned": (lambda: by_arm({"c": "", "t": ""}), passed("attrition", None, 0.05)),
    "at its limit": (
        lambda: losing({**{f"c-{n}": ".." for n in range(1, 20)}, "t-1": ".x"},
                       blocks={**{f"c-{n}": 1 for n in range(1, 20)}, "t-1": 1}),
        missing(50, "t", "c", "0.05", 0.05),
    ),
    "beyond it": (
        lambda: losing({**{f"c-{n}": ".." for n in range(1, 19)}, "t-1": ".x"},
                       blocks={**{f"c-{n}": 1 for n in range(1, 19)}, "t-1": 1}),
        passed("attrition", 1 / 19, 0.05),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ATTRITION)
def test_attrition(case: str) -> None:
    made, expected = ATTRITION[case]
    data = made()
    if case == "nothing planned":
        data = replace(data, cells=())
    same(told("attrition", data), expected)


@pytest.mark.parametrize(("kept", "c1", "t1"), [("missing", 0.75, 0.6), ("kept", 0.5, 0.4)])
def test_the_share_of_lost_cells(kept: str, c1: float, t1: float) -> None:
    data = losing({"c-1": ".pxq", "t-1": "..cpx", "c-2": "d", "t-2": ""}, partial=kept)
    found = {puppet.name: share for puppet, share in lost_cells(data).items()}
    assert found == {"c-1": c1, "t-1": t1, "c-2": 0.0}


# ---- the difference that these gates look at


def test_only_puppets_count_whose_block_and_stratum_hold_both_sides() -> None:
    four = Contrast("a=1", "a=0", ("t", "v"), ("c", "u"), {"c": "x", "t": "x", "u": "y", "v": "y"})
    pairs = {
        Puppet(f"{arm}-{n}", arm, n, n): float(arm in "tv") / n for arm in "ctuv" for n in (1, 2)
    }
    found = difference(pairs, four, seed=1)
    assert found == (pytest.approx(0.75), pytest.approx(P4))
    lone = {
        Puppet("c-9", "c", 9, 9): 50.0,
        Puppet("v-1", "v", 1, 9): 9.0,
        Puppet("w-1", "w", 1, 1): 70.0,
    }
    assert difference(pairs | lone, four, seed=1) == found
    assert difference(lone, four, seed=1) is None
    assert difference({}, four, seed=1) is None
