"""Several sessions a puppet: slots of a day, waves, and when each is due."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from collector.common.errors import UserError
from collector.scenario.calendar import Daily, Due
from collector.scenario.loader import parse_scenario
from collector.scenario.plan import Plan, make_plan
from collector.schedule.barrier import schedule_of

ROME = "Europe/Rome"


def plan(**more: Any) -> Plan:
    steps = [{"visit": "home"}]
    data = {
        "name": "t",
        "seed": 3,
        "block": 1,
        "persona": {"locale": "it-IT", "timezone": ROME},
        "before": [{"visit": "home"}, {"consent": "reject"}],
        "arms": {"one": {"twins": 2, "steps": steps}, "two": {"twins": 2, "steps": steps}},
        "after": ["capture"],
        **more,
    }
    return make_plan(parse_scenario(data))


def moment(day: int, hour: int, minute: int, month: int = 1) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(ROME)).astimezone(UTC)


def test_one_session_a_puppet_keeps_its_name_and_is_due_at_once() -> None:
    made = plan()
    assert {session.id for session in made.sessions} == {
        "b01-one-1", "b01-two-1", "b02-one-2", "b02-two-2"
    }  # fmt: skip
    assert all(session.due is None and session.start[:2] == (1, 1) for session in made.sessions)
    assert made.before == {}


def test_every_slot_is_a_session_with_what_opens_and_closes_a_puppet_s_way() -> None:
    made = plan(sessions="3 a day at :05 for 2 days")
    own = [session for session in made.sessions if session.puppet == "one-1"]
    assert [session.id for session in own] == [f"b01-one-1-s{n:02d}" for n in range(1, 7)]
    kinds = [[step.kind.value for step in session.steps] for session in own]
    assert kinds[0] == ["visit", "consent", "visit"]
    assert kinds[1:5] == [["visit"]] * 4
    assert kinds[5] == ["visit", "capture"]
    assert [step.index for step in own[5].steps] == [0, 1]
    assert len({session.seed for session in made.sessions}) == len(made.sessions)
    assert len({step.seed for session in own for step in session.steps}) == 9


def test_the_first_session_of_many_draws_as_the_only_one_does() -> None:
    alone, first = plan().sessions, plan(sessions="3 a day at :05").blocks[0]
    seeds = {session.puppet: session.seed for session in alone}
    assert [seeds[session.puppet] for session in first] == [session.seed for session in first]


def test_sessions_of_a_slot_and_twin_start_together_after_the_slot_before() -> None:
    made = plan(sessions="2 a day at :30", repeat="weekly", waves=2)
    starts = [{session.start for session in block} for block in made.blocks]
    assert starts == [{(wave, slot, twin)} for wave in (1, 2) for slot in (1, 2) for twin in (1, 2)]
    assert made.before["b01-one-1-w02-s01"] == "b01-one-1-w01-s02"
    assert made.before["b01-one-1-w01-s02"] == "b01-one-1-w01-s01"
    assert "b01-one-1-w01-s01" not in made.before
    order = schedule_of(made)
    assert order.workers == 2
    assert order.blocks[2].after == {
        session.id: made.before[session.id] for session in made.blocks[2]
    }
    assert [block.opens_wave for block in order.blocks] == [n in (4, 5) for n in range(8)]
    assert all(block.due is None for block in order.blocks), "a virtual clock waits for nothing"


def test_slots_are_the_next_ones_after_the_start_by_the_wall_of_the_persona() -> None:
    made = plan(sessions="13 a day at :05")
    dues = [block[0].due for block in made.blocks[::2]]
    at = [due.at(moment(10, 19, 30)) for due in dues if due]
    assert at[:3] == [moment(10, 20, 5), moment(11, 8, 5), moment(11, 9, 5)]
    assert len(at) == 13
    order = schedule_of(made, started=moment(10, 19, 30))
    assert order.blocks[0].due == moment(10, 20, 5)
    assert order.blocks[0].expires == moment(10, 20, 35)


def test_a_slot_with_more_blocks_than_can_be_run_in_it_is_said() -> None:
    def notes(pause: str, twins: int, workers: int) -> tuple[str, ...]:
        steps = [{"visit": "home"}, {"pause": pause}]
        made = plan(sessions="2 a day at :05", arms={"a": {"twins": twins, "steps": steps}})
        return schedule_of(made, workers, started=moment(10, 9, 0)).notes

    assert notes("10m", 3, 1) == ()
    (said,) = notes("10m", 6, 1)
    assert "6 blocks are due at each slot and 1 can run at once" in said
    assert "the last ones will be missed" in said
    assert notes("10m", 6, 2) == ()
    many = plan(sessions="2 a day at :05", arms={"a": {"twins": 50, "steps": ["capture"]}})
    assert schedule_of(many, 1).notes == (), "a virtual clock misses nothing"


def test_waves_keep_the_time_of_the_day_when_the_clocks_change() -> None:
    # On 29 March 2026 clocks in Italy go one hour ahead.
    made = plan(repeat="weekly", waves=2)
    assert made.sessions[0].due is None
    due = made.sessions[-1].due
    assert due is not None
    started = moment(25, 10, 0, month=3)
    assert due.at(started) == datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
    assert (due.at(started) - started).total_seconds() == 7 * 86_400 - 3600
    assert due.expires(started) == datetime(2026, 4, 8, 8, 0, tzinfo=UTC)


def test_waves_less_than_a_day_apart_are_measured_in_time_that_passes() -> None:
    due = plan(repeat="90m", waves=3).sessions[-1].due
    assert due is not None
    started = moment(28, 23, 30, month=3)
    assert (due.at(started) - started).total_seconds() == 3 * 3600


def test_an_hour_that_the_clocks_leave_out_has_no_slot() -> None:
    zone = ZoneInfo(ROME)
    night = Daily(per_day=4, minute=15, first_hour=1).after(moment(29, 0, 0, month=3), zone)
    hours = [next(night).astimezone(zone).hour for _ in range(4)]
    assert hours == [1, 3, 4, 1]


@pytest.mark.parametrize(("per_day", "first"), [(1, 8), (13, 8), (16, 8), (17, 7), (24, 0)])
def test_a_day_begins_at_eight_or_as_early_as_it_must(per_day: int, first: int) -> None:
    assert Daily.of(per_day, 5).first_hour == first


def test_a_plan_with_a_schedule_reads_back() -> None:
    made = plan(sessions="2 a day at :30 for 3 days", repeat="weekly", waves=2)
    assert Plan.from_json(made.to_json()) == made
    again = make_plan(parse_scenario(made.scenario))
    assert again.sessions == made.sessions


def test_a_plan_of_the_first_format_still_reads() -> None:
    text = plan().to_json().decode()
    for gone in (',"due":null', ',"slot":1', ',"wave":1'):
        text = text.replace(gone, "")
    old = Plan.from_json(text.replace("twinwatch-plan/2", "twinwatch-plan/1"))
    assert old.sessions == plan().sessions


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"waves": 3}, "waves"),
        ({"repeat": "weekly"}, "repeat"),
        ({"repeat": "daily", "waves": 2, "sessions": "13 a day at :05"}, "repeat"),
        ({"repeat": "fortnightly", "waves": 2}, "repeat"),
        ({"sessions": "0 a day at :05"}, "sessions"),
        ({"on_failure": "retry"}, "on_failure"),
        ({"sessions": "24 a day at :05 for 999 days", "arms": {"a": {"twins": 500, "steps": [
            {"visit": "home"}]}}}, "sessions"),
        ({"sessions": "3 a day at :05", "arms": {"a": {}}}, "arms.a"),
    ],
)  # fmt: skip
def test_a_schedule_that_cannot_be_kept_is_refused(keys: dict[str, Any], place: str) -> None:
    with pytest.raises(UserError) as caught:
        plan(**keys)
    assert place in str(caught.value)


def test_a_due_time_is_counted_from_the_start_alone() -> None:
    due = Due(days=1, seconds=0.0, timezone="Asia/Tokyo", nth=2, daily=Daily(2, 0, 8))
    started = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)  # half past nine in Tokyo
    assert due.at(started) == datetime(2026, 1, 3, 0, 0, tzinfo=UTC)
    assert Due.from_dict(due.to_dict()) == due
