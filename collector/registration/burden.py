"""What a plan costs others: page loads, views, likes, hours. A statement for a preregistration.

Protects the rule that a study says beforehand what it does to a platform and to those who publish
there. Everything is counted from the plan; what a page makes its browser load besides is not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from collector.scenario.estimate import plan_time, readable
from collector.scenario.plan import Plan
from collector.scenario.steps import StepKind
from collector.scenario.verb import STEPS, traits
from collector.scenario.verbs.shared import VIDEO_S


@dataclass(frozen=True, slots=True)
class Burden:
    """What all puppets of a plan do together."""

    puppets: int
    sessions: int
    page_loads: int
    """Pages that steps open; what those pages load themselves is not counted."""
    searches: int
    watches: int
    watch_hours: float
    """Asked for; a watch to the end of an unknown video counts as eight minutes."""
    traces: dict[str, int]
    """Verb → how often: likes, subscriptions and the like."""
    named_videos: dict[str, int]
    """Video that the scenario names → how many views it gets."""
    real_time_hours: float
    """From the first start to the last end, roughly."""

    @property
    def sentence(self) -> str:
        """The statement in one sentence."""
        traces = ", ".join(f"{verb} {n} times" for verb, n in self.traces.items())
        took = readable(timedelta(hours=self.real_time_hours))
        return (
            f"{self.puppets} puppets in {self.sessions} sessions open {self.page_loads} pages,"
            f" search {self.searches} times and watch {self.watches} videos for"
            f" {self.watch_hours:.2f} hours in all; they {traces or 'leave nothing else'};"
            f" about {took} in real time."
        )


def burden_of(plan: Plan) -> Burden:
    """Counts over every planned step of every puppet."""
    verbs: Counter[str] = Counter()
    named: Counter[str] = Counter()
    loads, seconds = 0, 0.0
    for step in (step for session in plan.sessions for step in session.steps):
        verb = traits(step.kind)
        verbs[step.kind] += 1
        loads += verb.leads or verb.brings_page(step.args)
        if step.kind is StepKind.WATCH:
            length = VIDEO_S * (step.args["percent"] or 100) / 100
            asked = step.args["for_s"] or length
            seconds += min(asked, step.args["cap_s"] or asked)
            if step.args["video"]:
                named[step.args["video"]] += 1
    return Burden(
        puppets=len({session.puppet for session in plan.sessions}),
        sessions=len(plan.sessions),
        page_loads=loads,
        searches=verbs[StepKind.SEARCH],
        watches=verbs[StepKind.WATCH],
        watch_hours=round(seconds / 3600, 4),
        traces={
            kind: verbs[kind] for kind, verb in STEPS.items() if verb.leaves_mark and verbs[kind]
        },
        named_videos=dict(sorted(named.items())),
        real_time_hours=round(plan_time(plan).total_seconds() / 3600, 4),
    )
