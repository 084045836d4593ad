"""Did a puppet meet the label at all?"""

from __future__ import annotations

from collector.analysis.measures.base import Labels, Measure, Sight, Unit


def value(sight: Sight) -> float | None:
    """1 if an item with the label is on any of the pages, else 0; ``None`` without an item."""
    topics = [topic for page in sight.pages for topic in page.topics]
    return float(sight.label in topics) if topics else None


MEASURE = Measure(
    name="incidence",
    title="incidence",
    about="Share of puppets (0–1) that met at least one item with the label.",
    unit=Unit.SHARE,
    value=value,
    labels=Labels.DECLARED,
    binary=True,
)
