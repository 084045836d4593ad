"""What the declared design can show: one number for linter, plan, check and report."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from collector.analysis.declared import Contrast, Declaration, Question
from collector.analysis.design import (
    MOST_TWINS,
    Attainable,
    Blocks,
    attainable,
    least_p,
    usual_block,
)


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

    :param puppets: (arm, block) of every puppet of the plan.
    :param block: twins of an arm in a full block, for the advice (``block_of``).
    :returns: ``None`` where nothing is declared to be compared.
    """
    questions = declaration.questions
    if not questions:
        return None
    alpha = declaration.alpha
    least = [least_of(question, puppets) for question in questions]
    sharing = sum(p <= alpha for p in least) or len(least)
    # Of several contrasts the one with the least p: what cannot be shown there cannot be at all.
    best = questions[least.index(min(least))]
    shown = attainable(Blocks(best.contrast.sizes(puppets)), sharing, block=block, alpha=alpha)
    enough = twins_that_do(best, sharing, block, alpha=alpha)
    more = twins_that_do(best, sharing, block, alpha=alpha, one_lost=True)
    return replace(
        shown,
        least_p=min(least),
        adjusted=min(1.0, sharing * min(least)),
        one_lost=min(1.0, sharing * least_with_one_lost(best, puppets)),
        shift=shown.shift if sharing * min(least) <= alpha + 1e-12 else math.inf,
        twins=enough or MOST_TWINS,
        twins_one_lost=more or MOST_TWINS,
        factorial=len(set(best.contrast.strata.values())) > 1,
    )


def least_of(question: Question, puppets: Sequence[tuple[str, int]]) -> float:
    """The least p, 0–1, that one declared outcome can reach, whatever the values.

    A likeness compares pairs of two blocks, within the levels of all other factors. So a group of
    one block has none, and turning every label of a group changes no pair: each has a mirror of its
    own.

    :param puppets: (arm, block) of every puppet.
    """
    if question.measure.likeness is None:
        return least_p(Blocks(question.contrast.sizes(puppets)))
    groups = [Blocks(sizes) for sizes in question.contrast.groups(puppets) if len(sizes) > 1]
    return math.prod(least_p(group) for group in groups)


def least_with_one_lost(question: Question, puppets: Sequence[tuple[str, int]]) -> float:
    """The same if one puppet is lost where it costs most."""
    held: dict[int, list[str]] = {}
    for arm, block in puppets:
        held.setdefault(block, []).append(arm)
    # Of blocks that hold the same arms one stands for all.
    alike = {tuple(sorted(arms)): block for block, arms in held.items()}
    found = [least_of(question, puppets)]
    for arms, block in alike.items():
        for arm in set(arms):
            at = puppets.index((arm, block))
            found.append(least_of(question, [*puppets[:at], *puppets[at + 1 :]]))
    return max(found)


def twins_that_do(
    question: Question, outcomes: int, block: int, *, alpha: float, one_lost: bool = False
) -> int | None:
    """Twins an arm, in blocks of ``block``, from which one declared outcome could be significant
    after correction for ``outcomes``; ``None`` where none do that a search finds."""
    least = least_with_one_lost if one_lost else least_of
    for twins in range(1, MOST_TWINS + block + 1):
        if outcomes * least(question, full(question.contrast, twins, block)) <= alpha + 1e-12:
            return twins
    return None


def full(contrast: Contrast, twins: int, block: int) -> list[tuple[str, int]]:
    """(arm, block) of every puppet of a contrast whose arms have so many twins each."""
    return [(arm, twin // block) for arm in contrast.arms for twin in range(twins)]
