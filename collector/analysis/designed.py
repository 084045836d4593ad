"""What the declared design can show: one number for linter, plan, check and report."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from collector.analysis.declared import Declaration
from collector.analysis.design import Attainable, Blocks, attainable, least_p, usual_block


def block_of(scenario: Mapping[str, Any], puppets: Sequence[tuple[str, int]]) -> int:
    """Twins of an arm that a block would hold if there were more of them.

    A block that holds every twin says nothing of how many it could hold; then as many as are usual
    for so many arms. So two twins and three of one scenario get the same advice.

    :param scenario: the snapshot of a plan or a run.
    :param puppets: (arm, block) of every puppet of the plan.
    """
    counts: dict[tuple[str, int], int] = {}
    arms: dict[str, int] = {}
    for arm, block in puppets:
        counts[arm, block] = counts.get((arm, block), 0) + 1
        arms[arm] = arms.get(arm, 0) + 1
    full = int(scenario.get("block") or max(counts.values(), default=1))
    twins = max(arms.values(), default=1)
    return full if full < twins else max(full, usual_block(len(arms)))


def design_of(
    declaration: Declaration, puppets: Sequence[tuple[str, int]], block: int
) -> Attainable | None:
    """The least p that any declared outcome can reach, after correction for all that share it.

    An outcome whose contrast cannot reach alpha whatever the values takes no share (Tarone 1990).
    A likeness compares pairs of two blocks only: in one block it cannot reach anything.

    :param puppets: (arm, block) of every puppet of the plan.
    :param block: twins of an arm in a full block, for the advice (``block_of``).
    :returns: ``None`` where nothing is declared to be compared.
    """
    questions = declaration.questions
    if not questions:
        return None
    alpha = declaration.alpha
    found = [Blocks(question.contrast.sizes(puppets)) for question in questions]
    one_block = len({number for _, number in puppets}) < 2
    never = [one_block and question.measure.likeness is not None for question in questions]
    least = [1.0 if no else least_p(blocks) for no, blocks in zip(never, found, strict=True)]
    sharing = sum(p <= alpha for p in least) or len(least)
    # Of several contrasts the one with the least p: what cannot be shown there cannot be at all.
    blocks = found[least.index(min(least))]
    shown = attainable(blocks, sharing, block=block, alpha=alpha)
    if not all(never):
        return shown
    return replace(
        shown,
        least_p=1.0,
        adjusted=1.0,
        one_lost=1.0,
        shift=math.inf,
        twins=max(shown.twins, block + 1),
        twins_one_lost=max(shown.twins_one_lost, block + 2),
    )
