"""The ledger as the supervisor keeps it: the whole plan is entered first, nothing is lost silently.

Protects the rule that a cell is never lost without a trace: every planned step has a row before the
first browser opens, and the steps of a session that went down are closed with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from collector.common.model import PageStatus
from collector.scenario.plan import Plan
from collector.scenario.steps import StepKind
from collector.scenario.verb import traits
from collector.store import Outcome, Store


def enter_plan(
    store: Store,
    run: str,
    plan: Plan,
    pseudonyms: Mapping[str, str],
    started: datetime | None = None,
) -> None:
    """Puppets, sessions and steps of a plan, in one transaction. The run's row must be there.

    :param pseudonyms: puppet → the public name of its key.
    :param started: when the run began; sessions are due so long after it.
    """
    with store.transaction():
        seen: set[str] = set()
        for session in plan.sessions:
            if session.puppet not in seen:
                seen.add(session.puppet)
                store.add_puppet(
                    session.puppet,
                    run=run,
                    arm=session.arm,
                    twin=session.twin,
                    block=session.block,
                    seed=session.seed,
                    pseudonym=pseudonyms.get(session.puppet),
                    persona=session.persona.to_dict(),
                )
            store.add_session(
                session.id,
                run=run,
                puppet=session.puppet,
                block=session.block,
                position=session.order - 1,
                seed=session.seed,
                wave=session.wave,
                slot=session.slot,
                due=session.due.at(started) if session.due and started else None,
            )
            for step in session.steps:
                store.step_planned(
                    session.id,
                    step.index,
                    kind=step.kind,
                    path=step.path,
                    args=step.args,
                    seed=step.seed,
                )


#: The detail of a step that was under way when the run was interrupted.
CUT_SHORT = "interrupted"


def cut_off(kind: str) -> Outcome:
    """The outcome of a step that began and never came to its end.

    What has an effect may or may not have had it; so may a verb that is not known here.
    """
    return Outcome.CONTAMINATED if traits(kind).effect else Outcome.SKIPPED


def close_lost(store: Store, session: str, reason: str) -> bool:
    """Close what a session left open. True: a step was cut off that may have had its effect.

    A step that was cut off and does no harm when it is done once more counts as skipped; a capture
    that has filed its page was done.
    """
    contaminated = False
    with store.transaction():
        for step in store.steps(session):
            if step["finished"] is not None:
                continue
            cut = step["started"] is not None
            if cut and (filed := _filed(store, step)):
                good = filed == PageStatus.OK
                outcome = Outcome.DONE if good else Outcome.MISSING
                detail = "" if good else f"page status {filed}"
                store.step_finished(session, step["step"], outcome, detail)
                continue
            outcome = cut_off(step["kind"]) if cut else Outcome.SKIPPED
            contaminated = contaminated or outcome is Outcome.CONTAMINATED
            store.step_finished(session, step["step"], outcome, reason)
    return contaminated


def _filed(store: Store, step: Mapping[str, Any]) -> str | None:
    """The status of the page that a ``capture`` step has filed; ``None``: it has not."""
    if step["kind"] != StepKind.CAPTURE:
        return None
    rows = store.rows(
        "SELECT status FROM captures WHERE session = ? AND step = ? ORDER BY seq DESC LIMIT 1",
        [step["session"], step["step"]],
    )
    return next((str(row["status"]) for row in rows), None)
