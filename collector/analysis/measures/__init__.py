"""The outcomes that a scenario can declare: one file each, one line here.

Another package adds its own under the entry point group ``twinwatch.outcomes``, each a ``Measure``.
Tables, help, report and docs walk ``measures()``; nothing else lists outcomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

from collector.analysis.measures import (
    ad_share,
    diversity,
    exposure_over_supply,
    exposure_share,
    incidence,
    jaccard,
    list_length,
    mean_score,
    order,
    rank_overlap,
    repetition,
    time_to_exposure,
)
from collector.analysis.measures.base import Labels, Measure, Sight, Unit

__all__ = ["GROUP", "Labels", "Measure", "Sight", "Unit", "measures"]

GROUP = "twinwatch.outcomes"

_OWN = (
    exposure_share.MEASURE,
    incidence.MEASURE,
    rank_overlap.MEASURE,
    jaccard.MEASURE,
    order.MEASURE,
    list_length.MEASURE,
    ad_share.MEASURE,
    repetition.MEASURE,
    diversity.MEASURE,
    exposure_over_supply.MEASURE,
    time_to_exposure.MEASURE,
    mean_score.MEASURE,
)


@cache
def measures() -> Mapping[str, Measure]:
    """Name → measure: those of this package, then those that others add.

    :raises ValueError: two have one name.
    """
    found: dict[str, Measure] = {}
    for measure in (*_OWN, *(point.load() for point in entry_points(group=GROUP))):
        if found.setdefault(measure.name, measure) is not measure:
            raise ValueError(f"two outcomes are called {measure.name!r}")
    return found
