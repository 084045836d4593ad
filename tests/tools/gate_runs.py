"""Small runs by hand for the gates, and what every gate says of them."""

from __future__ import annotations

from typing import Any

from hand_runs import hand_run

from collector.analysis.gates import Gate, Ruling, ask
from collector.analysis.judging import declaration_of
from collector.analysis.outcomes import measure_question
from collector.analysis.rundata import RunData

PASSED, NOTED, WITHHELD = Ruling.PASSED, Ruling.NOTED, Ruling.WITHHELD


def asked(data: RunData) -> dict[str, Gate]:
    """What every gate says of the one declared outcome."""
    declaration = declaration_of(data)
    (question,) = declaration.questions
    found = ask(data, measure_question(data, question, declaration), declaration)
    return {gate.gate: gate for gate in found}


def puppets(twins: int = 6, arms: str = "ct") -> list[str]:
    return [f"{arm}-{twin}" for arm in arms for twin in range(1, twins + 1)]


FULL = "a:news b:music c:news d:sport"


def alike(**changes: Any) -> RunData:
    """Six twins an arm, every list the same."""
    lists = {name: {"after.0": FULL} for name in puppets()}
    lists |= changes.pop("lists", {})
    return hand_run(lists, **{"exposure": ["news"], **changes})
