"""How often intervals hold the truth and gates speak: simulated audits with a fixed seed.

The tables of docs/statistics.md come from the same functions with more runs (tests/bench).
"""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest
from places import TESTS

from collector.analysis.design import blocks_of
from collector.analysis.inference import Sample, interval

sys.path.insert(0, str(TESTS / "bench"))

from gates import drifts, losses
from null_worlds import claims_difference, table


@pytest.mark.sweep(1)
@pytest.mark.parametrize("chances", [(0.3, 0.6), (0.1, 0.2), (0.05, 0.35), (0.0, 0.25)])
@pytest.mark.parametrize(("twins", "block"), [(5, 4), (7, 2)])
def test_intervals_of_rare_labels_cover(
    chances: tuple[float, float], twins: int, block: int
) -> None:
    """A treatment that makes more puppets meet the label, and shifts nobody else: the difference of
    means lies inside in 95 of 100 runs at the least; of the test inverted alone in 81 to 95."""
    generator = np.random.default_rng(round(1000 * sum(chances)))
    sizes = blocks_of(twins, twins, block).used
    treated = np.concatenate([np.repeat([True, False], each) for each in sizes])
    strata = np.repeat(np.arange(len(sizes)), [t + c for t, c in sizes])
    truth, held, runs = (chances[1] - chances[0]) / 2, 0, 250
    for _ in range(runs):
        met = generator.random(len(treated)) < np.where(treated, chances[1], chances[0])
        made = Sample(np.where(met, generator.random(len(met)), 0.0), treated, strata)
        held += truth in interval(made, seed=1)
    assert held / runs >= 0.95


@pytest.mark.parametrize(("twins", "block"), [(7, 4), (6, 1)])
def test_loss_of_one_arm_is_flagged_and_uniform_loss_is_not(twins: int, block: int) -> None:
    """Half of one arm's cells: in 95 of 100 runs; 20 % of all cells: in 5, and chance."""
    rates = losses(twins, block, 150)
    assert rates["one arm"] >= 0.95
    for kind in ("uniform", "blocks"):
        assert rates[kind] <= 0.05 + 2.5 * math.sqrt(0.05 * 0.95 / 150)


def test_few_pairs_show_an_effect_that_ends() -> None:
    """Of six standard deviations, in seven pairs: in 8 of 10 runs (6 of 10 without their sums)."""
    assert drifts(7, 1, 100, 6.0) >= 0.75


@pytest.mark.sweep(1)
@pytest.mark.parametrize(("twins", "block"), [(7, 1), (8, 4), (10, 4)])
def test_an_effect_that_ends_in_mid_run_is_withheld_and_one_that_stays_is_not(
    twins: int, block: int
) -> None:
    """Of 20 standard deviations: always, wherever the step lies; none: in 2 of 100, and chance."""
    assert drifts(twins, block, 25, 20.0) == 1
    for kind in ("normal", "zeros"):
        assert drifts(twins, block, 150, 0.0, kind) <= 0.02 + 2.5 * math.sqrt(0.02 * 0.98 / 150)


def test_null_worlds_are_counted_by_what_they_claim() -> None:
    """18 of 200 may be called an effect, 19 may not; an effect that the headline does not tell is
    one all the same, and then the table does not hold."""

    def audit(seed: int, headline: str, verdict: str) -> dict[str, object]:
        verdicts = [{"verdict": "undecided", "gate": "dose"}, {"verdict": verdict, "gate": None}]
        return {"scenario": "x", "seed": seed, "headline": headline, "verdicts": verdicts}

    for effects, held in ((18, True), (19, False)):
        audits = [
            audit(n, *(("effect", "effect") if n < effects else ("undecided", "undecided")))
            for n in range(200)
        ]
        lines, found = table(audits)
        assert found is held
        told = f"{effects} ({effects / 2:.1f} %) | 0 | {200 - effects} | 0 | dose 200"
        assert lines[2:] == [f"| x | 200 | 2 | {told} |"]
    hidden = audit(1, "undecided", "effect")
    assert claims_difference(hidden)
    assert not table([hidden, *(audit(n, "undecided", "undecided") for n in range(2, 99))])[1]
