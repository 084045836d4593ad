"""What the report says of a declared outcome: one of four words, with the numbers behind it.

Protects the rule that "no effect" is never said without a bound, and that what could not be
measured is withheld, not called none. ``judging.judge`` gives the verdicts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from collector.analysis.measures import Unit


class VerdictKind(StrEnum):
    """The four things that can be said of a declared outcome."""

    EFFECT = "effect"
    NO_LARGER = "no effect larger than X"
    UNDECIDED = "undecided"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Verdict:
    """What the report says of one declared outcome. Shares are 0–1, differences arm − control."""

    surface: str
    outcome: str
    metric: str
    label: str | None
    arm: str
    control: str
    verdict: VerdictKind
    estimate: float | None
    interval: tuple[float, float] | None
    """At level 1 − alpha: 0 lies outside if and only if p ≤ alpha. ``None`` without any bound."""
    bounded: bool
    """The design allows a bound; else the interval is all that the values allow."""
    simultaneous: tuple[float, float] | None
    """At the level at which the intervals of all declared outcomes hold together."""
    level: float
    """Of ``interval``: 1 − alpha."""
    p: float | None
    p_adjusted: float | None
    """After Holm's correction over all declared outcomes."""
    smallest_effect: float | None
    """X, as declared."""
    detectable: float | None
    """Found in 80 of 100 runs of this design with this noise."""
    twins_needed: int | None
    """Twins an arm: to find X in 80 of 100 runs, or without X for any p to reach alpha."""
    puppets: tuple[int, int]
    """In use: of the control, of the arm."""
    unit: Unit
    reason: str
    """Why this verdict and no other."""
    gate: str | None = None
    """That withheld it."""
    notes: tuple[str, ...] = ()
    arm_mean: float | None = None
    control_mean: float | None = None
    twin_gap: float | None = None
    block: int = 1
    """Twins of an arm in a block that ``twins_needed`` is for."""
    dropped: int = 0
    """Puppets without a value, or alone in their block."""
    labelled: tuple[float, float] | None = None
    """``interval`` with the coders' disagreement carried into it; ``None`` without two coders."""
