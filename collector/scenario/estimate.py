"""How long a plan takes in real time, roughly: for tables, never for decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from collector.scenario.plan import Plan, PlannedSession, PlannedStep
from collector.scenario.steps import StepKind
from collector.scenario.verb import traits
from collector.scenario.verbs.shared import START_S

#: Puppets that run at once unless a run is told otherwise; a larger block takes longer for it.
AT_ONCE = 8


def step_time(step: PlannedStep) -> timedelta:
    """Real time of one step; videos of unknown length count as eight minutes."""
    return timedelta(seconds=traits(step.kind).real_time(step.args))


def session_time(session: PlannedSession, spacing: timedelta | None = None) -> timedelta:
    """Real time of a session; ``spacing``: least time between two searches."""
    total, since = timedelta(seconds=START_S), spacing
    for step in session.steps:
        took = step_time(step)
        if spacing is not None and since is not None and step.kind is StepKind.SEARCH:
            total += max(spacing - since, timedelta())
            since = timedelta()
        elif since is not None:
            since += took
        total += took
    return total


def plan_time(plan: Plan) -> timedelta:
    """Blocks run one after the other, the puppets of a block side by side, as many as may run at
    once; none before it is due, in a run that starts at midnight."""
    zones = [session.due.timezone for session in plan.sessions if session.due is not None]
    start = datetime(2026, 1, 1, tzinfo=ZoneInfo(zones[0]) if zones else UTC)
    end = start.astimezone(UTC)
    for block in plan.blocks:
        if (due := block[0].due) is not None:
            end = max(end, due.at(start))
        for at in range(0, len(block), AT_ONCE):
            together = block[at : at + AT_ONCE]
            end += max(session_time(session, plan.spacing) for session in together)
    return end - start


def readable(time: timedelta) -> str:
    """``45 s``, ``12 min``, ``3 h 20 min``."""
    seconds = round(time.total_seconds())
    if seconds < 90:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
