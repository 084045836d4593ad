"""How mixed a list is."""

from __future__ import annotations

from collections import Counter

from collector.analysis.load import Page
from collector.analysis.measures.base import Labels, Measure, Sight, Unit


def _mixed(page: Page) -> float | None:
    """Gini–Simpson index (Simpson 1949), unbiased: two different items, drawn at random."""
    counts = Counter(topic for topic in page.topics if topic is not None)
    total = counts.total()
    if total < 2:
        return None
    alike = sum(n * (n - 1) for n in counts.values()) / (total * (total - 1))
    return 1 - alike


def value(sight: Sight) -> float | None:
    """Chance, 0–1, that two labelled items of a page bear different labels, mean over pages."""
    return sight.mean(_mixed)


MEASURE = Measure(
    name="diversity",
    title="diversity",
    about="Chance (0–1) that two labelled items of a list bear different labels (Gini–Simpson).",
    unit=Unit.SHARE,
    value=value,
    labels=Labels.ANY,
)
