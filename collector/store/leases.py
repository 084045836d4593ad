"""Leases on sessions: one writer at a time, told from its predecessors by a number that only grows.

Protects the rule that nothing is done twice: a worker that was thought dead and wakes up holds an
old number, and every write of its is refused. A lease is over by time alone; nobody has to notice
that its holder is gone. Its times are those of the steady clock, which nobody can move.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

import psutil

from collector.store import steady
from collector.store.errors import LeaseHeld, NotClaimable
from collector.store.fencing import require
from collector.store.schema import SessionState
from collector.store.steady import steady_now
from collector.store.store import Store
from collector.store.times import from_iso, to_iso


@dataclass(frozen=True, slots=True)
class Owner:
    """Who asks for a lease: a process on a machine."""

    host: str
    pid: int
    process_started: float
    """Seconds since 1970 by the steady clock; tells a process from a later one with the same
    number, on this boot and on another."""

    @classmethod
    def this_process(cls) -> Self:
        """Return this process, told by host, id and start (seconds since 1970)."""
        started = steady.beginning_s() + steady.since_boot_s(psutil.Process())
        return cls(socket.gethostname(), os.getpid(), started)

    @property
    def name(self) -> str:
        """Return host and process id, such as ``lab:4711``."""
        return f"{self.host}:{self.pid}"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write one session until ``expires`` (aware)."""

    session: str
    token: int
    owner: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """A row of the table: who had or has a session last."""

    session: str
    token: int
    owner: str
    pid: int | None
    process_started: float | None
    expires: datetime
    released: bool

    def held_by(self, owner: Owner) -> bool:
        """Return whether it is, or was, this very process's, whatever the wall clock says since."""
        return (
            (self.owner, self.pid) == (owner.name, owner.pid)
            and self.process_started is not None
            and steady.same_start(self.process_started, owner.process_started)
        )

    def good(self, now: datetime) -> bool:
        """Return whether it was not given back and lasts beyond ``now``."""
        return not self.released and self.expires > now


def current_lease(store: Store, session: str) -> LeaseRow | None:
    """Who has, or had, a session last."""
    for row in store.rows("SELECT * FROM leases WHERE session = ?", [session]):
        return LeaseRow(
            session=session,
            token=row["token"],
            owner=row["owner"] or "",
            pid=row["pid"],
            process_started=row["process_started"],
            expires=from_iso(row["expires"]),
            released=row["released"] is not None,
        )
    return None


def claim(store: Store, session: str, owner: Owner, length_s: float) -> Lease:
    """Take a session for ``length_s`` seconds.

    :raises LeaseHeld: somebody has it, or another session of the same puppet.
    :raises NotClaimable: it is done, or its puppet is contaminated.
    """
    with store.transaction():
        now = steady_now()
        _check_claimable(store, session, now)
        before = current_lease(store, session)
        token = 1 if before is None else before.token + 1
        expires = now + timedelta(seconds=length_s)
        store.db.execute(
            "INSERT OR REPLACE INTO leases (session, token, owner, pid, process_started, claimed,"
            " expires, released) VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            (session, token, owner.name, owner.pid, owner.process_started, to_iso(now),
             to_iso(expires)),
        )  # fmt: skip
    return Lease(session, token, owner.name, from_iso(to_iso(expires)))


def _check_claimable(store: Store, session: str, now: datetime) -> None:
    rows = list(
        store.rows(
            "SELECT other.id, other.state, l.owner FROM sessions mine"
            " JOIN sessions other ON other.run = mine.run AND other.puppet = mine.puppet"
            " LEFT JOIN leases l ON l.session = other.id AND l.released IS NULL AND l.expires > ?"
            " WHERE mine.id = ?",
            [to_iso(now), session],
        )
    )
    if not rows:
        raise NotClaimable(f"no session is called {session}")
    for row in rows:
        if row["owner"] is not None:
            raise LeaseHeld(f"{row['owner']} has {row['id']}")
        if row["state"] == SessionState.CONTAMINATED:
            raise NotClaimable(f"{row['id']} is contaminated: its puppet is excluded")
        if row["id"] == session and row["state"] == SessionState.DONE:
            raise NotClaimable(f"{session} is done")


def renew(store: Store, lease: Lease, length_s: float) -> Lease:
    """Make a lease that is still good last ``length_s`` seconds from now.

    :raises LeaseLost: it was over already, or somebody else has the session.
    """
    with store.transaction():
        require(store.db, lease.session, lease.token)
        expires = to_iso(steady_now() + timedelta(seconds=length_s))
        store.db.execute(
            "UPDATE leases SET expires = ? WHERE session = ?", (expires, lease.session)
        )
    return Lease(lease.session, lease.token, lease.owner, from_iso(expires))


def release(store: Store, lease: Lease) -> None:
    """Give a session back. :raises LeaseLost: it was no longer ours."""
    with store.transaction():
        require(store.db, lease.session, lease.token)
        _end(store, lease.session, lease.token)


def revoke(store: Store, session: str) -> None:
    """Take a session away from whoever has it: no write under an earlier token succeeds any more.

    For a supervisor that knows the worker to be gone, or gives it up.
    """
    with store.transaction():
        before = current_lease(store, session)
        if before is not None:
            _end(store, session, before.token + 1)


def _end(store: Store, session: str, token: int) -> None:
    store.db.execute(
        "UPDATE leases SET token = ?, released = ? WHERE session = ?",
        (token, to_iso(steady_now()), session),
    )
