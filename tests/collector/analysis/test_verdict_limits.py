"""A verdict at its limits: p just at alpha, a shift that cannot be, the seed that is the run’s.

The example of ``docs/statistics.md`` again: seven pairs, p = 4/128, at best 2/128.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hand_runs import hand_run

from collector.analysis.design import Blocks, detectable
from collector.analysis.inference import Sample, interval, randomisation_test
from collector.analysis.judging import judge
from collector.analysis.rundata import RunData
from collector.analysis.verdicts import Verdict, VerdictKind

EFFECT, NO_LARGER = VerdictKind.EFFECT, VerdictKind.NO_LARGER
UNDECIDED, WITHHELD = VerdictKind.UNDECIDED, VerdictKind.WITHHELD
TREATED = [41, 38, 52, 30, 47, 36, 44]
CONTROL = [20, 25, 31, 33, 18, 22, 27]
PAIRS = Blocks(((1, 1),) * 7)
BEST = 2 / 128


def hundred(news: int) -> str:
    return " ".join(f"{n}:{'news' if n < news else 'x'}" for n in range(100))


def paired(control: Sequence[int], treated: Sequence[int], **changes: Any) -> RunData:
    """One pair a block, with so many hundredths of news under uniform attention."""
    lists = {
        f"{arm}-{n}": {"after.0": hundred(news)}
        for arm, own in (("c", control), ("t", treated))
        for n, news in enumerate(own, 1)
    }
    declared = {"exposure": ["news"], "attention": "uniform", "outcomes": ["exposure-share"]}
    return hand_run(lists, **(declared | changes))


def one(control: Sequence[int], treated: Sequence[int], **changes: Any) -> Verdict:
    (verdict,) = judge(paired(control, treated, **changes)).verdicts
    return verdict


def test_p_at_alpha_is_an_effect() -> None:
    found = one(CONTROL, TREATED, alpha=4 / 128)
    assert (found.verdict, found.level) == (EFFECT, 1 - 4 / 128)
    assert found.reason == "p after correction is 0.0312, at most 0.03125"
    assert one(CONTROL, TREATED, alpha=4 / 128 - 1e-9).verdict is UNDECIDED


def test_what_can_just_be_significant_has_its_share() -> None:
    """At an alpha of the best p: a bound is possible, and nothing is said of more twins."""
    found = one(CONTROL, TREATED, alpha=BEST)
    assert (found.verdict, found.reason) == (UNDECIDED, "p after correction is 0.0312")
    assert (found.twins_needed, found.simultaneous) == (None, pytest.approx((-0.03, 0.29)))
    gaps = np.array(TREATED) / 100 - np.array(CONTROL) / 100
    noise = float(np.sqrt(((gaps - gaps.mean()) ** 2).sum() / 2 / 6))
    assert found.detectable == pytest.approx(detectable(noise, PAIRS, 1, alpha=BEST))
    bound = one(CONTROL, TREATED, alpha=BEST, smallest_effect="30 points")
    assert (bound.verdict, bound.reason) == (NO_LARGER, "the interval lies inside ±30.0 points")
    judgement = judge(paired(CONTROL, TREATED, alpha=BEST, outcomes=["exposure-share", "ad-share"]))
    assert (judgement.outcomes, judgement.level) == (1, 1 - BEST)
    assert judgement.verdicts[1].p_adjusted == 1.0


def test_a_shift_that_cannot_be_is_none_that_is_detected() -> None:
    control, treated = [0, 100, 3, 97, 1, 95, 50], [99, 2, 94, 4, 96, 5, 60]
    gaps = np.array(treated) / 100 - np.array(control) / 100
    noise = float(np.sqrt(((gaps - gaps.mean()) ** 2).sum() / 2 / 6))
    assert detectable(noise, PAIRS) > 1
    found = one(control, treated)
    assert (found.verdict, found.detectable) == (UNDECIDED, None)
    assert found.bounded


def test_a_bound_below_zero_or_above_it_has_to_be_inside_altogether() -> None:
    """An interval of −3 to +29 points lies in ±30, and that of the mirror, too; not in ±28."""
    for control, treated in ((CONTROL, TREATED), (TREATED, CONTROL)):
        for points, kind in ((30, NO_LARGER), (28, UNDECIDED)):
            found = one(control, treated, alpha=0.03, smallest_effect=f"{points} points")
            assert found.verdict is kind


def test_dealings_are_drawn_with_the_seed_of_the_run() -> None:
    """Fifteen pairs have 32,768 dealings, more than are counted."""
    control = [*range(10, 40, 2)]
    treated = [each + shift for each, shift in zip(control, [5, -3, 4, 1, -2] * 3, strict=True)]
    values = np.array([*control, *treated]) / 100
    sample = Sample(values, np.repeat([False, True], 15), np.tile(np.arange(15), 2))
    data = paired(control, treated)
    found = {}
    for seed in (1, 7):
        seeded = dataclasses.replace(data, run={**data.run, "seed": seed})
        (verdict,) = judge(seeded).verdicts
        expected = interval(sample, level=0.95, seed=seed)
        assert verdict.p == randomisation_test(sample, seed=seed).p
        assert verdict.interval == verdict.simultaneous
        assert verdict.interval == pytest.approx((expected.low, expected.high))
        found[seed] = verdict.p
    assert found[1] != found[7]


def test_what_its_own_alpha_excludes_takes_no_share() -> None:
    """A label in six of seven pairs: p = 4/128 at best, which is over an alpha of 0.03."""
    lists = {f"c-{n}": {"after.0": hundred(news)} for n, news in enumerate(CONTROL, 1)}
    for n, news in enumerate(TREATED, 1):
        rare = hundred(news).split(" ")[: 100 - n % 7] + [f"y{i}:y" for i in range(n % 7)]
        lists[f"t-{n}"] = {"after.0": " ".join(rare)}
    found = {}
    for alpha in (0.03, 0.05):
        declared = {"exposure": ["news", "y"], "attention": "uniform", "alpha": alpha}
        judgement = judge(hand_run(lists, outcomes=["exposure-share"], **declared))
        first, second = judgement.verdicts
        found[alpha] = (judgement.outcomes, first.p_adjusted, second.p_adjusted)
    assert found == {0.03: (1, 4 / 128, 8 / 128), 0.05: (2, 8 / 128, 8 / 128)}


def test_a_ratio_without_a_bound_has_no_interval() -> None:
    """Five pairs: a share reaches from −1 to 1, what has no greatest value nowhere."""
    both = ["exposure-share", "exposure-over-supply"]
    first, second = judge(paired(CONTROL[:5], TREATED[:5], outcomes=both)).verdicts
    assert (first.interval, first.simultaneous, first.bounded) == ((-1, 1), (-1, 1), False)
    assert (second.interval, second.simultaneous, second.bounded) == (None, None, False)


# ---- losses


def test_puppets_that_were_lost_altogether_are_set_to_the_worst() -> None:
    """Six treated puppets lost one of two pages, and the seventh both: (6 · 0.45 + 0) / 7, and
    (6 · 0.95 + 1) / 7."""
    lists: dict[str, dict[str, str]] = {}
    cells = []
    for arm in "ct":
        for n in range(1, 8):
            name, kept = f"{arm}-{n}", 2 if arm == "c" else int(n < 7)
            news = 0 if arm == "c" else 90
            lists[name] = {f"after.{page}": hundred(news) for page in range(kept)}
            cells += [
                {"puppet": name, "arm": arm, "session": f"s-{name}", "step": page + 1,
                 "kind": "visit", "path": f"after.{page}", "detail": "",
                 "outcome": "done" if page < kept else "missing",
                 "status": "ok" if page < kept else "captcha"}
                for page in range(2)
            ]  # fmt: skip
    data = hand_run(lists, exposure=["news"], attention="uniform", cells=cells)
    (verdict,) = judge(data).verdicts
    assert (verdict.verdict, verdict.puppets, verdict.dropped) == (EFFECT, (6, 6), 2)
    assert verdict.notes == (
        "57 points more cells are missing in t than in c (p = 0.000291): they may not be missing"
        " by chance; with what was lost (1 puppet, and 6 pages of others) set to the worst case it"
        " stays an effect, between +38.6 points and +95.7 points",
    )
