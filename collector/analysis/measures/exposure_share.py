"""Share of attention that a label gets."""

from __future__ import annotations

from collector.analysis.measures.base import Labels, Measure, Sight, Unit
from collector.analysis.metrics import exposure_share


def value(sight: Sight) -> float | None:
    """Mean over the pages of the share, 0–1, of attention; advertising left out."""
    wanted = {sight.label or ""}
    return sight.mean(lambda page: exposure_share(page.topics, wanted, sight.attention))


MEASURE = Measure(
    name="exposure-share",
    title="exposure share",
    about="Share of attention (0–1) that items with the label get, mean over the pages.",
    unit=Unit.SHARE,
    value=value,
    labels=Labels.DECLARED,
    attentive=True,
    by_page=True,
)
