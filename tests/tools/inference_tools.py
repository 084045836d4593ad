"""Samples of puppets, and the tests of them done again by enumeration."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from collector.analysis.inference import (
    Sample,
)

Size = tuple[int, int]
EVERYTHING = (-math.inf, math.inf)

# --- the test of the specification, written a second time: by loops, from its definition


def weighted(values: list[float], treated: list[bool], strata: list[int]) -> float:
    """Σ w (mean treated − mean control) / Σ w over the strata that hold both arms."""
    top, bottom = [], []
    for stratum in sorted(set(strata)):
        t = [v for v, z, s in zip(values, treated, strata, strict=True) if s == stratum and z]
        c = [v for v, z, s in zip(values, treated, strata, strict=True) if s == stratum and not z]
        if t and c:
            weight = 1 / (1 / len(t) + 1 / len(c))
            top.append(weight * (math.fsum(t) / len(t) - math.fsum(c) / len(c)))
            bottom.append(weight)
    return math.fsum(top) / math.fsum(bottom)


def dealings(treated: list[bool], strata: list[int]) -> Iterator[list[bool]]:
    """Every way to deal the labels out again within the strata."""
    places = [[i for i, s in enumerate(strata) if s == stratum] for stratum in sorted(set(strata))]
    chosen = [itertools.combinations(p, sum(treated[i] for i in p)) for p in places]
    for picks in itertools.product(*chosen):
        picked = set(itertools.chain.from_iterable(picks))
        yield [i in picked for i in range(len(strata))]


def brute_p(sample: Sample, shift: float = 0.0) -> float:
    """p of the test that the treated puppets are shifted by this much."""
    treated, strata = sample.treated.tolist(), sample.strata.tolist()
    values = [v - shift * z for v, z in zip(sample.values.tolist(), treated, strict=True)]
    observed = abs(weighted(values, treated, strata))
    found = [abs(weighted(values, each, strata)) for each in dealings(treated, strata)]
    return sum(each >= observed - 1e-9 for each in found) / len(found)


def brute_attainable(sample: Sample) -> float:
    """The smallest p over every dealing of the same values."""
    treated, strata = sample.treated.tolist(), sample.strata.tolist()
    found = [
        abs(weighted(sample.values.tolist(), each, strata)) for each in dealings(treated, strata)
    ]
    return sum(each >= max(found) - 1e-9 for each in found) / len(found)


def sample_of(sizes: list[Size], values: NDArray[np.float64]) -> Sample:
    treated = [z for t, c in sizes for z in [True] * t + [False] * c]
    strata = [s for s, (t, c) in enumerate(sizes) for _ in range(t + c)]
    return Sample(np.asarray(values, float), np.array(treated), np.array(strata))


def drawn(generator: np.random.Generator, *, most: int = 1_500) -> Sample:
    """A design of up to four blocks of unequal sizes with values of a random kind, many tied."""
    while True:
        sizes = [
            (int(generator.integers(1, 4)), int(generator.integers(1, 4)))
            for _ in range(generator.integers(1, 6))
        ]
        if math.prod(math.comb(t + c, t) for t, c in sizes) <= most:
            break
    n = sum(t + c for t, c in sizes)
    kind = generator.integers(4)
    if kind == 0:
        values = generator.normal(size=n)
    elif kind == 1:
        values = generator.integers(0, 3, size=n) / 10
    elif kind == 2:  # mostly zero
        values = np.where(generator.random(n) < 0.6, 0.0, generator.random(n))
    else:
        values = np.round(generator.random(n), 1) + 0.3
    made = sample_of(sizes, values)
    return Sample(
        made.values + generator.choice([0, 0.2, 2.0]) * made.treated, made.treated, made.strata
    )
