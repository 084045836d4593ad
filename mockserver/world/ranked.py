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
#: Rows whose parts are looked up together: few lists are read further.
_AT_ONCE = 48


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
        diversity = self.scores.diversity
        rows: list[int] = self.rows.tolist()
        negatives: list[float] = (-self.scores.total[self.rows]).tolist()
        channels: list[int] = self.arrays.channel[self.rows].tolist()
        tables: dict[int, list[tuple[str, list[float]]]] = {}
        # Those that lost their place to an earlier one of their channel wait here; the others
        # stand in their order already, and few of them are ever looked at.
        lowered: list[tuple[float, int, int]] = []
        head, count = 0, len(rows)
        while True:
            if head < count and (not lowered or (negatives[head], head, 0) < lowered[0]):
                negative, order, counted = negatives[head], head, 0
                head += 1
            elif lowered:
                negative, order, counted = heapq.heappop(lowered)
            else:
                return
            channel = channels[order]
            above = taken.get(channel, 0)
            if above > counted:
                heapq.heappush(lowered, (negatives[order] + above * diversity, order, above))
                continue
            taken[channel] = above + 1
            number, place = divmod(order, _AT_ONCE)
            table = tables.get(number)
            if table is None:
                some = self.rows[number * _AT_ONCE : (number + 1) * _AT_ONCE]
                table = tables[number] = self.scores.table(some)
            parts = {name: values[place] for name, values in table if values[place] != 0.0}
            if above and diversity:
                parts["diversity"] = -above * diversity
            yield rows[order], -negative, parts


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
