"""Many audits of one design under one truth: who was shown what, and what was lost.

Protects the rule that a rate can be checked: every audit of a batch can be turned into the data
that the report reads (``frames``), and the same seed gives the same batch.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from collector.analysis.declared import Question
from collector.analysis.exchanges import Floats
from collector.analysis.measures import Unit
from collector.analysis.outcomes import linked_slots, same_slots
from collector.analysis.pagemeans import page_means
from collector.analysis.rundata import Page, Puppet
from collector.calibration.measured import Bools, Topics, not_simulated, page_value
from collector.calibration.mocks import NotCalibrated, OutOfReach
from collector.calibration.probe import Probe, with_twins
from collector.calibration.scenes import Lists, Scene, Stage
from collector.calibration.truths import Truth
from collector.scenario.plan import make_plan

CHUNK = 400
"""Audits of one batch, whatever the number of processes: a table is the same on every machine."""

_SOLVED = 5_000
"""Puppets of each arm by which the size of an effect is set."""
_TOLERANCE = 0.002


@dataclass(frozen=True)
class Design:
    """Who runs, and when."""

    puppets: tuple[Puppet, ...]
    """Control first, then the other arms; each by block and twin: as the report orders them."""
    cells: Mapping[str, int]
    """Arm → planned cells of a puppet."""
    captures: Mapping[str, int]
    """Arm → cells that are pages."""

    @property
    def blocks(self) -> NDArray[np.intp]:
        """Return the block of each puppet, shape (puppets,)."""
        return np.array([puppet.block for puppet in self.puppets], dtype=np.intp)

    def of(self, arm: str) -> NDArray[np.intp]:
        """Numbers of an arm's puppets."""
        return np.flatnonzero([puppet.arm == arm for puppet in self.puppets])

    def side(self, question: Question) -> tuple[NDArray[np.intp], Bools]:
        """Numbers of the puppets that a question compares, and which of them are treated."""
        contrast = question.contrast
        order = sorted(
            (n for n, puppet in enumerate(self.puppets) if puppet.arm in contrast.arms),
            key=lambda n: (
                self.puppets[n].arm in contrast.treated,
                self.puppets[n].block,
                self.puppets[n].twin,
                self.puppets[n].name,
            ),
        )
        treated = np.array([self.puppets[n].arm in contrast.treated for n in order], dtype=np.bool_)
        return np.array(order, dtype=np.intp), treated


def design_of(probe: Probe, twins: int | None = None, block: int | None = None) -> Design:
    """The design that ``make_plan`` gives the scenario with so many twins of every arm.

    :param twins: by default the scenario's own.
    """
    plan = make_plan(with_twins(probe.loaded, twins, block), probe.plan.seed)
    found = {
        session.puppet: Puppet(session.puppet, session.arm, session.twin, session.block)
        for session in plan.sessions
    }
    arms = probe.data.arms
    cells: dict[str, int] = {}
    captures: dict[str, int] = {}
    for arm in arms:
        own = next((c["puppet"] for c in probe.data.cells if c["arm"] == arm), "")
        rows = [cell for cell in probe.data.cells if cell["puppet"] == own]
        cells[arm] = len(rows)
        captures[arm] = sum(cell["status"] is not None for cell in rows)
    return Design(
        tuple(sorted(found.values(), key=lambda p: (arms.index(p.arm), p.block, p.twin, p.name))),
        cells,
        captures,
    )


@dataclass(frozen=True, eq=False)
class Audits:
    """A batch. Arrays of shape (audits, puppets, …)."""

    design: Design
    lists: Mapping[tuple[str, str], Lists]
    """(surface, slot) → items of shape (audits, puppets, entries)."""
    topics: Mapping[tuple[str, str], Topics]
    """Number of each item's label as the report has it; −1 without."""
    here: Mapping[tuple[str, str], Bools]
    """The page was not lost."""
    missing: Floats
    """Share of the planned cells that are no data."""

    def __len__(self) -> int:
        return len(self.missing)


@dataclass(frozen=True, eq=False)
class Platform:
    """A probe's scenes under one truth."""

    probe: Probe
    truth: Truth
    stages: Mapping[tuple[str, str, str], tuple[Stage, ...]]
    """(arm, surface, slot) → early, and where the truth has one, late."""
    history: float
    """The factor on what a viewer did that gives the truth its size; 1 as the mock is."""


def platform(probe: Probe, truth: Truth, *, history: float | None = None) -> Platform:
    """The scenes as the truth has them.

    :param history: the factor on the viewer's history if it is known already.
    :raises NotCalibrated: the truth's size in points cannot be reached.
    """
    if history is None:
        history = 1.0 if truth.points is None else solve(probe, truth)
    moments = (False, True) if truth.late else (False,)
    return Platform(
        probe,
        truth,
        {
            key: tuple(_stage(probe, truth, scene, history, late=late) for late in moments)
            for key, scene in probe.scenes.items()
        },
        history,
    )


def _stage(probe: Probe, truth: Truth, scene: Scene, history: float, *, late: bool) -> Stage:
    total = np.zeros_like(next(iter(scene.parts.values())))
    for name, part in scene.parts.items():
        factor = truth.factor(scene.surface.value, name, late=late)
        total += part * (factor * (history if name == scene.moved else 1.0))
    if truth.correlated:
        label = next((q.label for q in probe.questions if q.label), None)
        if label in probe.catalogue.labels:
            own = probe.catalogue.topic[: total.shape[1]] == probe.catalogue.labels.index(label)
            total += truth.correlated * own * (np.ptp(scene.parts["popularity"]) / 3)
    return scene.stage(probe.catalogue, total)


def solve(probe: Probe, truth: Truth) -> float:
    """The factor on the viewer's history at which the arms differ by ``truth.points`` in the first
    tested exposure share, whichever arm has more. Bisection on ``_SOLVED`` puppets an arm, with the
    same chance each time.
    """
    assert truth.points is not None
    question = next((q for q in probe.questions if q.measure.unit is Unit.SHARE and q.label), None)
    if question is None:
        raise NotCalibrated(
            "a size in points requires a declared exposure share",
            place=f"{probe.loaded.place}: analysis.exposure",
            fix="declare analysis.exposure, or give the truth as --effect home.history=0.2",
        )

    def gap(factor: float) -> float:
        found = platform(_one_page(probe), replace(truth, points=None), history=factor)
        design = Design(
            tuple(
                Puppet(arm, arm, 1, 1) for arm in (*_one(question, False), *_one(question, True))
            ),
            dict.fromkeys(probe.data.arms, 1),
            dict.fromkeys(probe.data.arms, 0),
        )
        told = audits(found, design, _SOLVED, np.random.default_rng(20_260))
        values = np.nanmean(values_of(probe, told, question), axis=0)
        return float(values[-1] - values[0])

    low, high = 0.0, 1.0
    # A size is meant in the direction in which the treatment moves the outcome, unless it has one.
    reached = gap(high)
    sign = -1.0 if truth.points < 0 or reached < 0 else 1.0
    while sign * reached < abs(truth.points):
        low, high = high, 2 * high
        if high > 64:
            raise OutOfReach(
                f"{100 * truth.points:g} points cannot be reached: the treatment does not move"
                f" {question.outcome} on {question.surface} so far",
                place=f"{probe.loaded.place}: arms",
                fix="give a smaller effect, or a treatment that is about the label",
            )
        reached = gap(high)
    for _ in range(16):
        middle = (low + high) / 2
        if sign * gap(middle) < abs(truth.points):
            low = middle
        else:
            high = middle
        if high - low < _TOLERANCE:
            break
    return (low + high) / 2


def _one(question: Question, treated: bool) -> Sequence[str]:
    contrast = question.contrast
    return (contrast.treated if treated else contrast.untreated)[:1]


def _one_page(probe: Probe) -> Probe:
    """The probe with the first tested page alone, by which the size is set."""
    surface = next(q.surface for q in probe.questions if q.label)
    slot = next(key[2] for key in probe.scenes if key[1] == surface)
    own = {key: scene for key, scene in probe.scenes.items() if key[1:] == (surface, slot)}
    return replace(probe, scenes=own)


def generator_of(seed: int, truth: str, twins: int, chunk: int) -> np.random.Generator:
    """Chance of one batch: the same whatever else is simulated, and in whatever process."""
    return np.random.default_rng([seed, zlib.crc32(truth.encode()), twins, chunk])


def audits(
    platform: Platform, design: Design, count: int, generator: np.random.Generator
) -> Audits:
    """So many audits of a design on a platform."""
    probe, truth = platform.probe, platform.truth
    puppets = len(design.puppets)
    groups = probe.groups
    group = generator.integers(0, groups, (count, puppets))
    past = generator.random((count, puppets))
    late = design.blocks > (design.blocks.max() + design.blocks.min()) / 2
    found: dict[tuple[str, str], NDArray[np.int32]] = {}
    for (arm, surface, slot), stages in platform.stages.items():
        scene = stages[0].scene
        own = design.of(arm)
        state = (past[:, own] * (scene.states // groups)).astype(np.intp) * groups + group[:, own]
        if (surface, slot) not in found:
            longest = max(
                each[0].scene.entries
                for key, each in platform.stages.items()
                if key[1:] == (surface, slot)
            )
            found[surface, slot] = np.full((count, puppets, longest), -2, dtype=np.int32)
        for number, each in enumerate(stages):
            which = own[late[own] == bool(number)] if len(stages) > 1 else own
            if not len(which):
                continue
            at = np.searchsorted(own, which)
            lists = each.draw(probe.catalogue, state[:, at].ravel(), generator)
            table = found[surface, slot]
            table[:, which, : scene.entries] = lists.items.reshape(count, len(which), -1)
    every = {key: Lists(items) for key, items in found.items()}
    here, missing = _losses(truth, design, list(every), count, generator)
    return Audits(
        design=design,
        lists=every,
        topics=_topics(probe, truth, design, every, generator),
        here=here,
        missing=missing,
    )


def _topics(
    probe: Probe,
    truth: Truth,
    design: Design,
    lists: Mapping[tuple[str, str], Lists],
    generator: np.random.Generator,
) -> dict[tuple[str, str], Topics]:
    """The labels in force: right ones, or for each audit another set with so many wrong."""
    right = probe.catalogue.topic
    found = {key: right[np.maximum(own.items, 0)] for key, own in lists.items()}
    control, treated = truth.mislabelled
    if not control and not treated:
        return found
    count, most = len(next(iter(lists.values())).items), len(right)
    chance = generator.random((count, most), dtype=np.float32)
    wrong = generator.integers(0, len(probe.catalogue.labels), (count, most), dtype=np.int16)
    first = probe.data.arms[0]
    share = np.array([control if p.arm == first else treated for p in design.puppets])
    each = np.arange(count)[:, None, None]
    for key, own in lists.items():
        at = np.maximum(own.items, 0)
        bad = (chance[each, at] < share[None, :, None]) & (found[key] >= 0)
        found[key] = np.where(bad, wrong[each, at], found[key])
    return found


def _losses(
    truth: Truth,
    design: Design,
    pages: Sequence[tuple[str, str]],
    count: int,
    generator: np.random.Generator,
) -> tuple[dict[tuple[str, str], Bools], Floats]:
    """Pages are lost one by one, those of the treatment, too: the gate counts all cells."""
    puppets = design.puppets
    first = puppets[0].arm
    share = np.array([truth.lost[p.arm != first] for p in puppets])
    here = {key: np.ones((count, len(puppets)), dtype=np.bool_) for key in pages}
    missing = np.zeros((count, len(puppets)))
    if share.any():
        for key in pages:
            here[key] = generator.random((count, len(puppets))) >= share
            missing += ~here[key]
        others = np.array([max(0, design.captures[p.arm] - len(pages)) for p in puppets])
        missing += generator.binomial(others, share, (count, len(puppets)))
        missing /= np.array([design.cells[p.arm] for p in puppets])
    return here, missing


def values_of(probe: Probe, told: Audits, question: Question) -> Floats:
    """Every puppet's answer, shape (audits, puppets); NaN for puppets of other arms or without."""
    return answers_of(probe, told, question)[0]


def answers_of(probe: Probe, told: Audits, question: Question) -> tuple[Floats, Floats]:
    """``values_of``, and the share of the slots that each puppet has no page of.

    Those pages count that the report would choose, and its own ``page_means`` are taken.
    """
    surface = question.surface
    keys = [key for key in told.lists if key[0] == surface]
    per_page = page_value(question, probe.declaration.attention, probe.catalogue.labels)
    if per_page is None:
        raise not_simulated(question.measure.name, f"{probe.loaded.place}: analysis.outcomes")
    pages = np.stack([per_page(told.lists[key], told.topics[key]) for key in keys], axis=2)
    used = slots_used(told, question, keys)
    found: Floats = page_means(np.where(used, pages, np.nan))
    if not used.all():
        found = np.clip(found, *question.measure.bounds)
    slots = used.any(axis=1).sum(axis=1)
    missing = 1 - used.sum(axis=2) / np.maximum(slots, 1)[:, None]
    return found, np.where(np.isnan(found), 1.0, missing)


def slots_used(told: Audits, question: Question, keys: Sequence[tuple[str, str]]) -> Bools:
    """Which pages count, shape (audits, puppets, slots): those that the report would choose."""
    here = np.stack([told.here[key] for key in keys], axis=2)
    order, _ = told.design.side(question)
    used = np.zeros_like(here)
    used[:, order] = here[:, order]
    if len(keys) == 1 or here.all():
        return used
    puppets = [told.design.puppets[n] for n in order]
    blank = [
        [Page("", p, "", 0, 0, 0, f"after.{key[1]}", "", None, key[0], ()) for key in keys]
        for p in puppets
    ]
    choose = linked_slots if question.measure.by_page else same_slots
    known: dict[bytes, Bools] = {}
    for audit in range(len(told)):
        mask = here[audit, order]
        name = mask.tobytes()
        if name not in known:
            pages = [
                blank[p][s] for p in range(len(puppets)) for s in range(len(keys)) if mask[p, s]
            ]
            _, shown = choose(pages, puppets)
            counted = {(puppet, page.slot) for puppet, own in shown.items() for page in own}
            known[name] = np.array(
                [
                    [(p, page.slot) in counted for page in blank[row]]
                    for row, p in enumerate(puppets)
                ]
            )
        used[audit, order] = known[name]
    return used
