"""Progress: bars on a terminal, lines elsewhere, markup in titles is no markup."""

from __future__ import annotations

import io

from rich.console import Console

from collector.experiment.display import LiveDisplay, PlainDisplay, QuietDisplay, display_for
from collector.experiment.progress import Event, EventKind

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
