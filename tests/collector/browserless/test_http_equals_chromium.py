"""The same scenario with Chromium and without a browser: the same observations, receipts, truth.

Left out are times, addresses' ports, and readings that depend on how fast a machine is: a browser's
page lives for some tenths of a second between two steps, and a receipt may hold a stall of 1 ms.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import pytest

from collector.testing import ScenarioRun

Run = Callable[..., ScenarioRun]
pytestmark = pytest.mark.browser

SCENARIO = {
    "name": "equal",
    "seed": 11,
    "labels": "mock",
    "before": [
        {"visit": {"url": "home", "capture": False}},
        {"consent": "accept"},
        {"capture": "home"},
    ],
    "after": [{"visit": "home"}, {"scroll": {"until": 40}}, {"capture": "end"}],
}
ARMS = {
    "ranks": {
        "persona": "marie-us",
        "steps": [
            {"not_interested": {"rank": 2}},
            {"search": "live music"},
            {"scroll": {"screens": 5}},
            {"capture": "searched"},
            {"follow": {"rank": 2}},
            {"watch": "30s"},
            {"like": True},
            {"subscribe": True},
            {"scroll": {"until": 40}},
            {"capture": "liked, subscribed, scrolled"},
            {"follow": "up_next"},
            {"watch": "20%"},
        ],
    },
    "chance": {
        "persona": {"locale": "fr-FR", "viewport": "1280x720"},
        "steps": [
            {"search": "café & crème"},
            {"follow": {"topic": ["cooking", "music"], "otherwise": "first"}},
            {"watch": "40s"},
            {"follow": {"random": True, "unseen": True}},
            {"watch": "30%"},
            {"watch": {"video": "dQw4w9WgXcQ", "for": "15s"}},
            {"visit": "/nowhere"},
        ],
    },
}


def both(
    run_scenario: Run, era: str, arms: Mapping[str, Any], **mock: Any
) -> tuple[ScenarioRun, ScenarioRun]:
    scenario = {**SCENARIO, "arms": arms, **({"mock": mock} if mock else {})}
    given: dict[str, Any] = {
        "submit_to": "none",
        "workers": 2,
        "speed": "max",
        "mock_options": {"era": era, "clock": "0.000001"},
    }
    return tuple(  # type: ignore[return-value]
        run_scenario(scenario, driver=driver, **given) for driver in ("chromium", "http")
    )


def plain(value: Any) -> Any:
    """Without the port of the mock, which no two runs share."""
    return json.loads(re.sub(r"localhost:\d+", "localhost", json.dumps(value, default=str)))


def pages(run: ScenarioRun) -> dict[str, Any]:
    found = zip(run.captures(), run.observations(), strict=True)
    return {
        capture.id: plain(
            [capture.step, capture.status, capture.languages, capture.viewport, capture.event,
             asdict(page)]
        )
        for capture, page in found
    }  # fmt: skip


def watches(run: ScenarioRun) -> list[Any]:
    kept = ("video_id", "status", "planned_s", "watched_s", "duration_s", "ad_s", "rate", "ended",
            "visible_share", "error", "next_video_id")  # fmt: skip
    return sorted(
        (session, step, {name: getattr(receipt, name) for name in kept})
        for session, step, receipt in run.receipts()
    )


def told(run: ScenarioRun) -> Mapping[tuple[str, str], Any]:
    """What the mock was told of each playback, to a second: the videos are watched on the spot."""
    return {
        (row["load"], row["video_id"]): (round(row["seconds"]), json.loads(row["extra"])["ads"])
        for row in run.truth("watches")
    }


def served(run: ScenarioRun) -> list[Any]:
    names = ("puppet", "load", "surface", "context", "slot", "kind", "item_id", "title")
    return sorted([row[name] or "" for name in names] for row in run.truth())


def steps(run: ScenarioRun) -> list[Any]:
    rows = run.store.rows("SELECT session, step, kind, outcome, detail FROM steps")
    return sorted(plain([row[name] for name in row.keys()]) for row in rows)  # noqa: SIM118


@pytest.mark.parametrize(
    ("era", "arms", "captures"),
    [
        ("2026", ["ranks"], 8),
        pytest.param("2022", ["chance"], 8, marks=pytest.mark.slow),
        pytest.param("2026", ["ranks", "chance"], 16, marks=pytest.mark.slow),
        pytest.param("2022", ["ranks"], 8, marks=pytest.mark.slow),
        pytest.param("2026-04", ["chance"], 8, marks=pytest.mark.slow),
    ],
)
def test_a_run_without_a_browser_equals_one_with(
    run_scenario: Run, era: str, arms: list[str], captures: int
) -> None:
    browser, http = both(run_scenario, era, {name: ARMS[name] for name in arms})
    agree(browser, http, captures)


@pytest.mark.parametrize("viewport", ["390x844", pytest.param("1280x720", marks=pytest.mark.slow)])
@pytest.mark.slow
def test_the_same_on_the_mobile_site(run_scenario: Run, viewport: str) -> None:
    """Lists are scrolled by screens, so each must end where the browser's ends."""
    steps: list[Any] = [step for step in ARMS["ranks"]["steps"] if "not_interested" not in step]
    tail = [
        {"scroll": {"screens": 9}}, {"capture": "screens"},
        {"hover": {"rank": 1}}, {"visit": "/feed/history"}, {"visit": "/hashtag/cooking"},
    ]  # fmt: skip
    persona = {"locale": "en-US", "viewport": viewport}
    arms = {"phone": {"persona": persona, "steps": [*steps, *tail]}}
    agree(*both(run_scenario, "2026", arms, mobile=True), 11)


def agree(browser: ScenarioRun, http: ScenarioRun, captures: int) -> None:
    """Both runs have the same steps, observations, receipts and truth."""
    assert steps(http) == steps(browser)
    seen, wanted = pages(http), pages(browser)
    assert seen.keys() == wanted.keys()
    assert len(seen) == captures
    for name, page in wanted.items():
        assert seen[name] == page, name
    assert watches(http) == watches(browser) != []
    assert told(http) == told(browser)
    assert served(http) == served(browser)
