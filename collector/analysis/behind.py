"""From a number of the report to the captures that it is made of.

Protects the rule that a verdict can be looked at: every value of a puppet names the captures, one a
slot, whose lists it was computed from. ``collector view`` opens them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.analysis.judging import Answer, Judgement
from collector.analysis.papertables import Table
from collector.analysis.rundata import Page
from collector.analysis.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Given:
    """What one puppet gives to one verdict."""

    puppet: str
    arm: str
    block: int
    value: float | None
    """In the measure's unit; ``None``: it has none, or the outcome is a likeness of two pages."""
    counts: bool
    """It is in use; a puppet that lacks pages of the comparison is not."""
    pages: tuple[Page, ...]
    """One a slot, in the order of the slots."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A verdict, and what each of its puppets gives to it."""

    verdict: Verdict
    given: tuple[Given, ...]

    @property
    def captures(self) -> int:
        """Return how many captures it stands on."""
        return sum(len(each.pages) for each in self.given if each.counts)


def behind(judgement: Judgement) -> tuple[Behind, ...]:
    """Every verdict with the captures behind it, in the order of the verdicts.

    Example: ``behind(judge(load_run(folder)))[0].given[0].pages[0].capture``.
    """
    return tuple(Behind(answer.verdict, _given(answer)) for answer in judgement.answers)


def _given(answer: Answer) -> tuple[Given, ...]:
    measured = answer.measured
    return tuple(
        Given(
            puppet=puppet.name,
            arm=puppet.arm,
            block=puppet.block,
            value=measured.values.get(puppet.name),
            counts=counts,
            pages=measured.shown.get(puppet, ()),
        )
        for counts, puppets in ((True, measured.puppets), (False, measured.lost))
        for puppet in puppets
    )


def captures_table(found: Sequence[Behind]) -> Table:
    """A row a verdict, puppet and capture; in CSV alone, as no paper prints it."""
    return Table(
        "captures",
        "The captures behind each declared outcome",
        (
            "surface", "outcome", "arm", "control", "puppet", "puppet_arm", "block", "value",
            "counts", "slot", "label", "session", "step", "capture",
        ),
        tuple(
            (
                each.verdict.surface, each.verdict.outcome, each.verdict.arm, each.verdict.control,
                one.puppet, one.arm, one.block, one.value, one.counts, page.slot, page.label,
                page.session, page.step, page.capture,
            )
            for each in found
            for one in each.given
            for page in one.pages
        ),
        in_print=False,
    )  # fmt: skip
