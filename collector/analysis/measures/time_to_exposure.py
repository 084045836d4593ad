"""How many items it takes until the label is met."""

from __future__ import annotations

import math

from collector.analysis.measures.base import Labels, Measure, Sight, Unit
from collector.analysis.metrics import time_to_first


def value(sight: Sight) -> float | None:
    """Number of the first item with the label, counted through the pages after the treatment.

    A puppet that never met it counts as one more than the items that it was shown: it would have
    had to look further. ``None`` without an item.
    """
    met = [topic == sight.label for page in sight.pages for topic in page.topics]
    numbers = [float(number) for number in range(1, len(met) + 1)]
    return time_to_first(numbers, met, len(met) + 1.0) if met else None


MEASURE = Measure(
    name="time-to-exposure",
    title="time to first exposure",
    about=(
        "Items a puppet is shown after the treatment up to the first one with the label; one more"
        " than all of them if it never meets it."
    ),
    unit=Unit.ITEMS,
    value=value,
    bounds=(0.0, math.inf),
    labels=Labels.DECLARED,
)
