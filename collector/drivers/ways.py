"""What can be said of a run's ways out before it begins.

Protects the rule that what can be refused is refused before the first file is written: a proxy
whose login is not there, a file of authorities that is none.
"""

from __future__ import annotations

from collector.certificates import context_of
from collector.contract.job import SessionJob
from collector.contract.options import RunOptions
from collector.egress import NAME_ONE, NOBODY, Egress, EgressRefused
from collector.scenario.plan import Plan, PlannedSession


def way_of(job: SessionJob, planned: PlannedSession) -> Egress | None:
    """By which way the puppet reaches the site: its arm's or persona's own, else the run's."""
    return planned.persona.proxy or job.browser.proxy


def ways_of(plan: Plan, options: RunOptions) -> tuple[Egress, ...]:
    """The ways out that the puppets of a run take, each once."""
    found = (session.persona.proxy or options.browser.proxy for session in plan.sessions)
    return tuple(dict.fromkeys(way for way in found if way is not None))


def not_read_back(way: Egress) -> str:
    """What is said of a way out of which nobody was asked where it leads.

    >>> not_read_back(Egress.of({"server": "http://p:1", "check": "none"}))
    'by which address and country http://p:1 led to the site was not read back: check is none'
    """
    why = "check is none" if way.check == NOBODY else "the run that is repeated named nobody"
    return f"by which address and country {way} led to the site was not read back: {why}"


def check_egress(
    plan: Plan,
    options: RunOptions,
    *,
    here: bool,
    told: bool,
    begins: bool = True,
    repeats: bool = False,
) -> tuple[str, ...]:
    """Refuse what cannot be used; says what weakens the run, a sentence each. Raises UserError.

    :param here: the puppets are on this machine, so their logins have to be as well.
    :param told: the site says itself from where it is asked, as a mock does.
    :param begins: it is no run that goes on.
    :param repeats: it does again what a run did; one that named nobody is as one with check: none.
    """
    if options.browser.ca is not None:
        context_of(options.browser.ca)
    ways = ways_of(plan, options)
    for way in ways:
        if here and way.is_proxy:
            way.login()
    if told:
        return ()
    for way in ways if begins and not repeats else ():
        if way.unasked:
            raise EgressRefused(
                f"nobody is named who says by which address and country {way} leads to the site",
                place="--proxy" if way == options.browser.proxy else "proxy.check",
                fix="name one with --proxy-check: the address of a JSON answer with ip and country;"
                " or none, which the report then states"
                if way == options.browser.proxy
                else NAME_ONE,
            )
    return tuple(
        not_read_back(way) for way in ways if way.check == NOBODY or (repeats and way.unasked)
    )
