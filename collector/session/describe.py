"""A step in a few words for people, and in the longest time it can take for the supervisor."""

from __future__ import annotations

from collector.contract.job import SessionJob
from collector.scenario.plan import PlannedStep
from collector.scenario.verb import traits

#: Real seconds that any step may take beyond the time it is asked to spend.
STEP_LIMIT_S = 300.0
#: Real seconds between two words that a step is getting on.
PROGRESS_EVERY_S = 15.0


def in_words(step: PlannedStep) -> str:
    """A step in a few words, for people who look on."""
    return traits(step.kind).in_words(step.args)


def limit_s(step: PlannedStep, job: SessionJob) -> float:
    """Real seconds after which a step is stuck for certain."""
    verb = traits(step.kind)
    asked = verb.asked_s(step.args) + (job.spacing_s if verb.spaced else 0.0)
    if job.pace.virtual:
        asked /= job.pace.factor or 20
    else:
        asked += verb.waits_s()
    return STEP_LIMIT_S + job.politeness_s + 2 * asked
