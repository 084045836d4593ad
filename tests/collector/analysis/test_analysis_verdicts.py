"""Verdicts: the four words, each exactly when its definition says, from numbers worked by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hand_runs import hand_run

from collector.analysis import summary, words
from collector.analysis.described import exploratory, sessions, trend
from collector.analysis.judging import Judgement, judge
from collector.analysis.measures import Unit
from collector.analysis.rundata import RunData
from collector.analysis.verdicts import Verdict, VerdictKind

EFFECT, NO_LARGER = VerdictKind.EFFECT, VerdictKind.NO_LARGER
UNDECIDED, WITHHELD = VerdictKind.UNDECIDED, VerdictKind.WITHHELD

LENGTH = 200


def listed(share: float) -> str:
    """A list with exactly so large a share of news, to a two-hundredth."""
    news = round(share * LENGTH)
    return " ".join(f"{n}:{'news' if n < news else 'x'}" for n in range(LENGTH))


def with_shares(
    control: list[float], treated: list[float], **analysis: Any
) -> tuple[RunData, Judgement]:
    """One pair of twins a block, with these shares of news under uniform attention."""
    lists = {f"c-{n}": {"after.0": listed(share)} for n, share in enumerate(control, 1)}
    lists |= {f"t-{n}": {"after.0": listed(share)} for n, share in enumerate(treated, 1)}
    declared = {"exposure": ["news"], "attention": "uniform", "outcomes": ["exposure-share"]}
    data = hand_run(lists, **(declared | analysis))
    return data, judge(data)


NOISE = [0.30, 0.34, 0.31, 0.36, 0.29, 0.33, 0.32, 0.35]


def shifted(by: float) -> list[float]:
    wiggle = [0.01, -0.02, 0.02, 0.0, 0.015, -0.01, 0.005, -0.015]
    return [share + by + more for share, more in zip(NOISE, wiggle, strict=True)]


def one(found: tuple[RunData, Judgement]) -> Verdict:
    (verdict,) = found[1].verdicts
    return verdict


def test_effect() -> None:
    """All eight differences are positive: p = 2 / 2^8; the estimate is their mean."""
    verdict = one(with_shares(NOISE, shifted(0.2)))
    differences = np.round(np.array(shifted(0.2)) * LENGTH) - np.round(np.array(NOISE) * LENGTH)
    assert verdict.verdict is EFFECT
    assert verdict.p == verdict.p_adjusted == pytest.approx(2 / 2**8)
    assert verdict.estimate == pytest.approx(float(differences.mean()) / LENGTH)
    assert verdict.interval is not None
    assert 0.15 < verdict.interval[0] < verdict.estimate < verdict.interval[1] < 0.25
    assert verdict.puppets == (8, 8)
    assert (verdict.arm, verdict.control, verdict.label) == ("t", "c", "news")


def test_an_effect_in_the_other_direction_has_its_sign() -> None:
    verdict = one(with_shares(shifted(0.2), NOISE))
    assert verdict.verdict is EFFECT
    assert verdict.estimate is not None
    assert verdict.estimate < -0.15
    assert "−" in words.finding(verdict)


def test_no_effect_larger_than_what_was_declared() -> None:
    verdict = one(with_shares(NOISE, shifted(0.0), smallest_effect="5 points"))
    assert (verdict.verdict, verdict.smallest_effect) == (NO_LARGER, 0.05)
    assert verdict.simultaneous is not None
    assert -0.05 < verdict.simultaneous[0] <= verdict.simultaneous[1] < 0.05
    assert "no effect larger than 5.0 points" in words.verdict_sentence(verdict)


def test_without_a_declared_size_absence_is_never_said() -> None:
    verdict = one(with_shares(NOISE, shifted(0.0)))
    assert verdict.verdict is UNDECIDED
    assert verdict.detectable is not None
    assert 0.005 < verdict.detectable < 0.05
    assert "no effect" not in words.verdict_sentence(verdict).lower()


def test_undecided_says_the_twins_that_would_do() -> None:
    verdict = one(with_shares(NOISE, shifted(0.0), smallest_effect="1 point"))
    assert verdict.verdict is UNDECIDED
    assert verdict.twins_needed is not None
    assert verdict.twins_needed > 8
    assert (
        f"{verdict.twins_needed} twins an arm in blocks of {verdict.block} would find 1.0 points"
        in words.verdict_sentence(verdict)
    )


def test_an_effect_within_the_declared_size_is_called_smaller() -> None:
    verdict = one(with_shares(NOISE, shifted(0.05), smallest_effect="20 points"))
    assert verdict.verdict is EFFECT
    assert "It is smaller than 20.0 points." in words.verdict_sentence(verdict)


def test_five_twins_in_blocks_of_one_allow_no_bound() -> None:
    verdict = one(with_shares(NOISE[:5], shifted(0.2)[:5], smallest_effect="90 points"))
    assert (verdict.verdict, verdict.bounded) == (UNDECIDED, False)
    assert "unbounded" in words.verdict_sentence(verdict)
    assert "no result of these puppets could be significant" in verdict.reason


def test_every_declared_outcome_shares_the_correction() -> None:
    """Two outcomes: the smaller p twice, and the intervals of both at 1 − α/2."""
    _, judgement = with_shares(
        NOISE, shifted(0.2), outcomes=["exposure-share", "diversity"], smallest_effect="5 points"
    )
    share, diversity = judgement.verdicts
    assert (judgement.outcomes, judgement.level) == (2, pytest.approx(0.975))
    assert share.p is not None
    assert diversity.p is not None
    small, large = sorted((share.p, diversity.p))
    assert sorted((share.p_adjusted or 0, diversity.p_adjusted or 0)) == pytest.approx(
        [2 * small, max(2 * small, large)]
    )
    assert share.interval is not None
    assert share.simultaneous is not None
    assert share.simultaneous[0] <= share.interval[0]
    assert share.simultaneous[1] >= share.interval[1]


def test_what_cannot_be_significant_takes_no_share() -> None:
    """No list has an advertisement: that outcome cannot tell anything, and costs nothing."""
    _, judgement = with_shares(NOISE, shifted(0.2), outcomes=["exposure-share", "ad-share"])
    share, ads = judgement.verdicts
    assert judgement.outcomes == 1
    assert share.p_adjusted == share.p
    assert (ads.verdict, ads.p) == (UNDECIDED, 1.0)
    assert "the same value" in ads.reason


def test_a_label_that_nobody_met_is_undecided_with_a_bound() -> None:
    """0 of 7: up to 1 − (α/2)^(1/7) = 41 % of puppets could."""
    _, judgement = with_shares(
        [0.0] * 7, [0.0] * 7, topics={"news": 5}, outcomes=["exposure-share", "incidence"],
        smallest_effect="50 points",
    )  # fmt: skip
    for verdict in judgement.verdicts:
        assert verdict.verdict is UNDECIDED
        assert "0 of 14 puppets met it, so up to 41 %" in verdict.reason
        assert verdict.interval is not None
        assert verdict.interval[0] < 0 < verdict.interval[1]


def test_a_few_that_met_it_are_no_proof_of_absence() -> None:
    """Two of seven: p cannot reach 0.05 however they fall, so nothing is excluded either."""
    verdict = one(with_shares([0.0] * 7, [0.02, 0.02, 0, 0, 0, 0, 0], smallest_effect="30 points"))
    assert (verdict.verdict, verdict.p) == (UNDECIDED, 0.5)
    assert "too few puppets differ" in verdict.reason


def test_a_gate_is_asked_first() -> None:
    data, _ = with_shares(NOISE, shifted(0.2))
    verdict = one((data, judge(dataclasses.replace(data, topics={}))))
    assert (verdict.verdict, verdict.gate) == (WITHHELD, "labels")
    assert (verdict.p, verdict.estimate, verdict.interval) == (None, None, None)
    assert verdict.reason


def lossy(control: list[float | None], treated: list[float | None]) -> Verdict:
    """Puppets without a page have missing cells instead."""
    lists: dict[str, dict[str, str]] = {}
    cells = []
    for arm, shares in (("c", control), ("t", treated)):
        for n, share in enumerate(shares, 1):
            lists[f"{arm}-{n}"] = {} if share is None else {"after.0": listed(share)}
            cells.append(
                {"puppet": f"{arm}-{n}", "arm": arm, "session": f"s-{arm}-{n}", "step": 1,
                 "kind": "visit", "path": "after.0", "detail": "",
                 "outcome": "missing" if share is None else "done",
                 "status": "captcha" if share is None else "ok"}
            )  # fmt: skip
    data = hand_run(lists, exposure=["news"], attention="uniform", cells=cells)
    return one((data, judge(data)))


def test_loss_by_arm_withholds_unless_the_worst_case_leaves_the_effect() -> None:
    full: list[float | None] = [0.01] * 14
    some: list[float | None] = [0.9 + 0.01 * (n * 5 % 7) for n in range(14)]
    some[:5] = [None] * 5
    kept = lossy(full, some)
    assert kept.verdict is EFFECT
    assert any("set to the worst case it stays an effect" in note for note in kept.notes)
    small: list[float | None] = [0.1 + 0.01 * (n * 5 % 7) for n in range(14)]
    lost = lossy([None] * 5 + full[5:], small)  # set to 1, the lost controls turn the sign
    assert (lost.verdict, lost.gate) == (WITHHELD, "attrition")


def test_puppets_alone_in_their_block_drop_out_everywhere() -> None:
    control: list[float | None] = [*NOISE, 0.99]
    treated: list[float | None] = [*shifted(0.2), None]
    verdict = lossy(control, treated)
    assert verdict.puppets == (8, 8)
    assert verdict.dropped == 2
    assert verdict.estimate == pytest.approx(one(with_shares(NOISE, shifted(0.2))).estimate)


def test_a_sign_that_turns_with_attention_is_said() -> None:
    """News at the top in one arm, more news at the bottom in the other."""
    top = "a:news b:x c:x d:x e:x f:x g:x h:x i:x j:x"
    bottom = "a:x b:x c:x d:x e:x f:x g:x h:x i:news j:news"
    lists = {f"c-{n}": {"after.0": bottom} for n in range(1, 8)}
    lists |= {f"t-{n}": {"after.0": top} for n in range(1, 8)}
    data = hand_run(lists, exposure=["news"])
    verdict = one((data, judge(data)))
    assert any("sign turns with the model of attention" in note for note in verdict.notes)
    alike = one(with_shares(NOISE, shifted(0.2)))
    assert not any("sign" in note for note in alike.notes)


def test_unequal_lists_are_said_beside_their_overlap() -> None:
    """RBO of a list and its beginning is high: what is missing at the end is not seen."""
    names = " ".join(f"v{n}" for n in range(20))
    lists = {f"c-{n}": {"after.0": f"{names} {n}"} for n in range(1, 5)}
    lists |= {f"t-{n}": {"after.0": names} for n in range(1, 5)}
    data = hand_run(lists, outcomes=["rank-overlap"])
    verdict = one((data, judge(data)))
    assert any("differ in length (21.0 and 20.0 items" in note for note in verdict.notes)


def test_pages_of_the_treatment_get_no_test_when_they_are_declared() -> None:
    _, judgement = with_shares(NOISE, shifted(0.2), phase="during")
    (verdict,) = judgement.verdicts
    assert (verdict.verdict, verdict.p) == (WITHHELD, None)
    assert "described, not tested" in verdict.reason


def head(found: tuple[RunData, Judgement]) -> dict[str, str]:
    return summary.headline(*found)


def test_the_headline_tells_every_verdict_and_adds_none_up() -> None:
    lists = {}
    for arm, by in (("c", 0.0), ("t", 0.2), ("u", 0.0)):
        for n, share in enumerate(shifted(by) if arm != "c" else NOISE, 1):
            lists[f"{arm}-{n}"] = {"after.0": listed(share)}
    data = hand_run(lists, exposure=["news"], attention="uniform", control="c")
    told = head((data, judge(data)))
    assert told["kind"] == "effect"
    effect, undecided = told["text"].split(" Undecided: ")
    assert effect.startswith("Effect: news on the home page (exposure share), t against c: +")
    assert undecided.startswith("news on the home page (exposure share), u against c: anything")


def test_the_headline_of_what_cannot_be_compared() -> None:
    data = hand_run({"a-1": {"after.0": "x:news"}}, exposure=["news"])
    assert head((data, judge(data))) == {
        "kind": "none",
        "text": "One arm: there is nothing to compare it with.",
    }
    kinds = {
        "bounded": with_shares(NOISE, shifted(0.0), smallest_effect="5 points"),
        "undecided": with_shares(NOISE, shifted(0.0)),
        "withheld": with_shares(NOISE, shifted(0.0), phase="during"),
    }
    for kind, found in kinds.items():
        assert head(found)["kind"] == kind


def test_what_was_not_declared_is_described_without_a_test() -> None:
    data, judgement = with_shares(NOISE, shifted(0.2))
    rows = {row.metric: row for row in exploratory(data, judgement.declaration)}
    assert "exposure-share" not in rows
    assert "mean-score" not in rows  # its labels are words
    assert rows["list-length"].estimate == 0
    assert rows["list-length"].arm_mean == LENGTH
    assert not {"p", "verdict"} & {field.name for field in dataclasses.fields(rows["ad-share"])}


def test_sessions_have_a_row_each_and_a_trend() -> None:
    """Differences of 0, 10 and 20 points: 10 points more from session to session."""
    lists = {
        f"{arm}-{twin}": {
            f"w{wave}s1 after.0": listed(0.3 + (0.1 * (wave - 1) if arm == "t" else 0))
            for wave in (1, 2, 3)
        }
        for arm in "ct"
        for twin in (1, 2)
    }
    data = hand_run(lists, exposure=["news"], attention="uniform")
    rows = sessions(data, judge(data).declaration)
    assert [(row.moment, row.tested) for row in rows] == [
        ("w1s1", False), ("w2s1", False), ("w3s1", True),
    ]  # fmt: skip
    assert [row.estimate for row in rows] == pytest.approx([0, 0.1, 0.2])
    assert list(trend(rows).values()) == pytest.approx([0.1])


def test_a_trend_is_that_of_its_own_pair_of_arms() -> None:
    """``pairs: all``: u against c, and u against t, each with its own line."""
    rises = {"c": 0.0, "t": 0.1, "u": 0.3}
    lists = {
        f"{arm}-{twin}": {
            f"w{wave}s1 after.0": listed(0.1 + rise * (wave - 1)) for wave in (1, 2, 3)
        }
        for arm, rise in rises.items()
        for twin in (1, 2)
    }
    data = hand_run(lists, exposure=["news"], attention="uniform", pairs="all")
    found = trend(sessions(data, judge(data).declaration))
    assert {(arm, control): change for (_, _, arm, control), change in found.items()} == (
        pytest.approx({("t", "c"): 0.1, ("u", "c"): 0.3, ("u", "t"): 0.2})
    )


def test_an_order_that_cannot_be_compared_is_withheld_with_its_cause() -> None:
    """Lists without two common items: never “there is nothing to compare” alone."""
    lists = {f"{arm}-{n}": {"after.0": f"{arm}{n}a {arm}{n}b"} for arm in "ct" for n in range(1, 7)}
    (verdict,) = judge(hand_run(lists, outcomes=["order"])).verdicts
    assert (verdict.verdict, verdict.gate) == (WITHHELD, "arms")
    assert "items in common" in verdict.reason


def test_the_twins_that_would_do_are_those_of_plan_and_check() -> None:
    """Two twins and three of one scenario: one number, in blocks that four twins would fill."""
    for twins in (2, 3):
        names = [f"{arm}-{n}" for arm in "ct" for n in range(1, twins + 1)]
        data = hand_run(
            {name: {"after.0": listed(0.1 * n)} for n, name in enumerate(names)},
            exposure=["news"], attention="uniform", outcomes=["exposure-share", "ad-share"],
            blocks=dict.fromkeys(names, 1),
        )  # fmt: skip
        judgement = judge(data)
        assert judgement.design is not None
        assert (judgement.design.twins, judgement.design.block) == (5, 4)
        share = judgement.verdicts[0]
        assert (share.twins_needed, share.block) == (5, 4)
        assert "With 5 twins an arm in blocks of 4" in words.verdict_sentence(share)


def test_three_twins_alone_are_adjusted_as_the_design_says() -> None:
    """Three of three in one block: p = 2 / 20, and so after correction; not 1 beside 0.1."""
    names = [f"{arm}-{n}" for arm in "ct" for n in (1, 2, 3)]
    data = hand_run(
        {name: {"after.0": listed(0.1 * n)} for n, name in enumerate(names)},
        exposure=["news"], attention="uniform", blocks=dict.fromkeys(names, 1),
    )  # fmt: skip
    judgement = judge(data)
    (verdict,) = judgement.verdicts
    assert judgement.design is not None
    assert verdict.p == verdict.p_adjusted == judgement.design.adjusted == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.125, Unit.SHARE, "+12.5 points"),
        (-0.125, Unit.SHARE, "−12.5 points"),
        (3.0, Unit.ITEMS, "+3 items"),
        (-0.5, Unit.SCORE, "−0.5"),
        (2.8e-17, Unit.ITEMS, "+0 items"),
        (-2.8e-17, Unit.LABELS, "+0 labels"),
        (None, Unit.SHARE, "–"),
    ],
)
def test_amounts_have_sign_and_unit(value: float | None, unit: Unit, text: str) -> None:
    assert words.amount(value, unit) == text
