"""A run that was made to find out how long a search colours the next one.

The design: all puppets search the same, some times for one thing and then, in ``after``, once for
another; only when they do differs. Puppets of the control arm search for the first thing long
before; those of any other arm do so once, or several times, a gap before the later search, and the
rest as long before as the controls. Such a run is told by its achieved gaps, nothing declares it.
Read off it are half-life and safe gap (``carryover``), with percentile intervals of a bootstrap
over puppets within their cells.

Protects the rule that a number is given only where the design bears it: one gap, one number of
searches or puppets that searched for different things, and there is none.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from collector.analysis.carryover import LEAST_CELLS, CarryOver, Cells, carry_overs
from collector.analysis.declared import Declaration
from collector.analysis.exchanges import Floats
from collector.analysis.metrics import Attention, exposure_share
from collector.analysis.rundata import Page, RunData
from collector.common.model import Surface

DRAWS = 200
LEVEL = 0.95
EXPLAINED = 0.5
"""Share of the sum of squares between cells below which there is no decay to speak of."""
_AS_LONG = 0.9
"""A search of at least this share of the age of the controls' is as long ago as theirs."""
_LEAST = 4
"""Controls, and puppets of a cell."""


@dataclass(frozen=True)
class Cell:
    """Puppets that searched so often so long before."""

    searches: int
    gap_s: float
    puppets: int
    excess: float
    """Mean share of the label, less its mean among controls."""


@dataclass(frozen=True)
class Spacing:
    """What a run says of one label; ``None`` where it says nothing."""

    label: str
    control: str
    controls: int
    cells: tuple[Cell, ...]
    floor: float
    """What two controls differ by: below it an excess no longer matters."""
    explained: float
    """Share of the sum of squares between cells that the curve explains."""
    half_life_s: float | None
    half_life_interval: tuple[float, float] | None
    safe_gap_s: float | None
    safe_gap_interval: tuple[float, float] | None
    why: str
    """Why there is no half-life; empty where there is one."""


def differing(controls: Floats) -> float:
    """What two controls differ by: the mean of |one − other| over all pairs of them."""
    ordered = np.sort(controls)
    n = len(ordered)
    return float(2 * (2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * (n - 1)))


def spaced(data: RunData, declaration: Declaration) -> tuple[Spacing, ...]:
    """One for each declared label of an exposure to search results; none if the run has not the
    design.

    In a run whose platform halves what it remembers every 180 s, ``half_life_s`` is about 180.
    """
    moments = _moments(data)
    labels = dict.fromkeys(
        q.label for q in declaration.questions if q.surface == Surface.SEARCH and q.label
    )
    if moments is None or not labels:
        return ()
    pages, told = moments
    found = []
    for label in labels:
        values = {
            name: share
            for name, page in pages.items()
            if (share := exposure_share(page.topics, {label}, Attention.UNIFORM)) is not None
        }
        if (one := _read(data, label, values, told)) is not None:
            found.append(one)
    return tuple(found)


def _moments(
    data: RunData,
) -> tuple[dict[str, Page], dict[str, tuple[int, float]]] | None:
    """Puppet → its page of the later search; puppet → number and mean age, in seconds, of the
    earlier searches that are nearer than the controls'; (0, age) where there are none."""
    if not _alike(data):
        return None
    later: dict[str, list[Page]] = {}
    for page in data.pages:
        if page.surface == Surface.SEARCH and page.phase == "after":
            later.setdefault(page.puppet.name, []).append(page)
    pages = {name: own[0] for name, own in later.items() if len(own) == 1}
    ages = {
        name: np.cumsum(np.array(data.gaps[name])[::-1]) for name in pages if data.gaps.get(name)
    }
    usual = max((len(own) for own in ages.values()), default=0)
    ages = {name: own for name, own in ages.items() if len(own) == usual}
    arm = {puppet.name: puppet.arm for puppet in data.puppets}
    controls = [own.min() for name, own in ages.items() if arm[name] == data.control]
    if len(controls) < _LEAST:
        return None
    long = _AS_LONG * min(controls)
    told = {}
    for name, own in ages.items():
        near = own[own < long]
        told[name] = (len(near), float(near.mean()) if len(near) else float(own.min()))
    return {name: pages[name] for name in ages}, told


def _alike(data: RunData) -> bool:
    """Whether every puppet searched for one and the same thing in its own part, as often."""
    queries: dict[str, list[str]] = {puppet.name: [] for puppet in data.puppets}
    for step in data.treatment:
        if step.kind == "search" and step.puppet in queries:
            queries[step.puppet].append(str(step.args.get("query", "")))
    every = {tuple(own) for own in queries.values()}
    return len(every) == 1 and len(set(every.pop())) == 1


def _read(
    data: RunData,
    label: str,
    values: Mapping[str, float],
    told: Mapping[str, tuple[int, float]],
) -> Spacing | None:
    arm = {puppet.name: puppet.arm for puppet in data.puppets}
    cells: dict[str, list[str]] = {}
    for name in values:
        if told[name][0] or arm[name] == data.control:
            cells.setdefault(arm[name], []).append(name)
    controls = np.array([values[name] for name in cells.pop(data.control or "", [])])
    groups = [
        (
            np.array([values[name] for name in names]),
            round(float(np.median([told[name][0] for name in names]))),
            float(np.median([told[name][1] for name in names])),
        )
        for names in cells.values()
        if len(names) >= _LEAST
    ]
    gaps, counts = {gap for _, _, gap in groups}, {count for _, count, _ in groups}
    if len(controls) < _LEAST or len(gaps) < 3 or len(counts) < 2 or len(groups) < LEAST_CELLS:
        return None
    shown = tuple(
        Cell(count, gap, len(own), float(own.mean() - controls.mean()))
        for own, count, gap in sorted(groups, key=lambda group: group[1:])
    )
    floor = floor_of(controls)
    found = fitted(groups, controls)
    if found is None or found.explained < EXPLAINED:
        why = "the label is not shown more after its search, by any rule that fades with the gap"
        explained = 0.0 if found is None else found.explained
        return Spacing(
            label, data.control or "", len(controls), shown, floor, explained,
            None, None, None, None, why,
        )  # fmt: skip
    name = f"spaced {data.run['seed']} {label}"
    reach = intervals(groups, controls, np.random.default_rng(zlib.crc32(name.encode())))
    if reach is None:
        why = "so few puppets give no curve in more than one of twenty samples of themselves"
        return Spacing(
            label, data.control or "", len(controls), shown, floor, found.explained,
            None, None, None, None, why,
        )  # fmt: skip
    half, safe = reach
    return Spacing(
        label, data.control or "", len(controls), shown, floor, found.explained,
        found.half_life_s, half, found.safe_gap_s, safe,
        "",
    )  # fmt: skip


def intervals(
    groups: Sequence[tuple[Floats, int, float]],
    controls: Floats,
    generator: np.random.Generator,
    *,
    draws: int = DRAWS,
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Percentile intervals, at 95 %, of half-life and safe gap in seconds, from samples of the
    puppets with replacement, group by group (Efron 1979). How often they hold what is true is
    counted by ``tests/bench/spacing.py``.

    :param groups: as for :func:`fitted`.
    :param draws: samples.
    :returns: ``None`` where more than one sample of twenty gives no curve.
    """

    def samples(own: Floats) -> Floats:
        return np.asarray(own[generator.integers(len(own), size=(draws, len(own)))])

    others = samples(controls)
    drawn = carry_overs(
        cells_of(groups, len(controls)),
        np.stack([samples(own).mean(axis=1) for own, _, _ in groups], axis=1),
        others.mean(axis=1),
        np.array([floor_of(each) for each in others]),
    )
    known = [one for one in drawn if one is not None]
    if len(known) < LEVEL * draws:
        return None
    ends = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    half = np.quantile([one.half_life_s for one in known], ends)
    safe = np.quantile([one.safe_gap_s for one in known], ends)
    return (float(half[0]), float(half[1])), (float(safe[0]), float(safe[1]))


def floor_of(controls: Floats) -> float:
    """The excess below which a gap is safe: what two controls differ by; never 0."""
    return max(differing(controls), 1e-6)


def fitted(groups: Sequence[tuple[Floats, int, float]], controls: Floats) -> CarryOver | None:
    """The curve through groups of puppets: their shares 0–1, searches before, gap in seconds."""
    means = np.array([[own.mean() for own, _, _ in groups]])
    floors = np.array([floor_of(controls)])
    cells = cells_of(groups, len(controls))
    return carry_overs(cells, means, np.array([controls.mean()]), floors)[0]


def cells_of(groups: Sequence[tuple[Floats, int, float]], controls: int) -> Cells:
    """The cells that the groups are, and so many controls."""
    return Cells(
        np.array([gap for _, _, gap in groups]),
        np.array([float(count) for _, count, _ in groups]),
        np.array([float(len(own)) for own, _, _ in groups]),
        controls,
    )
