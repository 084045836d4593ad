"""What a session knows of drivers: what opens a puppet, and the puppet that stands ready.

Ledger, barrier, filing and snapshots are the same whichever driver is used. A driver opens a puppet
and its actions; who carries out steps with them, the platform says.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.contract.puppet import Puppet
from collector.platforms.registry import PlatformSpec
from collector.profile import Profile
from collector.recording.steps import StepRecorder
from collector.scenario.plan import PlannedSession

CHROMIUM = "chromium"
HTTP = "http"

DRIVERS = (CHROMIUM, HTTP)


@dataclass(slots=True)
class Opened:
    """A puppet that stands ready, and what does its steps."""

    puppet: Puppet
    actions: Any
    """What a runner of steps calls: the platform's actions on this puppet."""
    version: str
    """Of the browser, or of what stands in for it; it is part of every capture's versions."""
    tape: StepRecorder | None = None
    """Told when a step is over, where the browser is recorded or replayed."""
    relaunch: Callable[[Callable[[], None]], None] = field(default=lambda while_closed: None)
    """Close the puppet, call back, and open it again on a blank page; ``actions`` may be others."""
    relaunch_reason: Callable[[], str] = field(default=str)
    """Why it should be relaunched when there is an occasion; empty: it is fine."""
    collect_garbage: Callable[[], None] = field(default=lambda: None)
    """What can be done for one that is worn on the page that it is on."""
    failed: bool = False
    """Set it when a step went wrong: artefacts that are kept on failure are then kept."""


class Driver(Protocol):
    """What opens puppets of one kind."""

    @staticmethod
    def means(*, headed: bool, real: bool = False) -> Means:
        """What it needs of this machine. Raises UserError when it is not there."""

    def open(
        self,
        job: SessionJob,
        planned: PlannedSession,
        profile: Profile,
        out: RunDir,
        spec: PlatformSpec,
    ) -> AbstractContextManager[Opened]:
        """Open one puppet. Raises UserError before it is open, BrowserError at any time."""


class Means(Protocol):
    """What a driver found on this machine to work with."""

    @property
    def version(self) -> str:
        """Return the version of the browser, or of what stands in for it."""

    @property
    def kind(self) -> str:
        """Return which kind of browser, or what in place of one, it is."""
