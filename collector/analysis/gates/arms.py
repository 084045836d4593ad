"""Is there anything to compare: two puppets with data on either side, in common blocks?"""

from __future__ import annotations

from collector.analysis.gates.base import Gate, Ruling, passed
from collector.analysis.outcomes import Measured
from collector.analysis.rundata import Puppet

GATE = "arms"
FEWEST = 2


def arms(measured: Measured, session: str = "") -> Gate:
    """Withheld: fewer than two puppets of an arm have a value, or no block holds both sides.

    :param session: the one that is tested, of several that have pages.
    """
    contrast = measured.contrast
    counts = []
    for arm in contrast.arms:
        count = sum(puppet.arm == arm for puppet in measured.puppets)
        counts.append(count)
        if count < FEWEST:
            surface = measured.question.surface
            if session:
                surface += f" in {session}, the session that is tested"
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
    return _alike(measured) or passed(GATE, float(min(counts)))


def _alike(measured: Measured) -> Gate | None:
    """Withheld: a likeness without a pair of twins, or of different arms, to compare."""
    overlap, contrast = measured.overlap, measured.contrast
    if overlap is None:
        return None
    used = _in_use(measured)
    pairs = [pair for pair in overlap.pairs if {pair.left, pair.right} <= used
             and pair.left.block != pair.right.block]  # fmt: skip
    twins = sum(pair.twins for pair in pairs)
    if 0 < twins < len(pairs):
        return None
    title = measured.question.measure.title
    if len({puppet.block for puppet in used}) < 2:
        said = f"all puppets to compare are of one block, and {title} compares pairs of two blocks"
        mend = "plan more twins than a block holds, or a smaller block"
    elif not overlap.pairs:
        said = f"no two lists have enough items in common: {title} is not computable"
        mend = "declare an outcome that needs no common items, such as jaccard"
    else:
        pair = f"of {contrast.arm} and {contrast.control}" if twins == len(pairs) else "of twins"
        said = f"no pair {pair} in two blocks can be compared: {title} is not computable"
        mend = "plan more blocks, or declare another outcome"
    return Gate(GATE, Ruling.WITHHELD, said, mend, float(len(pairs)), 1.0)


def _in_use(measured: Measured) -> set[Puppet]:
    """The puppets whose block, and levels of other factors, hold both sides."""
    contrast = measured.contrast
    sides: dict[tuple[int, str], set[bool]] = {}
    for puppet in measured.puppets:
        place = puppet.block, contrast.strata[puppet.arm]
        sides.setdefault(place, set()).add(puppet.arm in contrast.treated)
    return {p for p in measured.puppets if len(sides[p.block, contrast.strata[p.arm]]) == 2}
