"""Puppets as fixtures: persistent browsers that honour pytest-playwright's options."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser


FAILS_OR_PASSES = """
    from collector.testing import visitor_id

    def test_passes(puppet, mock_server):
        puppet.goto(mock_server.site() + "/")
        assert len(visitor_id(puppet)) == 11

    def test_fails(puppet, mock_server):
        puppet.goto(mock_server.site() + "/")
        assert puppet.evaluate("() => 1") == 2
"""


def files(output: Path) -> dict[str, list[str]]:
    """Test folder → names of the artefacts in it."""
    return {
        folder.name.rpartition("-py-")[2]: sorted(path.name for path in folder.iterdir())
        for folder in sorted(output.iterdir())
    }


@pytest.mark.slow  # of a scenario's failed run: test_plugin_scenario.py
def test_a_failing_test_leaves_trace_and_picture_of_its_puppet(
    pytester: pytest.Pytester,
    inner_pytest: Callable[..., pytest.RunResult],
) -> None:
    pytester.makepyfile(FAILS_OR_PASSES)
    result = inner_pytest(
        "--tracing",
        "retain-on-failure",
        "--screenshot",
        "only-on-failure",
        "--output",
        "kept",
    )
    result.assert_outcomes(passed=1, failed=1)
    assert files(pytester.path / "kept") == {
        "test-fails": ["FOR-YOU-ALONE.txt", "puppet-1-screenshot.png", "puppet-1-trace.zip"]
    }
    folder = next((pytester.path / "kept").iterdir())
    assert (folder / "puppet-1-screenshot.png").read_bytes().startswith(b"\x89PNG")
    with zipfile.ZipFile(folder / "puppet-1-trace.zip") as trace:
        recorded = b"".join(trace.read(name) for name in trace.namelist() if "trace" in name)
    assert b"youtube.localhost" in recorded


@pytest.mark.slow
def test_on_keeps_the_artefacts_of_passing_tests_too(
    pytester: pytest.Pytester, inner_pytest: Callable[..., pytest.RunResult]
) -> None:
    pytester.makepyfile(FAILS_OR_PASSES)
    result = inner_pytest(
        "--tracing", "on", "--screenshot", "on", "--output", "kept", "-k", "passes"
    )
    result.assert_outcomes(passed=1, deselected=1)
    assert files(pytester.path / "kept") == {
        "test-passes": ["FOR-YOU-ALONE.txt", "puppet-1-screenshot.png", "puppet-1-trace.zip"]
    }


@pytest.mark.slow
def test_off_leaves_nothing(
    pytester: pytest.Pytester, inner_pytest: Callable[..., pytest.RunResult]
) -> None:
    pytester.makepyfile(FAILS_OR_PASSES)
    result = inner_pytest("--output", "kept", "-k", "fails")
    result.assert_outcomes(failed=1, deselected=1)
    assert not (pytester.path / "kept").exists()


@pytest.mark.slow
def test_what_puppets_and_pages_are(
    pytester: pytest.Pytester, inner_pytest: Callable[..., pytest.RunResult]
) -> None:
    """Puppets are separate visitors, keep their state, can have a time of their own and reach
    nothing but this machine; a plain page gets the browser that was found. A puppet leaves no event
    loop behind: asyncio.run() and async fixtures work after it."""
    pytester.makepyfile(
        """
        import asyncio

        import pytest
        from collector.browser import NavigationFailed
        from collector.profile import Persona
        from collector.testing import visitor_id

        async def answer():
            await asyncio.sleep(0)
            return 42

        def test_two(new_puppet, mock_server, tmp_path):
            anna = new_puppet(state_dir=tmp_path / "state")
            bert = new_puppet(Persona(locale="fr-FR", viewport=(800, 600)))
            for each in (anna, bert):
                each.goto(mock_server.url + "/")
            assert visitor_id(anna) != visitor_id(bert)
            assert anna.evaluate("() => navigator.language") == "en-US"
            assert bert.evaluate("() => [navigator.language, innerWidth]") == ["fr-FR", 800]
            anna.evaluate("() => localStorage.setItem('k', 'v')")
            anna.close()
            assert bert.evaluate("() => localStorage.getItem('k')") is None

        def test_virtual(new_puppet, mock_server):
            puppet = new_puppet(virtual=True)
            puppet.goto(mock_server.url + "/")
            before = puppet.evaluate("() => Date.now()")
            puppet.let_pass(3600)
            assert puppet.evaluate("() => Date.now()") - before >= 3_600_000

        def test_async():
            assert asyncio.run(answer()) == 42

        def test_isolated(puppet):
            with pytest.raises(NavigationFailed):
                puppet.goto("https://www.example.org/")
            puppet.close()

        def test_async_again():
            with asyncio.Runner() as runner:
                assert runner.run(answer()) == 42

        def test_page(page, mock_server):
            page.goto(mock_server.url + "/")
            assert page.title()
        """
    )
    inner_pytest().assert_outcomes(passed=6)
