"""What stands behind a report's verdicts: how often this very design errs, with what was lost.

Audits are simulated from the run's own puppets (``resampled``), at the places that are left: the
same blocks, the puppets that have data, the declared outcomes. So the certificate says for *this*
run how often "effect" would have been said of nothing, how often an effect of three sizes would
have been found, and how often the interval holds the truth. What was read is held against the
platform's log where there is one, and watches against their receipts.

It is no statement about the platform, and not about bias that strikes every puppet of an arm alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from collector.analysis.declared import ALPHA
from collector.analysis.exchanges import total
from collector.analysis.intervals import share_limit
from collector.analysis.judging import Answer, Judgement
from collector.analysis.many import Many
from collector.analysis.measures import Unit
from collector.analysis.resampled import Noise, noise_of, simulate
from collector.analysis.rundata import Puppet, RunData
from collector.analysis.truth import TruthCheck

FORMAT = "twinwatch-certificate/1"
AUDITS = 1_000
"""Simulated without an effect, for false alarms and coverage."""
AUDITS_A_SIZE = 200
EXCHANGES = 1_000
"""Counted at most; a report's own test counts 20,000."""
POINTS = (0.05, 0.10, 0.20)
_SPREADS = (1.0, 2.0, 3.0)
"""Sizes of what is not a share, in standard deviations between twins."""
_CELLS = 60_000_000
"""Numbers that may be computed in all: a certificate takes seconds."""


def certify(data: RunData, judgement: Judgement, agreement: TruthCheck | None) -> dict[str, Any]:
    """The certificate of a run, ready for JSON."""
    run = data.run
    return {
        "format": FORMAT,
        "run": run["id"],
        "scenario": run["scenario"],
        "plan": run.get("plan_hash"),
        "seed": run["seed"],
        "design": {
            "arms": {arm: len(data.of_arm(arm)) for arm in data.arms},
            "blocks": len({puppet.block for puppet in data.puppets}),
            "outcomes": len(judgement.declaration.questions),
            "alpha": judgement.declaration.alpha,
        },
        "losses": {
            "planned": len(data.cells),
            "data": sum(c["status"] in (None, "ok") and c["outcome"] == "done" for c in data.cells),
            "puppets": sum(len(answer.measured.lost) for answer in judgement.answers),
        },
        **_simulated(data, judgement),
        "parser": None if agreement is None else _parser(agreement),
        "receipts": {
            "watches": len(data.receipts),
            "complete": sum(row["status"] == "complete" for row in data.receipts),
        },
    }


def _parser(agreement: TruthCheck) -> dict[str, Any]:
    found = agreement.total
    known = found.captured - found.invented
    return {
        "lists": found.loads,
        "recall": round(known / (known + found.missed), 6) if known + found.missed else None,
        "missed": found.missed,
        "invented": found.invented,
    }


def _simulated(data: RunData, judgement: Judgement) -> dict[str, Any]:
    usable: list[tuple[Answer, Noise]] = [
        (answer, noise)
        for answer in judgement.answers
        if answer.tested is not None and (noise := noise_of(answer.measured)) is not None
    ]
    if not usable:
        return {
            "simulated": None,
            "why": "no declared outcome has two puppets with data in each arm",
            "false_effect": None,
            "coverage": None,
            "power": [],
        }
    noises = [noise for _, noise in usable]
    places: dict[str, Sequence[Puppet]] = {
        noise.question.name: answer.measured.puppets for answer, noise in usable
    }
    alpha = judgement.declaration.alpha
    audits, each_size = _counts(usable)
    seed = int(data.run["seed"])

    def simulated(effect: Mapping[str, float], runs: int, part: int) -> tuple[list[Many], Any]:
        found, adjusted, _ = simulate(
            noises, places, effect, runs=runs, alpha=alpha,
            questions=len(judgement.declaration.questions),
            generator=np.random.default_rng([seed, 12, part]), seed=seed, most=EXCHANGES,
        )  # fmt: skip
        return found, adjusted

    found, adjusted = simulated({}, audits, 0)
    false = int((adjusted <= alpha + 1e-12).any(axis=1).sum())
    inside = covered = 0
    for many in found:
        ends = many.bounded & ~np.isnan(many.p)
        covered += int(ends.sum())
        inside += int((ends & (many.low <= 1e-12) & (many.high >= -1e-12)).sum())
    power = []
    for part, (name, shifts) in enumerate(_sizes(noises, usable), 1):
        _, adjusted = simulated(shifts, each_size, part)
        for n, noise in enumerate(noises):
            if noise.question.name in shifts:
                power.append(
                    {
                        "surface": noise.question.surface,
                        "outcome": noise.question.outcome,
                        "arm": noise.question.contrast.arm,
                        "control": noise.question.contrast.control,
                        "size": name,
                        "power": round(float((adjusted[:, n] <= alpha + 1e-12).mean()), 3),
                    }
                )
    return {
        "simulated": {
            "audits": audits,
            "audits_a_size": each_size,
            "exchanges": EXCHANGES,
            "from": "the run's own puppets, dealt out anew at the places that have data",
        },
        "false_effect": {
            "rate": round(false / audits, 4),
            "upper95": round(share_limit(false, audits, 2 * ALPHA), 4),
        },
        "coverage": round(inside / covered, 4) if covered else None,
        "power": power,
    }


def _counts(usable: Sequence[tuple[Answer, Noise]]) -> tuple[int, int]:
    """Audits without an effect and with one of each size, as many as take seconds."""
    cells = 0
    for answer, _ in usable:
        assert answer.tested is not None
        ways = min(EXCHANGES, total(answer.tested.blocks.used) if answer.tested.blocks.used else 1)
        cells += ways * max(1, len(answer.measured.puppets)) * 3
    audits = max(100, min(AUDITS, _CELLS // max(1, cells)))
    return audits, max(50, min(AUDITS_A_SIZE, audits // 3))


def _sizes(
    noises: Sequence[Noise], usable: Sequence[tuple[Answer, Noise]]
) -> list[tuple[str, dict[str, float]]]:
    """Three sizes: points of a share, or standard deviations of what is none. Every outcome of a
    kind is moved at once, as a treatment that works does. Where all puppets of an arm are alike
    nothing is known of the noise, and any size would be found."""
    shares = [n for n in noises if n.question.measure.unit is Unit.SHARE and n.known]
    others = [
        (noise, answer.tested.noise)
        for answer, noise in usable
        if noise.question.measure.value is not None
        and noise.question.measure.unit is not Unit.SHARE
        and answer.tested is not None
    ]
    found = []
    for points in POINTS if shares else ():
        found.append((f"{100 * points:g} points", {n.question.name: points for n in shares}))
    for spread in _SPREADS if others else ():
        found.append(
            (
                f"{spread:g} sd",
                {n.question.name: spread * sd for n, sd in others if sd and math.isfinite(sd)},
            )
        )
    return found
