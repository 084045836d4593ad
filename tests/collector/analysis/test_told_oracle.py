"""What is told beside the verdicts, of runs by hand: agreement with the log, sessions, the words.

Captured lists are held against served ones item by item; differences and trends are worked out
here; each sentence is written out.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean
from typing import Any

import pytest
from hand_runs import hand_run

from collector.analysis.described import Described, exploratory, sessions, trend
from collector.analysis.judging import declaration_of, judge
from collector.analysis.rundata import RunData
from collector.analysis.summary import about, abstract, headline, limits, parts, smallest_arm
from collector.analysis.truth import Agreement, TruthCheck, check, truth_shares
from collector.analysis.verdicts import VerdictKind
from collector.analysis.words import finding, verdict_sentence

# ---- captures against the platform's log


def rows(text: str) -> tuple[dict[str, Any], ...]:
    """What was served: ``"a:news -:ad b"``."""
    found = []
    for word in text.split():
        name, _, label = word.partition(":")
        kind = "ad" if label == "ad" else "video"
        topic = None if kind == "ad" else label or None
        found.append({"kind": kind, "item_id": name, "topic": topic})
    return tuple(found)


def logged(served: dict[str, str], captured: dict[str, str], surface: str = "home") -> RunData:
    """A page load a puppet: what was served to it and what was captured."""
    data = hand_run({name: {"after.0": text} for name, text in captured.items()}, surface=surface)
    pages = tuple(replace(p, event=f"load-{p.puppet.name}") for p in data.pages)
    log = {(name, f"load-{name}", surface): rows(text) for name, text in served.items()}
    return replace(data, pages=pages, served=log)


@pytest.mark.parametrize(
    ("served", "captured", "expected"),
    [
        ("a b c", "a b c", {"served": 3, "captured": 3}),
        ("a b c d", "a b", {"served": 4, "captured": 2, "later": 2}),
        ("a b c d", "a c", {"served": 4, "captured": 2, "missed": 1, "later": 1}),
        ("a b c", "a x", {"served": 3, "captured": 2, "invented": 1, "later": 2}),
        ("a b", "a b c", {"served": 2, "captured": 3, "invented": 1}),
        ("a b c", "b a", {"served": 3, "captured": 2, "disordered": 1, "later": 1}),
        ("a b c", "c", {"served": 3, "captured": 1, "missed": 2}),
        ("a b", "x y", {"served": 2, "captured": 2, "missed": 2, "invented": 2}),
        ("p:ad a q:ad", "z:ad a w:ad", {"served": 3, "captured": 3}),
        ("p:ad a b", "a b", {"served": 3, "captured": 2, "missed": 1}),
        ("a a b", "a b", {"served": 3, "captured": 2, "missed": 1}),
        ("a", "", {"served": 1, "captured": 0, "later": 1}),
        ("", "", {}),
        ("", "a", {"captured": 1, "invented": 1}),
    ],
)
def test_a_captured_list_against_what_was_served(
    served: str, captured: str, expected: dict[str, int]
) -> None:
    """Behind the last captured place nothing was missed; an advert is known by being one."""
    found = check(logged({"c-1": served}, {"c-1": captured}))
    wanted = Agreement(loads=1, **expected)
    assert found == TruthCheck(wanted, {"home": wanted}, {"c-1": wanted})
    flaws = {"missed", "invented", "disordered"}
    assert found.total.exact is not bool(flaws & expected.keys())


def test_a_list_that_the_log_does_not_know() -> None:
    """Of another load, puppet or surface: counted, and nothing is said to be missed."""
    data = logged({"c-1": "a b"}, {"c-1": "a b"})
    unknown = Agreement(captured=2, unlogged=1)
    for other in (
        replace(data, pages=tuple(replace(p, event=None) for p in data.pages)),
        replace(data, pages=tuple(replace(p, surface="feed") for p in data.pages)),
        replace(data, served={}),
    ):
        found = check(other)
        assert found.total == unknown
        assert not found.total.exact
    empty = {("c-1", "", "home"): rows("a b")}
    nameless = replace(data, pages=tuple(replace(p, event=None) for p in data.pages), served=empty)
    assert check(nameless).total.exact


def test_puppets_surfaces_and_all_are_summed() -> None:
    home = logged({"c-1": "a b", "t-1": "a b c"}, {"c-1": "a b", "t-1": "a c"})
    feed = logged({"c-1": "a"}, {"c-1": "x"}, "feed")
    data = replace(home, pages=(*home.pages, *feed.pages), served={**home.served, **feed.served})
    found = check(data)
    one, two = Agreement(1, 2, 2), Agreement(1, 3, 2, missed=1)
    three = Agreement(1, 1, 1, missed=1, invented=1)
    assert found.by_surface == {"home": Agreement(2, 5, 4, missed=1), "feed": three}
    assert found.by_puppet == {
        "c-1": Agreement(2, 3, 3, missed=1, invented=1), "t-1": two,
    }  # fmt: skip
    assert found.total == Agreement(3, 6, 5, missed=2, invented=1)
    assert one.exact
    assert not Agreement(unlogged=1).exact


def test_shares_by_the_log_over_as_many_places_as_were_captured() -> None:
    """Mean over the pages of a puppet, then over puppets; adverts take no attention."""
    served = {"c-1": "a:news -:ad b:x c:news", "c-2": "a:x b:x", "t-1": "a:news", "t-2": ""}
    captured = {"c-1": "a -:ad b", "c-2": "a b", "t-1": "a", "t-2": "a", "t-3": "a"}
    data = logged(served, captured)
    again = replace(data.pages[0], event="more")
    log = {**data.served, ("c-1", "more", "home"): rows("a:x b:x c:x")}
    data = replace(data, pages=(*data.pages, again), served=log)
    found = truth_shares(data, data.pages, "news", "uniform")  # type: ignore[arg-type]
    assert found == {"c": pytest.approx(((1 / 2 + 0) / 2 + 0) / 2), "t": 1.0}
    geometric = truth_shares(data, data.pages[:1], "news", "geometric")  # type: ignore[arg-type]
    assert geometric == {"c": pytest.approx(1 / 1.85)}


# ---- what was not declared, and session by session

NEWS = {"c-1": (2, 1), "c-2": (1, 3), "t-1": (5, 6), "t-2": (7, 4)}


def waves(**changes: Any) -> RunData:
    """Two sessions a puppet, of ten items so many news."""
    lists = {
        name: {
            f"w{n}s1 after.0": " ".join(f"{k}:{'news' if k < own else 'x'}" for k in range(10))
            for n, own in enumerate(counts, 1)
        }
        for name, counts in NEWS.items()
    }
    return hand_run(lists, **({"exposure": ["news"], "attention": "uniform"} | changes))


@pytest.mark.parametrize(
    ("moment", "tested"),
    [("first", (True, False)), ("last", (False, True)), ("all", (True, True))],
)
def test_a_row_a_session(moment: str, tested: tuple[bool, bool]) -> None:
    """Means and difference of each, and on which the verdict stands."""
    data = waves(moment=moment)
    found = sessions(data, declaration_of(data))
    for n, row in enumerate(found):
        means = {arm: fmean(NEWS[f"{arm}-{k}"][n] / 10 for k in (1, 2)) for arm in "ct"}
        assert row == Described(
            surface="home", outcome="exposure share: news", metric="exposure-share", arm="t",
            control="c", unit="share", control_mean=pytest.approx(means["c"]),  # type: ignore[arg-type]
            arm_mean=pytest.approx(means["t"]),  # type: ignore[arg-type]
            estimate=pytest.approx(means["t"] - means["c"]),  # type: ignore[arg-type]
            puppets=(2, 2), moment=f"w{n + 1}s1", tested=tested[n],
        )  # fmt: skip
    assert len(found) == 2
    one = hand_run({name: {"after.0": "a:news"} for name in NEWS}, exposure=["news"])
    assert sessions(one, declaration_of(one)) == ()


def test_a_session_that_one_side_lost_has_no_row() -> None:
    data = waves()
    gone = tuple(p for p in data.pages if (p.puppet.arm, p.turn) != ("t", "w1s1"))
    found = sessions(replace(data, pages=gone), declaration_of(data))
    assert [row.moment for row in found] == ["w2s1"]
    few = tuple(p for p in data.pages if (p.puppet.name, p.turn) != ("c-2", "w1s1"))
    found = sessions(replace(data, pages=few), declaration_of(data))
    assert [row.puppets for row in found] == [(1, 2), (2, 2)]


def test_the_change_a_session() -> None:
    """Least squares over the sessions that have a difference; two at least."""
    data = waves()
    (row, _) = sessions(data, declaration_of(data))
    values = {"w1": 0.1, "w2": None, "w3": 0.5, "w4": 0.2}
    some = tuple(replace(row, moment=name, estimate=value) for name, value in values.items())
    at = [(0, 0.1), (2, 0.5), (3, 0.2)]
    mean = fmean(n for n, _ in at)
    slope = sum((n - mean) * value for n, value in at) / sum((n - mean) ** 2 for n, _ in at)
    alone = replace(row, surface="feed", moment="w1")
    assert trend((*some, alone)) == {
        ("home", "exposure share: news", "t", "c"): pytest.approx(slope),
    }  # fmt: skip
    assert trend(()) == {}


def test_what_was_not_declared_is_described() -> None:
    """Every other outcome that can be computed, in the order of the register; likenesses by twins
    and pairs of arms; without labels none that needs them."""
    data = waves()
    declaration = declaration_of(data)
    found = {row.metric: row for row in exploratory(data, declaration)}
    order = [question.measure.name for question in declaration.explored]
    assert list(found) == [name for name in order if name in found]
    assert "exposure-share" not in found
    assert "mean-score" not in found
    length = found["list-length"]
    assert (length.control_mean, length.arm_mean, length.estimate) == (10, 10, 0)
    assert (length.moment, length.tested, length.unit) == ("", False, "items")
    jaccard = found["jaccard"]
    assert (jaccard.control_mean, jaccard.arm_mean, jaccard.estimate) == (1, 1, 0)
    bare = replace(data, topics={}, pages=tuple(
        replace(p, items=tuple(replace(i, topic=None) for i in p.items)) for p in data.pages
    ))  # fmt: skip
    assert "diversity" in found
    assert "diversity" not in {row.metric for row in exploratory(bare, declaration)}
    assert exploratory(replace(data, pages=()), declaration) == ()


# ---- the words


def plain(**changes: Any) -> RunData:
    """Two pairs that differ in news."""
    lists = {
        f"{arm}-{n}": {"after.0": f"{arm}{n}:{'news' if arm == 't' else 'x'} b:x"}
        for arm in "ct"
        for n in (1, 2)
    }
    return hand_run(lists, **({"exposure": ["news"]} | changes))


def with_run(data: RunData, **changes: Any) -> RunData:
    return replace(data, run={**data.run, **changes})


def test_the_headline_has_every_verdict_in_its_order() -> None:
    data = plain()
    judgement = judge(data)
    (answer,) = judgement.answers
    kinds = [VerdictKind.WITHHELD, VerdictKind.UNDECIDED, VerdictKind.EFFECT,
             VerdictKind.NO_LARGER, VerdictKind.EFFECT]  # fmt: skip
    made = [
        replace(answer.verdict, verdict=kind, outcome=f"outcome {n}", smallest_effect=0.05)
        for n, kind in enumerate(kinds)
    ]
    every = replace(judgement, answers=tuple(replace(answer, verdict=v) for v in made))
    said = [finding(verdict) for verdict in made]
    assert headline(data, every) == {
        "kind": "effect",
        "text": f"Effect: {said[2]}; {said[4]}. No larger effect: {said[3]}. Undecided: {said[1]}."
        f" Withheld: {said[0]}.",
    }
    assert [(p.kind, p.head, len(p.findings)) for p in parts(every)] == [
        ("effect", "Effect:", 2), ("bounded", "No larger effect:", 1),
        ("undecided", "Undecided:", 1), ("withheld", "Withheld:", 1),
    ]  # fmt: skip
    last = replace(every, answers=every.answers[:1])
    assert headline(data, last)["kind"] == "withheld"
    none = replace(judgement, answers=())
    assert headline(data, none) == {
        "kind": "none", "text": "Nothing was declared to be compared.",
    }  # fmt: skip
    alone = hand_run({"c-1": {"after.0": "a"}})
    assert headline(alone, judge(alone)) == {
        "kind": "none", "text": "One arm: there is nothing to compare it with.",
    }  # fmt: skip


FIRST = "4 puppets in 2 arms took the scenario “hand” on the bundled mock platform (seed 1). "


def test_what_was_run_and_how_much_of_it_is_data() -> None:
    data = labelled(plain())
    assert about(data, None) == [FIRST + "All 4 planned cells are data."]
    real = about(with_run(data, site="www.example.org"), None)[0]
    assert real.startswith("4 puppets in 2 arms took the scenario “hand” on www.example.org (seed ")
    lost = [cell | {"outcome": "failed"} if n == 0 else cell for n, cell in enumerate(data.cells)]
    many = tuple(data.cells) * 66 + tuple(lost)
    assert about(replace(data, cells=tuple(lost)), None)[0] == (
        FIRST + "3 of 4 planned cells (75 %) are data; the others are missing and listed below."
    )
    assert "267 of 268 planned cells (99 %) are data" in about(replace(data, cells=many), None)[0]
    assert about(replace(data, cells=()), None)[0].endswith("All 0 planned cells are data.")
    total = TruthCheck(Agreement(loads=1, captured=1500, missed=3, invented=2))
    assert about(data, total)[1:] == [
        "Against the platform’s own log, the captures of 1 list missed 3 and invented 2 of 1,501"
        " impressions."
    ]
    judgement = judge(data)
    assert abstract(data, judgement, total) == [
        about(data, total)[0], verdict_sentence(judgement.verdicts[0]), about(data, total)[1],
    ]  # fmt: skip


def labelled(data: RunData) -> RunData:
    """Cells bear the name of their page, as those of a run do."""
    return replace(data, cells=tuple({**cell, "label": ""} for cell in data.cells))


MOCK = (
    "The platform is a mock whose recommender is known: the run proves the instrument, it says"
    " nothing about a real platform."
)
REAL = "A real platform keeps no log for us: what was served cannot be checked."
ATTENTION = (
    "Shares are weighted by a model of attention, not by measured attention; the table of surfaces"
    " shows how they change with the model."
)
ONCE = (
    "Labels were not checked a second time: wrong labels of 5 % of the items in one arm alone could"
    " move an exposure share by 5 points; a verdict on less says so."
)


def told(data: RunData, agreement: TruthCheck | None = None) -> list[str]:
    judgement = judge(data)
    quiet = tuple(replace(answer, gates=()) for answer in judgement.answers)
    found = limits(data, replace(judgement, answers=quiet, design=None), agreement)
    assert found[-1] == ATTENTION
    return found[:-1]


def test_what_a_run_cannot_say() -> None:
    """One sentence for each thing that is lacking, and none for what is not."""
    data = plain()
    assert told(data) == [ONCE, MOCK]
    assert told(with_run(data, site="real")) == [ONCE, REAL]
    assert told(with_run(data, site="real"), TruthCheck()) == [ONCE]
    partial = "The run’s state is “interrupted”: what is here is partial."
    assert told(with_run(data, state="interrupted")) == [partial, ONCE, MOCK]
    assert told(replace(data, topics={})) == [
        "No item has a label: exposure to topics cannot be computed.", MOCK,
    ]  # fmt: skip
    assert told(replace(data, codings={"ann": {"a": "news"}})) == [MOCK]
    assert told(plain(outcomes=["list-length"])) == [MOCK]
    cells = (data.cells[0] | {"outcome": "failed"}, *data.cells[1:])
    assert told(replace(data, cells=cells)) == ["Cells are missing: see the matrix.", ONCE, MOCK]
    few = hand_run({"c-1": {"after.0": "a:news"}, "t-1": {"after.0": "a:news"}}, exposure=["news"])
    assert told(few)[0] == "Without twins there is no measure of noise: differences may be chance."
    assert smallest_arm(few) == 1
    assert smallest_arm(data) == 2
    assert smallest_arm(replace(data, puppets=(), run={**data.run, "scenario_json": {}})) == 0


def test_gates_that_noted_something_are_limits() -> None:
    """Each sentence once, with a capital, in their order; those that passed, and others, not."""
    data = plain()
    judgement = judge(data)
    (answer,) = judgement.answers
    gate = answer.gates[0]
    rulings = type(gate.ruling)
    gates = tuple(
        replace(gate, gate=name, ruling=ruling, reason=reason, number=None, threshold=None)
        for name, ruling, reason in (
            ("stability", rulings.NOTED, "the level moved"),
            ("dose", rulings.WITHHELD, "a dose too small"),
            ("buckets", rulings.PASSED, "no groups"), ("labels", rulings.WITHHELD, "no labels"),
            ("attrition", rulings.NOTED, "puppets were lost"), ("buckets", rulings.NOTED, "groups"),
        )
    )  # fmt: skip
    twice = replace(judgement, answers=(replace(answer, gates=gates),) * 2, design=None)
    sentences = sorted(g.sentence for g in gates if g.gate != "labels" and g.ruling != "passed")
    assert limits(data, twice, None)[:4] == [f"{each[0].upper()}{each[1:]}." for each in sentences]
    assert len(sentences) == 4
    designed = limits(data, replace(twice, design=judgement.design), None)
    assert designed[0].startswith("The design: ")
    assert designed[1:] == limits(data, twice, None)
