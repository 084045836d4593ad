"""Politeness: jitter, quiet hours, a budget of views, an end at a bot check; the load is said."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from rich.console import Console

from collector.cli import main
from collector.common.errors import UserError
from collector.contract.job import Manners
from collector.contract.options import RunOptions
from collector.run.start import run_scenario
from collector.scenario.load import load_of
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import Plan, make_plan
from collector.scenario.politeness import Quiet, politeness_of
from collector.schedule.display import PlainDisplay
from collector.session.pacing import Pacing, Puppet
from collector.testing import ScenarioRun


def plan(politeness: Any = None, **more: Any) -> Plan:
    told = {"name": "p", "arms": {"a": {"steps": [{"visit": "home"}]}}, **more}
    if politeness is not None:
        told["politeness"] = politeness
    return make_plan(parse_scenario(told))


def test_a_duration_alone_is_the_bytes_that_it_was() -> None:
    assert plan("8s").scenario["politeness"] == "8s"
    assert plan({"spacing": "8s"}).scenario == plan("8s").scenario
    assert "politeness" not in plan().scenario
    told = {"spacing": "8s", "jitter": "3s", "quiet": "23:00-07:00", "views_per_channel": 2}
    again = Plan.from_json(plan(told).to_json())
    assert again.scenario["politeness"] == told
    assert again.politeness == timedelta(seconds=8)
    assert politeness_of(again.scenario).bot_check == "stop"


@pytest.mark.parametrize(
    "wrong", [{"quiet": "late"}, {"quiet": "07:00-07:00"}, {"views_per_channel": 0},
              {"bot_check": "solve"}, {"jiter": "3s"}, "soon"],
)  # fmt: skip
def test_what_is_no_politeness_is_refused(wrong: Any) -> None:
    with pytest.raises(UserError, match="politeness"):
        plan(wrong)


@pytest.mark.parametrize("hours", ["23:00-07:00", "12:30-14:00", "00:00-06:15"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "America/New_York"])
def test_quiet_hours_end_when_the_clock_says_so(hours: str, zone: str) -> None:
    """Held against a walk by minutes over two days, one with a change of the clocks."""
    quiet = Quiet.of(hours)
    begin, end = (tuple(map(int, part.split(":"))) for part in hours.split("-"))

    def is_quiet(moment: datetime) -> bool:
        here = moment.astimezone(ZoneInfo(zone))
        at = (here.hour, here.minute)
        return begin <= at < end if begin < end else at >= begin or at < end

    for first in (datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)):
        for minutes in range(0, 2 * 24 * 60, 17):
            now = first + timedelta(minutes=minutes)
            left = quiet.left_s(now, zone)
            assert (left > 0) == is_quiet(now)
            if left:
                assert not is_quiet(now + timedelta(seconds=left))
                assert is_quiet(now + timedelta(seconds=left - 60))


class Clock:
    """A puppet on whose clock nothing else happens."""

    virtual = False

    def __init__(self) -> None:
        self.now = 0.0

    def let_pass(self, seconds_s: float) -> None:
        self.now += seconds_s


def test_page_loads_are_apart_by_more_than_a_fixed_beat() -> None:
    puppet, dice = Clock(), random.Random(3)
    pacing = Pacing(
        cast(Puppet, puppet), politeness_s=5, clock=lambda: puppet.now,
        jitter=lambda: dice.uniform(0, 4),
    )  # fmt: skip
    gaps = []
    for _ in range(30):
        pacing.loaded()
        before = puppet.now
        pacing.wait_politeness()
        gaps.append(puppet.now - before)
    assert all(5 <= gap <= 9 for gap in gaps)
    assert len({round(gap, 3) for gap in gaps}) == 30


def test_nothing_is_loaded_in_quiet_hours() -> None:
    puppet = Clock()
    pacing = Pacing(
        cast(Puppet, puppet), clock=lambda: puppet.now, quiet_left=lambda: max(0, 400 - puppet.now)
    )
    pacing.wait_politeness()
    assert puppet.now == 400


def test_time_is_waited_for_beyond_this_machine_only() -> None:
    told = politeness_of({"politeness": {"jitter": "3s", "quiet": "23:00-07:00"}})
    assert Manners.of(told, stated=True, beyond=False).quiet is None
    there = Manners.of(told, stated=True, beyond=True)
    assert (there.jitter_s, there.quiet, there.stop_on_bot_check) == (3.0, "23:00-07:00", True)
    usual = politeness_of({})
    assert Manners.of(usual, stated=False, beyond=True).stop_on_bot_check
    assert not Manners.of(usual, stated=False, beyond=False).stop_on_bot_check


Run = Callable[..., ScenarioRun]


@pytest.fixture(name="run")
def _run(tmp_path: Path) -> Run:
    def carry_out(told: dict[str, Any], **options: Any) -> ScenarioRun:
        result = run_scenario(
            parse_scenario(told),
            RunOptions.of(out=tmp_path / "run", submit_to="none", driver="http", **options),
            display=PlainDisplay(Console(stderr=True)),
            confirm=lambda question: False,
        )
        return ScenarioRun(result)

    return carry_out


def test_a_channel_is_watched_so_often_by_all_puppets_of_a_run(run: Run) -> None:
    watch = [{"watch": {"video": "dQw4w9WgXcQ", "for": "1s"}}] * 2
    found = run({
        "name": "b", "politeness": {"views_per_channel": 3},
        "before": [{"visit": {"url": "home", "capture": False}}, {"consent": "reject"}],
        "arms": {"a": {"twins": 2, "steps": watch}},
    })  # fmt: skip
    steps = [row for row in found.store.steps() if row["kind"] == "watch"]
    assert sorted(row["outcome"] for row in steps) == ["done"] * 3 + ["failed"]
    (lost,) = [row["detail"] for row in steps if row["outcome"] == "failed"]
    assert lost.startswith("the budget of 3 views of ")
    assert len(list(found.receipts())) == 3


def test_a_bot_check_ends_the_run_and_is_named(run: Run) -> None:
    """No other page is asked for, by this puppet or another."""
    found = run({
        "name": "b", "politeness": {"bot_check": "stop", "spacing": "1s"}, "block": 1,
        "mock": {"faults": {"captcha": 1.0}},
        "arms": {"a": {"twins": 2, "steps": [{"visit": "home"}, {"visit": "home"}]}},
    }, workers=1)  # fmt: skip
    sessions = list(found.store.rows("SELECT state, detail FROM sessions"))
    assert {row["state"] for row in sessions} == {"failed"}
    assert all(row["detail"].startswith("stopped: the site asked whether a-") for row in sessions)
    assert len(list(found.store.captures())) == 1


def test_a_plan_says_what_load_it_puts_on_the_site() -> None:
    """As counted by hand: 2 puppets; search, follow and the two visits load pages."""
    told = {
        "before": [{"visit": "home"}, {"consent": "reject"}], "after": [{"visit": "home"}],
        "arms": {"a": {"twins": 2, "steps": [{"search": "x"}, {"follow": {"rank": 1}},
                                             {"watch": "3s"}, "like"]}},
    }  # fmt: skip
    load = load_of(plan(**told), spacing_s=10)
    assert (load.puppets, load.pages, load.searches, load.watches, load.marks) == (2, 8, 2, 2, 2)
    assert load.most_a_minute == 12
    result = CliRunner().invoke(main, ["plan", "quick"])
    assert "page loads" in result.output
    way = {"server": "direct", "check": "https://ip.example/json"}
    checked = load_of(plan(**told | {"arms": {"a": {"twins": 1, "proxy": way}}}), spacing_s=10)
    assert checked.checked == ("ip.example",)
    assert str(checked).endswith("; asked for the address by each session: ip.example")
