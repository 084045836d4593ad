"""Receipts as curves: where playback stood, against the time of the page since the first sample.

A straight line at 45° is undisturbed playback; a flat part is standing still, a jump is a seek. The
drawing is :data:`WIDTH` × :data:`HEIGHT` in its own units, time to the right, position upwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from collector.common.model import Receipt
from collector.store import Store
from collector.store.rows import Row
from collector.view.course import ticks

WIDTH, HEIGHT = 320.0, 180.0


@dataclass(frozen=True, slots=True)
class Curve:
    """One watch."""

    puppet: str
    session: str
    step: int
    receipt: Receipt
    topic: str
    points: str
    """``x,y x,y …`` of a polyline; empty without two samples."""

    @property
    def share(self) -> float | None:
        """Watched over planned."""
        planned = self.receipt.planned_s
        return self.receipt.watched_s / planned if planned else None


@dataclass(frozen=True, slots=True)
class Chart:
    """The watches of one puppet in one drawing, on one scale."""

    puppet: str
    arm: str
    curves: tuple[Curve, ...]
    time_s: float
    """Right edge, seconds of the page since the first sample of a watch."""
    position_s: float
    """Upper edge, seconds of the media."""
    planned_y: float | None
    """Height of what was planned, where all watches planned the same."""
    x_ticks: tuple[tuple[float, float], ...]
    y_ticks: tuple[tuple[float, float], ...]

    @property
    def complete(self) -> int:
        """Return how many of the watches were complete."""
        return sum(curve.receipt.status.value == "complete" for curve in self.curves)


def charts_of(
    store: Store, arms: Mapping[str, str], puppets: Iterable[str] | None = None
) -> list[Chart]:
    """A chart a puppet that watched something, in the order of ``arms`` (puppet → arm).

    All have the same scale, so that they can be compared.
    """
    chosen = None if puppets is None else set(puppets)
    of_session = {row["id"]: row["puppet"] for row in store.sessions()}
    topics = {
        (row["session"], row["step"]): row["topic"] or ""
        for row in store.rows("SELECT session, step, topic FROM watch_receipts")
    }
    watched: dict[str, list[tuple[str, int, Receipt]]] = {}
    for session, step, receipt in store.receipts():
        puppet = of_session[session]
        if chosen is None or puppet in chosen:
            watched.setdefault(puppet, []).append((session, step, receipt))
    every = [receipt for rows in watched.values() for _, _, receipt in rows]
    time_s = max((s[-1][0] - s[0][0] for r in every if (s := r.samples)), default=0.0) or 1.0
    tops = [max((position for _, position in r.samples), default=0.0) for r in every]
    position_s = max([*tops, *(r.planned_s for r in every)], default=0.0) or 1.0
    found = []
    for puppet, arm in arms.items():
        rows = watched.get(puppet)
        if not rows:
            continue
        planned = {receipt.planned_s for _, _, receipt in rows}
        found.append(
            Chart(
                puppet=puppet,
                arm=arm,
                curves=tuple(
                    Curve(puppet, session, step, receipt, topics.get((session, step), ""),
                          _points(receipt, time_s, position_s))
                    for session, step, receipt in rows
                ),
                time_s=time_s,
                position_s=position_s,
                planned_y=_y(planned.pop(), position_s) if len(planned) == 1 else None,
                x_ticks=tuple((round(at / time_s * WIDTH, 1), at) for at in ticks(time_s, 5)),
                y_ticks=tuple((_y(at, position_s), at) for at in ticks(position_s, 4)),
            )
        )  # fmt: skip
    return found


def arms_of(rows: Iterable[Row]) -> dict[str, str]:
    """Puppet → arm, of rows of the table ``puppets``."""
    return {row["id"]: row["arm"] for row in rows}


def _points(receipt: Receipt, time_s: float, position_s: float) -> str:
    if len(receipt.samples) < 2:
        return ""
    first = receipt.samples[0][0]
    return " ".join(
        f"{(at - first) / time_s * WIDTH:.1f},{_y(position, position_s)}"
        for at, position in receipt.samples
    )


def _y(position: float, position_s: float) -> float:
    return round(HEIGHT - position / position_s * HEIGHT, 1)
