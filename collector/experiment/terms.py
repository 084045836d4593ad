"""What a run is asked to do and what came of it: the words between command line and engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from collector.experiment.layout import RunDir
from collector.recording.options import LIMIT_BYTES
from collector.scenario.plan import Plan
from collector.store import SessionState
from collector.submit import FlushResult


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What ``collector run`` can be told; the defaults are its own."""

    site: str | None = None
    submit_to: str = "mock"
    out: Path | None = None
    seed: int | None = None
    workers: int | None = None
    driver: str = "chromium"
    headed: bool = False
    speed: str | None = None
    tracing: str = "off"
    video: str = "off"
    screenshot: str = "off"
    record: str = "off"
    record_limit: int = LIMIT_BYTES
    purpose: str = "run"
    """``demo`` marks a directory that a later demo may make anew."""
    command: str = ""
    """The command line that repeats the run."""
    mock_options: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the own mock's configuration (era, faults, recommender, …)."""

    def to_dict(self) -> dict[str, Any]:
        """As the manifest keeps them, for a run that goes on."""
        found = asdict(self)
        found["out"] = None if self.out is None else str(self.out)
        found["mock_options"] = {
            name: str(value) if isinstance(value, Path) else value
            for name, value in self.mock_options.items()
        }
        return found

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Options as :meth:`to_dict` wrote them. Raises TypeError for others."""
        return cls(**{**data, "out": Path(data["out"]) if data["out"] else None})


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run came to."""

    run: str
    out: RunDir
    plan: Plan
    target: str
    states: Mapping[str, SessionState]
    captures: int
    missing: int
    """Planned steps with another outcome than done."""
    interrupted: bool
    submitted: FlushResult | None
    """``None``: nothing was to be sent, or the run was interrupted before."""
    next_due: datetime | None = None
    """When the next wave begins, if the run has later ones that are not due yet."""
    read_back: int | None = None
    """Observations that the server says it holds of the puppets, if it was asked."""

    @property
    def unsent(self) -> int:
        return 0 if self.submitted is None else self.submitted.left + self.submitted.failed

    @property
    def exit_code(self) -> int:
        """0: all there; 1: a cell or a submission is missing; 130: interrupted."""
        if self.interrupted:
            return 130
        good = all(state is SessionState.DONE for state in self.states.values())
        return 0 if good and not self.missing and not self.unsent else 1
