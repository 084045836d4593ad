"""One simulated session: its plan carried out by the real runner of steps, and its rows.

Protects the rules of a real session: a step is planned, started and finished; a page in any status
but ``ok`` is a missing cell; what cannot be simulated is skipped and says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from collector.common.identity import KeyPair, pseudonym
from collector.datasets.clock import Clock
from collector.datasets.filing import RowFiling
from collector.datasets.records import Enough, Session
from collector.datasets.site import Reader, Site
from collector.platforms.registry import spec_of
from collector.profile import visitor_id_of
from collector.scenario.planned import PlannedSession, PlannedStep
from collector.scenario.steps import StepKind
from collector.scenario.verb import traits
from collector.session.pacing import Pacing
from collector.session.results import DONE, StepResult
from collector.session.steps import StepRunner
from collector.store import Outcome, SessionState
from collector.store.rows import packed
from collector.store.times import to_iso
from mockserver.world import World

#: Between the starts of two blocks.
BLOCK_EVERY_S = 60.0


@dataclass
class Puppet:
    """What of a puppet outlives a session, beside what the world knows of its viewer."""

    seed: int
    visitor: str
    free: datetime
    """When its last session ended."""
    had: dict[str, None] = field(default_factory=dict)
    """Addresses of the pages that it has on record, in the order of coming."""


class Simulated:
    """One session. A subclass says on which platform: its site in the world, and its runner.

    :param known: the puppet as its last session left it; ``None`` for its first.
    :param labels: topic by item id, for steps that follow a topic.
    :param seen: what ``reads`` made for the world; sessions of one world share it.
    :param most: end at the page on which so many impressions are reached.
    :param published: count posts that published data would hold, in place of all; of a feed alone.
    """

    runner: ClassVar[type[StepRunner]]
    reads: ClassVar[type[Any]]
    """Makes what reads the pages of a world and remembers what they show."""

    def __init__(
        self,
        world: World,
        run: str,
        planned: PlannedSession,
        known: Puppet | None,
        *,
        seen: Any,
        labels: Mapping[str, str],
        most: int | None = None,
        published: bool = False,
    ) -> None:
        self.world, self.run, self.planned = world, run, planned
        self.seen, self.published = seen, published
        self.made = Session(planned.id)
        self.first = known is None
        world.ruling.puppets[visitor_id_of(planned.seed)] = (planned.arm, planned.block)
        self.began = world.now()
        free = self.began + timedelta(seconds=BLOCK_EVERY_S * (planned.block - 1))
        self.known = known or Puppet(planned.seed, visitor_id_of(planned.seed), free)
        self.due = planned.due.at(self.began) if planned.due is not None else None
        self.clock = Clock(max(self.known.free, self.due or self.known.free))
        self.site = self.open_site()
        reader = Reader(spec_of(self.site.platform).platform, self.site.parser)
        filing = RowFiling(
            spec_of(self.site.platform), self.made, self.clock, run=run, planned=planned,
            reader=reader, labels=labels, had=self.known.had, most=most,
        )  # fmt: skip
        # The world's site is browser and actions in one, and the rows are files and store.
        browser: Any = self.site
        rows: Any = filing
        self.steps = self.runner(
            browser,
            browser,
            rows,
            rows,
            session=planned.id,
            screenshots=Path(),
            pacing=Pacing(browser, clock=lambda: self.clock.seconds),
            reader=reader,  # type: ignore[arg-type]
        )

    def open_site(self) -> Site:
        """The platform in the world as this session's puppet meets it."""
        raise NotImplementedError

    def forget(self) -> None:
        """Make the world's viewer as new: what it did is needed no more, and the same puppet can be
        simulated again."""
        self.site.forget()

    # ---- the whole session

    def simulate(self) -> Session:
        """Carry out every step; what it left is complete when this returns."""
        planned, made, clock = self.planned, self.made, self.clock
        if self.first:
            self._introduce()

        started, ended = clock.written(), None
        for number, step in enumerate(planned.steps):
            if ended is not None:
                self._enter(step, None, StepResult(Outcome.SKIPPED, ended))
                continue
            following = planned.steps[number + 1 : number + 2]
            began = clock.written()
            try:
                result = self._carry_out(step, following[0].kind if following else None)
            except Enough:
                result, ended = DONE, "the dataset ends before"
            self._enter(step, began, result)
        if ended is None:
            try:
                self.steps.finish()
            except Enough:
                ended = "the dataset ends here"
        state = SessionState.DONE if ended is None else SessionState.INTERRUPTED
        made.add(
            "sessions",
            id=planned.id,
            run=self.run,
            puppet=planned.puppet,
            block=planned.block,
            position=planned.order - 1,
            seed=planned.seed,
            state=str(state),
            ready=started,
            started=started,
            finished=clock.written(),
            skew_ms=0.0,
            detail=None if ended is None else "the dataset ends here",
        )
        late_s = (clock.began - self.due).total_seconds() if self.due is not None else None
        made.add(
            "turns",
            session=planned.id,
            wave=planned.wave,
            slot=planned.slot,
            due=to_iso(self.due) if self.due is not None else None,
            late_s=late_s,
            clock=clock.written(),
        )
        self.known.free = clock.began + timedelta(seconds=clock.seconds)
        return made

    def _introduce(self) -> None:
        """The row of the puppet, with its first session."""
        planned = self.planned
        seed = hashlib.sha256(f"key {planned.seed} {planned.puppet}".encode()).digest()
        self.made.add(
            "puppets",
            id=planned.puppet,
            run=self.run,
            arm=planned.arm,
            twin=planned.twin,
            block=planned.block,
            seed=planned.seed,
            pseudonym=pseudonym(KeyPair.generate(seed).public_key),
            persona=packed(planned.persona.to_dict()),
        )

    def _carry_out(self, step: PlannedStep, following: StepKind | None) -> StepResult:
        """A step takes the time of its kind; the rest is the runner's."""
        self.clock.seconds += traits(step.kind).simulated_s
        if step.kind in self.site.beyond or not self.steps.can(step.kind):
            return StepResult(Outcome.SKIPPED, f"{step.kind} is not simulated")
        return self.steps.run(step, following)

    def _enter(self, step: PlannedStep, started: str | None, result: StepResult) -> None:
        self.made.add(
            "steps",
            session=self.planned.id,
            step=step.index,
            path=step.path,
            kind=step.kind.value,
            args=packed(dict(step.args)),
            seed=step.seed,
            planned=to_iso(self.clock.began),
            started=started,
            finished=self.clock.written(),
            outcome=str(result.outcome),
            detail=result.detail or None,
        )
