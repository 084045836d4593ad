"""Whose turn it is: what may no longer be run, because of what was lost or of the hour.

Protects the rule that nothing is run late in silence: a session that missed its slot, or whose
puppet lost an earlier one, is left out with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from collector.contract.job import SessionJob
from collector.schedule.barrier import Block
from collector.store import SessionState, Store

WAIT_FOR_WAVE = timedelta(hours=2)
"""A run ends, to be resumed, rather than wait longer than this for its next wave."""


def too_far(block: Block, now: datetime) -> bool:
    """The block opens a later wave, too far away to wait for with the program open."""
    if block.due is None or not block.opens_wave:
        return False
    return block.due - now > WAIT_FOR_WAVE


class Turns:
    """What the ledger says of the sessions that have their turn.

    :param on_failure: whether a puppet's later sessions are left out (``skip``) or taken
        (``continue``) after one that failed.
    """

    def __init__(self, store: Store, jobs: Mapping[str, SessionJob], on_failure: str) -> None:
        self.store, self.jobs, self.on_failure = store, jobs, on_failure

    def lost_before(self, session: str, earlier: str | None) -> str:
        """Why a session cannot be what it was meant to be, given those before it."""
        if earlier is None:
            return ""
        rows = self.store.rows(
            "SELECT id, state FROM sessions WHERE puppet = ?", [self.jobs[session].puppet]
        )
        states = {row["id"]: SessionState(row["state"]) for row in rows}
        for one, state in states.items():
            if state is SessionState.CONTAMINATED:
                return f"left out: {one}, an earlier session of the puppet, is {state}"
        if states[earlier] is SessionState.DONE or self.on_failure == "continue":
            return ""
        return f"left out: {earlier}, the puppet's session before, is {states[earlier]}"

    def missed(self, block: Block, now: datetime) -> Iterator[tuple[str, str]]:
        """Sessions of the block whose slot is over and that never began, each with the reason."""
        if block.due is None or block.expires is None or now <= block.expires:
            return
        late = f"{now - block.due}".partition(".")[0]
        for session in block.members_left:
            if all(row["started"] is None for row in self.store.steps(session)):
                yield session, f"missed: due {block.due:%Y-%m-%d %H:%M}Z, {late} ago"
