"""The driver that opens Playwright's Chromium on the profile's own folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from collector.addresses import parts_of
from collector.browser import find_browser
from collector.browser.find import BrowserKind, check_display
from collector.browser.node import check_driver
from collector.browser.puppet import ArtefactOptions, open_puppet
from collector.certificates import fingerprints
from collector.contract.job import SessionJob
from collector.contract.layout import RunDir
from collector.drivers.base import Means, Opened
from collector.drivers.taping import tape_of
from collector.drivers.ways import way_of
from collector.platforms.registry import PlatformSpec
from collector.profile import Profile
from collector.scenario.plan import PlannedSession


class Chromium:
    """Playwright's Chromium on the profile's own folder."""

    @staticmethod
    def means(*, headed: bool, real: bool = False) -> Means:
        """The browser and its driver. Raises UserError when one is not there."""
        check_driver()
        if headed:
            check_display()
        return find_browser(BrowserKind.FULL if real else None, headed=headed)

    @contextmanager
    def open(
        self,
        job: SessionJob,
        planned: PlannedSession,
        profile: Profile,
        out: RunDir,
        spec: PlatformSpec,
    ) -> Iterator[Opened]:
        """Open the browser on the profile, recorded or replayed where the job says so.

        On loopback it has the cookies of the profile's visitor and reaches no other machine.

        :raises UserError: there is no such browser, or it cannot be opened as the job says.
        :raises BrowserError: at any time: the browser is lost or does not answer.
        """
        prefer = None if job.on_loopback else BrowserKind.FULL
        binary = find_browser(prefer, headed=job.browser.headed)
        cookies = []
        if job.on_loopback:
            own = spec.cookies(profile.visitor_id)
            cookies += [{"name": n, "value": v, "url": job.site} for n, v in own.items()]
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
                options=job.browser,
                virtual=job.pace.virtual,
                speed=job.pace.factor,
                virtual_start=clock,
                cookies=cookies,
                artefacts=ArtefactOptions.of(job.browser, out.artefacts / job.session),
                prepared=tape.prepare if tape else None,
                tells_clock=job.tells_clock,
                egress=way_of(job, planned),
                trusted=_trusted(job, planned),
                ca=job.browser.ca if job.replay is None else None,
                answers=spec.answers,
            ) as puppet,
        ):
            if tape is not None:
                tape.attach(puppet)
            actions = spec.load("actions")
            told: dict[str, Any] = {"page_timeout_s": job.page_timeout_s}
            if job.dialogs:
                told["dialogs"] = dict(job.dialogs)
            does = actions(puppet, job.site, **told)
            opened = Opened(puppet, does, binary.version, tape)

            def relaunch(while_closed: Callable[[], None]) -> None:
                puppet.relaunch(while_closed)
                opened.actions = actions(puppet, job.site, **told)

            opened.relaunch, opened.relaunch_reason, opened.collect_garbage = (
                relaunch,
                puppet.relaunch_reason,
                puppet.collect_garbage,
            )
            yield opened
            puppet.failed = opened.failed


def _trusted(job: SessionJob, planned: PlannedSession) -> tuple[str, ...]:
    """Fingerprints of certificates that the run's own authorities have signed."""
    ca, way = job.browser.ca, way_of(job, planned)
    if ca is None or job.replay is not None:
        return ()
    sites = [job.site]
    own = fingerprints(ca, [way.server]) if way and way.server.startswith("https:") else ()
    return (*fingerprints(ca, sites, way), *own)
