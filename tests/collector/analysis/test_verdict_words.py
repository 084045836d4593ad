"""What a verdict says, word by word, from numbers worked by hand.

Most are made of the example of ``docs/statistics.md``: seven pairs, +16 points, p = 4/128, interval
+5.5 to +25 points; at a level of more than 126/128 it reaches from the least to the greatest
difference of a pair.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from hand_runs import hand_run

from collector.analysis.design import Blocks, attainable, detectable, twins_for
from collector.analysis.inference import Sample, interval
from collector.analysis.judging import Judgement, judge
from collector.analysis.measures import Unit
from collector.analysis.rundata import RunData
from collector.analysis.verdicts import Verdict, VerdictKind

EFFECT, NO_LARGER = VerdictKind.EFFECT, VerdictKind.NO_LARGER
UNDECIDED, WITHHELD = VerdictKind.UNDECIDED, VerdictKind.WITHHELD

TREATED = [41, 38, 52, 30, 47, 36, 44]
CONTROL = [20, 25, 31, 33, 18, 22, 27]
PAIRS = Blocks(((1, 1),) * 7)


def listed(news: int, length: int = 100) -> str:
    return " ".join(f"{n}:{'news' if n < news else 'x'}" for n in range(length))


def paired(control: Sequence[int], treated: Sequence[int], **changes: Any) -> RunData:
    """One pair a block, with so many hundredths of news under uniform attention."""
    lists = {
        f"{arm}-{n}": {"after.0": listed(news)}
        for arm, own in (("c", control), ("t", treated))
        for n, news in enumerate(own, 1)
    }
    lists |= changes.pop("lists", {})
    declared = {"exposure": ["news"], "attention": "uniform", "outcomes": ["exposure-share"]}
    return hand_run(lists, **(declared | changes))


def noise_of(control: Sequence[int], treated: Sequence[int]) -> float:
    """Of pairs: half of the squares of their differences from the mean one, over pairs less 1."""
    found = [(t - c) / 100 for c, t in zip(control, treated, strict=True)]
    return math.sqrt(sum((d - fmean(found)) ** 2 for d in found) / 2 / (len(found) - 1))


def gap_of(*arms: Sequence[int]) -> float:
    return fmean(abs(a - b) / 100 for arm in arms for a, b in itertools.combinations(arm, 2))


def same(found: Verdict, expected: Verdict) -> None:
    """Equal in every field, numbers but for what rounding leaves over."""
    for field in dataclasses.fields(Verdict):
        one, other = getattr(found, field.name), getattr(expected, field.name)
        if isinstance(other, float) or (
            isinstance(other, tuple) and other and field.name != "notes"
        ):
            other = pytest.approx(other, rel=1e-9, abs=1e-12)
        assert (field.name, one) == (field.name, other)


SD = noise_of(CONTROL, TREATED)
BASE = Verdict(
    surface="home",
    outcome="exposure share: news",
    metric="exposure-share",
    label="news",
    arm="t",
    control="c",
    verdict=EFFECT,
    estimate=0.16,
    interval=(0.055, 0.25),
    bounded=True,
    simultaneous=(0.055, 0.25),
    level=0.95,
    p=0.03125,
    p_adjusted=0.03125,
    smallest_effect=None,
    detectable=None,
    twins_needed=None,
    puppets=(7, 7),
    unit=Unit.SHARE,
    reason="p after correction is 0.0312, at most 0.05",
    gate=None,
    notes=(),
    arm_mean=2.88 / 7,
    control_mean=1.76 / 7,
    twin_gap=gap_of(CONTROL, TREATED),
    block=1,
    dropped=0,
    labelled=None,
)
STRICT = dataclasses.replace(
    BASE,
    verdict=UNDECIDED,
    interval=(-0.03, 0.29),
    simultaneous=(-0.03, 0.29),
    level=0.97,
    reason="p after correction is 0.0312",
    detectable=detectable(SD, PAIRS, 1, alpha=0.03),
)
TWO = dataclasses.replace(
    BASE,
    verdict=UNDECIDED,
    simultaneous=(-0.03, 0.29),
    p_adjusted=0.0625,
    reason="p after correction is 0.0625",
    detectable=detectable(SD, PAIRS, 2),
)


def mirrored(verdict: Verdict) -> Verdict:
    """The same of the label that all other items have."""
    assert verdict.estimate is not None
    assert verdict.interval is not None
    assert verdict.simultaneous is not None
    assert verdict.arm_mean is not None
    assert verdict.control_mean is not None
    (low, high), (least, most) = verdict.interval, verdict.simultaneous
    return dataclasses.replace(
        verdict,
        outcome="exposure share: x",
        label="x",
        estimate=-verdict.estimate,
        interval=(-high, -low),
        simultaneous=(-most, -least),
        arm_mean=1 - verdict.arm_mean,
        control_mean=1 - verdict.control_mean,
    )


def only(judgement: Judgement) -> Verdict:
    (verdict,) = judgement.verdicts
    return verdict


def test_the_four_words() -> None:
    words = ["effect", "no effect larger than X", "undecided", "withheld"]
    assert [str(kind) for kind in VerdictKind] == words


def test_an_effect() -> None:
    judgement = judge(paired(CONTROL, TREATED))
    same(only(judgement), BASE)
    assert (judgement.outcomes, judgement.level) == (1, 0.95)
    assert judgement.design == attainable(PAIRS, 1, block=1)
    same(
        only(judge(paired(TREATED, CONTROL))),
        dataclasses.replace(
            BASE,
            estimate=-0.16,
            interval=(-0.25, -0.055),
            simultaneous=(-0.25, -0.055),
            arm_mean=1.76 / 7,
            control_mean=2.88 / 7,
        ),
    )


def test_without_a_declared_size_it_stays_undecided() -> None:
    same(only(judge(paired(CONTROL, TREATED, alpha=0.03))), STRICT)


@pytest.mark.parametrize("points", [10, 20, 28])
def test_with_one_the_twins_that_would_do_are_said(points: int) -> None:
    verdict = only(judge(paired(CONTROL, TREATED, alpha=0.03, smallest_effect=f"{points} points")))
    same(
        verdict,
        dataclasses.replace(
            STRICT,
            smallest_effect=points / 100,
            twins_needed=twins_for(points / 100, SD, 1, 1, alpha=0.03),
            reason="neither an effect is established nor one of the declared size excluded",
        ),
    )


def test_no_effect_larger_than_what_was_declared() -> None:
    verdict = only(judge(paired(CONTROL, TREATED, alpha=0.03, smallest_effect="30 points")))
    same(
        verdict,
        dataclasses.replace(
            STRICT,
            verdict=NO_LARGER,
            smallest_effect=0.3,
            detectable=None,
            reason="the interval lies inside ±30.0 points",
        ),
    )


def test_two_outcomes_share_the_correction() -> None:
    judgement = judge(paired(CONTROL, TREATED, exposure=["news", "x"]))
    assert (judgement.outcomes, judgement.level) == (2, 0.975)
    assert judgement.design == attainable(PAIRS, 2, block=1)
    for verdict, expected in zip(judgement.verdicts, (TWO, mirrored(TWO)), strict=True):
        same(verdict, expected)
    said = "the interval that holds for all 2 outcomes together lies inside ±30.0 points"
    larger = judge(paired(CONTROL, TREATED, exposure=["news", "x"], smallest_effect="30 points"))
    bound = dataclasses.replace(
        TWO, verdict=NO_LARGER, smallest_effect=0.3, detectable=None, reason=said
    )
    for verdict, expected in zip(larger.verdicts, (bound, mirrored(bound)), strict=True):
        same(verdict, expected)
    smaller = judge(paired(CONTROL, TREATED, exposure=["news", "x"], smallest_effect="9 points"))
    same(
        smaller.verdicts[0],
        dataclasses.replace(
            TWO,
            smallest_effect=0.09,
            twins_needed=twins_for(0.09, SD, 1, 2),
            reason="neither an effect is established nor one of the declared size excluded",
        ),
    )


# ---- what this design, or these values, cannot tell

UNSEEN = "{} pairs in {} blocks cannot show whether the platform changed in the course of the run"
GROUPS = (
    "fewer than 5 twins with data in arm c cannot tell a platform’s random test groups (A/B"
    " buckets) from the treatment"
)
NEVER = (
    "no result of these puppets could be significant: the least attainable p is {} after correction"
)


def test_five_pairs_can_tell_nothing() -> None:
    """2 of 32 at best, 4 here; six pairs in blocks of one would do."""
    expected = dataclasses.replace(
        BASE,
        verdict=UNDECIDED,
        estimate=0.162,
        interval=(-1.0, 1.0),
        simultaneous=(-1.0, 1.0),
        bounded=False,
        p=0.125,
        p_adjusted=0.125,
        puppets=(5, 5),
        arm_mean=0.416,
        control_mean=0.254,
        twin_gap=gap_of(CONTROL[:5], TREATED[:5]),
        reason=NEVER.format("0.0625"),
        notes=(UNSEEN.format(5, 5),),
        twins_needed=6,
    )
    same(only(judge(paired(CONTROL[:5], TREATED[:5]))), expected)
    declared = only(judge(paired(CONTROL[:5], TREATED[:5], smallest_effect="20 points")))
    sd = noise_of(CONTROL[:5], TREATED[:5])
    same(
        declared,
        dataclasses.replace(expected, smallest_effect=0.2, twins_needed=twins_for(0.2, sd, 1)),
    )


def test_six_pairs_can_tell_nothing_of_two_outcomes() -> None:
    """A third, of which all puppets have one value, takes no share and has its own reason."""
    both = ["exposure-share", "ad-share"]
    data = paired(CONTROL[:6], TREATED[:6], exposure=["news", "x"], outcomes=both)
    verdict, _, ads = judge(data).verdicts
    assert (verdict.reason, verdict.twins_needed) == (NEVER.format("0.0625"), 7)
    assert (verdict.detectable, verdict.verdict) == (None, UNDECIDED)
    assert ads.reason == "all 12 puppets have the same value: nothing could be seen"


def test_a_p_after_correction_is_never_more_than_one() -> None:
    """Two pairs: 2 of 4 at best, times four outcomes."""
    judgement = judge(
        paired(
            CONTROL[:2],
            TREATED[:2],
            exposure=["news", "x"],
            outcomes=["exposure-share", "exposure-over-supply"],
        )
    )
    assert judgement.outcomes == 4
    for verdict in judgement.verdicts:
        assert (verdict.verdict, verdict.reason) == (UNDECIDED, NEVER.format("1"))
        assert verdict.notes == (UNSEEN.format(2, 2), GROUPS)


def sample(control: Sequence[int], treated: Sequence[int]) -> Sample:
    pairs = len(control)
    values = np.array([*treated, *control]) / 100
    return Sample(values, np.repeat([True, False], pairs), np.tile(np.arange(pairs), 2))


@pytest.mark.parametrize("smallest", [None, 0.3])
def test_too_few_that_differ(smallest: float | None) -> None:
    """Two of seven: no share of the joint intervals, and no advice."""
    zeros, two = [0] * 7, [2, 4, 0, 0, 0, 0, 0]
    changes = {} if smallest is None else {"smallest_effect": "30 points"}
    verdict = only(judge(paired(zeros, two, **changes)))
    ends = interval(sample(zeros, two), level=0.95, seed=1)
    same(
        verdict,
        dataclasses.replace(
            BASE,
            verdict=UNDECIDED,
            estimate=0.06 / 7,
            interval=(ends.low, ends.high),
            simultaneous=None,
            p=0.5,
            p_adjusted=0.5,
            smallest_effect=smallest,
            reason="too few puppets differ at all: however they were dealt out to the arms, p could"
            " not fall below 0.5",
            arm_mean=0.06 / 7,
            control_mean=0.0,
            twin_gap=gap_of(zeros, two),
        ),
    )


def test_nobody_met_it() -> None:
    """0 of 7: up to 1 − 0.025^(1/7) = 41 %; of the smaller of two arms; at its own alpha."""
    topics = {"news": 5, "x": 9}
    none = only(judge(paired([0] * 7, [0] * 7, topics=topics)))
    most = 1 - 0.025 ** (1 / 7)
    same(
        none,
        dataclasses.replace(
            BASE,
            verdict=UNDECIDED,
            estimate=0.0,
            interval=(-most, most),
            simultaneous=None,
            p=1.0,
            p_adjusted=1.0,
            arm_mean=0.0,
            control_mean=0.0,
            twin_gap=0.0,
            reason="0 of 14 puppets met it, so up to 41 % of the puppets of an arm could",
        ),
    )
    blocks = {f"{arm}-{n}": 1 for arm in "ct" for n in range(1, 8)}
    for control, treated in (([0] * 7, [0] * 6), ([0] * 6, [0] * 7)):
        one = only(judge(paired(control, treated, topics=topics, blocks=blocks)))
        said = "0 of 13 puppets met it, so up to 46 % of the puppets of an arm could"
        assert (one.reason, one.puppets) == (said, (len(control), len(treated)))
    loose = only(judge(paired([0] * 7, [0] * 7, topics=topics, alpha=0.1)))
    assert loose.reason == "0 of 14 puppets met it, so up to 35 % of the puppets of an arm could"


@pytest.mark.parametrize(
    ("news", "changes"), [(50, {}), (0, {"exposure": [], "outcomes": ["ad-share"]})]
)
def test_all_have_one_value(news: int, changes: dict[str, Any]) -> None:
    verdict = only(judge(paired([news] * 7, [news] * 7, **changes)))
    said = "all 14 puppets have the same value: nothing could be seen"
    assert (verdict.verdict, verdict.reason, verdict.p) == (UNDECIDED, said, 1.0)
