"""How much of a list is about something, and how alike two lists are. Pure functions.

Lists are ranked from the top; items are compared by equality and occur once in a list (a repeated
item counts where it first stands).
"""

from __future__ import annotations

import math
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
    """Share of puppets, 0–1, that met at least one; ``counts`` has one number a puppet."""
    return sum(1 for count in counts if count > 0) / len(counts) if counts else None


def jaccard(left: Sequence[Hashable], right: Sequence[Hashable]) -> float:
    """Common items over all items, 0–1; order does not matter. Two empty lists are alike (1)."""
    union = set(left) | set(right)
    return len(set(left) & set(right)) / len(union) if union else 1.0


def overlap_at(left: Sequence[Hashable], right: Sequence[Hashable], k: int) -> float:
    """Common items among the first ``k`` of both, over ``k``, 0–1 ("agreement" at depth k)."""
    if k < 1:
        raise ValueError("k counts from 1")
    return len(set(_unique(left)[:k]) & set(_unique(right)[:k])) / k


def average_overlap(left: Sequence[Hashable], right: Sequence[Hashable], k: int) -> float:
    """Mean of the agreement at the depths 1 to ``k``, 0–1."""
    return sum(overlap_at(left, right, depth) for depth in range(1, k + 1)) / k


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
    """Share of pairs of common items, 0–1, that the lists order differently.

    ``None`` with fewer than two common items: there is no order to compare.
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
