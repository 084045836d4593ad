"""The table of gates in docs/statistics.md: every number in it is the constant that the code asks.

A number of the table that is bound to no constant fails, and so does a gate without a row.
"""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from places import ROOT

from collector.analysis import buckets, declared, stability
from collector.analysis.gates.agreement import FEWEST as FEWEST_CODED
from collector.analysis.gates.agreement import KAPPA
from collector.analysis.gates.arms import FEWEST as FEWEST_PUPPETS
from collector.analysis.gates.base import ALPHA, POINTS
from collector.analysis.gates.coverage import LEAST, LENGTHS
from collector.analysis.gatetable import ASKED

DOC = (ROOT / "docs/statistics.md").read_text("utf-8")
PART = DOC.partition("### Every gate and its limit\n")[2].partition("\n## ")[0]
WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _percent(share: float) -> str:
    return f"{100 * share:g} %"


#: Gate, column, what stands there.
LIMITS = [
    ("arms", 1, f"fewer than {WORDS[FEWEST_PUPPETS]} puppets with a value in an arm"),
    ("labels", 1, f"fewer than {_percent(declared.LABELLED)} of the items of an arm have one"),
    ("labels", 1, f"by {'a point' if POINTS == 0.01 else POINTS} or more"),
    ("agreement", 2, f"κ below {KAPPA:g}"),
    ("agreement", 2, f"fewer than {FEWEST_CODED} items of an arm coded twice"),
    ("dose", 1, f"less than {_percent(declared.DOSE)} of a kind of its treatment"),
    ("coverage", 1, f"less than {_percent(LEAST)} of the items seen in an arm"),
    ("coverage", 1, f"by {'a point' if POINTS == 0.01 else POINTS} or more"),
    ("coverage", 1, f"by more than {_percent(LENGTHS)} of the longest"),
    ("stability", 1, f"falsely in {100 * stability.FALSE_ALARMS:g} of 100 runs"),
    ("stability", 2, f"fewer than {WORDS[stability.FEWEST]} pairs"),
    ("buckets", 2, f"twins stay apart, p ≤ {ALPHA:g}"),
    ("buckets", 2, f"fewer than {WORDS[buckets.FEWEST]};"),
    ("buckets", 2, f"above {Fraction(buckets.BIMODAL).limit_denominator(20)}"),
]
#: What speaks of no limit: things that are two by their nature.
OF_ITSELF = (
    "no pair of two blocks to compare",
    "coded twice",
    "two groups",
    "a kind of its",
    "lists are longer in one arm",
    "the share that has one differs",
    "have one (",
)


def _rows() -> dict[str, list[str]]:
    lines = [line for line in PART.splitlines() if line.startswith("| ")][1:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row for row in cells}


def test_the_gates_are_those_of_the_code_in_their_order() -> None:
    assert list(_rows()) == list(ASKED)


@pytest.mark.parametrize(("gate", "column", "said"), LIMITS)
def test_a_limit_is_the_constant_of_the_code(gate: str, column: int, said: str) -> None:
    assert said in _rows()[gate][column]


def test_no_number_of_the_table_is_bound_to_nothing() -> None:
    for gate, cells in _rows().items():
        left = " | ".join(cells[1:])
        for said in [said for name, _, said in LIMITS if name == gate] + list(OF_ITSELF):
            left = left.replace(said, "")
        left = re.sub(r"`[^`]*`", "", left)
        assert not re.search(rf"\d|\b(?:{'|'.join(WORDS[1:])})\b", left), (gate, left)


def test_what_is_said_above_the_table_holds_for_it() -> None:
    """ "Differs by arm" is one test, whose level stands once in the text."""
    assert f"is the test of the first paragraph, p ≤ {ALPHA:g}." in PART
    assert f"p ≤ {ALPHA:g} withholds" in DOC
