"""The ledger as a worker sees it: claim a session, keep the claim alive, write down each step.

Protects two rules. Nothing is done twice: every method that writes takes the lease, and a lease
that is over or was given to somebody else raises :class:`LeaseLost` with nothing written. A session
has one writer: what a worker is told about where to begin it learns after its claim, never before.

The protocol is narrow so that it can stand on a file (:class:`StoreLedger`) or behind HTTP.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Protocol, Self

from collector.common.errors import UserError
from collector.common.model import Receipt
from collector.ledger.ledger import close_lost
from collector.store import LeaseLost, Outcome, SessionState, Store
from collector.store import leases as table
from collector.store.leases import Lease, Owner
from collector.store.steady import steady_s

__all__ = ["LEASE_S", "Keeper", "Lease", "LeaseLost", "Ledger", "Owner", "StepRow", "StoreLedger"]

LEASE_S = 60.0
"""How long a worker may be silent before its session is anybody's."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """Where one step of a session stands."""

    step: int
    kind: str
    started: bool
    outcome: Outcome | None
    """``None``: it has not finished."""


class Ledger(Protocol):
    """What a worker may ask of the ledger. Every call is one transaction."""

    def claim(self, session: str, owner: Owner, length_s: float) -> Lease:
        """Take a session.

        :raises LeaseHeld: somebody has it, or another session of the same puppet.
        :raises NotClaimable: it is done, or its puppet is contaminated.
        """

    def renew(self, lease: Lease, length_s: float) -> Lease:
        """Make a lease last ``length_s`` seconds from now. :raises LeaseLost:"""

    def check(self, lease: Lease) -> None:
        """Make sure that the session is still this process's.

        :raises LeaseLost: the lease is over, or somebody else has the session.
        """

    def steps(self, session: str) -> tuple[StepRow, ...]:
        """The steps of a session in their order."""

    def note(self, lease: Lease, **changes: Any) -> None:
        """Set columns of the session: ``state``, ``ready``, ``started``, ``snapshot_before``,
        ``snapshot_after``. :raises LeaseLost:"""

    def step_started(self, lease: Lease, step: int) -> None:
        """A step begins now. :raises LeaseLost: :raises WrongOrder: it began before."""

    def step_finished(self, lease: Lease, step: int, outcome: Outcome, detail: str = "") -> None:
        """A step ended. :raises LeaseLost: :raises WrongOrder: it did not begin, or ended before"""

    def add_receipt(self, lease: Lease, step: int, receipt: Receipt) -> None:
        """Proof of a watch. :raises LeaseLost: :raises WrongOrder: the step has one already."""

    def release(self, lease: Lease, state: SessionState, detail: str = "") -> SessionState:
        """End a session and give it back; steps left open are closed with ``detail``.

        Answers its state, which is ``contaminated`` when a step was cut off that may have had its
        effect. :raises LeaseLost:
        """


class StoreLedger:
    """The ledger in ``store.db``. One object a thread, as with its store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def claim(self, session: str, owner: Owner, length_s: float) -> Lease:
        """Take a session for ``length_s`` seconds.

        :raises LeaseHeld: somebody has it, or another session of the same puppet.
        :raises NotClaimable: it is done, or its puppet is contaminated.
        """
        return table.claim(self.store, session, owner, length_s)

    def renew(self, lease: Lease, length_s: float) -> Lease:
        """Make a lease last ``length_s`` seconds from now. :raises LeaseLost:"""
        return table.renew(self.store, lease, length_s)

    def check(self, lease: Lease) -> None:
        """Make sure that the session is still this process's. :raises LeaseLost: it is not."""
        table.require(self.store.db, lease.session, lease.token)

    def steps(self, session: str) -> tuple[StepRow, ...]:
        """Return the steps of a session in their order."""
        return tuple(
            StepRow(
                row["step"],
                row["kind"],
                row["started"] is not None,
                Outcome(row["outcome"]) if row["outcome"] else None,
            )
            for row in self.store.steps(session)
        )

    def note(self, lease: Lease, **changes: Any) -> None:
        """Set columns of the session's row. :raises LeaseLost:"""
        with self._under(lease):
            self.store.update_session(lease.session, **changes)

    def step_started(self, lease: Lease, step: int) -> None:
        """Write down that a step begins. :raises LeaseLost: :raises WrongOrder: it began before."""
        with self._under(lease):
            self.store.step_started(lease.session, step)

    def step_finished(self, lease: Lease, step: int, outcome: Outcome, detail: str = "") -> None:
        """Write down how a step ended. :raises LeaseLost: :raises WrongOrder: it is not open."""
        with self._under(lease):
            self.store.step_finished(lease.session, step, outcome, detail)

    def add_receipt(self, lease: Lease, step: int, receipt: Receipt) -> None:
        """Enter the receipt of a watch. :raises LeaseLost: :raises WrongOrder: the step has one."""
        with self._under(lease):
            self.store.add_receipt(lease.session, step, receipt)

    def release(self, lease: Lease, state: SessionState, detail: str = "") -> SessionState:
        """End a session, give it back, and answer the state that it is in. :raises LeaseLost:"""
        with self._under(lease):
            ended = end_session(self.store, lease.session, state, detail)
            table.release(self.store, lease)
        return ended

    def _under(self, lease: Lease) -> AbstractContextManager[None]:
        return self.store.under(lease.session, lease.token)


def end_session(store: Store, session: str, state: SessionState, detail: str) -> SessionState:
    """Close what a session left open and keep its end; answers the state it is in then.

    A session with a contaminated step is contaminated, whatever else ended it.
    """
    with store.transaction():
        close_lost(store, session, detail)
        if any(row["outcome"] == Outcome.CONTAMINATED for row in store.steps(session)):
            state = SessionState.CONTAMINATED
        store.update_session(
            session, state=state, finished=datetime.now(UTC), detail=detail or None
        )
    return state


class Keeper:
    """Keeps a lease alive from a thread of its own while the block runs.

    :param ledger: opens the thread's own way to the ledger.
    """

    def __init__(
        self,
        ledger: Callable[[], AbstractContextManager[Ledger]],
        lease: Lease,
        length_s: float = LEASE_S,
    ) -> None:
        self.lease = lease
        self._open = ledger
        self._length_s = length_s
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._finished.set()
        self._thread.join(self._length_s)

    def check(self) -> None:
        """Make sure that the session is still this process's.

        :raises LeaseLost: by this machine's clock the lease, as last renewed, is over.
        """
        if steady_s() >= self.lease.expires.timestamp():
            raise LeaseLost(f"the lease of {self.lease.session} was over at {self.lease.expires}")

    def _beat(self) -> None:
        """Renew in time. What cannot be renewed runs out, and the next write is refused."""
        try:
            with self._open() as ledger:
                while not self._finished.wait(self._length_s / 4):
                    self.lease = ledger.renew(self.lease, self._length_s)
        except (LeaseLost, UserError):
            return
