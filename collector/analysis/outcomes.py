"""What the run was declared to compare, computed: exposure and rank overlap, arm against control.

Every comparison stands on one value a puppet (the mean over its pages) or on distances between
puppets; twins give the noise that it is held against.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from collector.analysis.inference import (
    Interval,
    Permutation,
    Unit,
    bootstrap_difference,
    comparable,
    difference,
    excess_distance,
    holm,
    permutation_test,
    two_sided,
)
from collector.analysis.load import Page, Puppet, RunData
from collector.analysis.metrics import Attention, exposure_share, incidence, jaccard, rbo

Similarity = Callable[[Sequence[str], Sequence[str]], float]
SIMILARITIES: Mapping[str, Similarity] = {"rbo": rbo, "jaccard": jaccard}


@dataclass(frozen=True)
class Exposure:
    """Share of attention that a label gets on a surface: one arm against the control."""

    surface: str
    label: str
    control: str
    arm: str
    values: Mapping[str, float]
    """Puppet → share, 0–1."""
    control_mean: float
    arm_mean: float
    twin_gap: float | None
    """Mean difference between twins of an arm; ``None`` without twins."""
    sizes: tuple[int, int]
    """Puppets with a value: of the control, of the arm."""
    test: Permutation | None
    interval: Interval | None
    incidence: Mapping[str, float]
    """Arm → share of its puppets that met at least one item."""

    @property
    def name(self) -> str:
        return f"{self.surface}: exposure to {self.label}, {self.arm} against {self.control}"

    @property
    def difference(self) -> float:
        return self.arm_mean - self.control_mean


@dataclass(frozen=True)
class Pair:
    """Two puppets and how alike their pages are, 0–1."""

    left: Puppet
    right: Puppet
    similarity: float

    @property
    def twins(self) -> bool:
        return self.left.arm == self.right.arm


@dataclass(frozen=True)
class Overlap:
    """How alike the lists of a surface are, between arms and between twins."""

    surface: str
    measure: str
    control: str
    arm: str
    pairs: tuple[Pair, ...]
    between: float | None
    within: float | None
    test: Permutation | None
    """Of the excess distance, within minus between."""

    @property
    def name(self) -> str:
        return (
            f"{self.surface}: rank overlap ({self.measure.upper()}), {self.arm} and {self.control}"
        )

    @property
    def excess(self) -> float | None:
        if self.between is None or self.within is None:
            return None
        return self.within - self.between


@dataclass(frozen=True)
class Outcomes:
    phases: Mapping[str, str]
    """Surface → the part of the session its pages were taken from: ``after`` or ``arms``."""
    exposures: tuple[Exposure, ...]
    overlaps: tuple[Overlap, ...]
    adjusted: Mapping[str, float]
    """Name of a declared outcome → p after Holm's correction."""
    baseline: Mapping[tuple[str, str], Mapping[str, float]]
    """(surface, label) → arm → mean share before the treatment."""


def surfaces_of(data: RunData) -> tuple[str, ...]:
    """The declared surfaces, or else those that were seen."""
    declared = data.run["analysis"].get("surfaces")
    if declared:
        return tuple(declared)
    seen = {page.surface for page in data.pages}
    return tuple(s for s in ("home", "related", "search", "channel") if s in seen)


def declared_labels(data: RunData) -> tuple[str, ...]:
    return tuple(data.run["analysis"].get("exposure") or ())


def attention_of(data: RunData) -> Attention:
    return Attention(data.run["analysis"].get("attention") or Attention.GEOMETRIC)


def outcome_pages(data: RunData, surface: str) -> tuple[str, tuple[Page, ...]]:
    """The pages that answer the question, and the part of the session they are from.

    Pages of steps that all arms take after the treatment; where a surface has none, those that
    came during the treatment.
    """
    for phase in ("after", "arms", "before"):
        pages = tuple(p for p in data.pages if p.surface == surface and p.phase == phase)
        if pages:
            return phase, pages
    return "after", ()


def shares(pages: Sequence[Page], wanted: set[str], curve: Attention) -> dict[Puppet, float]:
    """Puppet → mean share over its pages; puppets without a page are absent."""
    found: dict[Puppet, list[float]] = defaultdict(list)
    for page in pages:
        share = exposure_share(page.topics, wanted, curve)
        if share is not None:
            found[page.puppet].append(share)
    return {puppet: fmean(values) for puppet, values in found.items()}


def compute(data: RunData) -> Outcomes:
    """All comparisons of a run; what cannot be said (no label, no second arm) is left out."""
    exposures: list[Exposure] = []
    overlaps: list[Overlap] = []
    phases: dict[str, str] = {}
    for surface in surfaces_of(data):
        phases[surface], pages = outcome_pages(data, surface)
        for arm in data.arms:
            if data.control is None or arm == data.control:
                continue
            for label in declared_labels(data):
                exposure = _exposure(data, pages, surface, label, arm, data.control)
                exposures += [exposure] if exposure else []
            for measure in SIMILARITIES:
                overlaps.append(_overlap(data, pages, surface, measure, arm, data.control))
    tested: dict[str, Permutation] = {e.name: e.test for e in exposures if e.test}
    if not declared_labels(data):  # then the rank overlap is what was declared
        tested = {o.name: o.test for o in overlaps if o.test and o.measure == "rbo"}
    return Outcomes(
        phases=phases,
        exposures=tuple(exposures),
        overlaps=tuple(overlaps),
        adjusted=holm({name: test.p for name, test in tested.items()}),
        baseline=_baseline(data),
    )


def _exposure(
    data: RunData, pages: Sequence[Page], surface: str, label: str, arm: str, control: str
) -> Exposure | None:
    values = shares(pages, {label}, attention_of(data))
    treated = {p: v for p, v in values.items() if p.arm == arm}
    controls = {p: v for p, v in values.items() if p.arm == control}
    if not treated or not controls:
        return None
    puppets = [*controls, *treated]
    units = [Unit(p.name, p.arm, p.block) for p in puppets]
    return Exposure(
        surface=surface,
        label=label,
        control=control,
        arm=arm,
        values={p.name: values[p] for p in puppets},
        control_mean=fmean(controls.values()),
        arm_mean=fmean(treated.values()),
        twin_gap=_twin_gap([controls, treated]),
        sizes=(len(controls), len(treated)),
        test=permutation_test(
            units,
            (control, arm),
            two_sided(difference([values[p] for p in puppets])),
            seed=int(data.run["seed"]),
        ),
        interval=bootstrap_difference(
            list(treated.values()), list(controls.values()), seed=int(data.run["seed"])
        ),
        incidence={
            each: share
            for each in (control, arm)
            if (share := _incidence(pages, each, label)) is not None
        },
    )


def _incidence(pages: Sequence[Page], arm: str, label: str) -> float | None:
    met: dict[str, int] = {page.puppet.name: 0 for page in pages if page.puppet.arm == arm}
    for page in pages:
        if page.puppet.arm == arm:
            met[page.puppet.name] += page.topics.count(label)
    return incidence(list(met.values()))


def _twin_gap(arms: Sequence[Mapping[Puppet, float]]) -> float | None:
    gaps = [abs(a - b) for arm in arms for a, b in itertools.combinations(arm.values(), 2)]
    return fmean(gaps) if gaps else None


def page_similarity(
    left: Mapping[str, Page], right: Mapping[str, Page], measure: Similarity
) -> float | None:
    """Mean over the pages that both puppets have; ``None`` if they share none."""
    common = [slot for slot in left if slot in right]
    if not common:
        return None
    return fmean(measure(left[slot].ids, right[slot].ids) for slot in common)


def _overlap(
    data: RunData, pages: Sequence[Page], surface: str, measure: str, arm: str, control: str
) -> Overlap:
    by_puppet: dict[Puppet, dict[str, Page]] = defaultdict(dict)
    for page in pages:
        if page.puppet.arm in (arm, control):
            by_puppet[page.puppet][page.slot] = page
    puppets = sorted(by_puppet, key=lambda p: (p.arm != control, p.twin, p.name))
    units = [Unit(p.name, p.arm, p.block) for p in puppets]
    distances: NDArray[np.float64] = np.full((len(puppets), len(puppets)), np.nan)
    pairs = []
    for (i, a), (j, b) in itertools.combinations(enumerate(puppets), 2):
        similarity = page_similarity(by_puppet[a], by_puppet[b], SIMILARITIES[measure])
        if similarity is not None:
            pairs.append(Pair(a, b, similarity))
            distances[i, j] = distances[j, i] = 1 - similarity
    test = None
    if len(puppets) > 2 and comparable(distances, units):
        test = permutation_test(
            units,
            (control, arm),
            excess_distance(distances, units),
            seed=int(data.run["seed"]),
        )
    # Pairs of one block saw the same moment; twins never do. Both sides use pairs of two blocks.
    apart = [pair for pair in pairs if pair.left.block != pair.right.block]
    between = [p.similarity for p in (apart or pairs) if not p.twins]
    within = [p.similarity for p in apart if p.twins]
    return Overlap(
        surface=surface,
        measure=measure,
        control=control,
        arm=arm,
        pairs=tuple(pairs),
        between=fmean(between) if between else None,
        within=fmean(within) if within else None,
        test=test,
    )


def _baseline(data: RunData) -> dict[tuple[str, str], dict[str, float]]:
    found: dict[tuple[str, str], dict[str, float]] = {}
    for surface in surfaces_of(data):
        pages = [p for p in data.pages if p.surface == surface and p.phase == "before"]
        for label in declared_labels(data):
            values = shares(pages, {label}, attention_of(data))
            means = {
                arm: fmean(v for p, v in values.items() if p.arm == arm)
                for arm in data.arms
                if any(p.arm == arm for p in values)
            }
            if means:
                found[surface, label] = means
    return found
