"""What is counted beside verdicts: test groups seen, carry-over recovered, mechanisms named.

Each is the report's own function, asked of audits in which the answer is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.calibration import grouping, naming
from collector.calibration.mocks import NotCalibrated
from collector.calibration.probe import Probe
from collector.calibration.spacing import Recovered, Spaced, recovered

_NAMED = (40, 200)
"""Effects of each mechanism whose name is asked for, at least and at most."""
_SPACED = 60
_HALF_LIVES = (60.0, 180.0, 300.0)
_PUPPETS = (20, 60)
"""At each gap between two searches, and number of them."""


def extras(probe: Probe, *, n: int, seed: int, processes: int | None = None) -> dict[str, Any]:
    """The sections of the table.

    :param n: experiments of a null; test groups get a fiftieth, and 100 at least, and of each
        mechanism as many effects are named, 40 to 200.
    """
    least, most = _NAMED
    of_videos = probe.groups > 1  # a feed has neither test groups nor searches
    return {
        "carry_over": [
            _plain(recovered(half_life, Spaced(puppets=puppets), runs=_SPACED, seed=seed))
            for puppets in _PUPPETS
            for half_life in _HALF_LIVES
        ]
        if of_videos
        else [],
        "mechanism": naming.table(
            probe, wanted=min(most, max(least, n // 50)), seed=seed, processes=processes
        ),
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
