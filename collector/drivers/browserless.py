"""The driver that needs no browser: pages of a mock by HTTP, on a clock of its own.

Protects the rule that only a mock is visited. What cannot be done without a browser is refused
before the run begins (:mod:`collector.run.refusals`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from collector.browserless import VERSION
from collector.browserless.puppet import open_http_puppet
from collector.common.errors import UserError
from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.drivers.base import Opened
from collector.drivers.ways import way_of
from collector.platforms.registry import PlatformSpec
from collector.profile import Profile
from collector.scenario.plan import PlannedSession


@dataclass(frozen=True, slots=True)
class HttpMeans:
    """All that is needed is in this package."""

    version: str = VERSION
    kind: str = "http"


class Http:
    """Opens a puppet that fetches."""

    @staticmethod
    def means(*, headed: bool, real: bool = False) -> HttpMeans:
        """Nothing that this package does not bring."""
        return HttpMeans()

    @contextmanager
    def open(
        self,
        job: SessionJob,
        planned: PlannedSession,
        profile: Profile,
        out: RunDir,
        spec: PlatformSpec,
    ) -> Iterator[Opened]:
        """Open one puppet. Raises UserError: the platform is not known without a browser."""
        actions = spec.load("http_actions")
        if actions is None:
            raise UserError(
                f"{spec.name} is not known without a browser",
                place="--driver http",
                fix="use --driver chromium",
            )
        with open_http_puppet(
            state_dir=profile.state_dir,
            persona=planned.persona,
            site=job.site,
            cookies=dict(spec.cookies(profile.visitor_id)),
            start=datetime.fromisoformat(job.begins) if job.begins else None,
            timeout_s=job.page_timeout_s,
            tells_clock=job.tells_clock,
            egress=way_of(job, planned),
            ca=job.browser.ca,
            answers=spec.answers,
        ) as puppet:
            does = actions(puppet, job.site, page_timeout_s=job.page_timeout_s)
            yield Opened(puppet, does, VERSION, relaunch=puppet.relaunch)
