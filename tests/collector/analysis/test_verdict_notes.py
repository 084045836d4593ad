"""What withholds a verdict and what stands beside it, word by word; and the comparison itself.

Shapes, values and types of what is tested are written out, as are estimates.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from gate_tools import asked
from hand_runs import hand_run

from collector.analysis.coders import spreads, widened
from collector.analysis.gates import Gate, Ruling
from collector.analysis.judging import Judgement, _Judge, declaration_of, judge
from collector.analysis.labelling import Labelling
from collector.analysis.measures import Unit
from collector.analysis.rundata import RunData
from collector.analysis.verdicts import Verdict, VerdictKind

EFFECT, NO_LARGER = VerdictKind.EFFECT, VerdictKind.NO_LARGER
UNDECIDED, WITHHELD = VerdictKind.UNDECIDED, VerdictKind.WITHHELD
SEVEN = range(1, 8)


def hundred(news: int) -> str:
    return " ".join(f"{n}:{'news' if n < news else 'x'}" for n in range(100))


def arms_of(control: Mapping[str, str], treated: Mapping[str, str], **changes: Any) -> RunData:
    """Seven pairs; each puppet of an arm has the same pages."""
    lists = {f"{arm}-{n}": own for arm, own in (("c", control), ("t", treated)) for n in SEVEN}
    lists |= changes.pop("lists", {})
    return hand_run(lists, **({"exposure": ["news"], "attention": "uniform"} | changes))


def only(judgement: Judgement) -> Verdict:
    (verdict,) = judgement.verdicts
    return verdict


# ---- withheld

FILE = "name a CSV video_id,label with labels: in the scenario, and run it again"


def test_what_is_withheld_has_no_number_but_what_was_declared() -> None:
    data = arms_of(
        {"after.0": hundred(20)},
        {"after.0": hundred(40)},
        topics={},
        lists={"t-7": {}},
        smallest_effect="5 points",
        alpha=0.1,
        hurried=["after.1"],
        block=3,
    )
    assert only(judge(data)) == Verdict(
        surface="home",
        outcome="exposure share: news",
        metric="exposure-share",
        label="news",
        arm="t",
        control="c",
        verdict=WITHHELD,
        estimate=None,
        interval=None,
        bounded=False,
        simultaneous=None,
        level=0.9,
        p=None,
        p_adjusted=None,
        smallest_effect=0.05,
        detectable=None,
        twins_needed=None,
        puppets=(6, 6),
        unit=Unit.SHARE,
        reason=f"no item has a label: not computable; {FILE}",
        gate="labels",
        notes=(),
        arm_mean=None,
        control_mean=None,
        twin_gap=None,
        block=1,
        dropped=2,
        labelled=None,
    )


def test_without_a_test_the_first_gate_speaks_and_notes_stand_beside() -> None:
    """No gate speaks, or one; what was noted stands once."""
    data = arms_of({"after.0": hundred(20)}, {"after.0": hundred(40)})
    measured = asked(data)
    judge_of = _Judge(data, declaration_of(data), {}, {}, 1, 4, 1)
    none = judge_of.verdict(measured.question, measured, None, ())
    assert (none.verdict, none.reason, none.gate) == (WITHHELD, "there is nothing to compare", None)
    assert (none.notes, none.block, none.puppets) == ((), 4, (7, 7))
    gates = (
        Gate("a", Ruling.PASSED, "not this", "nor this"),
        Gate("b", Ruling.NOTED, "noted", "and mended"),
        Gate("c", Ruling.WITHHELD, "shut", "open it"),
        Gate("d", Ruling.WITHHELD, "shut too"),
        Gate("e", Ruling.NOTED, "noted; and mended"),
    )
    one = judge_of.verdict(measured.question, measured, None, gates)
    assert (one.verdict, one.reason, one.gate) == (WITHHELD, "shut; open it", "c")
    assert one.notes == ("noted; and mended",)
    told = judge(data).answers[0]
    found = dataclasses.replace(judge_of, adjusted={measured.question.name: 0.02}).verdict(
        measured.question, measured, told.tested, gates
    )
    assert (found.reason, found.gate, found.p) == ("shut; open it", "c", None)
    assert found.notes == ("noted; and mended",)


def test_pages_of_the_treatment_are_not_tested() -> None:
    data = arms_of({"after.0": hundred(20)}, {"after.0": hundred(40)}, phase="during")
    judgement = judge(data)
    verdict = only(judgement)
    assert (verdict.verdict, verdict.gate, judgement.outcomes) == (WITHHELD, "after", 1)
    assert verdict.reason == (
        "declared as phase: during: pages of the treatment are described, not tested; measure on"
        " pages in after:, and leave phase out"
    )
    assert judgement.answers[0].tested is None


# ---- losses, and their worst case

SLOWER = "run it again slower or from another address, so that all arms are let through alike"
LOST = (
    "50 points more cells are missing in t than in c (p = 0.000291): they may not be missing by"
    " chance"
)


def lossy(control: Sequence[int], treated: int, page: bool = True, **changes: Any) -> RunData:
    """Two pages; the treated puppets lost the second, or else a cell of their treatment."""
    path = "after.1" if page else "arms.t.steps.0"
    cells = [
        {
            "puppet": f"{arm}-{n}",
            "arm": arm,
            "session": f"s-{arm}-{n}",
            "step": step,
            "kind": "visit",
            "path": where,
            "detail": "",
            "outcome": end,
            "status": status,
        }
        for arm in "ct"
        for n in SEVEN
        for step, where, end, status in (
            (1, "after.0", "done", "ok"),
            (2, path, *(("done", "ok") if arm == "c" else ("missing", "captcha"))),
        )
    ]
    own = {f"c-{n}": {"after.0": hundred(news)} for n, news in zip(SEVEN, control, strict=True)}
    if page:
        own = {name: {**pages, "after.1": pages["after.0"]} for name, pages in own.items()}
    return arms_of({}, {"after.0": hundred(treated)}, lists=own, cells=cells, **changes)


def test_an_effect_that_the_worst_case_leaves() -> None:
    """Half of the cells at 0 or 1: 45 and 95 points of 90."""
    verdict = only(judge(lossy([0] * 7, 90)))
    assert (verdict.verdict, verdict.p, verdict.gate) == (EFFECT, 2 / 128, None)
    assert verdict.estimate == pytest.approx(0.9)
    assert verdict.notes == (
        f"{LOST}; with what was lost (0 puppets, and 7 pages of others) set to the worst case it"
        " stays an effect, between +45.0 points and +95.0 points",
    )
    turned = only(judge(lossy([100] * 7, 10)))
    assert turned.notes == (
        f"{LOST}; with what was lost (0 puppets, and 7 pages of others) set to the worst case it"
        " stays an effect, between −95.0 points and −45.0 points",
    )


def test_an_effect_that_it_does_not_leave() -> None:
    """Controls of 50: 45 − 50 = −5 points."""
    verdict = only(judge(lossy([50] * 7, 90)))
    assert (verdict.verdict, verdict.gate, verdict.notes) == (WITHHELD, "attrition", ())
    assert verdict.reason == f"{LOST}; {SLOWER}"


def test_the_worst_case_has_to_be_significant_after_correction() -> None:
    """One pair turns its sign, so that p is 4 of 128: enough for one outcome, not for two."""
    control = [0, 0, 0, 0, 0, 0, 50]
    one = only(judge(lossy(control, 90)))
    assert one.verdict is EFFECT
    assert "it stays an effect, between +37.9 points and +87.9 points" in one.notes[-1]
    two = judge(lossy(control, 90, exposure=["news", "x"]))
    assert [(v.verdict, v.gate) for v in two.verdicts] == [(WITHHELD, "attrition")] * 2


def test_losses_elsewhere_than_on_the_pages_that_are_tested() -> None:
    verdict = only(judge(lossy([0] * 7, 90, page=False)))
    assert verdict.verdict is EFFECT
    assert verdict.notes == (f"{LOST}; no puppet lost the pages that are tested",)


def test_another_gate_that_is_shut_stays_shut() -> None:
    """What attrition would withhold is noted; coverage withholds all the same."""
    unparsed = {f"{arm}-{n}": 9 for arm in "ct" for n in SEVEN}
    verdict = only(judge(lossy([0] * 7, 90, page=False, unparsed=unparsed)))
    assert (verdict.verdict, verdict.gate) == (WITHHELD, "coverage")
    assert verdict.reason == (
        "in arm c 92 % of what was seen was understood, less than 95 %; read the evidence again"
        " with a parser that knows the page (collector reparse)"
    )
    assert verdict.notes == (f"{LOST}; no puppet lost the pages that are tested",)


def test_no_worst_case_without_bounds_or_of_a_likeness() -> None:
    """Nothing bounds a list's length from above, and a likeness is not a number a puppet."""
    for outcome in ("exposure-over-supply", "jaccard"):
        data = lossy([0] * 7, 90, page=False, outcomes=[outcome], topics={"news": 1, "x": 1})
        verdict = only(judge(data))
        assert (verdict.verdict, verdict.gate, verdict.notes) == (WITHHELD, "attrition", ())


def test_no_effect_is_no_case_for_the_worst() -> None:
    verdict = only(judge(lossy([50] * 7, 50, page=False)))
    assert (verdict.verdict, verdict.gate) == (WITHHELD, "attrition")


# ---- beside a verdict


def test_a_sign_that_turns_with_attention() -> None:
    """The example of docs/statistics.md."""
    top = "a:news " + " ".join(f"{n}:other" for n in range(9))
    end = " ".join(f"{n}:other" for n in range(7)) + " a:news b:news c:news"
    verdict = only(judge(arms_of({"after.0": end}, {"after.0": top})))
    assert verdict.verdict is EFFECT
    assert verdict.notes == (
        "the sign turns with the model of attention: uniform −20.0 points, geometric +3.3 points,"
        " log +2.1 points",
    )
    alike = only(judge(arms_of({"after.0": end}, {"after.0": end})))
    assert alike.notes == ()


def lists_like(control: Sequence[int], treated: Sequence[int]) -> RunData:
    """Pages so long, of other items in either arm."""
    pages = {
        arm: {
            f"after.{n}": " ".join(f"{arm}{i}" for i in range(length))
            for n, length in enumerate(own)
        }
        for arm, own in (("c", control), ("t", treated))
    }
    return arms_of(pages["c"], pages["t"], exposure=[], outcomes=["jaccard"])


def test_a_likeness_has_an_estimate_and_no_interval() -> None:
    """Twins are alike altogether, arms not at all: excess 1, p = 2 of 2^7."""
    assert only(judge(lists_like([20], [20]))) == Verdict(
        surface="home",
        outcome="common items (Jaccard)",
        metric="jaccard",
        label=None,
        arm="t",
        control="c",
        verdict=EFFECT,
        estimate=1.0,
        interval=None,
        bounded=False,
        simultaneous=None,
        level=0.95,
        p=2 / 128,
        p_adjusted=2 / 128,
        smallest_effect=None,
        detectable=None,
        twins_needed=None,
        puppets=(7, 7),
        unit=Unit.SIMILARITY,
        reason="p after correction is 0.0156, at most 0.05",
        gate=None,
        notes=(),
        arm_mean=None,
        control_mean=None,
        twin_gap=None,
        block=1,
        dropped=0,
        labelled=None,
    )


@pytest.mark.parametrize(
    ("control", "treated", "said"),
    [([20], [21], "20.0 and 21.0"), ([21], [20], "21.0 and 20.0"), ([20, 20], [20, 21], None)],
)
def test_lists_of_unequal_length(
    control: Sequence[int], treated: Sequence[int], said: str | None
) -> None:
    verdict = only(judge(lists_like(control, treated)))
    note = (
        f"the lists differ in length ({said} items on average): what is cut off the end is not"
        " seen here; see list-length and jaccard"
    )
    assert (verdict.verdict, verdict.notes) == (EFFECT, (note,) if said else ())


def test_the_length_of_lists_is_no_matter_of_a_share() -> None:
    pages = [" ".join(f"{n}:{'news' if n < 9 else 'x'}" for n in range(size)) for size in (20, 21)]
    verdict = only(judge(arms_of({"after.0": pages[0]}, {"after.0": pages[1]})))
    assert not any("length" in note for note in verdict.notes)


def test_labels_that_were_not_coded_twice() -> None:
    """Four points of an effect, or an X of five: no more than wrong labels could do."""
    note = (
        "labels were not coded twice: wrong labels of 5 % of the items in one arm alone could"
        " move it by 5.0 points"
    )
    for treated, declared, kind, notes in (
        (24, None, EFFECT, (note,)),
        (26, None, EFFECT, ()),
        (20, None, UNDECIDED, ()),
    ):
        data = arms_of(
            {"after.0": hundred(20)}, {"after.0": hundred(treated)}, smallest_effect=declared
        )
        verdict = only(judge(data))
        assert (verdict.verdict, verdict.notes) == (kind, notes)
    nearly = {
        f"t-{n}": {"after.0": hundred(news)}
        for n, news in zip(SEVEN, (10, 22, 29, 41, 48, 61, 72), strict=True)
    }
    nearly |= {
        f"c-{n}": {"after.0": hundred(news)}
        for n, news in zip(SEVEN, (11, 20, 30, 39, 50, 60, 70), strict=True)
    }
    for limit, noted in (("5 points", True), ("6 points", False)):
        verdict = only(judge(arms_of({}, {}, lists=nearly, smallest_effect=limit)))
        assert (verdict.verdict, note in verdict.notes) == (NO_LARGER, noted)


def test_coders_who_differ_widen_the_interval() -> None:
    """The labels' standard error, drawn with the run's seed, at the level of each interval."""
    data = arms_of({"after.0": hundred(20)}, {"after.0": hundred(40)})
    one = {str(n): "news" if n < 40 else "x" for n in range(100)}
    two = one | {"39": "x", "0": "x"}
    data = dataclasses.replace(data, labelling=Labelling(labels=one, coded={"a": one, "b": two}))
    answer = judge(data).answers[0]
    assert answer.tested is not None
    (spread,) = spreads(data, declaration_of(data), {"q": answer.tested}, 1).values()
    verdict = answer.verdict
    assert spread > 0
    assert verdict.interval is not None
    assert verdict.labelled == pytest.approx(widened(verdict.interval, 0.2, spread, 0.95))
    assert verdict.notes[-1].startswith("with the coders' disagreement the interval is ")
    bound = arms_of(
        {"after.0": hundred(20)},
        {"after.0": hundred(40)},
        alpha=0.03,
        lists={"t-1": {"after.0": hundred(10)}},
        smallest_effect="90 points",
    )
    wide = only(judge(dataclasses.replace(bound, labelling=data.labelling)))
    assert (wide.verdict, wide.labelled is None) == (NO_LARGER, False)
