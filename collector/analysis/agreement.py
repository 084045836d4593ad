"""How often are labels wrong, as far as two coders of the same items tell, and what can that do?

An effect on the exposure to a label is only as good as the labels. Labels that are wrong alike in
all arms make it smaller; labels that are wrong in one arm alone make one where there is none. What
was coded twice shows how often they err: if both coders err independently and alike, with chance e,
they disagree on d = 2 e (1 − e) of the items. What was coded once shows nothing; then it is said
what errors of ``UNCHECKED`` of the items in one arm alone could do.

Pure functions over coder → item → label.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

UNCHECKED = 0.05
"""Share of wrong labels, in one arm alone, that is reckoned with where nothing was coded twice."""

Codings = Mapping[str, Mapping[str, str]]
"""Coder → item → label."""


def pairs(
    codings: Codings, items: Iterable[str] | None = None, same: Callable[[str], object] = str
) -> dict[str, list[tuple[object, object]]]:
    """Item → what each two of its coders said of it; items with one coder are absent.

    :param items: only these.
    :param same: what of a label counts; for one label alone, whether it is that.
    """
    wanted = None if items is None else set(items)
    said: dict[str, list[object]] = {}
    for coder in sorted(codings):
        for item, label in codings[coder].items():
            if wanted is None or item in wanted:
                said.setdefault(item, []).append(same(label))
    return {
        item: list(itertools.combinations(found, 2))
        for item, found in said.items()
        if len(found) > 1
    }


def kappa(codings: Codings, same: Callable[[str], object] = str) -> float | None:
    """Agreement beyond chance, −1 to 1 (Cohen 1960); of more than two coders the mean over pairs of
    coders, each weighted by the items that both coded. ``None`` where nothing was coded twice.

    1 where all agree, though only one label was ever given.
    """
    total = weight = 0.0
    for one, other in itertools.combinations(sorted(codings), 2):
        both = [item for item in codings[one] if item in codings[other]]
        if both:
            first = [same(codings[one][item]) for item in both]
            second = [same(codings[other][item]) for item in both]
            total += len(both) * _cohen(first, second)
            weight += len(both)
    return total / weight if weight else None


def _cohen(first: list[object], second: list[object]) -> float:
    n = len(first)
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    counts = Counter(first), Counter(second)
    chance = sum(counts[0][label] * counts[1][label] for label in counts[0]) / n**2
    return 1.0 if chance >= 1 else (agreed - chance) / (1 - chance)


def disagreement(found: Mapping[str, list[tuple[object, object]]]) -> float | None:
    """Share, 0–1, of the pairs of codings that differ, every item alike. ``None`` without items."""
    if not found:
        return None
    shares = [sum(a != b for a, b in each) / len(each) for each in found.values()]
    return math.fsum(shares) / len(shares)


def error(disagreement: float) -> float:
    """Share, 0–0.5, of one coder's labels that are wrong: d = 2 e (1 − e) turned round.

    Of coders who err independently and alike; at d ≥ 0.5 they say nothing, and e is 0.5.
    """
    return (1 - math.sqrt(max(0.0, 1 - 2 * disagreement))) / 2


def could_move(
    metric: str, wrong: float, *, supply: float | None = None, items: float = 0.0
) -> float | None:
    """What labels that are wrong of a share of the items, in one arm alone and all in one
    direction, add to the difference of an outcome, in its unit.

    :param metric: name of the measure; ``None`` is returned where no such size is known.
    :param supply: of the label, its share of all labelled items, 0–1.
    :param items: a puppet's items, all its pages together.
    """
    if metric == "exposure-share":
        return wrong
    if metric == "incidence":
        return 1 - (1 - wrong) ** items
    if metric == "exposure-over-supply" and supply:
        return wrong / supply
    return None
