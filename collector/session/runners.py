"""The runner of a session's steps: what it files with, how it paces itself, what it may not say."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime

from collector import __version__
from collector.drivers.base import Opened
from collector.evidence import EvidenceStore
from collector.scenario.plan import PlannedStep, derive_seed
from collector.scenario.politeness import Quiet
from collector.session.context import Context
from collector.session.filing import Filed, Filing
from collector.session.pacing import Pacing
from collector.session.results import StepResult
from collector.session.spacing import Spacing
from collector.session.steps import StepRunner


def runner_of(
    context: Context,
    opened: Opened,
    *,
    captured: Callable[[Filed], None],
    stopped: Callable[[], bool],
    progress: Callable[[], None],
    keep: Callable[[PlannedStep], StepResult],
) -> StepRunner:
    """Make the platform's runner of steps for the puppet that was opened.

    :param captured: told of each page that was filed.
    :param stopped: asked during a step; it may raise LeaseLost.
    :param progress: told again and again that a step which takes long is getting on.
    :param keep: takes a snapshot within the session.
    """
    puppet = opened.puppet
    versions = {"collector": __version__, "parser": context.spec.parser, "browser": opened.version}
    filing = Filing(
        context.store,
        EvidenceStore(context.out.evidence),
        run=context.job.run,
        puppet=context.job.puppet,
        session=context.job.session,
        public_key=context.profile.public_key,
        target=context.job.submit_to,
        research_tag=context.job.research_tag,
        experiment_id=context.job.experiment_id,
        versions=versions,
        on_filed=captured,
        spec=context.spec,
    )

    def known() -> list[str]:
        return [context.profile.visitor_id, *(c["value"] for c in puppet.cookies())]

    made: type[StepRunner] = context.spec.load("runner")
    runner = made(
        puppet,
        opened.actions,
        filing,
        context.store,
        session=context.job.session,
        screenshots=context.out.screenshots,
        pacing=Pacing(
            puppet,
            politeness_s=context.job.politeness_s,
            stopped=stopped,
            progress=progress,
            **_manners(context),
        ),
        manners=context.job.manners,
        patterns=context.job.patterns,
        known=known,
        spacing=Spacing(
            context.store, context.job.puppet, context.job.session, context.job.spacing_s
        ),
    )
    runner.keep = keep
    return runner


def _manners(context: Context) -> dict[str, Callable[[], float]]:
    """When a page may be loaded, beyond the time between two."""
    told, zone = context.job.manners, context.planned.persona.timezone
    dice = random.Random(derive_seed(context.planned.seed, "politeness", context.begin))
    found: dict[str, Callable[[], float]] = {}
    if told.jitter_s:
        found["jitter"] = lambda: dice.uniform(0, told.jitter_s)
    if told.quiet is not None:
        quiet = Quiet.of(told.quiet)
        found["quiet_left"] = lambda: quiet.left_s(datetime.now(UTC), zone)
    return found
