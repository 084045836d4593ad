"""Whole experiments as a fixture: what a user's test gets, and what a failing one leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

TESTS = """
    SCENARIO = {
        "name": "tiny",
        "arms": {"a": {"steps": [
            {"visit": {"url": "home", "capture": False}},
            {"consent": "reject"},
            {"watch": {"video": "dQw4w9WgXcQ", "for": "10s"}},
        ]}},
    }

    def test_passes(run_scenario):
        run = run_scenario(SCENARIO, seed=3)
        assert run.result.exit_code == 0
        assert run.result.plan.seed == 3
        (capture,) = run.captures()
        (observation,) = run.observations(puppet="a-1")
        shown = [item.item_id for item in observation.impressions]
        served = [row["item_id"] for row in run.truth() if row["load"] == capture.event]
        assert shown == served
        assert "ytd-app" in run.evidence(capture)
        (session, step, receipt), = run.receipts()
        assert (step, receipt.watched_s) == (2, 10)
        assert sum(row["seconds"] for row in run.truth("watches")) == 10
        assert run.report().read_text().startswith("<!")

    def test_fails(run_scenario):
        steps = [*SCENARIO["arms"]["a"]["steps"][:2], {"visit": "home"}]
        home = {"name": "home", "arms": {"a": {"steps": steps}}}
        assert run_scenario(home, submit_to="none").result.captures == 99
"""


def kept(output: Path) -> list[str]:
    return sorted(
        path.relative_to(output).as_posix().rpartition("-py-")[2]
        for path in output.rglob("*")
        if path.is_file()
    )


def test_an_experiment_in_a_test_and_the_traces_of_a_failed_one(
    pytester: pytest.Pytester,
    inner_pytest: Callable[..., pytest.RunResult],
) -> None:
    pytester.makepyfile(TESTS)
    result = inner_pytest(
        *("--tracing", "retain-on-failure", "--screenshot", "only-on-failure"),
        *("--output", "kept"),
    )
    result.assert_outcomes(passed=1, failed=1)
    assert kept(pytester.path / "kept") == [
        "test-fails/run-1/b01-a-1/FOR-YOU-ALONE.txt",
        "test-fails/run-1/b01-a-1/puppet-screenshot.png",
        "test-fails/run-1/b01-a-1/puppet-trace.zip",
    ]
    result.stdout.fnmatch_lines(["*a-1: captured home: ok, * items*"])


def test_a_scenario_that_cannot_be_is_refused_with_its_place(
    pytester: pytest.Pytester, inner_pytest: Callable[..., pytest.RunResult], plain_site: str
) -> None:
    pytester.makepyfile(
        """
        import pytest
        from collector.common.errors import UserError

        def test_refused(run_scenario):
            with pytest.raises(UserError, match=r"arms\\.a\\.steps\\.0"):
                run_scenario({"name": "t", "arms": {"a": {"steps": [{"dance": "x"}]}}})
            with pytest.raises(UserError, match="bundled mock only"):
                run_scenario("quick", site="SITE")
        """.replace("SITE", plain_site)
    )
    inner_pytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "workers",
    [(), pytest.param(("-n", "1"), marks=pytest.mark.slow)],
    ids=["alone", "xdist"],
)
def test_without_a_browser_what_needs_one_is_left_out_and_said_in_one_line(
    pytester: pytest.Pytester,
    inner_pytest: Callable[..., pytest.RunResult],
    workers: tuple[str, ...],
) -> None:
    pytester.makepyfile(
        """
        SCENARIO = {"name": "tiny", "arms": {"a": {"steps": [
            {"visit": {"url": "home", "capture": False}}, {"consent": "reject"}, {"capture": "x"}
        ]}}}

        def test_http(run_scenario):
            run = run_scenario(SCENARIO, driver="http", submit_to="none")
            assert run.result.exit_code == 0
            (page,) = run.captures()
            assert "ytd-app" in run.evidence(page)
        """
    )
    asked = ("--tracing", "on", "--screenshot", "on", "--video", "retain-on-failure")
    result = inner_pytest(*workers, *asked, "--output", "kept")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["twinwatch: --screenshot, --tracing, --video: nothing of runs with driver='http'*"]
    )
    assert not (pytester.path / "kept").exists()
