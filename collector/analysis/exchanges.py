"""In which ways could the arms have been dealt out? The reference set of a randomisation test.

Labels are exchanged within a stratum only. A stratum of N puppets of which n are treated could have
been dealt in C(N, n) ways, a design in their product. Up to ``MOST_EXACT`` ways all are listed;
beyond, as many are used: the one that happened and a seeded sample of the others, so that
p = (1 + hits) / (1 + draws) and never 0 (Fisher 1935; Phipson and Smyth 2010).

Everything is one matrix product: with z the labels (1 treated, 0 control) and c the values minus
their stratum's mean, the weighted difference of the arms is ``z @ c / weight``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_EXACT = 20_000
"""Up to so many exchanges all are counted; beyond, so many are used."""

Size = tuple[int, int]
"""Treated and control puppets of a stratum."""


@dataclass(frozen=True, slots=True, eq=False)
class Exchanges:
    """The exchanges of a design whose puppets are ordered by stratum."""

    labels: Floats
    """Shape (exchanges, puppets), 1 for treated; without the observed one if it is a sample."""
    total: int
    """How many exchanges the design allows."""
    exact: bool
    """All of them are listed."""

    @property
    def count(self) -> int:
        """Exchanges that a p-value is a share of, the observed one included."""
        return len(self.labels) + (not self.exact)

    def with_observed(self, observed: Floats) -> Floats:
        """All labels that are counted, shape (count, puppets)."""
        return self.labels if self.exact else np.vstack([observed, self.labels])


def total(sizes: Sequence[Size]) -> int:
    """In how many ways the labels can be exchanged: the product of C(n_t + n_c, n_t)."""
    return math.prod(math.comb(treated + control, treated) for treated, control in sizes)


@lru_cache(maxsize=16)
def exchanges(sizes: tuple[Size, ...], seed: int, most: int = MOST_EXACT) -> Exchanges:
    """All exchanges of strata of these sizes, or ``most`` − 1 drawn with this seed.

    The same arguments give the same matrix, whatever the values and whichever arm was observed.
    """
    ways = total(sizes)
    exact = ways <= most
    labels = _all(sizes) if exact else _drawn(sizes, most - 1, np.random.default_rng(seed))
    labels.setflags(write=False)
    return Exchanges(labels, ways, exact)


def _all(sizes: Sequence[Size]) -> Floats:
    table = np.zeros((1, 0))
    for treated, control in sizes:
        size = treated + control
        choices = np.zeros((math.comb(size, treated), size))
        for row, chosen in enumerate(itertools.combinations(range(size), treated)):
            choices[row, chosen] = 1
        table = np.hstack(
            [np.repeat(table, len(choices), axis=0), np.tile(choices, (len(table), 1))]
        )
    return table


def _drawn(sizes: Sequence[Size], draws: int, generator: np.random.Generator) -> Floats:
    return np.hstack(
        [
            (generator.random((draws, t + c)).argsort(axis=1) < t).astype(np.float64)
            for t, c in sizes
        ]
    )
