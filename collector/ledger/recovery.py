"""Taking up one session that was begun by a worker that is gone.

Protects the rule that nothing is done twice: what the worker left open is closed first, then the
session is judged, and only what never began is planned again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from collector.common.model import Platform
from collector.ledger.checkpoint import Checkpoint
from collector.ledger.lease import StoreLedger
from collector.ledger.ledger import close_lost
from collector.ledger.resume_point import resume_point
from collector.scenario.plan import Plan, PlannedSession
from collector.store import SessionState, Store


def recover_session(
    store: Store,
    plan: Plan,
    session: PlannedSession,
    profiles: Path,
    *,
    why: str,
    virtual: bool,
) -> str:
    """Judge a session that nobody works on: it stands as planned then, from its first step that
    never began, or it is contaminated. Call it within a transaction.

    :param profiles: folder of the run's profiles.
    :param why: it was cut off.
    :returns: why its puppet is contaminated and excluded; empty when it goes on.
    """
    close_lost(store, session.id, why)
    found = resume_point(
        StoreLedger(store).steps(session.id),
        session.steps,
        Checkpoint.read(profiles / session.puppet, session.id),
        platform=Platform(plan.platform),
        virtual=virtual,
    )
    if not found.contaminated:
        store.reopen_skipped(session.id)
        store.update_session(session.id, state=SessionState.PLANNED, finished=None, detail=None)
        return ""
    store.update_session(
        session.id,
        state=SessionState.CONTAMINATED,
        finished=datetime.now(UTC),
        detail=found.contaminated,
    )
    run = store.runs()[0]["id"]
    store.log(run, "contaminated", found.contaminated, level="warning", session=session.id)
    return found.contaminated
