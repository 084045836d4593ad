"""Puppets that are compared start at the same moment, and how nearly they did is kept.

A block waits until every member stands ready or is known to be lost; then all go. Lists drift with
time, so the achieved skew belongs to the data. A puppet's sessions follow one another: a block is
not opened before the earlier sessions of its puppets have ended, nor before it is due.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from collector.scenario.calendar import SLOT_GRACE
from collector.scenario.estimate import AT_ONCE, readable, session_time
from collector.scenario.plan import Plan


@dataclass
class Block:
    """The sessions of one start; a block too large for the machine is several of these."""

    number: int
    part: int
    """0-based part of a divided block."""
    members: tuple[str, ...]
    after: Mapping[str, str] = field(default_factory=dict)
    """Member → the session of the same puppet that must have ended before."""
    opens_wave: bool = False
    """It begins a wave after the first."""
    due: datetime | None = None
    """Not before this moment; ``None``: as soon as its turn has come."""
    expires: datetime | None = None
    """Not after this one: it is missed then."""
    ready: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    """Members that ended before the start."""
    started: dict[str, float] = field(default_factory=dict)
    """Session → wall clock (seconds since 1970) at which it passed the barrier."""
    gone: bool = False

    @property
    def may_go(self) -> bool:
        """Return whether it has not gone, somebody is ready, and nobody is waited for."""
        return not self.gone and bool(self.ready) and self.ready | self.lost >= set(self.members)

    @property
    def members_left(self) -> tuple[str, ...]:
        """Members that have not been lost."""
        return tuple(member for member in self.members if member not in self.lost)

    @property
    def complete(self) -> bool:
        """Every member that could start has said when."""
        return self.gone and set(self.started) | self.lost >= set(self.members)

    @property
    def skew_ms(self) -> float | None:
        """Milliseconds between the first and the last start; ``None`` with fewer than two."""
        if len(self.started) < 2:
            return None
        return round((max(self.started.values()) - min(self.started.values())) * 1000, 3)

    def skew_of_ms(self, session: str) -> float:
        """Milliseconds after the first start of the block."""
        return round((self.started[session] - min(self.started.values())) * 1000, 3)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Blocks in their order, and how many sessions may be open at once."""

    blocks: tuple[Block, ...]
    workers: int
    notes: tuple[str, ...] = ()
    """What was changed to keep a block together, or why it could not be."""


#: More browsers than this at once only add latency and memory on any machine met so far.
CAP = AT_ONCE


def schedule(
    sessions: Sequence[tuple[str, int]],
    workers: int | None = None,
    *,
    cap: int = CAP,
    twins: Mapping[str, int] | None = None,
) -> Schedule:
    """Sessions (id, block), in plan order, into starts.

    :param twins: session → number of its twin. A block that is divided is divided between twins
        wherever the twins of one number fit together, so that each part holds as many puppets of
        one arm as of another: then the time between two parts falls on all arms alike, and labels
        may still be exchanged within the whole block.
    :param workers: how many browsers at once; ``None``: the largest block, at least 2, at most
        ``cap``. Fewer than one twin of every arm needs are raised to that, up to ``cap``; a block
        that is larger is divided, and both are noted.
    """
    order: dict[int, list[str]] = {}
    for session, number in sessions:
        order.setdefault(number, []).append(session)
    rows = {number: _rows(members, twins or {}) for number, members in order.items()}
    largest = max((len(members) for members in order.values()), default=1)
    widest = max((len(row) for each in rows.values() for row in each), default=1)
    notes: list[str] = []
    at_once = min(max(2, largest), cap) if workers is None else workers
    if at_once < (needed := min(widest, cap)):
        notes.append(
            f"{at_once} workers are too few to start {_a(widest, largest)} together: using {needed}"
        )
        at_once = needed
    if at_once < largest:
        notes.append(
            f"a block has {largest} puppets, more than the {at_once} that may run at once: it is"
            " divided, and its parts do not start at the same moment (docs/scenario.md, Blocks)"
        )
    blocks: list[Block] = []
    for number in order:
        for part, some in enumerate(_parts(rows[number], at_once)):
            blocks.append(Block(number, part, tuple(some)))
    return Schedule(tuple(blocks), at_once, tuple(notes))


def schedule_of(
    plan: Plan, workers: int | None = None, *, started: datetime | None = None
) -> Schedule:
    """The starts of a plan.

    :param started: when the run began, where puppets live in real time and so wait until they are
        due; ``None`` on a virtual clock, where one session follows the other at once.
    """
    starts = plan.blocks
    found = schedule(
        [(session.id, number) for number, start in enumerate(starts, 1) for session in start],
        workers,
        twins={session.id: session.twin for session in plan.sessions},
    )
    before = plan.before
    blocks = []
    for block in found.blocks:
        first = starts[block.number - 1][0]
        block = replace(
            block,
            after={one: before[one] for one in block.members if one in before},
            opens_wave=first.wave > 1 and first.slot == 1,
        )
        if first.due is not None and started is not None:
            block = replace(block, due=first.due.at(started), expires=first.due.expires(started))
        blocks.append(block)
    notes = found.notes if started is None else (*found.notes, *_crowded(plan, found))
    return replace(found, blocks=tuple(blocks), notes=notes)


def _crowded(plan: Plan, order: Schedule) -> Iterator[str]:
    """Say it if the starts of one slot take so long that the last ones would be missed."""
    slot = [start for start in plan.blocks if start[0].start[:2] == (1, 1)]
    if slot[0][0].due is None or slot[0][0].due.daily is None:
        return
    starts = [block for block in order.blocks if block.number <= len(slot)]
    longest = max(session_time(session, plan.spacing) for start in slot for session in start)
    at_once = max(1, order.workers // max(len(block.members) for block in starts))
    rounds = math.ceil(len(starts) / at_once)
    if (rounds - 1) * longest > SLOT_GRACE:
        yield (
            f"{len(starts)} blocks are due at each slot and {at_once} can run at once, for about"
            f" {readable(longest)} each: the last ones will be missed; raise --workers, or plan"
            " fewer twins or shorter sessions"
        )


def _a(row: int, block: int) -> str:
    """What has to start together: a whole block, or one twin of every arm of it."""
    return f"a block of {row} puppets" if row == block else f"one twin of each of {row} arms"


def _rows(members: Sequence[str], twins: Mapping[str, int]) -> list[list[str]]:
    """The members of a block, those of one twin number together."""
    return [list(row) for _, row in groupby(members, key=twins.get)]


def _parts(rows: Sequence[Sequence[str]], most: int) -> Iterable[Sequence[str]]:
    """As few parts of at most ``most`` members as can be, as even as can be, of whole rows; of
    pieces of a row where not even one row fits."""
    widest = max(map(len, rows))
    if widest > most or len(rows) == 1:
        members = [member for row in rows for member in row]
        size = math.ceil(len(members) / math.ceil(len(members) / most))
        for begin in range(0, len(members), size):
            yield members[begin : begin + size]
        return
    parts = math.ceil(len(rows) / (most // widest))
    size = math.ceil(len(rows) / parts)
    for begin in range(0, len(rows), size):
        yield [member for row in rows[begin : begin + size] for member in row]
