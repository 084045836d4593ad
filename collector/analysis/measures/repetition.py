"""How much of a list the puppet had been shown before."""

from __future__ import annotations

from collector.analysis.load import Page
from collector.analysis.measures.base import Measure, Sight, Unit


def value(sight: Sight) -> float | None:
    """Share of items, 0–1, that stood on an earlier page of the surface, mean over the pages."""

    def repeated(page: Page) -> float | None:
        known = set(sight.before(page))
        return sum(item in known for item in page.ids) / len(page.ids) if page.ids else None

    return sight.mean(repeated)


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
