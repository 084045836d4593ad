"""The driver that needs no browser: pages of a mock by HTTP, on a clock of its own.

Protects two rules: only a mock is visited; what cannot be done without a browser is refused before
the run begins, naming the step, and is never left out in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from collector.browserless import VERSION
from collector.browserless.puppet import open_http_puppet
from collector.errors import UserError
from collector.experiment.drivers import Opened, way_of
from collector.experiment.job import SessionJob
from collector.experiment.layout import RunDir
from collector.experiment.places import Place
from collector.experiment.steps import StepRunner
from collector.model import Platform
from collector.platforms.kit import Kit
from collector.profile import Profile
from collector.scenario.plan import Plan, PlannedSession
from collector.scenario.verb import traits

if TYPE_CHECKING:
    from collector.experiment.terms import RunOptions

_PLACE = "--driver http"
_FIX = "use --driver chromium"


@dataclass(frozen=True, slots=True)
class HttpMeans:
    """All that is needed is in this package."""

    version: str = VERSION
    kind: str = "http"


def check_http(options: RunOptions, plan: Plan, place: Place) -> None:
    """Refuse what this driver cannot do. Raises UserError, before anything is written."""
    for name in options.browser.asked():
        raise UserError(f"{name} needs a browser", place=_PLACE, fix=f"leave it out, or {_FIX}")
    for session in plan.sessions:
        for step in session.steps:
            if traits(step.kind).needs_browser:
                raise UserError(
                    f"the step {step.kind.value!r} (arm {session.arm}, step {step.index + 1})"
                    " needs a browser",
                    place=_PLACE,
                    fix=f"leave the step out, or {_FIX}",
                )
    if not place.on_loopback or place.origin is not None:
        from collector.browserless.wire import check_mock

        check_mock(str(place.origin), options.browser.ca)


class Http:
    """Opens a puppet that fetches."""

    @contextmanager
    def open(
        self, job: SessionJob, planned: PlannedSession, profile: Profile, out: RunDir, kit: Kit
    ) -> Iterator[Opened]:
        with open_http_puppet(
            state_dir=profile.state_dir,
            persona=planned.persona,
            site=job.site,
            cookies=dict(kit.cookies(profile.visitor_id)),
            start=datetime.fromisoformat(job.begins) if job.begins else None,
            timeout_s=job.page_timeout_s,
            egress=way_of(job, planned),
            ca=job.browser.ca,
        ) as puppet:
            runner, actions = _on(kit.platform)
            does = actions(puppet, job.site, page_timeout_s=job.page_timeout_s)
            yield Opened(puppet, does, runner, VERSION, relaunch=puppet.relaunch)


def _on(platform: Platform) -> tuple[type[StepRunner], Callable[..., Any]]:
    """What carries out steps on a platform, and the actions it does them with."""
    if platform is Platform.FACEBOOK:
        from collector.browserless.facebook import HttpFacebookActions
        from collector.experiment.feed import FeedRunner

        return FeedRunner, HttpFacebookActions
    from collector.browserless.youtube import HttpYouTubeActions

    return StepRunner, HttpYouTubeActions
