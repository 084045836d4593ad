"""The gates and the dose as tables: what was asked before any test, and what each arm was given.

Protects the rule that a withheld verdict names the number, the threshold and what would mend it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from collector.analysis import words
from collector.analysis.declared import Declaration
from collector.analysis.gates import Gate, Ruling
from collector.analysis.gates.arms import FEWEST
from collector.analysis.gates.base import ALPHA
from collector.analysis.gates.dose import doses
from collector.analysis.judging import Judgement
from collector.analysis.rundata import RunData
from collector.store.details import otherwise_of

ASKED = {
    "freshness": "puppets that the site knew before their first page",
    "after": "pages after the treatment",
    "arms": "puppets of an arm with a value",
    "labels": "items that have a label",
    "agreement": "two coders of the same items",
    "dose": "treatment that the median puppet had",
    "attrition": "missing cells, arm against arm",
    "coverage": "what was seen and understood",
    "carry-over": "searches closer than declared",
    "stability": "change of the difference in the course of the run",
    "buckets": "twins that differ for good",
}
"""Gate → what its number is about."""

_P = ("attrition", "stability")
_SHARES = ("labels", "dose", "coverage")
_AT_MOST = ("freshness", "carry-over")
_NEEDED = {
    "freshness": "at most 0",
    "carry-over": "at most 0",
    "after": "at least 1",
    "arms": f"at least {FEWEST}",
}
"""Where the gate itself names no threshold."""
_ORDER = (Ruling.WITHHELD, Ruling.NOTED, Ruling.PASSED)


@dataclass(frozen=True)
class Asked:
    """One answer of a gate, and the outcomes that it was given for."""

    gate: str
    about: str
    ruling: Ruling
    number: str
    threshold: str
    reason: str
    mend: str
    outcomes: tuple[str, ...]
    """Empty: all of them."""


def asked(judgement: Judgement) -> tuple[Asked, ...]:
    """Every gate's answers, those that withhold first; equal answers of several outcomes once."""
    found: dict[Gate, tuple[list[Gate], list[str]]] = {}
    for answer in judgement.answers:
        for gate in answer.gates:
            # What passed is told once a gate, with the range of its numbers.
            key = replace(gate, number=None) if gate.ruling is Ruling.PASSED else gate
            gates, named = found.setdefault(key, ([], []))
            gates.append(gate)
            named.append(words.subject(answer.verdict))
    rows = [
        Asked(
            gate=gate.gate,
            about=ASKED.get(gate.gate, gate.gate),
            ruling=gate.ruling,
            number=_numbers(gates),
            threshold=_threshold(gate),
            reason=gate.reason,
            mend=gate.mend,
            outcomes=() if len(named) == len(judgement.answers) else tuple(named),
        )
        for gate, (gates, named) in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (_ORDER.index(row.ruling), _place(row.gate))))


def _place(gate: str) -> int:
    names = list(ASKED)
    return names.index(gate) if gate in names else len(names)


def _is_p(gate: Gate) -> bool:
    """Of a gate that looks at shares, or counts, and at a difference: the threshold tells which it
    was."""
    if gate.is_count:
        return False
    return gate.gate in _P or (
        gate.gate in (*_SHARES, "agreement", "buckets")
        and gate.threshold is not None
        and gate.threshold <= ALPHA
    )


def _numbers(gates: Sequence[Gate]) -> str:
    """The number, or the least and the largest of them."""
    known = sorted((g for g in gates if g.number is not None), key=lambda g: g.number or 0.0)
    ends = [_number(each, each.number) for each in (*known[:1], *known[-1:])]
    return " to ".join(dict.fromkeys(ends)) or "–"


def _number(gate: Gate, value: float | None) -> str:
    if value is None:
        return "–"
    if _is_p(gate):
        return f"p = {words.p_value(value)}".replace("= <", "<")
    return words.percent(value) if gate.gate in _SHARES else f"{value:.3g}"


def _threshold(gate: Gate) -> str:
    if gate.threshold is None:
        return _NEEDED.get(gate.gate, "–")
    if _is_p(gate):
        return f"p above {words.p_value(gate.threshold)}"
    shown = _number(gate, gate.threshold)
    if gate.gate == "buckets":  # a count of twins, or a coefficient: the reason says which
        return shown
    return f"at most {shown}" if gate.gate in _AT_MOST else f"at least {shown}"


@dataclass(frozen=True)
class Dose:
    """What the puppets of an arm were given of one kind of treatment. Shares 0–1 of what was
    planned."""

    arm: str
    kind: str
    puppets: int
    least: float
    median: float
    largest: float
    enough: bool
    """The median reaches the declared threshold."""
    otherwise: int
    """Steps that found nothing of what they sought and took another item (``otherwise``)."""


def dose_table(data: RunData, declaration: Declaration) -> tuple[Dose, ...]:
    """One row an arm and kind of step, in the order of the arms."""
    found = doses(data)
    struck = Counter((d.arm, d.kind) for d in data.treatment if otherwise_of(d.detail) is not None)
    rows = []
    for arm in data.arms:
        own = [kinds for puppet, kinds in found.items() if puppet.arm == arm]
        for kind in sorted({kind for kinds in own for kind in kinds}):
            rows.append(_dose(arm, kind, own, declaration.dose, struck[arm, kind]))
    return tuple(rows)


def _dose(
    arm: str, kind: str, own: Sequence[Mapping[str, float]], least: float, otherwise: int
) -> Dose:
    values = [kinds.get(kind, 0.0) for kinds in own]
    middle = median(values)
    enough = middle >= least
    return Dose(arm, kind, len(values), min(values), middle, max(values), enough, otherwise)
