"""Browsers of tests: the one that is found, and puppets in it, a profile each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from playwright.sync_api import Playwright

from collector.browser import find_browser
from collector.browser.driver import driver
from collector.browser.launch import Persona
from collector.browser.options import BrowserOptions
from collector.browser.puppet import ArtefactOptions, Keep, PuppetBrowser, open_puppet
from collector.platforms.registry import platforms
from collector.profile import Persona as Somebody
from collector.profile import visitor_id_of

__all__ = ["PuppetMaker", "driver", "find_browser"]


class PuppetMaker:
    """Makes the puppets of one test; when it is left, all are closed.

    :param test: the test's id, which says who its puppets are.
    :param config: pytest's, with the options of pytest-playwright.
    :param site: the address of a site of the mock, by its host's name.
    :param states: folder under which each has its profile.
    :param artefacts: folder of traces, videos and screenshots.
    :raises UserError: no Chromium is found.
    """

    def __init__(
        self,
        test: str,
        config: pytest.Config,
        site: Callable[[str], str],
        states: Path,
        artefacts: Path,
    ) -> None:
        self._test, self._site = test, site
        self._states, self._artefacts = states, artefacts
        self._option = config.getoption
        self._sites = list(platforms().values())
        self._headed = bool(self._option("--headed"))
        self._binary = find_browser(headed=self._headed)
        self._made: list[PuppetBrowser] = []
        self._player: Playwright | None = None
        self._stack = ExitStack()
        self.test_failed = False
        """Said before it is left: whether what is kept of failures is kept."""

    def __enter__(self) -> Self:
        self._stack.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        for puppet in self._made:
            puppet.failed = self.test_failed
        return self._stack.__exit__(kind, error, trace)

    def make(
        self,
        persona: Persona | None = None,
        *,
        virtual: bool = False,
        speed: float | None = None,
        state_dir: Path | None = None,
    ) -> PuppetBrowser:
        """A puppet, as the fixture ``new_puppet`` says.

        :raises UserError: another browser has the profile open.
        """
        name = f"puppet-{len(self._made) + 1}"
        seed = hashlib.sha256(f"{self._test} {name}".encode()).digest()[:6]
        visitor = visitor_id_of(int.from_bytes(seed))
        if self._player is None:
            self._player = self._stack.enter_context(driver())
        option, sites = self._option, self._sites
        puppet = self._stack.enter_context(
            open_puppet(
                state_dir=state_dir or self._states / name / "state",
                persona=persona or Somebody(),
                binary=self._binary,
                site_hosts=tuple(f"{site.host}.localhost" for site in sites),
                isolated=True,
                options=BrowserOptions(headed=self._headed),
                virtual=virtual,
                speed=speed,
                cookies=[
                    {"name": name, "value": value, "url": self._site(site.host)}
                    for site in sites
                    for name, value in site.cookies(visitor).items()
                ],
                artefacts=ArtefactOptions(
                    folder=self._artefacts,
                    trace=Keep(option("--tracing")),
                    video=Keep(option("--video")),
                    screenshot=Keep(option("--screenshot")),
                    full_page=bool(option("--full-page-screenshot")),
                    name=name,
                ),
                playwright=self._player,
            )
        )
        self._made.append(puppet)
        return puppet
