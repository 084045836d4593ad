"""A plan as data: sessions with their steps and seeds, and the canonical bytes that name it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from types import NoneType
from typing import Any

from collector.common.errors import UserError
from collector.problems import Fixable
from collector.profile import Persona, persona_from
from collector.scenario.calendar import Due
from collector.scenario.durations import parse_duration
from collector.scenario.politeness import politeness_of
from collector.scenario.reading import label_sources
from collector.scenario.steps import StepKind

FORMAT = "twinwatch-plan/2"
_READ = (FORMAT, "twinwatch-plan/1")

#: A session with more steps than this was not meant.
MAX_STEPS = 10_000


#: Member of a plan, a session, a due moment or a step → what it is, for a file that was edited.
_MEMBERS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("scenario_name", "platform", "site", "source", "id", "arm"), (str,)),
    **dict.fromkeys(("puppet", "path", "timezone"), (str,)),
    **dict.fromkeys(("seed", "block", "order", "twin", "wave", "slot", "index", "days"), (int,)),
    **dict.fromkeys(("scenario", "persona", "args"), (dict,)),
    **dict.fromkeys(("sessions", "steps"), (list,)),
    "experiment_id": (str, NoneType),
    "due": (dict, NoneType),
    "nth": (int, NoneType),
    "daily": (list, NoneType),
    "seconds": (int, float),
    "expires_s": (int, float, NoneType),
}
_WORDS = {str: "text", int: "a whole number", float: "a number", list: "a list"}


def _checked(data: Any, where: str = "") -> Any:
    """``data`` if its members are what a plan has in them. Raises ValueError with the member."""
    if not isinstance(data, dict):
        raise ValueError(f"{where or 'it'} must be a mapping of keys to values")
    for name, value in data.items():
        kinds = _MEMBERS.get(name)
        if kinds is not None and type(value) not in kinds:
            words = _WORDS.get(kinds[0], "a mapping of keys to values")
            raise ValueError(f"{where}{'.' * bool(where)}{name} must be {words}")
    if data.get("due") is not None:
        _checked(data["due"], f"{where}.due")
    if any(type(each) is not int for each in data.get("daily") or ()):
        raise ValueError(f"{where}.daily must be a list of whole numbers")
    return data


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
        """Return it as the plan carries it, JSON-ready."""
        return {
            "index": self.index,
            "kind": self.kind.value,
            "args": dict(self.args),
            "path": self.path,
            "seed": self.seed,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PlannedStep:
        """Read it as :meth:`to_dict` writes it."""
        return cls(data["index"], StepKind(data["kind"]), data["args"], data["path"], data["seed"])


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """What a puppet does from the opening of its browser to the snapshot that it leaves.

    ``block``, ``order``, ``twin``, ``wave`` and ``slot`` count from 1. The sessions of one wave,
    slot and block start together, several twins of each arm among them; labels are exchanged within
    a block only. A puppet's next session starts when the one before has ended.
    ``due``: when, counted from the start of the run; ``None``: as soon as its turn has come.
    """

    id: str
    block: int
    order: int
    arm: str
    twin: int
    puppet: str
    seed: int
    persona: Persona
    steps: tuple[PlannedStep, ...]
    wave: int = 1
    slot: int = 1
    due: Due | None = None

    @property
    def start(self) -> tuple[int, int, int]:
        """Sessions with the same one start together; starts follow each other in its order."""
        return self.wave, self.slot, self.block

    def to_dict(self) -> dict[str, Any]:
        """Return it as the plan carries it, JSON-ready."""
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
            "wave": self.wave,
            "slot": self.slot,
            "due": self.due and self.due.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PlannedSession:
        """Read it as :meth:`to_dict` writes it; older plans have no wave, slot and due."""
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
            wave=data.get("wave", 1),
            slot=data.get("slot", 1),
            due=Due.from_dict(data["due"]) if data.get("due") else None,
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
        """Return the plan as its file has it, JSON-ready."""
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
        """Return the SHA-256 of the canonical bytes, 64 hexadecimal digits."""
        return hashlib.sha256(self.to_json()).hexdigest()

    @classmethod
    def from_json(cls, data: bytes | str) -> Plan:
        """The plan in ``plan.json``. Raises UserError."""
        try:
            fields = _checked(json.loads(data))
            if fields["format"] not in _READ:
                raise ValueError(f"its format is {fields['format']!r}")
            for number, session in enumerate(fields["sessions"]):
                _checked(session, f"sessions.{number}")
                for place, step in enumerate(session["steps"]):
                    _checked(step, f"sessions.{number}.steps.{place}")
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
        except (ValueError, LookupError, TypeError) as error:
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
    def spacing(self) -> timedelta | None:
        """Least time between two searches of a puppet."""
        return self._time("spacing")

    @property
    def politeness(self) -> timedelta | None:
        """Least time between two page loads on a site beyond this machine, where it is stated."""
        return politeness_of(self.scenario).spacing

    @property
    def label_sources(self) -> tuple[str, ...]:
        """See :func:`reading.label_sources`."""
        return label_sources(self.scenario.get("labels", "mock"))

    def _time(self, key: str) -> timedelta | None:
        written = self.scenario.get(key)
        try:
            return None if written is None else parse_duration(written)
        except Fixable as error:
            raise UserError(error.message, place=f"plan.json: {key}", fix=error.fix) from error

    @property
    def blocks(self) -> tuple[tuple[PlannedSession, ...], ...]:
        """The sessions that start together, start by start, each in its order."""
        starts: dict[tuple[int, int, int], list[PlannedSession]] = {}
        for session in self.sessions:
            starts.setdefault(session.start, []).append(session)
        return tuple(tuple(starts[key]) for key in sorted(starts))

    @property
    def before(self) -> Mapping[str, str]:
        """Session → the one of the same puppet that must have ended before it starts."""
        found: dict[str, str] = {}
        last: dict[str, str] = {}
        for session in sorted(self.sessions, key=lambda session: session.start):
            if session.puppet in last:
                found[session.id] = last[session.puppet]
            last[session.puppet] = session.id
        return found
