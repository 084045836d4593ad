"""What the declared design can show: one number for linter, plan, check and report."""

from __future__ import annotations

from collections.abc import Sequence

from collector.analysis.declared import Declaration
from collector.analysis.design import Attainable, Blocks, attainable, least_p


def design_of(declaration: Declaration, puppets: Sequence[tuple[str, int]]) -> Attainable | None:
    """The least p that any declared outcome can reach, after correction for all that share it.

    An outcome whose contrast cannot reach alpha whatever the values takes no share (Tarone 1990).

    :param puppets: (arm, block) of every puppet of the plan.
    :returns: ``None`` where nothing is declared to be compared.
    """
    found = [Blocks(question.contrast.sizes(puppets)) for question in declaration.questions]
    if not found:
        return None
    alpha = declaration.alpha
    least = [least_p(blocks) for blocks in found]
    sharing = sum(p <= alpha for p in least) or len(least)
    # Of several contrasts the one with the least p: what cannot be shown there cannot be at all.
    blocks = found[least.index(min(least))]
    twins: dict[tuple[str, int], int] = {}
    for puppet in puppets:
        twins[puppet] = twins.get(puppet, 0) + 1
    return attainable(blocks, sharing, block=max(twins.values(), default=1), alpha=alpha)
