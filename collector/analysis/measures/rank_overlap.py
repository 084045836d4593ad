"""Are lists of different arms less alike than lists of twins?"""

from __future__ import annotations

from collector.analysis.measures.base import Measure, Unit
from collector.analysis.metrics import rbo
from collector.analysis.rundata import Page


def likeness(left: Page, right: Page) -> float:
    """Rank-biased overlap, extrapolated, 0–1. Lists may differ in length: see ``list-length``."""
    return rbo(left.ids, right.ids)


MEASURE = Measure(
    name="rank-overlap",
    title="rank overlap (RBO)",
    about=(
        "Rank-biased overlap (p = 0.9) of lists: between arms, below that between twins. Blind to"
        " what is cut off the end: lengths stand beside it."
    ),
    unit=Unit.SIMILARITY,
    likeness=likeness,
)
