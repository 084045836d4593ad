"""The plugin when pytest starts: it is there, it is light, it changes nothing unasked."""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata

import pytest
from inner_pytest import started
from packaging.requirements import Requirement


@pytest.mark.slow
def test_pytest_starts_without_importing_what_only_fixtures_need(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_light():
            heavy = {
                "matplotlib", "numpy", "scipy", "pyarrow", "pandas", "flask", "waitress",
                "lxml", "selectolax", "bs4", "pydantic", "sqlite_utils", "nacl", "rich.console",
                "collector.browser", "collector.scenario", "collector.run", "collector.session",
                "mockserver",
            }
            assert "collector.testing" in sys.modules
            assert heavy & set(sys.modules) == set()
        """
    )
    result = started(pytester, "-p", "no:hypothesispytest")
    result.assert_outcomes(passed=1)


def test_its_fixtures_are_listed_with_what_they_do(
    pytester: pytest.Pytester, inner_pytest: Callable[..., pytest.RunResult]
) -> None:
    result = inner_pytest("--fixtures")
    for name in ("mock_config", "mock_server", "world", "puppet", "new_puppet", "run_scenario"):
        result.stdout.re_match_lines([rf"{name}\b.* -- .*testing/__init__\.py"])
    result.stdout.no_fnmatch_line("*no docstring available*testing/__init__.py*")


def test_a_path_or_another_browser_that_was_chosen_is_left_alone(
    pytester: pytest.Pytester,
    inner_pytest: Callable[..., pytest.RunResult],
) -> None:
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def browser_type_launch_args(browser_type_launch_args):
            return {**browser_type_launch_args, "executable_path": "/my/own"}
        """
    )
    pytester.makepyfile(
        """
        def test_mine(browser_type_launch_args):
            assert browser_type_launch_args["executable_path"] == "/my/own"
        """
    )
    inner_pytest().assert_outcomes(passed=1)


@pytest.mark.sweep(1)
@pytest.mark.parametrize("option", [("--browser", "firefox"), ("--browser-channel", "chrome")])
def test_other_browsers_get_no_path(
    pytester: pytest.Pytester,
    inner_pytest: Callable[..., pytest.RunResult],
    option: tuple[str, str],
) -> None:
    pytester.makepyfile(
        """
        def test_other(browser_type_launch_args):
            assert "executable_path" not in browser_type_launch_args
        """
    )
    inner_pytest(*option).assert_outcomes(passed=1)


def test_no_browser_is_said_in_one_line_with_the_fix(
    pytester: pytest.Pytester,
    inner_pytest: Callable[..., pytest.RunResult],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TWINWATCH_CHROMIUM", "/nowhere/chromium")
    pytester.makepyfile("def test_page(page): pass")
    result = inner_pytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*BrowserMissing*/nowhere/chromium*", "*fix:*"])


@pytest.mark.slow
def test_the_mock_server_is_one_for_the_session_and_can_be_configured(
    pytester: pytest.Pytester,
    inner_pytest: Callable[..., pytest.RunResult],
) -> None:
    pytester.makeconftest(
        """
        import pytest
        from mockserver.context import MockConfig

        @pytest.fixture(scope="session")
        def mock_config():
            return MockConfig(seed=5, era="2022")
        """
    )
    pytester.makepyfile(
        """
        import httpx

        PORTS = set()

        def test_a(mock_server, world):
            PORTS.add(mock_server.port)
            assert mock_server.mock.config.seed == 5
            assert mock_server.mock.world is world
            assert httpx.get(mock_server.url + "/", timeout=120).status_code == 200

        def test_b(mock_server):
            assert {mock_server.port} == PORTS
        """
    )
    inner_pytest().assert_outcomes(passed=2)


def test_what_it_takes_of_pytest_playwright_is_there_and_its_version_is_bounded(
    pytester: pytest.Pytester,
    inner_pytest: Callable[..., pytest.RunResult],
) -> None:
    """Fixtures that it overrides or uses are not all documented: a new version may lack them."""
    result = inner_pytest("--fixtures")
    for name in ("playwright", "browser_type_launch_args", "output_path"):
        result.stdout.re_match_lines([rf"{name}\b.* -- .*pytest_playwright\.py"])
    wanted = next(
        Requirement(each)
        for each in metadata.requires("twinwatch") or ()
        if Requirement(each).name == "pytest-playwright"
    )
    assert any(bound.operator == "<" for bound in wanted.specifier)
    assert wanted.specifier.contains(metadata.version("pytest-playwright"))
