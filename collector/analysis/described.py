"""What is told beside the verdicts: undeclared outcomes, and a row for every session.

Protects the rule that only declared outcomes get a verdict: everything here is described, with
means and differences and without a p-value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collector.analysis.comparison import estimated
from collector.analysis.declared import Declaration, Question
from collector.analysis.gates import Ruling
from collector.analysis.gates.labels import labels
from collector.analysis.outcomes import measure_question, outcome_pages
from collector.analysis.rundata import RunData


@dataclass(frozen=True)
class Described:
    """Means of the two sides of a question, and the difference that a test would be made of."""

    surface: str
    outcome: str
    metric: str
    arm: str
    control: str
    unit: str
    control_mean: float | None
    """Of a likeness: that of twins."""
    arm_mean: float | None
    """Of a likeness: that of lists of different arms."""
    estimate: float | None
    puppets: tuple[int, int]
    moment: str = ""
    """The session (``w2s1``), where a puppet has several."""
    tested: bool = False
    """The verdict stands on this session."""


def exploratory(data: RunData, declaration: Declaration) -> tuple[Described, ...]:
    """Outcomes that were not declared and can be computed. Exploratory: no verdict, no p."""
    found = []
    for question in declaration.explored:
        gate = labels(data, question, (), declaration, int(data.run["seed"]))
        if gate.ruling is Ruling.WITHHELD:
            continue
        row = _row(data, question, declaration, "")
        found += [row] if row else []
    return tuple(found)


def sessions(data: RunData, declaration: Declaration) -> tuple[Described, ...]:
    """Declared outcomes, session by session, where pages after the treatment come in several."""
    if len(data.moments) < 2:
        return ()
    wanted = {"first": data.moments[:1], "last": data.moments[-1:], "all": data.moments}
    tested_ones = wanted[declaration.moment]
    rows = []
    for question in declaration.questions:
        for moment in data.moments:
            row = _row(data, question, declaration, moment, moment in tested_ones)
            rows += [row] if row else []
    return tuple(rows)


def trend(rows: tuple[Described, ...]) -> dict[tuple[str, str, str, str], float]:
    """(surface, outcome, arm, control) → least-squares change of the difference a session."""
    found: dict[tuple[str, str, str, str], list[tuple[int, float]]] = {}
    numbers = {moment: n for n, moment in enumerate(dict.fromkeys(row.moment for row in rows))}
    for row in rows:
        if row.estimate is not None:
            key = (row.surface, row.outcome, row.arm, row.control)
            found.setdefault(key, []).append((numbers[row.moment], row.estimate))
    return {
        key: float(np.polyfit([at for at, _ in points], [value for _, value in points], 1)[0])
        for key, points in found.items()
        if len(points) > 1
    }


def _row(
    data: RunData, question: Question, declaration: Declaration, moment: str, stands: bool = False
) -> Described | None:
    if not outcome_pages(data, question.surface):
        return None
    measured = measure_question(data, question, declaration, moment=moment or None)
    if not measured.side(True) or not measured.side(False):
        return None
    overlap, contrast = measured.overlap, question.contrast
    return Described(
        surface=question.surface,
        outcome=question.outcome,
        metric=question.measure.name,
        arm=contrast.arm,
        control=contrast.control,
        unit=question.measure.unit.value,
        control_mean=overlap.within if overlap else measured.mean(False),
        arm_mean=overlap.between if overlap else measured.mean(True),
        estimate=estimated(measured, int(data.run["seed"])),
        puppets=(len(measured.side(False)), len(measured.side(True))),
        moment=moment,
        tested=stands,
    )
