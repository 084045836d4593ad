"""Is a label shown more often than there is of it?"""

from __future__ import annotations

import math

from collector.analysis.measures.base import Labels, Measure, Sight, Unit
from collector.analysis.metrics import exposure_over_supply


def value(sight: Sight) -> float | None:
    """Exposure share over the label's share of the labelled items; 1: shown as there is."""
    wanted, supply = {sight.label or ""}, sight.supply.get(sight.label or "", 0.0)
    return sight.mean(
        lambda page: exposure_over_supply(page.topics, wanted, supply, sight.attention)
    )


MEASURE = Measure(
    name="exposure-over-supply",
    title="exposure over supply",
    about="Exposure share over the label's share of all labelled items; 1: shown as there is.",
    unit=Unit.RATIO,
    value=value,
    bounds=(0.0, math.inf),
    labels=Labels.DECLARED,
    attentive=True,
    by_page=True,
)
