"""How a step ended, and what became of the page that it was to bring."""

from __future__ import annotations

from dataclasses import dataclass

from collector.common.model import PageStatus
from collector.platforms.acting import Settled, Waited
from collector.store import Outcome


@dataclass(frozen=True, slots=True)
class StepResult:
    """How a step ended."""

    outcome: Outcome
    detail: str = ""


DONE = StepResult(Outcome.DONE)


@dataclass(frozen=True, slots=True)
class Lost:
    """The page that ``step`` (from 0) was to bring is not there. ``came``: a page came, but its
    status was not ok. Otherwise the page before it is still open."""

    step: int
    came: bool = False

    def __str__(self) -> str:
        return f"step {self.step + 1} did not lead here"


def judged(status: PageStatus, settled: Settled, instead: str = "") -> StepResult:
    """A step that was to bring a page, by the page's status and whether it settled.

    :param instead: what stands in the place of the site's page, if something does.

    >>> judged(PageStatus.OK, Settled(Waited.TIMED_OUT, 0, "'Sign in' lies over the page")).detail
    "the page never settled (ok): 'Sign in' lies over the page"
    """
    if settled.how is Waited.TIMED_OUT:
        never, why = f"the page never settled ({status})", instead or settled.why
        return StepResult(Outcome.MISSING, f"{never}: {why}" if why else never)
    if status is not PageStatus.OK:
        told = f"page status {status}"
        return StepResult(Outcome.MISSING, f"{told}: {instead}" if instead else told)
    return DONE
