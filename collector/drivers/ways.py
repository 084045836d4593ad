"""What can be said of a run's ways out before it begins.

Protects the rule that what can be refused is refused before the first file is written: a proxy
whose login is not there, a file of authorities that is none.
"""

from __future__ import annotations

from collector.certificates import context_of
from collector.contract.job import SessionJob
from collector.contract.options import RunOptions
from collector.egress import Egress
from collector.scenario.plan import Plan, PlannedSession


def way_of(job: SessionJob, planned: PlannedSession) -> Egress | None:
    """By which way the puppet reaches the site: its arm's or persona's own, else the run's."""
    return planned.persona.proxy or job.browser.proxy


def ways_of(plan: Plan, options: RunOptions) -> tuple[Egress, ...]:
    """The ways out that the puppets of a run take, each once."""
    found = (session.persona.proxy or options.browser.proxy for session in plan.sessions)
    return tuple(dict.fromkeys(way for way in found if way is not None))


def check_egress(plan: Plan, options: RunOptions, *, here: bool) -> tuple[str, ...]:
    """Refuse what cannot be used; says what weakens the run, a sentence each. Raises UserError.

    :param here: the puppets are on this machine, so their logins have to be as well.
    """
    if options.browser.ca is not None:
        context_of(options.browser.ca)
    ways = ways_of(plan, options)
    for way in ways:
        if here and way.is_proxy:
            way.login()
    untold = [way for way in ways if way.country is not None and way.check is None]
    if untold and options.site not in (None, "mock"):
        return tuple(
            f"{way} should leave from {way.country}, and nobody is named who says from where it"
            " does: add check: URL to the proxy (the address of a JSON answer with ip and country)"
            for way in untold
        )
    return ()
