"""Do lists of different arms have fewer items in common than lists of twins?"""

from __future__ import annotations

from collector.analysis.measures.base import Measure, Unit
from collector.analysis.metrics import jaccard
from collector.analysis.rundata import Page


def likeness(left: Page, right: Page) -> float:
    """Common items over all items, 0–1; a list that was cut is not alike."""
    return jaccard(left.ids, right.ids)


MEASURE = Measure(
    name="jaccard",
    title="common items (Jaccard)",
    about="Common items over all items of two lists: between arms, below that between twins.",
    unit=Unit.SIMILARITY,
    likeness=likeness,
)
