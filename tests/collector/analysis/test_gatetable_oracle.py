"""The gates as a table: which answers are one row, in which order, and how each number is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hand_runs import hand_run

from collector.analysis import gatetable
from collector.analysis.gates import Gate, Ruling
from collector.analysis.gatetable import ASKED, Asked, Dose, asked, dose_table
from collector.analysis.judging import Judgement, declaration_of, judge
from collector.analysis.rundata import Done
from collector.analysis.words import subject

PASSED, NOTED, WITHHELD = Ruling.PASSED, Ruling.NOTED, Ruling.WITHHELD


def judged(*gates: tuple[Gate, ...]) -> Judgement:
    """An outcome for each group of gates, called by its number."""
    lists = {f"{arm}-{n}": {"after.0": "a:news"} for arm in "ct" for n in (1, 2)}
    judgement = judge(hand_run(lists, exposure=["news"]))
    (answer,) = judgement.answers
    answers = tuple(
        replace(answer, gates=own, verdict=replace(answer.verdict, label=f"topic {n}"))
        for n, own in enumerate(gates)
    )
    return replace(judgement, answers=answers)


def gate(
    name: str,
    ruling: Ruling = PASSED,
    number: float | None = None,
    threshold: float | None = None,
    **more: Any,
) -> Gate:
    return Gate(name, ruling, more.get("reason", ""), more.get("mend", ""), number, threshold)


def test_equal_answers_are_one_row_and_those_that_withhold_come_first() -> None:
    """What passed is told once, with the least and the largest number; the order is that of the
    gates, unknown ones last; outcomes are named where it is not all of them."""
    bad = gate("dose", WITHHELD, 0.25, 0.8, reason="too little", mend="watch longer")
    worse = gate("dose", WITHHELD, 0.2, 0.8, reason="too little", mend="watch longer")
    noted = gate("buckets", NOTED, 3.0, 5.0, reason="few")
    judgement = judged(
        (gate("own", number=1.0), gate("labels", number=0.95, threshold=0.9), bad, noted),
        (gate("labels", number=0.99, threshold=0.9), bad, gate("arms", number=7.0)),
        (gate("labels", number=0.97, threshold=0.9), worse),
    )
    names = [subject(answer.verdict) for answer in judgement.answers]
    assert asked(judgement) == (
        Asked("dose", ASKED["dose"], WITHHELD, "25 %", "at least 80 %", "too little",
              "watch longer", (names[0], names[1])),
        Asked("dose", ASKED["dose"], WITHHELD, "20 %", "at least 80 %", "too little",
              "watch longer", (names[2],)),
        Asked("buckets", ASKED["buckets"], NOTED, "3", "5", "few", "", (names[0],)),
        Asked("arms", ASKED["arms"], PASSED, "7", "at least 2", "", "", (names[1],)),
        Asked("labels", ASKED["labels"], PASSED, "95 % to 99 %", "at least 90 %", "", "", ()),
        Asked("own", "own", PASSED, "1", "–", "", "", (names[0],)),
    )  # fmt: skip
    assert asked(judged()) == ()


@pytest.mark.parametrize(
    ("gates", "told"),
    [
        ([("arms", None)], "–"), ([("arms", 3.0)], "3"), ([("arms", 3.0), ("arms", None)], "3"),
        ([("arms", 9.0), ("arms", 3.0), ("arms", 5.0)], "3 to 9"),
        ([("coverage", 0.501), ("coverage", 0.504)], "50 %"),
        ([("coverage", 0.0)], "0 %"), ([("freshness", 12345.0)], "1.23e+04"),
        ([("stability", 0.0004)], "p < 0.001"), ([("stability", 0.5), ("stability", 0.02)],
         "p = 0.02 to p = 0.5"),
    ],
)  # fmt: skip
def test_a_number_or_the_least_and_the_largest(
    gates: list[tuple[str, float | None]], told: str
) -> None:
    made = [gate(name, number=number, threshold=0.01 if name == "stability" else None)
            for name, number in gates]  # fmt: skip
    assert gatetable._numbers(made) == told


@pytest.mark.parametrize(
    ("found", "number", "threshold"),
    [
        (gate("freshness", number=2.0), "2", "at most 0"),
        (gate("carry-over", number=0.0), "0", "at most 0"),
        (gate("carry-over", number=3.0, threshold=2.0), "3", "at most 2"),
        (gate("after", number=0.0), "0", "at least 1"),
        (gate("arms", number=1.0), "1", "at least 2"),
        (gate("labels", number=0.5, threshold=0.9), "50 %", "at least 90 %"),
        (gate("labels", number=0.03, threshold=0.05), "p = 0.03", "p above 0.05"),
        (gate("labels", number=0.03, threshold=0.0501), "3 %", "at least 5 %"),
        (gate("labels", number=0.5), "50 %", "–"),
        (gate("attrition", number=0.2, threshold=0.05), "p = 0.2", "p above 0.05"),
        (gate("attrition", number=0.2), "p = 0.2", "–"),
        (gate("coverage", number=0.2, threshold=0.01), "p = 0.2", "p above 0.01"),
        (gate("agreement", number=0.61, threshold=0.667), "0.61", "at least 0.667"),
        (gate("agreement", number=0.01, threshold=0.05), "p = 0.01", "p above 0.05"),
        (gate("buckets", number=0.7, threshold=0.556), "0.7", "0.556"),
        (gate("buckets", number=0.01, threshold=0.05), "p = 0.01", "p above 0.05"),
        (gate("stability", number=0.001, threshold=0.01), "p = 0.001", "p above 0.01"),
        (gate("stability", number=5.0, threshold=6.0), "5", "at least 6"),
    ],
)
def test_how_a_number_and_its_threshold_are_told(found: Gate, number: str, threshold: str) -> None:
    assert gatetable._numbers([found]) == number
    assert gatetable._threshold(found) == threshold


def test_the_dose_of_each_arm_and_kind() -> None:
    """Least, median and largest share of what was planned; who had none of a kind has 0 of it, and
    who was given another item has missed one."""
    had = {"c-1": {"subscribe": [True, False]}, "c-2": {"subscribe": [True] * 4, "like": [False]},
           "c-3": {"subscribe": [True, True, True, False]}, "t-1": {"follow": [True]},
           "t-2": {"follow": [True]}}  # fmt: skip
    steps = [
        Done(name, name[0], f"arms.{name[0]}.steps.{kind}{n}", kind, "done" if ok else "failed",
             "v at 1; otherwise: none is about music" if name == "t-1" else "", {}, ())
        for name, kinds in had.items()
        for kind, outcomes in kinds.items()
        for n, ok in enumerate(outcomes)
    ]  # fmt: skip
    data = hand_run({name: {"after.0": "a"} for name in had}, treatment=steps)
    declaration = declaration_of(data)
    for least, enough in ((0.75, True), (0.76, False)):
        found = dose_table(data, replace(declaration, dose=least))
        assert found == (
            Dose("c", "like", 3, 0.0, 0.0, 0.0, False, 0),
            Dose("c", "subscribe", 3, 0.5, 0.75, 1.0, enough, 0),
            Dose("t", "follow", 2, 0.0, 0.5, 1.0, False, 1),
        )
