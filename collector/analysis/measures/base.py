"""What an outcome is: a number a puppet, or a likeness of two pages; its unit and its bounds.

Protects the rule that the puppet is the unit: whatever a measure looks at, it gives one number for
one puppet, and pages of one puppet never count as several.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import fmean

from collector.analysis.metrics import Attention
from collector.analysis.rundata import Page


class Unit(StrEnum):
    """What a difference is counted in.

    >>> Unit("share") is Unit.SHARE
    True
    """

    SHARE = "share"
    """0–1; differences are told in points (hundredths)."""
    SIMILARITY = "similarity"
    ITEMS = "items"
    LABELS = "labels"
    RATIO = "ratio"
    SCORE = "score"


class Labels(StrEnum):
    """What a measure needs to know of the items."""

    NONE = "none"
    DECLARED = "declared"
    """One outcome for each label of ``analysis.exposure``."""
    ANY = "any"
    """Items need labels; it does not matter which."""
    NUMERIC = "numeric"
    """The labels are numbers."""


@dataclass(frozen=True)
class Sight:
    """What one puppet was shown on one surface after the treatment.

    A measure's ``value`` is a function of one::

        def value(sight):
            return sight.mean(lambda page: float(len(page.items)))
    """

    pages: tuple[Page, ...]
    """In order; every puppet of a comparison has pages of the same slots, unless one page alone is
    asked about (``Measure.by_page``)."""
    label: str | None = None
    """The label that is asked about; ``None`` where the measure has no labels."""
    attention: Attention = Attention.GEOMETRIC
    """How much of the viewer's attention each rank gets."""
    earlier: tuple[Page, ...] = ()
    """All the puppet's pages of the surface, in order, those of the treatment and before too."""
    supply: Mapping[str, float] = field(default_factory=dict)
    """Label → its share, 0–1, of the items that have a label."""

    def mean(self, value: Callable[[Page], float | None]) -> float | None:
        """Mean of ``value`` over the pages that have one; ``None`` if none has."""
        found = [each for page in self.pages if (each := value(page)) is not None]
        return fmean(found) if found else None

    def before(self, page: Page) -> Iterator[str]:
        """Ids of the items on the earlier pages of the surface."""
        for each in self.earlier:
            if each is page or each.capture == page.capture:
                return
            yield from each.ids


@dataclass(frozen=True)
class Measure:
    """An outcome that can be declared. Exactly one of ``value`` and ``likeness`` is there.

    The entry point group ``twinwatch.outcomes`` names one of these::

        MEASURE = Measure(
            name="ad-share",
            title="ad share",
            about="Share (0–1) of a list's items that are advertising, mean over the pages.",
            unit=Unit.SHARE,
            value=lambda sight: sight.mean(ads_of),
        )

    :raises ValueError: there are both, a value and a likeness, or neither.
    """

    name: str
    """As it is written in ``analysis.outcomes``."""
    title: str
    """As tables and figures call it."""
    about: str
    """One sentence for help, report and docs."""
    unit: Unit
    """What a value and a difference are counted in."""
    value: Callable[[Sight], float | None] | None = None
    """What a puppet was shown → its number; ``None``: it has none, which is not zero."""
    likeness: Callable[[Page, Page], float | None] | None = None
    """Two pages of one slot → how alike they are; ``None``: that cannot be said."""
    bounds: tuple[float, float] = (0.0, 1.0)
    """Of one puppet's value; a difference lies between ± their distance."""
    labels: Labels = Labels.NONE
    """What it needs to know of the items."""
    attentive: bool = False
    """Its value depends on the model of attention."""
    by_page: bool = False
    """Its value is the mean of what each page alone gives, so that it can be told of fewer."""
    binary: bool = False
    """Its value is 1 or 0: so many points more are so many puppets more, and no shift of each."""

    def __post_init__(self) -> None:
        if (self.value is None) == (self.likeness is None):
            raise ValueError(f"{self.name}: a measure has a value or a likeness, not both or none")

    @property
    def reach(self) -> tuple[float, float]:
        """The least and the largest difference of two values; infinite without bounds."""
        low, high = self.bounds
        width = high - low
        return (-width, width) if math.isfinite(width) else (-math.inf, math.inf)
