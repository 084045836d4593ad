"""What is decided before a run, once for all four ways to it: begin, resume, repeat, replay.

Protects the rule that everything that can be refused is refused before the first file is written,
whichever way a run is come to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collector.common.errors import UserError
from collector.contract.job import Pace
from collector.contract.layout import RunDir
from collector.contract.options import RunOptions
from collector.contract.places import Place, pace_of, place_of, target_of
from collector.drivers.base import HTTP
from collector.drivers.choice import means_of
from collector.drivers.recorded import check_recording
from collector.drivers.ways import check_egress
from collector.manifestshape import check_needed
from collector.mock.served import met
from collector.platforms.registry import spec_of
from collector.run import manifest as written
from collector.run.era import unread
from collector.run.executors import LOCAL, check_executor
from collector.run.forking import check_profiles
from collector.run.refusals import check_http, check_own_mock
from collector.scenario.plan import Plan
from collector.schedule.barrier import Schedule, schedule_of


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run that can be carried out: where, how fast, by what, in which order."""

    place: Place
    pace: Pace
    target: str | None
    """Root of the API that gets the evidence; ``None``: the run's own mock."""
    versions: Mapping[str, str]
    order: Schedule
    started: datetime
    told: tuple[str, ...] = ()
    """What weakens the run, a sentence each."""


def versions_now(
    plan: Plan, driver: str, *, headed: bool = False, real: bool = False
) -> dict[str, str]:
    """The versions that a run of ``plan`` would have now. Raises UserError: there is no browser."""
    means = means_of(driver, headed=headed, real=real)
    return written.versions_of(means, spec_of(plan.platform).parser)


def prepare(
    options: RunOptions,
    plan: Plan,
    *,
    confirm: Callable[[str], bool],
    truth_token: str = "",
    check: Callable[[Place], tuple[str, ...]] = lambda place: (),
    started: datetime | None = None,
    workers: int | None = None,
    repeats: bool = False,
) -> Prepared:
    """Decide everything that a run needs.

    :param confirm: asked before a site beyond this machine is visited.
    :param truth_token: of the mock at the site that is named.
    :param check: refuses a place that the plan's scenario is not made for; says what weakens it.
    :param started: of a run that goes on; what concerned its beginning is not asked again.
    :param workers: how many sessions at once, in place of what the options say.
    :param repeats: the plan is that of an earlier run, and so are its ways out.
    :raises UserError: for everything that a user can mend.
    """
    place = place_of(options.site, plan.site, confirm=confirm, politeness=plan.politeness)
    target = target_of(options.submit_to, plan.platform)
    check_own_mock(plan, place)
    place = met(place, truth_token, options.browser.ca)
    pace = pace_of(options.speed, place, virtual=options.driver == HTTP)
    told = check(place)
    if started is None and options.profiles is not None:
        check_profiles(options.profiles, plan, place)
    versions = versions_now(
        plan, options.driver, headed=options.browser.headed, real=not place.on_loopback
    )
    if options.driver == HTTP:
        check_http(options, plan, place)
    check_recording(options, plan)
    told = (
        *told,
        *check_egress(
            plan,
            options,
            here=options.executor == LOCAL,
            told=place.is_mock or options.driver == HTTP,
            begins=started is None,
            repeats=repeats,
        ),
        *unread(plan, place, target, options.mock_options.get("era"), options.browser.ca),
    )
    at = started or datetime.now(UTC)
    order = schedule_of(plan, workers or options.workers, started=None if pace.virtual else at)
    check_executor(options, plan, place, order)
    return Prepared(place, pace, target, versions, order, at, told)


def options_in(manifest: Mapping[str, Any], there: RunDir, refused: type[UserError]) -> RunOptions:
    """The options that a run was begun with. Raises ``refused``; BadFile: the manifest lacks what
    a run that goes on, or is done again, needs of it."""
    check_needed(manifest, there.manifest, ("run", "plan_hash", "started", "versions"))
    try:
        return RunOptions.from_dict(manifest["options"])
    except (KeyError, TypeError) as error:
        raise refused(
            "the run was begun by a version that could not resume",
            place=str(there.manifest),
            fix="run the scenario anew; what this run captured can still be submitted",
        ) from error


def plan_in(manifest: Mapping[str, Any], there: RunDir, refused: type[UserError]) -> Plan:
    """The plan of a run, if it is still the one that its manifest names. Raises ``refused``."""
    try:
        plan = Plan.from_json(there.plan.read_bytes())
    except FileNotFoundError:
        raise refused(
            "the run has no plan", place=str(there.plan), fix="run the scenario anew"
        ) from None
    if plan.hash != manifest["plan_hash"]:
        raise refused(
            f"the plan has the hash {plan.hash[:12]}…, the run was begun with"
            f" {manifest['plan_hash'][:12]}…",
            place=str(there.plan),
            fix="put the plan back as it was, or run the scenario anew",
        )
    return plan
