"""The report's verdicts for a whole batch of audits.

Protects the rule that there is one decision. p-values, reach of intervals, attainable p, family,
worst cases, imbalance and drift are the functions of ``collector.analysis`` that the report calls;
``many`` asks them for arrays of audits; what is written here is in which order gates and tests are
asked, as ``judging`` and ``gates`` have it. The tests, and every ``collector calibrate``, hold it
against ``judge``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collector.analysis.declared import Question
from collector.analysis.exchanges import MOST_EXACT, Floats
from collector.analysis.gates.arms import FEWEST
from collector.analysis.gates.attrition import ALPHA
from collector.analysis.gates.base import POINTS
from collector.analysis.gates.coverage import LENGTHS
from collector.analysis.inference import NothingToCompareError
from collector.analysis.losses import imbalance, worst_cases
from collector.analysis.many import (
    Many,
    excluded,
    families,
    found_from,
    likeness_tests,
    same_sizes,
    value_tests,
)
from collector.analysis.measures import Labels
from collector.analysis.verdicts import VerdictKind
from collector.calibration.audits import Audits, answers_of, slots_used
from collector.calibration.measured import LIKENESSES, Bools, likeness, not_simulated
from collector.calibration.mocks import NotCalibrated
from collector.calibration.probe import Probe

KINDS = tuple(VerdictKind)
"""A verdict is a number of this."""
_TIE = 1e-12


@dataclass(frozen=True, eq=False)
class Decisions:
    """Verdicts of a batch. Arrays of shape (audits, questions)."""

    questions: tuple[Question, ...]
    kind: NDArray[np.int8]
    gate: NDArray[np.object_]
    """Name of the gate that withheld; empty elsewhere."""
    estimate: Floats
    low: Floats
    """Of the interval at 1 − alpha; NaN without."""
    high: Floats
    bounded: Bools
    p: Floats
    adjusted: Floats
    found_from: Floats | None = None
    """The shift from which an audit would have found it at the first step of the correction,
    infinite where nothing is large enough; where it was asked for."""

    def is_(self, kind: VerdictKind) -> Bools:
        """Return where the verdict is of this kind, shape (audits, questions)."""
        return np.asarray(self.kind == KINDS.index(kind))


@dataclass(frozen=True, eq=False)
class _Asked:
    """A question's numbers, and which of the design's puppets it is about."""

    question: Question
    order: NDArray[np.intp]
    many: Many
    missing: Floats
    """Share of the slots that a puppet has no page of, shape (audits, puppets)."""


def decide(
    probe: Probe, told: Audits, *, seed: int, most: int = MOST_EXACT, reach: bool = False
) -> Decisions:
    """Every declared outcome's verdict in every audit of a batch.

    :param seed: of the exchanges where they are too many to list; a run has its own.
    :param most: exchanges counted at most; the report's own number unless power is looked for.
    :param reach: say from which shift each audit would have found it.
    :raises NotCalibrated: an outcome or a contrast that is not simulated.
    """
    declaration = probe.declaration
    if declaration.phase != "after":
        raise NotCalibrated(
            "phase: during is described and never tested",
            place=f"{probe.loaded.place}: analysis.phase",
            fix="leave phase out",
        )
    alpha, questions = declaration.alpha, probe.questions
    tested = [_test(probe, told, question, seed, most) for question in questions]
    many = [each.many for each in tested]
    adjusted, sharing = families(many, alpha)
    shape = (len(told), len(questions))
    kind = np.full(shape, KINDS.index(VerdictKind.UNDECIDED), dtype=np.int8)
    gate = np.full(shape, "", dtype=object)
    for at, (asked, each) in enumerate(zip(tested, many, strict=True)):
        none = np.isnan(each.p)
        effect = ~none & (adjusted[:, at] <= alpha + _TIE)
        kind[effect, at] = KINDS.index(VerdictKind.EFFECT)
        smallest = declaration.smallest.get(each.measure.name)
        if smallest is not None and each.measure.value is not None:
            open_ = ~effect & ~none & (each.attainable <= alpha)
            small = excluded(each, open_, sharing, alpha, smallest, seed, most)
            kind[small, at] = KINDS.index(VerdictKind.NO_LARGER)
        gate[:, at] = _shut(probe, told, asked, effect, sharing, alpha, seed)
        gate[none & (gate[:, at] == ""), at] = "nothing to compare"
        kind[gate[:, at] != "", at] = KINDS.index(VerdictKind.WITHHELD)
    column = {name: np.stack([getattr(each, name) for each in many], axis=1)
              for name in ("estimate", "low", "high", "bounded", "p")}  # fmt: skip
    step = alpha / len(questions)
    least = [found_from(each, alpha=step, seed=seed, most=most) for each in many if reach]
    return Decisions(
        questions, kind, gate, adjusted=adjusted, **column,
        found_from=np.where(gate != "", math.inf, np.stack(least, axis=1)) if least else None,
    )  # fmt: skip


def _test(probe: Probe, told: Audits, question: Question, seed: int, most: int) -> _Asked:
    contrast, measure = question.contrast, question.measure
    if contrast.crossed is not None:
        raise NotCalibrated(
            "the interaction of factors is not simulated",
            place=f"{probe.loaded.place}: factors",
            fix="declare analysis.pairs: control",
        )
    order, treated = told.design.side(question)
    puppets = [told.design.puppets[n] for n in order]
    groups = [(puppet.block, contrast.strata[puppet.arm]) for puppet in puppets]
    names = {group: n for n, group in enumerate(dict.fromkeys(sorted(groups)))}
    strata = np.array([names[group] for group in groups], dtype=np.intp)
    blocks = told.design.blocks[order]
    if measure.likeness is None:
        values, missing = (each[:, order] for each in answers_of(probe, told, question))
        many = Many.of(question.name, measure, treated, strata, blocks, values)
        value_tests(
            many, alpha=probe.declaration.alpha, questions=len(probe.questions), seed=seed,
            most=most,
        )  # fmt: skip
        return _Asked(question, order, many, missing)
    distances, whole = _distances(probe, told, question, order)
    values = np.where(whole, 0.0, np.nan)
    many = Many.of(question.name, measure, treated, strata, blocks, values)
    likeness_tests(many, distances, questions=len(probe.questions), seed=seed, most=most)
    return _Asked(question, order, many, np.where(whole, 0.0, 1.0))


def _distances(
    probe: Probe, told: Audits, question: Question, order: NDArray[np.intp]
) -> tuple[Floats, Bools]:
    """How far apart any two puppets' lists are, and which puppets have a page."""
    keys = [key for key in told.lists if key[0] == question.surface]
    name = question.measure.name
    if name not in LIKENESSES:
        raise not_simulated(name, f"{probe.loaded.place}: analysis.outcomes")
    used = slots_used(told, question, keys)[:, order]
    weight: Floats = np.any(used, axis=1).astype(np.float64)  # which slots count, by audit
    alike = np.zeros((len(told), len(order), len(order)))
    for n, key in enumerate(keys):
        alike += weight[:, n, None, None] * likeness(told.lists[key].items[:, order], name)
    with np.errstate(invalid="ignore", divide="ignore"):
        distances = 1 - alike / np.asarray(weight.sum(axis=1))[:, None, None]
    levels = np.array([question.contrast.strata[told.design.puppets[n].arm] for n in order])
    distances[:, levels[:, None] != levels[None, :]] = np.nan
    diagonal = np.arange(len(order))
    distances[:, diagonal, diagonal] = np.nan
    return distances, np.asarray(used.any(axis=2))


def _shut(
    probe: Probe, told: Audits, found: _Asked, effect: Bools, sharing: NDArray[np.intp],
    alpha: float, seed: int,
) -> NDArray[np.object_]:  # fmt: skip
    """The gate that withholds, in the order in which the report asks; empty where none does."""
    shut = np.full(len(told), "", dtype=object)
    standing = probe.standing.get(found.question.name)
    if standing is not None:
        shut[:] = standing.gate
        return shut
    gates: Mapping[str, Bools] = {
        "arms": _few(probe, told, found),
        "labels": _unlabelled(probe, told, found, seed),
        "attrition": _uneven(told, found, seed),
        "coverage": _shorter(told, found, seed),
        "stability": found.many.moved,
    }
    for audit in np.flatnonzero(np.any(list(gates.values()), axis=0)).tolist():
        names = [name for name, closed in gates.items() if closed[audit]]
        if names[0] == "attrition" and effect[audit] and _bears(found, audit, sharing, alpha, seed):
            names = names[1:]
        shut[audit] = names[0] if names else ""
    return shut


def _few(probe: Probe, told: Audits, found: _Asked) -> Bools:
    """Fewer than two puppets of an arm have a value, or no block holds both sides."""
    valid = ~np.isnan(found.many.values)
    arms = np.array([told.design.puppets[n].arm for n in found.order])
    few = np.zeros(len(told), dtype=np.bool_)
    for arm in found.question.contrast.arms:
        few |= valid[:, arms == arm].sum(axis=1) < FEWEST
    some = np.zeros(len(told), dtype=np.bool_)
    for _, audits, _ in same_sizes(found.many):
        some[audits] = True
    return few | ~some


def _gap(shares: Floats, treated: Bools, least: Floats | float, seed: int) -> Bools:
    """Where a number a puppet differs by arm by ``least``, with p at most that of the gates."""
    flagged = np.zeros(len(shares), dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        means = [
            np.nansum(shares[:, side], axis=1) / np.maximum((~np.isnan(shares[:, side])).sum(1), 1)
            for side in (treated, ~treated)
        ]
    for audit in np.flatnonzero(np.abs(means[0] - means[1]) >= np.maximum(least, 1e-12)):
        have = ~np.isnan(shares[audit])
        if treated[have].all() or not treated[have].any():
            continue
        flagged[audit] = imbalance(shares[audit, have], treated[have], seed=seed).p <= ALPHA
    return flagged


def _uneven(told: Audits, found: _Asked, seed: int) -> Bools:
    """Cells are missing by arm."""
    missing = told.missing[:, found.order]
    if not missing.any():
        return np.zeros(len(told), dtype=np.bool_)
    return _gap(missing, found.many.treated, 0.0, seed)


def _shown(told: Audits, found: _Asked) -> Iterator[tuple[tuple[str, str], Bools]]:
    """The pages of the question's surface that were not lost."""
    for key, here in told.here.items():
        if key[0] == found.question.surface:
            yield key, here[:, found.order]


def _shorter(told: Audits, found: _Asked, seed: int) -> Bools:
    """Lists of one arm are shorter, and not by chance."""
    if found.question.measure.name == "list-length":
        return np.zeros(len(told), dtype=np.bool_)
    lengths = np.stack(
        [
            np.where(here, (told.lists[key].items[:, found.order] > -2).sum(axis=2), np.nan)
            for key, here in _shown(told, found)
        ]
    )
    count = (~np.isnan(lengths)).sum(axis=0)
    mean = np.nansum(lengths, axis=0) / np.where(count > 0, count, np.nan)
    longest = np.where(np.isnan(mean), 0.0, mean).max(axis=1)
    return _gap(mean, found.many.treated, LENGTHS * longest + 1e-9, seed)


def _unlabelled(probe: Probe, told: Audits, found: _Asked, seed: int) -> Bools:
    """Too few items of an arm have a label, or another share of them than in the other arm."""
    no = np.zeros(len(told), dtype=np.bool_)
    if found.question.measure.labels is Labels.NONE:
        return no
    if found.question.label is not None and found.question.label not in probe.data.topics:
        return ~no
    with_label = np.zeros((len(told), len(found.order)))
    items = np.zeros_like(with_label)
    for key, here in _shown(told, found):
        organic = told.lists[key].organic[:, found.order] & here[..., None]
        items += organic.sum(axis=2)
        with_label += (organic & (told.topics[key][:, found.order] >= 0)).sum(axis=2)
    share = np.where(items > 0, with_label / np.maximum(items, 1), np.nan)
    if np.nanmin(share) >= 1:
        return no
    arms = np.array([told.design.puppets[n].arm for n in found.order])
    few = no.copy()
    for arm in found.question.contrast.arms:
        own = share[:, arms == arm]
        count = (~np.isnan(own)).sum(axis=1)
        mean = np.nansum(own, axis=1) / np.maximum(count, 1)
        few |= (count > 0) & (mean < probe.declaration.labelled)
    return few | _gap(share, found.many.treated, POINTS, seed)


def _bears(found: _Asked, audit: int, sharing: NDArray[np.intp], alpha: float, seed: int) -> bool:
    """An effect stays one with everything that was lost set to the worst."""
    measure = found.question.measure
    if measure.value is None or not math.isfinite(measure.bounds[1]):
        return False
    if not found.missing[audit].any():
        return True
    try:
        worst = worst_cases(
            found.many.values[audit], found.missing[audit], found.many.treated,
            found.many.strata, seed=seed, bounds=measure.bounds,
        )  # fmt: skip
    except NothingToCompareError:
        return False
    return worst.keeps(float(found.many.estimate[audit]), alpha / int(sharing[audit]))
