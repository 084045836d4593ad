"""How much of a list is advertising."""

from __future__ import annotations

from collector.analysis.measures.base import Measure, Sight, Unit
from collector.analysis.rundata import Page


def _share(page: Page) -> float | None:
    return (len(page.items) - len(page.organic)) / len(page.items) if page.items else None


def value(sight: Sight) -> float | None:
    """Advertisements over all items, 0–1, mean over the pages."""
    return sight.mean(_share)


MEASURE = Measure(
    name="ad-share",
    title="ad share",
    about="Share (0–1) of a list's items that are advertising, mean over the pages.",
    unit=Unit.SHARE,
    value=value,
    by_page=True,
)
