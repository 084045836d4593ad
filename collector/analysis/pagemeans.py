"""A puppet's mean over its pages where some pages of some puppets are lost.

Protects two rules. A lost page costs that page, not the puppet and not the slot for everyone. And
a puppet is not better or worse for which of its pages were lost: what the slots differ by is taken
out, by the additive model page = puppet + slot (Yates 1933), fitted by least squares over all
puppets, arms unseen. So under the sharp null the values do not depend on the labels, and the
randomisation test stays exact. Without a lost page it is the plain mean.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from collector.analysis.exchanges import Floats

Bools = NDArray[np.bool_]

HALF = 0.5
"""A slot counts that at least so many of the puppets have, a puppet that has so many of these."""

_SAME = 1e-9


def in_use(here: Bools) -> Bools | None:
    """Which pages count, arms unseen; ``None`` where no slots link all puppets that are left, so
    that they cannot be held against each other.

    :param here: shape (puppets, slots), the page is there.

    Of three puppets and two slots with one page lost, all five pages count.
    """
    some = here.any(axis=1)
    if not some.any():
        return None
    slots = here[some].mean(axis=0) >= HALF
    if not slots.any():
        return None
    puppets = here[:, slots].mean(axis=1) >= HALF
    used = here & puppets[:, None] & slots[None, :]
    own = used[:, slots][puppets]
    if not len(own) or not own.any(axis=0).all():
        return None
    # Linked puppets leave one direction free, the level of all; unlinked ones two or more.
    if np.linalg.eigvalsh(_normal(own))[1:].min(initial=1.0) < _SAME:
        return None
    return used


def page_means(pages: Floats) -> Floats:
    """The puppets' values, shape (…, puppets); NaN for a puppet without a page.

    :param pages: shape (…, puppets, slots), the outcome on each page, NaN where there is none.
        Slots that nobody has are left out.

    ``page_means`` of ``[[.2, .4], [.3, nan]]`` is ``[.3, .4]``: the second slot lies .2 above the
    first, so the second puppet's mean over both would have been .4.
    """
    here = ~np.isnan(pages)
    count = np.asarray(here.sum(axis=-1))
    filled = np.where(here, pages, 0.0)
    own = filled.sum(axis=-1) / np.maximum(count, 1)
    slots = np.asarray(here.any(axis=-2))
    if not (here == (slots[..., None, :] & (count > 0)[..., None])).all():
        # Σ over puppets of what each slot lies above its puppets' means, level of all slots 0.
        above = np.where(here, pages - own[..., None], 0.0).sum(axis=-2)
        system = _normal(here)
        diagonal = np.arange(system.shape[-1])
        system[..., diagonal, diagonal] += ~slots
        system += slots[..., :, None] * slots[..., None, :] / system.shape[-1]
        # Slots that no puppet's pages link are held against each other by nobody: the solution of
        # least length leaves each group of them its own level.
        level = (np.linalg.pinv(system, hermitian=True) @ above[..., None])[..., 0]
        own = own - np.where(here, level[..., None, :], 0.0).sum(axis=-1) / np.maximum(count, 1)
    return np.where(count > 0, own, np.nan)


def _normal(here: Bools) -> Floats:
    """The normal equations of the slots, the puppets eliminated, shape (…, slots, slots)."""
    there = here.astype(np.float64)
    weight = there / np.maximum(there.sum(axis=-1, keepdims=True), 1)
    found: Floats = -np.swapaxes(there, -1, -2) @ weight
    diagonal = np.arange(found.shape[-1])
    found[..., diagonal, diagonal] += there.sum(axis=-2)
    return found
