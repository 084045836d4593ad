"""Did the platform change while the run was going on?"""

from __future__ import annotations

import numpy as np

from collector.analysis import words
from collector.analysis.gates.base import Gate, Ruling, passed
from collector.analysis.outcomes import Measured
from collector.analysis.places import places
from collector.analysis.samples import Sample
from collector.analysis.stability import FEWEST, level_of
from collector.analysis.stability import stability as moved

GATE = "stability"


def stability(measured: Measured, questions: int, seed: int) -> Gate:
    """Withheld: the effect moved over the order of the blocks, of a likeness what sets the places
    of the arms apart (``places``). Noted: only the control's level did,
    which pairs of one block bear; or there are too few pairs, or too few in another block than the
    largest, to see it.

    :param questions: declared outcomes; together they raise a false alarm in 1 of 100 runs, where
        values are normal.
    """
    contrast = measured.contrast
    sample = _sample(measured)
    if contrast.crossed is not None or len(np.unique(sample.strata)) < 2:
        return passed(GATE)
    alpha = level_of(questions, likeness=measured.overlap is not None)
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
    if found.level.moved and measured.overlap is None:
        return Gate(
            GATE,
            Ruling.NOTED,
            f"the level of {contrast.control} changed in the course of the run"
            f" (p = {found.level.p_noise:.2g}); arms are compared within blocks, which bears it",
            number=found.level.p_noise,
            threshold=alpha,
        )
    if not found.effect.testable:
        pairs = words.number(pairs_of(sample), "pair")
        blocks = words.number(len(np.unique(sample.in_use().strata)), "block")
        return Gate(
            GATE,
            Ruling.NOTED,
            f"{pairs} in {blocks} cannot show whether the platform changed in the course of the"
            " run",
            number=float(pairs_of(sample)),
            threshold=float(FEWEST),
        )
    return passed(GATE, found.effect.p_noise, alpha)


def _sample(measured: Measured) -> Sample:
    """The values, or of a likeness each puppet's place between the arms."""
    contrast, puppets = measured.contrast, list(measured.puppets)
    if measured.overlap is None:
        puppets = [p for p in puppets if p.name in measured.values]
    treated = np.array([p.arm in contrast.treated for p in puppets], dtype=np.bool_)
    blocks = np.array([p.block for p in puppets], dtype=np.intp)
    if measured.overlap is None:
        return Sample(np.array([measured.values[p.name] for p in puppets]), treated, blocks)
    found = places(measured.overlap.distances, treated, blocks)
    have = ~np.isnan(found)
    return Sample(found[have], treated[have], blocks[have])


def pairs_of(sample: Sample) -> int:
    """Differences within blocks, each puppet in one of them at most."""
    return sum(min(size) for size in sample.in_use().sizes)
