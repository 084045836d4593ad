"""The manifest: everything needed to cite a run and to do it again, in one file beside the data."""

from __future__ import annotations

import hashlib
import math
import os
import platform
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from collector import __version__
from collector.drivers.base import Means
from collector.drivers.recorded import recorded
from collector.mock.truth import SOURCE
from collector.run.context import RunContext
from collector.run.puppets import origins
from collector.scenario.plan import Plan
from collector.schedule.barrier import Block
from collector.schedule.engine import EngineResult
from collector.session.spacing import achieved
from collector.store import Outcome, Store

_PACKAGES = ("playwright", "faker", "flask", "waitress", "selectolax", "lxml", "sqlite-utils")


def versions_of(means: Means, parser: str) -> dict[str, str]:
    """Everything whose version may change what is seen or read."""
    found = {
        "collector": __version__,
        "parser": parser,
        "browser": means.version,
        "browser_kind": str(means.kind),
        "python": platform.python_version(),
    }
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def environment() -> dict[str, Any]:
    """The machine; nothing that names its owner."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "python": sys.implementation.name,
    }


def attrition(store: Store, plan: Plan) -> dict[str, dict[str, int]]:
    """Per arm: puppets, sessions by state, steps by outcome. Nothing that was lost is left out."""
    table: dict[str, Counter[str]] = {arm: Counter() for arm in plan.arms}
    arms = {session.id: session.arm for session in plan.sessions}
    for arm in plan.arms:
        table[arm]["puppets"] = len({s.puppet for s in plan.sessions if s.arm == arm})
    for row in store.sessions():
        table[arms[row["id"]]][f"sessions_{row['state']}"] += 1
    for row in store.steps():
        counts = table[arms[row["session"]]]
        counts["steps"] += 1
        counts[f"steps_{row['outcome'] or 'open'}"] += 1
    return {arm: dict(sorted(counts.items())) for arm, counts in table.items()}


def missing_steps(store: Store, *, to_come: bool = False) -> int:
    """How many planned steps have another outcome than done.

    :param to_come: the run goes on later; steps without any outcome are not missing yet.
    """
    outcomes = [row["outcome"] for row in store.steps()]
    good = {Outcome.DONE, None} if to_come else {Outcome.DONE}
    return sum(outcome not in good for outcome in outcomes)


def blocks_json(blocks: tuple[Block, ...]) -> list[dict[str, Any]]:
    """How each block started."""
    return [
        {
            "block": block.number,
            "part": block.part,
            "sessions": list(block.members),
            "started": {s: round(at, 3) for s, at in sorted(block.started.items())},
            "skew_ms": block.skew_ms,
        }
        for block in blocks
    ]


def seeds(plan: Plan) -> Mapping[str, Any]:
    """The master seed and every session's own."""
    return {"master": plan.seed, "sessions": {s.id: s.seed for s in plan.sessions}}


def skew(store: Store) -> Mapping[str, float | int | None]:
    """Of all starts with two puppets or more: milliseconds between the first and the last."""
    spans: dict[tuple[int, int, int], list[float]] = {}
    for row in store.rows(
        "SELECT t.wave, t.slot, s.block, s.skew_ms FROM sessions s JOIN turns t"
        " ON t.session = s.id WHERE s.skew_ms IS NOT NULL"
    ):
        start = (row["wave"], row["slot"], row["block"])
        spans.setdefault(start, []).append(row["skew_ms"])
    found = sorted(max(each) for each in spans.values() if len(each) > 1)
    if not found:
        return {"starts": 0, "median": None, "p95": None, "largest": None}
    return {
        "starts": len(found),
        "median": round(median(found), 3),
        "p95": found[math.ceil(0.95 * len(found)) - 1],
        "largest": found[-1],
    }


def lateness(store: Store) -> Mapping[str, float]:
    """Session → seconds that it began after it was due; nothing of those that were not due."""
    rows = store.rows("SELECT session, late_s FROM turns WHERE late_s IS NOT NULL ORDER BY session")
    return {row["session"]: row["late_s"] for row in rows}


def differences(before: Mapping[str, str], now: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(what, version when the run began, version now) where they differ."""
    return [
        (name, before.get(name, "absent"), now.get(name, "absent"))
        for name in sorted({*before, *now})
        if before.get(name) != now.get(name)
    ]


def environment_of(setting: RunContext) -> dict[str, Any]:
    """The machine, and how the run uses it."""
    return {
        **environment(),
        "speed": setting.options.speed,
        "workers": setting.order.workers,
        "headed": setting.options.browser.headed,
        "politeness_s": setting.place.politeness_s,
        "world": _world(setting),
    }


def _world(setting: RunContext) -> dict[str, Any] | None:
    """What the mock that is browsed is made of; ``None``: nobody knows."""
    if setting.place.served is not None:
        return dict(setting.place.served.world)
    if not setting.place.is_own_mock:
        return None
    asked = setting.plan.scenario.get("mock") or {}
    return {"seed": setting.plan.seed, **asked, **setting.options.mock_options}


def write(
    setting: RunContext,
    state: str,
    ended: EngineResult | None = None,
    store: Store | None = None,
) -> None:
    """Write the manifest of a run as it stands.

    :param state: of the run, as in the store's ``runs``.
    :param ended: with ``store``: what its blocks came to, once they are over.
    """
    plan = setting.plan
    found: dict[str, Any] = {
        "purpose": setting.options.purpose,
        "run": setting.run,
        "scenario": plan.scenario_name,
        "scenario_sha256": plan.source,
        "plan_hash": plan.hash,
        "experiment_id": plan.experiment_id,
        "seeds": seeds(plan),
        "site": "mock" if setting.place.is_own_mock else setting.origin,
        "submit_to": setting.options.submit_to,
        "command": setting.options.command,
        "state": state,
        "begun": setting.before.get("begun", False),
        "started": setting.started.isoformat(timespec="milliseconds"),
        "versions": setting.versions,
        "environment": environment_of(setting),
        "prereg": setting.registered.to_dict()
        if setting.registered
        else setting.before.get("prereg"),
        "labels": _label_sources(setting),
        "labels_sha256": setting.before.get("labels_sha256") or _sha256(setting.labels_path),
        "warnings": [*setting.warnings, *setting.order.notes],
        "options": setting.options.to_dict(),
        "origin": setting.origin,
        "profiles": origins(setting.out.profiles) if setting.options.profiles else None,
        "mock_port": setting.own.port if setting.own else setting.before.get("mock_port"),
        "resumed": list(setting.resumed),
    }
    if setting.resumed:
        found["blocks"] = setting.before.get("blocks", [])
        found["problems"] = setting.before.get("problems", {})
    if ended is not None and store is not None:
        found |= {
            "finished": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "blocks": [*found.get("blocks", ()), *blocks_json(ended.blocks)],
            "problems": dict(sorted({**found.get("problems", {}), **ended.details}.items())),
            "attrition": attrition(store, plan),
            "skew_ms": skew(store),
            "spacing": {
                "asked_s": plan.spacing and plan.spacing.total_seconds(),
                "puppets": achieved(store),
            },
            "late_s": lateness(store),
            "recordings": recorded(setting.out, store),
        }
    setting.out.write_manifest(found)


def _label_sources(setting: RunContext) -> str:
    """Where labels came from: ``mock``, the file as the scenario names it, ``mock, FILE``, or
    nothing."""
    there = {SOURCE: setting.mock is not None or setting.place.is_own_mock}
    named = setting.plan.label_sources
    return ", ".join(one for one in named if there.get(one, setting.labels_path is not None))


def _sha256(path: Path | None) -> str | None:
    """Of a file's bytes; ``None`` without a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path is not None else None
