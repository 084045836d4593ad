"""The driver that opens Playwright's Chromium on the profile's own folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime

from collector.addresses import parts_of
from collector.browser import find_browser
from collector.browser.find import check_display
from collector.browser.limits import Limits
from collector.browser.node import check_driver
from collector.browser.puppet import ArtefactOptions, Keep, open_puppet
from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.drivers.base import Means, Opened
from collector.drivers.taping import tape_of
from collector.platforms.registry import PlatformSpec
from collector.profile import Profile
from collector.scenario.plan import PlannedSession


class Chromium:
    """Playwright's Chromium on the profile's own folder."""

    @staticmethod
    def means(*, headed: bool) -> Means:
        """The browser and its driver. Raises UserError when one is not there."""
        check_driver()
        if headed:
            check_display()
        return find_browser(headed=headed)

    @contextmanager
    def open(
        self,
        job: SessionJob,
        planned: PlannedSession,
        profile: Profile,
        out: RunDir,
        spec: PlatformSpec,
    ) -> Iterator[Opened]:
        binary = find_browser(headed=job.headed)
        cookies = []
        if job.on_loopback:
            own = spec.cookies(profile.visitor_id)
            cookies += [{"name": n, "value": v, "url": job.site} for n, v in own.items()]
        artefacts = ArtefactOptions(
            folder=out.artefacts / job.session,
            trace=Keep(job.tracing),
            video=Keep(job.video),
            screenshot=Keep(job.screenshot),
        )
        clock = datetime.now(UTC)
        if job.begins and job.pace.virtual:
            clock = datetime.fromisoformat(job.begins)
        tape = tape_of(job, planned, profile, out, spec, clock=clock, browser=binary.version)
        with (
            closing(tape) if tape else nullcontext(),
            open_puppet(
                state_dir=profile.state_dir,
                persona=planned.persona,
                binary=binary,
                site_hosts=(parts_of(job.site).host,),
                isolated=job.on_loopback,
                offline=job.replay is not None,
                headed=job.headed,
                virtual=job.pace.virtual,
                speed=job.pace.factor,
                virtual_start=clock,
                cookies=cookies,
                artefacts=artefacts,
                limits=Limits(job.page_budget, job.memory_mb, 3 * job.memory_mb),
                prepared=tape.prepare if tape else None,
                tells_clock=job.tells_clock,
            ) as puppet,
        ):
            if tape is not None:
                tape.attach(puppet)
            actions = spec.load("actions")
            does = actions(puppet, job.site, page_timeout_s=job.page_timeout_s)
            opened = Opened(puppet, does, binary.version, tape)

            def relaunch(while_closed: Callable[[], None]) -> None:
                puppet.relaunch(while_closed)
                opened.actions = actions(puppet, job.site, page_timeout_s=job.page_timeout_s)

            opened.relaunch, opened.worn, opened.relieve = relaunch, puppet.worn, puppet.relieve
            yield opened
            puppet.failed = opened.failed
