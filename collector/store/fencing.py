"""The check that stands in every write of a session: is its lease still this worker's?

Protects the rule that nothing is done twice: it is asked within the transaction that writes.
"""

from __future__ import annotations

from collector.sqlite import Database
from collector.store.errors import LeaseLost
from collector.store.steady import steady_now
from collector.store.times import to_iso


def require(db: Database, session: str, token: int) -> None:
    """Refuse whoever writes under a token that is not, or no longer, the session's.

    :raises LeaseLost: ``token`` is not the session's, or its lease is over.
    """
    row = db.execute(
        "SELECT token, expires, released FROM leases WHERE session = ?", (session,)
    ).fetchone()
    if row is None or row[0] != token:
        raise LeaseLost(f"{session} is no longer held under token {token}")
    if row[2] is not None:
        raise LeaseLost(f"the lease of {session} was given back or taken away")
    if row[1] <= to_iso(steady_now()):
        raise LeaseLost(f"the lease of {session} was over at {row[1]}")
