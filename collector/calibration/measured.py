"""From lists to what the tests look at, for many audits at once: a number a puppet, and how far
apart the lists of two puppets are.

Exposure shares, incidence, lengths and likenesses are computed for all audits in one go, from the
weights that ``metrics`` itself gives (attention by list length; what one common item adds to an
RBO). Any other declared measure is computed by its own function, page by page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from collector.analysis.declared import Question
from collector.analysis.exchanges import Floats
from collector.analysis.metrics import Attention, attention_weights, rbo
from collector.calibration.mocks import NotCalibrated
from collector.calibration.scenes import Lists, Rows

Bools = NDArray[np.bool_]
Topics = NDArray[np.int16]

NO_TOPIC = -1
AD = -1
"""Among items; below it the list has ended."""


def shares(topics: Topics, organic: Bools, label: int, attention: Attention) -> Floats:
    """Exposure share of a label; NaN where a list is empty.

    :param topics: shape (…, entries); of advertising whatever.
    """
    lengths = organic.sum(axis=-1)
    table = _attention(topics.shape[-1], attention)
    rank = np.maximum(np.cumsum(organic, axis=-1) - 1, 0)
    weights = table[lengths[..., None], rank]
    found = np.where(organic & (topics == label), weights, 0.0).sum(axis=-1)
    return np.where(lengths > 0, found, np.nan)


@lru_cache(maxsize=16)
def _attention(longest: int, attention: Attention) -> Floats:
    """Weight of each rank by list length, shape (lengths, ranks)."""
    table = np.zeros((longest + 1, longest))
    for length in range(1, longest + 1):
        table[length, :length] = attention_weights(length, attention)
    return table


def met(topics: Topics, organic: Bools, label: int) -> Floats:
    """1 where an item has the label, else 0; NaN where a list is empty."""
    here = (organic & (topics == label)).any(axis=-1)
    return np.where(organic.any(axis=-1), here.astype(np.float64), np.nan)


def lengths(organic: Bools) -> Floats:
    """Items that are no advertising."""
    found: Floats = organic.sum(axis=-1).astype(np.float64)
    return found


def ad_shares(items: Rows) -> Floats:
    """Advertising of all items; NaN where a list is empty."""
    ads, whole = (items == -1).sum(axis=-1), (items > -2).sum(axis=-1)
    return np.where(whole > 0, ads / np.maximum(whole, 1), np.nan)


def likeness(items: Rows, kind: str) -> Floats:
    """How alike the lists of every two puppets are, shape (audits, puppets, puppets).

    :param items: shape (audits, puppets, entries), each item of a list once.
    :param kind: ``rank-overlap`` or ``jaccard``.
    """
    audits, puppets, entries = items.shape
    organic = items >= 0
    size = organic.sum(axis=2)
    one, other, rank, depth = _common(items, np.cumsum(organic, axis=2) - 1)
    short = np.minimum(size[:, :, None], size[:, None, :])
    long = np.maximum(size[:, :, None], size[:, None, :])
    audit, left, right = one // puppets, one % puppets, other % puppets
    pairs = (audit * puppets + left) * puppets + right
    if kind == "jaccard":
        worth = np.ones(len(pairs))
    else:
        lengths_ = np.unique(short * (entries + 1) + long)
        table = np.zeros((entries + 1, entries + 1, entries))
        for code in lengths_.tolist():
            table[code // (entries + 1), code % (entries + 1)] = _overlap(
                code // (entries + 1), code % (entries + 1), entries
            )
        worth = table[short[audit, left, right], long[audit, left, right], np.maximum(rank, depth)]
    summed = np.bincount(pairs, weights=worth, minlength=audits * puppets * puppets)
    summed = summed.reshape(audits, puppets, puppets)
    summed += summed.transpose(0, 2, 1)
    if kind == "jaccard":
        union = short + long - summed
        found = np.where(union > 0, summed / np.maximum(union, 1), 1.0)
    else:
        found = np.where(long == 0, 1.0, np.minimum(summed, 1.0))
    diagonal = np.arange(puppets)
    found[:, diagonal, diagonal] = 1.0
    return found


def _common(items: Rows, rank: NDArray[np.intp]) -> tuple[NDArray[np.intp], ...]:
    """Every item that two puppets of an audit have in common: (list, other list, rank, rank), the
    lists numbered through all audits."""
    audits, puppets, entries = items.shape
    who = np.repeat(np.arange(audits * puppets), entries)
    here = (items >= 0).ravel()
    who, flat, place = who[here], items.ravel()[here], rank.ravel()[here]
    key = (who // puppets) * (int(flat.max(initial=0)) + 1) + flat
    order = np.argsort(key, kind="stable")  # within an item, puppets stay in their order
    key, who, place = key[order], who[order], place[order]
    found: list[tuple[NDArray[np.intp], ...]] = []
    for ahead in range(1, puppets):
        alike = np.flatnonzero(key[:-ahead] == key[ahead:])
        if not len(alike):
            break
        found.append((who[alike], who[alike + ahead], place[alike], place[alike + ahead]))
    if not found:
        none = np.zeros(0, dtype=np.intp)
        return none, none, none, none
    return tuple(np.concatenate(column) for column in zip(*found, strict=True))


@lru_cache(maxsize=4096)
def _overlap(short: int, long: int, entries: int) -> Floats:
    """What one common item adds to an RBO of lists of these lengths, by depth, shape (entries,): an
    RBO is linear in the number of items that are common at each depth. Asked of ``metrics.rbo``."""
    found = np.zeros(entries)
    for depth in range(long if short else 0):
        left: list[object] = [("left", rank) for rank in range(short)]
        right: list[object] = [("right", rank) for rank in range(long)]
        left[min(depth, short - 1)] = right[depth] = "common"
        found[depth] = rbo(left, right)
    return found


Page_ = Callable[[Lists, Topics], Floats]

#: Outcome → its value of one page for many lists: lists, their topics, the number of the label that
#: is asked about, attention. Its own measure computes the same of one page.
_OF_PAGES: Mapping[str, Callable[[Lists, Topics, int, Attention], Floats]] = {
    "exposure-share": lambda lists, topics, label, attention: shares(
        topics, lists.organic, label, attention
    ),
    "list-length": lambda lists, *_: lengths(lists.organic),
    "ad-share": lambda lists, *_: ad_shares(lists.items),
}
#: Outcomes that are a likeness of two pages, which :func:`likeness` computes for many.
LIKENESSES = ("rank-overlap", "jaccard")

#: The outcomes that power and calibration know.
SIMULATED = (*_OF_PAGES, *LIKENESSES)


def not_simulated(name: str, place: str) -> NotCalibrated:
    """The refusal of an outcome that nothing here computes for many lists.

    :param place: the key of the scenario that declares it.
    """
    *known, last = SIMULATED
    return NotCalibrated(
        f"the outcome {name} is not simulated",
        place=place,
        fix=f"declare {', '.join(known)} or {last}",
    )


def page_value(question: Question, attention: Attention, labels: Sequence[str]) -> Page_ | None:
    """The function that computes a question's value of one page for many lists; ``None``: only
    its own measure can."""
    found = _OF_PAGES.get(question.measure.name)
    if found is None:
        return None
    label = labels.index(question.label) if question.label in labels else NO_TOPIC - 9
    return lambda lists, topics: found(lists, topics, label, attention)
