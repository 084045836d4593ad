"""The pytest plugin: a mock platform, puppets and whole experiments as fixtures.

Built on pytest-playwright's fixtures and options: ``--headed``, ``--tracing``, ``--video``,
``--screenshot`` and ``--output`` mean the same for puppets, whose persistent browser contexts
pytest-playwright itself leaves out. Plain ``page`` tests get the browser that is found on this
machine. Nothing heavy is imported until a fixture is used.

Fixtures: ``mock_config``, ``mock_server``, ``world``, ``puppet``, ``new_puppet``, ``run_scenario``.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from collector.files import FOR_YOU_ALONE, private_dir

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

    from collector.analysis.feeds import Feeds
    from collector.browser.launch import Persona
    from collector.browser.puppet import PuppetBrowser
    from collector.common.model import Capture, Observation, Receipt, Timeline
    from collector.contract.layout import RunDir
    from collector.run.result import RunResult
    from collector.store import Store
    from mockserver.context import MockConfig
    from mockserver.serve import Server
    from mockserver.world import World

__all__ = ["ScenarioRun", "visitor_id"]

_FAILED = pytest.StashKey[bool]()
#: The property of a test that names an option which asked a browser of a run that has none.
_NO_BROWSER = "twinwatch-needs-a-browser"


def pytest_configure(config: pytest.Config) -> None:
    """Our override of the launch arguments is registered last: the last one counts."""
    config.pluginmanager.register(_found_browser(), "twinwatch-browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Note on the test that it failed: what is kept on failure is then kept."""
    report: Any = yield
    if report.when in ("setup", "call") and report.failed:
        item.stash[_FAILED] = True
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say once which options asked a browser of runs that have none."""
    reports = [each for found in terminalreporter.stats.values() for each in found]
    properties = [pair for each in reports for pair in getattr(each, "user_properties", ())]
    if lost := {value for name, value in properties if name == _NO_BROWSER}:
        options = ", ".join(f"--{name}" for name in sorted(lost))
        terminalreporter.write_line(
            f"twinwatch: {options}: nothing of runs with driver='http', which have no browser"
            " (their pages: ScenarioRun.evidence)"
        )


def _found_browser() -> ModuleType:
    """A plugin of two fixtures, to be registered after pytest-playwright's own."""

    @pytest.fixture(scope="session")
    def playwright() -> Iterator[Playwright]:
        """The Playwright that puppets of this thread use too: a thread can have one only."""
        # Heavy: see the head of this module.
        from collector.browser.driver import driver

        with driver() as shared:
            yield shared

    @pytest.fixture(scope="session")
    def browser_type_launch_args(
        browser_type_launch_args: dict[str, Any], pytestconfig: pytest.Config
    ) -> dict[str, Any]:
        """pytest-playwright's own, with the path of the Chromium found on this machine."""
        # Heavy: see the head of this module.
        from collector.browser import find_browser

        given = dict(browser_type_launch_args)
        other = set(pytestconfig.getoption("--browser") or ()) - {"chromium"}
        if other or "executable_path" in given or "channel" in given:
            return given
        found = find_browser(headed=not given.get("headless", True))
        return {**given, "executable_path": str(found.path)}

    plugin = ModuleType("twinwatch_browser")
    vars(plugin)["playwright"] = playwright
    vars(plugin)["browser_type_launch_args"] = browser_type_launch_args
    return plugin


# ---- the mock platform


@pytest.fixture(scope="session")
def mock_config() -> MockConfig:
    """How ``mock_server`` is made; override it for another seed, era or recommender.

    A ``MockConfig``; it lives as long as the session of tests::

        @pytest.fixture(scope="session")
        def mock_config():
            return MockConfig(seed=7, era="2022", recommender={"epsilon": 0.2})
    """
    # Heavy: see the head of this module.
    from mockserver.context import MockConfig

    return MockConfig(seed=1)


@pytest.fixture(scope="session")
def mock_server(mock_config: MockConfig) -> Iterator[Server]:
    """A mock platform on a free port: ``url``, ``site()``, ``truth_token``, ``mock.world``.

    One for all tests of the session; it stops with them::

        def test_front_page(mock_server):
            assert httpx.get(mock_server.url).status_code == 200
    """
    # Heavy: see the head of this module.
    from mockserver.serve import serving

    with serving(mock_config) as server:
        yield server


@pytest.fixture(scope="session")
def world(mock_server: Server) -> World:
    """The world behind ``mock_server``: its videos, viewers, recommender and truth log.

    ::

        def test_the_video_is_known(world):
            assert world.videos["dQw4w9WgXcQ"].seconds > 0
    """
    return mock_server.mock.world


# ---- puppets


@pytest.fixture
def new_puppet(
    request: pytest.FixtureRequest,
    pytestconfig: pytest.Config,
    output_path: str,
    mock_server: Server,
    tmp_path: Path,
) -> Iterator[Callable[..., PuppetBrowser]]:
    """Make puppets: ``new_puppet(persona=None, virtual=False, speed=None, state_dir=None)``.

    - ``persona``: a ``collector.profile.Persona``; by default one of English.
    - ``virtual``: the page's clock is moved by the puppet, so that watching takes no time.
    - ``speed``: page seconds a real second; ``None`` with ``virtual`` is as fast as can be.
    - ``state_dir``: folder of the browser's profile; by default a new one.

    It raises ``UserError`` where no Chromium is found, or another browser has the profile open::

        def test_two_viewers(new_puppet, mock_server):
            one, other = new_puppet(), new_puppet(virtual=True)
            one.goto(mock_server.site())

    Each is a browser on a profile of its own that reaches nothing but this machine; the site knows
    it by :func:`visitor_id`. All are closed when the test ends, and Playwright's event loop with
    them (unless a fixture of pytest-playwright keeps it), so that tests with asyncio may follow.
    """
    # Heavy: see the head of this module.
    from collector.browser import find_browser
    from collector.browser.driver import driver
    from collector.browser.options import BrowserOptions
    from collector.browser.puppet import ArtefactOptions, Keep, open_puppet
    from collector.platforms.registry import platforms
    from collector.profile import Persona as Somebody
    from collector.profile import visitor_id_of

    sites = list(platforms().values())
    option = pytestconfig.getoption
    headed = bool(option("--headed"))
    binary = find_browser(headed=headed)
    made: list[PuppetBrowser] = []
    with ExitStack() as stack:
        players: list[Playwright] = []

        def make(
            persona: Persona | None = None,
            *,
            virtual: bool = False,
            speed: float | None = None,
            state_dir: Path | None = None,
        ) -> PuppetBrowser:
            name = f"puppet-{len(made) + 1}"
            seed = hashlib.sha256(f"{request.node.nodeid} {name}".encode()).digest()[:6]
            visitor = visitor_id_of(int.from_bytes(seed))
            if not players:
                players.append(stack.enter_context(driver()))
            puppet = stack.enter_context(
                open_puppet(
                    state_dir=state_dir or tmp_path / name / "state",
                    persona=persona or Somebody(),
                    binary=binary,
                    site_hosts=tuple(f"{site.host}.localhost" for site in sites),
                    isolated=True,
                    options=BrowserOptions(headed=headed),
                    virtual=virtual,
                    speed=speed,
                    cookies=[
                        {"name": name, "value": value, "url": mock_server.site(site.host)}
                        for site in sites
                        for name, value in site.cookies(visitor).items()
                    ],
                    artefacts=ArtefactOptions(
                        folder=Path(output_path),
                        trace=Keep(option("--tracing")),
                        video=Keep(option("--video")),
                        screenshot=Keep(option("--screenshot")),
                        full_page=bool(option("--full-page-screenshot")),
                        name=name,
                    ),
                    playwright=players[0],
                )
            )
            made.append(puppet)
            return puppet

        yield make
        for puppet in made:
            puppet.failed = request.node.stash.get(_FAILED, False)


@pytest.fixture
def puppet(new_puppet: Callable[..., PuppetBrowser]) -> PuppetBrowser:
    """One puppet in real time, as ``new_puppet()`` makes it.

    ::

        def test_it_has_a_name(puppet, mock_server):
            puppet.goto(mock_server.site())
            assert visitor_id(puppet)
    """
    return new_puppet()


_COOKIE = "VISITOR_INFO1_LIVE"


def visitor_id(puppet: PuppetBrowser) -> str:
    """The name by which the site knows a puppet; the truth log is kept under it.

    :param puppet: one of ``new_puppet``, open.
    :raises StopIteration: it has no such cookie.

    ::

        viewer = world.viewer(visitor_id(puppet))
    """
    return next(
        str(cookie.get("value"))
        for cookie in puppet.context.cookies()
        if cookie.get("name") == _COOKIE
    )


# ---- whole experiments


@dataclass(frozen=True)
class ScenarioRun:
    """A run that is over, and what it left. Seconds and shares as in the store's columns.

    ::

        def test_the_feed_follows(run_scenario):
            run = run_scenario("quick", driver="http")
            assert run.observations()
            assert run.report().exists()
    """

    result: RunResult
    """As ``run_scenario`` of :mod:`collector.run.start` answered it."""

    @property
    def out(self) -> RunDir:
        """Where its files are."""
        return self.result.out

    @cached_property
    def store(self) -> Store:
        """The run's database, for reading."""
        # Heavy: see the head of this module.
        from collector.store import Store

        return Store(self.out.store, readonly=True)

    def captures(self, **where: str) -> list[Capture]:
        """Captures in order; ``puppet=`` or ``session=`` narrows them."""
        return list(self.store.captures(**where))

    def observations(self, **where: str) -> list[Observation]:
        """What was read from the captures, in order."""
        found = (self.store.observation(capture.id) for capture in self.captures(**where))
        return [each for each in found if each is not None]

    def timelines(self, puppet: str | None = None) -> list[Timeline]:
        """The loads of a feed, by puppet and in order, with the posts that came into view.

        :param puppet: id of a puppet; ``None``: of all.
        """
        return list(self.store.timelines(puppet=puppet))

    def feeds(self) -> Feeds | None:
        """The timelines in numbers, profile by profile: repetition, media, delay, ad share,
        sources, reach. ``None`` where there are none."""
        # Heavy: see the head of this module.
        from collector.analysis.feeds import load_feeds

        return load_feeds(self.out.root)

    def receipts(self, session: str | None = None) -> list[tuple[str, int, Receipt]]:
        """(session, step, receipt) of everything watched; ``session=`` narrows it."""
        return list(self.store.receipts(session=session))

    def truth(self, table: str = "impressions") -> list[dict[str, Any]]:
        """What the mock served (``impressions``) or was told (``watches``), in its order.

        :param table: one of these two names.
        :raises ValueError: it is another.
        """
        if table not in ("impressions", "watches"):
            raise ValueError(f"the truth is in impressions and watches, not in {table!r}")
        return list(self.store.rows(f"SELECT * FROM truth_{table} ORDER BY seq"))

    def evidence(self, capture: Capture) -> str:
        """The page of a ``capture``, as filed."""
        # Heavy: see the head of this module.
        from collector.evidence import EvidenceStore

        return EvidenceStore(self.out.evidence).get(capture.content_hash)

    def report(self) -> Path:
        """Write the report; answers its path."""
        # Heavy: see the head of this module.
        from collector.analysis.report import write_report

        return write_report(self.out.root)


@pytest.fixture
def run_scenario(
    request: pytest.FixtureRequest,
    pytestconfig: pytest.Config,
    output_path: str,
    tmp_path: Path,
) -> Iterator[Callable[..., ScenarioRun]]:
    """Run an experiment: ``run_scenario("quick")``, a path, or a scenario as a dict.

    Further arguments are fields of ``RunOptions`` (``seed``, ``workers``, ``speed="max"``,
    ``submit_to="mock"``, ``mock_options={"era": "2022"}``, …). Each run has a mock of its own, so
    that no run sees another's history. ``driver="http"`` has no browser: what ``--headed``,
    ``--tracing``, ``--video`` and ``--screenshot`` ask of one is left out, and said at the end;
    each page is in the run's evidence all the same.

    It answers a :class:`ScenarioRun`, and raises ``UserError`` for a scenario or options that are
    refused::

        def test_no_puppet_is_lost(run_scenario):
            run = run_scenario("quick", seed=5, workers=2)
            assert {capture.puppet for capture in run.captures()}
    """
    option = pytestconfig.getoption
    runs: list[ScenarioRun] = []

    def carry_out(scenario: str | Path | Mapping[str, Any], **given: Any) -> ScenarioRun:
        # Heavy: see the head of this module.
        from rich.console import Console

        from collector.contract.options import RunOptions
        from collector.run.start import run_scenario
        from collector.scenario.loader import load_scenario, parse_scenario
        from collector.schedule.display import PlainDisplay

        loaded = (
            parse_scenario(scenario) if isinstance(scenario, Mapping) else load_scenario(scenario)
        )
        wanted: dict[str, Any] = {
            "out": tmp_path / f"run-{len(runs) + 1}",
            "speed": "max",
        }
        asked = {
            "headed": bool(option("--headed")),
            **{name: _always(option(f"--{name}")) for name in ("tracing", "video", "screenshot")},
        }
        if given.get("driver") != "http":
            wanted |= asked
        else:
            lost = [name for name, value in asked.items() if value not in (False, "off")]
            request.node.user_properties += [(_NO_BROWSER, name) for name in lost]
        result = run_scenario(
            loaded,
            RunOptions.of(**{**wanted, **given}),
            display=PlainDisplay(Console(stderr=True)),
            confirm=lambda question: False,
        )
        runs.append(ScenarioRun(result))
        return runs[-1]

    yield carry_out
    failed = request.node.stash.get(_FAILED, False)
    for number, run in enumerate(runs, 1):
        if "store" in run.__dict__:
            run.store.close()
        _keep(run.out.artefacts, Path(output_path) / f"run-{number}", option, failed)


def _always(policy: str) -> str:
    """Recorded in any case where the test's outcome decides what is kept."""
    return "off" if policy == "off" else "on"


def _keep(made: Path, target: Path, option: Callable[[str], Any], failed: bool) -> None:
    """Move the artefacts that are wanted to where pytest-playwright keeps its own."""
    policies = {
        ".zip": option("--tracing"),
        ".webm": option("--video"),
        ".png": option("--screenshot"),
    }
    for path in sorted(made.rglob("*")) if made.is_dir() else ():
        policy = policies.get(path.suffix, "off")
        if path.is_file() and (policy == "on" or (policy != "off" and failed)):
            to = target / path.relative_to(made)
            shutil.move(path, private_dir(to.parent) / path.name)
            shutil.copy2(path.with_name(FOR_YOU_ALONE), to.parent)
