"""How long a list is: what a rank overlap cannot see."""

from __future__ import annotations

import math

from collector.analysis.measures.base import Measure, Sight, Unit


def value(sight: Sight) -> float | None:
    """Items of a page without advertising, mean over the pages."""
    return sight.mean(lambda page: float(len(page.organic)))


MEASURE = Measure(
    name="list-length",
    title="list length",
    about="Items of a list, advertising left out, mean over the pages.",
    unit=Unit.ITEMS,
    value=value,
    bounds=(0.0, math.inf),
    by_page=True,
)
