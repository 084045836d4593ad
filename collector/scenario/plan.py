"""The plan: every session of every puppet, with its seeds, before anything runs.

Protects the rule that the same scenario and seed give the same bytes, so that a run can be cited
and repeated by its hash. One master seed makes every random choice: each sub-seed is a hash of the
master seed and of the name of what it is for, so that nothing depends on the order in which things
run.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from collector.common.errors import UserError
from collector.scenario.calendar import DAY, SLOT_GRACE, Due
from collector.scenario.loader import Loaded
from collector.scenario.models import MAX_SEED, Scenario
from collector.scenario.ordering import order_of
from collector.scenario.planned import FORMAT, MAX_STEPS, Plan, PlannedSession, PlannedStep
from collector.scenario.render import args_of
from collector.scenario.steps import Repeat, Step, StepKind

__all__ = ["FORMAT", "Plan", "PlannedSession", "PlannedStep", "derive_seed", "make_plan"]

#: A run with more sessions than this was not meant.
MAX_SESSIONS = 50_000


def derive_seed(master: int, *path: object) -> int:
    """The 63-bit seed of ``path`` under ``master``."""
    text = json.dumps([master, *map(str, path)], ensure_ascii=False, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def make_plan(scenario: Loaded | Scenario, seed: int | None = None) -> Plan:
    """Expand ``scenario`` under ``seed`` (the scenario's own by default). Raises UserError."""
    loaded = scenario if isinstance(scenario, Loaded) else Loaded.of(scenario)
    it = loaded.scenario
    master = it.seed if seed is None else seed
    if not 0 <= master <= MAX_SEED:
        raise UserError(
            f"{master} is not a seed", place="seed", fix=f"use a whole number from 0 to {MAX_SEED}"
        )
    sessions = tuple(_sessions(it, master))
    return Plan(
        scenario_name=it.name,
        platform=it.platform.value,
        site=it.site,
        seed=master,
        sessions=sessions,
        scenario=it.snapshot(),
        source=loaded.sha256,
        experiment_id=loaded.experiment_id,
    )


def _rows(scenario: Scenario, master: int) -> Iterator[list[str]]:
    """The arms that have a twin 1, 2, …, each time in the order in which they start; it goes round,
    so that over as many twins as there are arms each arm is at each place once."""
    names = list(scenario.arms)
    base: list[str] = []
    for row in range(max(arm.twins for arm in scenario.arms.values())):
        turn = row % len(names)
        if turn == 0:
            base = names[:]
            random.Random(derive_seed(master, "order", row)).shuffle(base)
        yield [name for name in base[turn:] + base[:turn] if scenario.arms[name].twins > row]


def _blocks(scenario: Scenario, master: int) -> Iterator[list[tuple[str, int]]]:
    """(arm, twin) of the puppets that start together: twins 1 to b of every arm that has them, then
    the next b, and what is left in a last, smaller block."""
    size = scenario.block_size
    block: list[tuple[str, int]] = []
    rows = list(_rows(scenario, master))
    for twin, arms in enumerate(rows, 1):
        block += [(arm, twin) for arm in arms]
        if twin % size == 0 or twin == len(rows):
            yield block
            block = []


@dataclass(frozen=True, slots=True)
class _Turn:
    """One of a puppet's sessions: which, of how many."""

    wave: int
    slot: int
    first: bool
    """Of all sessions of the puppet."""
    last: bool
    """Of its wave."""
    name: str
    """What it adds to the id of the session; empty where a puppet has one session only."""
    due: Due | None


def _turns(scenario: Scenario) -> Iterator[_Turn]:
    daily, slots = scenario.slots() or (None, 1)
    waves, every = scenario.waves, scenario.every()
    zone = scenario.persona.persona().timezone
    for wave in range(1, waves + 1):
        whole = not every % DAY  # then the clock on the wall counts, else the time that passed
        days = (wave - 1) * (every // DAY) if whole else 0
        seconds = timedelta() if whole else (wave - 1) * every
        for slot in range(1, slots + 1):
            name = f"-w{_padded(wave, waves)}" if waves > 1 else ""
            name += f"-s{_padded(slot, slots)}" if slots > 1 else ""
            due = None
            if daily is not None:
                grace = SLOT_GRACE.total_seconds()
                due = Due(days, seconds.total_seconds(), zone, slot, daily, grace)
            elif wave > 1:
                due = Due(days, seconds.total_seconds(), zone, expires_s=every.total_seconds())
            yield _Turn(wave, slot, wave == slot == 1, slot == slots, name, due)


def _padded(number: int, most: int) -> str:
    """With leading zeros, so that names sort as the numbers do."""
    return f"{number:0{max(2, len(str(most)))}d}"


def _sessions(scenario: Scenario, master: int) -> Iterator[PlannedSession]:
    """Every session, start by start."""
    blocks = list(_blocks(scenario, master))
    turns = list(_turns(scenario))
    puppets = sum(map(len, blocks))
    if puppets * len(turns) > MAX_SESSIONS:
        raise UserError(
            f"{puppets:,} puppets with {len(turns):,} sessions each are more than"
            f" {MAX_SESSIONS:,} sessions",
            place="sessions",
            fix="plan fewer days, waves or twins",
        )
    for turn in turns:
        for block, members in enumerate(blocks, 1):
            for order, (arm, twin) in enumerate(members, 1):
                puppet = f"{arm}-{twin}"
                own = derive_seed(master, "session", arm, twin)
                if not turn.first:
                    own = derive_seed(own, "session", turn.wave, turn.slot)
                yield PlannedSession(
                    id=f"b{block:02d}-{puppet}{turn.name}",
                    block=block,
                    order=order,
                    arm=arm,
                    twin=twin,
                    puppet=puppet,
                    seed=own,
                    persona=scenario.persona_of(arm),
                    steps=_steps(scenario, arm, own, turn, twin, master),
                    wave=turn.wave,
                    slot=turn.slot,
                    due=turn.due,
                )


def _steps(
    scenario: Scenario, arm: str, seed: int, turn: _Turn, twin: int, master: int
) -> tuple[PlannedStep, ...]:
    """``before`` opens a puppet's first session, ``after`` closes the last one of every wave."""
    order_seed = partial(derive_seed, master, "order of steps", turn.wave, turn.slot)
    parts: list[tuple[str, Sequence[Step]]] = [
        ("before", scenario.before if turn.first else ()),
        (f"arms.{arm}.steps", scenario.arms[arm].steps),
        ("after", scenario.after if turn.last else ()),
    ]
    planned: list[PlannedStep] = []
    for prefix, steps in parts:
        for path, step in _expand(steps, prefix, twin, order_seed):
            if len(planned) == MAX_STEPS:
                raise UserError(
                    f"more than {MAX_STEPS:,} steps once repeats are written out",
                    place=path,
                    fix="repeat fewer times",
                )
            planned.append(
                PlannedStep(
                    len(planned), StepKind(step.kind), args_of(step), path, derive_seed(seed, path)
                )
            )
    if not planned:
        raise UserError(
            f"session {turn.name.strip('-')} has nothing to do"
            if turn.name
            else "has nothing to do",
            place=f"arms.{arm}",
            fix="add steps to the arm",
        )
    return tuple(planned)


def _expand(
    steps: Sequence[Step],
    prefix: str,
    twin: int,
    seed: Callable[..., int],
    order: Sequence[int] | None = None,
) -> Iterator[tuple[str, Step]]:
    """Steps with their paths, repeats written out, in the order in which ``twin`` takes them."""
    for number in range(len(steps)) if order is None else order:
        step, path = steps[number], f"{prefix}.{number}"
        if not isinstance(step, Repeat):
            yield path, step
            continue
        for turn in range(step.times):
            places = order_of(
                len(step.steps),
                shuffle=step.shuffle,
                counterbalance=step.counterbalance,
                twin=twin,
                turn=turn,
                seed=partial(seed, path),
            )
            inner = f"{path}.repeat[{turn}].steps"
            yield from _expand(step.steps, inner, twin, seed, places)
