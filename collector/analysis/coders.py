"""What coders' disagreement does to an outcome: each coder's own answer, and wider intervals.

Protects the reader from labels taken for facts. Labels are drawn again and again as they might be
as well (:func:`collector.analysis.labelling.drawn`), the outcome is measured under each draw, and
the spread of these answers is added to the interval as Rubin (1987) adds the variance between
imputations: half-widths combine as the sides of a right triangle. With one coder nothing is known
of the uncertainty, and nothing is added.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

from collector.analysis import words
from collector.analysis.comparison import Tested, compare, estimated
from collector.analysis.declared import Declaration
from collector.analysis.labelling import as_coder, drawn, topic_of
from collector.analysis.measures import Labels, Unit
from collector.analysis.outcomes import Measured, measure_question
from collector.analysis.rundata import Item, RunData
from collector.analysis.verdicts import Verdict, VerdictKind

DRAWS = 40
"""Draws of the labels; the spread is known to a tenth of itself or so."""


@dataclass(frozen=True)
class UnderCoder:
    """One outcome under the labels of one coder, or of all together."""

    coder: str
    estimate: float | None
    p: float | None


def relabelled(data: RunData, labels: Mapping[str, str]) -> RunData:
    """The same run under other labels; pages from before and of the treatment keep theirs."""
    known: dict[Item, Item] = {}

    def again(item: Item) -> Item:
        found = known.get(item)
        if found is None:
            topic = topic_of(labels, item.item_id, item.kind, item.channel)
            found = known[item] = replace(item, topic=topic)
        return found

    pages = tuple(
        replace(page, items=tuple(again(item) for item in page.items))
        if page.phase == "after"
        else page
        for page in data.pages
    )
    topics: dict[str, int] = {}
    for label in labels.values():
        topics[label] = topics.get(label, 0) + 1
    return replace(data, pages=pages, topics=topics)


def spreads(
    data: RunData, declaration: Declaration, tested: Mapping[str, Tested], seed: int
) -> dict[str, float]:
    """Question → standard error of its estimate that comes from the labels alone.

    Empty with fewer than two coders. What needs no labels is not in it.
    """
    if len(data.labelling.coded) < 2:
        return {}
    asked = [
        (name, each)
        for name, each in tested.items()
        if each.measured.question.measure.labels is not Labels.NONE
    ]
    apart: dict[str, list[float]] = {name: [] for name, _ in asked}
    for number in range(DRAWS if asked else 0):
        other = relabelled(data, drawn(data.labelling, seed + number))
        for name, each in asked:
            measured = measure_question(other, each.measured.question, declaration)
            value = estimated(measured, seed)
            if value is not None:
                apart[name].append((value - each.estimate) ** 2)
    return {
        name: math.sqrt((1 + 1 / len(found)) * math.fsum(found) / len(found))
        for name, found in apart.items()
        if found
    }


def widened(
    ends: tuple[float, float], estimate: float, spread: float, level: float
) -> tuple[float, float]:
    """An interval with the labels' standard error carried into it."""
    more = NormalDist().inv_cdf(0.5 + level / 2) * spread
    low, high = ends
    return (
        estimate - math.hypot(estimate - low, more),
        estimate + math.hypot(high - estimate, more),
    )


def with_coders(verdict: Verdict, spread: float | None, together: float) -> Verdict:
    """The verdict with the coders' disagreement in its interval.

    Where the wider interval does not bear the word any more, the outcome is undecided.

    :param spread: of the estimate, from :func:`spreads`; ``None``: nothing is known of it.
    :param together: level of the simultaneous intervals.
    """
    if spread is None or verdict.estimate is None or verdict.interval is None:
        return verdict
    wide = widened(verdict.interval, verdict.estimate, spread, verdict.level)
    kind, reason = verdict.verdict, verdict.reason
    ends = _told(wide, verdict.unit)
    if kind is VerdictKind.EFFECT and wide[0] <= 0 <= wide[1]:
        kind = VerdictKind.UNDECIDED
        reason = (
            f"by the resolved labels p after correction is {verdict.p_adjusted:.3g}, but the"
            f" coders differ, and with that the interval is {ends}: 0 is not excluded"
        )
    limit = verdict.smallest_effect
    if kind is VerdictKind.NO_LARGER and limit is not None and verdict.simultaneous is not None:
        joint = widened(verdict.simultaneous, verdict.estimate, spread, together)
        if max(abs(joint[0]), abs(joint[1])) >= limit:
            kind = VerdictKind.UNDECIDED
            reason = (
                "the coders differ, and with that the interval that holds for all outcomes"
                f" together is {_told(joint, verdict.unit)}: not inside"
                f" ±{words.amount(limit, verdict.unit, sign=False)}"
            )
    note = f"with the coders' disagreement the interval is {ends}"
    return replace(
        verdict, verdict=kind, reason=reason, labelled=wide, notes=(*verdict.notes, note)
    )


def _told(ends: Sequence[float], unit: Unit) -> str:
    return f"{words.amount(ends[0], unit)} to {words.amount(ends[1], unit)}"


def under_coders(
    data: RunData, declaration: Declaration, measured: Sequence[Measured], seed: int
) -> Iterator[tuple[Measured, tuple[UnderCoder, ...]]]:
    """Each outcome that needs labels, by the labels in force and by each coder's own.

    Where a coder did not code an item, the label in force counts.
    """
    coders = list(data.labelling.coded)
    asked = [each for each in measured if each.question.measure.labels is not Labels.NONE]
    if len(coders) < 2 or not asked:
        return
    views = {"resolved": data} | {
        coder: relabelled(data, as_coder(data.labelling, coder)) for coder in coders
    }
    for each in asked:
        found = []
        for name, view in views.items():
            test = compare(measure_question(view, each.question, declaration), seed)
            found.append(
                UnderCoder(name, test.estimate if test else None, test.test.p if test else None)
            )
        yield each, tuple(found)
