"""Could the platform's own random test groups (A/B buckets) look like the treatment?"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from collector.analysis.gates.base import Gate, Ruling, passed
from collector.analysis.outcomes import Measured

GATE = "buckets"
FEWEST = 5
"""With so many twins buckets are told from treatment in 98 of 100 simulated cohorts."""
SPLIT = 0.95
"""Share of the spread between twins that two groups explain: more than noise leaves."""


def buckets(measured: Measured) -> Gate:
    """Noted: too few twins to tell buckets from treatment, or twins that fall into two groups."""
    if measured.question.measure.value is None:
        return passed(GATE)
    for arm in measured.contrast.arms:
        values = [measured.values[p.name] for p in measured.puppets if p.arm == arm]
        if len(values) < FEWEST:
            return Gate(
                GATE,
                Ruling.NOTED,
                f"fewer than {FEWEST} twins with data in arm {arm} cannot tell a platform’s random"
                " test groups (A/B buckets) from the treatment",
                number=float(len(values)),
                threshold=FEWEST,
                arm=arm,
            )
        share = two_groups(values)
        if share > SPLIT:
            return Gate(
                GATE,
                Ruling.NOTED,
                f"the twins of arm {arm} fall into two groups ({100 * share:.0f} % of their spread"
                " is between them): the platform may have put them into different test groups",
                number=share,
                threshold=SPLIT,
                arm=arm,
            )
    return passed(GATE)


def two_groups(values: Sequence[float]) -> float:
    """Largest share, 0–1, of the spread that a split into two groups of two or more explains."""
    ranked = sorted(values)
    middle = fmean(ranked)
    total = sum((v - middle) ** 2 for v in ranked)
    if total <= 1e-18:
        return 0.0
    shares = []
    for at in range(2, len(ranked) - 1):
        low, high = ranked[:at], ranked[at:]
        between = at * (fmean(low) - middle) ** 2 + len(high) * (fmean(high) - middle) ** 2
        shares.append(between / total)
    return max(shares, default=0.0)
