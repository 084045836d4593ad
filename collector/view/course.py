"""One session in the time of its pages: steps with their outcomes, captures, watches.

Shapes are in the units of the drawing (:data:`WIDTH` wide); a template draws them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collector.common.model import Receipt
from collector.scenario.render import spelled
from collector.store import Store
from collector.store.rows import Row
from collector.view.clock import Clock, seconds
from collector.view.pages import Page, pages_of

WIDTH = 1000.0
"""Of a drawing, its own units."""
_LEAST = 3.0
"""Width of a bar that lasts no time."""
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ledger, on the page's clock."""

    number: int
    """From 0."""
    kind: str
    path: str
    asked: str
    """What the scenario asks for, in its own spelling."""
    outcome: str
    """``open`` while it has none."""
    detail: str
    start_s: float | None
    """Seconds since the session's beginning; ``None``: it never began."""
    end_s: float | None
    x: float
    width: float
    pages: tuple[Page, ...]
    receipt: Receipt | None


@dataclass(frozen=True, slots=True)
class Course:
    """One session."""

    session: Row
    steps: tuple[Step, ...]
    length_s: float
    """Seconds on the page's clock."""
    begun: float | None
    """When it began on the page's clock, seconds since 1970."""
    captures: tuple[tuple[float, Page], ...]
    """Place in the drawing, page."""
    ticks: tuple[tuple[float, float], ...]
    """Place in the drawing, seconds since the beginning."""


def courses_of(store: Store, puppet: str) -> list[Course]:
    """The sessions of a puppet, in their order."""
    run = store.runs()[-1]
    speed = _speed(run)
    pages = pages_of(store, [puppet])
    sessions = store.rows(
        "SELECT s.*, coalesce(t.wave, 1) AS wave, coalesce(t.slot, 1) AS slot, t.due, t.late_s"
        " FROM sessions s LEFT JOIN turns t ON t.session = s.id WHERE s.puppet = ?"
        " ORDER BY wave, slot, s.id",
        [puppet],
    )
    return [
        _course(store, row, [page for page in pages if page.session == row["id"]], speed)
        for row in list(sessions)
    ]


def _course(store: Store, session: Row, pages: Sequence[Page], speed: float) -> Course:
    rows = store.steps(session["id"])
    receipts = {step: receipt for _, step, receipt in store.receipts(session=session["id"])}
    pairs = [(seconds(page.wall), seconds(page.virtual)) for page in pages]
    clock = Clock([*pairs, *_kept(store, session["id"])], speed)
    spans = {row["step"]: _span(row, receipts.get(row["step"]), clock) for row in rows}
    known = [moment for span in spans.values() for moment in span if moment is not None]
    known += [seconds(page.virtual) for page in pages]
    begun = min(known, default=None)
    length = max(known) - begun if begun is not None else 0.0
    scale = WIDTH / length if length else 0.0
    steps = []
    for row in rows:
        start, end = spans[row["step"]]
        x = 0.0 if start is None or begun is None else (start - begun) * scale
        width = 0.0 if start is None or end is None else max(_LEAST, (end - start) * scale)
        steps.append(
            Step(
                number=row["step"],
                kind=row["kind"],
                path=row["path"] or "",
                asked=_asked(row["kind"], row["args"]),
                outcome=row["outcome"] or "open",
                detail=row["detail"] or "",
                start_s=None if start is None or begun is None else start - begun,
                end_s=None if end is None or begun is None else end - begun,
                x=round(min(x, WIDTH - width), 1),
                width=round(width, 1),
                pages=tuple(page for page in pages if page.step == row["step"]),
                receipt=receipts.get(row["step"]),
            )
        )
    begun_s = begun or 0.0
    return Course(
        session=session,
        steps=tuple(steps),
        length_s=length,
        begun=begun,
        captures=tuple(
            (round((seconds(page.virtual) - begun_s) * scale, 1), page) for page in pages
        ),
        ticks=tuple((round(at * scale, 1), at) for at in ticks(length)),
    )


def _kept(store: Store, session: str) -> Iterator[tuple[float, float]]:
    """Both clocks at the beginning of each step, where the run kept the page's."""
    for row in store.rows(
        "SELECT s.started, c.began FROM clocks c"
        " JOIN steps s ON s.session = c.session AND s.step = c.step"
        " WHERE c.session = ? AND s.started IS NOT NULL",
        [session],
    ):
        yield seconds(row["started"]), seconds(row["began"])


def _span(row: Row, receipt: Receipt | None, clock: Clock) -> tuple[float | None, float | None]:
    """Beginning and end on the page's clock; a watch lasts as long as its receipt says."""
    start = clock.virtual(seconds(row["started"])) if row["started"] else None
    end = clock.virtual(seconds(row["finished"])) if row["finished"] and row["started"] else start
    if start is not None and end is not None and receipt is not None and receipt.samples:
        lasted = receipt.samples[-1][0] - receipt.samples[0][0]
        if end - start < lasted:
            end = start + lasted
    return start, end


def ticks(length: float, most: int = 8) -> list[float]:
    """Round seconds from 0 to ``length``, at most so many.

    >>> ticks(100)
    [0, 15, 30, 45, 60, 75, 90]
    """
    for step in _TICKS:
        if length / step < most:
            return [float(at) if at % 1 else at for at in range(0, int(length) + 1, step)]
    step = int(length / most) + 1
    return list(range(0, int(length) + 1, step))


def _asked(kind: str, text: str | None) -> str:
    """What a step was asked, as the scenario spells it: ``for: 1m, topic: science``."""
    try:
        args: Any = json.loads(text or "{}")
    except ValueError:
        return ""
    return spelled(kind, args) if isinstance(args, Mapping) else ""


def _speed(run: Row) -> float:
    """How many seconds of the page a second of this machine is, as the run was started."""
    try:
        found = json.loads(run["environment"] or "{}").get("speed")
    except (ValueError, AttributeError):
        return 1.0
    return float(found) if isinstance(found, int | float) and found > 0 else 1.0
