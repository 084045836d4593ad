"""What a run came to, for the command line and for tests that ran one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from collector.contract.layout import RunDir
from collector.scenario.plan import Plan
from collector.store import SessionState
from collector.submit import FlushResult


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
        """Return how many items still wait to be sent or were refused; 0 where none were to be."""
        return 0 if self.submitted is None else self.submitted.left + self.submitted.failed

    @property
    def exit_code(self) -> int:
        """0: all there; 1: a cell or a submission is missing; 130: interrupted."""
        if self.interrupted:
            return 130
        good = all(state is SessionState.DONE for state in self.states.values())
        return 0 if good and not self.missing and not self.unsent else 1
