"""What the clocks showed when a step or a watch began: the page's own, and this machine's.

A run keeps the page's clock of every step (table ``clocks``). A data set has one clock only, and a
run of an earlier version kept that of its captures: where those say that page and machine agreed
all through the session, the machine's clock is the page's; where they do not, the page's is not
known, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from collector.store import Store
from collector.store.rows import Row
from collector.store.times import from_iso, to_iso

#: Page and machine agree if no capture of a session has them further apart.
AGREE = timedelta(seconds=2)


@dataclass
class Clocks:
    """Columns of time by (session, step), as text of the store."""

    steps: dict[tuple[str, int], Row] = field(default_factory=dict)
    """``virtual_time``, ``virtual_finished`` and ``wall_time`` of every step."""
    watches: dict[tuple[str, int], Row] = field(default_factory=dict)
    """``virtual_time`` and ``wall_time`` of every step that has a receipt."""


def clocks(store: Store) -> Clocks:
    """The clocks of every step and watch in a store, of all its sessions."""
    kept = {(row["session"], row["step"]): row for row in store.rows("SELECT * FROM clocks")}
    arrived, sped = _captured(store)
    watched = {
        (row["session"], row["step"]) for row in store.rows("SELECT session, step FROM receipts")
    }
    found = Clocks()
    for step in store.steps():
        key, own = (step["session"], step["step"]), kept.get((step["session"], step["step"]))
        real = own is None and step["session"] not in sped
        found.steps[key] = {
            "virtual_time": own["began"] if own else step["started"] if real else None,
            "virtual_finished": own["ended"] if own else step["finished"] if real else None,
            "wall_time": step["started"],
        }
        if step["started"] is None:
            found.steps[key]["virtual_finished"] = None
        if key in watched:
            found.watches[key] = _watch(own, arrived.get(key), found.steps[key])
    return found


def _watch(own: Row | None, arrived: Row | None, step: Row) -> Row:
    """A watch begins when its page is there: with the step, unless that had to open the page."""
    if own is not None and own["watch_began"]:
        return {"virtual_time": own["watch_began"], "wall_time": own["watch_wall"]}
    if arrived is not None:
        return {"virtual_time": arrived["client_time"], "wall_time": arrived["saved_time"]}
    return {name: step[name] for name in ("virtual_time", "wall_time")}


def _captured(store: Store) -> tuple[dict[tuple[str, int], Row], set[str]]:
    """The last capture of each step, and the sessions whose page clock is not the machine's."""
    last: dict[tuple[str, int], Row] = {}
    sped: set[str] = set()
    for row in store.rows(
        "SELECT session, step, client_time, saved_time FROM captures ORDER BY session, seq"
    ):
        last[row["session"], row["step"]] = row
        if abs(from_iso(row["client_time"]) - from_iso(row["saved_time"])) > AGREE:
            sped.add(row["session"])
    return last, sped


def later(moment: str | None, seconds_s: float) -> str | None:
    """A moment of the store, so many seconds on; ``None`` stays.

    >>> later("2026-01-05T09:00:00.000Z", 1.5)
    '2026-01-05T09:00:01.500Z'
    """
    if moment is None:
        return None
    return to_iso(from_iso(moment) + timedelta(milliseconds=round(seconds_s * 1000)))


def fell_back(args: Mapping[str, Any], outcome: str | None, why: str | None) -> bool | None:
    """Whether a step's ``otherwise`` struck; ``None``: it has none, or the step is not done."""
    if outcome != "done" or args.get("otherwise", "fail") == "fail":
        return None
    return why is not None
