"""Progress: bars on a terminal, lines elsewhere, markup in titles is no markup."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from collector.contract.progress import Event, EventKind
from collector.schedule.display import LiveDisplay, PlainDisplay, QuietDisplay, display_for

EVENTS = [
    Event(EventKind.READY, "s1"),
    Event(EventKind.STARTED, "s1", {"at": 1.0}),
    Event(
        EventKind.STEP_STARTED,
        "s1",
        {"index": 0, "total": 2, "what": "search '[red]x'", "limit_s": 1},
    ),
    Event(EventKind.CAPTURED, "s1", {"page": "search", "status": "ok", "items": 20}),
    Event(EventKind.STEP_FINISHED, "s1", {"index": 0, "total": 2, "outcome": "done", "detail": ""}),
    Event(EventKind.PROBLEM, "s1", {"text": "odd [link]"}),
    Event(
        EventKind.STEP_FINISHED,
        "s1",
        {"index": 1, "total": 2, "outcome": "missing", "detail": "page status captcha"},
    ),
    Event(EventKind.CLOSED, "s1", {"state": "done", "captures": 1, "missing": 1, "detail": ""}),
]


def shown(terminal: bool) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=100, color_system=None)
    display = display_for(console)
    assert isinstance(display, LiveDisplay if terminal else PlainDisplay)
    with display:
        display.say("mock server: building the world")
        display.add("s1", "control-1", 2)
        for event in EVENTS:
            display.show(event)
    return out.getvalue()


def test_lines_for_logs_and_pipes() -> None:
    assert shown(terminal=False).splitlines() == [
        "mock server: building the world",
        "control-1: started",
        "control-1: captured search: ok, 20 items",
        "control-1: step 1/2 done",
        "control-1: problem: odd [link]",
        "control-1: step 2/2 missing (page status captcha)",
        "control-1: done, 1 captures, 1 missing",
    ]


def test_a_bar_a_puppet_on_a_terminal() -> None:
    text = shown(terminal=True)
    assert "control-1" in text
    assert "2/2" in text
    assert "done, 1 captures, 1 missing" in text
    assert "odd [link]" in text


def test_quiet_says_nothing() -> None:
    with QuietDisplay() as display:
        display.add("s1", "x", 1)
        for event in EVENTS:
            display.show(event)
        display.say("x")


class Screen:
    """A terminal of 12 rows before which 28 puppets of 4 steps each come and go."""

    ROWS = 12

    def __init__(self) -> None:
        self.now = 100.0
        self.console = Console(
            file=io.StringIO(), force_terminal=True, width=110, height=self.ROWS, color_system=None
        )
        self.display = LiveDisplay(self.console, clock=lambda: self.now)
        self.display.expect(28, 28 * 4)

    def begin(self, *numbers: int) -> None:
        for number in numbers:
            self.display.add(f"s{number}", f"arm-{number}", 4)

    def step(self, number: int, index: int) -> None:
        data = {"index": index, "total": 4, "outcome": "done", "detail": ""}
        self.display.show(Event(EventKind.STEP_FINISHED, f"s{number}", data))

    def end(self, number: int, state: str) -> None:
        data = {"state": state, "captures": 4, "missing": 0, "detail": ""}
        self.display.show(Event(EventKind.CLOSED, f"s{number}", data))

    def lines(self) -> list[str]:
        paper = Console(file=io.StringIO(), width=110, color_system=None)
        with paper.capture() as shown:
            paper.print(self.display._bars.get_renderable())
        return shown.get().splitlines()


def test_where_rows_are_short_what_runs_and_what_failed_is_shown_and_the_rest_counted() -> None:
    screen = Screen()
    with screen.display:
        for number in range(1, 17):
            screen.begin(number)
            for index in range(4):
                screen.step(number, index)
            screen.end(number, "failed" if number in (3, 9) else "done")
        screen.begin(17, 18, 19)
        screen.step(17, 0)
        screen.now += 130.0  # 65 steps were done in it; 11 of these three and 9 puppets are left
        lines = screen.lines()
    assert len(lines) <= screen.ROWS - 1
    named = [line.split()[0] for line in lines[:-1]]
    assert named == ["arm-17", "arm-18", "arm-19", "arm-3", "arm-9"]
    left = (11 + 9 * 4) * 2
    assert lines[-1].rstrip() == (
        "28 sessions: 14 done, 2 failed, 3 under way, 9 to come; 65 of 112 steps;"
        f" about 0:{left // 60:02}:{left % 60:02} left"
    )


def test_where_not_even_those_have_room_it_says_how_many_are_not_shown() -> None:
    screen = Screen()
    with screen.display:
        screen.begin(*range(1, 15))
        lines = screen.lines()
    assert len(lines) == screen.ROWS - 1
    assert lines[-1].rstrip() == (
        "28 sessions: 14 under way, 14 to come; 0 of 112 steps; 4 not shown"
    )


@pytest.mark.parametrize("ended", [0, 3])
def test_where_all_have_room_all_are_shown_in_the_order_in_which_they_came(ended: int) -> None:
    screen = Screen()
    with screen.display:
        screen.begin(*range(1, 7))
        for number in range(1, ended + 1):
            screen.end(number, "done")
        lines = screen.lines()
    assert [line.split()[0] for line in lines[:-1]] == [f"arm-{n}" for n in range(1, 7)]


def test_no_time_is_promised_while_the_run_waits_for_an_hour() -> None:
    screen = Screen()
    with screen.display:
        screen.begin(1)
        screen.step(1, 0)
        due = datetime(2026, 1, 1, 8, 5, tzinfo=UTC)
        screen.display.wait_for(due, due - timedelta(minutes=5))
        lines = screen.lines()
    assert "no browser is open" in lines[1]
    assert "left" not in lines[-1]
