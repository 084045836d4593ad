"""One verdict for every declared outcome: effect, no effect larger than X, undecided, withheld.

Protects the rule that the report finds what was declared and no more: a verdict comes from its own
test, interval and gates, the correction counts every declared outcome, and gates are asked first.
"No effect" is never said without a bound.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from collector.analysis import words
from collector.analysis.coders import spreads, with_coders
from collector.analysis.comparison import Tested, compare, estimated
from collector.analysis.declared import Declaration, Question, declare
from collector.analysis.design import Attainable
from collector.analysis.designed import block_of, design_of, twins_that_do
from collector.analysis.gates import Gate, Ruling, ask
from collector.analysis.gates.agreement import remarks
from collector.analysis.inference import (
    Interval,
    NothingToCompareError,
    family,
    incidence_bound,
    simultaneous,
)
from collector.analysis.losses import worst_cases
from collector.analysis.metrics import Attention
from collector.analysis.outcomes import Measured, measure_question, surfaces_of
from collector.analysis.rundata import RunData
from collector.analysis.verdicts import Verdict, VerdictKind

_TIE = 1e-12


@dataclass(frozen=True)
class Answer:
    """A question with everything behind its verdict."""

    question: Question
    measured: Measured
    tested: Tested | None
    gates: tuple[Gate, ...]
    verdict: Verdict


@dataclass(frozen=True)
class Judgement:
    """Every verdict of a run, and what it was given on."""

    declaration: Declaration
    answers: tuple[Answer, ...]
    design: Attainable | None
    """What the plan could show, whatever was lost."""
    outcomes: int
    """That shared the correction."""
    level: float
    """Of the simultaneous intervals."""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Return every verdict, in the order of the answers."""
        return tuple(answer.verdict for answer in self.answers)


def declaration_of(data: RunData) -> Declaration:
    """What the run's scenario declares; its arms are those of the run if it names none."""
    scenario = data.run["scenario_json"]
    written = scenario.get("arms") or {}
    arms = {arm: written.get(arm) or {} for arm in data.arms}
    analysis = {**data.run["analysis"], "control": data.control}
    return declare(analysis, {**scenario, "arms": arms}, surfaces_of(data))


def judge(data: RunData) -> Judgement:
    """Every declared outcome's verdict."""
    declaration, seed = declaration_of(data), int(data.run["seed"])
    alpha = declaration.alpha
    found: list[tuple[Question, Measured, Tested | None, tuple[Gate, ...]]] = []
    for question in declaration.questions:
        measured = measure_question(data, question, declaration)
        test = compare(measured, seed) if declaration.phase == "after" else None
        found.append((question, measured, test, ask(data, measured, declaration)))
    tests = {question.name: test.test for question, _, test, _ in found if test is not None}
    adjusted = family(
        {name: test.p for name, test in tests.items()},
        {name: test.attainable_p for name, test in tests.items()},
        alpha,
    )
    # Where none could be significant, all of them are told to share the correction.
    sharing = sum(test.attainable_p <= alpha for test in tests.values()) or len(tests)
    puppets = [(p.arm, p.block) for p in data.puppets]
    block = block_of(data.run["scenario_json"], puppets)
    design = design_of(declaration, puppets, block)
    least = family(
        {name: test.smallest_p for name, test in tests.items()},
        {name: test.attainable_p for name, test in tests.items()},
        alpha,
    )
    judged = _Judge(data, declaration, adjusted, least, max(1, sharing), block, seed)
    labels = spreads(data, declaration, {q.name: t for q, _, t, _ in found if t}, seed)
    together = simultaneous(alpha, sharing)
    return Judgement(
        declaration=declaration,
        answers=tuple(
            Answer(*each, with_coders(judged.verdict(*each), labels.get(each[0].name), together))
            for each in found
        ),
        design=design,
        outcomes=max(1, sharing),
        level=together,
    )


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Of one verdict."""

    single: Interval | None = None
    together: Interval | None = None
    adjusted: float | None = None
    smallest_effect: float | None = None
    detectable: float | None = None
    twins_needed: int | None = None


@dataclass(frozen=True)
class _Judge:
    """Gives one verdict after another by the same family."""

    data: RunData
    declaration: Declaration
    adjusted: Mapping[str, float]
    least: Mapping[str, float]
    """The same if every outcome had the least p of what is left of its design."""
    sharing: int
    block: int
    """Twins of an arm in a full block, for advice."""
    seed: int

    def verdict(
        self,
        question: Question,
        measured: Measured,
        test: Tested | None,
        gates: Sequence[Gate],
    ) -> Verdict:
        notes = [gate.sentence for gate in gates if gate.ruling is Ruling.NOTED]
        shut = next((gate for gate in gates if gate.ruling is Ruling.WITHHELD), None)
        smallest = self.declaration.smallest.get(question.measure.name)
        if test is None:
            reason = shut.sentence if shut else "there is nothing to compare"
            return self._of(
                question, measured, VerdictKind.WITHHELD, reason,
                gate=shut.gate if shut else None, notes=notes,
            )  # fmt: skip
        kind, reason, numbers = self._by_numbers(test, smallest)
        if shut is not None and shut.gate == "attrition" and kind is VerdictKind.EFFECT:
            worst = self._worst_case(test)
            if worst is not None:
                notes.append(f"{shut.reason}; {worst}")
                shut = next(
                    (g for g in gates if g.ruling is Ruling.WITHHELD and g is not shut), None
                )
        if shut is not None:
            return self._of(
                question, measured, VerdictKind.WITHHELD, shut.sentence,
                gate=shut.gate, notes=notes,
            )  # fmt: skip
        notes += self._remarks(test)
        claimed = {
            VerdictKind.EFFECT: abs(test.estimate), VerdictKind.NO_LARGER: numbers.smallest_effect
        }.get(kind)  # fmt: skip
        notes += remarks(self.data, measured, claimed)
        return self._of(question, measured, kind, reason, test, numbers, notes=notes)

    def _by_numbers(
        self, test: Tested, smallest: float | None
    ) -> tuple[VerdictKind, str, _Numbers]:
        """The verdict that test and intervals give, its reason, and its numbers."""
        alpha, question = self.declaration.alpha, test.measured.question
        adjusted = self.adjusted[question.name]
        single = test.interval(1 - alpha, self.seed)
        together = test.interval(simultaneous(alpha, self.sharing), self.seed)
        numbers = _Numbers(single, together, adjusted, smallest)
        if adjusted <= alpha + _TIE:
            reason = f"p after correction is {adjusted:.3g}, at most {alpha:g}"
            return VerdictKind.EFFECT, reason, numbers
        varied = test.test.attainable_p <= alpha  # else it has no share of the joint intervals
        if smallest is not None and varied and together is not None and together.within(smallest):
            size = words.amount(smallest, question.measure.unit, sign=False)
            reason = f"the interval lies inside ±{size}"
            if self.sharing > 1:
                reason = (
                    f"the interval that holds for all {self.sharing} outcomes together lies inside"
                    f" ±{size}"
                )
            return VerdictKind.NO_LARGER, reason, numbers
        twins = None
        if smallest is not None:
            twins = test.twins_for(smallest, self.block, self._counted(test), alpha)
        elif self._least(test) > alpha + _TIE:
            twins = twins_that_do(question, self._counted(test), self.block, alpha=alpha)
        found = test.detectable(self.sharing, alpha)
        if found is not None and found > question.measure.reach[1]:
            found = None  # more than can be
        if not varied and self._least(test) <= alpha + _TIE:
            # Too few puppets differ: it has no share of the correction and of the joint intervals.
            alone = replace(numbers, together=None)
            return VerdictKind.UNDECIDED, self._undecided(test, single), alone
        numbers = replace(numbers, detectable=found, twins_needed=twins)
        return VerdictKind.UNDECIDED, self._undecided(test, single), numbers

    def _undecided(self, test: Tested, single: Interval | None) -> str:
        """Why neither an effect nor its absence could be shown."""
        alpha, design = self.declaration.alpha, test.test
        if single is not None and single.degenerate:
            return self._degenerate(test)
        if self._least(test) > alpha + _TIE:
            return (
                f"no result of these puppets could be significant: the least attainable p is"
                f" {self._least(test):.3g} after correction"
            )
        if design.attainable_p > alpha:
            return (
                "too few puppets differ at all: however they were dealt out to the arms, p could"
                f" not fall below {design.attainable_p:.3g}"
            )
        if self.declaration.smallest.get(test.measured.question.measure.name) is None:
            return f"p after correction is {self.adjusted[test.measured.question.name]:.3g}"
        return "neither an effect is established nor one of the declared size excluded"

    def _least(self, test: Tested) -> float:
        """The least adjusted p of what is left of an outcome's design. Others that are effects
        come before it in Holm's correction, and leave it a larger share of alpha."""
        alpha, design = self.declaration.alpha, test.test
        if design.smallest_p <= alpha < design.attainable_p:  # with other values it might share
            return min(1.0, design.smallest_p * self.sharing)
        return self.least[test.measured.question.name]

    def _counted(self, test: Tested) -> int:
        """Outcomes that share the correction once this one's design is large enough to."""
        more = test.test.smallest_p > self.declaration.alpha
        return min(max(1, len(self.adjusted)), self.sharing + more)

    def _degenerate(self, test: Tested) -> str:
        """All puppets have one value: nobody met the label, or nothing varies."""
        measured = test.measured
        count = len(measured.puppets)
        value = next(iter(measured.values.values()))
        if measured.question.label is None or value != 0:
            return f"all {count} puppets have the same value: nothing could be seen"
        fewest = min(len(measured.side(True)), len(measured.side(False)))
        most = incidence_bound(fewest, self.declaration.alpha)
        return (
            f"0 of {count} puppets met it, so up to {100 * most:.0f} % of the puppets of an arm"
            " could"
        )

    def _worst_case(self, test: Tested) -> str | None:
        """An effect stays one when every lost puppet is set against it, to the least or greatest
        value; ``None`` if it does not, or if the values have no such bounds."""
        measured = test.measured
        contrast, bounds = measured.contrast, measured.question.measure.bounds
        if test.sample is None or contrast.crossed is not None or not math.isfinite(bounds[1]):
            return None
        if not measured.lost and not any(measured.missing(p) for p in measured.puppets):
            return "no puppet lost the pages that are tested"
        puppets = (*measured.puppets, *measured.lost)
        groups = [(p.block, contrast.strata[p.arm]) for p in puppets]
        order = list(dict.fromkeys(groups))
        try:
            worst = worst_cases(
                np.array([measured.values.get(p.name, math.nan) for p in puppets]),
                np.array([measured.missing(p) for p in puppets]),
                np.array([p.arm in contrast.treated for p in puppets], dtype=np.bool_),
                np.array([order.index(group) for group in groups], dtype=np.intp),
                seed=self.seed,
                bounds=bounds,
            )
        except NothingToCompareError:
            return None
        if not worst.keeps(test.estimate, self.declaration.alpha / self.sharing):
            return None
        unit = measured.question.measure.unit
        pages = sum(page is None for p in measured.puppets for page in measured.by_slot(p))
        lost = words.number(len(measured.lost), "puppet")
        return (
            f"with what was lost ({lost}, and {words.number(pages, 'page')} of others) set to"
            " the worst case it stays an effect,"
            f" between {words.amount(worst.low, unit)} and {words.amount(worst.high, unit)}"
        )

    def _remarks(self, test: Tested) -> list[str]:
        """What a reader has to know beside the verdict."""
        measured, notes = test.measured, []
        measure = measured.question.measure
        if measure.attentive:
            signs = {curve.value: self._estimate(measured, curve) for curve in Attention}
            known = {name: value for name, value in signs.items() if value is not None}
            if min(known.values(), default=0) < -_TIE and max(known.values(), default=0) > _TIE:
                told = ", ".join(f"{n} {words.amount(v, measure.unit)}" for n, v in known.items())
                notes.append(f"the sign turns with the model of attention: {told}")
        if measure.likeness is not None and len(measured.lengths) == 2:
            arm, control = measured.lengths["arm"], measured.lengths["control"]
            if abs(arm - control) > 0.5:
                notes.append(
                    f"the lists differ in length ({control:.1f} and {arm:.1f} items on average):"
                    " what is cut off the end is not seen here; see list-length and jaccard"
                )
        if measured.contrast.crossed is not None:
            notes.append("the test of an interaction is exact only if errors are exchangeable")
        return notes

    def _estimate(self, measured: Measured, curve: Attention) -> float | None:
        again = measure_question(self.data, measured.question, self.declaration, curve)
        return estimated(again, self.seed)

    def _of(
        self,
        question: Question,
        measured: Measured,
        kind: VerdictKind,
        reason: str,
        test: Tested | None = None,
        numbers: _Numbers | None = None,
        *,
        gate: str | None = None,
        notes: Sequence[str] = (),
    ) -> Verdict:
        contrast, measure = question.contrast, question.measure
        numbers = numbers or _Numbers(smallest_effect=self.declaration.smallest.get(measure.name))
        used = contrast.sizes([(p.arm, p.block) for p in measured.puppets])
        puppets = (sum(c for _, c in used), sum(t for t, _ in used))
        if contrast.crossed is not None:
            puppets = (len(measured.side(False)), len(measured.side(True)))
        planned = len(measured.puppets) + len(measured.lost)
        return Verdict(
            surface=question.surface,
            outcome=question.outcome,
            metric=measure.name,
            label=question.label,
            arm=contrast.arm,
            control=contrast.control,
            verdict=kind,
            estimate=test.estimate if test else None,
            interval=_ends(numbers.single),
            bounded=numbers.single.bounded if numbers.single else False,
            simultaneous=_ends(numbers.together),
            level=1 - self.declaration.alpha,
            p=test.test.p if test else None,
            p_adjusted=numbers.adjusted,
            smallest_effect=numbers.smallest_effect,
            detectable=numbers.detectable,
            twins_needed=numbers.twins_needed,
            block=self.block,
            puppets=puppets,
            unit=measure.unit,
            reason=reason,
            gate=gate,
            notes=tuple(dict.fromkeys(notes)),
            arm_mean=measured.mean(True) if test else None,
            control_mean=measured.mean(False) if test else None,
            twin_gap=measured.twin_gap if test else None,
            dropped=planned - sum(puppets),
        )


def _ends(interval: Interval | None) -> tuple[float, float] | None:
    if interval is None or not math.isfinite(interval.high - interval.low):
        return None
    return interval.low, interval.high
