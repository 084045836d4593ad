"""What every simulated session does: its clock, its ledger, the pages it files.

Protects the rules of a real session: a step is planned, started and finished; a page in any status
but ``ok`` is a missing cell; what cannot be simulated is skipped and says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from collector.common.identity import KeyPair, pseudonym
from collector.datasets.records import COLUMNS, Enough, Session, Values
from collector.profile import visitor_id_of
from collector.scenario.planned import PlannedSession, PlannedStep
from collector.scenario.steps import StepKind
from collector.scenario.verb import Needs, traits
from collector.session.steps import Lost
from collector.store import Outcome, SessionState
from collector.store.rows import packed
from collector.store.times import to_iso
from mockserver.world import World

#: Between the starts of two blocks.
BLOCK_EVERY_S = 60.0


_SURFACE, _ITEM = map(COLUMNS["impressions"].index, ("surface", "item_id"))


class StepFailed(Exception):
    """The step could not be done; the message says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a simulated step came to, as the ledger has it."""

    outcome: Outcome
    detail: str | None = None


DONE = Result(Outcome.DONE)


@dataclass
class Puppet:
    """What of a puppet outlives a session, beside what the world knows of its viewer."""

    seed: int
    visitor: str
    free: datetime
    """When its last session ended."""
    visited: set[str] = field(default_factory=set)
    """Videos whose watch pages it has had."""


class Simulated:
    """One session. Subclasses have a method ``do_VERB`` for each verb of their platform
    that has more to it than what :meth:`_otherwise` does."""

    platform = ""
    parser = ""

    def __init__(
        self,
        world: World,
        run: str,
        planned: PlannedSession,
        known: Puppet | None,
        *,
        most: int | None = None,
    ) -> None:
        """
        :param known: the puppet as its last session left it; ``None`` for its first.
        :param most: end at the page on which so many impressions are reached.
        """
        self.world = world
        self.run = run
        self.planned = planned
        self.most = most
        self.made = Session(planned.id)
        self.puppet = planned.puppet
        self.first = known is None
        world.ruling.puppets[visitor_id_of(planned.seed)] = (planned.arm, planned.block)
        began = world.now()
        free = began + timedelta(seconds=BLOCK_EVERY_S * (planned.block - 1))
        self.known = known or Puppet(planned.seed, visitor_id_of(planned.seed), free)
        self.visitor = self.known.visitor
        self.seconds = 0.0
        self.due = planned.due.at(began) if planned.due is not None else None
        self._start = max(self.known.free, self.due or self.known.free)
        self._filed = 0
        self._loads = 0
        self._at: PlannedStep | None = None
        self.lost: Lost | None = None

    # ---- the whole session

    def simulate(self) -> Session:
        """Carry out every step; what it left is complete when this returns."""
        planned, made = self.planned, self.made
        if self.first:
            self._introduce()

        began, ended = self.time, None
        for number, step in enumerate(planned.steps):
            if ended is not None:
                self._enter(step, None, None, Result(Outcome.SKIPPED, ended))
                continue
            following = planned.steps[number + 1 : number + 2]
            started, self._at = self.time, step
            try:
                result = self._carry_out(step, following[0].kind if following else None)
            except Enough:
                result, ended = DONE, "the dataset ends before"
            self._enter(step, started, self.time, result)
        if ended is None:
            try:
                self.finish()
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
            ready=began,
            started=began,
            finished=self.time,
            skew_ms=0.0,
            detail=None if ended is None else "the dataset ends here",
        )
        made.add(
            "turns",
            session=planned.id,
            wave=planned.wave,
            slot=planned.slot,
            due=to_iso(self.due) if self.due is not None else None,
            late_s=(self._start - self.due).total_seconds() if self.due is not None else None,
            clock=self.time,
        )
        self.known.free = self._start + timedelta(seconds=self.seconds)
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

    def finish(self) -> None:
        """All steps are done: what is still open ends."""

    def forget(self) -> None:
        """Make the world's viewer as new: what it did is needed no more, and the same puppet can be
        simulated again."""

    def _carry_out(self, step: PlannedStep, following: StepKind | None) -> Result:
        self.seconds += traits(step.kind).simulated_s
        verb, own = traits(step.kind), getattr(self, f"do_{step.kind.value}", None)
        needs = verb.needs_of(step.args)
        if self.lost and (needs is Needs.CONTENT or (needs is Needs.PAGE and not self.lost.came)):
            return Result(Outcome.MISSING, str(self.lost))
        if verb.leads or verb.brings_page(step.args):
            self.lost = Lost(step.index)
        try:
            result: Result = own(step, following) if own else self._otherwise(step)
        except StepFailed as failure:
            return Result(Outcome.FAILED, str(failure))
        return result

    def _enter(
        self, step: PlannedStep, started: str | None, finished: str | None, result: Result
    ) -> None:
        self.made.add(
            "steps",
            session=self.planned.id,
            step=step.index,
            path=step.path,
            kind=step.kind.value,
            args=packed(dict(step.args)),
            seed=step.seed,
            planned=to_iso(self._start),
            started=started,
            finished=finished or self.time,
            outcome=str(result.outcome),
            detail=result.detail,
        )

    # ---- steps of every platform

    def _otherwise(self, step: PlannedStep) -> Result:
        """A verb that has no method ``do_VERB`` here."""
        return Result(Outcome.SKIPPED, f"{step.kind} is not simulated")

    def do_pause(self, step: PlannedStep, following: StepKind | None) -> Result:
        self.seconds += step.args["for_s"]
        return DONE

    # ---- the machinery

    @property
    def time(self) -> str:
        """The session's present."""
        return self.moment()

    def moment(self, seconds: float | None = None) -> str:
        """A time of the session, by its seconds."""
        since = self.seconds if seconds is None else seconds
        return to_iso(self._start + timedelta(milliseconds=round(since * 1000)))

    def _file(
        self,
        *,
        url: str,
        kind: str,
        status: str,
        load: str,
        fields: Mapping[str, Any],
        items: Sequence[Values],
        lang: str,
        login: int,
        step: int,
    ) -> str:
        """A capture, its observation and its impressions; the name of the capture.

        :param items: rows of ``impressions``, capture and position still empty.
        """
        persona, made = self.planned.persona, self.made
        name = f"{self.planned.id}-{self._filed:04d}"
        shown = "\n".join(f"{item[_SURFACE]} {item[_ITEM]}" for item in items)
        made.add(
            "captures",
            id=name,
            run=self.run,
            puppet=self.puppet,
            session=self.planned.id,
            step=step,
            seq=self._filed,
            page_uuid=f"{self.run}/{self.planned.id}/{self._loads}",
            platform=self.platform,
            url=url,
            kind=kind,
            status=status,
            # There is no HTML: the hash is that of what was shown, and the length is none.
            content_hash=hashlib.sha256(f"{url}\n{status}\n{shown}".encode()).hexdigest(),
            size=0,
            client_time=self.time,
            saved_time=self.time,
            viewport_width=persona.viewport[0],
            viewport_height=persona.viewport[1],
            languages=packed([persona.locale]),
            event=load,
            versions=packed({"parser": self.parser}),
        )
        made.add(
            "observations",
            capture=name,
            parser=self.parser,
            platform=self.platform,
            kind=kind,
            status=status,
            url=url,
            lang=lang if status == "ok" else None,
            login=login if status == "ok" else None,
            fields=packed(dict(fields)) if status == "ok" else "{}",
            impressions=len(items),
            unparsed=0,
        )
        rows = made.tables["impressions"]
        # Capture, surface and position are the first three columns.
        rows += [(name, item[1], place, *item[3:]) for place, item in enumerate(items, 1)]
        self._filed += 1
        self.made.rows += len(items)
        return name

    def _enough(self) -> None:
        """End the session where as many rows are made as were asked for.

        :raises Enough: the page that was just filed is the last that is wanted.
        """
        if self.most is not None and self.made.rows >= self.most:
            raise Enough
