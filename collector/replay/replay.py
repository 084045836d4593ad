"""Replaying a recorded run: the same puppets, the same plan, the recording for a network.

Protects the rule that a replay shows what the *software* does with what was received: profile
snapshot, persona, steps, seeds and the page's clock are those of the original, and nothing is asked
of any server.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collector.addresses import parts_of
from collector.common.typed import typed
from collector.contract.job import Pace, SessionJob
from collector.contract.layout import RunDir, new_run, open_run
from collector.contract.places import NOWHERE, is_loopback
from collector.drivers.base import CHROMIUM
from collector.drivers.recorded import replay_report
from collector.files import shared_file
from collector.ledger.ledger import enter_plan
from collector.profile.files import private_dir, private_file
from collector.profile.store import read_profile
from collector.recording.compare import Compared, compare
from collector.recording.stored import Head
from collector.replay.replayable import choose, plan_of, snapshots_of
from collector.run import manifest as written
from collector.run.prepare import versions_now
from collector.scenario.plan import Plan, PlannedSession
from collector.schedule.barrier import schedule_of
from collector.schedule.display import Display
from collector.schedule.engine import Engine
from collector.store import SessionState, Store, from_iso


@dataclass(frozen=True, slots=True)
class SessionReplay:
    """One session that was replayed."""

    session: str
    state: str
    detail: str
    compared: tuple[Compared, ...]
    answers: Mapping[str, int]
    """How an answer was found → how many requests; see ``matching.How``."""
    unused: int
    misses: tuple[Mapping[str, Any], ...]
    """Requests without an answer: ``step``, ``method``, ``url``, ``kind``, ``why``."""

    @property
    def equal(self) -> bool:
        """Return whether the session was done and equals its original in all that was compared."""
        return all(each.equal for each in self.compared) and self.state == SessionState.DONE


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What a replay came to."""

    run: str
    out: Path | None
    """Where the replay lies, if it was kept."""
    sessions: tuple[SessionReplay, ...]
    left_out: Mapping[str, str]
    """Recorded session → why it cannot be replayed."""
    interrupted: bool = False

    @property
    def exit_code(self) -> int:
        """0: everything is equal; 1: something differs or was left out; 130: interrupted."""
        if self.interrupted:
            return 130
        return 0 if not self.left_out and all(each.equal for each in self.sessions) else 1


def replay(
    source: Path,
    *,
    display: Display,
    session: str | None = None,
    out: Path | None = None,
    workers: int | None = None,
) -> ReplayResult:
    """Replay the recorded sessions of a run and compare.

    :param source: the run's directory.
    :param session: only this one.
    :param out: a new directory for the replay; without one nothing is kept.
    :param workers: how many browsers at once.
    :raises UserError: there is nothing to replay, or a file of it cannot be read.
    """
    there = open_run(source)
    plan = plan_of(there)
    with Store(there.store, readonly=True) as store:
        heads, left_out = choose(there, store, plan, session)
        snapshots = snapshots_of(there, heads)
        versions = versions_now(plan, CHROMIUM)
        for name, head in heads.items():
            if head.browser != versions["browser"]:
                display.say(
                    f"warning: {name} was recorded with browser {head.browser},"
                    f" it is {versions['browser']} now"
                )
        with _folder(out) as root:
            here = new_run(root)
            private_dir(here.root)
            shared_file(here.plan, plan.to_json())
            run = _enter(there, here, store, plan, heads, versions)
            jobs = {
                s.id: _job(run, here, there, plan, s, heads[s.id], snapshots.get(s.id))
                for s in plan.sessions
                if s.id in heads
            }
            with Store(here.store) as again:
                interrupted = _carry_out(here, again, plan, jobs, workers, display)
                found = [
                    _found(name, here, store, again, replayed=not interrupted) for name in jobs
                ]
            return ReplayResult(
                run=run,
                out=out,
                sessions=tuple(found),
                left_out=left_out,
                interrupted=interrupted,
            )


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    if out is not None:
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="twinwatch-replay-") as folder:
        yield Path(folder)


def _enter(
    there: RunDir,
    here: RunDir,
    store: Store,
    plan: Plan,
    heads: Mapping[str, Head],
    versions: Mapping[str, str],
) -> str:
    """Everything that a session looks up: plan, profiles, labels, what its puppet did before."""
    original = store.runs()[0]
    run = f"{original['id']}-replay"
    for puppet in {s.puppet for s in plan.sessions if s.id in heads}:
        profile = read_profile(there.profiles / puppet)
        folder = private_dir(here.profiles / puppet)
        private_file(folder / "profile.json", json.dumps(profile.to_dict(), indent=2).encode())
    started = datetime.now(UTC)
    with Store(here.store) as again, again.transaction():
        again.add_run(
            run,
            scenario=plan.scenario_name,
            seed=plan.seed,
            plan_hash=plan.hash,
            platform=plan.platform,
            site=original["site"],
            submit_to=NOWHERE,
            command=f"collector replay {typed(there.root)}",
            scenario_json=plan.scenario,
            analysis=plan.scenario["analysis"],
            versions=versions,
            started=started,
        )
        pseudonyms = {row["id"]: row["pseudonym"] for row in store.puppets()}
        enter_plan(again, run, plan, pseudonyms, started)
        labels: dict[str, dict[str, str]] = {}
        for row in store.rows("SELECT item_id, label, source FROM labels"):
            labels.setdefault(row["source"], {})[row["item_id"]] = row["label"]
        for source, some in labels.items():
            again.add_labels(some, source=source)
        _remember(store, again, run, plan, heads)
    here.write_manifest(
        {
            "purpose": "replay",
            "run": run,
            "replays": original["id"],
            "scenario": plan.scenario_name,
            "plan_hash": plan.hash,
            "seeds": written.seeds(plan),
            "versions": dict(versions),
            "started": started.isoformat(timespec="milliseconds"),
        }
    )
    return run


def _remember(store: Store, again: Store, run: str, plan: Plan, heads: Mapping[str, Head]) -> None:
    """What a puppet did in sessions that are not replayed: pages it knows, searches it made."""
    puppets = {s.puppet for s in plan.sessions if s.id in heads}
    for session in plan.sessions:
        if session.id in heads or session.puppet not in puppets:
            continue
        for capture in store.captures(session=session.id):
            again.add_capture(replace(capture, run=run))
        for row in store.rows("SELECT * FROM queries WHERE session = ?", [session.id]):
            again.add_query(session.id, row["step"], from_iso(row["time"]), row["gap_s"])


def _job(
    run: str,
    here: RunDir,
    there: RunDir,
    plan: Plan,
    session: PlannedSession,
    head: Head,
    snapshot: Path | None,
) -> SessionJob:
    return SessionJob(
        run=run,
        out=here.root.resolve(),
        session=session.id,
        puppet=session.puppet,
        site=head.site,
        on_loopback=is_loopback(parts_of(head.site).host),
        # A recorded site does not know how late it is: what took hours is replayed at once.
        pace=Pace(virtual=True),
        begins=head.clock,
        driver=CHROMIUM,
        submit_to=NOWHERE,
        spacing_s=plan.spacing.total_seconds() if plan.spacing else 0.0,
        replay=str((there.recordings / session.id).resolve()),
        snapshot=str(snapshot.resolve()) if snapshot is not None else None,
    )


def _carry_out(
    here: RunDir,
    store: Store,
    plan: Plan,
    jobs: Mapping[str, SessionJob],
    workers: int | None,
    display: Display,
) -> bool:
    """Run the sessions; answers whether that was interrupted. Raises UserError."""
    order = schedule_of(plan, workers)
    blocks = []
    for block in order.blocks:
        members: Sequence[str] = [one for one in block.members if one in jobs]
        if members:
            after = {one: s for one, s in block.after.items() if one in jobs and s in jobs}
            blocks.append(replace(block, members=tuple(members), after=after))
    engine = Engine(
        jobs,
        replace(order, blocks=tuple(blocks)),
        out=here,
        store=store,
        display=display,
        labels={
            s.id: (s.id.partition("-")[2], len(s.steps)) for s in plan.sessions if s.id in jobs
        },
        on_failure="continue",
    )
    with display:
        ended = engine.run()
    store.update_run(store.runs()[0]["id"], state="finished", finished=datetime.now(UTC))
    if ended.fatal is not None:
        raise ended.fatal
    return ended.interrupted


def _found(
    session: str, here: RunDir, store: Store, again: Store, *, replayed: bool
) -> SessionReplay:
    row = next(row for row in again.sessions() if row["id"] == session)
    report: dict[str, Any] = {"answers": {}, "unused": 0, "misses": []}
    path = replay_report(here, session)
    if path.exists():
        report = json.loads(path.read_bytes())
    return SessionReplay(
        session=session,
        state=row["state"],
        detail=row["detail"] or "",
        compared=tuple(compare(session, store, again)) if replayed else (),
        answers=report["answers"],
        unused=report["unused"],
        misses=tuple(report["misses"]),
    )
