"""Outcomes against tables worked out by hand: which pages count, what a puppet's number is.

No run and no store: pages are written down item by item, and what they give stands beside them.
"""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace
from typing import Any

import pytest
from outcome_pages import A1, A2, B1, B2, answered, data, page

from collector.analysis.declared import Declaration, declare
from collector.analysis.measures import Measure, Unit, measures
from collector.analysis.measures.base import Sight
from collector.analysis.measures.mean_score import number
from collector.analysis.metrics import Attention
from collector.analysis.outcomes import (
    at_moment,
    baseline,
    described_pages,
    outcome_pages,
    same_slots,
    shares,
    supply_of,
    surfaces_of,
)
from collector.analysis.rundata import Item, Puppet

# -- which pages count ---------------------------------------------------------------------------


def test_only_pages_after_the_treatment_are_an_outcome() -> None:
    """Not those of it, not those from before, not another surface's, not a hurried search's."""
    every = [
        page(A1, "m1", "before.0"), page(A1, "m2", "arms.a.steps.0"), page(A1, "m3", "after.0"),
        page(A1, "m4", "after.1"), page(A1, "m5", "after.2", surface="search"),
        page(A1, "m6", "after.3", hurried=True), page(A1, "m7", ""),
    ]  # fmt: skip
    for count in range(len(every) + 1):
        for chosen in itertools.combinations(every, count):
            found = outcome_pages(data(chosen), "home")
            assert [one.ids for one in found] == [
                one.ids for one in chosen if one.ids in (["3"], ["4"])
            ]


@pytest.mark.parametrize(
    ("paths", "phase", "ids"),
    [
        (("before.0", "arms.a.steps.0", "after.0"), "after", ["2"]),
        (("before.0", "arms.a.steps.0", "arms.a.steps.1"), "arms", ["1", "2"]),
        (("before.0", "before.1"), "before", ["0", "1"]),
        ((), "after", []),
    ],
)
def test_what_is_described_says_where_it_is_from(
    paths: tuple[str, ...], phase: str, ids: list[str]
) -> None:
    """The latest part of the session that has pages; the treatment's own are no outcome."""
    run = data([page(A1, f"m{n}", path) for n, path in enumerate(paths)])
    said, pages = described_pages(run, "home")
    assert said == phase
    assert [one.ids[0] for one in pages] == ids
    assert described_pages(run, "search") == ("after", ())


@pytest.mark.parametrize(
    ("moment", "ids"), [("first", ["1"]), ("last", ["10"]), ("all", ["1", "2", "10"])]
)
def test_the_declared_moment(moment: str, ids: list[str]) -> None:
    """Sessions in time's own order, w1s10 behind w1s2."""
    turns = ("w1s2", "w1s10", "w1s1")
    run = data([page(A1, f"m{turn[3:]}", turn=turn) for turn in turns], turns=turns)
    found = at_moment(run, outcome_pages(run, "home"), moment)
    assert sorted((one.ids[0] for one in found), key=int) == ids
    alone = data([page(A1, "m1", turn="")])
    assert len(at_moment(alone, alone.pages, moment)) == 1


@pytest.mark.parametrize("seed", range(20))
def test_every_puppet_is_measured_on_the_same_slots(seed: int) -> None:
    """Of the fullest slots as many as make most pages count: all choices are tried here."""
    dice = random.Random(seed)
    puppets = [Puppet(f"p-{n}", "ab"[n % 2], n, n) for n in range(6)]
    pages = [
        page(puppet, f"m{n}", f"after.{n}")
        for n in range(5)
        for puppet in puppets
        if dice.random() < 0.7
    ]
    dice.shuffle(pages)
    first = list(dict.fromkeys(one.slot for one in pages))
    filled = {slot: {one.puppet for one in pages if one.slot == slot} for slot in first}
    order = sorted(first, key=lambda slot: (-len(filled[slot]), first.index(slot)))
    best: tuple[int, tuple[str, ...], set[Puppet]] = (0, (), set())
    for count in range(1, len(order) + 1):
        whole = set.intersection(*(filled[slot] for slot in order[:count]))
        if count * len(whole) > best[0]:
            best = (count * len(whole), tuple(order[:count]), whole)
    slots, shown = same_slots(pages, puppets)
    assert set(slots) == set(best[1])
    assert list(slots) == [slot for slot in first if slot in slots]
    assert list(shown) == [puppet for puppet in puppets if puppet in best[2]]
    for puppet, own in shown.items():
        assert [(one.puppet, one.slot) for one in own] == [(puppet, slot) for slot in slots]
    assert same_slots([], puppets) == ((), {})
    assert same_slots(pages, []) == ((), {})


# -- a puppet's number ---------------------------------------------------------------------------

#: Measure, label, the puppet's pages, its value: worked out by hand.
TABLE: list[tuple[str, str | None, list[str], float | None]] = [
    ("exposure-share", "music", ["m1 n2 m3 -4"], 0.5),
    ("exposure-share", "music", ["m1 n2 m3 -4", "n1 n2"], 0.25),
    ("exposure-share", "music", ["!0 m1 n2"], 0.5),
    ("exposure-share", "music", ["", "m1"], 1.0),
    ("exposure-share", "music", [""], None),
    ("incidence", "music", ["n1 n2", "n3 m4"], 1.0),
    ("incidence", "music", ["n1 -2"], 0.0),
    ("incidence", "music", ["", "!1"], None),
    ("ad-share", None, ["!1 m2 m3 !4", "m1"], 0.25),
    ("ad-share", None, [""], None),
    ("list-length", None, ["m1 n2 !3", "m1 n2 n3 n4"], 3.0),
    ("list-length", None, [""], 0.0),
    ("diversity", None, ["m1 m2 m3", "m1 n2"], 1.5),
    ("diversity", None, ["-1 -2"], None),
    ("repetition", None, ["m1 m2", "m2 m3", "m1 m3 m4 m5"], (0 + 0.5 + 0.5) / 3),
    ("exposure-over-supply", "music", ["m1 n2"], 0.5 / 0.25),
    ("exposure-over-supply", "music", ["m1 n2", "n3 n4"], 0.25 / 0.25),
    ("time-to-exposure", "music", ["n1 n2", "m3 m4"], 3.0),
    ("time-to-exposure", "music", ["n1 n2", "n3"], 4.0),
    ("time-to-exposure", "music", [""], None),
]


@pytest.mark.parametrize(("name", "label", "lists", "expected"), TABLE)
def test_what_a_puppets_pages_give(
    name: str, label: str | None, lists: list[str], expected: float | None
) -> None:
    """Uniform attention; three labelled items of news to one of music exist."""
    pages = [page(A1, items, f"after.{n}") for n, items in enumerate(lists)]
    run = data(pages, (A1,), topics={"music": 1, "news": 3})
    found = answered(run, name, label, attention=Attention.UNIFORM)
    assert found.values == ({} if expected is None else {"a-1": pytest.approx(expected)})
    assert found.puppets == (() if expected is None else (A1,))
    assert found.lost == ((A1,) if expected is None else ())
    assert found.mean(treated=False) == (None if expected is None else pytest.approx(expected))
    assert found.mean(treated=True) is None


def test_scores_are_labels_that_are_numbers() -> None:
    """Words are not zero: they are left out."""
    items = tuple(
        Item(n, "video", str(n), "", topic)
        for n, topic in enumerate(("1", "-1", "word", None, "3"))
    )
    scored = replace(page(A1, ""), items=items)
    found = answered(data([scored], (A1,)), "mean-score", attention=Attention.UNIFORM)
    assert found.values == {"a-1": pytest.approx((1 - 1 + 3) / 3)}


@pytest.mark.parametrize(
    ("name", "label", "items", "expected"),
    [
        ("exposure-share", "music", "m1 n2", 1 / 1.85),
        ("exposure-over-supply", "music", "n1 m2", 0.85 / 1.85 / 0.25),
        ("exposure-over-supply", "news", "n1 m2", None),
        ("mean-score", None, "31 52", (3 + 0.85 * 5) / 1.85),
    ],
)
def test_attention_and_supply_are_those_of_the_sight(
    name: str, label: str | None, items: str, expected: float | None
) -> None:
    """Attention falls by 0.85 a rank; of a label that there is nothing of, nothing can be said."""
    value = measures()[name].value
    assert value is not None
    seen = Sight((page(A1, items),), label, supply={"music": 0.25})
    assert value(seen) == (None if expected is None else pytest.approx(expected))


def test_a_number_too_large_for_one_is_no_score() -> None:
    found = [number(text) for text in ("1e999", "-1e999", " -.5 ", "1e3")]
    assert found == [None, None, -0.5, 1000.0]


def test_what_came_before_a_page_ends_at_the_page_itself() -> None:
    """Read a second time it is the same capture, though not the same object."""
    first, then, last = (page(A1, f"m{n}", f"after.{n}") for n in range(3))
    for same in (then, replace(then)):
        assert list(Sight((then,), earlier=(first, same, last)).before(then)) == ["0"]


@pytest.mark.parametrize("name", list(measures()))
def test_every_outcome_is_declared_in_full(name: str) -> None:
    measure = measures()[name]
    assert measure.name == name
    assert measure.about.endswith((".", "?"))
    low, high = measure.reach
    assert low == -high
    assert high == measure.bounds[1] - measure.bounds[0] or math.isinf(high)
    assert (measure.value is None) is (measure.unit is Unit.SIMILARITY)
    with pytest.raises(ValueError, match="not both or none"):
        Measure("x", "x", "x", Unit.SHARE)


# -- twins and likeness --------------------------------------------------------------------------


def test_the_gap_of_twins_is_a_distance() -> None:
    """0.2 and 0.5, then 0.9 and 0.1: the gaps are 0.3 and 0.8, whichever twin is ahead."""
    lists = {A1: 2, A2: 5, B1: 9, B2: 1}
    for turned in (False, True):
        pages = []
        for puppet, count in lists.items():
            other = {A1: A2, A2: A1}.get(puppet, puppet) if turned else puppet
            words = [f"m{n}" if n < count else f"n{n}" for n in range(10)]
            pages.append(page(other, " ".join(words)))
        found = answered(data(pages), "exposure-share", "music", attention=Attention.UNIFORM)
        assert found.twin_gap == pytest.approx((0.3 + 0.8) / 2)
        assert found.mean(treated=False) == pytest.approx(0.35)
        assert found.mean(treated=True) == pytest.approx(0.5)
    alone = data([page(A1, "m1"), page(B1, "n1")], (A1, B1))
    assert answered(alone, "exposure-share", "music").twin_gap is None


def test_another_moment_and_another_attention_can_be_asked_for() -> None:
    turns = ("w1s1", "w1s2")
    pages = [page(A1, "m1 n2" if turn == "w1s1" else "n1 m2", turn=turn) for turn in turns]
    run = data(pages, (A1,), turns=turns)
    declared = declare({"exposure": ["music"], "attention": "uniform", "moment": "first"},
                       {"arms": {"a": {}, "b": {}}})  # fmt: skip

    def value(**more: Any) -> float:
        found = answered(run, "exposure-share", "music", declaration=declared, **more)
        return found.values["a-1"]

    assert value() == pytest.approx(0.5)
    steep = Attention.GEOMETRIC
    assert value(attention=steep) == pytest.approx(1 / 1.85)
    assert value(attention=steep, moment="w1s2") == pytest.approx(0.85 / 1.85)
    assert value(attention=steep, moment="last") == pytest.approx(0.85 / 1.85)
    assert value(attention=steep, moment="all") == pytest.approx(0.5)


def test_supply_is_of_labelled_items() -> None:
    assert supply_of(data([], topics={"music": 1, "news": 3})) == {"music": 0.25, "news": 0.75}
    assert supply_of(data([])) == {}


def test_surfaces_are_those_declared_or_those_seen() -> None:
    pages = [page(A1, "m1", surface=name) for name in ("feed", "odd", "search", "home")]
    assert surfaces_of(data(pages)) == ("home", "search", "feed")
    assert surfaces_of(data(pages, analysis={"surfaces": ["related"]})) == ("related",)


def test_before_the_treatment_arms_are_described() -> None:
    """Shares by arm and declared label, from pages before the treatment only."""
    pages = [
        page(A1, "m1 n2", "before.0"), page(A2, "m1", "before.0"), page(B1, "n1 n2", "before.0"),
        page(B2, "m1", "after.0"), page(A1, "m1", "after.0"),
        page(A1, "m1", "before.1", surface="search"),
    ]  # fmt: skip
    analysis = {"exposure": ["music"], "attention": "uniform"}
    found = baseline(data(pages, analysis=analysis))
    assert found == {
        ("home", "music"): {"a": pytest.approx(0.75), "b": 0.0}, ("search", "music"): {"a": 1.0},
    }  # fmt: skip
    own = shares([page(A1, "m1"), page(A1, "n1", "after.1"), page(A2, "")], {"music"},
                 Attention.UNIFORM)  # fmt: skip
    assert own == {A1: 0.5}


def test_a_declaration_is_read_as_it_is_written() -> None:
    """Defaults are written out; the family is surfaces by outcomes by labels by arms."""
    scenario = {"arms": {"x": {}, "control": {}, "y": {}}}
    plain: Declaration = declare({}, scenario, ("home",))
    assert (plain.surfaces, plain.labels, plain.control) == (("home",), (), "control")
    assert [m.name for m in plain.outcomes] == ["rank-overlap"]
    assert (plain.phase, plain.moment, plain.alpha) == ("after", "last", 0.05)
    for phase in ("during", "after"):
        assert declare({"phase": phase}, scenario, ("home",)).phase == phase
    assert (plain.labelled, plain.dose, plain.smallest) == (0.9, 0.8, {})
    assert [(c.arm, c.control) for c in plain.contrasts] == [("x", "control"), ("y", "control")]
    full = declare(
        {
            "surfaces": ["home", "search"], "exposure": ["music", "news", "music"],
            "outcomes": ["incidence", "jaccard"], "control": "x", "pairs": "all",
            "smallest_effect": "5 points", "alpha": 0.01,
            "thresholds": {"labelled": 0.5, "dose": 0.6},
        },
        scenario,
    )  # fmt: skip
    assert full.smallest == {"incidence": 0.05}
    assert (full.alpha, full.labelled, full.dose) == (0.01, 0.5, 0.6)
    assert [(c.arm, c.control) for c in full.contrasts] == [
        ("control", "x"), ("y", "x"), ("y", "control"),
    ]  # fmt: skip
    assert len(full.questions) == 2 * (2 * 3 + 3)
    first = full.questions[0]
    assert first.name == "home: incidence: music, control against x"
