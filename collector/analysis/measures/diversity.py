"""How mixed a list is."""

from __future__ import annotations

import math

from collector.analysis.measures.base import Labels, Measure, Sight, Unit
from collector.analysis.metrics import effective_number


def value(sight: Sight) -> float | None:
    """Effective number of labels of a page, 1 and up, mean over the pages; others do not count."""
    return sight.mean(
        lambda page: effective_number([topic for topic in page.topics if topic is not None])
    )


MEASURE = Measure(
    name="diversity",
    title="diversity",
    about="Effective number of different labels in a list: the exponential of Shannon’s entropy.",
    unit=Unit.LABELS,
    value=value,
    bounds=(1.0, math.inf),
    labels=Labels.ANY,
    by_page=True,
)
