"""Are common items in another order?"""

from __future__ import annotations

from collector.analysis.measures.base import Measure, Unit
from collector.analysis.metrics import kendall_distance
from collector.analysis.rundata import Page


def likeness(left: Page, right: Page) -> float | None:
    """Share of pairs of common items in the same order, 0–1; ``None`` below two common items."""
    distance = kendall_distance(left.ids, right.ids)
    return None if distance is None else 1 - distance


MEASURE = Measure(
    name="order",
    title="order (Kendall)",
    about="Share of pairs of common items in the same order: between arms, below that of twins.",
    unit=Unit.SIMILARITY,
    likeness=likeness,
)
