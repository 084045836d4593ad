"""What a design can show, worked out from its plan by counting, for tests of scenarios."""

from __future__ import annotations

from math import comb

from collector.scenario.plan import Plan
from collector.scenario.steps import StepKind

#: Surface → where the pages that show it begin.
_PAGES = {"home": "/", "related": "/watch", "search": "/results", "feed": "/"}


def control_of(plan: Plan) -> str:
    """The arm that others are compared with: the declared one, else the first."""
    return plan.scenario["analysis"]["control"] or plan.arms[0]


def least_p(plan: Plan, arm: str) -> float:
    """One over the ways in which the labels of an arm and the control can be exchanged within the
    blocks; twice that where an exchange of all of them is as far from nothing."""
    ways, mirrored = 1, True
    for block in plan.blocks:
        treated = sum(session.arm == arm for session in block)
        others = sum(session.arm == control_of(plan) for session in block)
        ways *= comb(treated + others, treated)
        mirrored = mirrored and treated == others
    return min(1.0, (2 if mirrored else 1) / ways)


def corrected(plan: Plan) -> float:
    """The largest of the least p of all comparisons, times their number (Holm): each topic, or the
    overlap of the lists where no topic is declared, on each surface, for each arm."""
    declared = plan.scenario["analysis"]
    others = [arm for arm in plan.arms if arm != control_of(plan)]
    outcomes = max(1, len(declared["exposure"])) * len(declared["surfaces"]) * len(others)
    return outcomes * max(least_p(plan, arm) for arm in others)


def unmeasured(plan: Plan) -> set[str]:
    """Declared surfaces that some puppet has no captured page of after the treatment."""
    missing: set[str] = set()
    for session in plan.sessions:
        opened = set()
        for step in session.steps:
            if not (step.path.startswith("after.") and step.args.get("capture")):
                continue
            address = step.args.get("url", "").partition("?")[0]
            opened |= {surface for surface, page in _PAGES.items() if address == page}
            opened |= {"search"} if step.kind is StepKind.SEARCH else set()
        missing |= set(plan.scenario["analysis"]["surfaces"]) - opened
    return missing
