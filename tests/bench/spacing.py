"""How often do the intervals of half-life and safe gap hold what is true?

    nice .venv/bin/python tests/bench/spacing.py --runs 200

Audits of the design of docs/howto/carry-over.md (its gaps, numbers of searches and three controls
for each puppet of a cell), their pages drawn from the mock's ranking with a known half-life, and
the report's own bootstrap of each. Printed for each world, half-life and number of puppets a gap:
audits with a curve, the median half-life and the share of audits within 10 % of the truth, per
cent of their intervals that hold the half-life and the safe gap with its standard error, and the
intervals' median width.
"""

from __future__ import annotations

import argparse
import math

import numpy as np

from collector.analysis.spaced import EXPLAINED, fitted, intervals
from collector.calibration.spacing import Ground, Spaced, pages, true_safe_gap

GAPS_S = tuple(60.0 * minutes for minutes in (1, 2, 3, 5, 8, 12, 18, 25))


def counted(world: int, half_life_s: float, puppets: int, runs: int, seed: int) -> str:
    """One line of the table."""
    design = Spaced(gaps_s=GAPS_S, puppets=puppets, controls_each=3)
    ground = Ground.of(half_life_s, design, seed=world)
    generator = np.random.default_rng([seed, round(half_life_s), puppets])
    true = (half_life_s, true_safe_gap(ground, generator))
    ready = ground.staged(ground.design.cells)
    found, halves = [], []
    for _ in range(runs):
        groups, controls = pages(ground, ready, generator)
        curve = fitted(groups, controls)
        if curve is None or curve.explained < EXPLAINED:
            continue
        halves.append(curve.half_life_s)
        if (reach := intervals(groups, controls, generator)) is not None:
            found.append(reach)
    near = 100 * np.mean(np.abs(np.array(halves) / half_life_s - 1) <= 0.1)
    told = f"{world:>9}{half_life_s:>7g} s{puppets:>9}{len(found):>8}"
    told += f"{np.median(halves):>8.1f} s{near:>8.1f} %"
    for at in (0, 1):
        hits = sum(each[at][0] <= true[at] <= each[at][1] for each in found)
        share = hits / max(len(found), 1)
        error = math.sqrt(share * (1 - share) / max(len(found), 1))
        width = float(np.median([each[at][1] - each[at][0] for each in found] or [math.nan]))
        told += f"{100 * share:>9.1f} ± {100 * error:.1f} %{width:>8.0f} s"
    return told


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=200, help="audits a line")
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--worlds", type=int, nargs="+", default=[20260104, 1, 4], help="seeds")
    asked.add_argument("--half-lives", type=float, nargs="+", default=[180.0])
    asked.add_argument("--puppets", type=int, nargs="+", default=[20, 60])
    told = asked.parse_args()
    print(
        f"{'world':>9}{'half-life':>9}{'puppets':>9}{'audits':>8}{'median':>10}{'within':>10}"
        f"{'half-life held':>24}{'safe gap held':>24}"
    )
    for world in told.worlds:
        for half_life_s in told.half_lives:
            for puppets in told.puppets:
                print(counted(world, half_life_s, puppets, told.runs, told.seed), flush=True)


if __name__ == "__main__":
    main()
