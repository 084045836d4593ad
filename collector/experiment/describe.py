"""A step in a few words for people, and in the longest time it can take for the supervisor."""

from __future__ import annotations

from collector.experiment.job import SessionJob
from collector.experiment.steps import CAP
from collector.scenario.plan import PlannedStep
from collector.scenario.steps import StepKind

#: Real seconds that any step may take beyond the time it is asked to spend.
STEP_LIMIT_S = 300.0


def in_words(step: PlannedStep) -> str:
    """A step in a few words, for people who look on."""
    args = step.args
    match step.kind:
        case StepKind.VISIT:
            return f"visit {args['url']}"
        case StepKind.SEARCH:
            return f"search {args['query']!r}"
        case StepKind.WATCH:
            how = (
                "to the end"
                if args["until_end"]
                else f"{args['percent']:g}%"
                if args["percent"] is not None
                else f"{args['for_s']:g} s"
            )
            return f"watch {args['video'] or 'this video'} {how}"
        case StepKind.FOLLOW:
            return f"follow {args['by']}"
        case StepKind.CONSENT:
            return f"consent {args['choice']}"
        case StepKind.PAUSE:
            return f"pause {args['for_s']:g} s"
        case StepKind.SNAPSHOT:
            return f"snapshot {args['name']}"
        case StepKind.SLOT:
            return f"wait for the next of {args['per_day']} a day at :{args['minute']:02d}"
    return step.kind.value


def limit_s(step: PlannedStep, job: SessionJob) -> float:
    """Real seconds after which a step is stuck for certain."""
    asked = 0.0
    if step.kind is StepKind.WATCH:
        asked = step.args["for_s"] or step.args["cap_s"] or CAP.total_seconds()
    elif step.kind is StepKind.PAUSE:
        asked = step.args["for_s"]
    elif step.kind is StepKind.KEYPRESS:
        asked = step.args["times"] * (step.args["delay_s"] or 0)
    elif step.kind is StepKind.SCROLL:
        asked = (step.args["every_s"] or 0) * (step.args["times"] or step.args["screens"] or 1)
    elif step.kind in (StepKind.SEARCH, StepKind.VISIT):
        asked = job.spacing_s
    elif step.kind is StepKind.SLOT:
        asked = 0.0 if job.pace.virtual else 24 * 3600.0
    if job.pace.virtual:
        asked /= job.pace.factor or 20
    return STEP_LIMIT_S + job.politeness_s + 2 * asked
