"""How often each verdict was given, and how often it was wrong.

Protects the rule that a rate is told with what it could be: false alarms carry an upper limit
(Clopper and Pearson 1934), and a coverage counts only intervals that have ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from collector.analysis.verdicts import VerdictKind
from collector.calibration.audits import Audits, Platform, audits, design_of, values_of
from collector.calibration.deciding import KINDS, Decisions
from collector.calibration.truths import Kind, Truth

_TRUE = 2_000
"""Audits of two twins an arm from which the true difference of an effect is known."""


@dataclass(frozen=True)
class Rate:
    """A share of so many, 0–1."""

    count: int
    of: int

    @property
    def rate(self) -> float | None:
        """Return the share, 0–1; ``None``: of nothing."""
        return self.count / self.of if self.of else None

    @property
    def upper95(self) -> float | None:
        """One-sided: the share is below it with 95 % confidence."""
        return upper_limit(self.count, self.of) if self.of else None

    def plain(self) -> dict[str, Any]:
        """Return rate and upper bound, to five decimals, and the counts, JSON-ready."""
        return {
            "rate": None if self.rate is None else round(self.rate, 5),
            "upper95": None if self.upper95 is None else round(self.upper95, 5),
            "count": self.count,
            "of": self.of,
        }


def upper_limit(count: int, of: int, error: float = 0.05) -> float:
    """The share at which so few or fewer come with a chance of ``error``: the one-sided upper limit
    of Clopper and Pearson (1934), by logarithms, so that ``of`` may be as large as it likes.

    ``upper_limit(0, 100)`` is 1 − 0.05^(1/100), 0.0295.
    """
    if count >= of:
        return 1.0
    k = np.arange(count + 1)
    steps = np.log(np.maximum(of - k[:-1], 1)) - np.log(k[1:])
    ways = np.concatenate([[0.0], np.cumsum(steps)])
    low, high = 0.0, 1.0
    while high - low > 1e-9:
        p = (low + high) / 2
        logs = ways + k * np.log(p) + (of - k) * np.log1p(-p)
        top = float(logs.max())
        tail = float(np.exp(logs - top).sum()) * float(np.exp(top))
        low, high = (p, high) if tail > error else (low, p)
    return high


def true_differences(ground: Platform, seed: int) -> list[float | None]:
    """Of each question the difference of the arms' means by the truth, in its unit; ``None`` for a
    likeness. Without losses and with the right labels; 0 under a null."""
    probe, truth = ground.probe, ground.truth
    if truth.kind is Kind.NULL or (truth.kind is Kind.BROKEN and not truth.late):
        return [None if q.measure.value is None else 0.0 for q in probe.questions]
    right = Platform(probe, Truth(truth.name, truth.kind, ""), ground.stages, ground.history)
    design = design_of(probe, 2)
    told: Audits = audits(right, design, _TRUE, np.random.default_rng([seed, 20_261]))
    found: list[float | None] = []
    for question in probe.questions:
        if question.measure.value is None:
            found.append(None)
            continue
        order, treated = design.side(question)
        values = values_of(probe, told, question)[:, order]
        found.append(float(np.nanmean(values[:, treated]) - np.nanmean(values[:, ~treated])))
    return found


def cell(
    truth: Truth,
    decisions: Decisions,
    true: Sequence[float | None],
    smallest: Sequence[float | None],
) -> dict[str, Any]:
    """The numbers of one cell of the table.

    :param true: of each question, see ``true_differences``.
    :param smallest: the declared smallest effect of each question.
    """
    runs = len(decisions.kind)
    effect = decisions.is_(VerdictKind.EFFECT)
    none = truth.kind is Kind.NULL or (truth.kind is Kind.BROKEN and not truth.late)
    outcomes = []
    for at, question in enumerate(decisions.questions):
        known = true[at]
        verdicts = {
            kind.name.lower(): int((decisions.kind[:, at] == number).sum())
            for number, kind in enumerate(KINDS)
        }
        gates = Counter(gate for gate in decisions.gate[:, at] if gate)
        row: dict[str, Any] = {
            "surface": question.surface,
            "outcome": question.outcome,
            "arm": question.contrast.arm,
            "verdicts": verdicts,
            "gates": dict(sorted(gates.items())),
        }
        if known is not None:
            have = ~np.isnan(decisions.p[:, at])
            ends = decisions.bounded[:, at] & have
            inside = (decisions.low[:, at] <= known + 1e-12) & (
                known - 1e-12 <= decisions.high[:, at]
            )
            wrong_sign = effect[:, at] & (decisions.estimate[:, at] * known < 0)
            limit = smallest[at]
            row |= {
                "true": round(known, 5),
                "bias": round(float(decisions.estimate[have, at].mean()) - known, 5)
                if have.any()
                else None,
                "sd": round(float(decisions.estimate[have, at].std()), 5) if have.any() else None,
                "coverage": Rate(int((inside & ends).sum()), int(ends.sum())).plain(),
                "sign_errors": Rate(int(wrong_sign.sum()), int(effect[:, at].sum())).plain(),
            }
            if limit is not None and abs(known) >= limit - 0.0015:
                row["wrong_equivalence"] = Rate(verdicts["no_larger"], runs).plain()
        outcomes.append(row)
    withheld = decisions.is_(VerdictKind.WITHHELD)
    return {
        "truth": truth.name,
        "kind": truth.kind.value,
        "experiments": runs,
        "any_effect": Rate(int(effect.any(axis=1).sum()), runs).plain(),
        "false_effect": Rate(int(effect.any(axis=1).sum()), runs).plain() if none else None,
        "withheld": Rate(int(withheld.any(axis=1).sum()), runs).plain(),
        "unstable": Rate(int((decisions.gate == "stability").any(axis=1).sum()), runs).plain(),
        "uneven": Rate(int((decisions.gate == "attrition").any(axis=1).sum()), runs).plain(),
        "outcomes": outcomes,
    }
