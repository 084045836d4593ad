"""A small design for the tests of calibration, and what the fast path says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
import pytest
from known_worlds import base

from collector.calibration.audits import (
    Audits,
    Platform,
    audits,
    design_of,
    generator_of,
    platform,
)
from collector.calibration.deciding import Decisions, decide
from collector.calibration.probe import Probe, probe
from collector.calibration.rates import true_differences
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


_kept: dict[tuple[Any, ...], Any] = {}


def _once(make: Callable[..., Any], *key: Any) -> Any:
    """What a truth and a design decide, which no fault of the statistics changes."""
    if key not in _kept:
        _kept[key] = make()
    return _kept[key]


def ground(found: Probe, truth: Truth) -> Platform:
    """The probe under a truth: where that has a size, its factor is looked for."""

    def make() -> Platform:
        with few_puppets():
            return platform(found, truth)

    told: Platform = _once(make, found, repr(truth))
    return told


def true_of(found: Probe, truth: Truth) -> list[float | None]:
    """``true_differences`` of the truth."""

    def make() -> list[float | None]:
        with few_puppets():
            return true_differences(ground(found, truth), 1)

    told: list[float | None] = _once(make, found, repr(truth), "true")
    return told


@contextmanager
def few_puppets() -> Iterator[None]:
    """Sizes of effects are set and measured by a tenth of the puppets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("collector.calibration.audits._SOLVED", 500)
        patch.setattr("collector.calibration.rates._TRUE", 200)
        yield


def batch(
    truth: Truth,
    count: int,
    *,
    twins: int | None = None,
    seed: int = 1,
    on: Probe | None = None,
    fresh: bool = False,
) -> tuple[Probe, Audits, Decisions]:
    """So many audits of the small design under a truth, and their decisions.

    :param fresh: simulate audits again that were simulated before.
    """
    found = on or small()

    def simulated() -> Audits:
        chance = generator_of(seed, truth.name, twins or 6, 0)
        return audits(ground(found, truth), design_of(found, twins), count, chance)

    told = simulated() if fresh else _once(simulated, found, repr(truth), count, twins, seed)
    return found, told, decide(found, told, seed=int(found.data.run["seed"]))


def share(mask: np.ndarray) -> float:
    return float(np.mean(mask))
