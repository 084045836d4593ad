"""Gates: asked before any test, in the order of ``ask``; each can only withhold a verdict or note.

One file a question, one function a gate. The first that withholds gives the reason.
"""

from __future__ import annotations

from collector.analysis.declared import Declaration
from collector.analysis.gates.agreement import agreement
from collector.analysis.gates.arms import arms
from collector.analysis.gates.attrition import attrition
from collector.analysis.gates.base import Gate, Ruling
from collector.analysis.gates.buckets import buckets
from collector.analysis.gates.coverage import coverage
from collector.analysis.gates.dose import dose
from collector.analysis.gates.labels import labels
from collector.analysis.gates.pages import after_treatment, freshness, spacing
from collector.analysis.gates.stability import stability
from collector.analysis.outcomes import Measured, at_moment, outcome_pages, tested_session
from collector.analysis.rundata import RunData

__all__ = ["Gate", "Ruling", "ask"]


def ask(data: RunData, measured: Measured, declaration: Declaration) -> tuple[Gate, ...]:
    """Return what every gate decides on one question, in this order."""
    question, seed = measured.question, int(data.run["seed"])
    pages = at_moment(data, outcome_pages(data, question.surface), declaration.moment)
    return (
        freshness(data),
        after_treatment(data, question, declaration),
        arms(measured, tested_session(data, declaration.moment)),
        labels(data, question, pages, declaration, seed),
        agreement(data, measured, pages, seed),
        dose(data, measured.contrast, declaration),
        attrition(data, measured.contrast, seed),
        coverage(question, pages, seed),
        spacing(data, question),
        stability(measured, len(declaration.questions), seed),
        buckets(measured, declaration.attention, seed),
    )
