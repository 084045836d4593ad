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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from collector.errors import UserError
from collector.profile import Persona, persona_from
from collector.scenario.loader import Loaded
from collector.scenario.models import MAX_SEED, Scenario
from collector.scenario.render import args_of
from collector.scenario.steps import Repeat, Step, StepKind

FORMAT = "twinwatch-plan/1"

#: A session with more steps than this was not meant.
MAX_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One thing a puppet does. ``args`` are those of ``render.args_of``; ``path`` is where it is
    written (``arms.control.steps.3``, ``before.0``, ``….repeat[2].steps.0`` for the third round).
    """

    index: int
    kind: StepKind
    args: Mapping[str, Any]
    path: str
    seed: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "index": self.index,
            "kind": self.kind.value,
            "args": dict(self.args),
            "path": self.path,
            "seed": self.seed,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PlannedStep:
        return cls(data["index"], StepKind(data["kind"]), data["args"], data["path"], data["seed"])


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """One puppet's way through the experiment. ``block``, ``order`` and ``twin`` count from 1."""

    id: str
    block: int
    order: int
    arm: str
    twin: int
    puppet: str
    seed: int
    persona: Persona
    steps: tuple[PlannedStep, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "block": self.block,
            "order": self.order,
            "arm": self.arm,
            "twin": self.twin,
            "puppet": self.puppet,
            "seed": self.seed,
            "persona": self.persona.to_dict(),
            "steps": [step.to_dict() for step in self.steps],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PlannedSession:
        return cls(
            id=data["id"],
            block=data["block"],
            order=data["order"],
            arm=data["arm"],
            twin=data["twin"],
            puppet=data["puppet"],
            seed=data["seed"],
            persona=persona_from(data["persona"]),
            steps=tuple(PlannedStep.from_dict(step) for step in data["steps"]),
        )


@dataclass(frozen=True)
class Plan:
    """What will be done. ``source``: SHA-256 of the scenario file; ``scenario``: its content."""

    scenario_name: str
    platform: str
    site: str
    seed: int
    sessions: tuple[PlannedSession, ...]
    scenario: Mapping[str, Any] = field(repr=False)
    source: str = ""
    experiment_id: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "scenario_name": self.scenario_name,
            "platform": self.platform,
            "site": self.site,
            "seed": self.seed,
            "source": self.source,
            "experiment_id": self.experiment_id,
            "scenario": dict(self.scenario),
            "sessions": [session.to_dict() for session in self.sessions],
        }

    def to_json(self) -> bytes:
        """The canonical bytes: sorted keys, no spaces, UTF-8; ``hash`` is their SHA-256."""
        return json.dumps(
            self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode("utf-8")

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(self.to_json()).hexdigest()

    @classmethod
    def from_json(cls, data: bytes | str) -> Plan:
        """The plan in ``plan.json``. Raises UserError."""
        try:
            fields = json.loads(data)
            if fields["format"] != FORMAT:
                raise ValueError(f"its format is {fields['format']!r}")
            return cls(
                scenario_name=fields["scenario_name"],
                platform=fields["platform"],
                site=fields["site"],
                seed=fields["seed"],
                sessions=tuple(PlannedSession.from_dict(each) for each in fields["sessions"]),
                scenario=fields["scenario"],
                source=fields["source"],
                experiment_id=fields["experiment_id"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(
                f"not a plan: {error}",
                place="plan.json",
                fix="make it again: collector plan --json",
            ) from error

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms in the order of the scenario."""
        return tuple(self.scenario["arms"])

    @property
    def blocks(self) -> tuple[tuple[PlannedSession, ...], ...]:
        """The sessions that start together, block by block, each in its order."""
        numbers = sorted({session.block for session in self.sessions})
        return tuple(
            tuple(session for session in self.sessions if session.block == number)
            for number in numbers
        )


def persona_json(persona: Persona) -> dict[str, Any]:
    """A persona as plain data, as the plan and the store carry it."""
    return persona.to_dict()


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
    sessions = []
    for block, arms in enumerate(_blocks(it, master), 1):
        for order, arm in enumerate(arms, 1):
            puppet = f"{arm}-{block}"
            own = derive_seed(master, "session", arm, block)
            sessions.append(
                PlannedSession(
                    id=f"b{block:02d}-{puppet}",
                    block=block,
                    order=order,
                    arm=arm,
                    twin=block,
                    puppet=puppet,
                    seed=own,
                    persona=it.persona_of(arm),
                    steps=_steps(it, arm, own),
                )
            )
    return Plan(
        scenario_name=it.name,
        platform=it.platform.value,
        site=it.site,
        seed=master,
        sessions=tuple(sessions),
        scenario=it.snapshot(),
        source=loaded.sha256,
        experiment_id=loaded.experiment_id,
    )


def _blocks(scenario: Scenario, master: int) -> Iterator[list[str]]:
    """Block b holds twin b of every arm that has one; the order goes round, so that over as many
    blocks as there are arms each arm is at each place once."""
    names = list(scenario.arms)
    base: list[str] = []
    for block in range(max(arm.twins for arm in scenario.arms.values())):
        turn = block % len(names)
        if turn == 0:
            base = names[:]
            random.Random(derive_seed(master, "order", block)).shuffle(base)
        yield [name for name in base[turn:] + base[:turn] if scenario.arms[name].twins > block]


def _steps(scenario: Scenario, arm: str, seed: int) -> tuple[PlannedStep, ...]:
    parts: list[tuple[str, Sequence[Step]]] = [
        ("before", scenario.before),
        *_sessions(scenario, arm),
        ("after", scenario.after),
    ]
    planned: list[PlannedStep] = []
    for prefix, steps in parts:
        for path, step in _expand(steps, prefix):
            if len(planned) == MAX_STEPS:
                raise UserError(
                    f"more than {MAX_STEPS:,} steps once repeats are written out",
                    place=path,
                    fix="repeat fewer times",
                )
            planned.append(
                PlannedStep(len(planned), step.kind, args_of(step), path, derive_seed(seed, path))
            )
    if not planned:
        raise UserError("has nothing to do", place=f"arms.{arm}", fix="add steps to the arm")
    return tuple(planned)


def _sessions(scenario: Scenario, arm: str) -> Iterator[tuple[str, Sequence[Step]]]:
    """The arm's own steps: once, or at every slot of the schedule after waiting for it."""
    steps, slots = scenario.arms[arm].steps, scenario.slots()
    if slots is None:
        yield f"arms.{arm}.steps", steps
        return
    wait, count = slots
    for number in range(count):
        yield f"sessions[{number}]", [wait]
        yield f"arms.{arm}.session[{number}].steps", steps


def _expand(steps: Sequence[Step], prefix: str) -> Iterator[tuple[str, Step]]:
    for number, step in enumerate(steps):
        path = f"{prefix}.{number}"
        if isinstance(step, Repeat):
            for turn in range(step.times):
                yield from _expand(step.steps, f"{path}.repeat[{turn}].steps")
        else:
            yield path, step
