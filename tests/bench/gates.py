"""How often do the gates on loss and on drift speak, where they should and where they should not?

    nice .venv/bin/python tests/bench/gates.py --runs 1000

Simulated audits, the numbers drawn with numpy and given to the gates as a report gives them. Loss:
four cells a puppet; half of one arm's cells lost and none of the other's, then 20 % of all, then
70 % of the cells of some blocks and 5 % of the others'. Drift: normal values, or shares of lists
of which seven in ten have none of the label; an effect of so many standard deviations of a puppet's
value that ends in mid-run. Printed in per cent: flagged (loss), withheld (drift).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

from hand_runs import hand_run

from collector.analysis.declared import Declaration
from collector.analysis.gates.attrition import attrition
from collector.analysis.gates.base import Ruling
from collector.analysis.gates.stability import stability
from collector.analysis.judging import declaration_of
from collector.analysis.outcomes import Measured, measure_question
from collector.analysis.rundata import RunData
from collector.analysis.stability import suspicious

DESIGNS = ((5, 4), (6, 1), (6, 4), (7, 1), (7, 2), (7, 4), (8, 4), (10, 4), (12, 1), (12, 4))
CELLS = 4


def audit(twins: int, block: int) -> tuple[RunData, Measured, Declaration]:
    """A run of two arms of which only the numbers are missing."""
    names = [f"{arm}-{twin}" for arm in "ct" for twin in range(1, twins + 1)]
    data = hand_run(
        {name: {f"after.{n}": "a:news b:x" for n in range(CELLS)} for name in names},
        blocks={name: (int(name[2:]) - 1) // block + 1 for name in names},
        exposure=["news"],
        outcomes=["exposure-share"],
    )
    declaration = declaration_of(data)
    (question,) = declaration.questions
    return data, measure_question(data, question, declaration), declaration


def lost(data: RunData, chance: NDArray[np.float64], generator: np.random.Generator) -> RunData:
    """With such a chance of each puppet's cells to be no data, in the order of its puppets."""
    of = dict(zip([puppet.name for puppet in data.puppets], chance, strict=True))
    gone = generator.random(len(data.cells)) < [of[cell["puppet"]] for cell in data.cells]
    return replace(
        data,
        cells=tuple(
            {**cell, "outcome": "failed", "status": None} if missing else cell
            for cell, missing in zip(data.cells, gone, strict=True)
        ),
    )


def losses(twins: int, block: int, runs: int) -> dict[str, float]:
    """Kind of loss → share of the runs that the gate on attrition flags."""
    data, measured, _ = audit(twins, block)
    generator = np.random.default_rng(twins * 100 + block)
    treated = np.array([puppet.arm == "t" for puppet in data.puppets])
    blocks = np.array([puppet.block for puppet in data.puppets])
    flagged = dict.fromkeys(("one arm", "uniform", "blocks"), 0)
    for _ in range(runs):
        bad = generator.random(blocks.max() + 1) < 0.3
        for kind, chance in (
            ("one arm", np.where(treated, 0.5, 0.0)),
            ("uniform", np.full(len(treated), 0.2)),
            ("blocks", np.where(bad[blocks], 0.7, 0.05)),
        ):
            gate = attrition(lost(data, chance, generator), measured.contrast, 1)
            flagged[kind] += gate.ruling is Ruling.WITHHELD
    return {kind: count / runs for kind, count in flagged.items()}


def drifts(twins: int, block: int, runs: int, effect: float, kind: str = "normal") -> float:
    """Share of the runs that the gate on stability withholds.

    :param effect: in standard deviations of a puppet's value; it ends after half of the blocks.
    """
    _, measured, declaration = audit(twins, block)
    generator = np.random.default_rng(twins * 100 + block)
    numbers = np.array([puppet.block for puppet in measured.puppets])
    treated = np.array([puppet.arm == "t" for puppet in measured.puppets])
    shows = treated & (numbers <= (numbers.min() + numbers.max()) / 2)
    values = generator.normal(size=(runs, len(numbers)))
    if kind == "zeros":
        values = np.where(generator.random(values.shape) < 0.7, 0.0, generator.random(values.shape))
    values = values + effect * shows
    # Blocks hold as many of either arm: the n-th treated puppet and the n-th control are a pair.
    arm, other, when = values[:, treated], values[:, ~treated], numbers[treated]
    withheld = 0
    # Only the gate's costly half needs to be asked, and only where the cheap one allows it.
    for seed in np.flatnonzero(suspicious(arm - other, when, sums=arm + other)).tolist():
        named = {p.name: float(v) for p, v in zip(measured.puppets, values[seed], strict=True)}
        gate = stability(replace(measured, values=named), len(declaration.questions), seed)
        withheld += gate.ruling is Ruling.WITHHELD
    return withheld / runs


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--drift", action="store_true", help="the gate on drift alone")
    parser.add_argument("--effects", type=int, help="audits of a cell with an effect that ends")
    parser.add_argument("--design", nargs="*", help="twins,block, such as 7,4; by default all")
    asked = parser.parse_args()
    designs = [tuple(map(int, each.split(","))) for each in asked.design or ()] or DESIGNS
    runs: int = asked.runs
    print(f"{runs} simulated audits a cell; per cent")
    print(f"{'twins':>5} {'block':>5} | loss: one arm  uniform   blocks |"
          " drift: none   zeros   ends 6 sd  10 sd  20 sd")  # fmt: skip
    for twins, block in designs:
        loss = dict.fromkeys("abc", np.nan) if asked.drift else losses(twins, block, runs)
        drift = [
            drifts(twins, block, runs, 0.0),
            drifts(twins, block, runs, 0.0, "zeros"),
            *(drifts(twins, block, asked.effects or runs, effect) for effect in (6.0, 10.0, 20.0)),
        ]
        told = [f"{100 * rate:>9.1f}" for rate in (*loss.values(), *drift)]
        print(f"{twins:>5} {block:>5} |    {''.join(told[:3])} |   {''.join(told[3:])}", flush=True)


if __name__ == "__main__":
    main()
