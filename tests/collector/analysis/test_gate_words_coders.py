"""What the gate on coders says, word by word: every outcome of it, and its remarks.

As in ``test_gate_words.py``: the smallest run, and the whole gate that it has to give.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from gate_tools import asked, items, same
from hand_runs import hand_run

from collector.analysis.gates import Gate, Ruling
from collector.analysis.gates.agreement import agreement, errors, moved, remarks
from collector.analysis.gates.base import passed
from collector.analysis.judging import declaration_of
from collector.analysis.outcomes import at_moment, outcome_pages
from collector.analysis.rundata import RunData

PASSED, NOTED, WITHHELD = Ruling.PASSED, Ruling.NOTED, Ruling.WITHHELD
P4 = 1 / 70


def told(gate: str, data: RunData, at: int = 0) -> Gate:
    """What one gate says of a declared outcome."""
    declaration, measured = declaration_of(data), asked(data, at)
    pages = at_moment(data, outcome_pages(data, measured.question.surface), declaration.moment)
    made: dict[str, Callable[[], Gate]] = {
        "agreement": lambda: agreement(data, measured, pages, 1),
    }
    return made[gate]()


# ---- agreement

THIRD = "code the items on which they differ a third time, without the arm in sight"


def coded(
    news: tuple[int, int],
    other: tuple[Sequence[int], Sequence[int]],
    length: int = 20,
    count: int = 999,
    cut: str = "t",
    twins: int = 4,
    **changes: Any,
) -> RunData:
    """Of each arm's items so many are news to coder a; of these numbers coder b says the other.

    :param count: items of the arm ``cut`` that are coded at all.
    """
    lists = {
        f"{arm}-{n}": {"after.0": items(arm, many, length)}
        for arm, many in zip("ct", news, strict=True)
        for n in range(1, twins + 1)
    }
    declared = {"exposure": ["news"], "attention": "uniform", **changes}
    turned = {"news": "x", "x": "news"}
    one = {
        item.item_id: str(item.topic)
        for page in hand_run(lists, **declared).pages
        for item in page.items
        if item.item_id[0] != cut or int(item.item_id[1:]) < count
    }
    unlike = {f"{arm}{n}" for arm, own in zip("ct", other, strict=True) for n in own}
    two = {name: turned[label] if name in unlike else label for name, label in one.items()}
    return replace(hand_run(lists, **declared), codings={"a": one, "b": two})


def apart(ruling: Ruling, points: str, wrong: str, p: str = "0.0143", number: float = P4) -> Gate:
    said = (
        "coders disagree more on the items of one arm than on those of the other"
        f" ({points} points, p = {p}); labels that are wrong: {wrong}"
    )
    return Gate("agreement", ruling, said, THIRD, number, 0.05)


def few(arm: str, kappa: str = "1.00", number: float = 1.0) -> Gate:
    said = f"fewer than 20 items of arm {arm} were coded twice (κ = {kappa})"
    return Gate("agreement", NOTED, said, "", number, 0.6, arm)


def little(kappa: str, number: float) -> Gate:
    said = f"two coders agree little beyond chance (κ = {kappa}, below 0.6)"
    return Gate("agreement", NOTED, said, "", number, 0.6)


NINE = range(9)  # of 50 items: d = 0.18, so e = (1 − √0.64) / 2 = 0.1
HALF = range(10)
NO: Sequence[int] = ()
AGREEMENT: dict[str, tuple[Callable[[], RunData], Gate]] = {
    "no label is needed": (
        lambda: coded((10, 10), (NO, HALF), exposure=[], outcomes=["ad-share"]), passed("agreement")
    ),
    "nobody coded": (lambda: replace(coded((9, 9), (NO, HALF)), codings={}), passed("agreement")),
    "nothing was coded twice": (
        lambda: replace(coded((9, 9), (NO, NO)), codings={"a": {"c1": "x"}, "b": {"t1": "x"}}),
        passed("agreement"),
    ),
    "all agree": (lambda: coded((10, 10), (NO, NO)), passed("agreement", 1.0, 0.6)),
    "one arm": (lambda: coded((10, 10), (NO, HALF)), apart(WITHHELD, "+50.0", "c 0 %, t 50 %")),
    "the other": (lambda: coded((10, 10), (HALF, NO)), apart(WITHHELD, "-50.0", "c 50 %, t 0 %")),
    "all of it": (lambda: coded((0, 10), (NO, HALF)), apart(WITHHELD, "+50.0", "c 0 %, t 50 %")),
    "not all": (lambda: coded((0, 11), (NO, HALF)), apart(NOTED, "+50.0", "c 0 %, t 50 %")),
    "a tenth": (lambda: coded((25, 29), (NO, NINE), 50), apart(WITHHELD, "+18.0", "c 0 %, t 10 %")),
    "more": (lambda: coded((25, 31), (NO, NINE), 50), apart(NOTED, "+18.0", "c 0 %, t 10 %")),
    "less": (lambda: coded((31, 25), (NO, NINE), 50), apart(NOTED, "+18.0", "c 0 %, t 10 %")),
    "nearly none": (
        lambda: coded((0, 2), (NO, NINE), 50), apart(WITHHELD, "+18.0", "c 0 %, t 10 %")
    ),
    "none nearly": (
        lambda: coded((2, 0), (NO, NINE), 50), apart(WITHHELD, "+18.0", "c 0 %, t 10 %")
    ),
    "no size is known": (
        lambda: coded((0, 20), (NO, HALF), outcomes=["time-to-exposure"]),
        apart(WITHHELD, "+50.0", "c 0 %, t 50 %"),
    ),
    "just a point": (
        lambda: coded((50, 50), (NO, [1]), 99), apart(WITHHELD, "+1.0", "c 0 %, t 1 %")
    ),
    "less than one": (
        lambda: coded((50, 50), (NO, [1]), 101),
        # 201 of 202 agree; 101 and 100 of the first, 100 and 102 are news to coders a and b
        passed("agreement", (201 / 202 - (100 * 99 + 102 * 103) / 202**2)
               / (1 - (100 * 99 + 102 * 103) / 202**2), 0.6),
    ),
    "three twins": (lambda: coded((10, 10), (NO, HALF), twins=3), little("0.50", 0.5)),
    "little alike in both": (
        lambda: coded((10, 10), ([0, 1, 2, 17, 18, 19], [0, 1, 2, 17, 18, 19])),
        little("0.40", 0.4),
    ),
    "just enough": (
        lambda: coded((10, 10), ([0, 1, 18, 19], [0, 1, 18, 19])), passed("agreement", 0.6, 0.6)
    ),
    "too few of the arm": (lambda: coded((10, 10), (NO, NO), count=19), few("t")),
    "none of the arm": (lambda: coded((10, 10), (NO, NO), count=0), few("t")),
    "just enough of it": (
        lambda: coded((10, 10), (NO, NO), count=20), passed("agreement", 1.0, 0.6)
    ),
    "too few of both": (lambda: coded((10, 10), (NO, NO), length=19), few("c")),
    "too few of the control": (lambda: coded((10, 10), (NO, NO), count=19, cut="c"), few("c")),
}  # fmt: skip


@pytest.mark.parametrize("case", AGREEMENT)
def test_agreement(case: str) -> None:
    made, expected = AGREEMENT[case]
    same(told("agreement", made()), expected)


def test_a_puppet_whose_items_nobody_coded_twice_says_nothing_of_coders() -> None:
    """Three of four treated puppets in one block: 35 dealings, the one that was and no mirror."""
    data = coded((10, 10), (NO, HALF))
    lists = {page.puppet.name: {"after.0": items(page.puppet.arm, 10, 20)} for page in data.pages}
    lists["t-4"] = {"after.0": "u:news v:x"}
    lists["t-1"] = {
        "after.0": items("t", 5, 5),
        "after.1": "t5:news t6:news t7:news t8:news t9:news "
        + " ".join(f"t{n}:x" for n in range(10, 20)),
    }
    own = hand_run(lists, exposure=["news"], attention="uniform", blocks=dict.fromkeys(lists, 1))
    gate = told("agreement", replace(own, codings=data.codings))
    same(gate, apart(WITHHELD, "+50.0", "c 0 %, t 50 %", "0.0286", 1 / 35))


def test_errors_and_what_they_can_move() -> None:
    """Two pages a puppet: 1 − 0.9^100 of an incidence; the label is half of what there is."""
    for outcome, size in (
        ("exposure-share", 0.1),
        ("incidence", 1 - 0.9**100),
        ("exposure-over-supply", 0.2),
        ("time-to-exposure", None),
    ):
        data = coded((25, 25), (NO, NINE), 50, outcomes=[outcome])
        lists = {
            page.puppet.name: {
                f"after.{n}": items(page.puppet.arm, 25, 50) + " -:ad" for n in (0, 1)
            }
            for page in data.pages
        }
        own = hand_run(lists, exposure=["news"], attention="uniform", outcomes=[outcome])
        own = replace(own, codings=data.codings)
        measured = asked(own)
        found = errors(own, measured.question, own.pages)
        assert found == {"c": (50, 0.0), "t": (50, pytest.approx(0.1))}
        assert moved(own, measured, 0.1) == (None if size is None else pytest.approx(size))
    (none,) = {moved(own, replace(asked(own), shown={}), 0.1)}
    assert none is None


def test_remarks_of_labels_that_could_be_wrong() -> None:
    plain = replace(coded((10, 10), (NO, NO)), codings={})
    said = [
        "labels were not coded twice: wrong labels of 5 % of the items in one arm alone could"
        " move it by 5.0 points"
    ]
    for claimed, expected in ((None, []), (0.01, said), (0.05, said), (0.051, [])):
        assert remarks(plain, asked(plain), claimed) == expected
    twice = coded((25, 25), (NO, NINE), 50)
    said = [
        "as far as coders disagree: wrong labels of 10 % of the items in one arm alone could"
        " move it by 10.0 points"
    ]
    for claimed, expected in ((None, []), (0.099, said), (0.101, [])):
        assert remarks(twice, asked(twice), claimed) == expected
    once = coded((10, 10), (NO, NO), count=0)  # the arm with codings tells of no errors
    assert remarks(once, asked(once), 0.01) == []
    ads = coded((10, 10), (NO, HALF), exposure=[], outcomes=["ad-share"])
    assert remarks(ads, asked(ads), 0.01) == []
    unknown = coded((10, 10), (NO, HALF), outcomes=["time-to-exposure"])
    assert remarks(unknown, asked(unknown), 0.01) == []


def test_coders_who_differ_on_other_labels_agree_on_the_declared_one() -> None:
    """Whether an item is news is all that is asked; it is x to one and y to the other."""
    data = coded((10, 10), (NO, NO))
    other = {
        n: "y" if (n[0], said) == ("t", "x") else said for n, said in data.codings["b"].items()
    }
    data = replace(data, codings={**data.codings, "b": other})
    same(told("agreement", data), passed("agreement", 1.0, 0.6))
    assert errors(data, asked(data).question, data.pages) == {"c": (20, 0.0), "t": (20, 0.0)}
