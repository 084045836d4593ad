"""The manifest: everything needed to cite a run and to do it again, in one file beside the data."""

from __future__ import annotations

import os
import platform
import sys
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from collector import __version__
from collector.experiment.barrier import Block
from collector.experiment.drivers import Means
from collector.scenario.plan import Plan
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
