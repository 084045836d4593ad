"""Mean of labels that are numbers."""

from __future__ import annotations

import math

from collector.analysis.load import Page
from collector.analysis.measures.base import Labels, Measure, Sight, Unit
from collector.analysis.metrics import attention_weights


def number(label: str | None) -> float | None:
    """A label as a number; ``None`` if it is none."""
    try:
        found = float(label) if label is not None else math.nan
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def value(sight: Sight) -> float | None:
    """Mean score of the scored items, weighted by attention, mean over the pages."""

    def mean(page: Page) -> float | None:
        weights = attention_weights(len(page.topics), sight.attention)
        scored = [
            (weight, score)
            for weight, topic in zip(weights, page.topics, strict=True)
            if (score := number(topic)) is not None
        ]
        total = math.fsum(weight for weight, _ in scored)
        return math.fsum(w * score for w, score in scored) / total if scored else None

    return sight.mean(mean)


MEASURE = Measure(
    name="mean-score",
    title="mean score",
    about="Mean of the items' numeric labels (such as −1, 0, 1), weighted by attention.",
    unit=Unit.SCORE,
    value=value,
    bounds=(-math.inf, math.inf),
    labels=Labels.NUMERIC,
    attentive=True,
)
