"""Factors that are crossed: main effects by strata, the 2×2 interaction by turning signs.

A main effect of one factor exchanges its labels among puppets that share a block and the levels of
all other factors: it is ``randomisation_test`` and ``interval`` of a sample whose strata are those
combinations (``strata_of``). An interaction is a difference of differences; no exchange of labels
leaves it alone, so the block is the unit and its contrast's sign is turned.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from collector.analysis.exchanges import Floats
from collector.analysis.inference import Randomisation, randomisation_test
from collector.analysis.samples import NothingToCompareError, Sample


def strata_of(*factors: Sequence[Hashable]) -> NDArray[np.intp]:
    """One number for each combination of the factors' levels, in order of appearance.

    :param factors: each with one level a puppet: the block, and every factor but the one tested.
    """
    combinations = list(zip(*factors, strict=True))
    numbers = {each: n for n, each in enumerate(dict.fromkeys(combinations))}
    return np.array([numbers[each] for each in combinations], dtype=np.intp)


def main_effect(
    values: Floats, level: NDArray[np.bool_], strata: NDArray[np.intp], *, seed: int
) -> Randomisation:
    """Of the factor whose ``level`` each puppet has, averaged over the strata in use."""
    return randomisation_test(Sample(values, level, strata), seed=seed)


def interaction_sample(
    values: Floats, a: NDArray[np.bool_], b: NDArray[np.bool_], blocks: NDArray[np.intp]
) -> Sample:
    """The contrasts D = (y11 − y01) − (y10 − y00) of the blocks with all four cells.

    y_ab is the mean of the block's puppets with these levels of the two factors. As a sample: each
    block is a stratum that holds its contrast as treated and 0 as control, so that an exchange
    turns the contrast's sign; its estimate is the mean contrast. Exact if errors are exchangeable
    over the four cells of a block; nothing about the main effects is assumed.

    :raises NothingToCompareError: no block has all four cells.
    """
    contrasts = []
    for block in np.unique(blocks):
        cells = [
            values[(blocks == block) & (a == first) & (b == second)]
            for first, second in ((True, True), (False, True), (True, False), (False, False))
        ]
        if all(len(cell) for cell in cells):
            y11, y01, y10, y00 = (float(cell.mean()) for cell in cells)
            contrasts.append((y11 - y01) - (y10 - y00))
    if not contrasts:
        raise NothingToCompareError("no block has puppets in all four cells")
    k = len(contrasts)
    return Sample(
        np.concatenate([contrasts, np.zeros(k)]),
        np.repeat([True, False], k),
        np.tile(np.arange(k), 2),
        against_zero=True,
    )


def interaction(
    values: Floats,
    a: NDArray[np.bool_],
    b: NDArray[np.bool_],
    blocks: NDArray[np.intp],
    *,
    seed: int,
) -> Randomisation:
    """Sign-flip test of the 2×2 interaction; ``observed`` is the mean contrast."""
    return randomisation_test(interaction_sample(values, a, b, blocks), seed=seed)
