"""How much of a list the puppet had been shown before."""

from __future__ import annotations

from collector.analysis.measures.base import Measure, Sight, Unit
from collector.analysis.metrics import repetition


def value(sight: Sight) -> float | None:
    """Share of items, 0–1, that stood on an earlier page of the surface, mean over the pages."""

    return sight.mean(lambda page: repetition(page.ids, set(sight.before(page))))


MEASURE = Measure(
    name="repetition",
    title="repetition",
    about=(
        "Share (0–1) of a list's items that the puppet had been shown on an earlier page of the"
        " surface."
    ),
    unit=Unit.SHARE,
    value=value,
)
