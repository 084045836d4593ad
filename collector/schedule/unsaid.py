"""What the ledger knows of a session that its process has not said, or says no more."""

from __future__ import annotations

from collector.store import SessionState, Store
from collector.store.leases import current_lease
from collector.store.steady import steady_now


def ended_by_itself(store: Store, session: str) -> tuple[SessionState, str] | None:
    """How the session ended in the ledger, if its last word was lost after it had done so."""
    lease = current_lease(store, session)
    (row,) = store.rows("SELECT state, detail FROM sessions WHERE id = ?", [session])
    state = SessionState(row["state"])
    if lease is None or not lease.released:
        return None
    if state not in (SessionState.DONE, SessionState.CONTAMINATED):
        return None
    return state, row["detail"] or ""


def is_silent(store: Store, session: str) -> bool:
    """Its worker has not renewed its lease: it is stopped or hangs, and may write no more."""
    lease = current_lease(store, session)
    return lease is not None and not lease.released and not lease.good(steady_now())
