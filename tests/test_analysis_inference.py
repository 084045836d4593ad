"""Permutation within blocks: exact where it can be, calibrated under the null, with power."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from collector.analysis.inference import (
    MOST_EXACT,
    Unit,
    arrangements,
    bootstrap_difference,
    comparable,
    difference,
    excess_distance,
    holm,
    permutation_test,
    two_sided,
)

ARMS = ("control", "treated")


def design(twins: int) -> list[Unit]:
    return [Unit(f"{arm}-{b}", arm, b) for b in range(1, twins + 1) for arm in ARMS]


@pytest.mark.parametrize("twins", [1, 2, 3, 5])
def test_the_largest_difference_has_the_smallest_p(twins: int) -> None:
    units = design(twins)
    values = [float(unit.arm == "treated") + unit.block / 100 for unit in units]
    result = permutation_test(units, ARMS, difference(values), seed=1)
    assert result.observed == pytest.approx(1)
    assert (result.arrangements, result.exact) == (2**twins, True)
    assert result.p == result.smallest_p == pytest.approx(1 / 2**twins)


def test_the_p_value_by_hand() -> None:
    """Three blocks with the differences 3, 1 and -2; exchanging a block turns its sign."""
    units = design(3)
    values = [0.0, 3.0, 0.0, 1.0, 0.0, -2.0]
    sums = [3 * a + b - 2 * c for a, b, c in itertools.product((1, -1), repeat=3)]
    result = permutation_test(units, ARMS, difference(values), seed=1)
    assert result.p == sum(s >= 2 for s in sums) / 8
    assert result.smallest_p == 1 / 8


def test_a_fall_is_found_as_well_as_a_rise() -> None:
    units = design(6)
    values = [-float(unit.arm == "treated") for unit in units]
    either = permutation_test(units, ARMS, two_sided(difference(values)), seed=1)
    assert either.p == either.smallest_p == pytest.approx(2 / 2**6)
    assert permutation_test(units, ARMS, difference(values), seed=1).p == 1


def test_no_difference_at_all_is_no_finding() -> None:
    result = permutation_test(design(4), ARMS, difference([0.3] * 8), seed=1)
    assert (result.observed, result.p) == (0, 1)


def test_labels_are_exchanged_within_blocks_only() -> None:
    """Blocks far apart in level, arms exactly alike: nothing may look significant."""
    units = design(4)
    values = [unit.block * 100.0 for unit in units]
    assert permutation_test(units, ARMS, difference(values), seed=1).p == 1


def test_a_block_that_lost_a_puppet_keeps_its_label() -> None:
    units = [unit for unit in design(3) if unit.puppet != "treated-2"]
    assert arrangements(units) == 4


def test_many_arrangements_are_sampled_and_repeatable() -> None:
    units = design(20)
    generator = np.random.default_rng(0)
    values = [generator.normal() + 1.2 * (unit.arm == "treated") for unit in units]
    one = permutation_test(units, ARMS, difference(values), seed=5)
    assert (one.exact, one.arrangements) == (False, 2**20)
    assert one == permutation_test(units, ARMS, difference(values), seed=5)
    assert one.smallest_p == 1 / MOST_EXACT
    assert one.smallest_p <= one.p < 0.01


def test_three_arms_in_a_block_are_all_arranged() -> None:
    units = [Unit(f"{arm}{b}", arm, b) for b in (1, 2) for arm in "abc"]
    assert arrangements(units) == 36
    crowded = [Unit(f"p{i}", "ab"[i % 2], 1) for i in range(14)]
    assert arrangements(crowded) == math.comb(14, 7)
    result = permutation_test(crowded, "ab", difference(list(range(14))), seed=1)
    assert result.exact


def between(values: list[float]) -> np.ndarray:
    array = np.array(values)
    return np.abs(array[:, None] - array[None, :])


def test_distance_between_arms_is_held_against_twins() -> None:
    units = design(3)
    values = [10.0 * (unit.arm == "treated") + 0.1 * unit.block for unit in units]
    result = permutation_test(units, ARMS, excess_distance(between(values), units), seed=1)
    assert result.observed == pytest.approx(10 - 0.2 + 0.2 - 2 / 15, abs=0.15)
    # exchanging all labels at once changes nothing: two of eight arrangements are the observed one
    assert result.p == result.smallest_p == 2 / 8


def test_time_apart_is_no_effect() -> None:
    """Pages drift from block to block, arms are alike: there is no excess."""
    units = design(4)
    values = [float(unit.block) for unit in units]
    statistic = excess_distance(between(values), units)
    assert permutation_test(units, ARMS, statistic, seed=1).observed == pytest.approx(0)


def test_without_twins_there_is_nothing_to_compare_with() -> None:
    units = design(1)
    assert not comparable(between([0.0, 1.0]), units)
    assert comparable(between([0.0, 1.0, 0.0, 1.0]), design(2))
    one_arm = [unit for unit in design(2) if unit.arm == "control"]
    assert not comparable(between([0.0, 1.0]), one_arm)
    assert not comparable(np.full((4, 4), np.nan), design(2))


def simulated(effect: float, twins: int, generator: np.random.Generator) -> float:
    """p of one made-up audit: a level per block, noise per puppet."""
    units = design(twins)
    levels = generator.normal(size=twins) * 3
    values = [
        levels[unit.block - 1] + generator.normal() + effect * (unit.arm == "treated")
        for unit in units
    ]
    return permutation_test(units, ARMS, difference(values), seed=1).p


def test_false_alarms_stay_at_the_nominal_rate() -> None:
    generator = np.random.default_rng(2026)
    p_values = np.array([simulated(0.0, 6, generator) for _ in range(500)])
    for level in (0.05, 0.10, 0.25):
        # three standard errors above nominal
        assert np.mean(p_values <= level) <= level + 3 * math.sqrt(level * (1 - level) / 500)
    assert 0.4 < p_values.mean() < 0.6


def test_an_injected_effect_is_found() -> None:
    generator = np.random.default_rng(2026)
    found = [simulated(2.5, 6, generator) <= 0.05 for _ in range(100)]
    assert np.mean(found) > 0.85


def test_two_twins_cannot_be_significant() -> None:
    generator = np.random.default_rng(1)
    assert min(simulated(50.0, 2, generator) for _ in range(20)) == 0.25


def test_false_alarms_of_the_rank_overlap() -> None:
    generator = np.random.default_rng(7)
    units = design(5)
    p_values = []
    for _ in range(200):
        points = generator.normal(size=(10, 3)) + np.repeat(
            generator.normal(size=(5, 3)), 2, axis=0
        )
        distances = np.linalg.norm(points[:, None] - points[None, :], axis=2)
        p_values.append(permutation_test(units, ARMS, excess_distance(distances, units), seed=1).p)
    assert np.mean(np.array(p_values) <= 0.125) <= 0.125 + 3 * math.sqrt(0.125 * 0.875 / 200)


def test_holm_by_hand() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx(
        {"a": 0.03, "b": 0.06, "c": 0.06}
    )
    assert holm({"a": 0.5, "b": 0.9}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


def test_bootstrap_draws_whole_puppets() -> None:
    generator = np.random.default_rng(3)
    covered = 0
    for number in range(120):
        treated, control = generator.normal(1, 1, 12), generator.normal(0, 1, 12)
        interval = bootstrap_difference(treated.tolist(), control.tolist(), seed=number, draws=800)
        assert interval is not None
        covered += interval.low <= 1 <= interval.high
    assert 0.85 < covered / 120 <= 1
    assert bootstrap_difference([1, 2], [1, 2, 3], seed=1) is None
    same = [bootstrap_difference([1, 2, 4], [0, 0, 1], seed=9) for _ in range(2)]
    assert same[0] == same[1]
