"""What opens a puppet and carries out its steps: a browser, or whatever stands in for one.

A session knows drivers by this outline only, so ledger, barrier, filing and snapshots are the same
whichever is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from collector.addresses import parts_of
from collector.certificates import fingerprints
from collector.egress import Egress
from collector.errors import UserError
from collector.experiment.job import SessionJob
from collector.experiment.layout import RunDir
from collector.experiment.patience import Puppet
from collector.experiment.steps import StepRunner
from collector.experiment.taping import tape_of
from collector.model import Platform
from collector.platforms.kit import Kit
from collector.profile import Profile
from collector.recording.tape import Tape
from collector.scenario.plan import PlannedSession

CHROMIUM = "chromium"
HTTP = "http"

DRIVERS = (CHROMIUM, HTTP)


@dataclass(slots=True)
class Opened:
    """A puppet that stands ready, and what does its steps."""

    puppet: Puppet
    actions: Any
    """What the runner calls: the platform's actions on this puppet."""
    runner: type[StepRunner]
    version: str
    """Of the browser, or of what stands in for it; it is part of every capture's versions."""
    tape: Tape | None = None
    """Told when a step is over, where the browser is recorded or replayed."""
    relaunch: Callable[[Callable[[], None]], None] = field(default=lambda while_closed: None)
    """Close the puppet, call back, and open it again on a blank page; ``actions`` may be others."""
    worn: Callable[[], str] = field(default=str)
    """Why it should be relaunched when there is an occasion; empty: it is fine."""
    relieve: Callable[[], None] = field(default=lambda: None)
    """What can be done for one that is worn on the page that it is on."""
    failed: bool = False
    """Set it when a step went wrong: artefacts that are kept on failure are then kept."""


class Driver(Protocol):
    """Opens one puppet. Raises UserError before it is open, BrowserError at any time."""

    def open(
        self, job: SessionJob, planned: PlannedSession, profile: Profile, out: RunDir, kit: Kit
    ) -> AbstractContextManager[Opened]: ...


class Means(Protocol):
    """What a driver found on this machine to work with."""

    @property
    def version(self) -> str: ...

    @property
    def kind(self) -> str: ...


def means_of(driver: str, *, headed: bool, real: bool = False) -> Means:
    """What a driver needs of this machine, before anything is opened or written.

    :param real: for a site beyond this machine: a full Chromium is preferred, which looks the same
        to a page as a person's in more things; see docs/real-server.md.
    :raises UserError: it is not there.
    """
    if driver == HTTP:
        from collector.experiment.http_driver import HttpMeans

        return HttpMeans()
    from collector.browser import find_browser
    from collector.browser.find import BrowserKind, check_display
    from collector.browser.node import check_driver

    check_driver()
    if headed:
        check_display()
    return find_browser(BrowserKind.FULL if real else None, headed=headed)


def driver_of(job: SessionJob) -> Driver:
    """The driver that a job names. Raises UserError when there is none of that name."""
    if job.driver == CHROMIUM:
        return Chromium()
    if job.driver == HTTP:
        from collector.experiment.http_driver import Http

        return Http()
    raise UserError(
        f"{job.driver!r} is no driver", place="--driver", fix=f"use {' or '.join(DRIVERS)}"
    )


class Chromium:
    """Playwright's Chromium on the profile's own folder."""

    @contextmanager
    def open(
        self, job: SessionJob, planned: PlannedSession, profile: Profile, out: RunDir, kit: Kit
    ) -> Iterator[Opened]:
        from collector.browser import find_browser
        from collector.browser.find import BrowserKind
        from collector.browser.puppet import ArtefactOptions, open_puppet

        prefer = None if job.on_loopback else BrowserKind.FULL
        binary = find_browser(prefer, headed=job.browser.headed)
        cookies = []
        if job.on_loopback:
            own = kit.cookies(profile.visitor_id)
            cookies += [{"name": n, "value": v, "url": job.site} for n, v in own.items()]
        clock = datetime.now(UTC)
        if job.begins and job.pace.virtual:
            clock = datetime.fromisoformat(job.begins)
        tape = tape_of(job, planned, profile, out, kit, clock=clock, browser=binary.version)
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
                egress=way_of(job, planned),
                trusted=_trusted(job, planned),
            ) as puppet,
        ):
            if tape is not None:
                tape.attach(puppet)
            runner, actions = _on(kit.platform)
            told = {"page_timeout_s": job.page_timeout_s, "dialogs": dict(job.dialogs)}
            does = actions(puppet, job.site, **told)
            opened = Opened(puppet, does, runner, binary.version, tape)

            def relaunch(while_closed: Callable[[], None]) -> None:
                puppet.relaunch(while_closed)
                opened.actions = actions(puppet, job.site, **told)

            opened.relaunch, opened.worn, opened.relieve = relaunch, puppet.worn, puppet.relieve
            yield opened
            puppet.failed = opened.failed


def way_of(job: SessionJob, planned: PlannedSession) -> Egress | None:
    """By which way the puppet reaches the site: its arm's or persona's own, else the run's."""
    return planned.persona.proxy or job.browser.proxy


def _trusted(job: SessionJob, planned: PlannedSession) -> tuple[str, ...]:
    """Fingerprints of certificates that the run's own authorities have signed."""
    ca, way = job.browser.ca, way_of(job, planned)
    if ca is None or job.replay is not None:
        return ()
    sites = [job.site]
    own = fingerprints(ca, [way.server]) if way and way.server.startswith("https:") else ()
    return (*fingerprints(ca, sites, way), *own)


def _on(platform: Platform) -> tuple[type[StepRunner], Callable[..., Any]]:
    """What carries out steps on a platform, and the actions it does them with."""
    if platform is Platform.FACEBOOK:
        from collector.experiment.feed import FeedRunner
        from collector.platforms.facebook.actions import FacebookActions

        return FeedRunner, FacebookActions
    from collector.platforms.youtube.actions import YouTubeActions

    return StepRunner, YouTubeActions
