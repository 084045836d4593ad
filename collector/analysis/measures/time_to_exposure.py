"""How many items it takes until the label is met."""

from __future__ import annotations

import math

from collector.analysis.measures.base import Labels, Measure, Sight, Unit


def value(sight: Sight) -> float | None:
    """Number of the first item with the label, counted through the pages after the treatment.

    A puppet that never met it counts as one more than the items that it was shown: it would have
    had to look further. ``None`` without an item.
    """
    topics = [topic for page in sight.pages for topic in page.topics]
    if not topics:
        return None
    return float(topics.index(sight.label) + 1 if sight.label in topics else len(topics) + 1)


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
