"""What a gate is: a check that is asked before any test and can only withhold a verdict or note.

Protects the rule that a gate never creates an effect: it sees what was delivered, captured and
labelled, and at most takes a verdict away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from collector.analysis.declared import Contrast
from collector.analysis.inference import NothingToCompareError, Sample, randomisation_test
from collector.analysis.load import Puppet

ALPHA = 0.05
"""Up to this p a difference between arms withholds."""


class Ruling(StrEnum):
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
    def sentence(self) -> str:
        return f"{self.reason}; {self.mend}" if self.mend else self.reason


def passed(gate: str, number: float | None = None, threshold: float | None = None) -> Gate:
    return Gate(gate, Ruling.PASSED, number=number, threshold=threshold)


def difference(
    values: Mapping[Puppet, float], contrast: Contrast, *, seed: int
) -> tuple[float, float] | None:
    """(arm minus control, p) of the randomisation test on one number a puppet.

    ``None`` where no block holds puppets of both sides. The two sides of an interaction are those
    that its sign is made of.
    """
    used = {p: v for p, v in values.items() if p.arm in contrast.strata}
    sample = Sample.of(
        {p.name: v for p, v in used.items()},
        {p.name: p.arm in contrast.treated for p in used},
        {p.name: (p.block, contrast.strata[p.arm]) for p in used},
    )
    try:
        found = randomisation_test(sample, seed=seed)
    except NothingToCompareError:
        return None
    return found.observed, found.p
