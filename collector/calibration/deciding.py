"""The report's verdicts for a whole batch of audits.

Protects the rule that there is one decision. p-values, reach of the intervals, attainable p, family,
worst cases, imbalance and drift are the functions of ``collector.analysis`` that the report calls;
what is written here is only in which order they are asked, as ``judging`` and ``gates`` have it, for
arrays of audits. The tests, and every ``collector calibrate``, hold it against ``judge``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collector.analysis.declared import Question
from collector.analysis.design import Blocks, least_p
from collector.analysis.exchanges import MOST_EXACT, Floats, Size, total
from collector.analysis.gates.arms import FEWEST
from collector.analysis.gates.attrition import ALPHA
from collector.analysis.gates.base import POINTS
from collector.analysis.gates.coverage import LENGTHS
from collector.analysis.inference import (
    NothingToCompareError,
    Sample,
    attainable_p,
    distance_test,
    family,
    incidence_bound,
    interval,
    simultaneous,
)
from collector.analysis.losses import imbalance, worst_cases
from collector.analysis.measures import Labels
from collector.analysis.shifts import shifts
from collector.analysis.stability import FALSE_ALARMS, stability, suspicious
from collector.analysis.verdicts import VerdictKind
from collector.calibration.audits import Audits, slots_used, values_of
from collector.calibration.measured import Bools, likeness
from collector.calibration.probe import NotCalibrated, Probe

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

    def is_(self, kind: VerdictKind) -> Bools:
        return np.asarray(self.kind == KINDS.index(kind))


@dataclass(eq=False)
class _Tested:
    """The numbers of one question for a batch, before any correction."""

    question: Question
    order: NDArray[np.intp]
    treated: Bools
    strata: NDArray[np.intp]
    values: Floats
    """Shape (audits, puppets of the question); of a likeness 0, NaN where there is no page."""
    p: Floats
    attainable: Floats
    estimate: Floats
    low: Floats
    high: Floats
    bounded: Bools
    moved: Bools


def decide(probe: Probe, told: Audits, *, seed: int) -> Decisions:
    """Every declared outcome's verdict in every audit of a batch.

    :param seed: of the exchanges where they are too many to list; a run has its own.
    :raises NotCalibrated: an outcome or a contrast that is not simulated.
    """
    declaration = probe.declaration
    alpha, questions = declaration.alpha, probe.questions
    tested = [_test(probe, told, question, seed) for question in questions]
    adjusted, sharing = _family(tested, alpha, declaration.phase == "after")
    shape = (len(told), len(questions))
    kind = np.full(shape, KINDS.index(VerdictKind.UNDECIDED), dtype=np.int8)
    gate = np.full(shape, "", dtype=object)
    for at, each in enumerate(tested):
        none = np.isnan(each.p)
        effect = ~none & (adjusted[:, at] <= alpha + _TIE)
        kind[effect, at] = KINDS.index(VerdictKind.EFFECT)
        smallest = declaration.smallest.get(each.question.measure.name)
        if smallest is not None and each.question.measure.value is not None:
            open_ = ~effect & ~none & (each.attainable <= alpha)
            small = _excluded(each, open_, sharing, alpha, smallest, seed)
            kind[small, at] = KINDS.index(VerdictKind.NO_LARGER)
        gate[:, at] = _shut(probe, told, each, effect, sharing, alpha, seed)
        gate[none & (gate[:, at] == ""), at] = "nothing to compare"
        kind[gate[:, at] != "", at] = KINDS.index(VerdictKind.WITHHELD)
    column = {name: np.stack([getattr(t, name) for t in tested], axis=1)
              for name in ("estimate", "low", "high", "bounded", "p")}  # fmt: skip
    return Decisions(questions, kind, gate, adjusted=adjusted, **column)


def _test(probe: Probe, told: Audits, question: Question, seed: int) -> _Tested:
    contrast = question.contrast
    if contrast.crossed is not None:
        raise NotCalibrated(
            "the interaction of factors is not simulated",
            place=f"{probe.loaded.place}: factors",
            fix="declare analysis.pairs: control",
        )
    order, treated = told.design.side(question)
    groups = [
        (told.design.puppets[n].block, contrast.strata[told.design.puppets[n].arm]) for n in order
    ]
    names = {group: n for n, group in enumerate(dict.fromkeys(sorted(groups)))}
    strata = np.array([names[group] for group in groups], dtype=np.intp)
    runs = len(told)
    nothing = np.full(runs, np.nan)
    found = _Tested(
        question, order, treated, strata, values=np.zeros((runs, len(order))), p=nothing.copy(),
        attainable=np.ones(runs), estimate=nothing.copy(), low=nothing.copy(),
        high=nothing.copy(), bounded=np.zeros(runs, dtype=np.bool_),
        moved=np.zeros(runs, dtype=np.bool_),
    )  # fmt: skip
    if question.measure.likeness is not None:
        _test_likeness(probe, told, found, seed)
    else:
        found.values = values_of(probe, told, question)[:, order]
        _test_values(probe, told, found, seed)
    return found


def _same_sizes(found: _Tested) -> Iterator[tuple[tuple[Size, ...], NDArray[np.intp], Bools]]:
    """(sizes of the strata in use, audits, puppets in use) for audits that lost alike."""
    valid = ~np.isnan(found.values)
    strata = np.arange(found.strata.max() + 1)
    of = found.strata[None, :] == strata[:, None]
    t = (valid[:, None, :] & (of & found.treated)[None]).sum(axis=2)
    c = (valid[:, None, :] & (of & ~found.treated)[None]).sum(axis=2)
    both = (t > 0) & (c > 0)
    counts = np.where(both[..., None], np.stack([t, c], axis=2), 0)
    unique, inverse = np.unique(counts.reshape(len(counts), -1), axis=0, return_inverse=True)
    for number, row in enumerate(unique):
        sizes = tuple((int(a), int(b)) for a, b in row.reshape(-1, 2) if a)
        if sizes:
            audits = np.flatnonzero(inverse.ravel() == number)
            used = valid[audits] & both[audits][:, found.strata]
            yield sizes, audits, used


def _test_values(probe: Probe, told: Audits, found: _Tested, seed: int) -> None:
    declaration = probe.declaration
    alpha, measure = declaration.alpha, found.question.measure
    level = FALSE_ALARMS / max(1, len(declaration.questions))
    for sizes, audits, used in _same_sizes(found):
        values, treated, strata = _packed(found, audits, used, sizes)
        told_ = shifts(values, treated, sizes, alpha=alpha, seed=seed)
        found.p[audits], found.estimate[audits] = told_.p, told_.estimates
        low, high, bounded = _ends(told_.estimates, told_.up, told_.down, told_.tie,
                                   measure.reach, sizes, alpha)  # fmt: skip
        found.low[audits], found.high[audits], found.bounded[audits] = low, high, bounded
        found.attainable[audits] = _attainable(values, treated, strata, sizes, seed)
        pairs, when = _pairs(values, sizes)
        if len(sizes) < 2:
            continue
        for row in np.flatnonzero(suspicious(pairs, when, alpha=level)):
            audit = audits[row]
            have = ~np.isnan(found.values[audit])
            sample = Sample(
                found.values[audit, have], found.treated[have],
                told.design.blocks[found.order][have],
            )  # fmt: skip
            found.moved[audit] = stability(sample, seed=seed, alpha=level).effect.moved


def _packed(
    found: _Tested, audits: NDArray[np.intp], used: Bools, sizes: Sequence[Size]
) -> tuple[Floats, Bools, NDArray[np.intp]]:
    """Values by stratum, its controls first, shape (audits, puppets in use)."""
    place = np.where(used, 2 * found.strata + found.treated, 2 * len(found.strata) + 2)
    order = np.argsort(place, axis=1, kind="stable")[:, : sum(map(sum, sizes))]
    values = np.take_along_axis(found.values[audits], order, axis=1)
    treated = np.concatenate([np.repeat([False, True], (c, t)) for t, c in sizes])
    strata = np.concatenate([np.full(t + c, n) for n, (t, c) in enumerate(sizes)])
    return values, treated, strata


def _pairs(values: Floats, sizes: Sequence[Size]) -> tuple[Floats, NDArray[np.intp]]:
    """Treated minus control, pair by pair within blocks, as ``stability`` takes them."""
    columns, when, at = [], [], 0
    for number, (t, c) in enumerate(sizes):
        both = min(t, c)
        columns.append(values[:, at + c : at + c + both] - values[:, at : at + both])
        when += [number] * both
        at += t + c
    return np.hstack(columns), np.array(when, dtype=np.intp)


def _ends(
    delta: Floats, up: Floats, down: Floats, tie: Floats, reach: tuple[float, float],
    sizes: Sequence[Size], alpha: float,
) -> tuple[Floats, Floats, Bools]:  # fmt: skip
    """``intervals.interval`` for many estimates of one design."""
    bounded = ~np.isinf(up)
    low, high = delta - down, delta + up
    zero_up = (np.abs(delta) <= up + tie) & (delta < 0)
    zero_down = (np.abs(delta) <= down + tie) & (delta > 0)
    high = np.where(zero_up, np.maximum(high, 0.0), high)
    low = np.where(zero_down, np.minimum(low, 0.0), low)
    with np.errstate(invalid="ignore"):
        same = (high - low <= tie) & (np.abs(delta) <= tie) & bounded
    fewest = min(sum(t for t, _ in sizes), sum(c for _, c in sizes))
    most = incidence_bound(fewest, alpha)
    low = np.where(same, reach[0] * most if same.any() else 0.0, np.maximum(low, reach[0]))
    high = np.where(same, reach[1] * most if same.any() else 0.0, np.minimum(high, reach[1]))
    return np.where(bounded, low, reach[0]), np.where(bounded, high, reach[1]), bounded


def _attainable(
    values: Floats, treated: Bools, strata: NDArray[np.intp], sizes: tuple[Size, ...], seed: int
) -> Floats:
    """The smallest p that pooled values allow. Without ties it is that of the design where it is
    balanced; otherwise ``attainable_p`` is asked."""
    ways = total(sizes)
    counted = ways if ways <= MOST_EXACT else MOST_EXACT
    found = np.full(len(values), max(least_p(Blocks(sizes)), 1 / counted))
    ordered = np.sort(values + 1e6 * strata, axis=1)
    tied = (np.diff(ordered, axis=1) <= 1e-9).any(axis=1)
    if any(t != c for t, c in sizes):
        tied[:] = True
    for row in np.flatnonzero(tied):
        found[row] = attainable_p(Sample(values[row], treated, strata), seed=seed)
    return found


def _test_likeness(probe: Probe, told: Audits, found: _Tested, seed: int) -> None:
    question = found.question
    keys = [key for key in told.lists if key[0] == question.surface]
    name = question.measure.name
    if name not in ("rank-overlap", "jaccard"):
        raise NotCalibrated(
            f"the outcome {name} is not simulated",
            place=f"{probe.loaded.place}: analysis.outcomes",
            fix="declare exposure-share, list-length, ad-share, rank-overlap or jaccard",
        )
    order, strata = found.order, found.strata
    used = slots_used(told, question, keys)[:, order]
    whole = used.any(axis=2)
    found.values = np.where(whole, 0.0, np.nan)
    weight = used.any(axis=1).astype(np.float64)  # which slots count, by audit
    alike = sum(
        weight[:, n, None, None] * likeness(told.lists[key].items[:, order], name)
        for n, key in enumerate(keys)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        distances = 1 - alike / weight.sum(axis=1)[:, None, None]
    blocks = told.design.blocks[order]
    levels = np.array([question.contrast.strata[told.design.puppets[n].arm] for n in order])
    distances[:, levels[:, None] != levels[None, :]] = np.nan
    diagonal = np.arange(len(order))
    distances[:, diagonal, diagonal] = np.nan
    for audit in range(len(told)):
        here = whole[audit]
        try:
            test = distance_test(
                distances[audit][np.ix_(here, here)],
                found.treated[here],
                strata[here],
                blocks=blocks[here],
                seed=seed,
            )
        except NothingToCompareError:
            continue
        found.p[audit], found.estimate[audit] = test.p, test.observed
        found.attainable[audit] = test.attainable_p


def _family(
    tested: Sequence[_Tested], alpha: float, after: bool
) -> tuple[Floats, NDArray[np.intp]]:
    """Adjusted p, and how many outcomes share the correction, audit by audit."""
    runs = len(tested[0].p)
    adjusted = np.full((runs, len(tested)), np.nan)
    sharing = np.ones(runs, dtype=np.intp)
    names = [each.question.name for each in tested]
    for audit in range(runs if after else 0):
        have = [n for n, each in enumerate(tested) if not math.isnan(each.p[audit])]
        p = {names[n]: float(tested[n].p[audit]) for n in have}
        least = {names[n]: float(tested[n].attainable[audit]) for n in have}
        found = family(p, least, alpha)
        for n in have:
            adjusted[audit, n] = found[names[n]]
        sharing[audit] = max(1, sum(each <= alpha for each in least.values()) or len(have))
    return adjusted, sharing


def _excluded(
    found: _Tested,
    open_: Bools,
    sharing: NDArray[np.intp],
    alpha: float,
    smallest: float,
    seed: int,
) -> Bools:
    """Where the joint interval lies inside ±smallest: screened at once, then asked of
    ``interval`` itself, which has more conditions where values are sparse."""
    small = np.zeros(len(open_), dtype=np.bool_)
    for sizes, audits, used in _same_sizes(found):
        for many in np.unique(sharing[audits]):
            which = open_[audits] & (sharing[audits] == many)
            if not which.any():
                continue
            own, here = audits[which], used[which]
            values, treated, strata = _packed(found, own, here, sizes)
            level = simultaneous(alpha, int(many))
            told = shifts(values, treated, sizes, alpha=1 - level, seed=seed)
            low, high, bounded = _ends(
                told.estimates, told.up, told.down, told.tie, found.question.measure.reach,
                sizes, 1 - level,
            )  # fmt: skip
            for row in np.flatnonzero(bounded & (low > -smallest) & (high < smallest)):
                sample = Sample(values[row], treated, strata)
                wide = interval(sample, level=level, seed=seed, bounds=found.question.measure.reach)
                small[own[row]] = wide.within(smallest)
    return small


def _shut(
    probe: Probe, told: Audits, found: _Tested, effect: Bools, sharing: NDArray[np.intp],
    alpha: float, seed: int,
) -> NDArray[np.object_]:  # fmt: skip
    """The gate that withholds, in the order in which the report asks them; empty where none does."""
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
        "stability": found.moved,
    }
    for audit in np.flatnonzero(np.any(list(gates.values()), axis=0)):
        names = [name for name, closed in gates.items() if closed[audit]]
        if names[0] == "attrition" and effect[audit] and _bears(found, audit, sharing, alpha, seed):
            names = names[1:]
        shut[audit] = names[0] if names else ""
    return shut


def _few(probe: Probe, told: Audits, found: _Tested) -> Bools:
    """Fewer than two puppets of an arm have a value, or no block holds both sides."""
    valid = ~np.isnan(found.values)
    arms = np.array([told.design.puppets[n].arm for n in found.order])
    few = np.zeros(len(told), dtype=np.bool_)
    for arm in found.question.contrast.arms:
        few |= valid[:, arms == arm].sum(axis=1) < FEWEST
    some = np.zeros(len(told), dtype=np.bool_)
    for _, audits, _ in _same_sizes(found):
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


def _uneven(told: Audits, found: _Tested, seed: int) -> Bools:
    """Cells are missing by arm."""
    missing = told.missing[:, found.order]
    if not missing.any():
        return np.zeros(len(told), dtype=np.bool_)
    return _gap(missing, found.treated, 0.0, seed)


def _shown(told: Audits, found: _Tested) -> Iterator[tuple[tuple[str, str], Bools]]:
    """The pages of the question's surface that were not lost."""
    for key, here in told.here.items():
        if key[0] == found.question.surface:
            yield key, here[:, found.order]


def _shorter(told: Audits, found: _Tested, seed: int) -> Bools:
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
    return _gap(mean, found.treated, LENGTHS * longest + 1e-9, seed)


def _unlabelled(probe: Probe, told: Audits, found: _Tested, seed: int) -> Bools:
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
    return few | _gap(share, found.treated, POINTS, seed)


def _bears(found: _Tested, audit: int, sharing: NDArray[np.intp], alpha: float, seed: int) -> bool:
    """An effect stays one with every lost puppet set to the worst."""
    measure = found.question.measure
    if measure.value is None or not math.isfinite(measure.bounds[1]):
        return False
    lost = np.isnan(found.values[audit])
    if not lost.any():
        return True
    try:
        worst = worst_cases(
            found.values[audit], lost.astype(np.float64), found.treated, found.strata,
            seed=seed, bounds=measure.bounds,
        )  # fmt: skip
    except NothingToCompareError:
        return False
    return worst.keeps(float(found.estimate[audit]), alpha / int(sharing[audit]))
