"""A whole run, from the scenario to the submitted evidence: what ``collector run`` does.

Protects the order of things: everything that can be refused is refused before the first file is
written; the plan and the ledger are on disk before the first browser opens; what the run was is
written down before anything is sent.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from collector.experiment import manifest as written
from collector.experiment.barrier import Schedule, schedule_of
from collector.experiment.display import Display
from collector.experiment.drivers import HTTP, means_of
from collector.experiment.engine import Engine, EngineResult
from collector.experiment.http_driver import check_http
from collector.experiment.job import Pace, SessionJob
from collector.experiment.labels import check_topics, read_labels
from collector.experiment.layout import RunDir, default_out, new_run
from collector.experiment.ledger import enter_plan
from collector.experiment.mocksite import MockSite, mock_site
from collector.experiment.places import NOWHERE, Place, pace_of, place_of, stays_here, target_of
from collector.experiment.puppets import keys_of, make_puppets
from collector.experiment.readback import read_back, totals
from collector.experiment.terms import RunOptions, RunResult
from collector.experiment.truth import SOURCE, Truth, keep_labels, keep_truth
from collector.platforms.kit import kit_of
from collector.profile import Profile
from collector.scenario.loader import Loaded
from collector.scenario.plan import Plan, PlannedSession, make_plan
from collector.store import Store
from collector.submit import api_root, submit_run


@dataclass(frozen=True, slots=True)
class _Setting:
    """Everything decided before the run, and the run's own things."""

    run: str
    loaded: Loaded
    plan: Plan
    options: RunOptions
    place: Place
    pace: Pace
    order: Schedule
    out: RunDir
    versions: Mapping[str, str]
    started: datetime
    origin: str = ""
    target: str = NOWHERE
    mock: MockSite | None = None


def conduct(
    loaded: Loaded,
    options: RunOptions,
    *,
    display: Display,
    confirm: Callable[[str], bool],
    mock: MockSite | None = None,
    read_after: bool = False,
) -> RunResult:
    """Carry out a scenario.

    :param confirm: asked before a site beyond this machine is visited.
    :param mock: a mock that runs already, in place of one for this run alone.
    :param read_after: ask the server for what it holds once everything is sent.
    :raises UserError: for everything that a user can mend, before anything is written.
    """
    plan = make_plan(loaded, options.seed)
    place = place_of(options.site, plan.site, confirm=confirm)
    pace = pace_of(options.speed, place, virtual=options.driver == HTTP)
    target = target_of(options.submit_to)
    check_topics(loaded, mock_labels=place.is_own_mock)
    means = means_of(options.driver, headed=options.headed)
    if options.driver == HTTP:
        check_http(options, plan, place)
    started = datetime.now(UTC)
    order = schedule_of(plan, options.workers, started=None if pace.virtual else started)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", plan.scenario_name)
    out = new_run(options.out or default_out(name), remake_demo=options.purpose == "demo")
    setting = _Setting(
        run=f"{name}-{secrets.token_hex(4)}",
        loaded=loaded,
        plan=plan,
        options=options,
        place=place,
        pace=pace,
        order=order,
        out=out,
        versions=written.versions_of(means, kit_of(plan.platform).parser),
        started=started,
    )
    for note in order.notes:
        display.say(note)
    with ExitStack() as stack:
        if mock is None and (place.is_own_mock or target is None):
            display.say(f"mock server: building the world of seed {plan.seed}")
            own = mock_site(
                seed=plan.seed,
                db=out.mock_db if target is None else None,
                log=out.logs / "mock.log",
                options=options.mock_options,
            )
            mock = stack.enter_context(own)
        if mock is not None:
            mock = mock.on(kit_of(plan.platform).host)
        setting = replace(
            setting,
            origin=place.origin or _of(mock).origin,
            target=api_root(_of(mock).api) if target is None else target,
            mock=mock if place.is_own_mock else None,
        )
        return _carry_out(setting, display, read_after)


def _of(mock: MockSite | None) -> MockSite:
    assert mock is not None  # a run without a mock has named its places itself
    return mock


def _carry_out(setting: _Setting, display: Display, read_after: bool) -> RunResult:
    plan, out = setting.plan, setting.out
    out.plan.write_bytes(plan.to_json())
    _write_manifest(setting, "running")
    reproducible = setting.place.on_loopback and stays_here(setting.target)
    puppets = make_puppets(plan, out.profiles, reproducible=reproducible)
    with Store(out.store) as store:
        _enter(setting, store, puppets)
        engine = Engine(
            {s.id: _job(setting, s) for s in plan.sessions},
            setting.order,
            out=out,
            store=store,
            display=display,
            labels={s.id: (s.id.partition("-")[2], len(s.steps)) for s in plan.sessions},
            on_failure=plan.scenario.get("on_failure", "skip"),
        )
        with display:
            ended = engine.run()
        if setting.mock is not None:
            visitors = {profile.visitor_id: name for name, profile in puppets.items()}
            with Truth(setting.mock) as truth:
                keep_truth(store, truth, setting.run, visitors)
        state = "interrupted" if ended.interrupted else "finished"
        if ended.next_due is not None:
            state = "waiting"
        store.update_run(setting.run, state=state, finished=datetime.now(UTC))
        _write_manifest(setting, state, ended, store)
        captures = sum(1 for _ in store.captures())
        missing = written.missing_steps(store, to_come=ended.next_due is not None)
    submitted, held = None, None
    if setting.target != NOWHERE and not ended.interrupted:
        display.say(f"submitting to {setting.target}")
        submitted = submit_run(out.root, setting.target, keys=keys_of(out.profiles))
        if read_after:
            with Store(out.store) as store:
                held = totals(read_back(store, setting.target, puppets, plan.platform))
    return RunResult(
        run=setting.run,
        out=out,
        plan=plan,
        target=setting.target,
        states=ended.states,
        captures=captures,
        missing=missing,
        interrupted=ended.interrupted,
        next_due=ended.next_due,
        submitted=submitted,
        read_back=held,
    )


def _enter(setting: _Setting, store: Store, puppets: Mapping[str, Profile]) -> None:
    """Write down what will be done, and what things are about."""
    plan, options = setting.plan, setting.options
    store.add_run(
        setting.run,
        scenario=plan.scenario_name,
        seed=plan.seed,
        plan_hash=plan.hash,
        platform=plan.platform,
        site="mock" if setting.place.is_own_mock else setting.origin,
        submit_to=options.submit_to if options.submit_to in ("mock", NOWHERE) else setting.target,
        experiment_id=plan.experiment_id,
        command=options.command,
        scenario_json=plan.scenario,
        analysis=plan.scenario["analysis"],
        versions=setting.versions,
        environment=_environment(setting),
        started=setting.started,
    )
    pseudonyms = {name: profile.pseudonym for name, profile in puppets.items()}
    enter_plan(store, setting.run, plan, pseudonyms, setting.started)
    if setting.mock is not None:
        with Truth(setting.mock) as truth:
            keep_labels(store, truth, plan.platform)
    if (path := setting.loaded.labels_path) is not None:
        store.add_labels(read_labels(path), source=path.name)


def _job(setting: _Setting, session: PlannedSession) -> SessionJob:
    options = setting.options
    return SessionJob(
        run=setting.run,
        out=setting.out.root.resolve(),
        session=session.id,
        puppet=session.puppet,
        site=setting.origin,
        on_loopback=setting.place.on_loopback,
        pace=setting.pace,
        begins=session.due.at(setting.started).isoformat() if session.due else None,
        driver=options.driver,
        headed=options.headed,
        submit_to=setting.target,
        research_tag=f"{setting.plan.scenario_name}.{session.arm}",
        experiment_id=setting.plan.experiment_id,
        politeness_s=setting.place.politeness_s,
        tracing=options.tracing,
        video=options.video,
        screenshot=options.screenshot,
    )


def _environment(setting: _Setting) -> dict[str, Any]:
    return {
        **written.environment(),
        "speed": setting.options.speed,
        "workers": setting.order.workers,
        "headed": setting.options.headed,
        "politeness_s": setting.place.politeness_s,
        "world": {"seed": setting.plan.seed, **setting.options.mock_options}
        if setting.place.is_own_mock
        else None,
    }


def _write_manifest(
    setting: _Setting,
    state: str,
    ended: EngineResult | None = None,
    store: Store | None = None,
) -> None:
    plan = setting.plan
    found: dict[str, Any] = {
        "purpose": setting.options.purpose,
        "run": setting.run,
        "scenario": plan.scenario_name,
        "scenario_sha256": plan.source,
        "plan_hash": plan.hash,
        "experiment_id": plan.experiment_id,
        "seeds": written.seeds(plan),
        "site": "mock" if setting.place.is_own_mock else setting.origin,
        "submit_to": setting.options.submit_to,
        "command": setting.options.command,
        "state": state,
        "started": setting.started.isoformat(timespec="milliseconds"),
        "versions": setting.versions,
        "environment": _environment(setting),
        "labels": SOURCE if setting.mock else str(setting.loaded.labels_path or ""),
        "warnings": [*setting.loaded.warnings, *setting.order.notes],
    }
    if ended is not None and store is not None:
        found |= {
            "finished": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "blocks": written.blocks_json(ended.blocks),
            "problems": dict(sorted(ended.details.items())),
            "attrition": written.attrition(store, plan),
        }
    setting.out.write_manifest(found)
