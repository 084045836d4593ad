"""How much of a list is about something, and how alike two lists are. Pure functions.

Lists are ranked from the top; items are compared by equality and occur once in a list (a repeated
item counts where it first stands).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from enum import StrEnum

RBO_P = 0.9
"""Persistence of rank-biased overlap: the first 10 ranks carry 86 % of the weight."""

ATTENTION_P = 0.85
"""Geometric attention: each item is looked at with this chance given that the one before was."""


class Attention(StrEnum):
    """How attention falls from the top of a list."""

    UNIFORM = "uniform"
    GEOMETRIC = "geometric"
    LOG = "log"


def attention_weights(length: int, curve: Attention | str) -> list[float]:
    """Weights of the ranks 1 to ``length``; they sum to 1 (an empty list has none)."""
    match Attention(curve):
        case Attention.UNIFORM:
            raw = [1.0] * length
        case Attention.GEOMETRIC:
            raw = [ATTENTION_P**rank for rank in range(length)]
        case Attention.LOG:
            raw = [1 / math.log2(rank + 2) for rank in range(length)]
    total = sum(raw)
    return [weight / total for weight in raw]


def exposure_share(
    labels: Sequence[str | None], wanted: Collection[str], curve: Attention | str
) -> float | None:
    """Share of attention, 0–1, that items with a wanted label get. ``None`` for an empty list.

    Items without a label are part of the whole: they are on the page too.
    """
    if not labels:
        return None
    weights = attention_weights(len(labels), curve)
    return math.fsum(w for w, label in zip(weights, labels, strict=True) if label in wanted)


def incidence(counts: Sequence[int]) -> float | None:
    """Share of puppets, 0–1, that met at least one; ``counts`` has one number a puppet.

    ``None`` without a puppet. ``incidence([0, 3, 0, 1])`` is 0.5 (Haroon et al. 2023 report both,
    this and the share: 2.5 % of items can be met by 36 % of puppets).
    """
    return sum(1 for count in counts if count > 0) / len(counts) if counts else None


def jaccard(left: Sequence[Hashable], right: Sequence[Hashable]) -> float:
    """Common items over all items, 0–1; order does not matter. Two empty lists are alike (1)."""
    union = set(left) | set(right)
    return len(set(left) & set(right)) / len(union) if union else 1.0


def rbo(left: Sequence[Hashable], right: Sequence[Hashable], p: float = RBO_P) -> float:
    """Rank-biased overlap, extrapolated (Webber, Moffat and Zobel 2010, equation 32), 0–1.

    Lists may differ in length. ``p`` is the chance to look one rank further; 0 < p < 1. Two empty
    lists are alike (1), an empty and a full one are not (0).
    """
    if not 0 < p < 1:
        raise ValueError(f"p must lie between 0 and 1, not {p}")
    short, long = sorted((_unique(left), _unique(right)), key=len)
    s, depth = len(short), len(long)
    if s == 0:
        return 1.0 if depth == 0 else 0.0
    overlaps = _overlaps(short, long)
    at_s, at_l = overlaps[s - 1], overlaps[depth - 1]
    seen = sum(overlaps[d - 1] / d * p**d for d in range(1, depth + 1))
    unseen = sum(at_s * (d - s) / (s * d) * p**d for d in range(s + 1, depth + 1))
    rest = ((at_l - at_s) / depth + at_s / s) * p**depth
    return min(1.0, (1 - p) / p * (seen + unseen) + rest)


def kendall_distance(left: Sequence[Hashable], right: Sequence[Hashable]) -> float | None:
    """Share of pairs of common items, 0–1, that the lists order differently (Kendall 1938).

    0: one order, 1: reversed; with tau, (1 − tau) / 2. Which items are shown does not matter, only
    their order. ``None`` with fewer than two common items: there is no order to compare.
    ``kendall_distance("abcd", "bacd")`` is 1/6.
    """
    places = {item: place for place, item in enumerate(_unique(right))}
    common = [places[item] for item in _unique(left) if item in places]
    if len(common) < 2:
        return None
    pairs = len(common) * (len(common) - 1) // 2
    swapped = sum(
        1 for i, first in enumerate(common) for second in common[i + 1 :] if first > second
    )
    return swapped / pairs


def mean_score(
    scores: Sequence[float | None], curve: Attention | str = Attention.UNIFORM
) -> float | None:
    """Mean of numeric labels over a list, weighted by attention, in the unit of the labels.

    Items without a score are left out and the weights of the others scaled up to 1: "unknown" is
    not "neutral". ``None`` if no item has one. Top-10 scores −1…1 as in Tomlein et al. 2021:
    ``mean_score([1, -1, None, 0])`` is 0.0.
    """
    weights = attention_weights(len(scores), curve)
    known = [(w, score) for w, score in zip(weights, scores, strict=True) if score is not None]
    if not known:
        return None
    return math.fsum(w * score for w, score in known) / math.fsum(w for w, _ in known)


def exposure_over_supply(
    labels: Sequence[str | None],
    wanted: Collection[str],
    supply: float,
    curve: Attention | str = Attention.UNIFORM,
) -> float | None:
    """Share of attention of a label over its share of what there was to show, 0 and up.

    1: shown as often as it exists; 2: twice as often (the "lift" of association rules). ``None``
    for an empty list or without supply. Of a catalogue with 10 % news, a list with 2 news of 5:
    ``exposure_over_supply(["news", "news", None, None, None], {"news"}, 0.1)`` is 4.0.

    :param supply: share of items with a wanted label in the catalogue (or in the control), 0–1.
    """
    share = exposure_share(labels, wanted, curve)
    return None if share is None or supply <= 0 else share / supply


def effective_number(items: Sequence[Hashable]) -> float | None:
    """Effective number of different items, 1 to ``len(items)``: exp(Shannon entropy).

    The Hill number of order 1 (Hill 1973; Jost 2006): a list over n channels in equal parts has n,
    one that a single channel fills has 1. ``None`` for an empty list.
    ``effective_number(["a", "a", "b", "b"])`` is 2.0. Give it channels for channel diversity.
    """
    shares = [count / len(items) for count in Counter(items).values()]
    return math.exp(-math.fsum(p * math.log(p) for p in shares)) if items else None


def repetition(items: Sequence[Hashable], earlier: Collection[Hashable]) -> float | None:
    """Share of a list, 0–1, that the puppet was shown on a page before; ``None`` if empty.

    ``repetition(["a", "b", "c", "d"], {"b", "x"})`` is 0.25.

    :param earlier: all items of the puppet's earlier pages, of this surface or of all.
    """
    return sum(item in earlier for item in items) / len(items) if items else None


def time_to_first(times: Sequence[float], met: Sequence[bool], horizon: float) -> float:
    """Restricted time to the first exposure, 0 to ``horizon``, in the unit of ``times``.

    A puppet that never met the label within the horizon counts with the horizon itself, so that
    the mean over puppets is the restricted mean survival time (Royston and Parmar 2013), a value
    every puppet has: puppets are the unit and nothing is censored away. All puppets need the same
    horizon. ``time_to_first([10, 60, 90], [False, True, True], 300)`` is 60.

    :param times: of the puppet's pages since the start of the session.
    :param met: whether the page had an item with the label.
    """
    first = (at for at, found in zip(times, met, strict=True) if found and at <= horizon)
    return min(first, default=horizon)


def _unique(items: Sequence[Hashable]) -> list[Hashable]:
    return list(dict.fromkeys(items))


def _overlaps(short: list[Hashable], long: list[Hashable]) -> list[int]:
    """Size of the overlap of the first d items, for every d up to the longer length."""
    found: list[int] = []
    seen_short: set[Hashable] = set()
    seen_long: set[Hashable] = set()
    common = 0
    for depth, item in enumerate(long):
        other = short[depth] if depth < len(short) else None
        seen_long.add(item)
        if depth < len(short):
            seen_short.add(other)
            common += int(other in seen_long)
            common += int(item in seen_short and item != other)
        else:
            common += int(item in seen_short)
        found.append(common)
    return found
