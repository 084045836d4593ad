"""The top of a score as a list: best first, each video once, channels spread out."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mockserver.world.arrays import Arrays
from mockserver.world.recommender import Scores

#: From so many times the rows that are wanted on, a sample of about so many is looked at first.
_MANY, _SAMPLE = 20, 4000


@dataclass
class Ranked:
    """Videos drawn from the top of a score, each at most once, channels spread out."""

    scores: Scores
    arrays: Arrays
    rows: np.ndarray
    """Rows that may be drawn, best first."""

    def __iter__(self) -> Iterator[tuple[int, float, dict[str, float]]]:
        """(row, score, parts), best first; each earlier one of a channel costs ``diversity``."""
        taken: dict[int, int] = {}
        channel, total = self.arrays.channel, self.scores.total
        heap: list[tuple[float, int, int, int]] = [
            (-float(total[row]), order, int(row), 0) for order, row in enumerate(self.rows.tolist())
        ]
        while heap:
            negative, order, row, counted = heapq.heappop(heap)
            above = taken.get(int(channel[row]), 0)
            if above > counted:
                lowered = -float(total[row]) + above * self.scores.diversity
                heapq.heappush(heap, (lowered, order, row, above))
                continue
            taken[int(channel[row])] = above + 1
            parts = self.scores.of(row)
            if above and self.scores.diversity:
                parts["diversity"] = -above * self.scores.diversity
            yield row, -negative, parts


def best_rows(total: np.ndarray, allowed: np.ndarray, count: int) -> np.ndarray:
    """The ``count`` rows with the highest ``total`` among ``allowed`` (bool mask), best first."""
    rows = np.flatnonzero(allowed)
    if count <= 0:
        return rows[:0]
    if len(rows) > _MANY * count:
        # A sample tells a total that enough rows reach; what is below is not looked at again.
        some = total[rows[:: max(len(rows) // _SAMPLE, 1)]]
        place = min(int(3 * count * len(some) / len(rows)) + 8, len(some))
        least = np.partition(some, len(some) - place)[len(some) - place]
        above = rows[total[rows] >= least]
        rows = above if len(above) >= count else rows
    if len(rows) > count:
        rows = rows[np.argpartition(-total[rows], count)[:count]]
    return rows[np.lexsort((rows, -total[rows]))]
