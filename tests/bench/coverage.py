"""How often does the interval called 95 % hold the truth? Simulated audits, printed as a table.

Each row is a design: twins an arm, twins of an arm in a block. Each column is a kind of list; the
truth is 0.15 more in the treated arm, in four of them a shift of every treated puppet, as the test
takes it to be:

- normal: normal values;
- zeros, rare: shares of lists of which seven (nine) in ten have none of the label;
- list: share under geometric attention of 20 items, with a chance of the label that differs by
  puppet;
- met: no shift. Three of ten controls and six of ten treated puppets meet the label, so that
  spread and shape differ by arm. The test is not exact for this.

Printed: coverage and mean width in units of the spread; last, for normal values without an effect,
how often p ≤ alpha. "unbounded": the design allows no bound at this level.
``python tests/bench/coverage.py --runs 4000``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from collector.analysis.design import Blocks, blocks_of
from collector.analysis.inference import Sample, interval
from collector.analysis.metrics import attention_weights
from collector.analysis.shifts import shifts

Floats = NDArray[np.float64]
Treated = NDArray[np.bool_]
Kind = Callable[[np.random.Generator, int, Treated], Floats]

EFFECT = 0.15
WEIGHTS = np.array(attention_weights(20, "geometric"))


def normal(generator: np.random.Generator, runs: int, treated: Treated) -> Floats:
    return generator.normal(size=(runs, len(treated))) + EFFECT * treated


def zeros(generator: np.random.Generator, runs: int, treated: Treated) -> Floats:
    return _met(generator, runs, np.full(len(treated), 0.3)) + EFFECT * treated


def rare(generator: np.random.Generator, runs: int, treated: Treated) -> Floats:
    return _met(generator, runs, np.full(len(treated), 0.1)) + EFFECT * treated


def ranked(generator: np.random.Generator, runs: int, treated: Treated) -> Floats:
    chance = generator.beta(2, 6, size=(runs, len(treated), 1))
    found: Floats = (generator.random((runs, len(treated), 20)) < chance) @ WEIGHTS
    return found + EFFECT * treated


def met(generator: np.random.Generator, runs: int, treated: Treated) -> Floats:
    return _met(generator, runs, np.where(treated, 0.6, 0.3))


def _met(generator: np.random.Generator, runs: int, chance: Floats) -> Floats:
    """A uniform share, mean 0.5, for those that met the label; 0 for the others."""
    shape = (runs, len(chance))
    return np.where(generator.random(shape) < chance, generator.random(shape), 0.0)


KINDS: dict[str, Kind] = {
    "normal": normal,
    "zeros": zeros,
    "rare": rare,
    "list": ranked,
    "met": met,
}


def coverage(
    blocks: Blocks, kind: Kind, *, runs: int, seed: int = 1, alpha: float = 0.05, most: int = 4_000
) -> tuple[float, float, float]:
    """Share of intervals that hold the effect, mean width, and how often p ≤ alpha without it.

    The last takes the effect from every treated puppet first, so it says something of shifts only.

    :param most: exchanges counted, beyond which they are sampled; 20,000 in a report.
    """
    generator = np.random.default_rng(seed)
    treated = np.concatenate([np.repeat([True, False], size) for size in blocks.used])
    values = kind(generator, runs, treated)
    found = shifts(values, treated, blocks.used, alpha=alpha, seed=seed, most=most)
    null = shifts(
        values - EFFECT * treated, treated, blocks.used, alpha=alpha, seed=seed, most=most
    )
    low, high = found.estimates - found.down, found.estimates + found.up
    slack = 1e-9  # ties: an end that equals the truth holds it
    inside = (low - slack <= EFFECT) & (high + slack >= EFFECT)
    width = float((high - low).mean()) / float(values.std())
    return float(inside.mean()), width, float((null.p <= alpha).mean())


def claims(
    twins: int, block: int, chances: tuple[float, float], size: float, *, runs: int
) -> tuple[float, float, float]:
    """Labels that few puppets meet: coverage, and how often "no effect larger than X" is false.

    A control (treated) puppet meets the label with the first (second) chance, then with a uniform
    share up to ``size``; X is the true difference. Twice: asked of the interval alone, and with
    its sparse ends, as ``Interval.within`` does.
    """
    generator = np.random.default_rng(1)
    sizes = blocks_of(twins, twins, block).used
    treated = np.concatenate([np.repeat([True, False], each) for each in sizes])
    strata = np.repeat(np.arange(len(sizes)), [t + c for t, c in sizes])
    truth = (chances[1] - chances[0]) * size / 2
    held = alone = guarded = 0
    for values in size * _met(generator, runs, np.where(treated, chances[1], chances[0])):
        found = interval(Sample(values, treated, strata), seed=1)
        held += found.low - 1e-9 <= truth <= found.high + 1e-9
        guarded += found.within(truth)
        alone += replace(found, sparse=None).within(truth)
    return held / runs, alone / runs, guarded / runs


def print_claims(runs: int) -> None:
    print(f"{runs} simulated audits a row; per cent")
    print("   met by    size  twins  block  covers  false claims: interval alone, as reported")
    for chances in ((0.0, 0.1), (0.0, 0.25), (0.1, 0.2), (0.05, 0.35)):
        for size in (1.0, 0.4):
            for twins, block in ((6, 1), (7, 4), (10, 4), (20, 4)):
                rates = claims(twins, block, chances, size, runs=runs)
                print(
                    f"{chances[0]:.2f}, {chances[1]:.2f}  {size:.1f}  {twins:>5}  {block:>5}"
                    + "".join(f"{100 * rate:>8.1f}" for rate in rates),
                    flush=True,
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=2_000, help="simulated audits a cell")
    parser.add_argument("--alpha", type=float, default=0.05)
    parser.add_argument("--claims", action="store_true", help="labels that few puppets meet")
    arguments = parser.parse_args()
    if arguments.claims:
        print_claims(arguments.runs)
    else:
        print_coverage(arguments.runs, arguments.alpha)


def print_coverage(runs: int, alpha: float) -> None:
    print(f"{runs} simulated audits a cell; coverage % / mean width in spreads")
    print(f"{'twins':>5} {'block':>5}" + "".join(f"{name:>16}" for name in KINDS) + f"{'p ≤ α':>9}")
    for twins in (3, 4, 5, 6, 7, 8, 10, 12, 15, 20):
        for block in (1, 2, 4):
            cells, alarms = [], 0.0
            for name, kind in KINDS.items():
                held, width, rejected = coverage(
                    blocks_of(twins, twins, block), kind, runs=runs, alpha=alpha
                )
                cells.append(
                    f"{100 * held:.1f} / {width:.2f}" if np.isfinite(width) else "unbounded"
                )
                alarms = rejected if name == "normal" else alarms
            print(f"{twins:>5} {block:>5}" + "".join(f"{c:>16}" for c in cells) + f"{alarms:>9.3f}")


if __name__ == "__main__":
    main()
