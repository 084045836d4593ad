"""What coders' disagreement does to an outcome: each coder's own answer, and the verdict's word.

Estimates and p are written out; half-widths are chosen so that the triangle is 3, 4 and 5.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hand_runs import hand_run

from collector.analysis import coders as coders_module
from collector.analysis.coders import UnderCoder, relabelled, spreads, under_coders, with_coders
from collector.analysis.judging import declaration_of, judge
from collector.analysis.labelling import Labelling
from collector.analysis.measures import Unit
from collector.analysis.rundata import RunData
from collector.analysis.verdicts import Verdict, VerdictKind

#: The standard error whose half-width is 4 points at 95 %.
FOUR = 0.04 / 1.9599639845400545
#: What all say together: two of five items of the treated arm are news, one of five of the control.
RESOLVED = dict.fromkeys(("t0", "t1", "c0"), "news") | dict.fromkeys(
    ("t2", "t3", "t4", "c1", "c2", "c3", "c4"), "x"
)


def coded(*coders: str, **changes: Any) -> RunData:
    """Seven pairs with the same lists; coder a says the same of all but t1, b of t2 and t3 only."""
    said = {"a": RESOLVED | {"t1": "x"}, "b": {"t2": "news", "t3": "news"}}
    own = {
        arm: " ".join(f"{arm}{n}:{RESOLVED[f'{arm}{n}']}" for n in range(5)) for arm in ("c", "t")
    }
    data = hand_run(
        {f"{arm}-{n}": {"after.0": own[arm]} for arm in "ct" for n in range(1, 8)},
        **{"exposure": ["news"], "attention": "uniform"} | changes,
    )
    labelling = Labelling(labels=RESOLVED, coded={name: said[name] for name in coders})
    return replace(data, labelling=labelling)


def answers(data: RunData) -> dict[str, tuple[UnderCoder, ...]]:
    declaration = declaration_of(data)
    measured = [each.measured for each in judge(data).answers]
    return {
        each.question.outcome: found for each, found in under_coders(data, declaration, measured, 1)
    }


def test_each_outcome_by_the_labels_of_each() -> None:
    """Of an item that a coder did not code, the label in force counts; p is 2 of 2^7, or 1."""
    data = coded("a", "b", outcomes=["exposure-share", "list-length"])
    ((name, found),) = answers(data).items()
    assert name.endswith("news")
    assert [each.coder for each in found] == ["resolved", "a", "b"]
    assert [each.estimate for each in found] == pytest.approx([0.2, 0.0, 0.6])
    assert [each.p for each in found] == pytest.approx([2 / 128, 1.0, 2 / 128])


def test_what_cannot_be_compared_has_neither_estimate_nor_p() -> None:
    data = coded("a", "b")
    alone = replace(data, puppets=data.puppets[:7], pages=data.pages[:7])
    declaration = declaration_of(data)
    measured = [each.measured for each in judge(data).answers]
    ((_, found),) = under_coders(alone, declaration, measured, 1)
    assert found == tuple(UnderCoder(name, None, None) for name in ("resolved", "a", "b"))


def test_one_coder_says_nothing_of_uncertainty() -> None:
    """Nor do two where nothing is asked of labels."""
    assert answers(coded("a")) == {}
    assert answers(coded("a", "b", exposure=[], outcomes=["list-length"])) == {}
    one = coded("a")
    tested = judge(one).answers[0].tested
    assert tested is not None
    assert spreads(one, declaration_of(one), {"q": tested}, 1) == {}
    assert spreads(coded("a", "b"), declaration_of(one), {"q": tested}, 1).keys() == {"q"}


def test_only_pages_after_the_treatment_are_labelled_again() -> None:
    data = coded("a", "b")
    before = replace(data.pages[0], path="before.0")
    other = relabelled(
        replace(data, pages=(before, *data.pages)),
        {"c0": "x", "c1": "news", "c2": "news"},
    )
    assert other.pages[0] == before
    assert [item.topic for item in other.pages[1].items] == ["x", "news", "news", None, None]
    assert [item.topic for item in other.pages[-1].items] == [None] * 5
    assert other.topics == {"x": 1, "news": 2}


def verdict(kind: VerdictKind, estimate: float = 0.1, **changes: object) -> Verdict:
    """A verdict with an interval of three points to either side."""
    (made,) = judge(coded("a")).verdicts
    ends = (estimate - 0.03, estimate + 0.03)
    own = {
        "verdict": kind, "estimate": estimate, "interval": ends, "simultaneous": ends,
        "p_adjusted": 0.01234, "reason": "so", "notes": ("noted",), "smallest_effect": None,
        "level": 0.95, "unit": Unit.SHARE,
    }  # fmt: skip
    return replace(made, **(own | changes))  # type: ignore[arg-type]


def test_an_effect_that_the_wider_interval_bears() -> None:
    told = verdict(VerdictKind.EFFECT)
    found = with_coders(told, FOUR, 0.99)
    assert found.labelled == pytest.approx((0.05, 0.15))
    note = "with the coders' disagreement the interval is +5.0 points to +15.0 points"
    assert found == replace(told, labelled=found.labelled, notes=("noted", note))


@pytest.mark.parametrize(
    ("estimate", "ends"),
    [
        (0.04, "−1.0 points to +9.0 points"),
        (-0.04, "−9.0 points to +1.0 points"),
    ],
)
def test_an_effect_that_it_does_not_bear(estimate: float, ends: str) -> None:
    found = with_coders(verdict(VerdictKind.EFFECT, estimate), FOUR, 0.99)
    assert found.verdict is VerdictKind.UNDECIDED
    assert found.reason == (
        "by the resolved labels p after correction is 0.0123, but the coders differ, and with that"
        f" the interval is {ends}: 0 is not excluded"
    )
    assert found.notes[-1] == f"with the coders' disagreement the interval is {ends}"


def test_an_end_at_0_does_not_exclude_it() -> None:
    """A spread of nothing leaves the ends where they are."""
    for ends, kind in (
        ((0.0, 0.2), VerdictKind.UNDECIDED),
        ((-0.2, 0.0), VerdictKind.UNDECIDED),
        ((0.001, 0.2), VerdictKind.EFFECT),
    ):
        middle = sum(ends) / 2
        told = verdict(VerdictKind.EFFECT, middle, interval=ends)
        assert with_coders(told, 0.0, 0.95).verdict is kind


@pytest.mark.parametrize("estimate", [0.01, -0.01])
@pytest.mark.parametrize(("limit", "kept"), [(0.0601, True), (0.0599, False)])
def test_no_larger_effect_has_to_hold_for_all_outcomes_together(
    estimate: float, limit: float, kept: bool
) -> None:
    """The interval of all together decides, at its own level, not the outcome's own."""
    told = verdict(
        VerdictKind.NO_LARGER, estimate, smallest_effect=limit, level=0.5, interval=(-0.9, 0.9)
    )
    found = with_coders(told, FOUR, 0.95)
    ends = "−4.0 points to +6.0 points" if estimate > 0 else "−6.0 points to +4.0 points"
    if kept:
        assert (found.verdict, found.reason) == (VerdictKind.NO_LARGER, "so")
    else:
        assert found.verdict is VerdictKind.UNDECIDED
        assert found.reason == (
            "the coders differ, and with that the interval that holds for all outcomes together is"
            f" {ends}: not inside ±6.0 points"
        )


def test_an_end_on_the_limit_is_not_inside_it() -> None:
    told = verdict(VerdictKind.NO_LARGER, 0.0, simultaneous=(-0.5, 0.5), smallest_effect=0.5)
    assert with_coders(told, 0.0, 0.95).verdict is VerdictKind.UNDECIDED


def test_what_is_not_known_is_left_as_it_is() -> None:
    """No spread, no estimate, no interval; without a limit nothing is held against one."""
    told = verdict(VerdictKind.EFFECT)
    assert with_coders(told, None, 0.95) is told
    for missing in ({"estimate": None}, {"interval": None}):
        bare = replace(told, **missing)  # type: ignore[arg-type]
        assert with_coders(bare, FOUR, 0.95) is bare
    for changes in ({"smallest_effect": None}, {"smallest_effect": 0.01, "simultaneous": None}):
        loose = verdict(VerdictKind.NO_LARGER, **changes)  # type: ignore[arg-type]
        assert with_coders(loose, FOUR, 0.95).verdict is VerdictKind.NO_LARGER
    undecided = verdict(VerdictKind.UNDECIDED, 0.04, smallest_effect=0.01)
    assert with_coders(undecided, FOUR, 0.95).reason == "so"


def test_labels_are_drawn_by_the_seed_and_those_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """One draw a seed; the spread is that of the estimates around the one in force."""
    data, asked = coded("a", "b"), list[int]()
    tested = judge(data).answers[0].tested
    assert tested is not None

    def drawn(labelling: Labelling, seed: int) -> dict[str, str]:
        asked.append(seed)
        return RESOLVED | {"t2": "news"} if seed % 2 else RESOLVED

    monkeypatch.setattr(coders_module, "drawn", drawn)
    found = spreads(data, declaration_of(data), {"q": tested}, 7)
    draws = coders_module.DRAWS
    assert asked == list(range(7, 7 + draws))
    # every second draw has three of five items for two: 20 points more
    squares = 0.2**2 * sum(seed % 2 for seed in asked)
    assert found == {"q": pytest.approx(math.sqrt((1 + 1 / draws) * squares / draws))}
