"""How long a plan takes in real time, roughly: for tables, never for decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from collector.scenario.plan import Plan, PlannedSession, PlannedStep
from collector.scenario.steps import StepKind

#: Seconds to start and close a puppet's browser.
START_S = 4.0
#: Seconds until a page has settled and is filed.
PAGE_S = 3.0
#: Seconds of any other action.
ACTION_S = 0.5
#: Length of a video whose length is not known yet, s.
VIDEO_S = 480.0

_PAGES = frozenset(
    {StepKind.VISIT, StepKind.SEARCH, StepKind.FOLLOW, StepKind.CONSENT, StepKind.REFRESH}
)


def step_time(step: PlannedStep) -> timedelta:
    """Real time of one step; videos of unknown length count as eight minutes."""
    args: Mapping[str, Any] = step.args
    seconds = PAGE_S if step.kind in _PAGES else ACTION_S
    match step.kind:
        case StepKind.WATCH:
            watched = args["for_s"]
            if watched is None:
                watched = VIDEO_S * (args["percent"] or 100) / 100
            seconds += min(watched, args["cap_s"] or watched)
            seconds += PAGE_S if args["video"] else 0
        case StepKind.SLOT:
            seconds = 3600.0
        case StepKind.PAUSE:
            seconds = args["for_s"]
        case StepKind.SCROLL:
            turns = args["times"] or args["screens"] or (args["until"] or 60) / 10
            seconds = turns * max(1.0, args["every_s"] or 0)
        case StepKind.KEYPRESS:
            seconds = args["times"] * max(0.1, args["delay_s"] or 0)
    return timedelta(seconds=seconds)


def session_time(session: PlannedSession) -> timedelta:
    return sum((step_time(step) for step in session.steps), timedelta(seconds=START_S))


def plan_time(plan: Plan) -> timedelta:
    """Blocks run one after the other, the puppets of a block side by side."""
    return sum((max(map(session_time, block)) for block in plan.blocks), timedelta())


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
