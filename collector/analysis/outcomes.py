"""What the run was declared to compare, computed: a number a puppet, arm held against arm.

Protects three rules. The outcome is measured on pages that came after the treatment, and on no
other. Every puppet of a comparison is measured on the same slots of the session, and where pages
are lost what the slots differ by is taken out (``pagemeans``). Twins of one block
saw the same moment, so likeness is compared between puppets of different blocks only.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from collector.analysis.declared import Contrast, Declaration, Question
from collector.analysis.measures import Labels, Measure, Sight
from collector.analysis.metrics import Attention, exposure_share
from collector.analysis.pagemeans import in_use, page_means
from collector.analysis.rundata import Page, Puppet, RunData

SURFACES = ("home", "related", "search", "channel", "feed")


@dataclass(frozen=True)
class Pair:
    """Two puppets and how alike their pages are, 0–1."""

    left: Puppet
    right: Puppet
    similarity: float

    @property
    def twins(self) -> bool:
        """Return whether both puppets are of one arm."""
        return self.left.arm == self.right.arm


@dataclass(frozen=True)
class Overlap:
    """How alike lists are, between the sides of a comparison and within them."""

    pairs: tuple[Pair, ...]
    between: float | None
    """Mean over pairs of different sides and different blocks."""
    within: float | None
    """Mean over twins; they never share a moment: different blocks too."""
    distances: NDArray[np.float64]
    """Shape (puppets, puppets); NaN where two have no page in common, or other levels."""

    @property
    def excess(self) -> float | None:
        """How much less alike lists of different arms are than lists of twins."""
        if self.between is None or self.within is None:
            return None
        return self.within - self.between


@dataclass(frozen=True)
class Measured:
    """A question with what every puppet answers to it."""

    question: Question
    slots: tuple[str, ...]
    """Of the session. Every puppet in use has a page of each, or at least of half of them where the
    outcome is a mean over pages."""
    puppets: tuple[Puppet, ...]
    """That have a value: control first."""
    values: Mapping[str, float]
    """Puppet → its value; of a likeness none."""
    overlap: Overlap | None
    lost: tuple[Puppet, ...]
    """Puppets of the arms that have no value."""
    twin_gap: float | None
    """Mean difference between twins of an arm; ``None`` without twins."""
    shown: Mapping[Puppet, tuple[Page, ...]]
    """Puppet → its pages, one a slot, in the order of the slots."""
    supply: Mapping[str, float]
    """Label → its share, 0–1, of the items that have a label."""
    lengths: Mapping[str, float]
    """Side (``arm``, ``control``) → mean length of its lists."""

    @property
    def contrast(self) -> Contrast:
        """Return which arms the question holds against which."""
        return self.question.contrast

    def by_slot(self, puppet: Puppet) -> tuple[Page | None, ...]:
        """A puppet's pages, ``None`` for a slot that it lost."""
        own = {page.slot: page for page in self.shown[puppet]}
        return tuple(own.get(slot) for slot in self.slots)

    def missing(self, puppet: Puppet) -> float:
        """Share of the slots, 0–1, that a puppet has no page of; 1 without a value."""
        if puppet.name not in self.values:
            return 1.0
        return 1 - len(self.shown[puppet]) / len(self.slots)

    def side(self, treated: bool) -> tuple[Puppet, ...]:
        """Return the puppets with a value that are of the treated arms, or of the others."""
        arms = self.contrast.treated if treated else self.contrast.untreated
        return tuple(puppet for puppet in self.puppets if puppet.arm in arms)

    def mean(self, treated: bool) -> float | None:
        """Return the mean value of one side's puppets; ``None``: none of them has a value."""
        found = [self.values[p.name] for p in self.side(treated) if p.name in self.values]
        return fmean(found) if found else None


def surfaces_of(data: RunData) -> tuple[str, ...]:
    """The declared surfaces, or else those that were seen."""
    declared = data.run["analysis"].get("surfaces")
    if declared:
        return tuple(declared)
    seen = {page.surface for page in data.pages}
    return tuple(s for s in SURFACES if s in seen)


def declared_labels(data: RunData) -> tuple[str, ...]:
    """The labels whose exposure the scenario asks for; none is a run without that question."""
    return tuple(data.run["analysis"].get("exposure") or ())


def attention_of(data: RunData) -> Attention:
    """How attention falls along a list, as the scenario declares it or as usual."""
    return Attention(data.run["analysis"].get("attention") or Attention.GEOMETRIC)


def outcome_pages(data: RunData, surface: str) -> tuple[Page, ...]:
    """The pages that answer the question: those of steps after the treatment, and no others.

    Left out are pages of searches that came sooner after another than the declared spacing.
    """
    return tuple(
        page
        for page in data.pages
        if page.surface == surface and page.phase == "after" and not page.hurried
    )


def described_pages(data: RunData, surface: str) -> tuple[str, tuple[Page, ...]]:
    """Pages to describe, and the part of the session that they are from (``arms`` where a surface
    has none after the treatment). Nothing is ever tested on them."""
    for phase in ("after", "arms", "before"):
        pages = tuple(p for p in data.pages if p.surface == surface and p.phase == phase)
        if pages:
            return phase, pages
    return "after", ()


def at_moment(data: RunData, pages: Sequence[Page], moment: str) -> tuple[Page, ...]:
    """The pages of the sessions that are tested: of the first, the last or all of them."""
    wanted = tested_session(data, moment)
    return tuple(page for page in pages if not wanted or page.turn == wanted)


def tested_session(data: RunData, moment: str) -> str:
    """The one session that is tested (``w2s3``); empty where there is one only, or all are."""
    if moment == "all" or len(data.moments) < 2:
        return ""
    return data.moments[0 if moment == "first" else -1]


def same_slots(
    pages: Sequence[Page], puppets: Sequence[Puppet]
) -> tuple[tuple[str, ...], dict[Puppet, tuple[Page, ...]]]:
    """The slots that are compared, and the pages of the puppets that have all of them, in order.

    Of the slots, so many of the most filled ones are used that most pages count: puppets × slots.
    Arms are not looked at, so the choice cannot favour one.
    """
    filled: dict[str, dict[Puppet, Page]] = defaultdict(dict)
    wanted = set(puppets)
    for page in pages:
        if page.puppet in wanted:
            filled[page.slot][page.puppet] = page
    order = sorted(filled, key=lambda slot: -len(filled[slot]))  # stable: the session's own order
    best: tuple[list[str], list[Puppet]] = ([], [])
    for count in range(1, len(order) + 1):
        slots = order[:count]
        whole = [puppet for puppet in puppets if all(puppet in filled[slot] for slot in slots)]
        if count * len(whole) > len(best[0]) * len(best[1]):
            best = (slots, whole)
    slots = sorted(best[0], key=list(filled).index)
    return tuple(slots), {p: tuple(filled[slot][p] for slot in slots) for p in best[1]}


def linked_slots(
    pages: Sequence[Page], puppets: Sequence[Puppet]
) -> tuple[tuple[str, ...], dict[Puppet, tuple[Page, ...]]]:
    """The slots that are compared, and the pages of the puppets that have half of them or more:
    ``pagemeans.in_use``. Where no slots link the puppets, ``same_slots``."""
    filled: dict[str, dict[Puppet, Page]] = defaultdict(dict)
    wanted = set(puppets)
    for page in pages:
        if page.puppet in wanted:
            filled[page.slot][page.puppet] = page
    names = list(filled)
    here = np.array([[puppet in filled[slot] for slot in names] for puppet in puppets], dtype=bool)
    used = in_use(here) if names and puppets else None
    if used is None:
        return same_slots(pages, puppets)
    slots = tuple(slot for n, slot in enumerate(names) if used[:, n].any())
    return slots, {
        puppet: tuple(filled[slot][puppet] for n, slot in enumerate(names) if used[row, n])
        for row, puppet in enumerate(puppets)
        if used[row].any()
    }


def supply_of(data: RunData) -> dict[str, float]:
    """Label → its share, 0–1, of the items that have a label."""
    total = sum(data.topics.values())
    return {label: count / total for label, count in data.topics.items()} if total else {}


def value_of(
    data: RunData,
    measure: Measure,
    label: str | None,
    pages: tuple[Page, ...],
    attention: Attention,
) -> float | None:
    """What one puppet's pages give; ``None`` where the measure cannot be taken."""
    if not pages or measure.value is None:
        return None
    first = pages[0]
    earlier = tuple(
        p for p in data.pages if p.puppet == first.puppet and p.surface == first.surface
    )
    supply = supply_of(data) if measure.labels is Labels.DECLARED else {}
    return measure.value(Sight(pages, label, attention, earlier, supply))


def measure_question(
    data: RunData,
    question: Question,
    declaration: Declaration,
    attention: Attention | None = None,
    moment: str | None = None,
    *,
    complete: bool = False,
) -> Measured:
    """Every puppet's answer to a question.

    :param attention: another model of attention than the declared one.
    :param moment: another choice of sessions; a single one by its name (``w2s1``).
    :param complete: without the puppets that lost a page, which a mean over pages can bear.
    """
    contrast, measure = question.contrast, question.measure
    puppets = sorted(
        (p for p in data.puppets if p.arm in contrast.arms),
        key=lambda p: (p.arm in contrast.treated, p.block, p.twin, p.name),
    )
    moment = moment or declaration.moment
    pages: Sequence[Page] = outcome_pages(data, question.surface)
    if moment in data.moments and len(data.moments) > 1:
        pages = [page for page in pages if page.turn == moment]
    else:
        pages = at_moment(data, pages, moment)
    curve = attention or declaration.attention
    slots, shown = (linked_slots if measure.by_page and not complete else same_slots)(
        pages, puppets
    )
    values = _values(data, question, slots, shown, curve)
    used = [p for p in puppets if p in shown and (measure.likeness or p.name in values)]
    return Measured(
        question=question,
        slots=slots,
        puppets=tuple(used),
        values=values,
        overlap=_overlap(used, shown, question) if measure.likeness else None,
        lost=tuple(p for p in puppets if p not in used),
        twin_gap=_twin_gap(
            [[values[p.name] for p in used if p.arm == arm and values] for arm in contrast.arms]
        ),
        shown=shown,
        supply=supply_of(data),
        lengths=_lengths(used, shown, contrast),
    )


def _values(
    data: RunData,
    question: Question,
    slots: Sequence[str],
    shown: Mapping[Puppet, tuple[Page, ...]],
    attention: Attention,
) -> dict[str, float]:
    """Puppet's name → its value; of a mean over pages without what the slots differ by."""
    measure = question.measure

    def value(pages: tuple[Page, ...]) -> float | None:
        return value_of(data, measure, question.label, pages, attention)

    if not measure.by_page or len(slots) < 2:
        found = {puppet.name: value(pages) for puppet, pages in shown.items()}
        return {name: each for name, each in found.items() if each is not None}
    table = np.full((len(shown), len(slots)), math.nan)
    supply = supply_of(data) if measure.labels is Labels.DECLARED else {}
    for row, pages in enumerate(shown.values()):
        for page in pages:
            # a measure by page looks at no earlier one
            sight = Sight((page,), question.label, attention, (), supply)
            if measure.value is not None and (each := measure.value(sight)) is not None:
                table[row, slots.index(page.slot)] = each
    if not np.isnan(table).any():
        return {p.name: fmean(row) for p, row in zip(shown, table.tolist(), strict=True)}
    means = np.clip(page_means(table), *measure.bounds)
    return {
        puppet.name: float(mean)
        for puppet, mean in zip(shown, means, strict=True)
        if not math.isnan(mean)
    }


def _twin_gap(arms: Sequence[Sequence[float]]) -> float | None:
    """Mean difference, whatever its sign, between two puppets of an arm; ``None`` without twins."""
    gaps = [abs(a - b) for arm in arms for a, b in itertools.combinations(arm, 2)]
    return fmean(gaps) if gaps else None


def _lengths(
    puppets: Sequence[Puppet], shown: Mapping[Puppet, Sequence[Page]], contrast: Contrast
) -> dict[str, float]:
    found = {}
    for side, arms in (("control", contrast.untreated), ("arm", contrast.treated)):
        own = [fmean(len(page.organic) for page in shown[p]) for p in puppets if p.arm in arms]
        if own:
            found[side] = fmean(own)
    return found


def _overlap(
    puppets: Sequence[Puppet], shown: Mapping[Puppet, Sequence[Page]], question: Question
) -> Overlap:
    """Likeness of every pair, slot by slot over the same slots for all."""
    likeness, contrast = question.measure.likeness, question.contrast
    assert likeness is not None
    distances: NDArray[np.float64] = np.full((len(puppets), len(puppets)), np.nan)
    pairs = []
    for (i, a), (j, b) in itertools.combinations(enumerate(puppets), 2):
        if contrast.strata[a.arm] != contrast.strata[b.arm]:
            continue  # they differ in another factor as well
        alike = [likeness(*pages) for pages in zip(shown[a], shown[b], strict=True)]
        found = [each for each in alike if each is not None]
        if found:
            similarity = fmean(found)
            pairs.append(Pair(a, b, similarity))
            distances[i, j] = distances[j, i] = 1 - similarity
    # Pairs of one block saw the same moment; both sides use pairs of two blocks only.
    apart = [pair for pair in pairs if pair.left.block != pair.right.block]
    between = [pair.similarity for pair in apart if not pair.twins]
    within = [pair.similarity for pair in apart if pair.twins]
    return Overlap(
        pairs=tuple(pairs),
        between=fmean(between) if between else None,
        within=fmean(within) if within else None,
        distances=distances,
    )


def shares(pages: Sequence[Page], wanted: set[str], curve: Attention) -> dict[Puppet, float]:
    """Puppet → mean share over its pages; puppets without a page are absent. To describe."""
    found: dict[Puppet, list[float]] = defaultdict(list)
    for page in pages:
        share = exposure_share(page.topics, wanted, curve)
        if share is not None:
            found[page.puppet].append(share)
    return {puppet: fmean(values) for puppet, values in found.items()}


def baseline(data: RunData) -> dict[tuple[str, str], dict[str, float]]:
    """(surface, label) → arm → mean share before the treatment."""
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
