"""Live progress on standard error: a bar a puppet on a terminal, plain lines elsewhere.

A terminal has fewer rows than a large run has puppets. What is under way and what failed is then
shown, what is done is counted; the last line has the totals and about how long the rest will take.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, Self

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from collector.contract.progress import Event, EventKind
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

    def expect(self, sessions: int, steps: int) -> None:
        """How much there is to do, before the first session comes up."""

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

    def expect(self, sessions: int, steps: int) -> None:
        """Take how much there is to do, and show nothing."""

    def add(self, session: str, label: str, steps: int) -> None:
        """Take a session that comes up, and show nothing."""

    def show(self, event: Event) -> None:
        """Take what a session said, and show nothing."""

    def say(self, text: str) -> None:
        """Take a line about the run, and show nothing."""

    def wait_for(self, due: datetime, now: datetime) -> None:
        """Take when the next session is due, and show nothing."""


class PlainDisplay(QuietDisplay):
    """One line an event that matters; for logs and pipes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._labels: dict[str, str] = {}
        self._due: datetime | None = None

    def add(self, session: str, label: str, steps: int) -> None:
        """Remember what a session is called in the lines about it."""
        self._labels[session] = label

    def show(self, event: Event) -> None:
        """Print a line for an event, none for the start and progress of steps and for readiness."""
        if event.kind in (EventKind.STEP_STARTED, EventKind.STEP_PROGRESS, EventKind.READY):
            return
        self.say(f"{self._labels.get(event.session, event.session)}: {describe(event)}")

    def say(self, text: str) -> None:
        """Print a line about the run as a whole."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def wait_for(self, due: datetime, now: datetime) -> None:
        """Print when the next session is due, once for each such moment."""
        if due != self._due:
            self._due = due
            self.say(waiting(due, now))


class _Phase(StrEnum):
    """Where a row is; rows that do not all fit are shown in this order, and the last not at all."""

    WAITING = "waiting"
    OPEN = "under way"
    FAILED = "failed"
    DONE = "done"


_ORDER = {phase: place for place, phase in enumerate(_Phase)}


class _Rows(Progress):
    """As many bars as the terminal has rows for, and a line about all of them."""

    def __init__(
        self, *columns: Any, console: Console, totals: Callable[[list[Task], int], str]
    ) -> None:
        self._totals, self._screen = totals, console
        super().__init__(*columns, console=console)

    def get_renderables(self) -> Iterable[RenderableType]:
        rows, hidden = _chosen(self.tasks, self._screen.size.height - 2)
        yield self.make_tasks_table(rows)
        if text := self._totals(self.tasks, hidden):
            yield Text(text, no_wrap=True, overflow="ellipsis")


def _chosen(tasks: list[Task], most: int) -> tuple[list[Task], int]:
    """The rows to show, and how many of those that are not done are left out.

    All in their order where they fit; else what is under way, then what failed.
    """
    if len(tasks) <= most:
        return tasks, 0
    wanted = [task for task in tasks if task.fields["phase"] is not _Phase.DONE]
    wanted.sort(key=lambda task: _ORDER[task.fields["phase"]])
    return wanted[: max(most, 1)], max(len(wanted) - max(most, 1), 0)


class LiveDisplay(QuietDisplay):
    """A bar a session, with its step, and the totals; what is done gives way to what is not.

    :param clock: seconds, for the time that is left.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._tasks: dict[str, Any] = {}
        self._waiting: Any = None
        self._sessions = self._steps = 0
        self._began: float | None = None
        self._steps_done = self._steps_over = 0
        """Steps that were carried out; those of sessions that are over, come about or not."""
        self._bars = _Rows(
            TextColumn("{task.fields[label]:<18}", markup=False),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[now]}"),
            TimeElapsedColumn(),
            console=console,
            totals=self._in_all,
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bars.stop()

    def expect(self, sessions: int, steps: int) -> None:
        """Take how many sessions and steps there are, for the totals."""
        self._sessions, self._steps = sessions, steps

    def add(self, session: str, label: str, steps: int) -> None:
        """Give a session its bar; the bar of waiting goes."""
        if self._waiting is not None:
            self._bars.remove_task(self._waiting)
            self._waiting = None
        if self._began is None:
            self._began = self._clock()
        self._tasks[session] = self._bars.add_task(
            "", total=steps, label=label, now="opening", phase=_Phase.OPEN
        )

    def show(self, event: Event) -> None:
        """Move the session's bar on to what it said; a problem is a line of its own."""
        task = self._tasks[event.session]
        text = describe(event).replace("[", r"\[")
        match event.kind:
            case EventKind.STEP_FINISHED:
                outcome = Outcome(event.data["outcome"])
                colour = _COLOURS.get(outcome, "white")
                self._steps_done += 1
                self._bars.update(task, advance=1, now=f"[{colour}]{text}[/]")
            case EventKind.CLOSED:
                done = event.data["state"] == SessionState.DONE
                self._steps_over += int(self._row(task).total or 0)
                phase = _Phase.DONE if done else _Phase.FAILED
                now = f"[{'green' if done else 'red'}]{text}[/]"
                self._bars.update(task, now=now, phase=phase)
                self._bars.stop_task(task)
            case EventKind.PROBLEM:
                self.say(f"{self._row(task).fields['label']}: {describe(event)}")
            case _:
                self._bars.update(task, now=text)

    def say(self, text: str) -> None:
        """Print a line above the bars."""
        self._bars.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def wait_for(self, due: datetime, now: datetime) -> None:
        """Show when the next session is due, in a row of its own."""
        if self._waiting is None:
            self._waiting = self._bars.add_task(
                "", total=None, label="waiting", now="", phase=_Phase.WAITING
            )
        self._bars.update(self._waiting, now=waiting(due, now))

    def _row(self, task: Any) -> Task:
        return next(each for each in self._bars.tasks if each.id == task)

    def _in_all(self, tasks: list[Task], hidden: int) -> str:
        """``28 sessions: 11 done, 1 failed, 8 under way, 8 to come; 132 of 336 steps; …``"""
        rows = [row for row in tasks if row.id != self._waiting]
        if self._sessions < 2 and len(rows) < 2:
            return ""
        phases = Counter(row.fields["phase"] for row in rows)
        phases_said = [(phases[p], p) for p in (_Phase.DONE, _Phase.FAILED, _Phase.OPEN)]
        sessions = max(self._sessions, len(rows))
        counts = [*phases_said, (sessions - len(rows), "to come")]
        said = ", ".join(f"{number} {what}" for number, what in counts if number)
        parts = [f"{sessions} sessions: {said}", f"{self._steps_done} of {self._steps} steps"]
        if left := self._left(rows):
            parts.append(f"about {left} left")
        if hidden:
            parts.append(f"{hidden} not shown")
        return "; ".join(parts)

    def _left(self, rows: list[Task]) -> str:
        """How long the rest takes at the pace so far; empty while that is not known."""
        if self._began is None or not self._steps_done or self._waiting is not None:
            return ""
        under_way = sum(int(row.completed) for row in rows if row.fields["phase"] is _Phase.OPEN)
        left = self._steps - self._steps_over - under_way
        seconds = (self._clock() - self._began) / self._steps_done * left
        return str(timedelta(seconds=round(seconds))) if left > 0 else ""


def display_for(console: Console) -> Display:
    """Bars on a terminal, lines elsewhere."""
    return LiveDisplay(console) if console.is_terminal else PlainDisplay(console)
