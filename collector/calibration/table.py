"""The table of a calibration: made, judged by what is promised, and held against a committed one.

A promise is a limit that every calibration has to keep (``PROMISES``); the committed table says how
far another run of the same design may lie from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from collector.analysis.declared import Question
from collector.calibration import batches
from collector.calibration.audits import platform
from collector.calibration.batches import Job
from collector.calibration.mocks import NotCalibrated, OutOfReach
from collector.calibration.probe import Probe
from collector.calibration.rates import cell, true_differences
from collector.calibration.truths import TRUTHS, Kind, Truth

FORMAT = "twinwatch-calibration/1"

FALSE_EFFECT, FALSE_EFFECT_UPPER = 0.05, 0.055
COVERAGE = 0.94
WRONG_EQUIVALENCE = 0.05
FALSE_ABSTENTION = 0.02
RECOVERED, SPACED = 0.95, 60
"""Half-life within 10 % and safe gap within a minute, from so many puppets at each gap on."""
MIXED = 0.80
"""Test groups told from the treatment beside which they are, with five twins."""
NAMED = 0.90
"""Effects whose mechanism is named, at twice the smallest size that is found."""
JUDGED = 4
"""Audits of every cell that ``judge`` itself is asked about."""
_SLACK = 3.5
"""Standard errors by which a rate may differ from the committed one."""


@dataclass(frozen=True)
class Wanted:
    """One cell that is asked for."""

    truth: Truth
    twins: int | None
    experiments: int
    block: int | None = None


def standard(probe: Probe, n: int, twins: Sequence[int] = ()) -> list[Wanted]:
    """The cells of the committed table: every null with the scenario's own twins and ``n``
    experiments each; effects, losses and steps with a fifth of that."""
    few = max(200, n // 5)
    found = [Wanted(t, None, n) for t in TRUTHS.values() if t.kind is Kind.NULL]
    # Six pairs: p is at least 2/64, too much after correction. One that left out the observed
    # exchange would be 0, and called an effect.
    found.append(Wanted(TRUTHS["null"], 6, few, 1))
    for name in ("effect-5", "effect-10", "effect-20"):
        found += [Wanted(TRUTHS[name], k, few) for k in (twins or (5, 8))]
    found += [Wanted(TRUTHS[name], None, few) for name in ("as-is", "loss-20", "differential-loss")]
    return [*found, Wanted(TRUTHS["step"], 12, few)]


def smallest_of(probe: Probe, questions: Sequence[Question]) -> list[float | None]:
    """The smallest effect of interest of each question, as declared; ``None`` where none was."""
    return [probe.declaration.smallest.get(q.measure.name) for q in questions]


def calibrate(
    probe: Probe,
    wanted: Sequence[Wanted],
    *,
    seed: int,
    processes: int | None = None,
    told: Callable[[str], None] = lambda _: None,
    beyond: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """The table: a cell for each truth, design and loss.

    :param told: is told of every cell that is done.
    :param beyond: is told why a truth is left out whose size the treatment cannot reach, as that of
        two arms alike.
    :raises OutOfReach: there is such a truth, and nobody to tell.
    :raises NotCalibrated: a null, where the personas of arms are an effect by themselves.
    """
    if probe.apart and any(each.truth.kind is Kind.NULL for each in wanted):
        one, other = probe.apart
        raise NotCalibrated(
            f"{one} and {other} differ in their personas' locale, which moves what they are shown"
            " whatever a viewer does: no truth is one without an effect",
            place=f"{probe.loaded.place}: arms",
            fix="compare arms of one locale, or give --truth of kind effect",
        )
    grounds = {}
    for name, truth in {each.truth.name: each.truth for each in wanted}.items():
        try:
            grounds[name] = platform(probe, truth)
        except OutOfReach as error:
            if beyond is None:
                raise
            beyond(f"{name}: {error.problem}")
    wanted = [each for each in wanted if each.truth.name in grounds]
    true = {name: true_differences(ground, seed) for name, ground in grounds.items()}
    jobs = [
        Job(
            each.truth, grounds[each.truth.name].history, each.twins, each.block,
            each.experiments, judged=min(JUDGED, each.experiments),
        )
        for each in wanted
    ]  # fmt: skip
    cells, differing = [], []
    smallest = smallest_of(probe, probe.questions)
    for job, found in batches.run(probe, jobs, seed=seed, processes=processes):
        own = {
            "twins": job.twins or _twins(probe),
            **({"block": job.block} if job.block else {}),
            "history": round(job.history, 4),
            **cell(job.truth, batches.joined(found), true[job.truth.name], smallest),
        }
        cells.append(own)
        differing += [f"{job.truth.name}: {each}" for b in found for each in b.differing]
        told(f"{job.truth.name}, {own['twins']} twins: {own['any_effect']['rate']:.1%} effect")
    return {
        "format": FORMAT,
        "scenario": probe.plan.scenario_name,
        "seed": seed,
        "experiments": sum(each["experiments"] for each in cells),
        **summary(cells),
        "judged": {
            "audits": sum(job.judged for job in jobs),
            "differing": len(differing),
            "first": differing[:5],
        },
        "cells": cells,
    }


def _twins(probe: Probe) -> int:
    return max(arm.twins for arm in probe.loaded.scenario.arms.values())


def summary(cells: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The few numbers that stand for the table: the worst of what is promised."""
    nulls = [each for each in cells if each["kind"] == Kind.NULL.value]
    worst = max(nulls, key=lambda each: each["false_effect"]["rate"], default=None)
    covered = [
        outcome["coverage"]
        for each in cells
        if each["kind"] != Kind.BROKEN.value
        for outcome in each["outcomes"]
        if outcome.get("coverage") and outcome["coverage"]["rate"] is not None
    ]
    power: dict[str, dict[str, float]] = {}
    for each in cells:
        name = each["truth"]
        if name in ("effect-5", "effect-10", "effect-20"):
            target = next(o for o in each["outcomes"] if o.get("true") is not None)
            share = target["verdicts"]["effect"] / each["experiments"]
            power.setdefault(name.partition("-")[2], {})[str(each["twins"])] = round(share, 4)
    return {
        "false_effect": None
        if worst is None
        else {"rate": worst["false_effect"]["rate"],
              "upper95": max(each["false_effect"]["upper95"] for each in nulls),
              "truth": worst["truth"]},
        "coverage": min((each["rate"] for each in covered), default=None),
        "power": power,
    }  # fmt: skip


def broken_promises(table: Mapping[str, Any]) -> Iterator[str]:
    """Every promise that the table does not keep, as one sentence."""
    for each in table["cells"]:
        place = f"{each['truth']}, {each['twins']} twins"
        false = each["false_effect"]
        if each["kind"] == Kind.NULL.value and false["count"]:
            # A small calibration is not blamed for its own chance.
            slack = 2.6 * math.sqrt(FALSE_EFFECT * (1 - FALSE_EFFECT) / each["experiments"])
            large = each["experiments"] >= 10_000
            upper = false["upper95"] if large else 0.0
            if false["rate"] > FALSE_EFFECT + (0 if large else slack) or upper > FALSE_EFFECT_UPPER:
                yield (
                    f"{place}: {false['rate']:.1%} called an effect (upper bound"
                    f" {false['upper95']:.1%}), at most {FALSE_EFFECT:.0%} promised"
                )
            if each["truth"] == "null" and _over(each["unstable"], FALSE_ABSTENTION):
                yield f"{place}: {each['unstable']['rate']:.1%} withheld as unstable, at most 2 %"
        for outcome in each["outcomes"]:
            covered = outcome.get("coverage")
            if each["kind"] != Kind.BROKEN.value and covered and _under(covered, COVERAGE):
                yield f"{place}, {outcome['surface']}: intervals hold {covered['rate']:.1%}"
            wrong = outcome.get("wrong_equivalence")
            if wrong and _over(wrong, WRONG_EQUIVALENCE):
                yield f"{place}, {outcome['surface']}: {wrong['rate']:.1%} wrong equivalence"
    for each in table.get("carry_over") or ():
        for key, what in (("within", "half-life"), ("safe_within", "safe gap")):
            if each["puppets"] >= SPACED and _under(each[key], RECOVERED):
                yield f"carry-over, {_spaced(each)}: {what} recovered in {each[key]['rate']:.0%}"
    mixed = (table.get("groups") or {}).get("groups and treatment", {}).get("5")
    if mixed and _under(mixed, MIXED):
        yield f"test groups beside a treatment, 5 twins: told in {mixed['rate']:.0%}"
    for each in table.get("mechanism") or ():
        if each["size"] is None:
            continue
        if each["promised"] and _under(each, NAMED):
            yield f"mechanism, {each['mechanism']}: named in {each['rate']:.0%}"
        if each["promised"] and each["rate"] is None:
            yield f"mechanism, {each['mechanism']}: no effect was found"
        if each["differing"]:
            yield f"mechanism, {each['mechanism']}: the report names {each['differing']} otherwise"
    if table["judged"]["differing"]:
        yield f"judge differs: {table['judged']['first'][0]}"


def _error(rate: Mapping[str, Any], at: float) -> float:
    return _SLACK * math.sqrt(at * (1 - at) / max(1, rate["of"]))


def _over(rate: Mapping[str, Any], most: float) -> bool:
    return rate["rate"] is not None and rate["rate"] > most + _error(rate, most)


def _under(rate: Mapping[str, Any], least: float) -> bool:
    return rate["rate"] is not None and rate["rate"] < least - _error(rate, least)


def deviations(table: Mapping[str, Any], committed: Mapping[str, Any]) -> Iterator[str]:
    """Where a table lies further from the committed one than chance lets it."""
    if committed.get("format") != FORMAT:
        yield f"the committed table has another format: {committed.get('format')!r}"
        return
    yield from _of_extras(table, committed)
    known = {_name(each): each for each in committed["cells"]}
    for each in table["cells"]:
        was = known.get(_name(each))
        if was is None:
            yield f"{_name(each)}: not in the committed table"
            continue
        for outcome, before in zip(each["outcomes"], was["outcomes"], strict=True):
            for verdict, count in outcome["verdicts"].items():
                now = count / each["experiments"]
                then = before["verdicts"][verdict] / was["experiments"]
                pooled = (count + before["verdicts"][verdict]) / (
                    each["experiments"] + was["experiments"]
                )
                spread = pooled * (1 - pooled) * (1 / each["experiments"] + 1 / was["experiments"])
                if abs(now - then) > _SLACK * math.sqrt(spread) + 0.003:
                    yield (
                        f"{_name(each)}, {outcome['surface']} {outcome['outcome']}:"
                        f" {verdict} {now:.1%}, committed {then:.1%}"
                    )


def _of_extras(table: Mapping[str, Any], committed: Mapping[str, Any]) -> Iterator[str]:
    """Test groups, carry-over and mechanism: shares that moved by more than chance."""
    pairs: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = []
    for kind, own in (table.get("groups") or {}).items():
        was = (committed.get("groups") or {}).get(kind, {})
        pairs += [(f"{kind}, {k} twins", own[k], was[k]) for k in own if k in was]
    told = {each["mechanism"]: each for each in committed.get("mechanism") or ()}
    for each in table.get("mechanism") or ():
        before = told.get(each["mechanism"])
        if before is not None and each["size"] and before["size"]:
            pairs.append((f"mechanism, {each['mechanism']}", each, before))
    old = {_spaced(each): each for each in committed.get("carry_over") or ()}
    for each in table.get("carry_over") or ():
        if (before := old.get(_spaced(each))) is not None:
            for key in ("within", "safe_within"):
                pairs.append((f"carry-over, {_spaced(each)}: {key}", each[key], before[key]))
    for name, now, then in pairs:
        if now["rate"] is None or then["rate"] is None:
            continue
        share = (now["count"] + then["count"]) / (now["of"] + then["of"])
        spread = share * (1 - share) * (1 / now["of"] + 1 / then["of"])
        if abs(now["rate"] - then["rate"]) > _SLACK * math.sqrt(spread) + 0.01:
            yield f"{name}: {now['rate']:.1%}, committed {then['rate']:.1%}"


def _spaced(each: Mapping[str, Any]) -> str:
    return f"half-life {each['half_life_s']:g} s with {each['puppets']} puppets a gap"


def _name(each: Mapping[str, Any]) -> str:
    block = f" in blocks of {each['block']}" if each.get("block") else ""
    return f"{each['truth']}, {each['twins']} twins{block}"


def with_losses(wanted: Sequence[Wanted], lost: float) -> list[Wanted]:
    """The same cells with a share of all pages, 0–1, lost alike in all arms."""
    return [replace(each, truth=each.truth.with_lost(lost)) for each in wanted]
