"""A live stream has no length: a watch of it ends by its time or its limit, is filed, and what its
receipt says is what the site was told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from collector.common.model import ItemKind
from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.schedule.display import PlainDisplay
from collector.testing import ScenarioRun
from mockserver.serve import Server

Run = Callable[..., ScenarioRun]
DRIVERS = ["http", pytest.param("chromium", marks=pytest.mark.browser)]


def refuse(question: str) -> bool:
    raise AssertionError(question)


@pytest.fixture(scope="module")
def live(mock_server: Server) -> list[str]:
    """The ids of the mock's live streams."""
    videos = mock_server.mock.world.videos.values()
    return [video.id for video in videos if video.kind is ItemKind.LIVE]


@pytest.fixture
def watch(mock_server: Server, tmp_path: Path) -> Run:
    """Runs the watches of one puppet, on a mock that serves all tests here."""

    def carry_out(driver: str, *watches: dict[str, Any], speed: str | None = "max") -> ScenarioRun:
        scenario = {
            "name": "live",
            "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
            "arms": {"only": {"steps": [{"watch": one} for one in watches]}},
        }
        options = {"driver": driver, "submit_to": "none"}
        result = run_scenario(
            parse_scenario(scenario),
            RunOptions.of(out=tmp_path / "run", speed=speed, **options),  # type: ignore[arg-type]
            display=PlainDisplay(Console(stderr=True)),
            confirm=refuse,
            mock=MockSite.of(mock_server),
        )
        return ScenarioRun(result)

    return carry_out


@pytest.mark.sweep(1)
@pytest.mark.parametrize("driver", DRIVERS)
def test_a_live_stream_is_watched_to_its_limit(watch: Run, live: list[str], driver: str) -> None:
    """By its time, by the cap of a share and of the end; and without any, for four hours (which a
    browser takes minutes for)."""
    told = [
        ({"for": "40s"}, 40.0),
        ({"for": "50%", "cap": "25s"}, 25.0),
        ({"for": "end", "cap": "95s"}, 95.0),
        ({"for": "2h", "cap": "10s"}, 10.0),
    ]
    if driver == "http":
        told.append(({"for": "end"}, 4 * 3600.0))
    watches = [{"video": live[n % len(live)], **one} for n, (one, _) in enumerate(told)]
    run = watch(driver, *watches)
    steps = list(run.store.rows("SELECT outcome, detail FROM steps WHERE step > 1 ORDER BY step"))
    assert [(row["outcome"], row["detail"]) for row in steps] == [("done", None)] * len(told)
    captures = list(run.store.rows("SELECT status FROM captures WHERE kind = 'video'"))
    assert [row["status"] for row in captures] == ["ok"] * len(told)
    receipts = list(run.store.rows("SELECT * FROM receipts ORDER BY rowid"))
    for row, (_, seconds) in zip(receipts, told, strict=True):
        assert (row["status"], row["duration_s"], row["ended"]) == ("complete", None, 0)
        assert row["planned_s"] == seconds
        assert row["watched_s"] == pytest.approx(seconds, abs=0.02)
    served = list(run.store.rows("SELECT * FROM truth_watches ORDER BY rowid"))
    for row, (_, seconds) in zip(served, told, strict=True):
        assert row["seconds"] == pytest.approx(seconds, abs=0.1)


@pytest.mark.slow
@pytest.mark.browser
def test_a_live_stream_in_real_time(watch: Run, live: list[str]) -> None:
    run = watch("chromium", {"video": live[0], "for": "end", "cap": "4s"}, speed=None)
    (receipt,) = run.store.rows("SELECT * FROM receipts")
    assert (receipt["status"], receipt["duration_s"]) == ("complete", None)
    assert 4.0 <= receipt["watched_s"] < 9.0
