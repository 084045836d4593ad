"""Open one puppet's browser: its own profile behind a lock, its persona, its network, its clock.

:func:`open_puppet` is the only way to get a :class:`PuppetBrowser`, and closes it whatever happens.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import BrowserContext, Playwright
from playwright.sync_api import Error as PlaywrightError

from collector.browser import driver
from collector.browser.artefacts import ArtefactOptions, Keep
from collector.browser.authorities import home_with
from collector.browser.errors import BrowserGone
from collector.browser.find import BrowserBinary, find_browser
from collector.browser.launch import Persona, launch_options, proxy_option
from collector.browser.lifecycle import Launched
from collector.browser.lock import ProfileLock, browsers_on
from collector.browser.options import BrowserOptions
from collector.browser.relay import Relay
from collector.browser.running import PuppetBrowser
from collector.browser.virtual import Pace, install, tell
from collector.egress import Egress
from collector.platforms.answers import AnswerRule

__all__ = ["ArtefactOptions", "Keep", "Persona", "PuppetBrowser", "open_puppet"]

LAUNCH_LIMIT_S = 60.0


@contextlib.contextmanager
def open_puppet(
    *,
    state_dir: Path,
    persona: Persona,
    binary: BrowserBinary | None = None,
    site_hosts: Sequence[str] = (),
    isolated: bool = True,
    offline: bool = False,
    options: BrowserOptions | None = None,
    virtual: bool = False,
    speed: float | None = None,
    virtual_start: datetime | None = None,
    cookies: Sequence[dict[str, Any]] = (),
    artefacts: ArtefactOptions | None = None,
    egress: Egress | None = None,
    trusted: Sequence[str] = (),
    ca: Path | None = None,
    prepared: Callable[[BrowserContext], None] | None = None,
    tells_clock: bool = False,
    playwright: Playwright | None = None,
    answers: AnswerRule | None = None,
) -> Iterator[PuppetBrowser]:
    """Open the browser of the profile in ``state_dir`` and close it again, whatever happens.

    ``isolated``: nothing resolves but ``site_hosts`` and loopback; ``offline``: not even those,
    and no service worker answers. ``virtual``: page time is moved
    by :meth:`~PuppetBrowser.let_pass` and :meth:`~PuppetBrowser.watch`, at most ``speed`` page
    seconds a real one, from ``virtual_start`` (aware; default now). ``options``: its window,
    and when it is worn. ``egress``: by which way the site is reached; its login is read here and
    kept nowhere (a relay tells it to a SOCKS proxy, as long as the browser is open). ``trusted``:
    fingerprints of certificates to take; ``ca``: a PEM file of authorities to trust, where this
    machine can make them known to a browser. ``prepared`` is called with every context that is
    opened, before its first request. ``tells_clock``: every request says the page's virtual time.
    ``playwright``: one that is already running in this thread. ``answers``: which answers of the
    site are kept beside its pages. Raises ProfileLocked, BrowserMissing, BrowserGone,
    CertificateRefused, EgressRefused.
    """
    wanted = options or BrowserOptions()
    binary = binary or find_browser(headed=wanted.headed)
    state_dir = state_dir.resolve()
    way = egress if egress is not None and egress.is_proxy and not offline else None
    hidden = {"TMPDIR", *([way.variable] if way is not None else ())}
    with contextlib.ExitStack() as stack:
        stack.enter_context(ProfileLock(state_dir))
        state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        state_dir.chmod(0o700)
        for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            (state_dir / name).unlink(missing_ok=True)  # of a copied profile; ours is held
        scratch = driver.make_folder()
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        home = scratch / "home"
        homely = {"HOME": str(home)} if ca is not None and home_with(ca, home) else {}
        relay = stack.enter_context(Relay(way)) if way is not None and way.needs_relay else None
        way = relay.way if relay is not None else way
        player = playwright or stack.enter_context(driver.driver())
        told = launch_options(
            persona=persona,
            binary=binary,
            isolated=isolated,
            site_hosts=site_hosts,
            headed=wanted.headed,
            scratch=scratch,
            environment={k: v for k, v in os.environ.items() if k not in hidden} | homely,
            offline=offline,
            egress=way,
            trusted=trusted,
        )
        if way is not None:
            told["proxy"] = proxy_option(way, way.login())
        if artefacts is not None:
            told.update(artefacts.launch_options(scratch))

        began: list[datetime] = []

        def prepare(context: BrowserContext, clock: datetime | None) -> None:
            if cookies:
                context.add_cookies(list(cookies))  # type: ignore[arg-type]
            if virtual:
                start = clock or virtual_start or datetime.now(UTC)
                install(context, start)
                began.append(start)
                if tells_clock:
                    tell(context, start)
            if artefacts is not None and artefacts.trace is not Keep.OFF:
                context.tracing.start(screenshots=True, snapshots=True)
            if way is not None and way.is_proxy:
                context.on("response", lambda answer: browser.note_answer(answer))
            if prepared is not None:
                prepared(context)

        browser = PuppetBrowser(
            lambda: _launch(player, state_dir, told, binary),
            prepare,
            binary=binary,
            pace=Pace(speed),
            virtual_time=virtual,
            artefacts=artefacts,
            limits=wanted.limits,
            answers=answers,
        )
        stack.callback(browser.close)
        if relay is not None:
            browser.explained = relay.explained
        browser.tells_clock = tells_clock and virtual
        browser.page_clock = began[-1] if began else browser.page_clock
        try:
            yield browser
        except BaseException:
            browser.failed = True
            raise


def _launch(
    playwright: Playwright, state_dir: Path, options: dict[str, Any], binary: BrowserBinary
) -> Launched:
    try:
        context = playwright.chromium.launch_persistent_context(
            state_dir, timeout=LAUNCH_LIMIT_S * 1000, **options
        )
    except PlaywrightError as error:
        for orphan in browsers_on(state_dir):
            orphan.kill()
        raise BrowserGone(f"it did not start ({binary}): {error.message[:500]}") from error
    own = browsers_on(state_dir)
    if not own:
        raise BrowserGone("its process was not found")
    return Launched(context, own[0].pid, _driver_above(own[0]))


def _driver_above(browser: psutil.Process) -> int | None:
    """Playwright's own process: the child of this one that the browser descends from."""
    for parent in browser.parents():
        if parent.ppid() == os.getpid():
            return parent.pid
    return None
