"""A small design for the tests of calibration, and what the fast path says of it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from known_worlds import base

from collector.calibration.audits import Audits, audits, design_of, generator_of, platform
from collector.calibration.deciding import Decisions, decide
from collector.calibration.probe import Probe, probe
from collector.calibration.truths import Truth
from collector.scenario.loader import parse_scenario


def scenario(**changes: Any) -> dict[str, Any]:
    """base7 with the overlap as an outcome and two home pages."""
    analysis = {
        "outcomes": ["exposure-share", "rank-overlap"],
        "smallest_effect": "5 points",
        **changes.pop("analysis", {}),
    }
    found = base(
        6,
        analysis=analysis,
        **{
            "seed": 1,
            "block": 3,
            "after": [{"visit": "home"}, {"visit": "home"}, {"visit": "/watch?v=dQw4w9WgXcQ"}],
            **changes,
        },
    )
    for arm in found["arms"].values():  # pages of the treatment: never to be tested
        for step in arm["steps"]:
            step["watch"]["capture"] = True
    return found


@cache
def small() -> Probe:
    return probe(parse_scenario(scenario()))


def batch(
    truth: Truth, count: int, *, twins: int | None = None, seed: int = 1, on: Probe | None = None
) -> tuple[Probe, Audits, Decisions]:
    """So many audits of the small design under a truth, and their decisions."""
    found = on or small()
    ground = platform(found, truth)
    told = audits(
        ground, design_of(found, twins), count, generator_of(seed, truth.name, twins or 6, 0)
    )
    return found, told, decide(found, told, seed=int(found.data.run["seed"]))


def share(mask: np.ndarray) -> float:
    return float(np.mean(mask))
