"""A whole run, from the scenario to the submitted evidence: what ``collector run`` does.

Protects the rule that everything that can be refused is refused before the first file is written.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from collector.contract.layout import default_out, new_run
from collector.contract.places import Place, pace_of, place_of, target_of
from collector.contract.terms import RunOptions
from collector.drivers.base import HTTP
from collector.drivers.choice import means_of
from collector.drivers.taping import check_recording
from collector.mock.examine import examine
from collector.mock.mocksite import MockSite
from collector.mock.mockworld import options_of
from collector.mock.ownmock import OwnMock, own_mock
from collector.mock.served import met
from collector.mock.truth import Truth
from collector.platforms.registry import spec_of
from collector.run import manifest as written
from collector.run.carry import Setting, carry_out, write_down
from collector.run.executors import check_executor
from collector.run.forking import check_profiles
from collector.run.refusals import check_http
from collector.run.result import RunResult
from collector.run.runlock import RunLock
from collector.scenario.loader import Loaded
from collector.scenario.models import MOCK
from collector.scenario.plan import Plan, make_plan
from collector.schedule.barrier import schedule_of
from collector.schedule.display import Display
from collector.submit import api_root

#: Said where a mock is served and its truth token is not known.
WITHOUT_TOKEN = (
    "this site is a mock whose truth token is not given: its labels, its truth log and --speed are"
    " not available; give --truth-token-file FILE, or the token in TWINWATCH_TRUTH_TOKEN"
    " (mockserver serve prints it)"
)


def conduct(
    loaded: Loaded,
    options: RunOptions,
    *,
    display: Display,
    confirm: Callable[[str], bool],
    mock: MockSite | None = None,
    read_after: bool = False,
    truth_token: str = "",
) -> RunResult:
    """Carry out a scenario.

    :param confirm: asked before a site beyond this machine is visited.
    :param mock: a mock that runs already, in place of one for this run alone.
    :param read_after: ask the server for what it holds once everything is sent.
    :param truth_token: of the mock at the site that is named; it is kept nowhere.
    :raises UserError: for everything that a user can mend, before anything is written.
    """

    def check(place: Place) -> tuple[str, ...]:
        known = None
        if place.served is not None:
            with Truth(place.served) as truth:
                known = truth.labels(loaded.scenario.platform)
        site = MOCK if place.is_own_mock else place.origin
        return examine(loaded, seed=options.seed, site=site, known=known)

    return begin(
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
    )


def begin(
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
) -> RunResult:
    """Carry out a plan from its start.

    :param check: refuses a place that the plan's scenario is not made for, and says what
        weakens it.
    """
    place = place_of(options.site, plan.site, confirm=confirm, politeness=plan.politeness)
    place = met(place, truth_token)
    if place.greeted and place.served is None:
        display.say(WITHOUT_TOKEN)
    pace = pace_of(options.speed, place, virtual=options.driver == HTTP)
    target = target_of(options.submit_to, plan.platform)
    for sentence in (told := check(place)):
        display.say(f"warning: {sentence}")
    if options.profiles is not None:
        check_profiles(options.profiles, plan, place)
    means = means_of(options.driver, headed=options.headed)
    if options.driver == HTTP:
        check_http(options, plan, place)
    check_recording(options)
    started = datetime.now(UTC)
    order = schedule_of(plan, options.workers, started=None if pace.virtual else started)
    check_executor(options, plan, place, order)
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", plan.scenario_name)
    out = new_run(options.out or default_out(name), remake_demo=options.purpose == "demo")
    if labels_path is not None:
        out.labels.write_bytes(labels_path.read_bytes())
    setting = Setting(
        run=f"{name}-{secrets.token_hex(4)}",
        plan=plan,
        options=options,
        place=place,
        pace=pace,
        order=order,
        out=out,
        versions=written.versions_of(means, spec_of(plan.platform).parser),
        started=started,
        labels_path=labels_path,
        warnings=(*warnings, *told),
    )
    for note in order.notes:
        display.say(note)
    with RunLock(out.root) as lock:
        return within(replace(setting, lock=lock), target, mock, display, read_after)


def within(
    setting: Setting,
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
    write_down(setting)
    with ExitStack() as stack:
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
            mock = mock.on(spec_of(plan.platform).host)
        setting = replace(
            setting,
            origin=place.origin or _of(mock).origin,
            target=api_root(_of(mock).api) if target is None else target,
            mock=mock if place.is_own_mock else place.served,
            own=own,
        )
        return carry_out(setting, display, read_after)


def _of(mock: MockSite | None) -> MockSite:
    assert mock is not None  # a run without a mock has named its places itself
    return mock
