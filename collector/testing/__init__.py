"""The pytest plugin: a mock platform, puppets and whole experiments as fixtures.

Built on pytest-playwright's fixtures and options: ``--headed``, ``--tracing``, ``--video``,
``--screenshot`` and ``--output`` mean the same for puppets, whose persistent browser contexts
pytest-playwright itself leaves out. Plain ``page`` tests get the browser that is found on this
machine. pytest loads its plugins before each run, whether or not a test uses one of ours: what a
fixture is made of (a browser, a server, NumPy) is a reference, looked up when it is asked for.

Fixtures: ``mock_config``, ``mock_server``, ``world``, ``puppet``, ``new_puppet``, ``run_scenario``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from pkgutil import resolve_name
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

    from collector.browser.puppet import PuppetBrowser
    from collector.testing.puppets import PuppetMaker
    from collector.testing.running import ScenarioRunner
    from collector.testing.scenariorun import ScenarioRun
    from mockserver.context import MockConfig
    from mockserver.serve import Server
    from mockserver.world import World

__all__ = ["ScenarioRun", "visitor_id"]

_DRIVER = "collector.testing.puppets:driver"
_FIND_BROWSER = "collector.testing.puppets:find_browser"
_PUPPET_MAKER = "collector.testing.puppets:PuppetMaker"
_SCENARIO_RUN = "collector.testing.scenariorun:ScenarioRun"
_SCENARIO_RUNNER = "collector.testing.running:ScenarioRunner"
_MOCK_CONFIG = "mockserver.context:MockConfig"
_SERVING = "mockserver.serve:serving"

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
        with resolve_name(_DRIVER)() as shared:
            yield shared

    @pytest.fixture(scope="session")
    def browser_type_launch_args(
        browser_type_launch_args: dict[str, Any], pytestconfig: pytest.Config
    ) -> dict[str, Any]:
        """pytest-playwright's own, with the path of the Chromium found on this machine."""
        given = dict(browser_type_launch_args)
        other = set(pytestconfig.getoption("--browser") or ()) - {"chromium"}
        if other or "executable_path" in given or "channel" in given:
            return given
        found = resolve_name(_FIND_BROWSER)(headed=not given.get("headless", True))
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
    config: type[MockConfig] = resolve_name(_MOCK_CONFIG)
    return config(seed=1)


@pytest.fixture(scope="session")
def mock_server(mock_config: MockConfig) -> Iterator[Server]:
    """A mock platform on a free port: ``url``, ``site()``, ``truth_token``, ``mock.world``.

    One for all tests of the session; it stops with them::

        def test_front_page(mock_server):
            assert httpx.get(mock_server.url).status_code == 200
    """
    with resolve_name(_SERVING)(mock_config) as server:
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
    puppet_maker: type[PuppetMaker] = resolve_name(_PUPPET_MAKER)
    with puppet_maker(
        request.node.nodeid, pytestconfig, mock_server.site, tmp_path, Path(output_path)
    ) as maker:
        yield maker.make
        maker.test_failed = request.node.stash.get(_FAILED, False)


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

    def has_no_browser(name: str) -> None:
        request.node.user_properties.append((_NO_BROWSER, name))

    scenario_runner: type[ScenarioRunner] = resolve_name(_SCENARIO_RUNNER)
    runner = scenario_runner(pytestconfig, tmp_path, has_no_browser)
    yield runner.run
    runner.close(Path(output_path), failed=request.node.stash.get(_FAILED, False))


def __getattr__(name: str) -> Any:
    """``ScenarioRun``, for annotations of tests; it comes with the store."""
    if name != "ScenarioRun":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return resolve_name(_SCENARIO_RUN)
