"""How often does the interval called 95 % hold the truth? Simulated audits, printed as a table.

Each row is a design: twins an arm, twins of an arm in a block. Each column is a kind of list. In
four of them the truth is a shift of every treated puppet by 0.15, as the inverted test takes it to
be:

- normal: normal values;
- zeros, rare: shares of lists of which seven (nine) in ten have none of the label;
- list: share under geometric attention of 20 items, with a chance of the label that differs by
  puppet.

In the others the treatment makes more puppets meet the label and shifts nobody else: of the
controls and of the treated puppets such shares meet it, with a uniform share of their list.

Printed: coverage and mean width in points, as reported and (in brackets) of the test inverted
alone; last, for normal values without an effect, how often p ≤ alpha. "unbounded": the design
allows no bound at this level.
``nice python tests/bench/coverage.py --runs 1000``; ``--claims`` for "no effect larger than X".
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from collector.analysis.design import blocks_of
from collector.analysis.inference import Sample, interval
from collector.analysis.intervals import inverted
from collector.analysis.many import Many, _ends, value_tests
from collector.analysis.measures import measures
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


def met(control: float, treated: float) -> tuple[Kind, float]:
    """Such shares of the puppets meet the label; and the true difference."""

    def kind(generator: np.random.Generator, runs: int, arm: Treated) -> Floats:
        return _met(generator, runs, np.where(arm, treated, control))

    return kind, (treated - control) / 2


def _met(generator: np.random.Generator, runs: int, chance: Floats) -> Floats:
    """A uniform share, mean 0.5, for those that met the label; 0 for the others."""
    shape = (runs, len(chance))
    return np.where(generator.random(shape) < chance, generator.random(shape), 0.0)


KINDS: dict[str, tuple[Kind, float]] = {
    "normal": (normal, EFFECT),
    "zeros": (zeros, EFFECT),
    "rare": (rare, EFFECT),
    "list": (ranked, EFFECT),
    "met 30, 60 %": met(0.3, 0.6),
    "met 60, 90 %": met(0.6, 0.9),
    "met 10, 20 %": met(0.1, 0.2),
    "met 5, 35 %": met(0.05, 0.35),
    "met 0, 25 %": met(0.0, 0.25),
    "met 2, 5 %": met(0.02, 0.05),
}


def simulated(
    twins: int, block: int, kind: Kind, runs: int
) -> tuple[list[Sample], NDArray[np.bool_]]:
    """So many audits of a design, and who is treated."""
    sizes = blocks_of(twins, twins, block).used
    treated = np.concatenate([np.repeat([True, False], each) for each in sizes])
    strata = np.repeat(np.arange(len(sizes)), [t + c for t, c in sizes])
    values = kind(np.random.default_rng(1), runs, treated)
    return [Sample(row, treated, strata) for row in values], treated


def coverage(
    twins: int, block: int, kind: Kind, truth: float, *, runs: int, alpha: float = 0.05
) -> tuple[float, float, float, float]:
    """Share of intervals that hold the truth and their mean width; the same of the test inverted
    alone. All audits at once, by the functions that calibration and a report's certificate use."""
    samples, treated = simulated(twins, block, kind, runs)
    strata = samples[0].strata
    # Normal values are no shares: nothing is cut.
    measure = measures()["mean-score" if kind is normal else "exposure-share"]
    values = np.stack([each.values for each in samples])
    found = Many.of("", measure, treated, strata, strata, values)
    value_tests(found, alpha=alpha, questions=1, seed=1)
    reported = _held(found.low, found.high, truth)
    if kind is normal:  # nothing ties
        return *reported, *reported
    sizes = samples[0].in_use().sizes
    told = shifts(values, treated, sizes, alpha=alpha, seed=1)
    ends = told.estimates, told.up, told.down, told.tie
    return *reported, *_held(*_ends(*ends, measure.reach, sizes, alpha)[:2], truth)


def _held(low: Floats, high: Floats, truth: float) -> tuple[float, float]:
    """Share that holds the truth, and mean width; an end that equals the truth holds it."""
    holds = (low - 1e-9 <= truth) & (truth <= high + 1e-9)
    return float(holds.mean()), float((high - low).mean())


def claims(
    twins: int, block: int, chances: tuple[float, float], size: float, *, runs: int
) -> tuple[float, float, float]:
    """Labels that few puppets meet: coverage, and how often "no effect larger than X" is false.

    A control (treated) puppet meets the label with the first (second) chance, then with a uniform
    share up to ``size``; X is the true difference. Twice: asked of the test inverted alone, and of
    the interval as reported.
    """
    truth = (chances[1] - chances[0]) * size / 2
    held = alone = reported = 0
    samples, _ = simulated(
        twins,
        block,
        lambda generator, runs, treated: (
            size * _met(generator, runs, np.where(treated, chances[1], chances[0]))
        ),
        runs,
    )
    for sample in samples:
        found = interval(sample, seed=1)
        held += found.low - 1e-9 <= truth <= found.high + 1e-9
        reported += found.within(truth)
        alone += inverted(sample, seed=1, bounds=(-1.0, 1.0)).within(truth)
    return held / runs, alone / runs, reported / runs


def print_claims(runs: int) -> None:
    print(f"{runs} simulated audits a row; per cent")
    print("   met by    size  twins  block  covers  false claims: test inverted alone, as reported")
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
    parser.add_argument("--runs", type=int, default=1_000, help="simulated audits a cell")
    parser.add_argument("--alpha", type=float, default=0.05)
    parser.add_argument("--twins", type=int, nargs="*", default=[5, 6, 7, 8, 10, 12, 15, 20])
    parser.add_argument("--block", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--claims", action="store_true", help="labels that few puppets meet")
    arguments = parser.parse_args()
    if arguments.claims:
        print_claims(arguments.runs)
    else:
        print_coverage(arguments.runs, arguments.alpha, arguments.twins, arguments.block)


def print_coverage(runs: int, alpha: float, twins: Sequence[int], blocks: Sequence[int]) -> None:
    print(f"{runs} simulated audits a cell; coverage % / mean width (of the test alone)")
    print(f"{'twins':>5} {'block':>5}" + "".join(f"{name:>24}" for name in KINDS) + f"{'p ≤ α':>9}")
    for k in twins:
        for block in blocks:
            print(f"{k:>5} {block:>5}", end="")
            for kind, truth in KINDS.values():
                held, width, alone, alone_width = coverage(
                    k, block, kind, truth, runs=runs, alpha=alpha
                )
                cell = f"{100 * held:.1f}/{width:.2f} ({100 * alone:.1f}/{alone_width:.2f})"
                print(f"{cell if np.isfinite(width) else 'unbounded':>24}", end="", flush=True)
            samples, treated = simulated(k, block, normal, runs)
            values = np.stack([each.values for each in samples]) - EFFECT * treated
            p = shifts(values, treated, samples[0].in_use().sizes, alpha=alpha, seed=1).p
            print(f"{float(np.mean(p <= alpha)):>9.3f}", flush=True)


if __name__ == "__main__":
    main()
