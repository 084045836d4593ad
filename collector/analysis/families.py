"""Many outcomes, one error rate: Holm's correction, and which outcomes take no share of it."""

from __future__ import annotations

from collections.abc import Mapping


def holm(p: Mapping[str, float]) -> dict[str, float]:
    """p-values adjusted for looking at all of them (Holm 1979), each 0–1, in the order given.

    Of m outcomes the smallest p is multiplied by m, the next by m − 1, and so on; none is adjusted
    below one before it. Calling an effect what stays up to alpha errs in at most alpha of families.
    """
    adjusted: dict[str, float] = {}
    largest = 0.0
    for rank, (name, value) in enumerate(sorted(p.items(), key=lambda item: item[1])):
        largest = max(largest, min(1.0, value * (len(p) - rank)))
        adjusted[name] = largest
    return {name: adjusted[name] for name in p}


def family(
    p: Mapping[str, float], attainable: Mapping[str, float], alpha: float = 0.05
) -> dict[str, float]:
    """Holm over the outcomes that could have been significant (Tarone 1990).

    Whether an outcome can reach alpha is read from its pooled values, arms unseen: if all puppets
    have the same value no dealing out of the arms could. That depends on no label, so leaving
    such outcomes out of the count keeps the error rate. They themselves are adjusted as one of all
    outcomes; that is above alpha, as their own p is.

    :param attainable: the smallest p that the pooled values of an outcome allow.
    """
    tested = holm({name: value for name, value in p.items() if attainable[name] <= alpha})
    return {**holm(p), **tested}


def simultaneous(alpha: float, outcomes: int) -> float:
    """Level of each of so many intervals at which all of them hold with 1 − alpha (Bonferroni)."""
    return 1 - alpha / max(1, outcomes)
