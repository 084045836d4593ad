"""The store of one run: a ledger that only moves forward, evidence rows, what was read from them.

Protects two rules: a step is planned → started → finished and gets at most one receipt; a capture
row is written once. Everything else can be computed again from the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from collector.common.model import DEFAULT_PLATFORM, Capture, Observation, Receipt, Timeline
from collector.store import rows
from collector.store.errors import WrongOrder
from collector.store.rows import packed
from collector.store.schema import Outcome, SessionState
from collector.store.times import now_iso, to_iso
from collector.store.writing import Writing


def _time(moment: datetime | None) -> str:
    return now_iso() if moment is None else to_iso(moment)


class Store(Writing):
    """``OUT/store.db``. One object a process (or thread); several processes may write at once.

    :param path: the database file.
    :param create: make it (and its folder) when it is missing.
    :param readonly: open for reading only; what others commit becomes visible.
    :raises UserError: missing, damaged, too new, locked, or full — each with its fix. ::

        with Store(Path("runs/mine/store.db"), readonly=True) as store:
            outcomes = {row["outcome"] for row in store.steps()}
    """

    # -- who and what was planned --------------------------------------------------------------

    def add_run(
        self,
        run: str,
        *,
        scenario: str,
        seed: int,
        plan_hash: str,
        platform: str = DEFAULT_PLATFORM,
        site: str = "mock",
        submit_to: str = "mock",
        experiment_id: str | None = None,
        command: str = "",
        scenario_json: Mapping[str, Any] | None = None,
        analysis: Mapping[str, Any] | None = None,
        versions: Mapping[str, str] | None = None,
        environment: Mapping[str, Any] | None = None,
        started: datetime | None = None,
    ) -> None:
        """Enter a run with state ``running``."""
        self._insert(
            "runs",
            {
                "id": run,
                "scenario": scenario,
                "platform": str(platform),
                "site": site,
                "submit_to": submit_to,
                "seed": seed,
                "plan_hash": plan_hash,
                "experiment_id": experiment_id,
                "state": "running",
                "started": _time(started),
                "command": command,
                "scenario_json": packed(scenario_json or {}),
                "analysis": packed(analysis or {}),
                "versions": packed(versions or {}),
                "environment": packed(environment or {}),
            },
        )

    def update_run(self, run: str, **changes: Any) -> None:
        """Set columns of a run; mappings become JSON, datetimes text. Usual:
        ``update_run(run, state="finished", finished=now, recommender={…})``."""
        self._update("runs", {"id": run}, changes)

    def add_puppet(
        self,
        puppet: str,
        *,
        run: str,
        arm: str,
        twin: int,
        block: int,
        seed: int | None = None,
        pseudonym: str | None = None,
        persona: Mapping[str, Any] | None = None,
    ) -> None:
        """Enter a puppet of a run."""
        self._insert(
            "puppets",
            {
                "id": puppet,
                "run": run,
                "arm": arm,
                "twin": twin,
                "block": block,
                "seed": seed,
                "pseudonym": pseudonym,
                "persona": packed(persona or {}),
            },
        )

    def add_session(
        self,
        session: str,
        *,
        run: str,
        puppet: str,
        block: int,
        position: int,
        seed: int | None = None,
        wave: int = 1,
        slot: int = 1,
        due: datetime | None = None,
        state: SessionState = SessionState.PLANNED,
    ) -> None:
        """Enter a session of a puppet, and its turn."""
        with self.transaction():
            self._insert(
                "sessions",
                {
                    "id": session,
                    "run": run,
                    "puppet": puppet,
                    "block": block,
                    "position": position,
                    "seed": seed,
                    "state": str(state),
                },
            )
            self._insert(
                "turns",
                {
                    "session": session,
                    "wave": wave,
                    "slot": slot,
                    "due": None if due is None else to_iso(due),
                },
            )

    def update_session(self, session: str, **changes: Any) -> None:
        """Set columns of a session: ``state``, ``ready``, ``started``, ``finished``, ``skew_ms``,
        ``detail``, ``snapshot_before``, ``snapshot_after``."""
        self._update("sessions", {"id": session}, changes)

    # -- the ledger ----------------------------------------------------------------------------

    def step_planned(
        self,
        session: str,
        step: int,
        *,
        kind: str,
        path: str = "",
        args: Mapping[str, Any] | None = None,
        seed: int | None = None,
        time: datetime | None = None,
    ) -> None:
        """Enter a step of a session, planned at ``time`` or now."""
        self._insert(
            "steps",
            {
                "session": session,
                "step": step,
                "path": path,
                "kind": str(kind),
                "args": packed(args or {}),
                "seed": seed,
                "planned": _time(time),
            },
        )

    def step_started(self, session: str, step: int, time: datetime | None = None) -> None:
        """Write down that a step begins, at ``time`` or now.

        :raises WrongOrder: it was never planned, or has been started before.
        """
        self._move(
            "UPDATE steps SET started = ? WHERE session = ? AND step = ? AND started IS NULL"
            " AND finished IS NULL",
            (_time(time), session, step),
            f"step {step} of {session} cannot start: not planned, or started before",
        )

    def step_finished(
        self,
        session: str,
        step: int,
        outcome: Outcome | str,
        detail: str = "",
        time: datetime | None = None,
    ) -> None:
        """Close a step. Only ``skipped`` may close one that never started.

        :raises WrongOrder: it did not start, or is closed already.
        """
        outcome = Outcome(outcome)
        started = "" if outcome is Outcome.SKIPPED else " AND started IS NOT NULL"
        self._move(
            # a clock that was moved back in between makes no step end before it began
            "UPDATE steps SET finished = max(?, COALESCE(started, '')), outcome = ?, detail = ?"
            f" WHERE session = ? AND step = ? AND finished IS NULL{started}",
            (_time(time), str(outcome), detail or None, session, step),
            f"step {step} of {session} cannot finish: not started, or finished before",
        )

    def reopen_skipped(self, session: str) -> int:
        """Plan again what was skipped: steps that never began, or that do no harm when they are
        done once more. Answers how many.

        :raises WrongOrder: the session is contaminated: nothing of it may be done any more.
        """
        with self.transaction():
            if self._one(
                "SELECT 1 FROM steps WHERE session = ? AND outcome = ?",
                session,
                Outcome.CONTAMINATED.value,
            ) or self._one(
                "SELECT 1 FROM sessions WHERE id = ? AND state = ?",
                session,
                SessionState.CONTAMINATED.value,
            ):
                raise WrongOrder(f"{session} is contaminated")
            cursor = self.db.execute(
                "UPDATE steps SET started = NULL, finished = NULL, outcome = NULL, detail = NULL"
                " WHERE session = ? AND outcome = ?",
                (session, Outcome.SKIPPED.value),
            )
            return int(cursor.rowcount)

    def add_receipt(self, session: str, step: int, receipt: Receipt) -> None:
        """Enter the receipt of a watch. :raises WrongOrder: the step has a receipt already (nothing
        is watched twice)."""
        with self.transaction():
            if self._one("SELECT 1 FROM receipts WHERE session = ? AND step = ?", session, step):
                raise WrongOrder(f"step {step} of {session} has a receipt already")
            self._insert("receipts", rows.from_receipt(session, step, receipt))

    def log(
        self,
        run: str,
        kind: str,
        message: str,
        *,
        level: str = "info",
        session: str | None = None,
        step: int | None = None,
        data: Mapping[str, Any] | None = None,
        time: datetime | None = None,
    ) -> None:
        """A line in the run's event log (table ``events``)."""
        self._insert(
            "events",
            {
                "time": _time(time),
                "run": run,
                "session": session,
                "step": step,
                "level": level,
                "kind": kind,
                "message": message,
                "data": packed(data or {}),
            },
        )

    def add_query(self, session: str, step: int, time: datetime, gap_s: float | None) -> None:
        """A search was asked at ``time`` on the page's clock, ``gap_s`` after the one before."""
        row = {"session": session, "step": step, "time": to_iso(time), "gap_s": gap_s}
        self._insert("queries", row)

    def add_clock(
        self, session: str, step: int, *, began: datetime, ended: datetime, **watch: datetime
    ) -> None:
        """The page's clock at both ends of a step; ``watch_began``, ``watch_wall``: its watch."""
        row = {"session": session, "step": step, "began": to_iso(began), "ended": to_iso(ended)}
        row |= {name: to_iso(moment) for name, moment in watch.items()}
        self._insert_all("clocks", [row], replace=True)

    def update_turn(self, session: str, **changes: Any) -> None:
        """Set columns of a session's turn: ``late_s``, ``clock``."""
        self._update("turns", {"session": session}, changes)

    def add_persona_checks(self, session: str, checks: Iterable[Mapping[str, Any]]) -> None:
        """What was seen of a puppet: ``name``, ``seen_by``, ``claimed``, ``seen``, ``agrees``."""
        found = [rows.from_check(session, check) for check in checks]
        self._insert_all("persona_checks", found, replace=True)

    # -- evidence and what was read from it ----------------------------------------------------

    def add_capture(self, capture: Capture) -> None:
        """File a capture. Filing the same id twice is an error: evidence is written once."""
        self._insert("captures", rows.from_capture(capture))

    def add_answers(self, capture: str, answers: Sequence[tuple[str, str]]) -> None:
        """What the site's API answered to a captured page: (path, hash), in order. Once."""
        self._insert_all(
            "answers",
            [
                {"capture": capture, "number": number, "path": path, "content_hash": name}
                for number, (path, name) in enumerate(answers)
            ],
        )

    def add_observation(self, capture: str, observation: Observation) -> None:
        """What a parser read from a capture; replaces what an earlier parser read from it."""
        with self.transaction():
            for table in ("impressions", "unparsed", "observations"):
                self.db.execute(f"DELETE FROM {table} WHERE capture = ?", (capture,))
            self._insert("observations", rows.from_observation(capture, observation))
            self._insert_all(
                "impressions",
                [rows.from_impression(capture, item) for item in observation.impressions],
            )
            self._insert_all(
                "unparsed",
                [
                    {
                        "capture": capture,
                        "number": number,
                        "renderer": seen.renderer,
                        "field": seen.field,
                        "error": str(seen.error),
                        "sample": seen.sample,
                    }
                    for number, seen in enumerate(observation.unparsed)
                ],
            )

    def add_timeline(
        self,
        timeline: Timeline,
        *,
        run: str,
        puppet: str,
        session: str | None = None,
        step: int | None = None,
    ) -> None:
        """One load of a feed with its impressions; replaces what was stored of it before."""
        with self.transaction():
            self.db.execute("DELETE FROM feed WHERE timeline = ?", (timeline.id,))
            self.db.execute("DELETE FROM timelines WHERE id = ?", (timeline.id,))
            self._insert(
                "timelines",
                {
                    "id": timeline.id,
                    "run": run,
                    "puppet": puppet,
                    "session": session,
                    "step": step,
                    "started": to_iso(timeline.started),
                    "url": timeline.url,
                    "event": timeline.event,
                    "impressions": len(timeline.impressions),
                },
            )
            self._insert_all(
                "feed",
                [
                    rows.from_feed(timeline.id, number, seen)
                    for number, seen in enumerate(timeline.impressions, 1)
                ],
            )

    def add_labels(self, labels: Mapping[str, str], *, source: str) -> None:
        """Item id → label; a later label of the same item wins."""
        found = [{"item_id": k, "label": v, "source": source} for k, v in sorted(labels.items())]
        self._insert_all("labels", found, replace=True)

    def add_truth(
        self,
        *,
        impressions: Iterable[Mapping[str, Any]] = (),
        watches: Iterable[Mapping[str, Any]] = (),
        pages: Iterable[Mapping[str, Any]] = (),
        puppets: Mapping[str, str],
    ) -> None:
        """Rows of the mock's log, as its ``/_truth`` answers give them; adding them again is safe.

        :param puppets: visitor id → puppet. Visitor ids identify browsers, so only the puppet's
            name is kept.
        """
        served = [rows.from_truth(row, puppets, "truth_impressions") for row in impressions]
        played = [rows.from_truth(row, puppets, "truth_watches") for row in watches]
        sent = [rows.from_truth(row, puppets, "truth_pages") for row in pages]
        with self.transaction():
            self._insert_all("truth_impressions", served, replace=True)
            self._insert_all("truth_watches", played, replace=True)
            self._insert_all("truth_pages", sent, replace=True)
