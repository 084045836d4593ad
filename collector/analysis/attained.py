"""The least p that given values can have, however the arms were dealt out."""

from __future__ import annotations

import math

import numpy as np

from collector.analysis.exchanges import total
from collector.analysis.samples import Sample
from collector.analysis.shifts import TIE


def attainable(used: Sample) -> float:
    """The smallest p, 0–1, over all dealings of these values: how many share the greatest size.

    It depends on no label, so an outcome may be left out of a correction for it.

    :param used: puppets in use, ordered by stratum (``Sample.in_use``).
    """
    sizes = used.sizes
    tie = TIE * float(np.abs(used.values).max(initial=0))
    starts = np.cumsum([0, *(t + c for t, c in sizes)])
    ends: list[tuple[float, int]] = []
    for sign in (1.0, -1.0):
        sum_of_best, ways = 0.0, 1
        for (size, _), start, stop in zip(sizes, starts[:-1], starts[1:], strict=True):
            ranked = np.sort(sign * used.values[start:stop])[::-1]
            ranked = ranked - ranked.mean()
            last = ranked[size - 1]
            above = int(np.sum(ranked > last + tie))
            ways *= math.comb(int(np.sum(np.abs(ranked - last) <= tie)), size - above)
            sum_of_best += float(ranked[:size].sum())
        ends.append((sum_of_best, ways))
    largest = max(size for size, _ in ends)
    slack = tie * len(used.values)
    if largest <= slack:
        return 1.0
    return sum(ways for size, ways in ends if size >= largest - slack) / total(sizes)
