"""Two runs side by side: the same design or not, every verdict in both, how far they agree.

Protects a replication from being read off two reports by eye. Two runs of different designs are
not comparable, and what differs is said first. The difference of two estimates comes with an
interval whose half-width combines theirs as the sides of a right triangle (two independent runs);
it describes, and no verdict is made of it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from collector.analysis import words
from collector.analysis.blinding import refuse_blinded
from collector.analysis.judging import judge
from collector.analysis.labelling import Wanted
from collector.analysis.load import load_run
from collector.analysis.measures import Unit
from collector.analysis.rundata import RunData
from collector.analysis.templating import environment
from collector.analysis.verdicts import Verdict, VerdictKind


@dataclass(frozen=True)
class Side:
    """One run."""

    folder: str
    run: str
    scenario: str
    state: str
    seed: int
    plan_hash: str
    started: str | None
    site: str | None
    puppets: Mapping[str, int]
    """Arm → puppets."""
    cells: int
    missing: int
    labels: str
    labels_sha256: str
    versions: Mapping[str, Any]


@dataclass(frozen=True)
class Differs:
    """Something that the two runs do not have in common."""

    what: str
    first: str
    second: str
    design: bool
    """It is part of the design: the runs do not answer the same question in the same way."""


@dataclass(frozen=True)
class Outcome:
    """One declared outcome in both runs; a side that did not declare it has ``None``."""

    name: str
    unit: Unit
    first: Verdict | None
    second: Verdict | None
    change: float | None
    """Estimate of the second less that of the first."""
    interval: tuple[float, float] | None
    """Of the change."""
    stable: str
    """``same verdict``, ``same sign``, ``opposite sign``, ``not comparable``."""


@dataclass(frozen=True)
class Compared:
    """Two runs, held against each other."""

    first: Side
    second: Side
    same_design: bool
    same_plan: bool
    differences: tuple[Differs, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def one_run(self) -> bool:
        """Both are one run with the same labels, which agrees with itself whatever it says."""
        sides = [(each.run, each.labels, each.labels_sha256) for each in (self.first, self.second)]
        return sides[0] == sides[1]

    @property
    def stable(self) -> int:
        """Outcomes with the same verdict in both."""
        return sum(each.stable == "same verdict" for each in self.outcomes)


def compare_runs(first: Path, second: Path, labels: Wanted = None) -> Compared:
    """Two runs' folders, compared.

    :raises UserError: one of them is no run, has no such labels, or is blinded.
    """
    one, other = load_run(first, labels), load_run(second, labels)
    for each in (one, other):
        told = "a comparison tells its arms by their names"
        refuse_blinded(each.run, each.events, each.folder, told, "the report of each run")
    differences = tuple(_differences(one, other))
    return Compared(
        first=_side(one),
        second=_side(other),
        same_design=not any(each.design for each in differences),
        same_plan=one.run["plan_hash"] == other.run["plan_hash"],
        differences=differences,
        outcomes=tuple(_outcomes(one, other)),
    )


def _side(data: RunData) -> Side:
    run = data.run
    lost = sum(
        cell["outcome"] != "done" or cell["status"] not in (None, "ok") for cell in data.cells
    )
    return Side(
        folder=str(data.folder),
        run=run["id"],
        scenario=run["scenario"],
        state=run["state"],
        seed=run["seed"],
        plan_hash=run["plan_hash"],
        started=run["started"],
        site=run["site"],
        puppets={arm: len(data.of_arm(arm)) for arm in data.arms},
        cells=len(data.cells),
        missing=lost,
        labels=data.labelling.name,
        labels_sha256=data.labelling.sha256,
        versions=run["versions"],
    )


#: Of a scenario's snapshot: what says nothing of the design.
_NO_DESIGN = frozenset({"description", "name", "seed", "labels", "mock", "site"})


def _differences(one: RunData, other: RunData) -> Iterator[Differs]:
    """What is not the same, the design first."""
    for key in sorted(one.run["scenario_json"].keys() | other.run["scenario_json"].keys()):
        if key != "analysis":
            pair = [data.run["scenario_json"].get(key) for data in (one, other)]
            yield from _unlike(f"scenario: {key}", *pair, design=key not in _NO_DESIGN)
    for key in sorted(one.run["analysis"].keys() | other.run["analysis"].keys()):
        pair = [data.run["analysis"].get(key) for data in (one, other)]
        yield from _unlike(f"analysis: {key}", *pair, design=True)
    for arm in dict.fromkeys((*one.arms, *other.arms)):
        yield from _unlike(
            f"puppets of {arm}", len(one.of_arm(arm)), len(other.of_arm(arm)), design=True
        )
    for key in ("platform", "site", "seed", "plan_hash", "recommender"):
        yield from _unlike(key.replace("_", " "), one.run[key], other.run[key],
                           design=key == "platform")  # fmt: skip
    versions = one.run["versions"], other.run["versions"]
    for key in sorted(versions[0].keys() | versions[1].keys()):
        yield from _unlike(f"version of {key}", *(v.get(key) for v in versions), design=False)
    machines = [data.manifest.get("environment") or {} for data in (one, other)]
    for key in sorted(machines[0].keys() | machines[1].keys()):
        pair = [machine.get(key) for machine in machines]
        yield from _unlike(f"environment: {key.removesuffix('_s')}", *pair, design=False)
    yield from _unlike("labels", one.labelling.name, other.labelling.name, design=False)
    yield from _unlike(
        "labels, SHA-256", one.labelling.sha256, other.labelling.sha256, design=False
    )


def _unlike(what: str, first: Any, second: Any, *, design: bool) -> Iterator[Differs]:
    if first != second:
        yield Differs(what, _short(first), _short(second), design)


def _short(value: Any) -> str:
    text = (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    )
    return text if len(text) <= 120 else f"{text[:117]}…"


def _outcomes(one: RunData, other: RunData) -> Iterator[Outcome]:
    found: dict[tuple[str, str, str, str], list[Verdict | None]] = {}
    for side, data in enumerate((one, other)):
        for verdict in judge(data).verdicts:
            key = (verdict.surface, verdict.outcome, verdict.arm, verdict.control)
            found.setdefault(key, [None, None])[side] = verdict
    for (surface, outcome, arm, control), (first, second) in found.items():
        change, interval = _change(first, second)
        known = first or second
        assert known is not None
        yield Outcome(
            name=f"{words.surface(surface)}: {outcome}, {arm} against {control}",
            unit=known.unit,
            first=first,
            second=second,
            change=change,
            interval=interval,
            stable=_stable(first, second),
        )


def _change(
    first: Verdict | None, second: Verdict | None
) -> tuple[float | None, tuple[float, float] | None]:
    """The second estimate less the first, and its interval where both have one."""
    if first is None or second is None or first.estimate is None or second.estimate is None:
        return None, None
    change = second.estimate - first.estimate
    if first.interval is None or second.interval is None:
        return change, None
    if not (first.bounded and second.bounded):
        return change, None
    down = math.hypot(second.estimate - second.interval[0], first.interval[1] - first.estimate)
    up = math.hypot(second.interval[1] - second.estimate, first.estimate - first.interval[0])
    return change, (change - down, change + up)


def _stable(first: Verdict | None, second: Verdict | None) -> str:
    if first is None or second is None:
        return "not comparable"
    withheld = VerdictKind.WITHHELD in (first.verdict, second.verdict)
    if withheld or first.estimate is None or second.estimate is None:
        return "not comparable"
    opposite = first.estimate * second.estimate < 0
    if first.verdict == second.verdict and not (first.verdict is VerdictKind.EFFECT and opposite):
        return "same verdict"
    return "opposite sign" if opposite else "same sign"


def as_data(compared: Compared) -> dict[str, Any]:
    """The comparison as plain data for JSON."""
    return {**asdict(compared), "stable": compared.stable}


def headline(compared: Compared) -> list[str]:
    """What the page says first, and a line for each outcome: whether both runs say the same."""
    if not compared.same_design:
        first = "not the same design: what is below differs in the question, and is no replication"
    else:
        plan = ", the same plan" if compared.same_plan else ""
        of = f"{compared.stable} of {len(compared.outcomes)} outcomes"
        first = f"the same design{plan}; the same verdict in both runs: {of}"
    return [first, *(f"{each.stable}: {each.name}: {_sides(each)}" for each in compared.outcomes)]


def _sides(outcome: Outcome) -> str:
    told = [_said(outcome.first), _said(outcome.second)]
    if told[0] == told[1]:
        return f"{told[0]} in both"
    return f"{told[0]} in the first, {told[1]} in the second"


def _said(verdict: Verdict | None) -> str:
    if verdict is None:
        return "not declared"
    held = verdict.verdict is VerdictKind.WITHHELD or verdict.estimate is None
    size = "" if held else f" ({words.amount(verdict.estimate, verdict.unit)})"
    return words.verdict_word(verdict) + size


def as_html(compared: Compared) -> str:
    """One self-contained page."""
    return environment().get_template("compare.html.j2").render(c=compared)
