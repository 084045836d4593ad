"""Where does a puppet stand between the arms? A number a puppet, of distances between lists.

A likeness has no value of one puppet, so nothing of it can be followed over the order of the
blocks. But a puppet can be nearer to one arm than to the other: its *place* is its mean distance to
the controls less that to the treated puppets, itself left out. The difference of the places of two
arms is what sets their lists apart, and where that ends in mid-run, the places fall together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from collector.analysis.exchanges import Floats


def places(distances: Floats, treated: NDArray[np.bool_], blocks: NDArray[np.intp]) -> Floats:
    """Each puppet's place, shape (…, puppets); NaN where no block has puppets of both arms that
    share a page with it.

    Distances are averaged block by block and then over those blocks that have both: so both arms
    are looked at from the same moments, and a platform that changes for all moves no place.

    :param distances: shape (…, puppets, puppets), symmetric; NaN where two share no page.
    :param treated: shape (puppets,).
    :param blocks: in which each ran, shape (puppets,).

    Two controls with one list and two treated puppets with another, all in one block, at a distance
    of 1: the places are −1, −1, 1, 1.
    """
    puppets = len(treated)
    known = ~np.isnan(distances) & ~np.eye(puppets, dtype=np.bool_)
    filled = np.where(known, distances, 0.0)
    names = np.unique(blocks)
    of = (blocks[:, None] == names[None, :]).astype(np.float64)
    means = []
    for side in (~treated, treated):
        inside = of * side[:, None]
        count = known @ inside
        with np.errstate(invalid="ignore"):  # without others 0 / 0, which is NaN
            means.append(filled @ inside / count)
    gap = means[0] - means[1]
    both = ~np.isnan(gap)
    count = both.sum(axis=-1)
    found: Floats = np.where(both, gap, 0.0).sum(axis=-1) / np.where(count > 0, count, np.nan)
    return found
