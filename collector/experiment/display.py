"""Live progress on standard error: a bar a puppet on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from collector.experiment.progress import Event, EventKind
from collector.store import Outcome, SessionState

#: What each outcome looks like in the live table.
_COLOURS = {
    Outcome.DONE: "green",
    Outcome.MISSING: "yellow",
    Outcome.FAILED: "red",
    Outcome.CONTAMINATED: "red",
}


class Display(Protocol):
    """What the engine talks to while it works."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def add(self, session: str, label: str, steps: int) -> None:
        """A session comes up: its name for people and how many steps it has."""

    def show(self, event: Event) -> None:
        """A session said something."""

    def say(self, text: str) -> None:
        """A line about the run as a whole."""

    def wait_for(self, due: datetime, now: datetime) -> None:
        """Nothing is open, and nothing will be before ``due``; said again every second or so."""


def describe(event: Event) -> str:
    """An event in a few words, for a line of text."""
    data: Mapping[str, Any] = event.data
    match event.kind:
        case EventKind.READY:
            return "browser ready"
        case EventKind.STARTED:
            return "started"
        case EventKind.STEP_STARTED:
            return f"step {data['index'] + 1}/{data['total']} {data['what']}"
        case EventKind.STEP_PROGRESS:
            return f"step {data['index'] + 1}/{data['total']} {data['what']}, getting on"
        case EventKind.STEP_FINISHED:
            detail = f" ({data['detail']})" if data.get("detail") else ""
            return f"step {data['index'] + 1}/{data['total']} {data['outcome']}{detail}"
        case EventKind.CAPTURED:
            return f"captured {data['page']}: {data['status']}, {data['items']} items"
        case EventKind.PROBLEM:
            return f"problem: {data['text']}"
    counts = f"{data.get('captures', 0)} captures, {data.get('missing', 0)} missing"
    detail = f" ({data['detail']})" if data.get("detail") else ""
    return f"{data['state']}{detail}, {counts}"


def waiting(due: datetime, now: datetime) -> str:
    """``next session at 2026-01-01 08:05 (in 0:04:59); no browser is open``"""
    left = timedelta(seconds=round((due - now).total_seconds()))
    return f"next session at {due.astimezone():%Y-%m-%d %H:%M} (in {left}); no browser is open"


class QuietDisplay:
    """Says nothing; for callers that only want the result."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def add(self, session: str, label: str, steps: int) -> None:
        return None

    def show(self, event: Event) -> None:
        return None

    def say(self, text: str) -> None:
        return None

    def wait_for(self, due: datetime, now: datetime) -> None:
        return None


class PlainDisplay(QuietDisplay):
    """One line an event that matters; for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._labels: dict[str, str] = {}
        self._due: datetime | None = None

    def add(self, session: str, label: str, steps: int) -> None:
        self._labels[session] = label

    def show(self, event: Event) -> None:
        if event.kind in (EventKind.STEP_STARTED, EventKind.STEP_PROGRESS, EventKind.READY):
            return
        self.say(f"{self._labels.get(event.session, event.session)}: {describe(event)}")

    def say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def wait_for(self, due: datetime, now: datetime) -> None:
        if due != self._due:
            self._due = due
            self.say(waiting(due, now))


class LiveDisplay(QuietDisplay):
    """A bar a session that is under way, with its step; finished ones stay as a line."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Progress(
            TextColumn("{task.fields[label]:<18}", markup=False),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[now]}"),
            TimeElapsedColumn(),
            console=console,
        )
        self._tasks: dict[str, Any] = {}
        self._waiting: Any = None

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bars.stop()

    def add(self, session: str, label: str, steps: int) -> None:
        if self._waiting is not None:
            self._bars.remove_task(self._waiting)
            self._waiting = None
        self._tasks[session] = self._bars.add_task("", total=steps, label=label, now="opening")

    def show(self, event: Event) -> None:
        task = self._tasks[event.session]
        text = describe(event).replace("[", r"\[")
        match event.kind:
            case EventKind.STEP_FINISHED:
                outcome = Outcome(event.data["outcome"])
                colour = _COLOURS.get(outcome, "white")
                self._bars.update(task, advance=1, now=f"[{colour}]{text}[/]")
            case EventKind.CLOSED:
                done = event.data["state"] == SessionState.DONE
                self._bars.update(task, now=f"[{'green' if done else 'red'}]{text}[/]")
                self._bars.stop_task(task)
            case EventKind.PROBLEM:
                self.say(f"{self._bars.tasks[task].fields['label']}: {describe(event)}")
            case _:
                self._bars.update(task, now=text)

    def say(self, text: str) -> None:
        self._bars.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def wait_for(self, due: datetime, now: datetime) -> None:
        if self._waiting is None:
            self._waiting = self._bars.add_task("", total=None, label="waiting", now="")
        self._bars.update(self._waiting, now=waiting(due, now))


def display_for(console: Console) -> Display:
    """Bars on a terminal, lines elsewhere."""
    return LiveDisplay(console) if console.is_terminal else PlainDisplay(console)
