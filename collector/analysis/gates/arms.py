"""Is there anything to compare: two puppets with data on either side, in common blocks?"""

from __future__ import annotations

from collector.analysis.gates.base import Gate, Ruling, passed
from collector.analysis.outcomes import Measured

GATE = "arms"
FEWEST = 2


def arms(measured: Measured) -> Gate:
    """Withheld: fewer than two puppets of an arm have a value, or no block holds both sides."""
    contrast = measured.contrast
    for arm in contrast.arms:
        count = sum(puppet.arm == arm for puppet in measured.puppets)
        if count < FEWEST:
            surface = measured.question.surface
            said = f"arm {arm} has no data on {surface}"
            if count:
                said = f"arm {arm} has one puppet with data on {surface}"
            planned = count + sum(puppet.arm == arm for puppet in measured.lost)
            return Gate(
                GATE,
                Ruling.WITHHELD,
                said,
                f"{planned} puppets were planned: look at the missing cells and run it again"
                if planned >= FEWEST
                else "plan two twins or more",
                float(count),
                FEWEST,
                arm,
            )
    sizes = contrast.sizes([(p.arm, p.block) for p in measured.puppets])
    if not sizes:
        return Gate(
            GATE,
            Ruling.WITHHELD,
            f"no block holds puppets of {contrast.arm} and {contrast.control} with data",
            "run the arms in common blocks, so that they see the same moments",
            0.0,
            1.0,
        )
    return _alike(measured) or passed(GATE, float(sum(map(sum, sizes))))


def _alike(measured: Measured) -> Gate | None:
    """Withheld: a likeness without a pair of twins, or of different arms, to compare."""
    overlap, contrast = measured.overlap, measured.contrast
    if overlap is None or (overlap.between is not None and overlap.within is not None):
        return None
    title = measured.question.measure.title
    if len({puppet.block for puppet in measured.puppets}) < 2:
        said = f"all puppets with data are of one block, and {title} compares pairs of two blocks"
        mend = "plan more twins than a block holds, or a smaller block"
    elif not overlap.pairs:
        said = f"no two lists have enough items in common: {title} is not computable"
        mend = "declare an outcome that needs no common items, such as jaccard"
    else:
        pair = (
            f"of {contrast.arm} and {contrast.control}" if overlap.between is None else "of twins"
        )
        said = f"no pair {pair} in two blocks can be compared: {title} is not computable"
        mend = "plan more blocks, or declare another outcome"
    return Gate(GATE, Ruling.WITHHELD, said, mend, float(len(overlap.pairs)), 1.0)
