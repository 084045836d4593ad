"""Carrying out a run that is decided: ledger, sessions, truth, manifest, submission.

Protects the order of things: the plan and the ledger are on disk before the first browser opens;
what the run was is written down before anything is sent. A run that goes on takes the same way as
one that begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx

from collector.addresses import parts_of
from collector.common.errors import UserError
from collector.common.model import Platform
from collector.common.typed import typed
from collector.contract.job import Manners, SessionJob
from collector.contract.layout import RunDir
from collector.contract.places import NOWHERE, stays_here
from collector.files import shared_file
from collector.labelfile import read_labels
from collector.ledger.ledger import enter_plan
from collector.mock.mockoptions import holds_truths, puppets_of
from collector.mock.readback import read_back, totals
from collector.mock.served import MOST_LIVES, fresh_life, is_our_mock
from collector.mock.truth import (
    SOURCE,
    Truth,
    TruthRefused,
    give_memories,
    keep_labels,
    keep_sightings,
    keep_truth,
)
from collector.profile import Profile
from collector.run import manifest as written
from collector.run.context import RunContext
from collector.run.executors import executing
from collector.run.patterned import label_shown, patterns_of
from collector.run.puppets import keys_of, make_puppets, visitors
from collector.run.result import RunResult
from collector.scenario.plan import PlannedSession
from collector.scenario.politeness import politeness_of
from collector.schedule.display import Display
from collector.schedule.engine import Engine, EngineResult
from collector.store import SessionState, Store
from collector.submit import submit_run


def write_plan(setting: RunContext) -> None:
    """Write down what will be done, before anything is started; from here on it can be resumed."""
    shared_file(setting.out.plan, setting.plan.to_json())
    written.write(setting, "running")


def execute_run(setting: RunContext, display: Display, read_after: bool) -> RunResult:
    """Do what is still to be done of a run, and all that follows.

    :raises UserError: something ended the run that no session could do without; what was done is
        on record, and the run can be resumed.
    """
    plan, out = setting.plan, setting.out
    written.write(setting, "running")
    puppets = make_puppets(
        plan,
        out.profiles,
        reproducible=_proved(setting),
        source=setting.options.profiles,
        life=_life(setting),
    )
    _introduce(setting, puppets)
    setting = replace(setting, patterns=patterns_of(plan, setting.labels_path))
    with Store(out.store) as store:
        if not store.runs():
            _enter(setting, store, puppets)
        if not setting.before.get("begun"):
            # From here on a store that is missing was lost, and is not one that is still to be.
            setting = replace(setting, before={**setting.before, "begun": True})
            written.write(setting, "running")
        store.update_run(setting.run, state="running", finished=None)
        ended = _run(setting, store, display)
        state = "interrupted" if ended.interrupted else "finished"
        if ended.next_due is not None:
            state = "waiting"
        keeping = suppress(UserError, OSError) if ended.fatal else nullcontext()
        with keeping:
            _keep_truth(setting, store, puppets)
            label_shown(store, setting.patterns)
            store.update_run(setting.run, state=state, finished=datetime.now(UTC))
            written.write(setting, state, ended, store)
        if ended.fatal is not None:
            raise _resumable(ended.fatal, out)
        captures = sum(1 for _ in store.captures())
        missing = written.missing_steps(store, to_come=ended.next_due is not None)
        states = {row["id"]: SessionState(row["state"]) for row in store.sessions()}
    submitted, held = None, None
    if setting.target != NOWHERE and not ended.interrupted:
        display.say(f"submitting to {setting.target}")
        ca = setting.options.browser.ca
        submitted = submit_run(out.root, setting.target, keys=keys_of(out.profiles), ca=ca)
        if read_after:
            with Store(out.store) as store:
                held = totals(read_back(store, setting.target, puppets, plan.platform, ca))
    return RunResult(
        run=setting.run,
        out=out,
        plan=plan,
        target=setting.target,
        states={one: state for one, state in states.items() if state is not SessionState.PLANNED},
        captures=captures,
        missing=missing,
        interrupted=ended.interrupted,
        next_due=ended.next_due,
        submitted=submitted,
        read_back=held,
    )


def _proved(setting: RunContext) -> bool:
    """The server that gets the evidence is a mock of this package for certain.

    Only then may keys follow from the plan, for anybody who has the plan can make them: whoever
    has the keys can read and delete what was sent with them.
    """
    if setting.to_own:
        return True
    if setting.target == NOWHERE or setting.mock is None:
        return False
    token, ca = setting.mock.truth_token, setting.options.browser.ca
    return stays_here(setting.target) and is_our_mock(setting.target, token, ca)


def _life(setting: RunContext) -> int:
    """Which of their visitors the puppets are: on a mock that others have used, new ones."""
    api = setting.place.greeted
    if setting.mock is not None and setting.own is None:
        api = setting.mock.api
    begun = setting.out.profiles.is_dir() and any(setting.out.profiles.iterdir())
    if not api or begun or setting.options.profiles is not None:
        return 0
    return fresh_life(
        api,
        (visitors(setting.plan, life) for life in range(MOST_LIVES)),
        setting.options.browser.ca,
        parts_of(setting.origin).host,
    )


def _run(setting: RunContext, store: Store, display: Display) -> EngineResult:
    plan, own, lock = setting.plan, setting.own, setting.lock
    jobs = {s.id: _job(setting, s) for s in plan.sessions}

    def trouble() -> UserError | None:
        return (own.trouble() if own else None) or executor.trouble()

    with executing(setting.options, jobs, setting.out, display.say) as executor, display:
        return Engine(
            jobs,
            setting.order,
            out=setting.out,
            store=store,
            display=display,
            labels={s.id: (s.id.partition("-")[2], len(s.steps)) for s in plan.sessions},
            on_failure=plan.scenario.get("on_failure", "skip"),
            trouble=trouble,
            pass_fds=(own.lifeline,) if own else (),
            on_process=lock.record if lock else lambda session, pid: None,
            start=executor.start,
            command=executor.command,
        ).run()


def _introduce(setting: RunContext, puppets: Mapping[str, Profile]) -> None:
    """Tell a mock with truths who stands in which arm and block."""
    if setting.mock is None or not _holds_truths(setting):
        return
    places = puppets_of(setting.plan)
    with Truth(setting.mock) as truth:
        truth.introduce({each.visitor_id: places[name] for name, each in puppets.items()})


def _holds_truths(setting: RunContext) -> bool:
    """Whether the mock that is browsed says that it does."""
    served = setting.mock is not None and bool(setting.mock.world.get("truths"))
    return served or holds_truths(setting.plan.scenario)


def _keeps_time(setting: RunContext) -> bool:
    """Whether time means anything to the mock that is browsed."""
    served = setting.mock is not None and "mechanism" in setting.mock.world
    named = "mechanism" in (setting.plan.scenario.get("mock") or {})
    return served or named or _holds_truths(setting)


def _keep_truth(setting: RunContext, store: Store, puppets: Mapping[str, Profile]) -> None:
    """Fetch what the mock says, unless it is the mock that is gone."""
    if setting.mock is None:
        return
    visitors = {profile.visitor_id: name for name, profile in puppets.items()}
    try:
        with Truth(setting.mock) as truth:
            keep_truth(store, truth, setting.run, visitors)
            if _holds_truths(setting) and SOURCE in setting.plan.label_sources:
                # Errors of labels may hang on what was shown, which is known now.
                keep_labels(store, truth, setting.plan.platform)
            began = {
                row["puppet"]: row["id"]
                for row in sorted(store.sessions(), key=lambda row: row["started"] or "")
                if row["started"]
            }
            keep_sightings(
                store,
                truth,
                {visitor: began[name] for visitor, name in visitors.items() if name in began},
                {session.id: session.persona for session in setting.plan.sessions},
            )
    except httpx.TransportError as error:
        raise TruthRefused(
            f"the mock does not answer a question for its truth log ({error})",
            place=setting.mock.api,
            fix="resume the run",
        ) from error


def _resumable(why: UserError, out: RunDir) -> UserError:
    """The error that ended a run, with what to do about it."""
    then = f"collector run --resume {typed(out.root)}"
    return type(why)(
        why.problem, place=why.place, fix=f"{why.fix}; then: {then}" if why.fix else then
    )


def _enter(setting: RunContext, store: Store, puppets: Mapping[str, Profile]) -> None:
    """Write down what will be done, and what things are about."""
    plan, options = setting.plan, setting.options
    platform = Platform(plan.platform)
    with store.transaction():
        store.add_run(
            setting.run,
            scenario=plan.scenario_name,
            seed=plan.seed,
            plan_hash=plan.hash,
            platform=plan.platform,
            site="mock" if setting.place.is_own_mock else setting.origin,
            submit_to=options.submit_to
            if options.submit_to in ("mock", NOWHERE)
            else setting.target,
            experiment_id=plan.experiment_id,
            command=options.command,
            scenario_json=plan.scenario,
            analysis=plan.scenario["analysis"],
            versions=setting.versions,
            environment=written.environment_of(setting),
            started=setting.started,
        )
        pseudonyms = {name: profile.pseudonym for name, profile in puppets.items()}
        enter_plan(store, setting.run, plan, pseudonyms, setting.started)
        if setting.registered is not None:
            told = setting.registered
            store.log(setting.run, "prereg", f"begun under the preregistration {told.sha256}")
            for reason in told.deviations:
                store.log(setting.run, "deviation", reason, level="warning")
        if setting.mock is not None:
            with Truth(setting.mock) as truth:
                give_memories(truth, puppets)
        for source in plan.label_sources:
            if source != SOURCE and setting.labels_path is not None:
                own = read_labels(setting.labels_path, platform)
                store.add_labels(own, source=Path(source).name)
            elif source == SOURCE and setting.mock is not None:
                with Truth(setting.mock) as truth:
                    keep_labels(store, truth, plan.platform)


def _job(setting: RunContext, session: PlannedSession) -> SessionJob:
    options = setting.options
    return SessionJob(
        run=setting.run,
        tells_clock=setting.pace.virtual and _keeps_time(setting),
        patterns=setting.patterns,
        out=setting.out.root.resolve(),
        session=session.id,
        puppet=session.puppet,
        site=setting.origin,
        on_loopback=setting.place.on_loopback,
        pace=setting.pace,
        begins=session.due.at(setting.started).isoformat() if session.due else None,
        driver=options.driver,
        browser=options.browser,
        submit_to=setting.target,
        research_tag=f"{setting.plan.scenario_name}.{session.arm}",
        experiment_id=setting.plan.experiment_id,
        signed_in="signed-in" in setting.plan.scenario.get("requires", ()),
        dialogs=setting.plan.scenario.get("dialogs") or {},
        politeness_s=setting.place.politeness_s,
        manners=Manners.of(
            politeness_of(setting.plan.scenario),
            stated="politeness" in setting.plan.scenario,
            beyond=not setting.place.on_loopback,
        ),
        spacing_s=setting.plan.spacing.total_seconds() if setting.plan.spacing else 0.0,
        truth_api=setting.mock.api if setting.mock else "",
        truth_token=setting.mock.truth_token if setting.mock else "",
    )
