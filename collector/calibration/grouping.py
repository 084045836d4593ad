"""Are a platform's test groups seen as such, with so many twins, and beside a treatment?

The detector is the report's own (``twin_excess`` of the shares of all labels: twins stay apart
from page to page). Its rates
are counted on the tested pages of a probe: with test groups, with test groups beside an effect of
the treatment, and with neither, which is its false alarms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from collector.analysis.buckets import twin_excess
from collector.analysis.gates.base import ALPHA
from collector.calibration.audits import Platform, audits, design_of, generator_of, platform
from collector.calibration.mocks import NotCalibrated
from collector.calibration.probe import Probe
from collector.calibration.rates import Rate
from collector.calibration.truths import TRUTHS, Kind, Truth

_GROUPS = TRUTHS["null-buckets"]
MIXED = Truth(
    "mixed", Kind.EFFECT, "20 points by what was watched, and test groups", points=0.20,
    scale={"bucket_effect": _GROUPS.scale["bucket_effect"]},
)  # fmt: skip
#: Without noise of the groups: the mock has some taste of them as it is.
_NONE = replace(TRUTHS["null"], scale={**TRUTHS["null"].scale, "bucket_effect": 0.0})


def seen(ground: Platform, twins: int, runs: int, seed: int) -> Rate:
    """Audits in which twins are said to stay apart.

    :raises NotCalibrated: no declared exposure is measured on two pages or more.
    """
    probe = ground.probe
    question = next(
        (q for q in probe.questions if q.label and len(probe.slots[q.surface]) > 1), None
    )
    if question is None:
        raise NotCalibrated(
            "no declared exposure is measured on two pages",
            place=f"{probe.loaded.place}: after",
            fix="open the surface several times after the treatment",
        )
    design = design_of(probe, twins)
    told = audits(ground, design, runs, generator_of(seed, ground.truth.name, twins, 0))
    keys = [key for key in told.lists if key[0] == question.surface]
    organic = np.stack([told.lists[key].organic for key in keys], axis=2)
    topics = np.stack([told.topics[key] for key in keys], axis=2)
    shares = (
        np.stack(
            [(organic & (topics == n)).sum(axis=3) for n in range(-1, len(probe.catalogue.labels))],
            axis=3,
        )
        / organic.sum(axis=3)[..., None]
    )  # as ``label_shares`` has them
    arms = [puppet.arm for puppet in design.puppets]
    found = [twin_excess(each, arms, seed=seed) for each in shares]
    return Rate(sum(each is not None and each.p <= ALPHA for each in found), runs)


def table(
    probe: Probe, *, runs: int, seed: int, twins: Sequence[int] = (2, 3, 5)
) -> Mapping[str, Any]:
    """Kind of platform → twins → how often twins are said to stay apart."""
    kinds = {"none": _NONE, "groups": _GROUPS, "groups and treatment": MIXED}
    found: dict[str, Any] = {}
    for name, truth in kinds.items():
        ground = platform(probe, truth)
        found[name] = {str(k): seen(ground, k, runs, seed).plain() for k in twins}
    return found
