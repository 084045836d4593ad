"""Mean of labels that are numbers."""

from __future__ import annotations

import math
import re

from collector.analysis.measures.base import Labels, Measure, Sight, Unit
from collector.analysis.metrics import mean_score

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def number(label: str | None) -> float | None:
    """A label as a number (``-0.5``, ``+1``, ``1e3``, in digits 0–9); ``None`` if it is none."""
    if label is None or not _NUMBER.fullmatch(label.strip()):
        return None
    found = float(label)
    return found if math.isfinite(found) else None


def value(sight: Sight) -> float | None:
    """Mean score of the scored items, weighted by attention, mean over the pages."""

    return sight.mean(
        lambda page: mean_score([number(topic) for topic in page.topics], sight.attention)
    )


MEASURE = Measure(
    name="mean-score",
    title="mean score",
    about="Mean of the items' numeric labels (such as −1, 0, 1), weighted by attention.",
    unit=Unit.SCORE,
    value=value,
    bounds=(-math.inf, math.inf),
    labels=Labels.NUMERIC,
    attentive=True,
    by_page=True,
)
