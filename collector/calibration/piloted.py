"""Power with the noise of a pilot run, on whatever platform: what the scenario declares, simulated
from the values of the run's puppets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from collector.analysis.judging import judge
from collector.analysis.many import found_from
from collector.analysis.outcomes import Measured
from collector.analysis.resampled import Noise, noise_of, simulate
from collector.analysis.rundata import Puppet, RunData
from collector.calibration.mocks import NotCalibrated
from collector.calibration.power import MOST, RUNS, in_80_of_100, told
from collector.calibration.probe import with_twins
from collector.calibration.rates import Rate
from collector.scenario.loader import Loaded
from collector.scenario.plan import Plan, make_plan


def pilot(
    loaded: Loaded,
    data: RunData,
    points: Sequence[float],
    twins: Sequence[int],
    *,
    block: int | None = None,
    lost: float = 0.0,
    runs: int = RUNS,
    seed: int,
) -> dict[str, Any]:
    """Power of the scenario, of what it declares, with the noise of a run's puppets.

    :raises NotCalibrated: the run has no two puppets of an arm with a declared outcome, or all of
        them are alike: nothing is known of the noise.
    """
    judgement = judge(_asked(loaded, data))
    noises = [_noise(answer.measured) for answer in judgement.answers]
    numbers = [n for n in noises if n.known]
    if not numbers:
        raise NotCalibrated(
            "of no declared outcome two puppets of an arm differ in the run",
            place="--pilot",
            fix="take a run that shows some of the label, or declare an outcome with a number",
        )
    target = next((n for n, each in enumerate(noises) if each is numbers[0]), 0)
    alpha, questions = judgement.declaration.alpha, len(judgement.declaration.questions)
    rows: list[dict[str, Any]] = []
    smallest: dict[str, float | None] = {}
    for effect in (0.0, *points):
        for k in twins:
            reach: list[np.ndarray] = []
            generator = np.random.default_rng([seed, k, round(1e4 * effect)])
            hits = np.zeros(len(noises))
            any_ = 0
            plan = make_plan(with_twins(loaded, k, block))
            for part in range(runs if lost else 1):
                size = 1 if lost else runs
                places = _places(plan, noises, lost, generator)
                shifts = {each.question.name: effect for each in numbers}
                many, adjusted, _ = simulate(
                    noises, places, shifts, runs=size, alpha=alpha, questions=questions,
                    generator=generator, seed=seed + part, most=MOST,
                )  # fmt: skip
                if not effect:
                    step = alpha / questions
                    reach.append(found_from(many[target], alpha=step, seed=seed + part, most=MOST))
                effects = adjusted <= alpha + 1e-12
                hits += effects.sum(axis=0)
                any_ += int(effects.any(axis=1).sum())
            if not effect:
                smallest[str(k)] = in_80_of_100(np.concatenate(reach))
            rows.append(
                {
                    "effect": f"{100 * effect:g} points" if effect else "none",
                    "twins": k,
                    "any": Rate(any_, runs).plain(),
                    "outcomes": [
                        {
                            "surface": each.question.surface,
                            "outcome": each.question.outcome,
                            "true": effect if each in numbers else None,
                            "power": round(float(hits[n]) / runs, 4),
                        }
                        for n, each in enumerate(noises)
                    ],
                }
            )
    names = [f"{100 * p:g} points" for p in points]
    return told(rows, names, twins, target) | {
        "how": f"the noise of the puppets of run {data.run['id']}",
        "runs": runs,
        "lost": lost,
        "block": block or loaded.scenario.block_size,
        "blocks": None,
        "detectable": smallest,
    }


def _asked(loaded: Loaded, data: RunData) -> RunData:
    """The run as if the scenario's analysis had been declared for it, without arms of its own."""
    scenario = make_plan(loaded).scenario
    own = [puppet for puppet in data.puppets if puppet.arm in scenario["arms"]]
    if missing := [arm for arm in scenario["arms"] if not any(p.arm == arm for p in own)]:
        raise NotCalibrated(
            f"the run has no arm {missing[0]!r}: its noise is not known",
            place="--pilot",
            fix="take a run of the scenario's arms",
        )
    return replace(
        data,
        run={**data.run, "scenario_json": scenario, "analysis": scenario["analysis"]},
        puppets=tuple(own),
        pages=tuple(page for page in data.pages if page.puppet.arm in scenario["arms"]),
    )


def _noise(measured: Measured) -> Noise:
    if measured.contrast.crossed is not None:
        raise NotCalibrated(
            "the interaction of factors is not simulated",
            place="factors",
            fix="declare analysis.pairs: control",
        )
    found = noise_of(measured)
    if found is None:
        raise NotCalibrated(
            f"the run has no two puppets of each arm with a value: {measured.question.name}",
            place="--pilot",
            fix="take a run that measured it, or do not declare it",
        )
    return found


def _places(
    plan: Plan, noises: Sequence[Noise], lost: float, generator: np.random.Generator
) -> dict[str, list[Puppet]]:
    """The plan's puppets by question, each lost with a chance of ``lost``."""
    puppets = {s.puppet: Puppet(s.puppet, s.arm, s.twin, s.block) for s in plan.sessions}
    kept = {name: p for name, p in puppets.items() if generator.random() >= lost}
    return {
        noise.question.name: [p for p in kept.values() if p.arm in noise.question.contrast.arms]
        for noise in noises
    }
