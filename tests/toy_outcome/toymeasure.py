"""An outcome as a package of somebody else brings it: how many titles of a list are shouted."""

from __future__ import annotations

from collector.analysis.measures import Measure, Sight, Unit
from collector.analysis.rundata import Page


def _share(page: Page) -> float | None:
    titles = [item.title for item in page.organic]
    return sum(title.isupper() for title in titles) / len(titles) if titles else None


def value(sight: Sight) -> float | None:
    return sight.mean(_share)


MEASURE = Measure(
    name="shouted-titles",
    title="shouted titles",
    about="Share (0–1) of a list's titles in capitals, advertising left out, mean over the pages.",
    unit=Unit.SHARE,
    value=value,
    by_page=True,
)
