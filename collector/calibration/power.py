"""What a design could find before it is run: power by size of the effect and twins, and its cost.

On the mock the recommender is known: puppets' lists are simulated with the history's weight set to
each size. With a pilot run the noise is that of its puppets, and the platform may be any
(``piloted``). Both are judged by the report's own tests and family, the mock's by its gates, too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from collector.analysis.declared import Question
from collector.analysis.design import POWER, Blocks, detectable
from collector.analysis.measures import Unit
from collector.analysis.verdicts import VerdictKind
from collector.calibration import batches
from collector.calibration.audits import platform
from collector.calibration.batches import Job
from collector.calibration.deciding import Decisions
from collector.calibration.mocks import NotCalibrated
from collector.calibration.probe import Probe, with_twins
from collector.calibration.rates import Rate, true_differences
from collector.calibration.truths import TRUTHS, Kind, Truth
from collector.scenario.estimate import plan_time, session_time
from collector.scenario.loader import Loaded
from collector.scenario.plan import make_plan
from collector.scenario.steps import StepKind
from collector.scenario.verb import traits

RUNS = 200
"""Audits of each size and number of twins: a power of 80 % is known to ±5.5 points (95 %)."""
MOST = 2_000
"""Exchanges counted at most."""
TWINS = (3, 4, 5, 6, 7, 8, 10, 12, 14)


@dataclass(frozen=True)
class Size:
    """An effect that is looked for."""

    name: str
    truth: Truth


def sizes_of_points(points: Sequence[float]) -> list[Size]:
    """Effects by which exposure shares differ by so much (0–1), named in points."""
    return [
        Size(f"{100 * p:g} points", Truth(f"points-{100 * p:g}", Kind.EFFECT, "", points=p))
        for p in points
    ]


def size_of_effect(probe: Probe, name: str, value: float) -> Size:
    """``home.history=0.2``: a parameter or weight of the mock's recommender set to a value.

    :raises NotCalibrated: there is none of that name, or it is 0 on the scenario's mock.
    """
    before = probe.in_force.get(name)
    if before is None:
        raise NotCalibrated(
            f"the recommender has no parameter {name!r}",
            place="--effect",
            fix="use one of docs/mock.md, such as home.history",
        )
    if not before:
        raise NotCalibrated(
            f"{name} is 0 on the scenario's mock", place="--effect", fix="leave the 0 out there"
        )
    told = f"{name}={value:g}"
    return Size(told, Truth(told, Kind.EFFECT, "", scale={name: value / before}))


def power(
    probe: Probe,
    sizes: Sequence[Size],
    twins: Sequence[int],
    *,
    block: int | None = None,
    lost: float = 0.0,
    runs: int = RUNS,
    seed: int,
    processes: int | None = None,
) -> dict[str, Any]:
    """Power on the mock, by size and twins."""
    null = Size("none", TRUTHS["null"])
    grounds = {each.name: platform(probe, each.truth) for each in (null, *sizes)}
    true = {name: true_differences(ground, seed) for name, ground in grounds.items()}
    jobs = [
        Job(
            each.truth.with_lost(lost),
            grounds[each.name].history,
            k,
            block,
            runs,
            MOST,
            reach=each is null,
        )
        for each in (null, *sizes)
        for k in twins
    ]
    names = [each.name for each in (null, *sizes) for _ in twins]
    own, middle = _twins(probe), sizes[(len(sizes) - 1) // 2]
    shapes = (
        [] if block is not None else [b for b in (1, 2, 3, 4) if b <= own and b * _arms(probe) <= 8]
    )
    truth = middle.truth.with_lost(lost)
    jobs += [Job(truth, grounds[middle.name].history, own, b, runs, MOST) for b in shapes]
    done = [
        (job, batches.joined(found))
        for job, found in batches.run(probe, jobs, seed=seed, processes=processes)
    ]
    rows = [
        _row(probe, name, job, decisions, true[name], runs)
        for name, (job, decisions) in zip(names, done, strict=False)
    ]
    target = next(
        (n for n, q in enumerate(probe.questions) if q.label and q.measure.unit is Unit.SHARE), 0
    )
    return told(rows, [each.name for each in sizes], twins, target) | {
        "how": "the mock's recommender, history weighted to each size",
        "runs": runs,
        "lost": lost,
        "block": block or probe.loaded.scenario.block_size,
        "blocks": {
            "effect": middle.name,
            "twins": own,
            "power": {
                str(job.block): round(float(decisions.is_(VerdictKind.EFFECT)[:, target].mean()), 4)
                for job, decisions in done[len(names) :]
            },
        },
        "detectable": {
            str(k): in_80_of_100(found.found_from[:, target])
            for k, (_, found) in zip(twins, done, strict=False)
            if found.found_from is not None
        },
    }


def _twins(probe: Probe) -> int:
    return max(arm.twins for arm in probe.loaded.scenario.arms.values())


def _arms(probe: Probe) -> int:
    return len(probe.data.arms)


def _row(
    probe: Probe,
    name: str,
    job: Job,
    decisions: Decisions,
    true: Sequence[float | None],
    runs: int,
) -> dict[str, Any]:
    """One size with so many twins."""
    effect = decisions.is_(VerdictKind.EFFECT)
    withheld = decisions.is_(VerdictKind.WITHHELD)
    return {
        "effect": name,
        "twins": job.twins,
        "any": Rate(int(effect.any(axis=1).sum()), runs).plain(),
        "outcomes": [
            {
                "surface": question.surface,
                "outcome": question.outcome,
                "true": true[at],
                "power": round(float(effect[:, at].mean()), 4),
                "withheld": round(float(withheld[:, at].mean()), 4),
                "gates": _gates(decisions.gate[:, at], runs),
                "sd": _spread(decisions.estimate[:, at]),
            }
            for at, question in enumerate(probe.questions)
        ],
    }


def _gates(shut: np.ndarray, runs: int) -> dict[str, float]:
    """Name of a gate → share of the audits that it withheld, the most frequent first."""
    names, counts = np.unique([name for name in shut if name], return_counts=True)
    order = sorted(zip(names.tolist(), counts.tolist(), strict=True), key=lambda p: (-p[1], p[0]))
    return {name: round(count / runs, 4) for name, count in order}


def _spread(estimates: np.ndarray) -> float | None:
    known = estimates[~np.isnan(estimates)]
    return round(float(known.std()), 5) if len(known) else None


def told(
    rows: Sequence[Mapping[str, Any]], sizes: Sequence[str], twins: Sequence[int], target: int
) -> dict[str, Any]:
    """Power, false alarms and the twins that do, from a row for each size and number of twins."""
    by_size: dict[str, dict[str, float]] = {}
    for row in rows:
        if row["effect"] != "none":
            share = row["outcomes"][target]["power"]
            by_size.setdefault(row["effect"], {})[str(row["twins"])] = share
    none = [row for row in rows if row["effect"] == "none"]
    wanted = {
        name: next((k for k in sorted(twins) if by_size[name][str(k)] >= POWER), None)
        for name in sizes
    }
    return {
        "target": {key: rows[0]["outcomes"][target][key] for key in ("surface", "outcome")},
        "power": by_size,
        "false_effect": {str(row["twins"]): row["any"] for row in none},
        "recommended": wanted,
        "cells": list(rows),
    }


def in_80_of_100(found_from: np.ndarray) -> float | None:
    """The shift that 80 of 100 audits find.

    :param found_from: the shift from which each audit of no effect would have found one; infinite
        where it would have found none.
    :returns: ``None`` where fewer audits find any: no p of the puppets left is small enough, or
        verdicts are withheld.
    """
    shift = float(np.quantile(found_from, POWER, method="higher"))
    return round(shift, 4) if math.isfinite(shift) else None


def smallest_shift(
    puppets: Sequence[tuple[str, int]],
    question: Question,
    estimates: np.ndarray,
    questions: int,
    alpha: float,
) -> float | None:
    """The shift found in 80 of 100 audits of a plan, from the spread of estimates, shape (audits,).

    ``None``: a likeness has no shift, and no p of so few puppets is small enough.

    :param puppets: (arm, block) of each.
    """
    spread = float(np.nanstd(estimates)) if np.isfinite(estimates).any() else math.nan
    if question.measure.likeness is not None or not math.isfinite(spread):
        return None
    blocks = Blocks(question.contrast.sizes(puppets))
    weight = sum(t * c / (t + c) for t, c in blocks.used)
    shift = detectable(spread * math.sqrt(weight), blocks, questions, alpha=alpha)
    return round(shift, 4) if math.isfinite(shift) else None


def cost(
    loaded: Loaded, twins: int, block: int | None, channels: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What the design takes: puppet-hours, hours on the clock, page loads, and views caused.

    :param channels: video → its channel, where that is known; views of others go by the video.
    """
    plan = make_plan(with_twins(loaded, twins, block))
    loads = views = 0
    by_channel: dict[str, int] = {}
    for session in plan.sessions:
        for step in session.steps:
            verb = traits(step.kind)
            loads += bool(verb.leads or verb.brings_page(step.args))
            if step.kind is StepKind.WATCH:
                views += 1
                video = step.args.get("video")
                name = (channels or {}).get(video, video) if video else "whatever was followed"
                by_channel[str(name)] = by_channel.get(str(name), 0) + 1
    hours = sum(session_time(s, plan.spacing).total_seconds() for s in plan.sessions) / 3600
    return {
        "twins": twins,
        "puppets": len({session.puppet for session in plan.sessions}),
        "puppet_hours": round(hours, 2),
        "hours": round(plan_time(plan).total_seconds() / 3600, 2),
        "page_loads": loads,
        "views": views,
        "views_by_channel": dict(sorted(by_channel.items(), key=lambda item: (-item[1], item[0]))),
    }


def channels_of(probe: Probe) -> dict[str, str]:
    """Video → name of its channel."""
    catalogue = probe.catalogue
    return {
        catalogue.ids[row]: catalogue.channels[int(catalogue.channel[row])]
        for row in range(catalogue.singles)
    }
