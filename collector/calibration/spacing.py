"""Carry-over with a known half-life: are half-life and safe gap recovered from spaced searches?

The mock's own recommender under its truth ``carry-over``: its lists score the later search for
every gap, as they do for a request, and ``shown`` draws the pages. What is estimated is read off
the pages alone, as an analyst would: the share of what was searched for before among the results,
less its mean among controls.

The design is ``Spaced``. All puppets search the same: four times for one thing, then once for
another. Only when they do differs: one or all four of the earlier searches lie a gap before the
later one, the others, and all of the controls', twenty hours. So what does not fade by the clock
(the mock's history goes by watches) is the same for all, and the curve after four searches is that
after one, two half-lives later, whatever the list makes of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from collector.analysis.carryover import CarryOver
from collector.analysis.exchanges import Floats
from collector.analysis.metrics import Attention
from collector.analysis.spaced import EXPLAINED, differing, fitted
from collector.calibration.measured import shares
from collector.calibration.ranked import catalogue_of, scene_of
from collector.calibration.rates import Rate
from collector.calibration.scenes import Catalogue, Stage
from collector.common.model import Surface
from mockserver.world import World
from mockserver.world.rates import PAGE_SIZES
from mockserver.world.viewers import Event, EventKind, Snapshot

_LONG_S = 72_000.0
_CERTAIN = 10_000
"""Lists by which the true curve is known."""
_HALVINGS = 12


@dataclass(frozen=True)
class Spaced:
    """A design that finds out how long to wait between two searches."""

    earlier: str = "football"
    later: str = "how to"
    """A search whose results are of many topics, that of the earlier one among them."""
    label: str = "sports"
    """Of what the earlier one is about; its share of the later one's results is measured."""
    searches: tuple[int, int] = (1, 4)
    """So many of the earlier searches lie a gap before the later one, the others long before."""
    gaps_s: tuple[float, ...] = tuple(
        60.0 * minutes for minutes in (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 21, 25, 30, 35, 40)
    )
    puppets: int = 60
    """At each gap and number of searches."""
    controls_each: int = 8
    """So many controls for each of them."""

    @property
    def controls(self) -> int:
        """Return how many control puppets there are in all."""
        return self.controls_each * self.puppets

    @property
    def cells(self) -> list[tuple[int, float]]:
        """(searches, gap); the controls first."""
        return [(0, _LONG_S), *((n, gap) for n in self.searches for gap in self.gaps_s)]


@dataclass(frozen=True)
class Recovered:
    """How well many audits recover one half-life."""

    half_life_s: float
    puppets: int
    """At each gap and number of searches."""
    safe_gap_s: float
    """The true one: where the mock's own curve falls below what two controls differ by."""
    estimated_s: float
    """Median over the audits."""
    within: Rate
    """Audits within 10 % of the half-life."""
    safe_within: Rate
    """Audits whose safe gap is within a minute."""


@dataclass(frozen=True, eq=False)
class Ground:
    """The mock under a half-life, ready to answer later searches."""

    world: World
    catalogue: Catalogue
    design: Spaced

    @classmethod
    def of(cls, half_life_s: float, design: Spaced, seed: int = 1) -> Ground:
        """The ground of a world whose searches are forgotten by half in so many seconds.

        :param seed: of the world.
        """
        truths = [{"truth": "carry-over", "half_life_s": half_life_s}]
        world = World.build(seed=seed, clock="0", truths=truths)
        return cls(world, catalogue_of(world, world.labels()), design)

    def viewer(self, searches: int, gap_s: float) -> Snapshot:
        """A puppet at its later search: so many earlier ones a gap ago, the rest long before."""
        times = max(self.design.searches)
        moments = [0.0] * (times - searches) + [_LONG_S - gap_s] * searches
        seen = self.world.viewer("spaced").snapshot()
        events = tuple(Event(EventKind.SEARCH, self.design.earlier, at=at) for at in moments)
        return replace(seen, events=events, clock_s=_LONG_S)

    def staged(self, cells: list[tuple[int, float]]) -> Stage:
        """The later search's list, a state for each (searches, gap)."""
        scene = scene_of(
            self.world, Surface.SEARCH,
            [(self.viewer(*cell), self.design.later) for cell in cells],
            arm="spaced", slot="later", entries=PAGE_SIZES[Surface.SEARCH][0],
        )  # fmt: skip
        total = np.sum(list(scene.parts.values()), axis=0)
        return scene.stage(self.catalogue, total)

    def shares(self, ready: Stage, states: np.ndarray, generator: np.random.Generator) -> Floats:
        """Share of the earlier search's label on a page of each state."""
        lists = ready.draw(self.catalogue, states, generator)
        topics = self.catalogue.topic[np.maximum(lists.items, 0)]
        label = self.catalogue.labels.index(self.design.label)
        return shares(topics, lists.organic, label, Attention.UNIFORM)


def audit(ground: Ground, ready: Stage, generator: np.random.Generator) -> CarryOver | None:
    """One audit: pages are drawn and the report's function reads half-life and safe gap off."""
    curve = fitted(*pages(ground, ready, generator))
    return None if curve is None or curve.explained < EXPLAINED else curve


def pages(
    ground: Ground, ready: Stage, generator: np.random.Generator
) -> tuple[list[tuple[Floats, int, float]], Floats]:
    """What the puppets of one audit were shown: groups of shares with their searches and gap in
    seconds, and the shares of the controls; as :func:`fitted` takes them."""
    design = ground.design
    counts = [design.controls, *[design.puppets] * (len(design.cells) - 1)]
    states = np.repeat(np.arange(len(counts)), counts)
    found = ground.shares(ready, states, generator)
    controls, own = found[: design.controls], found[design.controls :]
    cells = zip(np.split(own, len(design.cells) - 1), design.cells[1:], strict=True)
    return [(shares, searches, gap_s) for shares, (searches, gap_s) in cells], controls


def true_safe_gap(ground: Ground, generator: np.random.Generator) -> float:
    """Where the mean excess after one search falls below what two controls differ by, by
    halving."""
    many = np.zeros(_CERTAIN, dtype=np.intp)
    controls = ground.shares(ground.staged([(0, _LONG_S)]), many, generator)
    floor, base = differing(controls), controls.mean()
    low, high = 0.0, 2 * max(ground.design.gaps_s)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        mean = ground.shares(ground.staged([(1, middle)]), many, generator).mean()
        low, high = (middle, high) if mean - base > floor else (low, middle)
    return (low + high) / 2


def recovered(half_life_s: float, design: Spaced, *, runs: int, seed: int) -> Recovered:
    """How often half-life (±10 %) and safe gap (±1 min) are recovered."""
    ground = Ground.of(half_life_s, design)
    generator = np.random.default_rng([seed, round(half_life_s), design.puppets])
    truth = true_safe_gap(ground, generator)
    ready = ground.staged(design.cells)
    told = [audit(ground, ready, generator) for _ in range(runs)]
    found = [each for each in told if each is not None]
    halves = np.array([each.half_life_s for each in found])
    safes = np.array([each.safe_gap_s for each in found])
    return Recovered(
        half_life_s,
        design.puppets,
        truth,
        float(np.median(halves)) if found else float("nan"),
        Rate(int((np.abs(halves / half_life_s - 1) <= 0.1).sum()), runs),
        Rate(int((np.abs(safes - truth) <= 60).sum()), runs),
    )
