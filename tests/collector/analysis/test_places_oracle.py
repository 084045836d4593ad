"""Where a puppet stands between the arms, counted a second time with loops over pairs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from collector.analysis.places import places


def mean(numbers: list[float]) -> float:
    return math.fsum(numbers) / len(numbers) if numbers else math.nan


def by_hand(table: np.ndarray, treated: list[bool], blocks: list[int], me: int) -> float:
    """Block by block the mean distance to others of either arm that share a page; of the blocks
    that have both, the mean of the differences."""
    gaps = []
    for block in sorted(set(blocks)):
        near: dict[bool, list[float]] = {True: [], False: []}
        for other in range(len(treated)):
            if other != me and blocks[other] == block and not math.isnan(table[me, other]):
                near[treated[other]].append(float(table[me, other]))
        if near[True] and near[False]:
            gaps.append(mean(near[False]) - mean(near[True]))
    return mean(gaps)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("missing", [0.0, 0.4, 0.9])
def test_a_place_is_the_difference_of_mean_distances(seed: int, missing: float) -> None:
    """Unequal blocks, distances that are missing, any distance to itself."""
    generator = np.random.default_rng(seed)
    treated, blocks = generator.random(11) < 0.5, generator.integers(0, 4, 11)
    table = generator.random((11, 11))
    table[generator.random((11, 11)) < missing] = np.nan
    lower = np.tril_indices(11, -1)
    table[lower] = table.T[lower]
    expected = [by_hand(table, treated.tolist(), blocks.tolist(), me) for me in range(11)]
    assert places(table, treated, blocks).tolist() == pytest.approx(expected, nan_ok=True)
    many = np.stack([table, 2 * table])
    found = places(many, treated, blocks)
    assert found.shape == (2, 11)
    assert found.tolist() == [
        pytest.approx(expected, nan_ok=True),
        pytest.approx([2 * one for one in expected], nan_ok=True),
    ]


def test_two_lists_and_two_arms() -> None:
    """The docstring's example; in blocks of one arm, or without others, nobody has a place."""
    treated = np.array([False, False, True, True])
    table = (treated[:, None] != treated[None, :]).astype(np.float64)
    assert places(table, treated, np.zeros(4, dtype=np.intp)).tolist() == [-1, -1, 1, 1]
    assert np.isnan(places(table, treated, np.array([0, 0, 1, 1]))).all()
    assert np.isnan(places(table, treated, np.arange(4))).all()
