"""What became of the puppets: assigned, begun, delivered, analysed, arm by arm.

The diagram that CONSORT asks of a trial. A stage counts puppets, and what is lost on the way has
its most frequent reasons: nothing that was assigned vanishes without a word.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from collector.analysis.declared import Declaration
from collector.analysis.judging import Judgement
from collector.analysis.rundata import RunData


@dataclass(frozen=True)
class Stream:
    """One arm's puppets."""

    arm: str
    assigned: int
    begun: int
    """At least one session was started."""
    delivered: int
    """Begun, no step that may or may not have happened, and the declared share of the treatment."""
    analysed: int
    """With a value in at least one declared outcome."""
    in_all: int
    """With a value in every declared outcome of the arm."""
    not_begun: tuple[str, ...]
    """The most frequent reasons, as ``reason (n)``."""
    not_delivered: tuple[str, ...]
    not_analysed: tuple[str, ...]


def begun(data: RunData) -> set[str]:
    """Puppets of which a session was started."""
    return {row["puppet"] for row in data.sessions if row["started"]}


def delivered(data: RunData, declaration: Declaration) -> set[str]:
    """Puppets that had their treatment: see :class:`Stream`."""
    found = begun(data) - _contaminated(data)
    steps: dict[str, list[bool]] = defaultdict(list)
    for done in data.treatment:
        steps[done.puppet].append(done.outcome == "done")
    return {
        name
        for name in found
        if not steps[name] or sum(steps[name]) / len(steps[name]) >= declaration.dose
    }


def streams(data: RunData, judgement: Judgement) -> tuple[Stream, ...]:
    """One an arm, the control first."""
    started, whole = begun(data), delivered(data, judgement.declaration)
    values: dict[str, list[set[str]]] = defaultdict(list)
    for answer in judgement.answers:
        used = {puppet.name for puppet in answer.measured.puppets}
        for arm in answer.question.contrast.arms:
            values[arm].append(used)
    found = []
    for arm in data.arms:
        names = {puppet.name for puppet in data.of_arm(arm)}
        sets = values[arm]
        some = names & set().union(*sets)
        found.append(
            Stream(
                arm=arm,
                assigned=len(names),
                begun=len(names & started),
                delivered=len(names & whole),
                analysed=len(some),
                in_all=len(names.intersection(*sets)) if sets else 0,
                not_begun=_why_not_begun(data, names - started),
                not_delivered=_why_not_delivered(data, (names & started) - whole),
                not_analysed=_why_not_analysed(data, names - some) if sets else (),
            )
        )
    return tuple(found)


def _contaminated(data: RunData) -> set[str]:
    return {cell["puppet"] for cell in data.cells if cell["outcome"] == "contaminated"}


def _told(reasons: Counter[str]) -> tuple[str, ...]:
    order = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))[:2]
    return tuple(f"{reason} ({count})" for reason, count in order)


def _why_not_begun(data: RunData, names: set[str]) -> tuple[str, ...]:
    states = {row["puppet"]: row["detail"] or row["state"] for row in data.sessions}
    return _told(Counter(str(states.get(name, "no session")) for name in names))


def _why_not_delivered(data: RunData, names: set[str]) -> tuple[str, ...]:
    unsure = _contaminated(data)
    return _told(
        Counter(
            "a step may or may not have happened" if name in unsure else "too little treatment"
            for name in names
        )
    )


def _why_not_analysed(data: RunData, names: set[str]) -> tuple[str, ...]:
    """What the first page after the treatment that is missing is missing for."""
    reasons: dict[str, str] = {}
    for cell in data.cells:
        if cell["puppet"] in names and (cell["path"] or "").startswith("after."):
            status = cell["status"] if cell["status"] not in (None, "ok") else None
            lost = status or (cell["outcome"] if cell["outcome"] != "done" else None)
            if lost or cell["outcome"] is None:
                reasons.setdefault(cell["puppet"], lost or "never finished")
    return _told(Counter(reasons.get(name, "no page with a value") for name in names))
