"""A measured question, tested: estimate, p, interval, and what the design could have shown."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from collector.analysis.design import Blocks, detectable, twins_for
from collector.analysis.designed import full, least_of
from collector.analysis.exchanges import MOST_EXACT
from collector.analysis.factorial import interaction_sample
from collector.analysis.inference import (
    Interval,
    NothingToCompareError,
    Randomisation,
    Sample,
    distance_test,
    estimate,
    interval,
    randomisation_test,
)
from collector.analysis.outcomes import Measured


@dataclass(frozen=True)
class Tested:
    """The numbers behind one verdict, before any correction."""

    measured: Measured
    estimate: float
    """Arm minus control, in the measure's unit; of a likeness how much less alike lists of
    different arms are than lists of twins."""
    test: Randomisation
    sample: Sample | None
    """``None`` for a likeness: there is no shift of it, so no interval."""

    @property
    def blocks(self) -> Blocks:
        """Return how many puppets of either side each stratum has."""
        contrast = self.measured.contrast
        return Blocks(contrast.sizes([(p.arm, p.block) for p in self.measured.puppets]))

    def interval(self, level: float, seed: int) -> Interval | None:
        """Return the interval at ``level`` (0–1) in the measure's bounds; ``None``: a likeness."""
        if self.sample is None:
            return None
        support = self.measured.question.measure.bounds
        if self.measured.contrast.crossed is not None:  # a difference of two differences
            low, high = self.measured.question.measure.reach
            support = (2 * low, 2 * high)
        return interval(self.sample, level=level, seed=seed, support=support)

    @property
    def noise(self) -> float | None:
        """Standard deviation of a puppet's value among twins of a block: what is left when blocks
        and the arms' difference are taken out. ``None`` where too few puppets are left for it."""
        if self.sample is None:
            return None
        used = self.sample.in_use()
        rest = used.values - self.estimate * used.treated
        strata = np.unique(used.strata)
        for stratum in strata:
            here = used.strata == stratum
            rest[here] -= rest[here].mean()
        freedom = len(rest) - len(strata) - 1
        return math.sqrt(float(rest @ rest) / freedom) if freedom > 0 else None

    def detectable(self, outcomes: int, alpha: float) -> float | None:
        """The shift that this design finds in 80 of 100 runs; ``None`` if there is none."""
        noise = self.noise
        if not noise:
            return None
        found = detectable(noise, self.blocks, outcomes, alpha=alpha)
        return found if math.isfinite(found) else None

    def twins_for(self, shift: float, block: int, outcomes: int, alpha: float) -> int | None:
        """Twins an arm that find ``shift`` in 80 of 100 runs."""
        contrast, noise = self.measured.contrast, self.noise
        if not noise:
            return None

        def design(twins: int) -> Blocks:
            return Blocks(contrast.sizes(full(contrast, twins, block)))

        return twins_for(shift, noise, block, outcomes, alpha=alpha, design=design)


def sample_of(measured: Measured) -> Sample:
    """The comparison of two sides: labels are exchanged within block and other levels. Of an
    interaction, the contrasts of the blocks that hold all four cells.

    :raises NothingToCompareError: no block holds all four.
    """
    contrast = measured.contrast
    puppets = [p for p in measured.puppets if p.name in measured.values]
    if (crossed := contrast.crossed) is not None:
        return interaction_sample(
            np.array([measured.values[p.name] for p in puppets]),
            np.array([crossed[p.arm][0] for p in puppets], dtype=np.bool_),
            np.array([crossed[p.arm][1] for p in puppets], dtype=np.bool_),
            np.array([p.block for p in puppets], dtype=np.intp),
        )
    return Sample.of(
        {p.name: measured.values[p.name] for p in puppets},
        {p.name: p.arm in contrast.treated for p in puppets},
        {p.name: (p.block, contrast.strata[p.arm]) for p in puppets},
    )


def compare(measured: Measured, seed: int) -> Tested | None:
    """The test of a question; ``None`` where there is nothing to compare."""
    try:
        if measured.overlap is not None:
            return _likeness(measured, seed)
        sample = sample_of(measured)
        test = randomisation_test(sample, seed=seed)
    except NothingToCompareError:
        return None
    return Tested(measured, estimate(sample), test, sample)


def estimated(measured: Measured, seed: int) -> float | None:
    """The estimate of a question without its test: hundreds of times cheaper where there are many
    exchanges. ``None`` where there is nothing to compare."""
    if measured.overlap is not None:
        found = compare(measured, seed)
        return found.estimate if found else None
    try:
        return estimate(sample_of(measured))
    except NothingToCompareError:
        return None


def _likeness(measured: Measured, seed: int) -> Tested:
    overlap, contrast = measured.overlap, measured.contrast
    assert overlap is not None
    puppets = measured.puppets
    groups = [(p.block, contrast.strata[p.arm]) for p in puppets]
    order = list(dict.fromkeys(groups))
    test = distance_test(
        overlap.distances,
        np.array([p.arm in contrast.treated for p in puppets], dtype=np.bool_),
        np.array([order.index(group) for group in groups], dtype=np.intp),
        blocks=np.array([p.block for p in puppets], dtype=np.intp),
        seed=seed,
    )
    places = [(p.arm, p.block) for p in puppets]
    smallest = max(least_of(measured.question, places), 1 / min(MOST_EXACT, test.arrangements))
    return Tested(measured, test.observed, replace(test, smallest_p=smallest), None)
