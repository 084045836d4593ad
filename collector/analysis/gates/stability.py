"""Did the platform change while the run was going on?"""

from __future__ import annotations

import numpy as np

from collector.analysis.gates.base import Gate, Ruling, passed
from collector.analysis.outcomes import Measured
from collector.analysis.samples import Sample
from collector.analysis.stability import FALSE_ALARMS, FEWEST
from collector.analysis.stability import stability as moved

GATE = "stability"


def stability(measured: Measured, questions: int, seed: int) -> Gate:
    """Withheld: the effect moved over the order of the blocks. Noted: only the control's level did,
    which pairs of one block bear; or there are too few pairs, or too few in another block than the
    largest, to see it.

    :param questions: declared outcomes; together they raise a false alarm in 1 of 100 runs, where
        values are normal.
    """
    contrast = measured.contrast
    puppets = [p for p in measured.puppets if p.name in measured.values]
    if contrast.crossed is not None or len({p.block for p in puppets}) < 2:
        return passed(GATE)
    sample = Sample(
        np.array([measured.values[p.name] for p in puppets]),
        np.array([p.arm in contrast.treated for p in puppets], dtype=np.bool_),
        np.array([p.block for p in puppets], dtype=np.intp),
    )
    alpha = FALSE_ALARMS / max(1, questions)
    found = moved(sample, seed=seed, alpha=alpha)
    if found.effect.moved:
        return Gate(
            GATE,
            Ruling.WITHHELD,
            f"the difference between {contrast.arm} and {contrast.control} changed from block to"
            f" block in the course of the run (p = {found.effect.p_noise:.2g}): the platform may"
            " have changed, and no average describes it",
            "look at the blocks one by one, and run it again in larger blocks",
            found.effect.p_noise,
            alpha,
        )
    if found.level.moved:
        return Gate(
            GATE,
            Ruling.NOTED,
            f"the level of {contrast.control} changed in the course of the run"
            f" (p = {found.level.p_noise:.2g}); arms are compared within blocks, which bears it",
            number=found.level.p_noise,
            threshold=alpha,
        )
    if not found.effect.testable:
        return Gate(
            GATE,
            Ruling.NOTED,
            f"{pairs_of(sample)} pairs in {len({p.block for p in puppets})} blocks cannot show"
            " whether the platform changed in the course of the run",
            number=float(pairs_of(sample)),
            threshold=float(FEWEST),
        )
    return passed(GATE, found.effect.p_noise, alpha)


def pairs_of(sample: Sample) -> int:
    """Differences within blocks, each puppet in one of them at most."""
    return sum(min(size) for size in sample.in_use().sizes)
