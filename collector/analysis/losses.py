"""Are losses spread over the arms by chance, and could they have made the result?

Serves the gates on attrition and on coverage: missing cells, unparsed items, refused pages, list
lengths. They only withhold or annotate; they never make an effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collector.analysis.exchanges import Floats, exchanges, total
from collector.analysis.inference import estimate, randomisation_test
from collector.analysis.samples import Sample
from collector.analysis.shifts import TIE

FEWEST = 40
"""Exchanges from which ties count half in ``imbalance``."""


@dataclass(frozen=True, slots=True)
class Imbalance:
    """How far apart the arms are in something that should not depend on the arm."""

    difference: float
    """Mean of the treated puppets minus that of the controls."""
    p: float
    """Mid-p of the randomisation test; 1 where an arm has no puppet."""


def imbalance(shares: Floats, treated: NDArray[np.bool_], *, seed: int) -> Imbalance:
    """Does one arm lose more than the other than chance would have it?

    The randomisation test of the difference of the arms' means, labels exchanged among all puppets
    of the two arms: within blocks of one pair nothing could show below six twins, and half of what
    shows here in seven would be missed; loss that comes in whole blocks, which hold both arms, only
    makes this test more careful (``docs/statistics.md``, part 8). Exchanges that tie with the
    observed one count half (mid-p; Lancaster 1961): shares of few cells tie often, and a gate
    should not be blind for it.
    With fewer than ``FEWEST`` exchanges, three twins, they count whole: half would flag too often.

    :param shares: of each puppet, 0–1: cells missing of those planned, items unparsed of those
        seen, pages refused; or any number that should not depend on the arm, as a list's length.
    """
    arms = (int(treated.sum()), int((~treated).sum()))
    if not all(arms):
        return Imbalance(float("nan"), 1.0)
    observed = treated.astype(np.float64)
    labels = exchanges((arms,), seed).with_observed(observed)
    centred = shares - shares.mean()
    scale = arms[0] * arms[1] / sum(arms)
    gaps, gap = labels @ centred / scale, float(observed @ centred) / scale
    tie = TIE * max(1.0, float(np.abs(shares).max()))
    larger = np.abs(gaps) > abs(gap) + tie
    tied = np.abs(np.abs(gaps) - abs(gap)) <= tie
    counted = tied.mean() / (2 if total((arms,)) >= FEWEST else 1)
    return Imbalance(gap, float(larger.mean() + counted) if abs(gap) > tie else 1.0)


@dataclass(frozen=True, slots=True)
class WorstCases:
    """The estimate if what was lost had been as bad as can be (Horowitz and Manski 2000)."""

    low: float
    """Lost in the treated arm: the least value; in the control: the greatest."""
    high: float
    p_low: float
    p_high: float

    def keeps(self, observed: float, alpha: float) -> bool:
        """Sign and significance of the observed difference stay in both."""
        same_sign = self.low > 0 if observed > 0 else self.high < 0
        return same_sign and max(self.p_low, self.p_high) <= alpha


def worst_cases(
    values: Floats,
    missing: Floats,
    treated: NDArray[np.bool_],
    strata: NDArray[np.intp],
    *,
    seed: int,
    bounds: tuple[float, float] = (0.0, 1.0),
) -> WorstCases:
    """Test and estimate with every lost cell set to its worst, once in each direction.

    :param values: mean over the cells that are data; NaN for a puppet without any.
    :param missing: share of the puppet's cells that are missing, 0–1; 1 where ``values`` is NaN.
    :param bounds: the least and the greatest value a cell can have.
    """
    seen = np.where(np.isnan(values), 0.0, values) * (1 - missing)
    least, greatest = bounds
    found = []
    for for_treated, for_control in ((least, greatest), (greatest, least)):
        filled = seen + missing * np.where(treated, for_treated, for_control)
        sample = Sample(filled, treated, strata)
        found.append((estimate(sample), randomisation_test(sample, seed=seed).p))
    (low, p_low), (high, p_high) = found
    return WorstCases(low, high, p_low, p_high)
