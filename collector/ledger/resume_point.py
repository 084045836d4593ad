"""Where a session stands that was cut off, and whether it can go on without doing anything twice.

Protects the rule that a puppet either did exactly what was planned or is excluded. A session goes
on at its first step that never began. If that step needs the page the puppet was on, the page is
opened again, where that does no harm; elsewhere the puppet is contaminated, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.common.model import PageKind, Platform
from collector.ledger.checkpoint import Checkpoint
from collector.ledger.lease import StepRow
from collector.platforms.registry import Genre, spec_of
from collector.scenario.plan import PlannedStep
from collector.scenario.steps import StepKind
from collector.scenario.verb import traits
from collector.store import Outcome


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """``next`` is the index of the first step that is still to be done (one past the last: none).

    ``contaminated``: why the session cannot go on; empty when it can.
    """

    next: int
    contaminated: str = ""


def page_wanted(steps: Sequence[PlannedStep]) -> PlannedStep | None:
    """The step that will need the page that is open now; ``None``: all can do without it."""
    for step in steps:
        verb = traits(step.kind)
        if verb.idle:
            continue
        if verb.closes_page:
            return None
        return None if brings_its_page(step) else step
    return None


def brings_its_page(step: PlannedStep) -> bool:
    """Whatever page is open, it is left by this step for another."""
    return traits(step.kind).brings_page(step.args)


def resume_point(
    rows: Sequence[StepRow],
    planned: Sequence[PlannedStep],
    mark: Checkpoint | None,
    *,
    platform: Platform,
    virtual: bool,
) -> ResumePoint:
    """Judge a session by its ledger, after what it left open was closed.

    :param mark: where the puppet stood last, if that is known.
    :param virtual: time passes on its pages only when the puppet lets it.
    """
    for row in rows:
        if row.outcome is Outcome.CONTAMINATED:
            return ResumePoint(row.step, f"step {row.step} was cut off and may have had its effect")
    done = [row.step for row in rows if row.outcome not in (None, Outcome.SKIPPED)]
    last = max(done, default=-1)
    number = last + 1
    if not done:
        return ResumePoint(number)
    if mark is not None and mark.step < last:
        mark = None
    spec = spec_of(platform)
    if spec.genre is Genre.FEED and (mark is None or mark.open):
        return ResumePoint(number, "the timeline it was reading was lost")
    if mark is not None and mark.nowhere:
        return ResumePoint(number)
    # One past the last step: all that is missing is the session's end.
    wanted = page_wanted(planned[number:])
    if wanted is None:
        return ResumePoint(number)
    if mark is None:
        return ResumePoint(number, f"{wanted.kind} needs the page it was on, which is not known")
    if spec.genre is Genre.FEED:
        return ResumePoint(number, f"{wanted.kind} needs its timeline, which no reload brings back")
    on_video = spec.kind_of(mark.url) is PageKind.VIDEO
    if on_video and wanted.kind is not StepKind.WATCH and not virtual:
        return ResumePoint(
            number, f"{wanted.kind} needs its page, which would play the video again"
        )
    return ResumePoint(number)
