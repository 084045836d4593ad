"""What a gate is: a check that is asked before any test and can only withhold a verdict or note.

Protects the rule that a gate never creates an effect: it sees what was delivered, captured and
labelled, and at most takes a verdict away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from collector.analysis.declared import Contrast
from collector.analysis.losses import imbalance
from collector.analysis.rundata import Puppet

ALPHA = 0.05
"""Up to this p a difference between arms withholds."""
POINTS = 0.01
"""A difference of shares below this moves no outcome by more than a point, and passes."""


class Ruling(StrEnum):
    """What a gate says of an outcome."""

    PASSED = "passed"
    NOTED = "noted"
    """Said beside the verdict."""
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Gate:
    """What a gate found."""

    gate: str
    ruling: Ruling
    reason: str = ""
    """One clause, with the arm and the number; empty where the gate passed."""
    mend: str = ""
    """What would mend it."""
    number: float | None = None
    threshold: float | None = None
    arm: str | None = None

    @property
    def is_count(self) -> bool:
        """The number and its threshold are of pairs, twins or pages, not a share or a p."""
        return self.threshold is not None and self.threshold >= 1

    @property
    def sentence(self) -> str:
        """Return the reason, and how to mend it where that can be said."""
        return f"{self.reason}; {self.mend}" if self.mend else self.reason


def passed(gate: str, number: float | None = None, threshold: float | None = None) -> Gate:
    """The gate has nothing to say against the outcome.

    :param number: what it looked at; ``threshold``: what that was held against.
    """
    return Gate(gate, Ruling.PASSED, number=number, threshold=threshold)


def difference(
    values: Mapping[Puppet, float], contrast: Contrast, *, seed: int
) -> tuple[float, float] | None:
    """(arm minus control, p) of the randomisation test on one number a puppet, of a kind that
    should not depend on the arm. ``None`` where one side has no puppet.

    Only puppets count whose block (and stratum) holds both sides: the others are in no comparison,
    and what happened at their moment says nothing of the arms.
    """
    sides: dict[tuple[int, str], set[bool]] = {}
    for puppet in values:
        if puppet.arm in contrast.strata:
            place = puppet.block, contrast.strata[puppet.arm]
            sides.setdefault(place, set()).add(puppet.arm in contrast.treated)
    used = [
        puppet
        for puppet in values
        if puppet.arm in contrast.strata
        and len(sides[puppet.block, contrast.strata[puppet.arm]]) == 2
    ]
    treated = np.array([puppet.arm in contrast.treated for puppet in used], dtype=np.bool_)
    if not used:
        return None
    found = imbalance(np.array([values[puppet] for puppet in used]), treated, seed=seed)
    return found.difference, found.p
