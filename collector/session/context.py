"""What is known of one session wherever it is carried out: its job, its ledger, how it gets on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.contract.progress import Emit, Event, EventKind
from collector.ledger.lease import Keeper, Ledger
from collector.platforms.registry import PlatformSpec
from collector.profile import Profile
from collector.scenario.plan import PlannedSession
from collector.session.clock import PageClock
from collector.session.snapshots import Snapshots
from collector.store import Store


@dataclass(slots=True)
class Context:
    """One session under a lease that is held."""

    job: SessionJob
    planned: PlannedSession
    profile: Profile
    out: RunDir
    store: Store
    """Where its captures go, and what is read from them."""
    ledger: Ledger
    keeper: Keeper
    emit: Emit
    stopped: Callable[[], bool]
    """True once the session should end where it can go on later."""
    cut: Callable[[], bool]
    """True once it has to end at once, wherever it is."""
    spec: PlatformSpec
    begin: int
    """Index of the first step to do; beyond 0, the session was begun before."""
    clock: PageClock
    snapshots: Snapshots
    captures: int = 0
    missing: int = 0
    """Steps that did not end as planned."""

    def say(self, kind: EventKind, **data: Any) -> None:
        """Tell the supervisor how the session gets on."""
        self.emit(Event(kind, self.job.session, data))

    def note(self, **changes: Any) -> None:
        """Write into the session's row of the ledger. :raises LeaseLost: it is somebody else's."""
        self.ledger.note(self.keeper.lease, **changes)
