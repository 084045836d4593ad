"""Audits of known worlds, without a browser or a server: simulated sessions, judged in seconds."""

from __future__ import annotations

import copy
import csv
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from collector.analysis.judging import Judgement, judge
from collector.analysis.load import load_run
from collector.analysis.rundata import RunData
from collector.analysis.verdicts import Verdict
from collector.datasets.build import one_run
from collector.datasets.simulator import Job, Simulator
from collector.scenario.loader import Loaded, parse_scenario
from collector.store import Store
from mockserver.world import World

#: Nothing that a viewer does moves what it is shown.
NULL = {"history": 0.0, "subscription": 0.0, "seen": 0.0, "not_interested": 0.0}

NEUTRAL = ("6x99xEFZmYs", "VJ-HOohoRhY", "6WNfOmiWxl0")
CONSPIRACY = ("66MVK_XNJvA", "4ZzdWKyKRdc", "a5g52ZaxjkI")


def watches(videos: Iterable[str]) -> list[dict[str, Any]]:
    return [{"watch": {"video": each, "for": "3m", "capture": False}} for each in videos]


def base(twins: int = 7, **changes: Any) -> dict[str, Any]:
    """The basic audit: three watches an arm; home page and a related list after them."""
    scenario: dict[str, Any] = {
        "name": "base7",
        "persona": "marie-us",
        "block": 1,
        "analysis": {
            "exposure": ["conspiracy"],
            "control": "neutral",
            "surfaces": ["home", "related"],
        },
        "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
        "arms": {
            "neutral": {"twins": twins, "steps": watches(NEUTRAL)},
            "treated": {"twins": twins, "steps": watches(CONSPIRACY)},
        },
        "after": [{"visit": "home"}, {"visit": "/watch?v=dQw4w9WgXcQ"}],
    }
    analysis = changes.pop("analysis", {})
    scenario = copy.deepcopy(scenario | changes)
    scenario["analysis"] = {
        key: value for key, value in (scenario["analysis"] | analysis).items() if value is not None
    }
    return scenario


@cache
def _world(parameters: tuple[tuple[str, float], ...]) -> World:
    return World.build(seed=1, clock="0", recommender=dict(parameters))


_readers: dict[tuple[int, str], Any] = {}


def world(parameters: Mapping[str, float] | None = None) -> World:
    """The mock's world of seed 1, with some of its recommender's parameters changed."""
    return _world(tuple(sorted((parameters or {}).items())))


def run(
    folder: Path,
    scenario: Mapping[str, Any] | Loaded,
    *,
    seed: int = 7,
    parameters: Mapping[str, float] | None = None,
    fault: Callable[[Store], None] | None = None,
) -> Path:
    """Simulate an audit into a store; ``fault`` then spoils it. Returns its folder."""
    loaded = scenario if isinstance(scenario, Loaded) else parse_scenario(scenario)
    where = world(parameters)
    simulator = Simulator(Job(loaded, seed, f"run-{seed}"), where)
    # What a post or a card shows is read once for all audits of a world: most of their time.
    key = (id(where), simulator.platform)
    simulator.reader = _readers.setdefault(key, simulator.reader)
    folder.mkdir(parents=True, exist_ok=True)
    one_run(simulator, folder)
    if fault is not None:
        with Store(folder / "store.db") as store:
            fault(store)
    return folder


def judged(folder: Path) -> tuple[RunData, Judgement]:
    data = load_run(folder)
    return data, judge(data)


def verdicts(folder: Path) -> dict[str, Verdict]:
    """Surface and outcome → verdict, of a run with two arms."""
    _, judgement = judged(folder)
    return {f"{v.surface} {v.metric}": v for v in judgement.verdicts}


def block_pages(where: str) -> Callable[[Store], None]:
    """Captures that match become captchas: no list, and the step is missing."""

    def fault(store: Store) -> None:
        rows = list(store.rows(f"SELECT id, session, step FROM captures WHERE {where}"))
        for row in rows:
            store.db.execute("UPDATE captures SET status = 'captcha' WHERE id = ?", [row["id"]])
            store.db.execute("DELETE FROM impressions WHERE capture = ?", [row["id"]])
            store.db.execute(
                "UPDATE steps SET outcome = 'missing' WHERE session = ? AND step = ?",
                [row["session"], row["step"]],
            )

    return fault


def write_labels(path: Path, labels: Mapping[str, str] | None = None) -> Path:
    """A CSV ``video_id,label``, by default of the whole world."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("video_id", "label"))
        writer.writerows((world().labels() if labels is None else labels).items())
    return path
