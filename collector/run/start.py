"""A whole run, from the scenario to the submitted evidence: what ``collector run`` does.

Protects the rule that everything that can be refused is refused before the first file is written.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from collector.contract.layout import default_out, new_run
from collector.contract.mocksite import MockSite
from collector.contract.options import Registered, RunOptions
from collector.contract.places import Place
from collector.environment import full_at
from collector.files import shared_file
from collector.mock.examine import examine
from collector.mock.mockoptions import host_of, options_of
from collector.mock.ownmock import OwnMock, own_mock
from collector.mock.truth import Truth
from collector.platforms.registry import spec_of
from collector.run.context import RunContext
from collector.run.execute import execute_run, write_plan
from collector.run.prepare import Prepared, prepare
from collector.run.result import RunResult
from collector.run.runlock import RunLock
from collector.scenario.loader import Loaded
from collector.scenario.models import MOCK
from collector.scenario.plan import Plan, make_plan
from collector.schedule.display import Display
from collector.submit import api_root

#: Said where a mock is served and its truth token is not known.
WITHOUT_TOKEN = (
    "this site is a mock whose truth token is not given: its labels, its truth log and --speed are"
    " not available; give --truth-token-file FILE, or the token in TWINWATCH_TRUTH_TOKEN"
    " (mockserver serve prints it)"
)


def run_scenario(
    loaded: Loaded,
    options: RunOptions,
    *,
    display: Display,
    confirm: Callable[[str], bool],
    mock: MockSite | None = None,
    read_after: bool = False,
    truth_token: str = "",
    registered: Registered | None = None,
) -> RunResult:
    """Carry out a scenario.

    :param confirm: asked before a site beyond this machine is visited.
    :param mock: a mock that runs already, in place of one for this run alone.
    :param read_after: ask the server for what it holds once everything is sent.
    :param truth_token: of the mock at the site that is named; it is kept nowhere.
    :param registered: the preregistration that the run is begun under.
    :raises UserError: for everything that a user can mend, before anything is written.
    """

    def check(place: Place) -> tuple[str, ...]:
        known = None
        if place.served is not None:
            with Truth(place.served) as truth:
                known = truth.labels(loaded.scenario.platform)
        site = MOCK if place.is_own_mock else place.origin
        return examine(loaded, seed=options.seed, site=site, known=known)

    return run_plan(
        make_plan(loaded, options.seed),
        options,
        display=display,
        confirm=confirm,
        labels_path=loaded.labels_path,
        warnings=loaded.warnings,
        check=check,
        mock=mock,
        read_after=read_after,
        truth_token=truth_token,
        registered=registered,
    )


def run_plan(
    plan: Plan,
    options: RunOptions,
    *,
    display: Display,
    confirm: Callable[[str], bool],
    labels_path: Path | None = None,
    warnings: tuple[str, ...] = (),
    check: Callable[[Place], tuple[str, ...]] = lambda place: (),
    mock: MockSite | None = None,
    read_after: bool = False,
    truth_token: str = "",
    registered: Registered | None = None,
) -> RunResult:
    """Carry out a plan from its start.

    :param check: refuses a place that the plan's scenario is not made for, and says what
        weakens it.
    """
    ready = prepare(options, plan, confirm=confirm, truth_token=truth_token, check=check)
    return start(
        plan,
        options,
        ready,
        display=display,
        labels_path=labels_path,
        warnings=warnings,
        mock=mock,
        read_after=read_after,
        registered=registered,
    )


def start(
    plan: Plan,
    options: RunOptions,
    ready: Prepared,
    *,
    display: Display,
    labels_path: Path | None = None,
    warnings: tuple[str, ...] = (),
    mock: MockSite | None = None,
    read_after: bool = False,
    registered: Registered | None = None,
) -> RunResult:
    """Carry out a plan from its start, as it was prepared."""
    if ready.place.greeted and ready.place.served is None:
        display.say(WITHOUT_TOKEN)
    for sentence in ready.told:
        display.say(f"warning: {sentence}")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", plan.scenario_name)
    out = new_run(options.out or default_out(name), remake_demo=options.purpose == "demo")
    if labels_path is not None:
        shared_file(out.labels, labels_path.read_bytes())
    if registered is not None:
        shared_file(out.prereg, registered.data)
        shared_file(out.prereg.with_suffix(".md"), registered.text)
    setting = RunContext(
        run=f"{name}-{secrets.token_hex(4)}",
        plan=plan,
        options=options,
        place=ready.place,
        pace=ready.pace,
        order=ready.order,
        out=out,
        versions=ready.versions,
        started=ready.started,
        labels_path=labels_path,
        warnings=(*warnings, *ready.told),
        registered=registered,
    )
    for note in ready.order.notes:
        display.say(note)
    with RunLock(out.root) as lock:
        return with_own_mock(replace(setting, lock=lock), ready.target, mock, display, read_after)


def with_own_mock(
    setting: RunContext,
    target: str | None,
    mock: MockSite | None,
    display: Display,
    read_after: bool,
    *,
    port: int = 0,
) -> RunResult:
    """Carry out a run beside its own mock, where it needs one.

    :param target: where evidence goes; ``None``: to the own mock.
    :param port: of the own mock; 0 is any free one.
    """
    plan, out, place = setting.plan, setting.out, setting.place
    with ExitStack() as stack:
        stack.enter_context(full_at(out.root))
        write_plan(setting)
        own: OwnMock | None = None
        if mock is None and (place.is_own_mock or target is None):
            display.say(f"mock server: building the world of seed {plan.seed}")
            own = stack.enter_context(
                own_mock(
                    seed=plan.seed,
                    db=out.mock_db if target is None else None,
                    state=out.mock_state,
                    log=out.logs / "mock.log",
                    port=port,
                    options={
                        **options_of(plan.scenario, out.root),
                        **setting.options.mock_options,
                    },
                )
            )
            if setting.lock is not None:
                setting.lock.record("mock", own.process.pid)
            mock = own.site
        if mock is not None:
            mock = mock.on(host_of(plan.scenario, spec_of(plan.platform)))
        setting = replace(
            setting,
            origin=place.origin or _of(mock).origin,
            target=api_root(_of(mock).api) if target is None else target,
            to_own=target is None,
            mock=mock if place.is_own_mock else place.served,
            own=own,
        )
        return execute_run(setting, display, read_after)


def _of(mock: MockSite | None) -> MockSite:
    assert mock is not None  # a run without a mock has named its places itself
    return mock
