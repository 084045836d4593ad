"""Every declared outcome under other defensible choices: attention model, incomplete puppets.

Protects the reader from a conclusion that hangs on one choice. The verdict stands on what was
declared; here the same difference is estimated under all three models of attention, once with the
puppets that have every page of the comparison and once with those, too, that have some of its pages
only. A verdict on a mean over pages has all of them, any other the complete ones. Described, not
tested again: no p is taken from here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from collector.analysis.comparison import compare
from collector.analysis.declared import Declaration, Question
from collector.analysis.judging import Judgement
from collector.analysis.measures import Unit
from collector.analysis.metrics import Attention
from collector.analysis.outcomes import (
    Measured,
    at_moment,
    measure_question,
    outcome_pages,
    value_of,
)
from collector.analysis.rundata import Page, Puppet, RunData

MOST = 12
"""Outcomes that are computed again; each takes six tests."""


@dataclass(frozen=True)
class Choice:
    """One outcome under one set of choices."""

    outcome: str
    """Name of the question."""
    surface: str
    unit: Unit
    attention: Attention
    incomplete: bool
    """Puppets that lack a page of the comparison count with the pages they have."""
    declared: bool
    """These are the choices that the verdict stands on."""
    estimate: float | None
    interval: tuple[float, float] | None
    """At the declared level; ``None`` where the design allows no bound."""
    puppets: int
    """In use: those alone in their block are not."""
    smallest_effect: float | None


def choices(data: RunData, judgement: Judgement) -> tuple[Choice, ...]:
    """All choices of the declared outcomes that are a number a puppet, in their order."""
    asked = [a for a in judgement.answers if a.question.measure.value is not None][:MOST]
    return tuple(
        choice for answer in asked for choice in _of(data, answer.question, judgement.declaration)
    )


def _of(data: RunData, question: Question, declaration: Declaration) -> Iterator[Choice]:
    seed, measure = int(data.run["seed"]), question.measure
    curves = list(Attention) if measure.attentive else [declaration.attention]
    for curve in curves:
        whole = measure_question(data, question, declaration, curve, complete=True)
        for incomplete in (False, True):
            measured = _with_incomplete(data, whole, declaration, curve) if incomplete else whole
            tested = compare(measured, seed)
            found = tested.interval(1 - declaration.alpha, seed) if tested else None
            bounded = found is not None and found.bounded and math.isfinite(found.high - found.low)
            yield Choice(
                outcome=question.name,
                surface=question.surface,
                unit=measure.unit,
                attention=curve,
                incomplete=incomplete,
                declared=curve == declaration.attention and incomplete == measure.by_page,
                estimate=tested.estimate if tested else None,
                interval=(found.low, found.high) if found is not None and bounded else None,
                puppets=_in_use(measured),
                smallest_effect=declaration.smallest.get(measure.name),
            )


def _in_use(measured: Measured) -> int:
    """Puppets in blocks that hold both sides, as a verdict counts them."""
    if measured.contrast.crossed is not None:
        return len(measured.puppets)
    return sum(map(sum, measured.contrast.sizes([(p.arm, p.block) for p in measured.puppets])))


def _with_incomplete(
    data: RunData, whole: Measured, declaration: Declaration, curve: Attention
) -> Measured:
    """The same question, puppets without some of the pages measured on those they have."""
    question = whole.question
    if question.measure.by_page:
        return measure_question(data, question, declaration, curve)
    pages: dict[Puppet, list[Page]] = {}
    for page in at_moment(data, outcome_pages(data, question.surface), declaration.moment):
        pages.setdefault(page.puppet, []).append(page)
    values = dict(whole.values)
    for puppet in whole.lost:
        own = tuple(pages.get(puppet, ()))
        value = value_of(data, question.measure, question.label, own, curve)
        if value is not None:
            values[puppet.name] = value
    everyone = (*whole.puppets, *whole.lost)
    return replace(
        whole,
        values=values,
        puppets=tuple(p for p in everyone if p.name in values),
        lost=tuple(p for p in everyone if p.name not in values),
    )
