"""What is counted beside verdicts: test groups seen, carry-over recovered, mechanisms named.

Each is the report's own function, asked of audits in which the answer is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from collector.analysis.judging import judge
from collector.analysis.mechanism import Mechanism, mechanisms
from collector.calibration import grouping
from collector.calibration.audits import audits, design_of, generator_of, platform
from collector.calibration.frames import frame
from collector.calibration.mocks import NotCalibrated, OutOfReach
from collector.calibration.probe import Probe
from collector.calibration.rates import Rate
from collector.calibration.spacing import Recovered, Spaced, recovered
from collector.calibration.truths import TRUTHS

_NAMED = 40
"""Audits whose mechanism is asked for: a third of a second each."""
_SPACED = 60
_HALF_LIVES = (60.0, 180.0, 300.0)
_PUPPETS = (20, 60)
"""At each gap between two searches, and number of them."""


def extras(probe: Probe, *, n: int, seed: int) -> dict[str, Any]:
    """The sections of the table.

    :param n: experiments of a null; these get a fiftieth, and 100 at least.
    """
    of_videos = probe.groups > 1  # a feed has neither test groups nor searches
    return {
        "carry_over": [
            _plain(recovered(half_life, Spaced(puppets=puppets), runs=_SPACED, seed=seed))
            for puppets in _PUPPETS
            for half_life in _HALF_LIVES
        ]
        if of_videos
        else [],
        "mechanism": _named(probe, "effect-20", Mechanism.TOPIC, seed),
        "groups": _groups(probe, n, seed) if of_videos else None,
    }


def _groups(probe: Probe, n: int, seed: int) -> Mapping[str, Any] | None:
    """``None``: the design has no outcome that tells them."""
    try:
        return grouping.table(probe, runs=max(100, n // 50), seed=seed)
    except NotCalibrated:
        return None


def _plain(found: Recovered) -> dict[str, Any]:
    return {
        "half_life_s": found.half_life_s,
        "puppets": found.puppets,
        "safe_gap_s": round(found.safe_gap_s, 1),
        "estimated_s": round(found.estimated_s, 1),
        "within": found.within.plain(),
        "safe_within": found.safe_within.plain(),
    }


def _named(probe: Probe, truth: str, right: Mechanism, seed: int) -> dict[str, Any] | None:
    """How often an effect of what was watched is told to be one of topic, on the surfaces where it
    is found; ``None``: the treatment cannot have such an effect. The other mechanisms need lists
    that the mock does not make: see the tests."""
    try:
        ground = platform(probe, TRUTHS[truth])
    except OutOfReach:
        return None
    design = design_of(probe)
    twins = max(puppet.twin for puppet in design.puppets)
    told = audits(ground, design, _NAMED, generator_of(seed, f"named {truth}", twins, 0))
    names: Counter[str] = Counter()
    for audit in range(_NAMED):
        data = frame(probe, told, audit)
        found = mechanisms(data, judge(data))
        names.update(str(each.mechanism) for each in found[:1])
    return {
        "truth": truth,
        "right": right.value,
        "named": dict(sorted(names.items())),
        **Rate(names[right.value], sum(names.values())).plain(),
    }
