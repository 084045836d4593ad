"""The tests of many data sets of one design at once: p, interval, family, equivalence, drift.

For calibration and for a report's certificate, which ask the same of thousands of simulated audits
that a report asks of one. p-values and reach come from ``shifts``, the attainable p, the family,
the distance test and the drift from the functions that ``judging`` calls; the tests hold every
number against them, audit by audit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from collector.analysis.apart import distance_tests
from collector.analysis.attained import attainable
from collector.analysis.design import Blocks, least_p
from collector.analysis.exchanges import MOST_EXACT, Floats, Size, total
from collector.analysis.inference import (
    Sample,
    family,
    incidence_bound,
    interval,
    simultaneous,
)
from collector.analysis.intervals import hull
from collector.analysis.measures import Measure
from collector.analysis.places import places
from collector.analysis.shifts import shifts
from collector.analysis.spreads import unequal_ends
from collector.analysis.stability import level_of, stability, suspicious
from collector.analysis.ties import COMMON, tied_ends

Bools = NDArray[np.bool_]


@dataclass(eq=False)
class Many:
    """One outcome in many audits: what was measured, and the numbers before any correction."""

    name: str
    measure: Measure
    treated: Bools
    """Shape (puppets,)."""
    strata: NDArray[np.intp]
    """Within which labels are exchanged, shape (puppets,), numbered from 0."""
    blocks: NDArray[np.intp]
    values: Floats
    """Shape (audits, puppets); NaN without one. Of a likeness 0 where there is a page."""
    p: Floats
    """Shape (audits,); NaN where there is nothing to compare."""
    attainable: Floats
    estimate: Floats
    low: Floats
    """Of the interval at 1 − alpha; NaN of a likeness."""
    high: Floats
    bounded: Bools
    moved: Bools
    """The effect moved in the course of the run."""

    @classmethod
    def of(
        cls, name: str, measure: Measure, treated: Bools, strata: NDArray[np.intp],
        blocks: NDArray[np.intp], values: Floats,
    ) -> Many:  # fmt: skip
        """Measured, and not yet tested."""
        runs = len(values)
        none, no = np.full(runs, np.nan), np.zeros(runs, dtype=np.bool_)
        return cls(
            name, measure, treated, strata, blocks, values, p=none.copy(),
            attainable=np.ones(runs), estimate=none.copy(), low=none.copy(), high=none.copy(),
            bounded=no.copy(), moved=no.copy(),
        )  # fmt: skip


def same_sizes(found: Many) -> Iterator[tuple[tuple[Size, ...], NDArray[np.intp], Bools]]:
    """(sizes of the strata in use, audits, puppets in use) for audits that lost alike."""
    if not len(found.strata):  # every puppet is lost
        return
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


def value_tests(
    found: Many, *, alpha: float, questions: int, seed: int, most: int = MOST_EXACT
) -> None:
    """p, estimate, interval and drift of an outcome that is a number a puppet.

    :param questions: declared outcomes, which share the drift's false alarms.
    :param most: exchanges counted at most.
    """
    level = level_of(questions, likeness=False)
    for sizes, audits, used in same_sizes(found):
        values, treated, strata = _packed(found, audits, used, sizes)
        told_ = shifts(values, treated, sizes, alpha=alpha, seed=seed, most=most)
        found.p[audits], found.estimate[audits] = told_.p, told_.estimates
        low, high, bounded, same = _ends(told_.estimates, told_.up, told_.down, told_.tie,
                                         found.measure.reach, sizes, alpha)  # fmt: skip
        least = found.attainable[audits] = _attainable(values, treated, strata, sizes)
        if total(sizes) > most:  # a sample of exchanges, as ``randomisation_test`` has it
            found.p[audits] = np.maximum(told_.p, least)
            never = bounded & ~same & (least > alpha)
            low, high = (
                np.where(never, np.minimum(low, 0), low),
                np.where(never, np.maximum(high, 0), high),
            )
        wide_low, wide_high = hull(
            (low, high), unequal_ends(values, treated, strata, 1 - alpha), found.measure.reach
        )
        low = np.where(bounded & ~same, wide_low, low)
        high = np.where(bounded & ~same, wide_high, high)
        _widen(found, (low, high), np.flatnonzero(bounded & ~same & _tied(values)),
               (values, treated, strata), 1 - alpha)  # fmt: skip
        found.low[audits], found.high[audits], found.bounded[audits] = low, high, bounded
    _drifts(found, found.values, level=level, seed=seed)


def found_from(found: Many, *, alpha: float, seed: int, most: int) -> Floats:
    """The shift of the treated, upwards, from which each audit would have had p ≤ alpha, shape
    (audits,); infinite where what is left of its design has no p as small, and of a likeness, which
    has no shift.

    :param alpha: of one outcome, as the first step of a correction has it.
    :param most: exchanges counted at most, more where alpha needs them.
    """
    least = np.full(len(found.values), math.inf)
    if found.measure.likeness is not None:
        return least
    for sizes, audits, used in same_sizes(found):
        values, treated, _ = _packed(found, audits, used, sizes)
        enough = min(MOST_EXACT, max(most, math.ceil(20 / alpha)))
        told = shifts(values, treated, sizes, alpha=alpha, seed=seed, most=enough)
        least[audits] = told.down - told.estimates
    return least


def _widen(
    found: Many, ends: tuple[Floats, Floats], rows: NDArray[np.intp],
    told: tuple[Floats, Bools, NDArray[np.intp]], level: float,
) -> None:  # fmt: skip
    """The rest of ``intervals.widened``, in place, where other spreads were looked at for all."""
    (low, high), (values, treated, strata) = ends, told
    for row in rows:
        tied = tied_ends(Sample(values[row], treated, strata), level, found.measure.bounds)
        if tied is not None:
            own = low[row : row + 1], high[row : row + 1]
            least, most = np.array(tied[:1]), np.array(tied[1:])
            low[row : row + 1], high[row : row + 1] = hull(own, (least, most), found.measure.reach)


def _drifts(found: Many, values: Floats, *, level: float, seed: int) -> None:
    """Where the effect moved over the order of the blocks: screened at once, then ``stability``.

    :param values: shape (audits, puppets), NaN without one.
    """
    if not len(found.blocks):
        return
    own = replace(found, values=values, strata=found.blocks - found.blocks.min())
    for sizes, audits, used in same_sizes(own):
        if len(sizes) < 2:
            continue
        packed, _, _ = _packed(own, audits, used, sizes)
        pairs, sums, when = _pairs(packed, sizes)
        for row in np.flatnonzero(suspicious(pairs, when, sums=sums, alpha=level)):
            audit = audits[row]
            have = ~np.isnan(values[audit])
            sample = Sample(values[audit, have], found.treated[have], found.blocks[have])
            found.moved[audit] = stability(sample, seed=seed, alpha=level).effect.moved


def _packed(
    found: Many, audits: NDArray[np.intp], used: Bools, sizes: Sequence[Size]
) -> tuple[Floats, Bools, NDArray[np.intp]]:
    """Values by stratum, its controls first, shape (audits, puppets in use)."""
    place = np.where(used, 2 * found.strata + found.treated, 2 * found.strata.max() + 2)
    order = np.argsort(place, axis=1, kind="stable")[:, : sum(map(sum, sizes))]
    values = np.take_along_axis(found.values[audits], order, axis=1)
    treated = np.concatenate([np.repeat([False, True], (c, t)) for t, c in sizes])
    strata = np.concatenate([np.full(t + c, n) for n, (t, c) in enumerate(sizes)])
    return values, treated, strata


def _pairs(values: Floats, sizes: Sequence[Size]) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Treated minus control, and their sums, pair by pair within blocks, as ``stability`` takes
    them."""
    columns, sums, when, at = [], [], [], 0
    for number, (t, c) in enumerate(sizes):
        both = min(t, c)
        treated, control = values[:, at + c : at + c + both], values[:, at : at + both]
        columns.append(treated - control)
        sums.append(treated + control)
        when += [number] * both
        at += t + c
    return np.hstack(columns), np.hstack(sums), np.array(when, dtype=np.intp)


def _ends(
    delta: Floats, up: Floats, down: Floats, tie: Floats, reach: tuple[float, float],
    sizes: Sequence[Size], alpha: float,
) -> tuple[Floats, Floats, Bools, Bools]:  # fmt: skip
    """``intervals.inverted`` for many estimates of one design: low, high, bounded, degenerate."""
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
    return np.where(bounded, low, reach[0]), np.where(bounded, high, reach[1]), bounded, same


def _tied(values: Floats) -> Bools:
    """Where a quarter of the values or more are one and the same, shape (audits,)."""
    ordered = np.sort(np.round(values, 12), axis=1)
    span = max(1, math.ceil(COMMON * values.shape[1])) - 1
    if not span:
        return np.ones(len(values), dtype=np.bool_)
    return np.asarray((ordered[:, span:] == ordered[:, :-span]).any(axis=1))


def _attainable(
    values: Floats, treated: Bools, strata: NDArray[np.intp], sizes: tuple[Size, ...]
) -> Floats:
    """The smallest p that pooled values allow. Without ties it is that of the design where it is
    balanced; otherwise ``attainable`` is asked."""
    ways = total(sizes)
    counted = ways if ways <= MOST_EXACT else MOST_EXACT
    found = np.full(len(values), max(least_p(Blocks(sizes)), 1 / counted))
    ordered = np.sort(values + 1e6 * strata, axis=1)
    tied: Bools = np.asarray((np.diff(ordered, axis=1) <= 1e-9).any(axis=1))
    if any(t != c for t, c in sizes):
        tied = np.ones_like(tied)
    for row in np.flatnonzero(tied).tolist():
        found[row] = max(attainable(Sample(values[row], treated, strata)), 1 / counted)
    return found


def likeness_tests(
    found: Many, distances: Floats, *, questions: int, seed: int, most: int = MOST_EXACT
) -> None:
    """p and excess of a likeness, and whether what sets the arms apart moved.

    :param questions: declared outcomes, which share the drift's false alarms.
    :param distances: shape (audits, puppets, puppets), as ``distance_test`` has them.
    """
    found.estimate, found.p, found.attainable = distance_tests(
        distances, ~np.isnan(found.values), found.treated, found.strata, found.blocks,
        seed=seed, most=most,
    )  # fmt: skip
    gone = np.isnan(found.values)
    own = np.where(gone[:, :, None] | gone[:, None, :], np.nan, distances)
    stand = np.where(gone, np.nan, places(own, found.treated, found.blocks))
    _drifts(found, stand, level=level_of(questions, likeness=True), seed=seed)


def families(tested: Sequence[Many], alpha: float) -> tuple[Floats, NDArray[np.intp]]:
    """Adjusted p, and how many outcomes share the correction, audit by audit."""
    runs = len(tested[0].p)
    adjusted = np.full((runs, len(tested)), np.nan)
    sharing = np.ones(runs, dtype=np.intp)
    names = [each.name for each in tested]
    for audit in range(runs):
        have = [n for n, each in enumerate(tested) if not math.isnan(each.p[audit])]
        p = {names[n]: float(tested[n].p[audit]) for n in have}
        least = {names[n]: float(tested[n].attainable[audit]) for n in have}
        found = family(p, least, alpha)
        for n in have:
            adjusted[audit, n] = found[names[n]]
        sharing[audit] = max(1, sum(each <= alpha for each in least.values()) or len(have))
    return adjusted, sharing


def excluded(
    found: Many, open_: Bools, sharing: NDArray[np.intp], alpha: float, smallest: float,
    seed: int, most: int,
) -> Bools:  # fmt: skip
    """Where the joint interval lies inside ±smallest: screened at once, then asked of
    ``interval`` itself, which has more conditions where values are sparse."""
    small: Bools = np.zeros(len(open_), dtype=np.bool_)
    for sizes, audits, used in same_sizes(found):
        for many in np.unique(sharing[audits]):
            which = open_[audits] & (sharing[audits] == many)
            if not which.any():
                continue
            own, here = audits[which], used[which]
            values, treated, strata = _packed(found, own, here, sizes)
            level = simultaneous(alpha, int(many))
            told = shifts(values, treated, sizes, alpha=1 - level, seed=seed, most=most)
            low, high, bounded, _ = _ends(
                told.estimates, told.up, told.down, told.tie, found.measure.reach,
                sizes, 1 - level,
            )  # fmt: skip
            for row in np.flatnonzero(bounded & (low > -smallest) & (high < smallest)):
                sample = Sample(values[row], treated, strata)
                wide = interval(sample, level=level, seed=seed, support=found.measure.bounds)
                small[int(own[row])] = wide.within(smallest)
    return small
