"""What load a plan puts on a site: said before anybody is asked whether that is all right."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from collector.addresses import parts_of
from collector.scenario.plan import Plan
from collector.scenario.steps import StepKind
from collector.scenario.verb import traits


@dataclass(frozen=True, slots=True)
class Load:
    """Of a whole plan; ``most_a_minute``: page loads when all puppets of a block run at once."""

    puppets: int
    pages: int
    searches: int
    watches: int
    marks: int
    most_a_minute: float
    checked: tuple[str, ...] = ()
    """Hosts beside the site that each session asks for its address, before and after."""

    def __str__(self) -> str:
        counted = (
            _counted(self.pages, "page load", "page loads"),
            _counted(self.searches, "search", "searches"),
            _counted(self.watches, "watch", "watches"),
            _counted(self.marks, "like or the like", "likes and the like"),
        )
        used = ", ".join(one for one in counted if not one.startswith("0 ")) or "no page loads"
        by = _counted(self.puppets, "puppet", "puppets")
        told = f"{used} by {by}, at most {self.most_a_minute:,.0f} page loads a minute"
        asked = f"; asked for the address by each session: {', '.join(self.checked)}"
        return told + (asked if self.checked else "")


def _counted(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"


def load_of(plan: Plan, spacing_s: float) -> Load:
    """The load of a plan whose puppets leave ``spacing_s`` seconds between two page loads."""
    kinds: Counter[StepKind] = Counter()
    pages = 0
    checks: dict[str, None] = {}
    for session in plan.sessions:
        way = session.persona.proxy
        if way is not None and way.asks is not None:
            checks[parts_of(way.asks).host] = None
        for step in session.steps:
            kinds[step.kind] += 1
            verb = traits(step.kind)
            pages += bool(verb.leads or verb.brings_page(step.args))
    together = max((len(block) for block in plan.blocks), default=0)
    return Load(
        puppets=len({session.puppet for session in plan.sessions}),
        pages=pages,
        searches=kinds[StepKind.SEARCH],
        watches=kinds[StepKind.WATCH],
        marks=sum(n for kind, n in kinds.items() if traits(kind).leaves_mark),
        most_a_minute=together * 60 / max(spacing_s, 1.0),
        checked=tuple(checks),
    )
