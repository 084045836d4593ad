"""Numbers in words: every sentence that a report can say of a verdict, written out."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from collector.analysis import words
from collector.analysis.measures import Unit
from collector.analysis.verdicts import Verdict, VerdictKind

EFFECT, NO_LARGER = VerdictKind.EFFECT, VerdictKind.NO_LARGER
UNDECIDED, WITHHELD = VerdictKind.UNDECIDED, VerdictKind.WITHHELD

BASE = Verdict(
    surface="home", outcome="exposure share: news", metric="exposure-share", label="news",
    arm="t", control="c", verdict=EFFECT, estimate=0.16, interval=(0.055, 0.25), bounded=True,
    simultaneous=(-0.031, 0.29), level=0.95, p=0.03125, p_adjusted=0.0004, smallest_effect=None,
    detectable=None, twins_needed=None, puppets=(7, 7), unit=Unit.SHARE,
    reason="p after correction is 0.0312, at most 0.05", arm_mean=0.4114, control_mean=0.2514,
    block=4,
)  # fmt: skip


def but(**changes: Any) -> Verdict:
    return dataclasses.replace(BASE, **changes)


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [(None, 0, "–"), (0.126, 0, "13 %"), (0.126, 1, "12.6 %"), (1.0, 2, "100.00 %")],
)
def test_percent(share: float | None, digits: int, text: str) -> None:
    assert words.percent(share, digits) == text
    if not digits:
        assert words.percent(share) == text


@pytest.mark.parametrize(
    ("share", "text"), [(None, "–"), (0.126, "+12.6"), (-0.126, "−12.6"), (0.0, "+0.0")]
)
def test_signed(share: float | None, text: str) -> None:
    assert words.signed(share) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [(None, "–"), (0.0009, "< 0.001"), (0.001, "0.001"), (0.03125, "0.031"), (0.5, "0.5"),
     (1.0, "1"), (0.1, "0.1"), (0.0, "< 0.001")],
)  # fmt: skip
def test_p_value(p: float | None, text: str) -> None:
    assert words.p_value(p) == text


def test_counts_and_lists() -> None:
    assert [words.number(n, "twin") for n in (0, 1, 2)] == ["0 twins", "1 twin", "2 twins"]
    assert [words.number(n, "entry", "entries") for n in (1, 2)] == ["1 entry", "2 entries"]
    found = [words.listed(each) for each in ([], ["a"], ["a", "b"], ["a", "b", "c"])]
    assert found == ["", "a", "a and b", "a, b and c"]
    names = ("home", "related", "search", "channel", "feed", "shorts")
    assert [words.surface(name) for name in names] == [
        "home page", "related list", "search results", "channel page", "feed", "shorts",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "unit", "signed", "bare"),
    [
        (None, Unit.SHARE, "–", "–"),
        (0.1234, Unit.SHARE, "+12.3 points", "12.3 points"),
        (-0.1234, Unit.SHARE, "−12.3 points", "12.3 points"),
        (-0.0001, Unit.SHARE, "+0.0 points", "0.0 points"),
        (0.01234, Unit.SIMILARITY, "+0.012", "0.012"),
        (-0.0001, Unit.SIMILARITY, "+0.000", "0.000"),
        (-3.456, Unit.ITEMS, "−3.46 items", "3.46 items"),
        (1e-10, Unit.ITEMS, "+0 items", "0 items"),
        (2e-9, Unit.ITEMS, "+2e−09 items", "2e−09 items"),
        (1.5, Unit.LABELS, "+1.5 labels", "1.5 labels"),
        (2.0, Unit.RATIO, "+2 times the supply", "2 times the supply"),
        (-0.25, Unit.SCORE, "−0.25", "0.25"),
    ],
)
def test_amount(value: float | None, unit: Unit, signed: str, bare: str) -> None:
    assert (words.amount(value, unit), words.amount(value, unit, sign=False)) == (signed, bare)


def test_level_of_an_arm() -> None:
    assert words.level(None, Unit.SHARE) == "–"
    assert words.level(0.4114, Unit.SHARE) == "41.1 %"
    assert words.level(12.345, Unit.ITEMS) == "12.3"
    assert words.level(-0.25, Unit.SCORE) == "−0.25"


def test_interval() -> None:
    assert words.interval(BASE) == "+5.5 to +25.0 points"
    assert words.interval(BASE, together=True) == "−3.1 to +29.0 points"
    for without in (but(interval=None), but(bounded=False)):
        assert words.interval(without) == words.UNBOUNDED == "unbounded"
    assert words.interval(but(simultaneous=None), together=True) == "unbounded"
    assert words.interval(but(unit=Unit.ITEMS, interval=(-1.0, 2.0))) == "−1 to +2 items"


SUBJECT = "news on the home page (exposure share), t against c"
ADS = {"label": None, "outcome": "ad share", "surface": "feed"}
LIKE = {"label": None, "outcome": "common items (Jaccard)", "unit": Unit.SIMILARITY,
        "interval": None, "simultaneous": None, "bounded": False, "arm_mean": None}  # fmt: skip


def test_subject() -> None:
    assert words.subject(BASE) == SUBJECT
    assert words.subject(but(**ADS)) == "ad share on the feed, t against c"


SIZE = "+16.0 points (95 % interval +5.5 to +25.0 points)"
MEANS = "Means 41.1 % and 25.1 %."
CORRECTED = "p = 0.031, < 0.001 after Holm’s correction"
FEW = but(verdict=UNDECIDED, reason="p after correction is 0.06", p_adjusted=0.06)
NONE_DECLARED = (
    "How many twins would settle it depends on analysis.smallest_effect: none was declared."
)
X = "no effect larger than 30.0 points"
LISTS = "Lists of different arms are 0.160 less alike than those of twins; a likeness has no"
LISTS += " interval, so that they are alike cannot be shown."
SAYS: dict[str, tuple[Verdict, str, str, str]] = {
    "effect": (
        BASE,
        f"effect, {SIZE}; {CORRECTED}. {MEANS}",
        f"p after correction is 0.0312, at most 0.05. {MEANS}",
        f": {SIZE}",
    ),
    "smaller than X": (
        but(smallest_effect=0.3),
        f"effect, {SIZE}; {CORRECTED}. {MEANS} It is smaller than 30.0 points.",
        f"p after correction is 0.0312, at most 0.05. {MEANS} It is smaller than 30.0 points.",
        f": {SIZE}",
    ),
    "as large as X": (
        but(smallest_effect=0.29, arm_mean=None),
        f"effect, {SIZE}; {CORRECTED}.",
        "p after correction is 0.0312, at most 0.05.",
        f": {SIZE}",
    ),
    "no joint interval": (
        but(smallest_effect=0.3, simultaneous=None, arm_mean=None, level=0.9, bounded=False),
        f"effect, +16.0 points; {CORRECTED}.",
        "p after correction is 0.0312, at most 0.05.",
        ": +16.0 points",
    ),
    "less alike": (
        but(**LIKE),
        "effect, lists of the two arms are 0.160 less alike than lists of twins (on a scale of"
        f" 0–1); {CORRECTED}.",
        "p after correction is 0.0312, at most 0.05.",
        ": lists of the two arms are 0.160 less alike than lists of twins (on a scale of 0–1)",
    ),
    "more alike": (
        but(**LIKE, estimate=-0.16),
        "effect, lists of the two arms are 0.160 more alike than lists of twins (on a scale of"
        f" 0–1); {CORRECTED}.",
        "p after correction is 0.0312, at most 0.05.",
        ": lists of the two arms are 0.160 more alike than lists of twins (on a scale of 0–1)",
    ),
    "no larger": (
        but(verdict=NO_LARGER, smallest_effect=0.3, reason="the interval lies inside ±30.0 points"),
        f"{X}: the simultaneous interval is −3.1 to +29.0 points (p = 0.031, < 0.001 after Holm’s"
        " correction).",
        "The interval lies inside ±30.0 points. The simultaneous interval is −3.1 to +29.0 points.",
        f": {X}",
    ),
    "undecided": (
        FEW,
        "undecided; p after correction is 0.06. The 95 % interval is +5.5 to +25.0 points.",
        "p after correction is 0.06.",
        ": anything from −3.1 to +29.0 points",
    ),
    "detectable": (
        dataclasses.replace(FEW, detectable=0.2, level=0.9),
        "undecided; p after correction is 0.06. The 90 % interval is +5.5 to +25.0 points. This"
        f" design finds 20.0 points in 80 of 100 runs. {NONE_DECLARED}",
        "p after correction is 0.06. This design finds 20.0 points in 80 of 100 runs."
        f" {NONE_DECLARED}",
        ": anything from −3.1 to +29.0 points",
    ),
    "twins for X": (
        dataclasses.replace(FEW, detectable=0.2, smallest_effect=0.1, twins_needed=29),
        "undecided; p after correction is 0.06. The 95 % interval is +5.5 to +25.0 points. This"
        " design finds 20.0 points in 80 of 100 runs. 29 twins an arm in blocks of 4 would find"
        " 10.0 points in 80 of 100 runs.",
        "p after correction is 0.06. This design finds 20.0 points in 80 of 100 runs. 29 twins an"
        " arm in blocks of 4 would find 10.0 points in 80 of 100 runs.",
        ": anything from −3.1 to +29.0 points",
    ),
    "twins at all": (
        dataclasses.replace(FEW, twins_needed=1, bounded=False, reason="too few"),
        "undecided; too few. The 95 % interval is unbounded. With 1 twin an arm in blocks of 4 a"
        " result could be significant.",
        "Too few. With 1 twin an arm in blocks of 4 a result could be significant.",
        "",
    ),
    "X and no advice": (
        dataclasses.replace(FEW, detectable=0.2, smallest_effect=0.1, simultaneous=None),
        "undecided; p after correction is 0.06. The 95 % interval is +5.5 to +25.0 points. This"
        " design finds 20.0 points in 80 of 100 runs.",
        "p after correction is 0.06. This design finds 20.0 points in 80 of 100 runs.",
        ": p after correction is 0.06",
    ),
    "undecided likeness": (
        but(**LIKE, verdict=UNDECIDED, reason="p is 0.2"),
        f"undecided; p is 0.2. {LISTS}",
        f"p is 0.2. {LISTS}",
        "",
    ),
    "likeness of zero": (
        but(**LIKE, verdict=UNDECIDED, reason="p is 1", estimate=0.0),
        f"undecided; p is 1. {LISTS.replace('0.160', '0.000')}",
        f"p is 1. {LISTS.replace('0.160', '0.000')}",
        "",
    ),
    "withheld": (
        but(verdict=WITHHELD, reason="no item has a label"),
        "withheld; no item has a label.",
        "No item has a label.",
        ": no item has a label",
    ),
}


@pytest.mark.parametrize("case", SAYS)
def test_what_is_said_of_a_verdict(case: str) -> None:
    verdict, sentence, why, short = SAYS[case]
    subject = words.subject(verdict)
    assert words.verdict_sentence(verdict) == f"{subject}: {sentence}"
    assert words.because(verdict) == why
    assert words.finding(verdict) == f"{subject}{short}"
    noted = dataclasses.replace(verdict, notes=("one thing", "another"))
    assert words.verdict_sentence(noted) == (
        f"{subject}: {sentence} Note: one thing. Note: another."
    )


def test_the_word_of_a_verdict() -> None:
    assert words.verdict_word(but(verdict=NO_LARGER, smallest_effect=0.3)) == X
    found = [words.verdict_word(but(verdict=kind)) for kind in (EFFECT, UNDECIDED, WITHHELD)]
    assert found == ["effect", "undecided", "withheld"]


def test_a_joint_interval_of_all_that_can_be_is_unbounded() -> None:
    """The single interval has its bounds, and the design allows none for all outcomes together."""
    wide = dataclasses.replace(FEW, simultaneous=(-1.0, 1.0))
    assert words.interval(wide, together=True) == "unbounded"
    assert "anything from" not in words.finding(wide)
    one_end = dataclasses.replace(FEW, simultaneous=(-1.0, 0.5))
    assert words.interval(one_end, together=True) == "−100.0 to +50.0 points"
