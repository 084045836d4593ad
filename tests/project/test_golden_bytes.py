"""What must not change when the code is tidied: plans, pages, simulated sessions and worlds.

Each hash was written down before the verbs learnt their traits. A change of behaviour that is meant
changes its line here, in the same commit and with the reason; any other change is a defect.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from collector.common.model import Observation
from collector.contract.options import RunOptions
from collector.datasets.simulator import Job, Simulator
from collector.platforms.registry import spec_of
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from collector.testing import ScenarioRun
from mockserver.world import World

Run = Callable[..., ScenarioRun]
Steps = list[Mapping[str, Any] | str]

VIDEOS: Steps = [
    {"search": "live concert"}, {"follow": {"rank": 1}}, {"watch": "3s"}, "like", "subscribe",
    {"follow": "up_next"}, {"watch": "10%"}, {"visit": "home"}, {"scroll": {"screens": 2}},
    {"not_interested": {"rank": 2}}, {"scroll": {"until": 60}}, {"capture": "grown"},
    {"pause": "7s"}, {"snapshot": "mid"}, {"watch": {"video": "dQw4w9WgXcQ", "for": "5s"}},
    {"follow": {"topic": ["music", "gaming"], "otherwise": "random"}},
]  # fmt: skip
POSTS: Steps = [
    {"visit": "home"}, {"scroll": "800px every 5s, 6 times or until 20 posts"},
    {"like": {"rank": 1}}, "refresh", {"scroll": {"screens": 2}}, {"capture": "read"},
    {"pause": "4s"}, {"snapshot": "mid"}, {"visit": "home"}, {"scroll": {"until": 12}},
]  # fmt: skip
IN_A_BROWSER: Steps = [
    {"visit": "home"}, {"click": "#button"}, {"keypress": {"key": "Space", "times": 3}},
    {"screenshot": "end"}, {"scroll": "end"},
    {"repeat": {"times": 2, "steps": [{"follow": {"random": True, "top": 5}}, {"watch": "end"}]}},
]  # fmt: skip


def scenario(steps: Steps, platform: str = "youtube") -> dict[str, Any]:
    return {
        "name": "golden",
        "platform": platform,
        "site": "mock",
        "seed": 7,
        "persona": "marie-us",
        "labels": "mock",
        "before": [{"visit": "home"}, {"consent": "reject"}],
        "arms": {"only": {"steps": steps}},
        "after": [{"visit": "home"}],
    }


def digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("platform", "steps", "expected"),
    [
        ("youtube", VIDEOS, "876ea4c80267a31f"),
        ("facebook", [*POSTS, {"slot": "13 a day at :05"}], "8e811c55a717a827"),
        ("youtube", IN_A_BROWSER, "64f3ca20e71865f2"),
    ],
    ids=["videos", "posts", "browser"],
)
def test_planned_sessions_are_the_same_bytes(platform: str, steps: Steps, expected: str) -> None:
    plan = make_plan(parse_scenario(scenario(steps, platform)))
    assert digest([session.to_dict() for session in plan.sessions]) == expected


def shown(page: Observation) -> list[Any]:
    items = [(i.surface, i.position, i.kind, i.item_id, i.title) for i in page.impressions]
    parts = urlsplit(page.url)
    return [page.kind, page.status, parts.path, parts.query, items]


def done(run: ScenarioRun) -> list[Any]:
    steps = run.store.rows("SELECT step, path, kind, args, seed, outcome, detail FROM steps")
    return [{**row, "detail": row["kind"] != "snapshot" and row["detail"]} for row in steps]


@pytest.mark.sweep(1)
@pytest.mark.parametrize(
    ("platform", "steps", "expected"),
    [("youtube", VIDEOS, "4608ac16865be4a6"), ("facebook", POSTS, "0bcb4d78c14cd6d7")],
)
def test_a_run_without_a_browser_does_and_sees_the_same(
    run_scenario: Run, platform: str, steps: Steps, expected: str
) -> None:
    """Times, ports and signed tokens differ from run to run; what was done and shown does not."""
    given = {"driver": "http", "submit_to": "none", "speed": None}
    run = run_scenario(scenario(steps, platform), **given)
    assert run.result.exit_code == 0
    receipts = [
        (step, r.video_id, r.status, r.planned_s, r.watched_s, r.ad_s, r.ended)
        for _, step, r in run.receipts()
    ]
    truth = [(row["video_id"], row["seconds"]) for row in run.truth("watches")]
    seen = [
        (row["surface"], row["slot"], row["kind"], row["item_id"], row["score"])
        for row in run.truth()
    ]
    pages = [shown(page) for page in run.observations()]
    assert digest([done(run), pages, receipts, truth, seen]) == expected


@pytest.mark.sweep(1)
@pytest.mark.parametrize(
    ("platform", "steps", "expected"),
    [("youtube", VIDEOS, "1408b743cf7dda03"), ("facebook", POSTS, "b4a22f2b0958c568")],
)
def test_simulated_sessions_are_the_same_rows(platform: str, steps: Steps, expected: str) -> None:
    """Whatever the parser's version is. A feed met behind its cookie dialog is filed under the step
    that answers it, as in a run."""
    loaded = parse_scenario(scenario(steps, platform))
    sessions = Simulator(Job(loaded, 7, "r")).round(0)
    tables = json.dumps([dict(session.tables) for session in sessions], default=str)
    versionless = tables.replace(spec_of(platform).parser, "the parser")
    assert digest(json.loads(versionless)) == expected


@pytest.mark.parametrize(
    ("seed", "expected"),
    [pytest.param(1, "066259533313876b", marks=pytest.mark.slow), (7, "6e5218f22f335db6")],
)
def test_worlds_are_the_same(seed: int, expected: str) -> None:
    assert World.build(seed=seed, clock="0").fingerprint().startswith(expected)


def test_a_manifest_has_the_options_flat_in_their_order() -> None:
    """However they are grouped inside, a manifest of an older version reads, and its bytes stay."""
    written = (
        '{"site": null, "submit_to": "mock", "out": null, "seed": null, "workers": null,'
        ' "driver": "chromium", "executor": "local", "scheduler": null, "ledger": "127.0.0.1",'
        ' "headed": true, "speed": "max", "tracing": "off", "video": "off", "screenshot": "on",'
        ' "record": "har", "record_limit": 20000000, "page_budget": 9, "memory_mb": 1024,'
        ' "profiles": null, "purpose": "run", "command": "", "mock_options": {}}'
    )
    options = RunOptions.from_dict(json.loads(written))
    assert options.browser.headed
    assert options.browser.page_budget == 9
    assert json.dumps(options.to_dict()) == written
