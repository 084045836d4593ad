"""Carry-over with a known half-life: are half-life and safe gap recovered from spaced searches?

Not the mock's recommender: a page of 20 results on which each is about the topic of the puppet's
search before with a chance that decays by the half-life, on top of a share that every page has.
What is estimated is read off the pages alone, as an analyst would: the share of that topic, less
its mean among controls who had not searched. The chance of the draw is all the noise there is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collector.analysis.carryover import CarryOver, carry_over
from collector.analysis.exchanges import Floats

GAPS_S = tuple(60.0 * minutes for minutes in (0.5, 1, 2, 3, 4, 6, 8, 10, 12, 15))
ITEMS = 20
SHARE = 0.5
"""Excess of the earlier topic right after its search."""


@dataclass(frozen=True)
class Recovered:
    """Of many audits of one half-life."""

    half_life_s: float
    safe_gap_s: float
    estimated_s: float
    """Median over the audits."""
    within: float
    """Share of the audits within 10 % of the half-life."""
    safe_within: float
    """Share of the audits whose safe gap is within a minute."""
    failed: float


def spaced(
    half_life_s: float, puppets: int, generator: np.random.Generator
) -> tuple[Floats, Floats]:
    """Gaps and excesses of an audit: so many puppets at every gap, as many controls."""
    gaps = np.repeat(GAPS_S, puppets)
    share = SHARE * np.exp2(-gaps / half_life_s)
    base = 0.1
    own = generator.binomial(ITEMS, base + share * (1 - base)) / ITEMS
    control = generator.binomial(ITEMS, base, len(gaps)) / ITEMS
    return gaps, (own - control.mean()) / (1 - base)


def recovered(half_life_s: float, *, puppets: int, runs: int, floor: float, seed: int) -> Recovered:
    """How often half-life (±10 %) and safe gap (±1 min) are recovered."""
    generator = np.random.default_rng([seed, round(half_life_s), puppets])
    found: list[CarryOver] = []
    for _ in range(runs):
        told = carry_over(*spaced(half_life_s, puppets, generator), floor=floor)
        if told is not None:
            found.append(told)
    truth = half_life_s * float(np.log2(SHARE / floor))
    halves = np.array([each.half_life_s for each in found])
    safes = np.array([each.safe_gap_s for each in found])
    return Recovered(
        half_life_s,
        truth,
        float(np.median(halves)),
        float((np.abs(halves / half_life_s - 1) <= 0.1).sum() / runs),
        float((np.abs(safes - truth) <= 60).sum() / runs),
        1 - len(found) / runs,
    )
