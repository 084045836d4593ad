"""Searches are kept apart by the puppet's own clock, and what was achieved is on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.analysis import tables
from collector.analysis.load import load_run
from collector.analysis.report import write_report
from collector.contract.job import Pace, SessionJob
from collector.contract.mocksite import MockSite
from collector.contract.options import RunOptions
from collector.contract.places import place_of
from collector.run.start import run_scenario
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import make_plan
from collector.schedule.display import QuietDisplay
from collector.session.describe import limit_s
from collector.session.spacing import Spacing, achieved
from collector.store import Store
from mockserver.context import MockConfig
from mockserver.serve import serving

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.db") as opened:
        opened.add_run("r", scenario="s", seed=1, plan_hash="0" * 64)
        for puppet in ("p", "q"):
            opened.add_puppet(puppet, run="r", arm="a", twin=1, block=1)
            for number in (1, 2):
                opened.add_session(f"{puppet}{number}", run="r", puppet=puppet, block=1, position=0)
        yield opened


def test_the_gap_is_kept_from_session_to_session_and_a_puppet_apart(store: Store) -> None:
    first = Spacing(store, "p", "p1", 660)
    assert first.left_s(NOW) == 0
    first.asked(0, NOW)
    assert first.left_s(NOW + timedelta(minutes=4)) == 7 * 60
    assert first.left_s(NOW + timedelta(minutes=12)) == 0
    assert Spacing(store, "q", "q1", 660).left_s(NOW) == 0
    second = Spacing(store, "p", "p2", 660)
    assert second.left_s(NOW + timedelta(minutes=1)) == 10 * 60
    second.asked(3, NOW + timedelta(minutes=11))
    second.asked(4, NOW + timedelta(minutes=31))
    assert achieved(store) == {"p": {"searches": 3, "least_s": 660.0, "median_s": 930.0}}


def test_without_a_spacing_gaps_are_kept_all_the_same(store: Store) -> None:
    free = Spacing(store, "p", "p1")
    free.asked(0, NOW)
    assert free.left_s(NOW + timedelta(seconds=1)) == 0
    free.asked(1, NOW + timedelta(seconds=1))
    assert achieved(store)["p"]["least_s"] == 1.0


def test_the_wait_is_part_of_what_a_search_may_take() -> None:
    plan = make_plan(parse_scenario({"name": "t", "arms": {"a": {"steps": [{"search": "x"}]}}}))
    (step,) = plan.sessions[0].steps
    job = SessionJob("r", Path(), "s", "p", "http://127.0.0.1:9", True, spacing_s=660.0)
    assert limit_s(step, job) > 660
    moved = SessionJob("r", Path(), "s", "p", "http://127.0.0.1:9", True, Pace(virtual=True))
    assert limit_s(step, moved) < 660


@pytest.mark.parametrize(("stated", "expected_s"), [(None, 5.0), ("2s", 2.0), ("30s", 30.0)])
def test_politeness_is_five_seconds_unless_stated(stated: str | None, expected_s: float) -> None:
    asked: list[str] = []

    def yes(question: str) -> bool:
        asked.append(question)
        return True

    keys = {} if stated is None else {"politeness": stated}
    data = {"name": "t", "arms": {"a": {"steps": [{"visit": "home"}]}}, **keys}
    plan = make_plan(parse_scenario(data))
    site = "https://www.youtube.com"
    place = place_of(site, plan.site, confirm=yes, politeness=plan.politeness)
    assert place.politeness_s == expected_s
    assert f"one page load in {expected_s:g} s" in asked[0]
    here = place_of(None, plan.site, confirm=yes, politeness=plan.politeness)
    assert here.politeness_s == 0


SCENARIO = """
name: spaced
seed: 3
spacing: 11m
sessions: 2 a day at :05
before: [{visit: {url: home, capture: false}}, {consent: reject}]
arms:
  only:
    steps:
      - visit: {url: home, capture: false}
      - search: flat earth
      - follow: {rank: 1}
      - watch: 2m
      - visit: /results?search_query=moon
"""


@pytest.mark.slow
def test_a_run_keeps_searches_apart_on_its_virtual_clock(tmp_path: Path) -> None:
    with serving(MockConfig(seed=3)) as server:
        result = run_scenario(
            parse_scenario(SCENARIO),
            RunOptions(out=tmp_path / "out", submit_to="none", driver="http"),
            display=QuietDisplay(),
            confirm=lambda _: False,
            mock=MockSite.of(server),
        )
    assert result.missing == 0
    with Store(result.out.store, readonly=True) as store:
        gaps = [row["gap_s"] for row in store.rows("SELECT gap_s FROM queries ORDER BY time")]
        turns = list(store.rows("SELECT * FROM turns ORDER BY session"))
        watched = [receipt.watched_s for _, _, receipt in store.receipts()]
    assert len(gaps) == 4
    assert gaps[0] is None
    assert gaps[1] == gaps[3] == 660.0
    assert gaps[2] > 660.0, "an hour lies between the sessions"
    assert watched == [120.0, 120.0]
    assert [turn["late_s"] for turn in turns] == [0.0, 0.0]
    first, second = (datetime.fromisoformat(turn["due"]) for turn in turns)
    assert (second - first) in (timedelta(hours=1), timedelta(hours=23))
    assert turns[0]["clock"] < turns[1]["due"]
    report = load_run(result.out.root)
    (row,) = tables.matrix(report)["rows"]
    assert [cell["step"] for cell in row["cells"]] == list(range(12))
    assert row["cells"][7]["path"] == "arms.only.steps.0", "the second session follows the first"
    results = [page for page in report.pages if page.surface == "search"]
    assert [page.turn for page in results] == ["w1s1", "w1s1", "w1s2", "w1s2"]
    assert len({page.slot for page in results}) == 4
    assert [receipt["step"] for receipt in report.receipts] == [5, 10]
    assert tables.spacing(report)["puppets"]["only-1"]["least_s"] == 660.0
    assert [each["state"] for each in tables.puppets(report)] == ["done"]
    text = write_report(result.out.root).read_text("utf-8")
    assert "Two searches of a puppet lay at least 11" in text
    assert "the scenario asks for 11m" in text
