"""Where an effect was found: in which way do the lists differ?

A verdict says that two arms were shown something else. This compares the profiles of their lists
with those of twins, one question at a time, each by the report's own randomisation test: is it the
advertising, other items, the same items in another order, other labels? And it asks what else could
look like the treatment: test groups that lie across the arms, a platform that moved, a search that
colours the next one. One answer where they point one way, else "not told apart".

It describes an effect that was found already, and is no test of its own: it has no share of the
family, and is never asked where there is no effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

import numpy as np

from collector.analysis.buckets import label_shares, twin_excess
from collector.analysis.comparison import compare
from collector.analysis.declared import Declaration, Question
from collector.analysis.exchanges import Floats
from collector.analysis.gates.base import Gate, Ruling
from collector.analysis.inference import (
    NothingToCompareError,
    Sample,
    distance_test,
    randomisation_test,
)
from collector.analysis.judging import Judgement
from collector.analysis.measures import Measure, Sight, Unit, measures
from collector.analysis.metrics import repetition
from collector.analysis.outcomes import Measured, measure_question
from collector.analysis.rundata import Page, RunData
from collector.analysis.verdicts import VerdictKind

ALPHA = 0.05
_BEYOND_DOUBT = ALPHA / 3
"""p of what is there whatever else three questions show by chance."""
_GROUPS = 0.6
"""Share of the spread between lists that two groups explain, above which there are two."""
_FEWEST = 6
"""Puppets of which two groups across the arms can be told."""
_PERSONA = ("locale", "timezone", "geolocation", "country")


class Mechanism(StrEnum):
    """In which way the lists of two arms differ."""

    REPLACE = "replace"
    """Other items, of the same labels."""
    REORDER = "reorder"
    """The same items in another order."""
    TOPIC = "topic"
    """Items of other labels."""
    PLACE = "language or country"
    """Other items, and the arms differ in the language or place of their puppets."""
    ADS = "ads"
    BUCKET = "test groups"
    """Puppets fall into two groups that lie across the arms."""
    CARRY_OVER = "carry-over"
    """Items of the puppet's own earlier search."""
    DRIFT = "drift"
    """The platform moved in the course of the run."""
    UNKNOWN = "not told apart"


@dataclass(frozen=True)
class Explained:
    """What fits one effect best."""

    surface: str
    outcome: str
    arm: str
    control: str
    mechanism: Mechanism
    why: str
    """One clause with the numbers."""


def mechanisms(data: RunData, judgement: Judgement) -> tuple[Explained, ...]:
    """One for each effect, in the order of the verdicts."""
    return tuple(
        explain(data, answer, judgement.declaration)
        for answer in judgement.answers
        if answer.verdict.verdict is VerdictKind.EFFECT
    )


class Asked(Protocol):
    """An effect: an ``Answer`` of a judgement is one."""

    @property
    def question(self) -> Question:
        """Return the outcome that differs."""
        ...

    @property
    def gates(self) -> tuple[Gate, ...]:
        """Return what the gates decided on it."""
        ...


def explain(data: RunData, answer: Asked, declaration: Declaration) -> Explained:
    """The mechanism that fits the lists of one question."""
    question, contrast = answer.question, answer.question.contrast
    if contrast.crossed is not None:
        found = Mechanism.UNKNOWN, "an interaction has no lists of its own"
    else:
        found = next(_fitting(data, answer, declaration))
    return Explained(question.surface, question.outcome, contrast.arm, contrast.control, *found)


def _fitting(
    data: RunData, answer: Asked, declaration: Declaration
) -> Iterator[tuple[Mechanism, str]]:
    """What fits, the more special before the more general: the first one counts."""
    question, seed = answer.question, int(data.run["seed"])

    def p_of(name: str) -> float:
        return _p(data, question, measures()[name], declaration)

    ads, items = p_of("ad-share"), p_of("jaccard")
    mixed = _p(data, question, _MIX, declaration)
    ordered = p_of("order")
    # Each question is wrong in 5 of 100. What is there beyond doubt (at the level of three) stays
    # the answer beside what others show by chance: items and labels, or labels beside items.
    others = min(items, mixed)
    alone = others > ALPHA / 2
    if question.measure.name == "ad-share" or (
        ads <= ordered and ((ads <= ALPHA < others) or (ads <= _BEYOND_DOUBT and alone))
    ):
        yield Mechanism.ADS, f"the share of advertising differs (p = {ads:.2g})"
    moved = next((g for g in answer.gates if g.gate == "stability"), None)
    # Too few pairs to show a change say nothing of one.
    if moved is not None and moved.ruling is not Ruling.PASSED and not moved.is_count:
        yield Mechanism.DRIFT, moved.reason
    grouped = _groups(data, answer, declaration, seed)
    if grouped is not None:
        yield Mechanism.BUCKET, grouped
    if question.surface == "search":
        again = _p(data, question, _CARRIED, declaration)
        if again <= ALPHA:
            yield (
                Mechanism.CARRY_OVER,
                f"another share of the items stood in the puppet's search before (p = {again:.2g})",
            )
    if others <= ALPHA and not (ordered <= _BEYOND_DOUBT and alone):
        keys = _differ_in(data, question)
        if keys:
            yield Mechanism.PLACE, f"other items, and the arms differ in {' and '.join(keys)}"
        unasked = _groups_unasked(data, question, declaration)
        if mixed <= (_BEYOND_DOUBT if items <= _BEYOND_DOUBT else ALPHA):
            yield Mechanism.TOPIC, f"items of other labels (p = {mixed:.2g}){unasked}"
        yield (
            Mechanism.REPLACE,
            f"other items (p = {items:.2g}) of the same labels (p = {mixed:.2g}){unasked}",
        )
    if ordered <= ALPHA:
        yield (
            Mechanism.REORDER,
            f"the same items (p = {items:.2g}) in another order (p = {ordered:.2g})",
        )
    yield Mechanism.UNKNOWN, "neither advertising, items, labels nor order differ beyond twins"


def _measured(
    data: RunData, question: Question, measure: Measure, declaration: Declaration
) -> Measured:
    return measure_question(data, replace(question, measure=measure, label=None), declaration)


def _p(data: RunData, question: Question, measure: Measure, declaration: Declaration) -> float:
    """p of another measure on the same lists; 1 where it cannot be taken."""
    tested = compare(_measured(data, question, measure, declaration), int(data.run["seed"]))
    return tested.test.p if tested is not None else 1.0


def _alike(left: Page, right: Page) -> float | None:
    """1 − total variation distance of the shares of labels, 0–1; ``None`` if a list is empty."""
    one, other = left.mix, right.mix
    if not one or not other:
        return None
    return 1 - sum(abs(one.get(t, 0.0) - other.get(t, 0.0)) for t in {*one, *other}) / 2


def _carried(sight: Sight) -> float | None:
    """Share of items, 0–1, that stood in an earlier search of the puppet's for something else, mean
    over the pages. What the same search shows again, it shows because it is the same."""
    tested = {page.capture for page in sight.pages}

    def share(page: Page) -> float | None:
        others: set[str] = set()
        for each in sight.earlier:
            if each.capture == page.capture:
                break
            if each.capture not in tested or each.url != page.url:
                others.update(each.ids)
        return repetition(page.ids, others)

    return sight.mean(share)


_CARRIED = Measure("carried", "carried over", "", Unit.SHARE, value=_carried)

_MIX = Measure("label-mix", "shares of labels", "", Unit.SIMILARITY, likeness=_alike)


def _differ_in(data: RunData, question: Question) -> list[str]:
    """What of language and place the personas of the two sides do not share."""
    scenario = data.run["scenario_json"]
    arms = scenario.get("arms") or {}

    def persona(arm: str) -> dict[str, object]:
        own = (arms.get(arm) or {}).get("persona") or scenario.get("persona") or {}
        return own if isinstance(own, dict) else {}

    contrast = question.contrast
    found = []
    for key in _PERSONA:
        sides = [
            {str(persona(arm).get(key)) for arm in side}
            for side in (contrast.treated, contrast.untreated)
        ]
        if not sides[0] & sides[1]:
            found.append(key)
    return found


def _groups(data: RunData, answer: Asked, declaration: Declaration, seed: int) -> str | None:
    """Two groups of puppets, some of either arm in both, between which the lists differ more than
    between the arms: what a platform's test groups look like."""
    measured = _measured(data, answer.question, _MIX, declaration)
    if measured.overlap is None or len(measured.puppets) < _FEWEST:
        return None
    table = measured.overlap.distances
    np.fill_diagonal(table, 0.0)
    if np.isnan(table).any():
        return None
    place = _coordinate(table)
    group, share = _split(place)
    contrast = measured.contrast
    treated = np.array([p.arm in contrast.treated for p in measured.puppets], dtype=np.bool_)
    crossing = all(0 < group[side].mean() < 1 for side in (treated, ~treated))
    if share < _GROUPS or not crossing:
        return None
    strata = np.array([p.block for p in measured.puppets], dtype=np.intp)
    left = _within(place, group, treated, strata, seed)
    if left is None or left <= ALPHA or not _lasting(measured, seed):
        return None
    # There may be groups that have nothing to do with the effect: then it is there within them.
    # Chance helped an effect that was found, and still does within: it has to be beyond doubt.
    inside = dict(zip((p.name for p in measured.puppets), group.tolist(), strict=True))
    if _inside(data, answer.question, declaration, inside, seed) <= _BEYOND_DOUBT:
        return None
    if answer.question.surface == "search":
        # What a puppet carries over from its own search lasts from page to page as groups do.
        repeated = _measured(data, answer.question, _CARRIED, declaration).values
        known = np.array([p.name in repeated for p in measured.puppets], dtype=np.bool_)
        shares = np.array([repeated[p.name] for p in measured.puppets if p.name in repeated])
        carried = _within(shares, group[known], treated[known], strata[known], seed)
        if carried is not None and carried <= ALPHA:
            return None
    return (
        f"two groups, both in both arms, explain {100 * share:.0f} % of the spread between lists;"
        f" within them the arms do not differ (p = {left:.2g})"
    )


def _groups_unasked(data: RunData, question: Question, declaration: Declaration) -> str:
    """What to add to an answer where nobody could tell test groups from the treatment; else ""."""
    measured = _measured(data, question, _MIX, declaration)
    if len(measured.slots) < 2:
        return "; one page a puppet does not tell this from test groups"
    if len(measured.puppets) < _FEWEST:
        return f"; {len(measured.puppets)} puppets do not tell this from test groups"
    return ""


def _inside(
    data: RunData,
    question: Question,
    declaration: Declaration,
    group: Mapping[str, bool],
    seed: int,
) -> float:
    """p of the effect itself, puppets exchanged within block and group alone; 1 with nothing to
    compare.

    :param group: puppet → which of the two it is in.
    """
    measured = measure_question(data, question, declaration)
    puppets = [p for p in measured.puppets if p.name in group]
    treated = np.array([p.arm in measured.contrast.treated for p in puppets], dtype=np.bool_)
    blocks = np.array([p.block for p in puppets], dtype=np.intp)
    strata = 2 * blocks + np.array([group[p.name] for p in puppets], dtype=np.intp)
    try:
        if measured.overlap is None:
            values = np.array([measured.values[p.name] for p in puppets])
            return randomisation_test(Sample(values, treated, strata), seed=seed).p
        known = np.array([p.name in group for p in measured.puppets], dtype=np.bool_)
        distances = measured.overlap.distances[np.ix_(known, known)]
        return distance_test(distances, treated, strata, blocks=blocks, seed=seed).p
    except NothingToCompareError:
        return 1.0


def _within(
    values: Floats, group: np.ndarray, treated: np.ndarray, strata: np.ndarray, seed: int
) -> float | None:
    """p of the arms' difference that is left when each puppet's group is taken out; ``None`` with
    nothing to compare. All of shape (puppets,)."""
    rest = values.copy()
    for side in (group, ~group):
        if side.any():
            rest[side] -= values[side].mean()
    try:
        return randomisation_test(Sample(rest, treated, strata), seed=seed).p
    except NothingToCompareError:
        return None


def _lasting(measured: Measured, seed: int) -> bool:
    """Puppets stay apart from page to page. One page tells nothing of it: two halves of any noise
    explain most of its spread, and those of an effect lie across the arms where it is not strong.
    """
    if len(measured.slots) < 2:
        return False
    table = label_shares(
        [[page.topics if page else () for page in measured.by_slot(p)] for p in measured.puppets]
    )
    found = twin_excess(table, [puppet.arm for puppet in measured.puppets], seed=seed)
    return found is not None and found.p <= ALPHA


def _coordinate(distances: Floats) -> Floats:
    """The first axis of classical scaling: one number a puppet."""
    n = len(distances)
    centre = np.eye(n) - np.full((n, n), 1 / n)
    values, vectors = np.linalg.eigh(-0.5 * centre @ (distances**2) @ centre)
    return np.asarray(vectors[:, -1] * np.sqrt(max(float(values[-1]), 0.0)))


def _split(place: Floats) -> tuple[np.ndarray, float]:
    """The cut of the axis that explains most of the sum of squares, and how much."""
    order = np.argsort(place)
    values = place[order] - place.mean()
    whole = float(values @ values)
    best, at = 0.0, 1
    for cut in range(1, len(values)):
        left, right = values[:cut].sum(), values[cut:].sum()
        between = left**2 / cut + right**2 / (len(values) - cut)
        if between > best:
            best, at = float(between), cut
    group = np.zeros(len(place), dtype=np.bool_)
    group[order[at:]] = True
    return group, best / whole if whole > 0 else 0.0
