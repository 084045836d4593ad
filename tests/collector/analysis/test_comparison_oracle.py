"""A comparison: what is tested, in what shape, and what comes of it. Worked out by hand.

Two factors are crossed, city (Rome, Oslo) and language (en, fr): arms ``aa`` (Rome, en), ``ab``
(Rome, fr), ``ba`` (Oslo, en), ``bb`` (Oslo, fr).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from hand_runs import hand_run

from collector.analysis import comparison
from collector.analysis.comparison import compare, estimated, sample_of
from collector.analysis.declared import declare
from collector.analysis.design import Blocks, detectable, twins_for
from collector.analysis.inference import Sample, interval
from collector.analysis.judging import declaration_of, judge
from collector.analysis.measures import Unit
from collector.analysis.outcomes import Measured, measure_question
from collector.analysis.rundata import RunData
from collector.analysis.verdicts import Verdict, VerdictKind

FACTORS = {"city": ["persona.city"], "language": ["persona.language"]}
ARMS = {
    arm: {"persona": {"city": city, "language": language}}
    for arm, city, language in (
        ("aa", "Rome", "en"),
        ("ab", "Rome", "fr"),
        ("ba", "Oslo", "en"),
        ("bb", "Oslo", "fr"),
    )
}


def hundred(news: int) -> str:
    return " ".join(f"{n}:{'news' if n < news else 'x'}" for n in range(100))


def crossed(values: Mapping[str, Sequence[int | None]], **changes: Any) -> RunData:
    """So many hundredths of news; a puppet without a number has no page."""
    lists = {
        f"{arm}-{n}": {} if news is None else {"after.0": hundred(news)}
        for arm, own in values.items()
        for n, news in enumerate(own, 1)
    }
    declared = {"exposure": ["news"], "attention": "uniform", "factors": FACTORS, "arms": ARMS}
    return hand_run(lists, **(declared | changes))


def asked(data: RunData, at: int = 0) -> Measured:
    declaration = declaration_of(data)
    return measure_question(data, declaration.questions[at], declaration)


def is_sample(
    found: Sample, values: Sequence[float], treated: Sequence[int], strata: Sequence[int]
) -> None:
    assert found.values.tolist() == pytest.approx(values)
    assert found.treated.tolist() == [bool(each) for each in treated]
    assert found.strata.tolist() == strata
    assert (found.values.dtype, found.treated.dtype) == (np.float64, np.bool_)
    assert found.strata.dtype == np.intp


TWO = {"aa": [10, 12], "ab": [20, 25], "ba": [40, 41], "bb": [80, 87]}


def test_a_main_effect_is_of_its_block_and_of_all_other_levels() -> None:
    city, language, both = (asked(crossed(TWO), at) for at in range(3))
    contrast = (city.contrast.arm, city.contrast.control)
    assert contrast == ("city=Oslo", "city=Rome")
    is_sample(
        sample_of(city),
        [0.10, 0.20, 0.12, 0.25, 0.40, 0.80, 0.41, 0.87],
        [0] * 4 + [1] * 4,
        [0, 1, 2, 3] * 2,
    )
    is_sample(
        sample_of(language),
        [0.10, 0.40, 0.12, 0.41, 0.20, 0.80, 0.25, 0.87],
        [0] * 4 + [1] * 4,
        [0, 1, 2, 3] * 2,
    )
    assert estimated(city, 1) == pytest.approx((0.30 + 0.60 + 0.29 + 0.62) / 4)
    assert estimated(language, 1) == pytest.approx((0.10 + 0.40 + 0.13 + 0.46) / 4)
    assert estimated(both, 1) == pytest.approx((0.30 + 0.33) / 2)


def test_an_interaction_is_of_the_blocks_with_all_four_cells() -> None:
    """(Oslo fr − Rome fr) − (Oslo en − Rome en) of the first and the third block."""
    both = asked(
        crossed({"aa": [10, 12, 5], "ab": [20, 25, 9], "ba": [40, None, 7], "bb": [80, 87, 30]}), 2
    )
    assert (both.contrast.arm, both.contrast.control) == ("city × language", "no interaction")
    found = sample_of(both)
    is_sample(found, [0.30, 0.19, 0, 0], [1, 1, 0, 0], [0, 1, 0, 1])
    assert found.against_zero
    tested = compare(both, 1)
    assert tested is not None
    assert tested.estimate == estimated(both, 1) == pytest.approx(0.245)
    assert tested.blocks == Blocks(((1, 1), (1, 1)))


@pytest.mark.parametrize(("at", "support"), [(0, (-1.0, 3.0)), (2, (-8.0, 8.0))])
def test_a_difference_of_differences_reaches_twice_as_far(
    monkeypatch: pytest.MonkeyPatch, at: int, support: tuple[float, float]
) -> None:
    """Of a measure from -1 to 3 a difference is one of 4 at most, and the difference of two of
    8."""
    measured = asked(crossed(TWO), at)
    wide = dataclasses.replace(measured.question.measure, bounds=(-1.0, 3.0))
    question = dataclasses.replace(measured.question, measure=wide)
    tested = compare(dataclasses.replace(measured, question=question), 1)
    assert tested is not None
    given: list[Any] = []
    monkeypatch.setattr(comparison, "interval", lambda *_, **named: given.append(named))
    tested.interval(0.9, 7)
    assert given == [{"level": 0.9, "seed": 7, "support": support}]


def test_puppets_without_a_value_are_not_tested() -> None:
    city = asked(crossed(TWO))
    some = dataclasses.replace(city, values={n: v for n, v in city.values.items() if n != "ab-1"})
    is_sample(
        sample_of(some),
        [0.10, 0.12, 0.25, 0.40, 0.80, 0.41, 0.87],
        [0] * 3 + [1] * 4,
        [0, 1, 2, 0, 3, 1, 2],
    )
    both = asked(crossed(TWO), 2)
    rest = {n: v for n, v in both.values.items() if n != "bb-1"}
    is_sample(sample_of(dataclasses.replace(both, values=rest)), [0.33, 0], [1, 0], [0, 0])


def test_nothing_to_compare() -> None:
    empty = hand_run(
        {"c-1": {"after.0": hundred(1)}, "t-2": {"after.0": hundred(2)}}, exposure=["news"]
    )
    assert compare(asked(empty), 1) is None
    assert estimated(asked(empty), 1) is None
    no_cell = crossed({**TWO, "bb": [None, None]})
    assert compare(asked(no_cell, 2), 1) is None
    assert estimated(asked(no_cell, 2), 1) is None
    one_block = hand_run(
        {f"{arm}-{n}": {"after.0": "a b"} for arm in "ct" for n in (1, 2)},
        outcomes=["jaccard"],
        blocks=dict.fromkeys(["c-1", "c-2", "t-1", "t-2"], 1),
    )
    assert compare(asked(one_block), 1) is None
    assert estimated(asked(one_block), 1) is None


# ---- the numbers of one comparison

VALUES = {"c": [20, 25, 31, 33, 18, 22, 27], "t": [41, 38, 52, 30, 47, 36, 44]}
PAIRS = Blocks(((1, 1),) * 7)


def pairs(values: Mapping[str, Sequence[int]] = VALUES, **changes: Any) -> comparison.Tested:
    lists = {
        f"{arm}-{n}": {"after.0": hundred(news)}
        for arm, own in values.items()
        for n, news in enumerate(own, 1)
    }
    data = hand_run(lists, exposure=["news"], attention="uniform", **changes)
    found = compare(asked(data), 1)
    assert found is not None
    return found


def test_the_numbers_of_seven_pairs() -> None:
    """The example of docs/statistics.md; a difference of shares is cut at −1 and 1."""
    tested = pairs()
    assert tested.sample is not None
    is_sample(
        tested.sample,
        [each / 100 for arm in "ct" for each in VALUES[arm]],
        [0] * 7 + [1] * 7,
        [*range(7)] * 2,
    )
    assert tested.estimate == pytest.approx(0.16)
    assert (tested.test.p, tested.test.smallest_p, tested.test.arrangements) == (
        4 / 128,
        2 / 128,
        128,
    )
    assert tested.blocks == PAIRS
    found = tested.interval(0.95, 1)
    assert found is not None
    assert (found.low, found.high, found.level) == (pytest.approx(0.055), pytest.approx(0.25), 0.95)
    never = tested.interval(0.99, 1)
    assert never is not None
    assert (never.low, never.high, never.bounded) == (-1.0, 1.0, False)


def test_the_noise_and_what_it_lets_the_design_find() -> None:
    gaps = [(t - c) / 100 for c, t in zip(VALUES["c"], VALUES["t"], strict=True)]
    noise = math.sqrt(sum((gap - fmean(gaps)) ** 2 for gap in gaps) / 2 / 6)
    tested = pairs()
    assert tested.noise == pytest.approx(noise)
    assert tested.detectable(2, 0.05) == pytest.approx(detectable(noise, PAIRS, 2, alpha=0.05))
    assert tested.detectable(1, 0.1) == pytest.approx(detectable(noise, PAIRS, 1, alpha=0.1))
    assert tested.detectable(4, 0.05) is None  # 4 · 2/128 > 0.05
    for shift, block, outcomes, alpha in (
        (0.1, 1, 1, 0.05),
        (0.1, 4, 1, 0.05),
        (0.1, 1, 3, 0.05),
        (0.2, 1, 1, 0.02),
    ):
        expected = twins_for(shift, noise, block, outcomes, alpha=alpha)
        assert tested.twins_for(shift, block, outcomes, alpha) == expected
    still = pairs({"c": [20] * 6, "t": [20] * 6})
    assert (still.noise, still.detectable(1, 0.05), still.twins_for(0.1, 1, 1, 0.05)) == (
        0,
        None,
        None,
    )
    one = pairs({"c": [20], "t": [40]})
    assert (one.noise, one.detectable(1, 0.05), one.twins_for(0.1, 1, 1, 0.05)) == (None,) * 3


def test_blocks_of_two_are_held_against_their_own_mean() -> None:
    """Differences of 0.2 in the first block, ±0.1 within its arms; 0.4 in the second: mean 0.3."""
    blocks = {f"{arm}-{n}": 1 + (n > 2) for arm in "ct" for n in (1, 2, 3, 4)}
    tested = pairs({"c": [10, 30, 50, 50], "t": [30, 50, 90, 90]}, blocks=blocks)
    assert tested.blocks == Blocks(((2, 2), (2, 2)))
    assert tested.estimate == pytest.approx(0.3)
    # left over: ±0.1 around ±0.05 in the first block, ±0.05 in the second; 8 − 2 − 1 to spare
    squares = 2 * (0.05**2 + 0.15**2) + 4 * 0.05**2
    assert tested.noise == pytest.approx(math.sqrt(squares / 5))


def test_a_likeness_is_tested_within_block_and_has_no_values() -> None:
    """Blocks of two: 6^2 dealings, of which the one that was and its mirror are as far apart."""
    lists = {f"{arm}-{n}": {"after.0": f"{arm}a {arm}b"} for arm in "ct" for n in (1, 2, 3, 4)}
    blocks = {name: 1 + (int(name[2:]) > 2) for name in lists}
    measured = asked(hand_run(lists, outcomes=["jaccard"], blocks=blocks))
    tested = compare(measured, 1)
    assert tested is not None
    assert tested.sample is None
    assert tested.measured is measured
    assert tested.estimate == estimated(measured, 1) == 1.0
    assert (tested.test.p, tested.test.smallest_p, tested.test.arrangements) == (2 / 36, 2 / 36, 36)
    assert (tested.interval(0.95, 1), tested.noise, tested.detectable(1, 0.05)) == (None,) * 3
    assert tested.twins_for(0.1, 1, 1, 0.05) is None


def test_a_likeness_of_factors_exchanges_within_the_other_level() -> None:
    """Two strata a block, a puppet of either side in each: 2^4 dealings in two blocks."""
    lists = {
        f"{arm}-{n}": {"after.0": f"city{arm[0]} language{arm[1]} x{arm[0]}"}
        for arm in ARMS
        for n in (1, 2)
    }
    data = hand_run(lists, outcomes=["jaccard"], factors=FACTORS, arms=ARMS)
    tested = compare(asked(data), 1)
    assert tested is not None
    assert tested.test.arrangements == 16
    # of one language: cities have 1 of 5 items in common, twins all of them
    assert tested.estimate == pytest.approx(1 - 1 / 5)


def test_more_dealings_than_can_be_counted_are_drawn_with_the_seed() -> None:
    values = {"c": [*range(10, 25)], "t": [*range(12, 24), 10, 11, 12]}
    tested = pairs(values)
    assert tested.sample is not None
    assert tested.sample.sizes == ((1, 1),) * 15
    from collector.analysis.inference import randomisation_test

    assert tested.test == randomisation_test(tested.sample, seed=1)
    assert tested.interval(0.9, 5) == interval(tested.sample, level=0.9, seed=5)
    lists = {
        f"{arm}-{n}": {"after.0": f"{n % 4} {n % 3}a {arm if n % 2 else n}b"}
        for arm in "ct"
        for n in range(1, 16)
    }
    measured = asked(hand_run(lists, outcomes=["jaccard"]))
    one, again, other = (compare(measured, seed) for seed in (1, 1, 2))
    assert one is not None
    assert again is not None
    assert other is not None
    assert one.test.p == again.test.p != other.test.p


# ---- the verdict on an interaction


def test_the_verdict_on_an_interaction() -> None:
    """Six contrasts, all above 0: p = 2 of 2^6; alone in its interval, the joint one is unbounded:
    a difference of two differences lies in ±2."""
    extra = [21, 13, 24, 3, 29, 14]
    values = {"aa": [20] * 6, "ab": [30] * 6, "ba": [40] * 6, "bb": [50 + each for each in extra]}
    judgement = judge(crossed(values))
    assert [answer.question.contrast.arm for answer in judgement.answers] == [
        "city=Oslo",
        "language=fr",
        "city × language",
    ]
    assert (judgement.outcomes, judgement.level) == (3, 1 - 0.05 / 3)
    found = judgement.verdicts[2]
    exact = "the test of an interaction is exact only if errors are exchangeable"
    expected = Verdict(
        surface="home",
        outcome="exposure share: news",
        metric="exposure-share",
        label="news",
        arm="city × language",
        control="no interaction",
        verdict=VerdictKind.EFFECT,
        estimate=found.estimate,
        interval=found.interval,
        bounded=True,
        simultaneous=(-2.0, 2.0),
        level=0.95,
        p=2 / 64,
        p_adjusted=2 / 64,
        smallest_effect=None,
        detectable=None,
        twins_needed=None,
        puppets=(12, 12),
        unit=Unit.SHARE,
        reason="p after correction is 0.0312, at most 0.05",
        gate=None,
        notes=(exact,),
        arm_mean=found.arm_mean,
        control_mean=found.control_mean,
        twin_gap=found.twin_gap,
        block=1,
        dropped=0,
        labelled=None,
    )
    assert dataclasses.replace(found, notes=found.notes[-1:]) == expected
    assert found.estimate == pytest.approx(sum(extra) / 600)
    assert found.interval == pytest.approx((0.03, 0.29))
    assert found.arm_mean == pytest.approx((0.20 + 0.50 + sum(extra) / 600) / 2)
    assert found.control_mean == pytest.approx(0.35)
    lost = crossed({**values, "ba": [40, 40, 40, 40, 40, None]})
    assert judge(lost).verdicts[2].puppets == (11, 12)
    assert judge(lost).verdicts[2].dropped == 1


# ---- what is declared


def test_what_a_run_declares() -> None:
    """Its own arms where the scenario names none, the control first, and the surfaces it saw."""
    data = hand_run(
        {"t-1": {"after.0": "a:x"}, "neutral-1": {"after.0": "a:x"}},
        exposure=["x"],
        surfaces=[],
        smallest_effect="5 points",
        alpha=0.1,
    )
    bare = dataclasses.replace(data, run={**data.run, "scenario_json": {}})
    for each in (data, bare):
        found = declaration_of(each)
        assert found == declare(
            {"exposure": ["x"], "surfaces": ["home"], "smallest_effect": "5 points", "alpha": 0.1},
            {"arms": {"neutral": {}, "t": {}}},
        )
        assert [(c.arm, c.control) for c in found.contrasts] == [("t", "neutral")]
        assert found.surfaces == ("home",)
    empty = hand_run(
        {"c-1": {}, "t-1": {}},
        arms={"c": None, "t": {"persona": {"city": "Oslo"}}},
        factors=FACTORS,
        exposure=["x"],
        control="t",
    )
    assert [(c.arm, c.control) for c in declaration_of(empty).contrasts] == [("c", "t")]
